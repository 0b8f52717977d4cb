"""Who serves when, what is still missing, and who would be at two places at once."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import F, Prefetch, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from campaigns.models import ClassSession, Membership, Shift, Team, Turn
from campaigns.rules import holidays_between, overlaps
from campaigns.services import missing_at
from people.models import User
from places.models import Place, attach_ancestors
from places.rules import person_sort_key

Occasion = ClassSession | Shift
# The longest that a shift may be; an evening is shorter.
_LONGEST = dt.timedelta(minutes=720)


@dataclass
class RosterRow:
    """One turn, and what else its volunteer has promised at the same time."""

    turn: Turn
    clashes: list[Turn] = field(default_factory=list)


@dataclass
class Roster:
    """Who was asked to an evening or a shift, and how many are still missing."""

    occasion: Occasion
    rows: list[RosterRow]

    @property
    def coming(self) -> int:
        return sum(row.turn.state in Turn.COUNTED for row in self.rows)

    @property
    def waiting(self) -> int:
        return sum(row.turn.state == Turn.State.OFFERED for row in self.rows)

    @property
    def missing(self) -> int:
        if self.occasion.state == self.occasion.State.CANCELLED:
            return 0
        return missing_at(self.occasion, self.coming)


@dataclass
class DutyDay:
    """One day of a team: its evenings and shifts by the hour."""

    day: dt.date
    holiday: str
    rosters: list[Roster]


@dataclass
class Candidate:
    """Somebody who may be asked, and what he or she has promised at that time."""

    member: Membership
    is_own_team: bool
    clashes: list[Turn]


def roster_of(occasion: Occasion) -> Roster:
    """Return the roster of one evening or shift, with who would be at two places at once."""
    turns = list(_with_people(occasion.turns.all()))
    busy = promised_elsewhere(
        [turn.membership for turn in turns if turn.state in Turn.STANDING], occasion
    )
    return Roster(occasion, [RosterRow(turn, busy.get(turn.membership_id, [])) for turn in turns])


def duty_of(team: Team, first: dt.date, last: dt.date, language: str = "vi") -> list[DutyDay]:
    """Return the days from ``first`` to ``last`` on which a team serves or teaches."""
    begins = timezone.make_aware(dt.datetime.combine(first, dt.time.min))
    ends = timezone.make_aware(dt.datetime.combine(last, dt.time.min)) + dt.timedelta(days=1)
    turns = Prefetch("turns", _with_people(Turn.objects.all()))
    shifts = (
        Shift.objects.filter(team=team, starts_at__gte=begins, starts_at__lt=ends)
        .select_related("place", "venue")
        .prefetch_related(turns)
    )
    sessions = (
        ClassSession.objects.filter(
            class_group__team=team, starts_at__gte=begins, starts_at__lt=ends
        )
        .select_related("class_group__place", "class_group__venue", "lesson")
        .prefetch_related(turns)
    )
    days: dict[dt.date, list[Roster]] = {}
    occasions: list[Occasion] = [*shifts, *sessions]
    for occasion in sorted(occasions, key=lambda found: (found.starts_at, found.pk)):
        roster = Roster(occasion, [RosterRow(turn) for turn in occasion.turns.all()])
        days.setdefault(timezone.localtime(occasion.starts_at).date(), []).append(roster)
    attach_ancestors(roster.occasion.place for rosters in days.values() for roster in rosters)
    holidays = holidays_between(first, last, language)
    return [DutyDay(day, holidays.get(day, ""), rosters) for day, rosters in days.items()]


def my_turns(user: User) -> list[Turn]:
    """Return the turns that lie ahead of a user, those that wait for an answer first."""
    turns = (
        _coming(Turn.objects.filter(membership__user=user))
        .exclude(state__in=[Turn.State.REPLACED, Turn.State.MISSED])
        .select_related(
            "membership__team",
            "session__class_group__place",
            "session__class_group__venue",
            "session__campaign",
            "shift__place",
            "shift__venue",
        )
        .order_by("begins_at", "pk")
    )
    found = sorted(turns, key=lambda turn: turn.state != Turn.State.OFFERED)
    attach_ancestors(turn.place for turn in found)
    return found


def may_be_asked(occasion: Occasion, team: Team) -> list[Candidate]:
    """Return who may be asked to come: the team, then the other teams of the commune."""
    place = occasion.place
    commune = place.commune or place
    day = timezone.localtime(occasion.starts_at).date()
    standing = occasion.turns.filter(state__in=Turn.STANDING).values("membership")
    members = list(
        Membership.objects.current(day)
        .filter(team__place__path__startswith=commune.path)
        .exclude(pk__in=standing)
        .select_related("team", "user")
    )
    busy = promised_elsewhere(members, occasion)
    candidates = [
        Candidate(member, member.team_id == team.pk, busy.get(member.pk, [])) for member in members
    ]
    return sorted(
        candidates,
        key=lambda one: (
            not one.is_own_team,
            one.member.team.name,
            person_sort_key(str(one.member)),
        ),
    )


def promised_elsewhere(
    members: Collection[Membership], occasion: Occasion
) -> dict[int, list[Turn]]:
    """Return what these members have promised, or been asked, at the same time, by membership.

    Whoever is in two teams under one account is one person.
    """
    if not members:
        return {}
    people = {member.user_id for member in members if member.user_id}
    turns = _during(occasion.starts_at, occasion.ends_at).filter(
        Q(membership__in=members) | Q(membership__user__in=people)
    )
    own = {"shift": occasion} if isinstance(occasion, Shift) else {"session": occasion}
    by_person: dict[tuple, list[Turn]] = {}
    for turn in turns.exclude(**own).select_related(
        "membership", "session__class_group", "shift__place"
    ):
        other = turn.occasion
        if overlaps(occasion.starts_at, occasion.ends_at, other.starts_at, other.ends_at):
            by_person.setdefault(_person(turn.membership), []).append(turn)
    return {
        member.pk: by_person[_person(member)] for member in members if _person(member) in by_person
    }


def shifts_on(user: User, day: dt.date) -> list[Roster]:
    """Return the shifts of one day in the user's places, with who comes."""
    shifts = (
        Shift.objects.permitted_to(user, "campaigns.view_classgroup")
        .on(day)
        .select_related("place", "venue", "team")
        .prefetch_related(Prefetch("turns", _with_people(Turn.objects.all())))
        .order_by("starts_at", "pk")
    )
    rosters = [Roster(shift, [RosterRow(turn) for turn in shift.turns.all()]) for shift in shifts]
    attach_ancestors(roster.occasion.place for roster in rosters)
    return rosters


