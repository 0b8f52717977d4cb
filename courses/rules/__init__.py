"""What can be decided about a lesson with nothing but values in hand."""

from courses.rules.figures import Value, value_for
from courses.rules.questions import (
    PASS_PER_CENT,
    UNSURE,
    Question,
    Reply,
    as_shown,
    can_be_accepted,
    draw,
    draw_across,
    explain,
    grade,
    has_passed,
    is_an_answer,
    offered,
    partners,
    pass_mark,
    read_reply,
    score,
)
from courses.rules.screens import (
    AppPicture,
    StoredScreen,
    app_pictures,
    digest_of,
    stored_screens,
)
from courses.rules.trail import Trail
from courses.rules.walk import Walk, walk
from courses.rules.words import BANNED, MAX_WORDS, Complaint, complaints_about

__all__ = [
    "BANNED",
    "MAX_WORDS",
    "PASS_PER_CENT",
    "UNSURE",
    "AppPicture",
    "Complaint",
    "Question",
    "Reply",
    "StoredScreen",
    "Trail",
    "Value",
    "Walk",
    "app_pictures",
    "as_shown",
    "can_be_accepted",
    "complaints_about",
    "digest_of",
    "draw",
    "draw_across",
    "explain",
    "grade",
    "has_passed",
    "is_an_answer",
    "offered",
    "partners",
    "pass_mark",
    "read_reply",
    "score",
    "stored_screens",
    "value_for",
    "walk",
]
