"""Who has learnt what: enrolment, attendance, lessons, practices, attempts, observed skills."""

from progress.models.attendance import Attendance, Mark, RegisterEvent
from progress.models.enrolments import Enrolment
from progress.models.evening import Flag, HeldItem, Remark, SessionNote, SheetScan
from progress.models.learning import Attempt, Help, LessonView, PracticeRun
from progress.models.papers import RegisterSheet
from progress.models.screens import ClassScreen
from progress.models.skills import Level, Observation, Recheck, SkillSeen

__all__ = [
    "Attempt",
    "Attendance",
    "ClassScreen",
    "Enrolment",
    "Flag",
    "HeldItem",
    "Help",
    "LessonView",
    "Level",
    "Mark",
    "Observation",
    "PracticeRun",
    "Recheck",
    "RegisterEvent",
    "RegisterSheet",
    "Remark",
    "SessionNote",
    "SheetScan",
    "SkillSeen",
]