def communes_with_teams(user: User, permission: str) -> list[Place]:
    """Return the communes in whose teams the user may do something, by name."""
    paths = Team.objects.permitted_to(user, permission).values_list("place__path", flat=True)
    # A commune stands two steps below the root, a team at it or at one of its villages.
    communes = {path[: 2 * Place.steplen] for path in paths}
    return list(Place.objects.communes().filter(path__in=communes).order_by("sort_key"))


def _during(begins, ends):
    """Turns that may overlap a stretch of time, at whatever was not called off."""
    since = begins - _LONGEST
    return Turn.objects.filter(state__in=Turn.STANDING).filter(
        Q(session__starts_at__gt=since, session__starts_at__lt=ends)
        & ~Q(session__state=ClassSession.State.CANCELLED)
        | Q(shift__starts_at__gt=since, shift__starts_at__lt=ends)
        & ~Q(shift__state=Shift.State.CANCELLED)
    )


def _coming(turns):
    """Turns whose evening or shift is not over, with ``begins_at``."""
    now = timezone.now()
    turns = turns.annotate(begins_at=Coalesce(F("session__starts_at"), F("shift__starts_at")))
    pks = [
        turn.pk
        for turn in turns.filter(begins_at__gt=now - _LONGEST).select_related("session", "shift")
        if turn.occasion.ends_at > now and turn.occasion.state != turn.occasion.State.CANCELLED
    ]
    return turns.filter(pk__in=pks)


def _with_people(turns):
    return turns.select_related(
        "membership__team", "membership__user", "stands_in_for__membership"
    ).order_by("asked_at", "pk")


def _person(member: Membership) -> tuple[str, int]:
    return ("user", member.user_id) if member.user_id else ("member", member.pk)
