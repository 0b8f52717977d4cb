"""What waits for somebody's decision: for the leader of the teams, and for the commune."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone

from people.models import Resident, User
from people.services import find_doubles
from progress.models import Attendance, Flag, HeldItem, Mark
from progress.rules import fold

# Whoever opens the page decides about what is on it; the rest comes up afterwards.
MOST = 100
# A newcomer who was in the list already is found in these weeks, or never.
NEWCOMERS = dt.timedelta(days=60)


@dataclass
class Dispute:
    """Two people saw the same person differently."""

    attendance: Attendance
    # The marks that speak against one another, latest last.
    heads: Sequence[Mark]


@dataclass
class Held:
    """Something from a phone that could not simply be taken, with the name of whom it is about."""

    item: HeldItem
    name: str


@dataclass
class Inbox:
    """All that waits, oldest first."""

    disputes: list[Dispute] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    # A newcomer, and who may be the same person.
    doubles: list[tuple[Resident, Resident]] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)

    def __len__(self):
        return len(self.disputes) + len(self.held) + len(self.doubles) + len(self.flags)


def inbox(user: User) -> Inbox:
    """Return what waits for this user; the same queries for 3 things or 300."""
    return Inbox(
        disputes=_disputes(user), held=_held(user), doubles=_doubles(user), flags=_flags(user)
    )


def waiting(user: User) -> int:
    """Return how many disputes, held items and flags wait, cheaply enough for the home page."""
    disputes = Attendance.objects.filter(is_disputed=True).permitted_to(user, "progress.decide")
    held = HeldItem.objects.waiting().permitted_to(user, "progress.decide")
    flags = Flag.objects.open().permitted_to(user, "progress.explain_flag")
    return disputes.count() + held.count() + flags.count()


def _disputes(user) -> list[Dispute]:
    rows = list(
        Attendance.objects.filter(is_disputed=True)
        .permitted_to(user, "progress.decide")
        .select_related("session__class_group__place", "enrolment__resident__village")
        .order_by("observed_at", "pk")[:MOST]
    )
    marks = defaultdict(list)
    if rows:
        wanted = Q(session__in={row.session_id for row in rows})
        wanted &= Q(enrolment__in={row.enrolment_id for row in rows})
        for mark in Mark.objects.filter(wanted).select_related("observed_by"):
            marks[mark.session_id, mark.enrolment_id].append(mark)
    return [Dispute(row, fold(marks[row.session_id, row.enrolment_id]).heads) for row in rows]


def _held(user) -> list[Held]:
    items = list(
        HeldItem.objects.waiting()
        .permitted_to(user, "progress.decide")
        .select_related("session__class_group__place", "observed_by", "sent_by", "place")
        .order_by("observed_at", "id")[:MOST]
    )
    names = _names(user, items)
    return [Held(item, names.get(item.fields.get("person", ""), "")) for item in items]


def _names(user: User, items: Iterable[HeldItem]) -> dict[str, str]:
    """Return {uuid of a resident: name} of those whom these items are about and the user may see.

    A phone can name anybody's number; that gives nobody's name away.
    """
    people = {item.fields["person"] for item in items if item.fields.get("person")}
    known = Resident.objects.visible_to(user).filter(uuid__in=people)
    names = {str(uuid): name for uuid, name in known.values_list("uuid", "full_name")}
    # Newcomers are not in the list yet.
    for item in items:
        if item.kind == "arrival":
            names.setdefault(item.fields.get("person", ""), item.fields.get("name", ""))
    return names


def _doubles(user) -> list[tuple[Resident, Resident]]:
    newcomers = (
        Resident.objects.current()
        .filter(source=Resident.Source.WALK_IN, registered_at__gte=timezone.now() - NEWCOMERS)
        .permitted_to(user, "people.merge_residents")
        .select_related("village")
        .order_by("-registered_at", "pk")[:MOST]
    )
    pairs = find_doubles(list(newcomers))
    # The other one may live where somebody else decides.
    paths = () if user.is_superuser else tuple(user.scope_paths("people.merge_residents"))
    return [
        pair
        for pair in pairs
        if user.is_superuser or all(person.village.path.startswith(paths) for person in pair)
    ]


def _flags(user) -> list[Flag]:
    return list(
        Flag.objects.open()
        .permitted_to(user, "progress.explain_flag")
        .select_related("session__class_group__place", "session__class_group__team")
        .order_by("-raised_at", "pk")[:MOST]
    )
