"""The shelf of courses: the root of the public site, one in each language."""

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.models import Locale, Page, Site, WorkflowPage

from courses.models import CourseIndexPage
from courses.services.authors import prepare_authors


@transaction.atomic
def ensure_shelf(language: str | None = None) -> CourseIndexPage:
    """Return the shelf in ``language``, made with what it needs if it is not there yet."""
    language = language or settings.LANGUAGE_CODE
    locale, _made = Locale.objects.get_or_create(language_code=language)
    if shelf := CourseIndexPage.objects.filter(locale=locale).first():
        if not WorkflowPage.objects.filter(page=shelf).exists():
            # It stood before lessons were read by a second person.
            prepare_authors(shelf)
        return shelf
    if language != settings.LANGUAGE_CODE:
        return _translate(ensure_shelf(), locale)
    root = Page.get_first_root_node()
    shelf = CourseIndexPage(locale=locale, slug="khoa-hoc", live=True, **_words(language))
    root.add_child(instance=shelf)
    shelf.save_revision().publish()
    _make_site_root(shelf)
    prepare_authors(shelf)
    return shelf


def _translate(shelf, locale):
    # A site's root has no slug in its addresses, so that of a translation is free.
    copy = shelf.copy_for_translation(locale)
    for name, text in _words(locale.language_code).items():
        setattr(copy, name, text)
    copy.slug = f"khoa-hoc-{locale.language_code}"
    copy.alias_of = None
    copy.live = True
    copy.save()
    copy.save_revision().publish()
    prepare_authors(copy)
    return copy


def _words(language):
    with translation.override(language):
        return {
            "title": _("Courses"),
            "intro": _("Short lessons for your telephone. One step on each screen."),
        }


def _make_site_root(shelf):
    """Point the site at the shelf, and remove the page that Wagtail greets its installers with."""
    site = Site.objects.filter(is_default_site=True).first() or Site(
        hostname="localhost", is_default_site=True
    )
    greeting = site.root_page if site.pk else None
    site.root_page = shelf
    site.site_name = settings.WAGTAIL_SITE_NAME
    site.save()
    if (
        greeting
        and greeting.pk != shelf.pk
        and greeting.is_leaf()
        and type(greeting.specific) is Page
    ):
        greeting.delete()
