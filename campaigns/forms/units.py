"""Communes and villages that merge, and villages that are split."""

import datetime as dt
from typing import cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.forms.shared import date_input
from places.models import Place
from places.rules import nfc, split_village

MOST_PARTS = 8
# The country is one since then; whoever writes an earlier day has mistyped the year.
FIRST_DAY = dt.date(1976, 7, 2)


class FromDayField(forms.DateField):
    """The first day on which the new units are in force."""

    widget = date_input()

    def __init__(self, **kwargs):
        super().__init__(
            label=_("In force from"),
            help_text=_("The first day of the new units; on the map of the day before, the old "
                        "ones are shown."),
            **kwargs,
        )  # fmt: skip

    def clean(self, value):
        on = super().clean(value)
        if on and on > timezone.localdate():
            raise forms.ValidationError(_("That day is still to come."), code="future")
        if on and on < FIRST_DAY:
            raise forms.ValidationError(
                _("Choose a day since %(day)s."),
                code="past",
                params={"day": f"{FIRST_DAY:%d/%m/%Y}"},
            )
        return on


class MergeUnitsForm(forms.Form):
    """Which units go into this one, from when, and what it is called then."""

    places = forms.ModelMultipleChoiceField(
        label=_("These go into it"),
        queryset=Place.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose the places that are merged.")},
    )
    on = FromDayField()
    designation = forms.ChoiceField(label=_("Kind of unit"), required=False)
    name = forms.CharField(
        label=_("New name"),
        max_length=120,
        required=False,
        help_text=_("Empty: it keeps its name. Without the kind in front."),
    )

    def __init__(self, *args, into: Place, others, **kwargs):
        super().__init__(*args, **kwargs)
        places = cast(forms.ModelMultipleChoiceField, self.fields["places"])
        places.queryset = others
        # Django's own way of naming rows; its stubs take the name for a method.
        setattr(places, "label_from_instance", lambda place: place.full_name)  # noqa: B010
        cast(forms.ChoiceField, self.fields["designation"]).choices = [
            (d.value, d.label) for d in Place.Designation.for_kind(into.kind)
        ]


class SplitVillageForm(forms.Form):
    """What the parts are called, from when, and how people are sorted into them at first."""

    class How:
        BY_HAND, ALPHABET, FILE = "hand", "alphabet", "file"

    parts = forms.CharField(
        label=_("The parts, one in each line"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        help_text=_("For example: Thôn 5A and below it Thôn 5B. One may keep the old name."),
    )
    on = FromDayField()
    how = forms.ChoiceField(
        label=_("Begin with"),
        choices=[
            (How.BY_HAND, _("nobody sorted yet")),
            (How.ALPHABET, _("halves by the alphabet, to be corrected")),
            (How.FILE, _("a list that says who lives where")),
        ],
        initial=How.BY_HAND,
        widget=forms.RadioSelect,
    )
    file = forms.FileField(
        label=_("The list (CSV or Excel)"),
        required=False,
        help_text=_("With the columns: Họ và tên, Năm sinh, Thôn mới."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
    )

    def clean_parts(self) -> list[tuple[str, str]]:
        """Read “Thôn 5A” as a thôn of the name 5A."""
        lines = [nfc(line) for line in self.cleaned_data["parts"].splitlines()]
        parts = [split_village(line) for line in lines if line]
        if not 2 <= len(parts) <= MOST_PARTS:
            raise forms.ValidationError(
                _("A village is split into two to %(most)d parts; write one in each line."),
                code="parts",
                params={"most": MOST_PARTS},
            )
        return [(said or Place.Designation.THON, name) for said, name in parts]

    def clean(self):
        data = super().clean()
        if data.get("how") == self.How.FILE and not data.get("file") and "file" not in self.errors:
            self.add_error("file", _("Choose the list."))
        return data
