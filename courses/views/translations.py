"""Whoever may not publish a lesson does not publish its translations either.

wagtail-localize asks who may publish where a translation is edited, but not where the new words of
an original are put into its translations; so it is asked here.
"""

from django import forms
from wagtail.models import Page
from wagtail_localize.views.update_translations import UpdateTranslationsView

_form_of = UpdateTranslationsView.get_form


def _form(view: UpdateTranslationsView) -> forms.Form:
    form = _form_of(view)
    original = view.object.get_source_instance()
    if isinstance(original, Page):
        may = original.permissions_for_user(view.request.user).can_publish()
        # What is sent for a field that is closed is not looked at.
        form.fields["publish_translations"].disabled = not may
    return form


def close_the_side_door() -> None:
    """Have wagtail-localize ask, too."""
    UpdateTranslationsView.get_form = _form
