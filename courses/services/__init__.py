"""What others ask of the courses, and everything that changes them."""

from courses.services.authors import AUTHORS, REVIEWERS, prepare_authors, sync_author
from courses.services.calendar import publish_due
from courses.services.figures import figures_of, set_figure
from courses.services.lessons import (
    advise,
    can_be_read,
    check,
    lessons_of,
    published_courses,
    question_context,
    questions_of,
    screen_context,
    screens_of,
)
from courses.services.practices import Practice, practice_of, practices_of
from courses.services.shelf import ensure_shelf

__all__ = [
    "AUTHORS",
    "REVIEWERS",
    "Practice",
    "advise",
    "can_be_read",
    "check",
    "ensure_shelf",
    "figures_of",
    "lessons_of",
    "practice_of",
    "practices_of",
    "prepare_authors",
    "publish_due",
    "published_courses",
    "question_context",
    "questions_of",
    "screen_context",
    "screens_of",
    "set_figure",
    "sync_author",
]
