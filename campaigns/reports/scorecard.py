"""How a commune has done, on one page: for the yearly appraisal of its leaders."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, Sum
from django.db.models.functions import Substr
from django.utils import timezone

from campaigns.models import Campaign, Target, WorkItem
from campaigns.reports.figures import numbers
from campaigns.reports.indicators import IndicatorInfo, indicators_of
from campaigns.reports.punctual import communes_expected, table_of
from campaigns.reports.reporting import periods_of
from campaigns.rules import status_of
from campaigns.rules.reporting import OnTime
from people.models import QualityCount
from places.models import Place
from places.reports import MapUnit, units_below

_COMMUNE = Place.steplen * 2


@dataclass(frozen=True)
class ScoreRow:
    """One indicator of one commune."""

    info: IndicatorInfo
    # None: nothing at all was ever counted here.
    total: int | None
    goal: int | None
    status: str

    @property
    def share(self) -> int | None:
        """Percent of the goal, rounded down."""
        return self.total * 100 // self.goal if self.goal and self.total is not None else None


@dataclass(frozen=True)
class WorkSums:
    """What became of the work that was given out in a commune."""

    done_in_time: int = 0
    done_late: int = 0
    overdue: int = 0
    open: int = 0

    @property
    def rate(self) -> int | None:
        """Percent done in time of all that was due; None where nothing was."""
        due = self.done_in_time + self.done_late + self.overdue
        return self.done_in_time * 100 // due if due else None


@dataclass(frozen=True)
class QualitySums:
    """How good a commune's records are; what is wrong is counted, not weighed."""

    residents: int = 0
    incomplete: int = 0
    doubles: int = 0
    contradictions: int = 0
    untouched: int = 0


@dataclass(frozen=True)
class Scorecard:
    """One commune, as of a moment."""

    campaign: Campaign
    place: Place
    at: dt.datetime
    day: int
    rows: list[ScoreRow]
    reports: OnTime
    work: WorkSums
    # None: the nightly count has not run here yet.
    quality: QualitySums | None

    @property
    def reached_goals(self) -> int:
        return sum(row.share is not None and row.share >= 100 for row in self.rows)

    @property
    def goals(self) -> int:
        return sum(row.goal is not None for row in self.rows)


def scorecards(campaign: Campaign, place: Place, on: dt.date | None = None) -> list[Scorecard]:
    """Return the cards of a province's communes, or the one of a commune; a constant cost.

    Figures are read on today's map: what a commune took in counts as its own.
    """
    province = place.province
    on = on or timezone.localdate()
    day, at = campaign.day_number(on), timezone.now()
    expected = communes_expected(campaign, place)
    known = {item.unit.place.pk for item in expected}
    units = [
        unit
        for unit in units_below(province, min(on, campaign.last_day))
        if any(member.pk in known for member in unit.members)
        and unit.place.path.startswith(place.path)
    ]
    rows = _rows(campaign, province, units, day)
    begun = [period for period in periods_of(campaign) if period.first_day <= on]
    punctual = {
        row.unit.place.pk: row.on_time for row in table_of(campaign, expected, begun, on).rows
    }
    work, quality = _work(campaign, place, on), _quality(place)
    return [
        Scorecard(
            campaign,
            unit.place,
            at,
            day,
            rows[unit.place.pk],
            sum((punctual.get(member.pk, OnTime()) for member in unit.members), OnTime()),
            _sum_work(work.get(member.path, Counter()) for member in unit.members),
            _sum_quality(quality.get(member.path) for member in unit.members),
        )
        for unit in units
    ]


def _rows(campaign, province, units: list[MapUnit], day) -> dict[int, list[ScoreRow]]:
    inside = Q(place__path__startswith=province.path, place__depth=2)
    goals: dict[int, dict[str, int]] = defaultdict(dict)
    for pk, key, goal in (
        Target.objects.filter(inside, campaign=campaign)
        .order_by()
        .values_list("place_id", "indicator", "goal")
    ):
        goals[pk][key] = goal
    rows: dict[int, list[ScoreRow]] = {unit.place.pk: [] for unit in units}
    for info in indicators_of(campaign).values():
        counted = numbers(campaign, province, info.key)
        for unit in units:
            found = [counted[m.pk] for m in unit.members if m.pk in counted]
            total = sum(found) if found else None
            aim = sum(goals[m.pk].get(info.key, 0) for m in unit.members) or None
            status = status_of(
                total, aim, day, campaign.length, campaign.green_from, campaign.yellow_from
            )
            rows[unit.place.pk].append(ScoreRow(info, total, aim, status))
    return rows


def _work(campaign, place, on) -> dict[str, Counter]:
    """Return {path of a commune: {what became of its work: n}}, in one query."""
    items = WorkItem.objects.filter(
        campaign=campaign, place__path__startswith=place.path, place__depth__gte=2
    ).exclude(state=WorkItem.State.DROPPED)
    found: dict[str, Counter] = defaultdict(Counter)
    for path, state, due, finished in items.values_list(
        "place__path", "state", "due", "finished_at"
    ):
        if state == WorkItem.State.DONE:
            in_time = finished is None or timezone.localtime(finished).date() <= due
            what = "done_in_time" if in_time else "done_late"
        else:
            what = "overdue" if due < on else "open"
        found[path[:_COMMUNE]][what] += 1
    return found


def _quality(place) -> dict[str, dict[str, int]]:
    """Return {path of a commune: sums of its villages}, in one query."""
    names = ("residents", "incomplete", "doubles", "contradictions", "untouched")
    found = (
        QualityCount.objects.filter(place__path__startswith=place.path)
        .annotate(commune=Substr("place__path", 1, _COMMUNE))
        .order_by()
        .values("commune")
        .annotate(**{f"sum_{name}": Sum(name) for name in names})
        .values_list("commune", *(f"sum_{name}" for name in names))
    )
    return {path: dict(zip(names, sums, strict=True)) for path, *sums in found}


def _sum_work(found: Iterable[Counter]) -> WorkSums:
    together: Counter = Counter()
    for counted in found:
        together.update(counted)
    return WorkSums(**together)


def _sum_quality(found: Iterable[dict[str, int] | None]) -> QualitySums | None:
    known = [counted for counted in found if counted is not None]
    together: Counter = Counter()
    for counted in known:
        together.update(counted)
    return QualitySums(**together) if known else None
