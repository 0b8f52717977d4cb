"""The shape of what people type: residents, staff, cards, lists."""

from people.forms.accounts import SignInForm
from people.forms.cards import CodeForm, RevokeForm
from people.forms.fields import refuse
from people.forms.lists import UploadForm
from people.forms.residents import EraseForm, RegisterForm, ResidentForm, grouped_villages
from people.forms.staff import AssignmentForm, NewStaffForm, StaffForm

__all__ = [
    "AssignmentForm",
    "CodeForm",
    "EraseForm",
    "NewStaffForm",
    "RegisterForm",
    "ResidentForm",
    "RevokeForm",
    "SignInForm",
    "StaffForm",
    "UploadForm",
    "grouped_villages",
    "refuse",
]
