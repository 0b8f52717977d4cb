"""Questions that sum many rows: what recounting needs, tonight's numbers, a learner's way."""

from progress.reports.facts import Doubt, doubts, facts
from progress.reports.journey import Journey, LessonState, journey_of, lessons_of_campaign
from progress.reports.turnout import Turnout, turnout

__all__ = [
    "Doubt",
    "Journey",
    "LessonState",
    "Turnout",
    "doubts",
    "facts",
    "journey_of",
    "lessons_of_campaign",
    "turnout",
]
