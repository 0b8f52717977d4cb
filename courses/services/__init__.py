"""What others ask of the courses, and everything that changes them."""

from courses.services.advice import advise, in_words
from courses.services.audio import (
    Voice,
    clips_of,
    is_stale,
    keep_recording,
    spoken_words,
    voices,
    withdraw_consent,
)
from courses.services.authors import AUTHORS, REVIEWERS, prepare_authors, sync_author
from courses.services.calendar import publish_due
from courses.services.figures import figures_of, set_figure
from courses.services.lessons import (
    can_be_read,
    check,
    lessons_of,
    published_courses,
    questions_by_lesson,
    questions_of,
    screen_context,
    screens_of,
)
from courses.services.photos import clean_photo
from courses.services.practices import Practice, practice_of, practices_of
from courses.services.screens import (
    changed_originals,
    confirm_own_picture,
    is_changed,
    knowing_own_pictures,
    own_pictures,
    remove_own_picture,
    report_screen,
    set_own_picture,
    settle_reports,
    stored_screen,
)
from courses.services.search import Hit, fill_search, find_lessons
from courses.services.shelf import ensure_shelf

__all__ = [
    "AUTHORS",
    "REVIEWERS",
    "Hit",
    "Practice",
    "Voice",
    "advise",
    "can_be_read",
    "changed_originals",
    "check",
    "clean_photo",
    "clips_of",
    "confirm_own_picture",
    "ensure_shelf",
    "figures_of",
    "fill_search",
    "find_lessons",
    "in_words",
    "is_changed",
    "is_stale",
    "keep_recording",
    "knowing_own_pictures",
    "lessons_of",
    "own_pictures",
    "practice_of",
    "practices_of",
    "prepare_authors",
    "publish_due",
    "published_courses",
    "questions_by_lesson",
    "questions_of",
    "remove_own_picture",
    "report_screen",
    "screen_context",
    "screens_of",
    "set_figure",
    "set_own_picture",
    "settle_reports",
    "spoken_words",
    "stored_screen",
    "sync_author",
    "voices",
    "withdraw_consent",
]
