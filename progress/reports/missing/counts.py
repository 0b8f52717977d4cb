"""How many are missing where: of a province from the counters, of a commune from the facts."""

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Count
from django.utils import timezone

from campaigns.models import Campaign
from campaigns.services import figures
from people.models import User
from places.models import Place
from places.reports import MapUnit, members_of, units_below
from progress.reports.missing.kinds import COUNTED, Found, MissingKind, found, unreached


@dataclass
class MissingRow:
    """A unit of today's map, and how many are missing in it in each sense."""

    unit: MapUnit
    numbers: dict[str, int] = field(default_factory=dict)

    @property
    def place(self) -> Place:
        return self.unit.place

    @property
    def name(self) -> str:
        return self.unit.name


@dataclass
class Below:
    """The villages of a commune, or one village, and how many are missing in each."""

    rows: list[MissingRow]
    # Of the kinds that no counter tells, as far as they were looked for: everybody, without names.
    found: dict[str, list[Found]] = field(default_factory=dict)

    @property
    def villages(self) -> list[int]:
        """Every place in which the people live, in the order of the rows."""
        return [member.pk for row in self.rows for member in row.unit.members]

    def total(self, kind: str) -> int | None:
        """Return how many there are altogether, or None where nobody has looked."""
        numbers = [row.numbers[kind] for row in self.rows if kind in row.numbers]
        return sum(numbers) if len(numbers) == len(self.rows) else None


def rows_of_communes(campaign: Campaign, province: Place) -> list[MissingRow]:
    """Return what the counters tell of each commune, whatever its size; in three queries."""
    counted = figures(campaign, province)
    rows = [MissingRow(unit) for unit in units_below(province, timezone.localdate())]
    return _with_counters(rows, counted)


def rows_below(campaign: Campaign, place: Place, user: User, kind: str) -> Below:
    """Return the villages of a commune, or the one village, and how many are missing there.

    Of a village every kind is told, from the facts; of a commune, what the counters tell, and the
    kind that was asked for. The number of queries does not grow with the villages.
    """
    today = timezone.localdate()
    members = members_of(place, today)
    if place.kind == Place.Kind.VILLAGE:
        below = Below([MissingRow(MapUnit(place, members))])
        for each in MissingKind.values:
            _look(below, each, campaign, user)
        return below
    below = Below([MissingRow(unit) for unit in units_below(place, today)])
    counted: dict[int, dict[str, int]] = {}
    for member in members:
        counted |= figures(campaign, member)
    below.rows = _with_counters(below.rows, counted)
    if kind not in COUNTED:
        _look(below, kind, campaign, user)
    return below


def _with_counters(rows: list[MissingRow], counted) -> list[MissingRow]:
    for row in rows:
        sums: Counter = Counter()
        for member in row.unit.members:
            sums.update(counted.get(member.pk, {}))
        row.numbers |= {
            kind: max(0, sums[whole] - sums[part]) for kind, (whole, part) in COUNTED.items()
        }
    return [row for row in rows if row.unit.rest is None or any(row.numbers.values())]


def _look(below: Below, kind: str, campaign: Campaign, user: User) -> None:
    """Count one kind from the facts."""
    if kind == MissingKind.UNREACHED:
        people = unreached(campaign, below.villages)
        counted = dict(people.values_list("village_id").annotate(Count("pk")))
    else:
        below.found[kind] = found(kind, campaign, below.villages, user)
        counted = Counter(one.village for one in below.found[kind])
    for row in below.rows:
        row.numbers[kind] = sum(counted.get(member.pk, 0) for member in row.unit.members)
