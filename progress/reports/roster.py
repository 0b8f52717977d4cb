"""The lines of a register, as those who take it see them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from campaigns.models import ClassSession
from places.rules import fold as fold_words
from progress.models import Attendance, Enrolment, Mark
from progress.rules import NOTHING, fold


@dataclass
class Line:
    """One person in a register."""

    enrolment: Enrolment
    attendance: Attendance | None = None
    # Learns in another class, or in none.
    is_guest: bool = False
    # The marks that speak against one another, latest last.
    heads: tuple[Mark, ...] = ()
    # Makes the number of the next mark: the same tap sent twice is one mark.
    nonce: UUID = field(default_factory=uuid4)

    @property
    def resident(self):
        return self.enrolment.resident

    @property
    def status(self) -> str:
        return self.attendance.status if self.attendance else NOTHING

    @property
    def base(self) -> UUID | None:
        return self.attendance.mark_id if self.attendance else None

    @property
    def settles(self) -> list[UUID]:
        """The marks, besides the winner, that the next tap decides about."""
        return [mark.id for mark in self.heads if mark.id != self.base]


def roster(
    session: ClassSession, *, only: Iterable[int] | None = None, words: str = ""
) -> list[Line]:
    """Return the lines of a session's register by given name; the same queries for 3 or 200."""
    enrolments = Enrolment.objects.on_register(session).select_related("resident__village")
    marked = session.attendances.all()
    if only is not None:
        enrolments, marked = enrolments.filter(pk__in=only), marked.filter(enrolment__in=only)
    attendances = {attendance.enrolment_id: attendance for attendance in marked}
    lines = [
        Line(
            enrolment,
            attendances.get(enrolment.pk),
            is_guest=enrolment.class_group_id != session.class_group_id,
        )
        for enrolment in enrolments.order_by("resident__sort_key", "pk")
        if _is_called(enrolment.resident, words)
    ]
    _add_disputes(session, lines)
    return lines


def _is_called(resident, words: str) -> bool:
    spoken = resident.search_text.split()
    return all(any(name.startswith(word) for name in spoken) for word in fold_words(words).split())


def _add_disputes(session, lines: list[Line]) -> None:
    disputed = [
        line.enrolment.pk for line in lines if line.attendance and line.attendance.is_disputed
    ]
    if not disputed:
        return
    marks = defaultdict(list)
    for mark in Mark.objects.filter(session=session, enrolment__in=disputed).select_related(
        "observed_by"
    ):
        marks[mark.enrolment_id].append(mark)
    for line in lines:
        line.heads = fold(marks.get(line.enrolment.pk, ())).heads
