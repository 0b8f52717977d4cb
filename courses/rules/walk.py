"""Where somebody stands in a lesson: cover, screens, questions, end. Pure.

Everything is in the address, so that a lesson needs no account, no cookie and no JavaScript, and
the browser's Back button does what it says.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from courses.rules.questions import Question, Reply, draw, grade, read_reply

_DRAW = re.compile("([0-9]{1,4})(?:-([0-9]{1,2}))?")


@dataclass(frozen=True)
class Walk:
    """One place on the way through a lesson."""

    # 0 is the cover; then the screens, the questions, and one more for the end.
    step: int
    screens: int
    questions: int
    # What is known of each question so far: "1" right, "0" not yet, "-" not answered.
    results: str
    question: Question | None = None
    reply: Reply | None = None
    # Which of the lesson's questions are asked, "<who>-<turn>"; empty where all are.
    drawn: str = ""

    @property
    def kind(self) -> str:
        if self.step == 0:
            return "cover"
        if self.step <= self.screens:
            return "screen"
        return "question" if self.step <= self.last else "end"

    @property
    def last(self) -> int:
        """The number of steps between the cover and the end."""
        return self.screens + self.questions

    @property
    def question_number(self) -> int:
        return self.step - self.screens

    @property
    def right(self) -> int:
        return self.results.count("1")

    @property
    def is_last_screen(self) -> bool:
        return self.step == self.screens

    @property
    def is_last_question(self) -> bool:
        return self.step == self.last

    @property
    def here(self) -> str:
        """The address of this step, with nothing answered on it."""
        return self._to(self.step)

    @property
    def forward(self) -> str:
        return self._to(self.step + 1)

    @property
    def back(self) -> str:
        """The address of the step before; empty on the cover."""
        return self._to(self.step - 1) if self.step else ""

    @property
    def again(self) -> str:
        """The address of the first question, with nothing answered and others drawn."""
        who, _dash, turn = self.drawn.partition("-")
        drawn = f"{who}-{(int(turn or 0) + 1) % 100}" if who else ""
        return replace(self, results="", drawn=drawn)._to(self.screens + 1)

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The hidden fields of a question's form."""
        fields = [("step", str(self.step)), ("r", self.results)]
        return [*fields, ("d", self.drawn)] if self._has_drawn(self.step) else fields

    def _has_drawn(self, step: int) -> bool:
        # Whoever reads has drawn nothing yet: a screen has one address for everybody.
        return bool(self.drawn) and (step > self.screens or bool(self.results.strip("-")))

    def _to(self, step: int) -> str:
        query = {"step": str(step)} if step else {}
        if self.results.strip("-"):
            query["r"] = self.results
        if self._has_drawn(step):
            query["d"] = self.drawn
        return "?" + urlencode(query) if query else "?"


def walk(data: Any, screens: int, pool: Sequence[Question], asked: int = 0, who: int = 0) -> Walk:
    """Read from the address, a ``QueryDict``, where somebody stands and what was answered.

    Of the ``pool`` so many are ``asked``. Whose draw it is the address says; where it does not,
    ``who`` does.
    """
    numbers, drawn = list(range(len(pool))), ""
    if 0 < asked < len(pool):
        found = _DRAW.fullmatch(data.get("d", "")) or _DRAW.fullmatch(str(who))
        who, turn = (int(found[1]), int(found[2] or 0)) if found else (0, 0)
        numbers, drawn = draw(len(pool), asked, who, turn), f"{who}-{turn}"
    count = len(numbers)
    raw = data.get("step", "")
    step = min(int(raw), screens + count + 1) if _is_number(raw) else 0
    known = "".join(c if c in "01" else "-" for c in data.get("r", "")[:count])
    results = known.ljust(count, "-")
    here = Walk(step, screens, count, results, drawn=drawn)
    if here.kind != "question":
        return here
    number = here.question_number - 1
    question = pool[numbers[number]]
    reply = read_reply(question, data)
    if reply.answer is not None:
        mark = "1" if grade(question, reply.answer) else "0"
        results = results[:number] + mark + results[number + 1 :]
    return replace(here, results=results, question=question, reply=reply)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 5
