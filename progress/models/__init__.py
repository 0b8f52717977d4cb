"""Who has learnt what: enrolment, attendance, lessons read, practices, quiz attempts."""

from progress.models.attendance import Attendance, Mark, RegisterEvent
from progress.models.enrolments import Enrolment
from progress.models.learning import Attempt, Help, LessonView, PracticeRun
from progress.models.screens import ClassScreen

__all__ = [
    "Attempt",
    "Attendance",
    "ClassScreen",
    "Enrolment",
    "Help",
    "LessonView",
    "Mark",
    "PracticeRun",
    "RegisterEvent",
]
