"""The shape of what organisers, leaders and instructors type in; services decide."""

from campaigns.forms.campaigns import CampaignForm
from campaigns.forms.classes import ClassForm, WeeklyTimesFormSet
from campaigns.forms.outcomes import IndicatorForm, OutcomeForm, TakeBackForm, TallyForm
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
from campaigns.forms.targets import SplitForm, TargetDefaultsForm, TargetFileForm, TargetForm
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
    "IndicatorForm",
    "LessonForm",
    "MemberForm",
    "MoveForm",
    "MoveShiftForm",
    "OfferForm",
    "OutcomeForm",
    "ProgressForm",
    "ReasonForm",
    "ReplaceForm",
    "ShiftForm",
    "SplitForm",
    "SubstituteForm",
    "TakeBackForm",
    "TallyForm",
    "TargetDefaultsForm",
    "TargetFileForm",
    "TargetForm",
    "TeamForm",
    "WeeklyTimesFormSet",
    "WorkForm",
    "refuse",
]
