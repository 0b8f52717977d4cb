"""What a report says: counted by the system, for a unit and a period."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import cast

from django.db.models import Count, Q
from django.utils import timezone

from campaigns.models import (
    Campaign,
    ClassGroup,
    ClassSession,
    Indicator,
    Report,
    ReportEvent,
    Target,
    Team,
    WorkItem,
)
from campaigns.reports.figures import groups, series, series_below
from campaigns.reports.indicators import INDICATOR_LABELS, IndicatorInfo, indicators_of
from campaigns.rules import CountKind, contrib, status_of
from campaigns.rules.counting import Countable
from campaigns.rules.reporting import WHOLE, Period, periods, whole_campaign
from places.models import Place
from places.reports import members_of, units_below

# The curves that a report draws.
CURVES = ("enrolled", "reached", "completed")
# What an enrolment itself says, and so can be told apart by team.
_OF_A_TEAM = (
    Indicator.ENROLLED,
    Indicator.REACHED,
    Indicator.VISITS,
    Indicator.LESSONS,
    Indicator.SKILLS,
    Indicator.COMPLETED,
    Indicator.CERTIFIED,
    Indicator.KEPT,
)


@dataclass(frozen=True)
class Unit:
    """Whoever reports: a team, a commune, or a province."""

    place: Place
    team: Team | None = None

    @property
    def tier(self) -> str:
        """Say "team", "commune" or "province"."""
        return "team" if self.team else str(self.place.kind)

    @property
    def name(self) -> str:
        return self.team.name if self.team else self.place.full_name

    @property
    def key(self) -> tuple[int | None, int | None]:
        """What tells units apart: (team, place), one of them empty."""
        return (self.team.pk, None) if self.team else (None, self.place.pk)

    @property
    def above(self) -> Place:
        """The place that accepts what this unit reports; nobody stands above a province."""
        commune = self.place.commune
        return commune if self.team and commune else self.place.province


def unit_of(report: Report) -> Unit:
    """Return the unit that a report is of."""
    return Unit(report.place, report.team)


def periods_of(campaign: Campaign) -> list[Period]:
    """Return the periods about which units report, without the whole campaign."""
    return periods(
        campaign.first_day, campaign.length, campaign.report_every, campaign.report_due_days
    )


def whole_of(campaign: Campaign) -> Period:
    """Return the period of the closing report."""
    return whole_campaign(campaign.first_day, campaign.length, campaign.report_due_days)


def period_of(report: Report) -> Period:
    """Return a report's period, as it was when the report was begun."""
    if report.period == WHOLE:
        number = 1
    else:
        begins = [period.first_day for period in periods_of(report.campaign)]
        number = begins.index(report.first_day) + 1 if report.first_day in begins else 0
    return Period(report.period, number, report.first_day, report.last_day, report.due)


def figures_now(campaign: Campaign, unit: Unit, period: Period) -> dict:
    """Return all that a report says of itself, as counted this moment; fit to be frozen.

    New in the period is the sum of its days; the total runs up to its last day. Both are made of
    the same days, so periods add up to the total.
    """
    days = _days(campaign, period)
    known = indicators_of(campaign)
    by_day = team_days(campaign, unit.team) if unit.team else place_days(campaign, unit.place)
    goals = {} if unit.team else goals_of(campaign, unit.place)
    return {
        "at": timezone.now().isoformat(),
        "days": list(days),
        "unit": unit.name,
        "rows": _rows(campaign, known.values(), by_day, goals, days),
        "activity": activity(campaign, unit, period),
        "units": _classes(campaign, unit.team, period)
        if unit.team
        else _units(campaign, unit.place, known, days),
        "curves": {
            key: list(accumulate(by_day.get(key, {}).get(day, 0) for day in range(days[1] + 1)))
            for key in CURVES
        },
    }


def rows_now(campaign: Campaign, unit: Unit, period: Period) -> list[dict]:
    """Return only the rows of the indicators: what is looked at while a report is written."""
    by_day = team_days(campaign, unit.team) if unit.team else place_days(campaign, unit.place)
    goals = {} if unit.team else goals_of(campaign, unit.place)
    known = indicators_of(campaign).values()
    return _rows(campaign, known, by_day, goals, _days(campaign, period))


