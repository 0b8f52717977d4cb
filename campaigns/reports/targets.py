"""What is set for a place and for those below it, the sum beside the whole, and how it came about.

A unit that has ended keeps its line as long as it has a target: the goal of the unit that took it
in is the sum of theirs.
"""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Prefetch, Q

from campaigns.models import Campaign, Target, TargetChange
from campaigns.reports.figures import numbers
from campaigns.rules.splitting import split
from places.models import Place

# By what a goal can be parted.
WAYS = ("population", "registered", "evenly")


@dataclass(frozen=True)
class TargetRow:
    """What is set for one place, and what is known of its size."""

    place: Place
    target: Target | None
    population: int | None = None
    registered: int | None = None
    # Where a unit that has ended is read now.
    now: tuple[Place, ...] = ()

    @property
    def goal(self) -> int | None:
        return self.target.goal if self.target else None

    @property
    def denominator(self) -> int | None:
        return self.target.denominator if self.target else None


@dataclass(frozen=True)
class Sum:
    """What the places below come to together, held against the place's own figure."""

    below: int
    own: int | None
    # How many places below, of how many, have a figure.
    places: int
    of: int

    @property
    def difference(self) -> int | None:
        """What the places below have more than the whole; less than nothing: what is missing."""
        return None if self.own is None else self.below - self.own

    @property
    def missing(self) -> int:
        """How much the places below lack of the whole."""
        return max(0, -(self.difference or 0))


@dataclass(frozen=True)
class TargetTable:
    """The targets of one indicator, of a place and of those directly below it."""

    campaign: Campaign
    place: Place
    indicator: str
    own: TargetRow
    below: list[TargetRow]

    @property
    def rows(self) -> list[TargetRow]:
        return [self.own, *self.below]

    @cached_property
    def goals(self) -> Sum:
        return _sum(self.own.goal, [row.goal for row in self.below])

    @cached_property
    def denominators(self) -> Sum:
        return _sum(self.own.denominator, [row.denominator for row in self.below])


def target_table(campaign: Campaign, place: Place, indicator: str) -> TargetTable:
    """Return the targets of ``place`` and of the units directly below it."""
    targets = {
        target.place_id: target
        for target in Target.objects.filter(campaign=campaign, indicator=indicator).filter(
            Q(place=place) | Q(place__path__startswith=place.path, place__depth=place.depth + 1)
        )
    }
    inside = Place.objects.children_of(place)
    places = (
        (inside.current() | inside.filter(pk__in=targets))
        .in_order()
        .prefetch_related(Prefetch("successors", Place.objects.in_order()))
    )
    registered = numbers(campaign, place, "registered")

    def row(of, known=None):
        ended = of.valid_to is not None and not of.is_current()
        return TargetRow(
            place=of,
            target=targets.get(of.pk),
            population=getattr(of, "population", None),
            registered=known,
            now=tuple(of.successors.all()) if ended else (),
        )

    return TargetTable(
        campaign=campaign,
        place=place,
        indicator=indicator,
        own=row(place, sum(registered.values()) or None),
        below=[row(below, registered.get(below.pk)) for below in places],
    )


@dataclass(frozen=True)
class Proposal:
    """How a goal would be parted; nothing is saved. Or the places of which too little is known."""

    # {place: (goal, denominator)}; a place whose share is nothing gets no target.
    parts: dict[int, tuple[int | None, int | None]]
    unknown: tuple[Place, ...] = ()
    # The totals of the places together are smaller than the goal.
    does_not_fit: bool = False

    @property
    def goals(self) -> int:
        """What the parts come to together."""
        return sum(goal or 0 for goal, _total in self.parts.values())


def propose(table: TargetTable, goal: int, denominator: int | None, way: str) -> Proposal:
    """Part a goal, and the total that it is out of, among the units that exist today.

    Both sums are exact, and no place's goal exceeds its total. Without a total to part, each place
    keeps its own, or has everybody who lives there.
    """
    rows = [row for row in table.below if not row.now]
    weights = _weights(rows, way)
    if way == "population" and None in weights:
        # Nobody registered is a share of nothing; nobody ever counted is not.
        unknown = (row.place for row, n in zip(rows, weights, strict=True) if n is None)
        return Proposal({}, tuple(unknown))
    if not any(weights):
        return Proposal({}, tuple(row.place for row in rows))
    shares = [n or 0 for n in weights]
    totals = [row.denominator or row.population for row in rows]
    try:
        if denominator is not None:
            totals = list(split(denominator, shares, [row.population for row in rows]))
        goals = split(goal, shares, totals)
    except ValueError:
        return Proposal({}, does_not_fit=True)
    return Proposal(
        {
            row.place.pk: (part or None, total if part else None)
            for row, part, total in zip(rows, goals, totals, strict=True)
        }
    )


def _weights(rows, way):
    return [1 if way == "evenly" else getattr(row, way) for row in rows]


def target_changes(campaign: Campaign, place: Place, indicator: str):
    """Return who set which target of a place and of those directly below it, the latest first."""
    return (
        TargetChange.objects.filter(campaign=campaign, indicator=indicator)
        .filter(Q(place=place) | Q(place__path__startswith=place.path))
        .select_related("place", "by")
        .order_by("-at", "-pk")
    )


def _sum(own, figures):
    known = [n for n in figures if n is not None]
    return Sum(sum(known), own, len(known), len(figures))
