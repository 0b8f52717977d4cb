"""What a unit itself says of a period, beside the counted figures."""

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from campaigns.models import Report
from campaigns.reports.reporting import label_of
from campaigns.services.reporting import MOST_WORDS

MOST = 2_000_000_000


class DeclaredRow:
    """One counted figure, with the two fields beside it."""

    def __init__(self, row, number, why):
        self.row = row
        self.label = label_of(row)
        self.number = number
        self.why = why


class ReportForm(forms.Form):
    """Words, and figures of one's own where they differ; empty means the same as counted."""

    narrative = forms.CharField(
        label=_("What was done"),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=MOST_WORDS,
        required=False,
    )
    difficulties = forms.CharField(
        label=_("Difficulties"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=MOST_WORDS,
        required=False,
    )
    proposals = forms.CharField(
        label=_("Proposals"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=MOST_WORDS,
        required=False,
    )
    number = forms.CharField(
        label=capfirst(_("number of the paper")),
        max_length=40,
        required=False,
        help_text=_("For example 12/BC-UBND. It can be filled in later, too."),
    )

    def __init__(self, data=None, *, report: Report, rows: list[dict], is_final: bool = False):
        words = ("narrative", "difficulties", "proposals", "number")
        super().__init__(data, initial={name: getattr(report, name) for name in words})
        # A draft may be saved without it; who looks at the form is told that it will be needed.
        self.fields["narrative"].required = data is None or is_final
        self.fields["narrative"].error_messages["required"] = _("Say in a few words what was done.")
        self.counted = rows
        self.is_final = is_final
        for row in rows:
            key, label = row["key"], label_of(row)
            self.fields[f"d-{key}"] = forms.IntegerField(
                label=_("%(figure)s: our own count") % {"figure": capfirst(label)},
                min_value=0,
                max_value=MOST,
                required=False,
                initial=report.declared.get(key),
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )
            self.fields[f"w-{key}"] = forms.CharField(
                label=_("%(figure)s: why it differs") % {"figure": capfirst(label)},
                max_length=300,
                required=False,
                initial=report.explanations.get(key, ""),
            )

    def rows(self) -> list[DeclaredRow]:
        """Return the counted figures with their fields, for the table."""
        return [
            DeclaredRow(row, self[f"d-{row['key']}"], self[f"w-{row['key']}"])
            for row in self.counted
        ]

    def clean(self):
        data = super().clean()
        if not self.is_final:
            return data
        for row in self.counted:
            own, why = data.get(f"d-{row['key']}"), data.get(f"w-{row['key']}")
            if own is not None and own != row["period"] and not why:
                self.add_error(
                    f"w-{row['key']}",
                    _("Counted were %(counted)s, you say %(own)s: say why.")
                    % {"counted": row["period"], "own": own},
                )
        return data

    def said(self) -> dict:
        """Return what the service is to save."""
        data = self.cleaned_data
        own = {row["key"]: data[f"d-{row['key']}"] for row in self.counted}
        return {
            **{name: data[name] for name in ("narrative", "difficulties", "proposals", "number")},
            "declared": {key: n for key, n in own.items() if n is not None},
            "explanations": {key: data[f"w-{key}"] for key, n in own.items() if n is not None},
        }


class BecauseForm(forms.Form):
    """Why a report is sent back or opened again."""

    because = forms.CharField(
        label=_("Why?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
        help_text=_("Whoever wrote the report reads this."),
    )
