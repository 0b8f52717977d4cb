"""Where, when and by whom: campaigns, teams, classes, shifts, and what was reached."""

from campaigns.models.campaigns import Campaign, Target
from campaigns.models.classes import ClassGroup, ClassSession, WeeklyTime
from campaigns.models.counting import Cell, FoldLock, Journal
from campaigns.models.duty import Reminder, Shift, Turn
from campaigns.models.teams import Membership, Team
from campaigns.rules import MEASURES, CountKind

__all__ = [
    "MEASURES",
    "Campaign",
    "Cell",
    "ClassGroup",
    "ClassSession",
    "CountKind",
    "FoldLock",
    "Journal",
    "Membership",
    "Reminder",
    "Shift",
    "Target",
    "Team",
    "Turn",
    "WeeklyTime",
]
