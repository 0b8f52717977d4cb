"""Hours that volunteers served, for the credit that the youth union gives them."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from campaigns.models import ClassSession, Membership, Shift, Turn
from places.rules import person_sort_key, sort_key


@dataclass(frozen=True)
class HoursRow:
    """What one volunteer served in a period."""

    member: Membership
    evenings: int
    shifts: int
    minutes: int

    @property
    def hours(self) -> float:
        return round(self.minutes / 60, 2)


@dataclass(frozen=True)
class Hours:
    """What volunteers served from one day to another, and the sum of it."""

    since: dt.date
    until: dt.date
    rows: list[HoursRow]

    @property
    def evenings(self) -> int:
        return sum(row.evenings for row in self.rows)

    @property
    def shifts(self) -> int:
        return sum(row.shifts for row in self.rows)

    @property
    def minutes(self) -> int:
        return sum(row.minutes for row in self.rows)

    @property
    def hours(self) -> float:
        return round(self.minutes / 60, 2)


def hours_served(members, since: dt.date, until: dt.date) -> Hours:
    """Sum the served minutes of some memberships, in two queries however many they are.

    A turn counts on the day on which its evening or shift began, for as long as was written down,
    or else as long as it was planned. What was called off counts nothing.
    """
    begins = timezone.make_aware(dt.datetime.combine(since, dt.time.min))
    ends = timezone.make_aware(dt.datetime.combine(until, dt.time.min)) + dt.timedelta(days=1)
    sums = (
        Turn.objects.filter(membership__in=members, state=Turn.State.SERVED)
        .annotate(
            begins_at=Coalesce(F("session__starts_at"), F("shift__starts_at")),
            credited=Coalesce(F("minutes"), F("session__minutes"), F("shift__minutes")),
        )
        .filter(begins_at__gte=begins, begins_at__lt=ends)
        .exclude(
            Q(session__state=ClassSession.State.CANCELLED) | Q(shift__state=Shift.State.CANCELLED)
        )
        .order_by()
        .values("membership")
        .annotate(evenings=Count("session"), shifts=Count("shift"), total=Sum("credited"))
    )
    found = {row["membership"]: row for row in sums}
    people = Membership.objects.filter(pk__in=found).select_related("team")
    rows = [
        HoursRow(
            member,
            found[member.pk]["evenings"],
            found[member.pk]["shifts"],
            found[member.pk]["total"],
        )
        for member in people
    ]
    rows.sort(
        key=lambda row: (
            sort_key(row.member.team.name),
            person_sort_key(row.member.name),
            row.member.pk,
        )
    )
    return Hours(since, until, rows)
