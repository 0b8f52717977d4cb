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
    """The villages of a commune, or one village, and who is missing in each."""

    rows: list[MissingRow]
    # {kind: everybody who is missing so}, of the kinds that speak of enrolled people.
    found: dict[str, list[Found]] = field(default_factory=dict)

    @property
    def villages(self) -> list[int]:
        """Every place in which the people live, in the order of the rows."""
        return [member.pk for row in self.rows for member in row.unit.members]

    def total(self, kind: str) -> int:
        return sum(row.numbers.get(kind, 0) for row in self.rows)


def rows_of_communes(campaign: Campaign, province: Place) -> list[MissingRow]:
    """Return what the counters tell of each commune, whatever its size; in three queries."""
    counted = figures(campaign, province)
    rows = []
    for unit in units_below(province, timezone.localdate()):
        sums: Counter = Counter()
        for member in unit.members:
            sums.update(counted.get(member.pk, {}))
        numbers = {
            kind: max(0, sums[whole] - sums[part]) for kind, (whole, part) in COUNTED.items()
        }
        if unit.rest is None or any(numbers.values()):
            rows.append(MissingRow(unit, numbers))
    return rows


def rows_below(campaign: Campaign, place: Place, user: User) -> Below:
    """Return the villages of a commune, or the one village, with the numbers of every kind.

    As many queries for a commune of thirty villages as for a single one.
    """
    today = timezone.localdate()
    if place.kind == Place.Kind.VILLAGE:
        below = Below([MissingRow(MapUnit(place, members_of(place, today)))])
    else:
        below = Below([MissingRow(unit) for unit in units_below(place, today)])
    for kind in MissingKind.values:
        if kind == MissingKind.UNREACHED:
            people = unreached(campaign, below.villages, user)
            counted = dict(people.values_list("village_id").annotate(Count("pk")))
        else:
            below.found[kind] = found(kind, campaign, below.villages, user)
            counted = Counter(one.village for one in below.found[kind])
        for row in below.rows:
            row.numbers[kind] = sum(counted.get(member.pk, 0) for member in row.unit.members)
    below.rows = [row for row in below.rows if row.unit.rest is None or any(row.numbers.values())]
    return below
