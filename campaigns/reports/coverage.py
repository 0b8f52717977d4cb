"""Figures set beside targets and days: what the map, the table and the file show."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate

from django.db.models import Q
from django.utils import timezone

from campaigns.models import MEASURES, Campaign, Target
from campaigns.rules import STATUSES, status_of
from campaigns.services import figures, total, totals
from places.models import Place

SORTS = ("name", "numerator", "goal", "share", "status")


@dataclass(frozen=True)
class CoverageRow:
    """How far one place has come with one indicator."""

    place: Place
    # None: nothing at all was ever counted here, which is not the same as nobody completed.
    numerator: int | None
    goal: int | None
    denominator: int | None
    status: str
    target_as_of: dt.date | None = None
    source: str = ""

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


@dataclass(frozen=True)
class Coverage:
    """One place and the places below it, at one moment."""

    campaign: Campaign
    place: Place
    indicator: str
    day: int
    at: dt.datetime
    whole: CoverageRow
    # The goal of ``whole`` was summed from below, since the place has none of its own.
    is_summed: bool
    # With those places, too, that have no target.
    everybody: int
    rows: list[CoverageRow] = field(default_factory=list)

    def tally(self) -> dict[str, int]:
        """Return how many places there are of each status, the best first."""
        return {status: sum(row.status == status for row in self.rows) for status in STATUSES}


def coverage(
    campaign: Campaign, place: Place, indicator: str, on: dt.date | None = None, sort: str = "name"
) -> Coverage:
    """Return what was reached in ``place`` and in each place directly below it.

    Figures are those of this moment; ``on`` says which day's pace they are held against.
    """
    at = timezone.now()
    day = campaign.day_number(on)
    if place.kind == Place.Kind.VILLAGE:
        places = [place]
        counted = {place.pk: total(campaign, place)}
        counted = {pk: values for pk, values in counted.items() if any(values.values())}
    else:
        counted = figures(campaign, place)
        below = Place.objects.children_of(place)
        # A unit that ended during the campaign stays as long as it has figures.
        places = list((below.current() | below.filter(pk__in=counted)).in_order())
    targets = _targets(campaign, place, indicator)
    rows = [
        _row(campaign, p, counted.get(p.pk, {}).get(indicator), targets.get(p.pk), day)
        for p in places
    ]
    whole, is_summed = _whole(campaign, place, indicator, targets, rows, counted, day)
    return Coverage(
        campaign=campaign,
        place=place,
        indicator=indicator,
        day=day,
        at=at,
        whole=whole,
        is_summed=is_summed,
        everybody=sum(values[indicator] for values in counted.values()),
        rows=in_order(rows, sort),
    )


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


def _targets(campaign, place, indicator):
    found = Target.objects.filter(campaign=campaign, indicator=indicator).filter(
        Q(place=place) | Q(place__path__startswith=place.path, place__depth=place.depth + 1)
    )
    return {target.place_id: target for target in found}


def _row(campaign, place, numerator, target, day):
    goal = target.goal if target else None
    return CoverageRow(
        place=place,
        numerator=numerator,
        goal=goal,
        denominator=target.denominator if target else None,
        status=_status(campaign, numerator, goal, day),
        target_as_of=target.as_of if target else None,
        source=target.source if target else "",
    )


def _whole(campaign, place, indicator, targets, rows, counted, day):
    """Return the place's own row; without a target of its own, those below are added up."""
    numerator = sum(values[indicator] for values in counted.values()) if counted else None
    if place.pk in targets or not any(row.goal for row in rows):
        return _row(campaign, place, numerator, targets.get(place.pk), day), False
    # Whoever learns where there is no target must not make up for those who lag elsewhere.
    with_goal = [row for row in rows if row.goal]
    reported = [row.numerator for row in with_goal if row.numerator is not None]
    numerator = sum(reported) if reported else None
    goal = sum(row.goal for row in with_goal)
    return (
        CoverageRow(
            place=place,
            numerator=numerator,
            goal=goal,
            denominator=sum(row.denominator for row in with_goal),
            status=_status(campaign, numerator, goal, day),
            target_as_of=min(row.target_as_of for row in with_goal),
        ),
        True,
    )


def _status(campaign, numerator, goal, day):
    return status_of(
        numerator, goal, day, campaign.length, campaign.green_from, campaign.yellow_from
    )


def curve(campaign: Campaign, place: Place, measures: Iterable[str] = MEASURES) -> dict:
    """Return {measure: [sum up to day 0, day 1, … today]} of one place."""
    by_day = totals(campaign, place)
    today = max(campaign.day_number(), max(by_day, default=0))
    nothing = dict.fromkeys(MEASURES, 0)
    return {
        measure: list(accumulate(by_day.get(d, nothing)[measure] for d in range(today + 1)))
        for measure in measures
    }
