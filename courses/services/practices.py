"""The practices of a lesson, as the apps above see them."""

from dataclasses import dataclass
from uuid import UUID

from courses.models import LessonPage, Screen


@dataclass(frozen=True)
class Practice:
    """A practice of a lesson: where it stands, and its screens as plain data."""

    lesson: LessonPage
    screen: Screen

    @property
    def block(self) -> UUID:
        return UUID(self.screen.id)

    @property
    def number(self) -> int:
        """The number of its screen in the lesson, from 1."""
        return self.screen.number

    @property
    def heading(self) -> str:
        return self.screen.heading

    @property
    def screens(self) -> list[dict]:
        """See `courses.rules.practice`."""
        return self.screen.value.plain_screens


def practices_of(lesson: LessonPage) -> list[Practice]:
    """Return the practices of ``lesson`` in the order in which they are met."""
    return [Practice(lesson, screen) for screen in lesson.screens if screen.kind == "practice"]


def practice_of(lesson: LessonPage, block: UUID | str) -> Practice | None:
    """Return the practice of ``lesson`` with that id, if it has one."""
    return next((one for one in practices_of(lesson) if str(one.block) == str(block)), None)
