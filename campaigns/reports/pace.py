"""Will day 100 be reached? What is needed a week, what came of late, and where it is leading."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils import timezone

from campaigns.models import Campaign, Indicator
from campaigns.reports.coverage import (
    Coverage,
    first_indicator,
    goal_of,
    own_targets,
    parents_of,
    status_at,
    sum_or_none,
    targets_of,
    together,
)
from campaigns.reports.figures import series, series_below
from campaigns.rules import WEEKS_SEEN, Forecast, Need, days_missing, foresee, need
from places.models import Place
from places.reports import Map, map_of, members_of

WEEK = 7
# So many of the best and of the worst are named.
NAMED = 5


@dataclass(frozen=True)
class PlacePace:
    """How one place comes along."""

    place: Place
    name: str
    by_day: Mapping[int, int]
    goal: int | None
    denominator: int | None
    status: str
    # None: there is nothing to be reached, or nobody counted anything yet.
    need: Need | None
    this_week: int
    week_before: int

    @property
    def reached(self) -> int:
        return sum(self.by_day.values())

    @property
    def gap(self) -> float:
        """By how much a week the present pace falls short, as a share of the goal."""
        if self.need is None or not self.goal or self.need.is_met:
            return 0.0
        return max(0, self.need.per_week - self.need.now_per_week) / self.goal

    @property
    def week_share(self) -> float:
        """What the past week brought, as percent of the goal."""
        return self.this_week * 100 / self.goal if self.goal else 0.0


@dataclass(frozen=True)
class Pace:
    """One place, the places below it, and what is probable."""

    campaign: Campaign
    indicator: str
    # The last day that is over, and the first of those that the pace of late is taken from.
    through: int
    whole: PlacePace
    # The target, or what somebody asks "what if" about.
    goal: int | None
    is_what_if: bool
    # The goal was added up from the places that have one.
    is_summed: bool
    forecast: Forecast | None
    # So many days must pass before there is a forecast; 0 with none: too few were counted.
    days_missing: int
    at: dt.datetime
    places: list[PlacePace] = field(default_factory=list)

    @property
    def last_seen(self) -> dt.date:
        return self.campaign.first_day + dt.timedelta(days=self.through - 1)

    @property
    def first_seen(self) -> dt.date:
        days = min(WEEKS_SEEN * WEEK, self.through)
        return self.campaign.first_day + dt.timedelta(days=self.through - days)

    @property
    def verdict(self) -> str:
        """Return "met", "sure", "likely", "unlikely", "no" or, without a forecast, nothing."""
        if not self.goal:
            return ""
        if self.whole.reached >= self.goal:
            return "met"
        if self.forecast is None:
            return ""
        last = self.forecast.last
        if self.goal <= last.low:
            return "sure"
        if self.goal <= last.middle:
            return "likely"
        return "unlikely" if self.goal <= last.high else "no"

    @property
    def by_need(self) -> list[PlacePace]:
        """The places below: those that fall short most come first, those without a goal last."""
        return sorted(self.places, key=lambda row: (not row.goal, -row.gap, row.place.sort_key))

    @property
    def best(self) -> list[PlacePace]:
        """Where the past week brought most, beside what is to be reached."""
        moved = [row for row in self.places if row.goal and row.this_week > 0]
        return sorted(moved, key=lambda row: (-row.week_share, row.place.sort_key))[:NAMED]

    @property
    def worst(self) -> list[PlacePace]:
        """Where the past week brought least, of those that have not arrived."""
        if self.through < WEEK:
            return []
        behind = [row for row in self.places if row.need and not row.need.is_met]
        best = {row.place.pk for row in self.best}
        behind = [row for row in behind if row.place.pk not in best]
        return sorted(behind, key=lambda row: (row.week_share, row.place.sort_key))[:NAMED]


def pace(campaign: Campaign, place: Place, indicator: str = "", *, goal: int | None = None) -> Pace:
    """Return how ``place`` and the places below it come along with one indicator.

    ``goal`` asks "what if" about another target. An empty indicator is the one looked at first.
    """
    on = timezone.localdate()
    through = last_whole_day(campaign, on)
    if place.kind == Place.Kind.VILLAGE:
        shown = Map(place, members_of(place, on), [])
        members = list(shown.members)
    else:
        shown = map_of(place, on)
        members = [member for unit in shown.units for member in unit.members]
    units, parents = shown.units, parents_of(shown)
    targets = targets_of(campaign, place, members)
    indicator = indicator or first_indicator(targets)
    goals = {pk: target for (pk, key), target in targets.items() if key == indicator}
    below = _below(campaign, parents, members, indicator)
    rows = []
    for unit in units:
        by_day = _together(below.get(member.pk, {}) for member in unit.members)
        wanted, denominator, *_more = goal_of(unit, goals)
        if unit.rest is None or by_day or wanted:
            rows.append(_row(campaign, unit.place, unit.name, by_day, wanted, denominator, through))
    own = own_targets(goals, units)
    whole, is_summed = _whole(campaign, place, parents, indicator, own, rows, below, through)
    asked = goal or whole.goal
    most = whole.denominator if indicator in _COUNTS_PEOPLE else None
    return Pace(
        campaign=campaign,
        indicator=indicator,
        through=through,
        whole=_held_to(campaign, whole, goal, through) if goal else whole,
        goal=asked,
        is_what_if=bool(goal) and goal != whole.goal,
        is_summed=is_summed,
        forecast=(
            foresee(whole.by_day, through, campaign.length, campaign.first_day, most)
            if 0 < through < campaign.length
            else None
        ),
        days_missing=days_missing(whole.by_day, through),
        at=timezone.now(),
        places=rows,
    )


def need_of(found: Coverage) -> Need | None:
    """Return what is needed for the goal of a map that has been read already; one more query."""
    goal = found.whole.goal
    if not goal:
        return None
    through = last_whole_day(found.campaign)
    if found.is_summed and found.everybody != found.whole.numerator:
        below = series_below(found.campaign, found.place, found.indicator)
        by_day = _together(below.get(row.place.pk, {}) for row in found.rows if row.goal)
    else:
        by_day = series(found.campaign, found.place, found.indicator)
    row = _row(found.campaign, found.place, "", by_day, goal, None, through)
    return row.need


# What a number of people bounds; evenings, lessons and skills it does not.
_COUNTS_PEOPLE = set(Indicator.values) - {Indicator.VISITS, Indicator.LESSONS, Indicator.SKILLS}


def last_whole_day(campaign: Campaign, on: dt.date | None = None) -> int:
    """Return the last day of the campaign that is over; 0 before the second."""
    on = on or timezone.localdate()
    return max(0, min((on - campaign.first_day).days, campaign.length))


def _below(campaign, parents, members, indicator):
    """Return {place: {day: n}} of all members, whichever parents they have."""
    if not parents:
        return {member.pk: series(campaign, member, indicator) for member in members}
    found = {}
    for parent in parents:
        found |= series_below(campaign, parent, indicator)
    return found


def _together(many):
    total = Counter()
    for by_day in many:
        total.update(by_day)
    return dict(total)


def _row(campaign, place, name, by_day, goal, denominator, through):
    reached = sum(by_day.values())

    def between(first, last):
        return sum(n for day, n in by_day.items() if first < day <= last)

    # Day 0 is what was there before the first day: it came in no week.
    lately = between(max(0, through - WEEKS_SEEN * WEEK), through)
    return PlacePace(
        place=place,
        name=name,
        by_day=by_day,
        goal=goal,
        denominator=denominator,
        status=status_at(campaign, reached if by_day else None, goal, campaign.day_number()),
        need=need(goal, reached, lately, through, campaign.length) if goal else None,
        this_week=between(through - WEEK, through),
        week_before=between(through - 2 * WEEK, through - WEEK),
    )


def _held_to(campaign, row, goal, through):
    """Return the same row held to another goal."""
    return _row(campaign, row.place, row.name, row.by_day, goal, row.denominator, through)


def _whole(campaign, place, parents, indicator, own, rows, below, through):
    """Return the place's own row; without a target of its own, those below are added up."""
    with_goal = [row for row in rows if row.goal]
    is_summed = not own and bool(with_goal)
    if place.kind == Place.Kind.COMMUNE and indicator not in Indicator.values and not is_summed:
        # What was noted at the whole commune is in none of its villages.
        by_day = _together(series(campaign, p, indicator) for p in parents)
    else:
        parts = [row.by_day for row in with_goal] if is_summed else below.values()
        by_day = _together(parts)
    if is_summed:
        goal = sum(row.goal for row in with_goal)
        denominator = sum_or_none(row.denominator for row in with_goal)
    else:
        goal, denominator, *_more = together(own)
    return _row(campaign, place, place.full_name, by_day, goal, denominator, through), is_summed
