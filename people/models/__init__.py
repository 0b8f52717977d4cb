"""Who: users and their roles, residents and their cards."""

from people.models.cards import Card
from people.models.consents import Consent
from people.models.distinct import DistinctPair
from people.models.files import ResidentFile
from people.models.quality import QualityCount
from people.models.residents import Change, Resident
from people.models.staff import Assignment, StaffChange, User

__all__ = [
    "Assignment",
    "Card",
    "Change",
    "Consent",
    "DistinctPair",
    "QualityCount",
    "Resident",
    "ResidentFile",
    "StaffChange",
    "User",
]
