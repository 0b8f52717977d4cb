"""The table of what each place is to reach, what parts a goal, and a file with such a table."""

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from campaigns.forms.shared import CountField, date_input
from campaigns.models import Target, TargetChange
from campaigns.services import TargetEntry
from places.models import Place

_FIELDS = ("goal", "denominator", "as_of", "source")


class TargetDefaultsForm(forms.Form):
    """What holds for every row that does not say otherwise."""

    source = forms.CharField(
        label=_("Source for all rows"),
        max_length=200,
        required=False,
        help_text=_("Used where a row names none, for instance “Plan 45, 1 September 2026”."),
    )
    as_of = forms.DateField(label=_("Date for all rows"), required=False, widget=date_input())
    how = forms.ChoiceField(
        choices=[(way, way) for way in (TargetChange.How.TYPED, TargetChange.How.SPLIT)],
        required=False,
        widget=forms.HiddenInput,
    )


class TargetForm(forms.Form):
    """One row of the table of targets; left empty, the place has no target."""

    goal = CountField(label=capfirst(_("goal")), required=False)
    denominator = CountField(label=capfirst(_("out of")), required=False)
    as_of = forms.DateField(label=capfirst(_("as of")), required=False, widget=date_input())
    source = forms.CharField(label=capfirst(_("source")), max_length=200, required=False)

    def __init__(
        self,
        data=None,
        *,
        place: Place,
        target: Target | None = None,
        proposed: dict | None = None,
        defaults: dict | None = None,
    ):
        self.place, self.target = place, target
        self.defaults = defaults or {}
        initial = {name: getattr(target, name) for name in _FIELDS} if target else {}
        super().__init__(
            data,
            initial=initial | (proposed or {}),
            prefix=f"p{place.pk}",
            use_required_attribute=False,
        )

    def entry(self) -> TargetEntry:
        """What the row says, with the source and the day that hold for all rows."""
        said = self.cleaned_data
        goal, denominator = said.get("goal"), said.get("denominator")
        if goal is None and denominator is None:
            return TargetEntry(self.place)
        return TargetEntry(
            self.place,
            goal,
            denominator,
            said.get("as_of") or self.defaults.get("as_of") or timezone.localdate(),
            said.get("source") or self.defaults.get("source", ""),
        )


class SplitForm(forms.Form):
    """A goal to be parted among the places below."""

    total = CountField(label=_("Goal to split"))
    total_of = CountField(label=capfirst(_("out of")), required=False)
    by = forms.ChoiceField(
        label=_("Split"),
        choices=[
            ("population", _("by population")),
            ("registered", _("by residents registered")),
            ("evenly", _("evenly")),
        ],
    )

    def clean(self):
        values = super().clean()
        total, total_of = values.get("total"), values.get("total_of")
        if total == 0:
            words = _("The goal must be at least 1 and no more than the total.")
            self.add_error("total", forms.ValidationError(words, "goal_out_of_range"))
        if total and total_of is not None and total > total_of:
            words = _("The goal is more than the total.")
            self.add_error("total", forms.ValidationError(words, "goal_above_total"))
        return values


class TargetFileForm(forms.Form):
    file = forms.FileField(
        label=_("Excel file (.xlsx)"),
        help_text=_("Best the file that you have taken out here and filled in."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        max_length=200,
    )
    source = forms.CharField(
        label=_("Source for all rows"),
        max_length=200,
        required=False,
        help_text=_("Used where a line of the file names none."),
    )
