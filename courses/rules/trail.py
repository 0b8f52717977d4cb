"""The picture of how far one has come: a stone for each screen, a box for each question. Pure."""

from dataclasses import dataclass

GAP = 20


@dataclass(frozen=True)
class Stone:
    """One mark on the trail; ``state`` is done, now or ahead."""

    x: int
    state: str
    is_question: bool


@dataclass(frozen=True)
class Trail:
    """All marks of a lesson, and where the learner stands."""

    position: int
    screens: int
    questions: int

    @property
    def width(self) -> int:
        return GAP * (self.screens + self.questions)

    @property
    def pixels(self) -> int:
        """How wide to draw it where there is room; a phone shrinks it."""
        return self.width * 7 // 5

    @property
    def stones(self) -> list[Stone]:
        return [
            Stone(
                GAP * number - GAP // 2,
                "done" if number < self.position else "now" if number == self.position else "ahead",
                number > self.screens,
            )
            for number in range(1, self.screens + self.questions + 1)
        ]

    @property
    def is_question(self) -> bool:
        return self.position > self.screens

    @property
    def number(self) -> int:
        """The number of this screen, or of this question."""
        return self.position - self.screens if self.is_question else self.position

    @property
    def count(self) -> int:
        return self.questions if self.is_question else self.screens
