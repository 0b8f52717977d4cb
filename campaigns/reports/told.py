"""What strangers are told of a campaign: its whole place, and each unit directly below.

Everything that leaves the house for strangers (the public page, its picture, the API for whoever
is not of the unit) comes from here, so that one figure is never told in two ways. Villages of a
province, teams and the figures of evenings place by place are for those who work there alone.

Strangers are told how things stood at the end of yesterday: who could see a figure jump at the
minute of somebody's enrolment would know whose it was.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import accumulate

from django.core.cache import cache
from django.db.models import F, Q
from django.utils import timezone

from campaigns.models import Campaign, Cell, CountKind, Journal
from campaigns.reports.breakdown import group_figures
from campaigns.reports.coverage import Coverage, coverage
from campaigns.reports.figures import number, series, series_below
from campaigns.reports.indicators import indicators_of
from campaigns.rules import status_of
from campaigns.rules.disclosure import STEP, Counted, protect, protect_groups, rounded
from campaigns.services.totals import LEVELS, together
from places.models import Place

# What counts each person once; only this is told place by place.
OF_PEOPLE = ("enrolled", "reached", "completed", "certified", "kept")
_A_DAY = 24 * 60 * 60


@dataclass(frozen=True)
class Told:
    """One indicator as strangers may know it; a figure of 0 stands for "under 5"."""

    found: Coverage
    # Of everybody, whether the places have targets or not.
    whole: int

    @property
    def figures(self) -> dict[int, int]:
        """Return {place: told figure} of the units below."""
        return {row.place.pk: row.numerator or 0 for row in self.found.rows}

    @property
    def share(self) -> int | None:
        """Percent of the goal in whole fives; of the places with a goal, if they were summed."""
        goal = self.found.whole.goal
        if not goal:
            return None
        return (self.found.whole.numerator or 0) * 100 // goal // STEP * STEP


def yesterday() -> dt.date:
    """Return the day up to whose end strangers are told figures."""
    return timezone.localdate() - dt.timedelta(days=1)


def told_day(campaign: Campaign) -> int:
    """Return yesterday's day of a campaign: the last that strangers are told."""
    return campaign.day_number(yesterday())


def told(campaign: Campaign, indicator: str, day: int | None = None) -> Told:
    """Return an indicator of the campaign's place and the units below, as strangers may know it.

    As of the end of yesterday, or with ``day`` of a day before. Colours follow from what is told,
    not from what is true.
    """
    last = told_day(campaign)
    until = last if day is None else min(day, last)
    return _protected(coverage(campaign, campaign.place, indicator, day=until), until)


def _protected(found: Coverage, until: int) -> Told:
    """Return the same table with figures that strangers may see.

    Of evenings, lessons and skills one person makes many: only their total is told, and that only
    where enough people are behind it.
    """
    campaign = found.campaign
    if not tells_places(campaign, found.indicator):
        enough = number(campaign, campaign.place, "enrolled", until) or 0
        whole = rounded(found.everybody) if enough >= STEP else 0
        return Told(replace(found, rows=[], whole=_row(found, found.whole, whole)), whole)
    # Who knows from elsewhere that a unit has nobody must not gain by it.
    units = [row for row in found.rows if not row.is_common]
    parts = [Counted(row.place.pk, row.numerator) for row in units if row.numerator]
    figures = protect(Counted("whole", found.everybody, parts))
    rows = [_row(found, row, figures.get(row.place.pk, 0)) for row in units]
    whole = figures["whole"]
    mine = sum(row.numerator for row in rows if row.goal) if found.is_summed else whole
    return Told(replace(found, rows=rows, whole=_row(found, found.whole, mine)), whole)


def told_wholes(campaigns: Iterable[Campaign]) -> dict[int, dict[str, int]]:
    """Return {campaign: {measure: told figure}} of what counts people, in a statement a level.

    The same figures as `told` gives of each whole campaign.
    """
    by_pk = {campaign.pk: campaign for campaign in campaigns}
    counted = _units_of(by_pk.values())
    found: dict[int, dict[str, int]] = {}
    for pk in by_pk:
        units = {place: values for (one, place), values in counted.items() if one == pk}
        found[pk] = {
            measure: protect(
                Counted(
                    "whole",
                    sum(values[measure] for values in units.values()),
                    [Counted(place, v[measure]) for place, v in units.items() if v[measure]],
                )
            )["whole"]
            for measure in OF_PEOPLE
        }
    return found


