from django import forms

from places.models import Place


def date_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def time_input() -> forms.TimeInput:
    return forms.TimeInput(format="%H:%M", attrs={"type": "time"})


class PlaceChoiceField(forms.ModelChoiceField):
    """A place, told from its namesakes; communes stand under their province."""

    def label_from_instance(self, place: Place) -> str:
        return place.label
