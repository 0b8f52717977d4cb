"""Where, when and by whom: campaigns, teams, classes, shifts, and what was reached."""

from campaigns.models.campaigns import Campaign, Indicator, Target, TargetChange
from campaigns.models.classes import Audience, ClassGroup, ClassSession, WeeklyTime
from campaigns.models.clients import ClientUse, FactsFile, StatisticsClient
from campaigns.models.counting import Cell, FoldLock, Journal
from campaigns.models.duty import Reminder, Shift, Turn
from campaigns.models.outcomes import Outcome, OwnIndicator
from campaigns.models.reporting import Report, ReportEvent
from campaigns.models.teams import Membership, Team
from campaigns.models.work import WorkChange, WorkItem
from campaigns.rules import MEASURES, CountKind

__all__ = [
    "MEASURES",
    "Audience",
    "Campaign",
    "Cell",
    "ClassGroup",
    "ClassSession",
    "ClientUse",
    "CountKind",
    "FactsFile",
    "FoldLock",
    "Indicator",
    "Journal",
    "Membership",
    "Outcome",
    "OwnIndicator",
    "Reminder",
    "Report",
    "ReportEvent",
    "Shift",
    "StatisticsClient",
    "Target",
    "TargetChange",
    "Team",
    "Turn",
    "WeeklyTime",
    "WorkChange",
    "WorkItem",
]
