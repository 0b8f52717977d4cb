"""What comes back from a question's form."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from courses.rules.questions.judging import TYPED, UNSURE, Question, ids
from courses.rules.questions.offering import offered

# Nobody types more than this into a field for one word or number.
LONGEST_SAID = 100


@dataclass(frozen=True)
class Reply:
    """What a learner has just done on a question's screen."""

    # None while nothing is answered: the screen was only opened, or a row was moved.
    answer: str | list[str] | None = None
    # The rows of an ordering question as they lie now.
    order: list[str] = field(default_factory=list)
    # The row that was moved, so that the screen can say so.
    moved: str = ""
    # The partners chosen so far: {option: the option whose partner it got}.
    pairs: dict[str, str] = field(default_factory=dict)
    # Sent, but with nothing chosen or written.
    is_empty: bool = False
    # What was written where it could not be an answer.
    said: str = ""


def read_reply(question: Question, data: Any) -> Reply:
    """Read a reply from the fields of a question's form, a ``QueryDict``.

    ``answer`` is an option's id, *unsure*, what was typed, or ``done`` where several can be chosen
    or put in order. ``order`` are the rows, ``move`` is "<id>:up" or "<id>:down"; ``pair`` is
    "<option>:<partner>", once for each that is chosen, and ``restart`` lets go of them.
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
        case "several" | "spot":
            known = {option["id"] for option in question.get("options") or []}
            chosen = [value for value in dict.fromkeys(sent) if value in known]
            return Reply(chosen or None, is_empty="done" in sent and not chosen)
        case "match":
            pairs = {} if data.get("restart") else _pairs(question, data.getlist("pair"))
            rows = [option["id"] for option in question.get("options") or []]
            is_done = bool(rows) and all(row in pairs for row in rows)
            return Reply([pairs[row] for row in rows] if is_done else None, pairs=pairs)
        case kind if kind in TYPED:
            said = " ".join("".join(sent[:1]).split())[:LONGEST_SAID]
            could_be = re.search("[0-9]", said) if kind == "number" else said
            return Reply(
                said if could_be else None, is_empty=bool(sent and not could_be), said=said
            )
        case _:
            return Reply(sent[0] if sent else None)


def is_an_answer(question: Question, answer: object) -> bool:
    """Tell whether ``answer`` could be given to this question at all, rightly or wrongly."""
    given = ids(answer)
    if answer == UNSURE:
        return True
    if question.get("kind") in TYPED:
        return isinstance(answer, str) and bool(answer.strip()) and len(answer) <= LONGEST_SAID
    known = {option["id"] for option in question.get("options") or []}
    return bool(given) and set(given) <= known


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


def _pairs(question: Question, sent: Sequence[str]) -> dict[str, str]:
    rows = {option["id"] for option in question.get("options") or []}
    chosen = (pair.partition(":")[::2] for pair in sent if isinstance(pair, str))
    return {row: partner for row, partner in chosen if {row, partner} <= rows}
