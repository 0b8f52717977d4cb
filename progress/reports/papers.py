"""What a photographed register says of each person, beside what the register says already."""

from dataclasses import dataclass
from uuid import UUID

from people.models import Resident
from progress.models import Attendance, Enrolment, SheetScan
from progress.rules import NOTHING


@dataclass
class SheetLine:
    """One line of a photographed register."""

    number: int
    # Null: written by hand on an empty line.
    resident: Resident | None
    # Null: the person no longer takes part, or was written by hand.
    enrolment: Enrolment | None
    status: str
    is_certain: bool
    looks: str
    box: tuple[int, int, int, int]
    # What the register says at present, and the mark that says so.
    current: str = NOTHING
    base: UUID | None = None

    @property
    def contradicts(self) -> bool:
        """Whether the register says something else than the paper."""
        return bool(self.current and self.status and self.current != self.status)

    @property
    def proposal(self) -> str | None:
        """What may be chosen beforehand; None: a person must look."""
        return self.status if self.is_certain and not self.contradicts else None


def sheet_lines(scan: SheetScan) -> list[SheetLine]:
    """Return the lines of a photograph that was read; the same queries for 3 or 22."""
    people = _whom(row["resident"] for row in scan.rows)
    enrolments = {
        enrolment.resident_id: enrolment
        for enrolment in Enrolment.objects.active().filter(
            campaign=scan.session.campaign_id, resident__in=people.values()
        )
    }
    marked = {
        attendance.enrolment_id: attendance
        for attendance in Attendance.objects.filter(
            session=scan.session_id, enrolment__in=enrolments.values()
        )
    }
    lines = []
    for row in scan.rows:
        resident = people.get(row["resident"])
        enrolment = enrolments.get(resident.pk) if resident else None
        attendance = marked.get(enrolment.pk) if enrolment else None
        lines.append(
            SheetLine(
                number=row["line"],
                resident=resident,
                enrolment=enrolment,
                status=row["status"],
                is_certain=row["is_certain"],
                looks=row["looks"],
                box=tuple(row["box"]),
                current=attendance.status if attendance else NOTHING,
                base=attendance.mark_id if attendance else None,
            )
        )
    return lines


def _whom(ids) -> dict[int, Resident]:
    """Return {the number that was printed: who that is today}; the merged are followed."""
    people = Resident.objects.select_related("merged_into").in_bulk({pk for pk in ids if pk})
    return {pk: person.merged_into or person for pk, person in people.items()}
