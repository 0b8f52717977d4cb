"""What comes in from the screens of progress."""

import datetime as dt
import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.models import ClassGroup
from people.forms.fields import (
    AboutYearMixin,
    BirthYearField,
    NameField,
    PhoneKindField,
    WordsField,
)
from people.forms.residents import grouped_villages
from people.models import Resident
from places.models import Place
from progress.models import Attendance, Help, Level, Recheck


class UUIDListField(forms.Field):
    """Several numbers under one name."""

    widget = forms.MultipleHiddenInput

    def clean(self, value):
        field = forms.UUIDField()
        return [field.clean(one) for one in value or []]


class MarkForm(forms.Form):
    """One tap: the status, and what the person who tapped had before his eyes."""

    status = forms.ChoiceField(choices=[("", ""), *Attendance.Status.choices], required=False)
    base = forms.UUIDField(required=False)
    settles = UUIDListField(required=False)
    nonce = forms.UUIDField(required=False)
    id = forms.UUIDField(required=False)
    observed_at = forms.DateTimeField(required=False)
    device = forms.CharField(max_length=36, required=False)
    seq = forms.IntegerField(min_value=0, max_value=2**31 - 1, required=False)

    def tap(self) -> dict:
        """Return the tap as ``mark_attendance`` wants it.

        Without a number of its own, the mark gets one made of the line's number and the status:
        the same button pressed twice is one mark, another button is another.
        """
        tap = dict(self.cleaned_data)
        nonce, status = tap.pop("nonce"), tap["status"]
        if nonce and not tap["id"]:
            tap["id"] = uuid.uuid5(nonce, status or "nothing")
        tap["seq"] = tap["seq"] or 0
        return tap


class RestForm(forms.Form):
    status = forms.ChoiceField(choices=Attendance.Status)


class TakeBackForm(forms.Form):
    marked_at = forms.CharField(max_length=40)

    def clean_marked_at(self):
        try:
            moment = dt.datetime.fromisoformat(self.cleaned_data["marked_at"])
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise forms.ValidationError(_("This is not a time."), code="invalid")
        return moment


class ReopenForm(forms.Form):
    reason = WordsField(
        label=_("Why is it opened again?"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example: “Two people were marked by mistake.” It is kept."),
    )


class WalkInForm(AboutYearMixin, forms.Form):
    """Somebody who has just come in: what one can ask at the door in half a minute."""

    uuid = forms.UUIDField(widget=forms.HiddenInput)
    mark_id = forms.UUIDField(widget=forms.HiddenInput)
    full_name = NameField(help_text=_("As the person writes it, with accents."))
    birth_year = BirthYearField(required=False)
    birth_year_is_about = forms.BooleanField(
        label=_("The year is only roughly known"), required=False
    )
    village = forms.ModelChoiceField(
        queryset=Place.objects.none(), label=_("Village"), empty_label=_("Choose the village")
    )
    sex = forms.ChoiceField(
        label=_("Sex"),
        required=False,
        choices=[("", _("not said")), *Resident.Sex.choices],
        widget=forms.RadioSelect,
    )
    phone_kind = PhoneKindField()
    consent = forms.BooleanField(
        label=_("I read this aloud, and the person agreed"),
        error_messages={
            "required": _("Without agreement nothing is written down. Read it aloud and ask.")
        },
    )

    def __init__(self, *args, villages, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["village"].queryset = villages
        self.fields["village"].choices = grouped_villages(villages)
        self.fields["uuid"].initial = uuid.uuid4
        self.fields["mark_id"].initial = uuid.uuid4


class LikelyForm(AboutYearMixin, forms.Form):
    """As much of a name as is there already, for the warning that comes while one types."""

    full_name = forms.CharField(max_length=100)
    birth_year = BirthYearField(required=False)
    birth_year_is_about = forms.BooleanField(required=False)
    village = forms.ModelChoiceField(queryset=Place.objects.none())

    def __init__(self, *args, villages, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["village"].queryset = villages


class EnrolForm(forms.Form):
    """The class that a resident joins, and the agreement where it is still missing."""

    class_group = forms.ModelChoiceField(
        queryset=ClassGroup.objects.none(), label=_("Class"), empty_label=_("Choose the class")
    )
    consent = forms.BooleanField(
        label=_("I read this aloud, and the person agreed"),
        error_messages={
            "required": _("Without agreement nothing is written down. Read it aloud and ask.")
        },
    )

    def __init__(self, *args, classes, has_agreed, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["class_group"].queryset = classes
        if len(classes) == 1:
            self.fields["class_group"].initial = classes[0]
        if has_agreed:
            del self.fields["consent"]


class ObserveForm(forms.Form):
    """One tap on the ladder; pressed twice it is one."""

    level = forms.ChoiceField(choices=[("", ""), *Level.choices], required=False)
    nonce = forms.UUIDField(required=False)

    def tap(self) -> dict:
        nonce, level = self.cleaned_data["nonce"], self.cleaned_data["level"]
        return {"level": level, "id": uuid.uuid5(nonce, level or "nothing") if nonce else None}


class RecheckForm(forms.Form):
    """One tap: what came of asking somebody again."""

    days = forms.TypedChoiceField(choices=[(days, days) for days in Recheck.ROUNDS], coerce=int)
    outcome = forms.ChoiceField(choices=Recheck.Outcome)
    remark = WordsField(required=False, max_length=200)
    nonce = forms.UUIDField(required=False)

    def tap(self) -> dict:
        tap = dict(self.cleaned_data)
        nonce = tap.pop("nonce")
        return tap | {"id": uuid.uuid5(nonce, tap["outcome"]) if nonce else None}


class RecordForm(forms.Form):
    """A volunteer vouches for a lesson."""

    help = forms.ChoiceField(choices=Help)
