"""The shape of what organisers, leaders and instructors type in; services decide."""

from campaigns.forms.campaigns import CampaignForm, TargetDefaultsForm, TargetForm
from campaigns.forms.classes import ClassForm, WeeklyTimesFormSet
from campaigns.forms.sessions import CancelForm, LessonForm, MoveForm, SubstituteForm
from campaigns.forms.shifts import (
    CreditForm,
    HoldShiftForm,
    HoursForm,
    MoveShiftForm,
    OfferForm,
    ReplaceForm,
    ShiftForm,
)
from campaigns.forms.teams import MemberForm, TeamForm
from campaigns.forms.work import ChangeWorkForm, ProgressForm, ReasonForm, WorkForm
from people.forms import refuse

__all__ = [
    "CampaignForm",
    "CancelForm",
    "ChangeWorkForm",
    "ClassForm",
    "CreditForm",
    "HoldShiftForm",
    "HoursForm",
    "LessonForm",
    "MemberForm",
    "MoveForm",
    "MoveShiftForm",
    "OfferForm",
    "ProgressForm",
    "ReasonForm",
    "ReplaceForm",
    "ShiftForm",
    "SubstituteForm",
    "TargetDefaultsForm",
    "TargetForm",
    "TeamForm",
    "WeeklyTimesFormSet",
    "WorkForm",
    "refuse",
]
