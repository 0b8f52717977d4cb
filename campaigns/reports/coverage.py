"""Figures set beside targets and days: what the map, the table and the file show."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import accumulate

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import MEASURES, Campaign, Indicator, Target
from campaigns.reports.standing import Standing, standing, standing_at
from campaigns.reports.work import open_work
from campaigns.rules import STATUSES, is_stale, status_of
from campaigns.services import totals
from places.models import Place
from places.reports import Map, MapUnit, map_of, members_of

SORTS = ("name", "numerator", "goal", "share", "status", "work", "news")
# What is looked at first when nobody has chosen, if it has targets: who came moves every week.
FIRST = ("reached", "enrolled", "completed", "certified")
# The units of today, or those of the first day.
MAPS = ("new", "old")


@dataclass(frozen=True)
class CoverageRow:
    """How far one place has come with one indicator."""

    place: Place
    # What the unit is called on this map: "thôn 3 (đã chia)".
    name: str
    # None: nothing at all was ever counted here, which is not the same as nobody completed.
    numerator: int | None
    goal: int | None
    denominator: int | None
    status: str
    target_as_of: dt.date | None = None
    source: str = ""
    # When something was last counted here, whatever it was; and whether that is too long ago.
    news: dt.date | None = None
    is_stale: bool = False
    # Open work items here or below: nobody looks after a place that has none.
    work: int = 0
    # What was noted at the whole place, and so belongs to none of those below.
    is_common: bool = False
    # The real boundary as an SVG path on the sheet of the place above, when it was asked for.
    outline: str = ""

    @property
    def share(self) -> int | None:
        """Percent of the goal, rounded down: 100 only when the goal is reached."""
        if self.numerator is None or not self.goal:
            return None
        return self.numerator * 100 // self.goal

    @property
    def share_of_all(self) -> int | None:
        """Percent of everybody whom the target speaks of."""
        if self.numerator is None or not self.denominator:
            return None
        return self.numerator * 100 // self.denominator

    @property
    def is_nobodys(self) -> bool:
        """Far behind, and nobody has the work in hand."""
        return self.status == "bad" and not self.work


@dataclass(frozen=True)
class Coverage:
    """One place and the places below it, at one moment."""

    campaign: Campaign
    place: Place
    indicator: str
    # The figures are those at the end of this day of the campaign, or of this moment.
    day: int
    is_now: bool
    at: dt.datetime
    whole: CoverageRow
    # The goal of ``whole`` was summed from below, since the place has none of its own.
    is_summed: bool
    # With those places, too, that have no target.
    everybody: int
    # Which of ``MAPS`` the rows are units of, and the days on which units changed.
    units: str = "new"
    changed_on: tuple[dt.date, ...] = ()
    rows: list[CoverageRow] = field(default_factory=list)

    @property
    def on(self) -> dt.date:
        """The date of the day that is shown."""
        return self.campaign.first_day + dt.timedelta(days=max(self.day, 1) - 1)

    @property
    def in_place(self) -> list[CoverageRow]:
        """The units of the map, in order."""
        rows = [row for row in self.rows if not row.is_common]
        return sorted(rows, key=lambda row: row.place.sort_key)

    def tally(self) -> dict[str, int]:
        """Return how many places there are of each status, the best first."""
        units = self.in_place
        return {status: sum(row.status == status for row in units) for status in STATUSES}

    @property
    def far_behind(self) -> list[CoverageRow]:
        """The units that need somebody, those without anybody first."""
        return sorted(
            (row for row in self.in_place if row.status == "bad"),
            key=lambda row: (bool(row.work), row.place.sort_key),
        )

    @property
    def stale(self) -> int:
        return sum(row.is_stale for row in self.in_place)


def coverage(
    campaign: Campaign,
    place: Place,
    indicator: str,
    *,
    day: int | None = None,
    units: str = "new",
    sort: str = "name",
    with_lines: bool = False,
) -> Coverage:
    """Return what was reached in ``place`` and in each place directly below it.

    Figures are those of this moment, or with ``day`` those at the end of a past day, held against
    that day's pace; day 0 is all that was before the first. ``units`` says whether the places are
    those of today or of the first day.
    An empty ``indicator`` stands for the one that is looked at first.
    """
    today = campaign.day_number()
    is_now = day is None or day >= today
    shown = today if is_now or day is None else max(1, day)
    until = None if is_now else day
    shown_map = _map(campaign, place, units, with_lines=with_lines)
    map_units, parents = shown_map.units, parents_of(shown_map)
    targets = targets_of(campaign, place, [m for unit in map_units for m in unit.members])
    indicator = indicator or first_indicator(targets)
    goals = {pk: target for (pk, key), target in targets.items() if key == indicator}
    stands = _stands(campaign, parents, map_units, indicator, until)
    work = open_work(campaign, [member for unit in map_units for member in unit.members])
    rows = [_row(campaign, unit, stands, goals, shown, work, with_lines) for unit in map_units]
    rows = [row for row in rows if row is not None]
    rows += _common(parents, indicator, rows, stands)
    own = own_targets(goals, map_units)
    whole, is_summed = _whole(campaign, place, own, rows, shown)
    return Coverage(
        campaign=campaign,
        place=place,
        indicator=indicator,
        day=shown,
        is_now=is_now,
        at=timezone.now(),
        whole=whole,
        is_summed=is_summed,
        everybody=sum(row.numerator or 0 for row in rows),
        units=units,
        changed_on=_changes(campaign, map_units),
        rows=in_order(rows, sort),
    )


def first_indicator(targets: Iterable[tuple[int, str]]) -> str:
    """Return what to look at when nobody has chosen: the first of `FIRST` that has a target."""
    aimed_at = {key for _place, key in targets}
    return next((name for name in FIRST if name in aimed_at), "enrolled")


def in_order(rows: list[CoverageRow], sort: str) -> list[CoverageRow]:
    """Return rows by a column, "-" before it turning it round; empty values come last."""
    column = sort.removeprefix("-")
    if column not in SORTS:
        return rows
    if column == "name":
        return rows[::-1] if sort.startswith("-") else rows
    rank = {status: number for number, status in enumerate(STATUSES)}

    def value(row):
        return rank[row.status] if column == "status" else getattr(row, column)

    known = [row for row in rows if value(row) is not None]
    unknown = [row for row in rows if value(row) is None]
    return sorted(known, key=value, reverse=sort.startswith("-")) + unknown


def _map(campaign, place, units, *, with_lines):
    """Return the map that is asked for; of a village it shows that village alone."""
    on = campaign.first_day if units == "old" else timezone.localdate()
    if place.kind == Place.Kind.VILLAGE:
        members = members_of(place, on)
        return Map(place, members, [MapUnit(place, members)])
    return map_of(place, on, with_lines=with_lines)


def _changes(campaign, units):
    """Return the days of the campaign on which a new map began."""
    ends = {member.valid_to for unit in units for member in unit.members if member.valid_to}
    begins = sorted(end + dt.timedelta(days=1) for end in ends)
    return tuple(day for day in begins if campaign.first_day < day <= campaign.last_day)


def targets_of(
    campaign: Campaign, place: Place, members: Iterable[Place]
) -> dict[tuple[int, str], Target]:
    """Return {(place, indicator): target} of a place, of those below and of what went into them."""
    members = list(members)
    if place.kind == Place.Kind.VILLAGE:
        inside = Q(place__in=[place.pk, *(member.pk for member in members)])
    else:
        inside = Q()
        for path in sorted({place.path, *(member.path[: -Place.steplen] for member in members)}):
            inside |= Q(place__path__startswith=path, place__depth__lte=place.depth + 1)
    found = Target.objects.filter(inside, campaign=campaign)
    return {(target.place_id, target.indicator): target for target in found}


def parents_of(shown: Map) -> tuple[Place, ...]:
    """Return the place itself, and those it has taken in: whose villages stand below it now."""
    return () if shown.place.kind == Place.Kind.VILLAGE else shown.members


def _stands(campaign, parents, units, indicator, until):
    """Return {place: standing} of all members of the units, and of what may be nobody's village."""
    if not parents:
        return standing_at(campaign, units[0].members, indicator, until)
    common = _has_common(parents, indicator)
    return standing(campaign, parents, indicator, until, themselves=common)