def _units_of(campaigns):
    """Return {(campaign, unit below): {measure: n}} of several campaigns at once."""
    campaigns = list(campaigns)
    if not campaigns:
        return {}
    cells = Cell.objects.filter(
        _until(campaigns), kind=CountKind.DAY, parent_id=F("campaign__place_id")
    ).values_list("campaign_id", "place_id")
    counted: dict = defaultdict(Counter)
    for depth in sorted({campaign.place.depth for campaign in campaigns}):
        inside = LEVELS.get(depth + 1)
        if inside is None:
            continue
        journal = Journal.objects.filter(
            _until([campaign for campaign in campaigns if campaign.place.depth == depth]),
            kind=CountKind.DAY,
            **{LEVELS[depth]: F("campaign__place_id")},
        ).values_list("campaign_id", inside)
        mine = cells.filter(campaign__place__depth=depth)
        for key, values in together(mine, journal, OF_PEOPLE, keys=2).items():
            counted[key].update(values)
    return counted


def _until(campaigns):
    """Return the condition for what strangers are told of, by day, in any of some campaigns."""
    days = Q()
    for campaign in campaigns:
        days |= Q(campaign=campaign.pk, slot__lte=told_day(campaign))
    return days


def tells_places(campaign: Campaign, indicator: str) -> bool:
    """Tell whether strangers learn an indicator place by place."""
    info = indicators_of(campaign).get(indicator)
    return info is None or info.counts_people


def told_series_of(campaign: Campaign, place: Place, indicator: str) -> list[int]:
    """Return what strangers are told of each day, from day 0 to yesterday: all up to that day.

    Every day is told as it would have been told at its end.
    """
    whole = series(campaign, campaign.place, indicator)
    days = range(told_day(campaign) + 1)
    if not tells_places(campaign, indicator):
        people = series(campaign, campaign.place, "enrolled")
        sums = zip(_sums(whole, days), _sums(people, days), strict=True)
        return [rounded(n) if enough >= STEP else 0 for n, enough in sums]
    units = {
        unit: _sums(added, days)
        for unit, added in series_below(campaign, campaign.place, indicator).items()
    }
    wholes = _sums(whole, days)
    wanted = "whole" if place.pk == campaign.place_id else place.pk
    found = []
    for day in days:
        parts = [Counted(unit, sums[day]) for unit, sums in units.items() if sums[day]]
        figures = protect(Counted("whole", wholes[day], parts))
        found.append(figures.get(wanted, 0))
    return found


def _sums(added, days):
    return list(accumulate(added.get(day, 0) for day in days))


def told_groups(campaign: Campaign, indicator: str) -> dict[str, Mapping[Hashable, int] | None]:
    """Return {"age" | "sex" | "language" | "audience": {slot: told figure}} of the whole campaign.

    One after the other, never crossed, and of no smaller place: each group stands beside the
    campaign's own figure alone. None where even that would tell too much.

    Groups are not counted by day, so what was found first on a day is told for all of it.
    """
    if not tells_places(campaign, indicator):
        return {}
    name = f"told-groups:{campaign.pk}:{indicator}:{timezone.localdate()}"
    found = cache.get(name)
    if found is None:
        found = _groups_of(campaign, indicator)
        cache.set(name, found, _A_DAY)
    return found


def _groups_of(campaign, indicator):
    # Held against the whole of the same moment.
    now = _protected(coverage(campaign, campaign.place, indicator), campaign.day_number())
    found = group_figures(campaign, campaign.place, indicator)
    return {name: protect_groups(cells, now.whole) for name, cells in found.items()}


def _row(found, row, numerator):
    """Return the row with another figure, and without what only the unit itself may know."""
    campaign = found.campaign
    status = status_of(
        numerator,
        row.goal,
        found.day,
        campaign.length,
        campaign.green_from,
        campaign.yellow_from,
    )
    return replace(
        row, numerator=numerator, status=status, source="", news=None, is_stale=False, work=0
    )