def changed_since(report: Report) -> list[tuple[dict, int]]:
    """Return (frozen row, what is counted today) where late entries have moved a figure."""
    rows = {
        row["key"]: row for row in rows_now(report.campaign, unit_of(report), period_of(report))
    }
    return [
        (row, rows[row["key"]]["period"])
        for row in report.figures.get("rows", [])
        if row["key"] in rows and rows[row["key"]]["period"] != row["period"]
    ]


def accepted_by_writer(events: Iterable[ReportEvent]) -> set[int]:
    """Return which steps, in their order, accepted a report for whoever had handed it in."""
    wrote, found = None, set()
    for event in events:
        if event.verb == ReportEvent.Verb.SUBMITTED:
            wrote = event.by_id
        elif event.verb == ReportEvent.Verb.ACCEPTED and wrote and event.by_id == wrote:
            found.add(event.pk)
    return found


def differences(rows: Iterable[Mapping], declared: Mapping[str, int]) -> list[Mapping]:
    """Return the rows where the unit itself counted something else."""
    return [row for row in rows if row["key"] in declared and declared[row["key"]] != row["period"]]


def place_days(campaign: Campaign, place: Place) -> dict[str, dict[int, int]]:
    """Return {indicator: {day of the campaign: new on it}} of a place and of what went into it."""
    counted: dict[str, Counter] = {key: Counter() for key in indicators_of(campaign)}
    for member in members_of(place, _map_day(campaign)):
        for day, values in groups(campaign, member, CountKind.DAY).items():
            for key, n in values.items():
                counted[key][day] += n
        for key in counted:
            if key not in Indicator.values:
                counted[key].update(series(campaign, member, key))
    return {key: dict(days) for key, days in counted.items()}


def team_days(campaign: Campaign, team: Team) -> dict[str, dict[int, int]]:
    """Return {indicator: {day: new on it}} of a team: of those who are now in its classes.

    Counted from the enrolments themselves, because the counters know a team's totals but not its
    days. Residents registered and an organiser's own outcomes belong to places, not to teams.
    The enrolments belong to an app above this one; they are known only by what the counters know
    of them (see `campaigns.services.counting`).
    """
    counted: dict[str, Counter] = {str(key): Counter() for key in _OF_A_TEAM}
    enrolments = campaign.enrolments.filter(class_group__team=team, withdrawn_at=None)
    rows = list(enrolments)
    visits = enrolments.visits_by_day([row.pk for row in rows])
    for row in rows:
        for (kind, day, measure), n in contrib(
            cast(Countable, row), visits.get(row.pk, {})
        ).items():
            if kind == CountKind.DAY:
                counted[measure][day] += n
    return {key: dict(days) for key, days in counted.items()}


def goals_of(campaign: Campaign, place: Place) -> dict[str, int]:
    """Return {indicator: goal} of a place; without one of its own, those below are added up."""
    own: dict[str, int] = {}
    below: dict[str, int] = defaultdict(int)
    found = Target.objects.filter(campaign=campaign).filter(
        Q(place=place) | Q(place__path__startswith=place.path, place__depth=place.depth + 1)
    )
    for place_id, key, goal in found.order_by().values_list("place_id", "indicator", "goal"):
        if place_id == place.pk:
            own[key] = goal
        else:
            below[key] += goal
    return {**below, **own}


def activity(campaign: Campaign, unit: Unit, period: Period) -> dict[str, int]:
    """Return what was done in the period: evenings held and called off, work done and overdue."""
    sessions = ClassSession.objects.filter(campaign=campaign)
    work = WorkItem.objects.filter(campaign=campaign)
    if unit.team:
        sessions = sessions.filter(class_group__team=unit.team)
        work = work.filter(member__team=unit.team)
    else:
        sessions = sessions.filter(class_group__place__path__startswith=unit.place.path)
        work = work.filter(place__path__startswith=unit.place.path)
    begins, ends = _instant(period.first_day), _instant(period.last_day + dt.timedelta(days=1))
    held = sessions.filter(starts_at__gte=begins, starts_at__lt=ends).aggregate(
        held=Count("pk", filter=Q(state=ClassSession.State.HELD)),
        cancelled=Count("pk", filter=Q(state=ClassSession.State.CANCELLED)),
    )
    done = work.aggregate(
        work_done=Count(
            "pk",
            filter=Q(state=WorkItem.State.DONE, finished_at__gte=begins, finished_at__lt=ends),
        ),
        work_overdue=Count("pk", filter=Q(state__in=WorkItem.OPEN, due__lte=period.last_day)),
    )
    return {**held, **done}


