from django import forms
from django.utils.formats import number_format

from campaigns.rules.reading import whole_number
from places.models import Place


def date_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def time_input() -> forms.TimeInput:
    return forms.TimeInput(format="%H:%M", attrs={"type": "time"})


class PlaceChoiceField(forms.ModelChoiceField):
    """A place, told from its namesakes; communes stand under their province."""

    def label_from_instance(self, place: Place) -> str:
        return place.label


class CountField(forms.Field):
    """How many; written as people write it, 1.200 as well as 1200."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 9})

    def to_python(self, value) -> int | None:
        value = str(value or "").strip()
        return whole_number(value) if value else None

    def prepare_value(self, value):
        # As it was typed when it comes back, and easy to read when it comes from us.
        return number_format(value, force_grouping=True) if isinstance(value, int) else value

    def has_changed(self, initial, data) -> bool:
        return str(initial or "") != str(data or "")