def _row(campaign, unit, stands, goals, day, work, with_lines):
    """Return the row of a unit; None for what remains of one that is no more, and is nothing."""
    found = [stands.get(member.pk, Standing(None, None)) for member in unit.members]
    numbers = [stand.number for stand in found if stand.number is not None]
    numerator = sum(numbers) if numbers else None
    last_day = max((s.last_day for s in found if s.last_day is not None), default=None)
    goal, denominator, as_of, source = goal_of(unit, goals)
    if unit.rest is not None and not numerator and not goal:
        return None
    return CoverageRow(
        place=unit.place,
        name=unit.name,
        numerator=numerator,
        goal=goal,
        denominator=denominator,
        status=status_at(campaign, numerator, goal, day),
        target_as_of=as_of,
        source=source,
        news=_date(campaign, last_day),
        is_stale=is_stale(last_day, day, campaign.stale_after),
        work=sum(work.get(member.pk, 0) for member in unit.members),
        outline=unit.outline if with_lines else "",
    )


def goal_of(
    unit: MapUnit, goals: Mapping[int, Target]
) -> tuple[int | None, int | None, dt.date | None, str]:
    """Return (goal, out of, date, source) of a unit: those of all its members together.

    A unit that has ended keeps its target, and whoever took it in has both to reach; so the sum
    over all units is the same on every map.
    """
    return together(goals[member.pk] for member in unit.members if member.pk in goals)


