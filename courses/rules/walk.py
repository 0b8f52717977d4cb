"""Where somebody stands in a lesson: cover, screens, questions, end. Pure.

Everything is in the address, so that a lesson needs no account, no cookie and no JavaScript, and
the browser's Back button does what it says.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from courses.rules.questions import Question, Reply, grade, read_reply


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
        """The address of the first question, with nothing answered."""
        return replace(self, results="")._to(self.screens + 1)

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The hidden fields of a question's form."""
        return [("step", str(self.step)), ("r", self.results)]

    def _to(self, step: int) -> str:
        query = {"step": str(step)} if step else {}
        if self.results.strip("-"):
            query["r"] = self.results
        return "?" + urlencode(query) if query else "?"


def walk(data: Any, screens: int, questions: Sequence[Question]) -> Walk:
    """Read from the address, a ``QueryDict``, where somebody stands and what was answered."""
    raw = data.get("step", "")
    step = min(int(raw), screens + len(questions) + 1) if _is_number(raw) else 0
    known = "".join(c if c in "01" else "-" for c in data.get("r", "")[: len(questions)])
    results = known.ljust(len(questions), "-")
    here = Walk(step, screens, len(questions), results)
    if here.kind != "question":
        return here
    number = here.question_number - 1
    question = questions[number]
    reply = read_reply(question, data)
    if reply.answer is not None:
        mark = "1" if grade(question, reply.answer) else "0"
        results = results[:number] + mark + results[number + 1 :]
    return replace(here, results=results, question=question, reply=reply)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 5
