"""What is typed in about work in five clear points."""

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from campaigns.forms.shared import date_input
from campaigns.models import Membership, WorkItem
from people.models import User


class WorkForm(forms.Form):
    """Who does what by when, what is to come of it, and who answers for it."""

    title = forms.CharField(
        label=capfirst(_("work")),
        max_length=160,
        help_text=_("Begin with what is done: “Visit 12 people who have not come yet”. No names."),
    )
    owner = forms.ChoiceField(
        label=capfirst(_("who does it")),
        error_messages={"required": _("Choose the one person who does it.")},
    )
    due = forms.DateField(label=_("To be done by"), widget=date_input())
    expected = forms.CharField(
        label=capfirst(_("expected result")),
        max_length=200,
        help_text=_("What can be seen afterwards: “8 of them come on Saturday”."),
    )
    responsible = forms.ModelChoiceField(
        User.objects.none(),
        label=capfirst(_("who answers for it")),
        help_text=_("To the tier above. One person."),
    )
    indicator = forms.ChoiceField(
        label=_("Which figure it is to move"), required=False, choices=[("", "—")]
    )

    def __init__(self, *args, owners, answerers, indicators, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [("", "—"), *_by_team(owners)]
        responsible = self.fields["responsible"]
        responsible.queryset = User.objects.filter(pk__in=[user.pk for user in answerers])
        # Given-name order, which no database knows.
        responsible.choices = [("", "—"), *((user.pk, str(user)) for user in answerers)]
        self.fields["indicator"].choices = [
            ("", _("none of them")),
            *((key, capfirst(info.label)) for key, info in indicators.items()),
        ]

    def chosen_owner(self) -> dict:
        """Return the account or the member who was chosen, as the services take them."""
        chosen = self.cleaned_data["owner"]
        model, name = (Membership, "member") if chosen[0] == "m" else (User, "person")
        return {name: model.objects.get(pk=chosen[1:])}


class ChangeWorkForm(WorkForm):
    """The same, and why it changes."""

    remark = forms.CharField(label=_("Why it changes"), max_length=300, required=False)


class ProgressForm(forms.Form):
    """How far it has come."""

    percent = forms.IntegerField(
        label=capfirst(_("progress (%)")),
        min_value=0,
        max_value=100,
        widget=forms.NumberInput(attrs={"step": 5}),
    )
    remark = forms.CharField(
        label=_("What was done, what stands in the way"), max_length=300, required=False
    )
    result = forms.CharField(
        label=capfirst(_("result")),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed once the work is done. Numbers, and no personal matters of residents."),
    )
    evidence = forms.CharField(
        label=capfirst(_("evidence")),
        max_length=300,
        required=False,
        help_text=_("Where it can be seen: a link, the number of a slip, who has the list."),
    )

    @classmethod
    def of(cls, item: WorkItem) -> "ProgressForm":
        return cls(
            initial={"percent": item.percent, "result": item.result, "evidence": item.evidence}
        )


class ReasonForm(forms.Form):
    """Why work is given up, or taken up again."""

    because = forms.CharField(label=capfirst(_("reason")), max_length=300)


def _by_team(owners):
    """Put the members under the names of their teams, as a list of choices takes them."""
    groups: dict[str, list] = {}
    for owner in owners:
        groups.setdefault(str(owner.where or _("accounts without a team")), []).append(
            (owner.key, owner.name)
        )
    return list(groups.items())