def together(
    targets: Iterable[Target],
) -> tuple[int | None, int | None, dt.date | None, str]:
    """Return (goal, out of, date, source) of targets added up; the oldest date holds."""
    parts = list(targets)
    if not parts:
        return None, None, None, ""
    return (
        sum(part.goal for part in parts),
        sum_or_none(part.denominator for part in parts),
        min(part.as_of for part in parts),
        "; ".join(dict.fromkeys(part.source for part in parts)),
    )


def own_targets(goals: Mapping[int, Target], units: Iterable[MapUnit]) -> list[Target]:
    """Return the targets of the place itself, and of what it has taken in: of no unit below."""
    below = {member.pk for unit in units for member in unit.members}
    return [target for pk, target in goals.items() if pk not in below]


def _has_common(parents, indicator):
    """Whether something may have been noted at a whole commune: a livestream is no village's."""
    own = indicator not in Indicator.values
    return own and bool(parents) and parents[0].kind == Place.Kind.COMMUNE


def _common(parents, indicator, rows, stands):
    """Return the row of what was noted at a whole commune."""
    if not _has_common(parents, indicator):
        return []
    found = [stands.get(parent.pk) for parent in parents]
    here = sum(s.number or 0 for s in found if s) - sum(row.numerator or 0 for row in rows)
    if here <= 0:
        return []
    place = parents[0]
    name = _("the whole of %(place)s") % {"place": place.full_name}
    return [CoverageRow(place, name, here, None, None, "none", is_common=True)]


def _whole(campaign, place, own, rows, day):
    """Return the place's own row; without a target of its own, those below are added up."""
    reported = [row.numerator for row in rows if row.numerator is not None]
    numerator = sum(reported) if reported else None
    if place.kind == Place.Kind.VILLAGE:
        return rows[0], False
    whole = CoverageRow(
        place=place,
        name=place.full_name,
        numerator=numerator,
        goal=None,
        denominator=None,
        status="none",
        news=max((row.news for row in rows if row.news), default=None),
    )
    with_goal = [row for row in rows if row.goal]
    if own:
        goal, denominator, as_of, source = together(own)
    elif with_goal:
        # Whoever learns where there is no target must not make up for those who lag elsewhere.
        reported = [row.numerator for row in with_goal if row.numerator is not None]
        numerator = sum(reported) if reported else None
        goal = sum(row.goal for row in with_goal)
        denominator = sum_or_none(row.denominator for row in with_goal)
        as_of, source = min(row.target_as_of for row in with_goal), ""
    else:
        return whole, False
    whole = replace(
        whole,
        numerator=numerator,
        goal=goal,
        denominator=denominator,
        target_as_of=as_of,
        source=source,
        status=status_at(campaign, numerator, goal, day),
    )
    return whole, not own


def sum_or_none(values: Iterable[int | None]) -> int | None:
    """Return the sum, or None as soon as one is unknown."""
    total = 0
    for value in values:
        if value is None:
            return None
        total += value
    return total


def status_at(campaign: Campaign, numerator: int | None, goal: int | None, day: int) -> str:
    """Return how a figure stands against the pace of a day, by the campaign's own thresholds."""
    return status_of(
        numerator, goal, day, campaign.length, campaign.green_from, campaign.yellow_from
    )


def _date(campaign, day):
    """Return the date of a day of the campaign; what was before it, on its eve."""
    if day is None:
        return None
    return campaign.first_day + dt.timedelta(days=day - 1)


def curve(campaign: Campaign, place: Place, measures: Iterable[str] = MEASURES) -> dict:
    """Return {measure: [sum up to day 0, day 1, … today]} of one place."""
    by_day = totals(campaign, place)
    today = max(campaign.day_number(), max(by_day, default=0))
    nothing = dict.fromkeys(MEASURES, 0)
    return {
        measure: list(accumulate(by_day.get(d, nothing)[measure] for d in range(today + 1)))
        for measure in measures
    }
