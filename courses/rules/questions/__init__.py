"""Questions as plain data: how they are drawn, offered, answered, judged and explained.

A question is ``{"id", "kind", "text", "options": [{"id", "text", "picture", "alt", "correct",
"feedback"}], "explanation"}``; its options stand as the author wrote them. What differs:

- *order*: the options stand in the right order;
- *match*: an option also has ``match``, the text of its partner; two may share one;
- *spot*: the options are the parts of a message in turn, the suspicious ones are ``correct``;
- *number*: no options, but ``answer`` and ``tolerance`` (decimals as text, with a point), ``unit``,
  and ``feedback`` for whoever is wrong;
- *text*: no options, but ``accepted``, a list of spellings, and ``feedback``.

An answer is an option's id, or a list of ids: of the chosen options, of the rows from top to
bottom, or for *match* of the options whose partners were chosen, in the author's order. To *number*
and *text* it is what was typed. What a phone sends may be anything: an answer that makes no sense
is a wrong answer, never an error.

``lms/static/lms/js/judge.js`` says the same on a phone without network; a test compares the two.
"""

from courses.rules.questions.drawing import draw, draw_across
from courses.rules.questions.judging import (
    ONE_OF_THEM,
    PASS_PER_CENT,
    UNSURE,
    Question,
    explain,
    grade,
    has_passed,
    pass_mark,
    score,
)
from courses.rules.questions.offering import as_shown, offered, partners
from courses.rules.questions.replies import Reply, is_an_answer, read_reply
from courses.rules.questions.tolerance import can_be_accepted

__all__ = [
    "ONE_OF_THEM",
    "PASS_PER_CENT",
    "UNSURE",
    "Question",
    "Reply",
    "as_shown",
    "can_be_accepted",
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
]
