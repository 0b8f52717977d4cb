"""What can be decided about a lesson with nothing but values in hand."""

from courses.rules.figures import Value, value_for
from courses.rules.questions import (
    PASS_PER_CENT,
    UNSURE,
    Question,
    Reply,
    explain,
    grade,
    has_passed,
    offered,
    read_reply,
    score,
)
from courses.rules.trail import Trail
from courses.rules.walk import Walk, walk
from courses.rules.words import BANNED, MAX_WORDS, Complaint, complaints_about

__all__ = [
    "BANNED",
    "MAX_WORDS",
    "PASS_PER_CENT",
    "UNSURE",
    "Complaint",
    "Question",
    "Reply",
    "Trail",
    "Value",
    "Walk",
    "complaints_about",
    "explain",
    "grade",
    "has_passed",
    "offered",
    "read_reply",
    "score",
    "value_for",
    "walk",
]
