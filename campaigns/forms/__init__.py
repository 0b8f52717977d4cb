"""The shape of what organisers, leaders and instructors type in; services decide."""

from campaigns.forms.campaigns import CampaignForm, TargetDefaultsForm, TargetForm
from campaigns.forms.classes import ClassForm, WeeklyTimesFormSet
from campaigns.forms.sessions import CancelForm, LessonForm, MoveForm, SubstituteForm
from campaigns.forms.teams import MemberForm, TeamForm
from people.forms import refuse

__all__ = [
    "CampaignForm",
    "CancelForm",
    "ClassForm",
    "LessonForm",
    "MemberForm",
    "MoveForm",
    "SubstituteForm",
    "TargetDefaultsForm",
    "TargetForm",
    "TeamForm",
    "WeeklyTimesFormSet",
    "refuse",
]
