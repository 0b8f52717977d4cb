"""Questions as plain data: how they are offered, answered, judged and explained.

A question is ``{"id", "kind", "text", "options": [{"id", "text", "picture", "alt", "correct",
"feedback"}], "explanation"}``; its options stand as the author wrote them, and for *order* that is
the right order. An answer is an option's id, or a list of ids. What a phone sends may be anything:
an answer that makes no sense is a wrong answer, never an error.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

ONE_OF_THEM = ("single", "true_false", "picture")
# What "I am not sure yet" sends. It is never right, and never scolded.
UNSURE = "unsure"
PASS_PER_CENT = 60

Question = Mapping[str, Any]


def grade(question: Question, answer: object) -> bool:
    """Tell whether ``answer`` is right."""
    options = question.get("options") or []
    right = [option["id"] for option in options if option.get("correct")]
    match question.get("kind"):
        case kind if kind in ONE_OF_THEM:
            chosen = _ids(answer)
            return len(chosen) == 1 and chosen[0] in right
        case "several":
            chosen = _ids(answer)
            return bool(right) and len(chosen) == len(right) and set(chosen) == set(right)
        case "order":
            return bool(options) and _ids(answer) == [option["id"] for option in options]
    return False


def score(questions: Sequence[Question], answers: object) -> int:
    """Return how many questions are answered rightly in ``answers``, {question id: answer}."""
    given = answers if isinstance(answers, Mapping) else {}
    return sum(grade(question, given.get(question.get("id"))) for question in questions)


def has_passed(questions: Sequence[Question], answers: object) -> bool:
    """Tell whether enough answers are right; a lesson without questions cannot be passed."""
    return bool(questions) and score(questions, answers) * 100 >= PASS_PER_CENT * len(questions)


def offered(question: Question) -> list[dict]:
    """Return the options as the learner sees them first.

    Mixed, so that where an option stands says nothing about it; but always in the same way, so
    that a learner who comes back finds what he or she left. True and false stay as they are.
    """
    options = list(question.get("options") or [])
    if question.get("kind") == "true_false":
        return options
    mixed = sorted(options, key=lambda option: _dice(question.get("id"), option["id"]))
    if question.get("kind") == "order" and mixed == options and len(options) > 1:
        mixed = [*mixed[1:], mixed[0]]
    return mixed


@dataclass(frozen=True)
class Reply:
    """What a learner has just done on a question's screen."""

    # None while nothing is answered: the screen was only opened, or a row was moved.
    answer: str | list[str] | None = None
    # The rows of an ordering question as they lie now.
    order: list[str] = field(default_factory=list)
    # The row that was moved, so that the screen can say so.
    moved: str = ""
    # Sent, but with nothing chosen.
    is_empty: bool = False


def read_reply(question: Question, data: Any) -> Reply:
    """Read a reply from the fields of a question's form, a ``QueryDict``.

    ``answer`` is an option's id (``done`` where several can be chosen or put in order), or
    *unsure*; ``order`` the rows; ``move`` is "<id>:up" or "<id>:down".
    """
    sent = [value for value in data.getlist("answer") if isinstance(value, str)]
    order = _complete(question, data.getlist("order"))
    if UNSURE in sent:
        return Reply(UNSURE, order)
    match question.get("kind"):
        case "order":
            row, _colon, way = (data.get("move") or "").partition(":")
            if row in order and way in ("up", "down"):
                return Reply(order=_move(order, row, way), moved=row)
            return Reply(order if "done" in sent else None, order)
        case "several":
            known = {option["id"] for option in question.get("options") or []}
            chosen = [value for value in dict.fromkeys(sent) if value in known]
            return Reply(chosen or None, is_empty="done" in sent and not chosen)
        case _:
            return Reply(sent[0] if sent else None)


def explain(question: Question, answer: object) -> dict:
    """Return what to tell the learner: whether it was right, why, and the author's words on it."""
    chosen = _ids(answer)
    is_right = grade(question, answer)
    options = question.get("options") or []
    if question.get("kind") == "order":
        # Only the rows that lie wrong need a word.
        wrong = [row for row, option in zip(chosen, options, strict=False) if row != option["id"]]
        remarks = [] if is_right else [o for o in options if o["id"] in wrong]
    else:
        remarks = [option for option in options if option["id"] in chosen]
    is_unsure = chosen == [UNSURE]
    right = {option["id"] for option in options if option.get("correct")}
    return {
        "is_right": is_right,
        "is_unsure": is_unsure,
        # All that was chosen is right, but something is still to be found.
        "is_incomplete": bool(chosen) and set(chosen) < right,
        "remarks": [
            {"text": option["text"], "feedback": option["feedback"]}
            for option in remarks
            if option.get("feedback")
        ],
        "explanation": question.get("explanation", ""),
    }


def _ids(answer: object) -> list[str]:
    if isinstance(answer, str):
        return [answer]
    if isinstance(answer, list | tuple):
        return [value for value in answer if isinstance(value, str)]
    return []


def _dice(*words: object) -> str:
    return hashlib.sha256(":".join(map(str, words)).encode()).hexdigest()


def _complete(question: Question, rows: Sequence[str]) -> list[str]:
    """Return each of the question's rows once: first those sent, then what was left out."""
    start = [option["id"] for option in offered(question)]
    known = [row for row in dict.fromkeys(rows) if row in start]
    return [*known, *(row for row in start if row not in known)]


def _move(order: list[str], row: str, way: str) -> list[str]:
    order = list(order)
    here = order.index(row)
    there = here + (-1 if way == "up" else 1)
    if 0 <= there < len(order):
        order[here], order[there] = order[there], order[here]
    return order
