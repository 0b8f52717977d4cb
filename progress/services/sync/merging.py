"""One attempt, answered on several phones: what each of them says, and what that comes to. Pure.

Of each device the fullest state is kept; a newer one contains the older. What devices say is then
laid together, so that the end does not depend on what came first, and nothing given is ever lost.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from courses.rules import Question, grade

# What one device says: {"version": n, "answers": {question: [answer, …]}, "started": ms,
# "finished": ms | None, "help": …}
State = Mapping[str, Any]


def join(one: State | None, other: State) -> dict:
    """Return what two states of one device come to, whichever of them came first."""
    if one is None:
        return dict(other)
    questions = one["answers"].keys() | other["answers"].keys()
    ends = [
        (state["finished"], state["help"])
        for state in (one, other)
        if state["finished"] is not None
    ]
    finished, help = min(ends, default=(None, max(one["help"], other["help"])))
    return {
        "version": max(one["version"], other["version"]),
        "answers": {
            question: max(
                (state["answers"].get(question) or [] for state in (one, other)), key=_fullness
            )
            for question in questions
        },
        "started": min(one["started"], other["started"]),
        "finished": finished,
        "help": help,
    }


def together(questions: Sequence[Question], states: Mapping[str, State]) -> dict[str, list]:
    """Return every answer given, to each question in the order that counts.

    Where two devices knew nothing of one another, each has a first try. One that is right comes
    first: more answers never take anything away from anybody.
    """
    laid = {}
    for question in questions:
        lists = [states[device]["answers"].get(question["id"]) or [] for device in sorted(states)]
        if given := _laid(question, [list(each) for each in lists if each]):
            laid[question["id"]] = given
    return laid


def _laid(question: Question, lists: list[list]) -> list:
    longest = max(lists, key=_fullness, default=[])
    if all(longest[: len(each)] == each for each in lists):
        return longest
    firsts = sorted(
        (each[0] for each in lists), key=lambda first: (not grade(question, first), _written(first))
    )
    rest = [answer for each in sorted(lists, key=_written) for answer in each[1:]]
    given: list = []
    for answer in firsts + rest:
        if answer not in given:
            given.append(answer)
    return given


def ended(states: Mapping[str, State]) -> tuple[int, str] | None:
    """Return when the first of the devices finished, in milliseconds, and with whose help."""
    ends = [(s["finished"], s["help"]) for s in states.values() if s["finished"] is not None]
    return min(ends, default=None)


def _fullness(given: Sequence) -> tuple[int, str]:
    return len(given), _written(given)


def _written(value: object) -> str:
    return json.dumps(value, sort_keys=True)
