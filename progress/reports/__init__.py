"""Questions that sum many rows: what recounting needs, tonight's numbers, a learner's way."""

from progress.reports.course_tests import (
    CourseTest,
    Gain,
    class_gains,
    course_test,
    course_tests_of,
)
from progress.reports.evenings import evenings
from progress.reports.facts import Doubt, doubts, facts
from progress.reports.helper import helper_of
from progress.reports.inbox import Dispute, Held, Inbox, inbox, waiting
from progress.reports.journey import (
    Journey,
    LessonState,
    current_enrolment,
    journey_of,
    lessons_of_campaign,
    next_session,
)
from progress.reports.on_phone import on_phone
from progress.reports.rechecks import (
    DueLine,
    KeptTable,
    due_count,
    due_line,
    kept_of,
    rechecks_due,
)
from progress.reports.roster import Line, roster
from progress.reports.skills import Board, Rung, ladder_of, skill_board
from progress.reports.stumbles import PracticeLine, last_runs, stumbles
from progress.reports.turnout import Turnout, turnout

__all__ = [
    "Board",
    "CourseTest",
    "Dispute",
    "Doubt",
    "DueLine",
    "Gain",
    "Held",
    "Inbox",
    "Journey",
    "KeptTable",
    "LessonState",
    "Line",
    "PracticeLine",
    "Rung",
    "Turnout",
    "class_gains",
    "course_test",
    "course_tests_of",
    "current_enrolment",
    "doubts",
    "due_count",
    "due_line",
    "evenings",
    "facts",
    "helper_of",
    "inbox",
    "journey_of",
    "kept_of",
    "ladder_of",
    "last_runs",
    "lessons_of_campaign",
    "next_session",
    "on_phone",
    "rechecks_due",
    "roster",
    "skill_board",
    "stumbles",
    "turnout",
    "waiting",
]
