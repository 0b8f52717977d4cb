"""How many are expected tonight, and how many came."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, F, Q

from campaigns.models import ClassSession
from progress.models import Attendance, Enrolment
from progress.rules import ABSENT, CAME, EXCUSED, NOTHING


@dataclass(frozen=True)
class Turnout:
    """A session in numbers."""

    # Who learns in the class, and tonight's guests.
    listed: int = 0
    came: int = 0
    away: int = 0
    disputed: int = 0

    @property
    def unmarked(self) -> int:
        return max(self.listed - self.came - self.away, 0)


def turnout(sessions: Iterable[ClassSession]) -> dict[int, Turnout]:
    """Return {session: numbers}, in two queries for any number of sessions."""
    sessions = list(sessions)
    belongs = Q(
        enrolment__class_group=F("session__class_group"), enrolment__withdrawn_at__isnull=True
    )
    classes = dict(
        Enrolment.objects.active()
        .filter(class_group__in={session.class_group_id for session in sessions})
        .values_list("class_group_id")
        .annotate(people=Count("pk"))
    )
    marked = {
        session: numbers
        for session, *numbers in Attendance.objects.filter(session__in=sessions)
        .values_list("session_id")
        .annotate(
            came=Count("pk", filter=Q(status__in=CAME)),
            away=Count("pk", filter=Q(status__in=(EXCUSED, ABSENT))),
            disputed=Count("pk", filter=Q(is_disputed=True)),
            guests=Count("pk", filter=~belongs & ~Q(status=NOTHING)),
        )
    }
    numbers = {}
    for session in sessions:
        came, away, disputed, guests = marked.get(session.pk, (0, 0, 0, 0))
        listed = classes.get(session.class_group_id, 0) + guests
        numbers[session.pk] = Turnout(listed, came, away, disputed)
    return numbers