def label_of(row: Mapping) -> str:
    """Return what a frozen row is called: in the reader's language where the product knows it."""
    return str(INDICATOR_LABELS.get(row["key"], row["label"]))


def _days(campaign, period):
    return campaign.day_number(period.first_day), campaign.day_number(period.last_day)


def _map_day(campaign):
    """Return the day whose map is read: today's, while the campaign lasts."""
    return min(timezone.localdate(), campaign.last_day)


def _instant(day):
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def _rows(campaign, known: Iterable[IndicatorInfo], by_day, goals, days) -> list[dict]:
    return [
        _row(campaign, info, by_day[info.key], goals.get(info.key), days)
        for info in known
        if info.key in by_day
    ]


def _row(campaign, info, by_day, goal, days):
    first, last = days
    total = sum(n for day, n in by_day.items() if day <= last)
    status = status_of(
        total, goal, last, campaign.length, campaign.green_from, campaign.yellow_from
    )
    return {
        "key": info.key,
        "label": info.label,
        "unit": info.unit,
        "period": sum(n for day, n in by_day.items() if first <= day <= last),
        "total": total,
        "goal": goal,
        # Where the straight way to the goal would be on the period's last day.
        "pace": goal * last // campaign.length if goal else None,
        "share": total * 100 // goal if goal else None,
        "status": status,
    }


def _units(campaign, place, known, days) -> list[dict]:
    """Return what stands in the appendix of each place directly below."""
    if place.kind == Place.Kind.VILLAGE:
        return []
    counted = {key: series_below(campaign, place, key) for key in known}
    with_figures = {pk for found in counted.values() for pk in found}
    units = units_below(place, _map_day(campaign))
    goals: dict[int, dict[str, int]] = defaultdict(Counter)
    inside = Q(place__path__startswith=place.path, place__depth=place.depth + 1)
    for pk, key, goal in (
        Target.objects.filter(inside, campaign=campaign)
        .order_by()
        .values_list("place_id", "indicator", "goal")
    ):
        goals[pk][key] = goal
    return [
        {
            "name": unit.name,
            "figures": {
                key: _short(
                    [counted[key].get(member.pk, {}) for member in unit.members],
                    sum(goals[member.pk].get(key, 0) for member in unit.members) or None,
                    days,
                )
                for key in known
            },
        }
        for unit in units
        if unit.rest is None or any(member.pk in with_figures for member in unit.members)
    ]


def _short(members, goal, days):
    first, last = days
    by_day = [(day, n) for found in members for day, n in found.items()]
    return {
        "period": sum(n for day, n in by_day if first <= day <= last),
        "total": sum(n for day, n in by_day if day <= last),
        "goal": goal,
    }


def _classes(campaign, team, period) -> list[dict]:
    """Return what stands in the appendix of each class of a team."""
    begins, ends = _instant(period.first_day), _instant(period.last_day + dt.timedelta(days=1))
    within = Q(sessions__starts_at__gte=begins, sessions__starts_at__lt=ends)
    classes = (
        ClassGroup.objects.filter(campaign=campaign, team=team)
        .select_related("place")
        .annotate(
            held=Count("sessions", filter=within & Q(sessions__state=ClassSession.State.HELD)),
            cancelled=Count(
                "sessions", filter=within & Q(sessions__state=ClassSession.State.CANCELLED)
            ),
        )
        .order_by("name", "pk")
    )
    return [
        {
            "name": group.name,
            "place": group.place.full_name,
            "held": group.held,
            "cancelled": group.cancelled,
        }
        for group in classes
    ]
