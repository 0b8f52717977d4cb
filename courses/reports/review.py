"""The lessons that wait for an author, and why."""

import datetime as dt
from dataclasses import dataclass, field

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page

from courses.models import LessonPage

SOON = dt.timedelta(days=30)


@dataclass(frozen=True)
class Reason:
    """Why a lesson should be looked at. ``kind`` is the colour of a badge: bad, warn or info."""

    code: str
    kind: str
    label: str


@dataclass(frozen=True)
class Review:
    """A lesson that waits for an author."""

    pk: int
    title: str
    course: str
    review_by: dt.date | None
    edit_url: str
    reasons: list[Reason] = field(default_factory=list)


def to_review(user, *, on: dt.date | None = None) -> list[Review]:
    """Return the lessons that ``user`` should look at, the most urgent first.

    Facts out of date come first, then drafts, then what a language lacks. Whoever may not write
    gets an empty list. Three queries, however many lessons there are.
    """
    if not (user.is_superuser or user.has_perm("courses.write")):
        return []
    on = on or timezone.localdate()
    lessons = list(
        LessonPage.objects.filter(locale__language_code=settings.LANGUAGE_CODE)
        .defer("body", "questions", "sources")
        .order_by("path")
    )
    pages = Page.objects.filter(translation_key__in=[lesson.translation_key for lesson in lessons])
    read_in: dict[object, set[str]] = {}
    for key, language in pages.filter(live=True).values_list(
        "translation_key", "locale__language_code"
    ):
        read_in.setdefault(key, set()).add(language)
    courses = {
        page.path: page.title
        for page in Page.objects.filter(
            path__in={lesson.path[: -lesson.steplen] for lesson in lessons}
        )
    }
    found = []
    for lesson in lessons:
        reasons = _reasons(lesson, read_in.get(lesson.translation_key, set()), on)
        if reasons:
            found.append(
                Review(
                    lesson.pk,
                    lesson.draft_title or lesson.title,
                    courses.get(lesson.path[: -lesson.steplen], ""),
                    lesson.review_by,
                    reverse("wagtailadmin_pages:edit", args=[lesson.pk]),
                    reasons,
                )
            )
    order = {code: number for number, code in enumerate(_ORDER)}
    return sorted(
        found, key=lambda r: (order[r.reasons[0].code], r.review_by or dt.date.max, r.title)
    )


_ORDER = ("overdue", "draft", "changed", "soon", "no_date", "untranslated")


def _reasons(lesson, languages, on):
    reasons = []
    if lesson.review_by and lesson.review_by < on:
        reasons.append(Reason("overdue", "bad", _("review overdue")))
    if not lesson.live:
        reasons.append(Reason("draft", "info", _("draft")))
    elif lesson.has_unpublished_changes:
        reasons.append(Reason("changed", "info", _("changes not published")))
    if lesson.review_by and on <= lesson.review_by <= on + SOON:
        reasons.append(Reason("soon", "warn", _("review soon")))
    elif lesson.review_by is None:
        reasons.append(Reason("no_date", "warn", _("no review date")))
    missing = [code for code, _name in settings.LANGUAGES if code not in languages]
    if lesson.live and missing:
        label = _("not in: %(languages)s") % {"languages": ", ".join(missing)}
        reasons.append(Reason("untranslated", "warn", label))
    return reasons
