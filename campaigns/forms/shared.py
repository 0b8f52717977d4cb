from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from places.models import Place


def date_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def time_input() -> forms.TimeInput:
    return forms.TimeInput(format="%H:%M", attrs={"type": "time"})


def refuse(form: forms.Form, refusal: ValidationError) -> None:
    """Show a service's refusal at the field that it names, or above the form."""
    if not hasattr(refusal, "error_dict"):
        form.add_error(None, refusal)
        return
    for name, errors in refusal.error_dict.items():
        form.add_error(name if name in form.fields and name != NON_FIELD_ERRORS else None, errors)


class PlaceChoiceField(forms.ModelChoiceField):
    """A place, told from its namesakes; communes stand under their province."""

    def label_from_instance(self, place: Place) -> str:
        return place.label
