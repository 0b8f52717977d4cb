"""Who has reported, and when: units beside periods, what waits for whom."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Min, Q
from django.db.models.functions import Substr
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaigns.models import Campaign, ClassGroup, Report, Target, Team
from campaigns.reports.reporting import Unit, periods_of
from campaigns.rules.reporting import WHOLE, OnTime, Period, on_time_of, punctuality
from people.models import User
from people.scope import scope_filter
from places.models import Place, attach_ancestors

SHOWS = ("all", "missing", "late", "waiting")


@dataclass(frozen=True)
class ReportCell:
    """One unit and one period."""

    unit: Unit
    period: Period
    # See `campaigns.rules.reporting.punctuality`; "none": the unit had no class yet.
    status: str
    report: Report | None = None


@dataclass(frozen=True)
class ReportRow:
    """One unit and all periods so far."""

    unit: Unit
    cells: list[ReportCell]

    @property
    def on_time(self) -> OnTime:
        return on_time_of([cell.status for cell in self.cells])

    @property
    def latest_first(self) -> list[ReportCell]:
        return self.cells[::-1]


@dataclass(frozen=True)
class ReportTable:
    """Units beside periods."""

    periods: list[Period]
    rows: list[ReportRow] = field(default_factory=list)

    @property
    def on_time(self) -> OnTime:
        return sum((row.on_time for row in self.rows), OnTime())

    def shown(self, show: str) -> list[ReportRow]:
        """Return the rows with at least one such cell."""
        tests = {
            "missing": lambda cell: cell.status == "missing",
            "late": lambda cell: cell.status == "late",
            "waiting": lambda cell: (
                cell.report is not None
                and cell.report.state in (Report.State.SUBMITTED, Report.State.APPROVED)
            ),
        }
        if show not in tests:
            return self.rows
        return [row for row in self.rows if any(map(tests[show], row.cells))]


@dataclass(frozen=True)
class Expected:
    """A unit that is to report, from the day on which it had a reason to."""

    unit: Unit
    since: dt.date

    def is_due(self, period: Period) -> bool:
        """Whether it is to report about a period: nobody reports about what was before a class."""
        place = self.unit.place
        return (
            self.since <= period.last_day
            and (place.valid_from is None or place.valid_from <= period.last_day)
            and (place.valid_to is None or place.valid_to >= period.last_day)
        )


def communes_expected(campaign: Campaign, place: Place) -> list[Expected]:
    """Return the communes at or below a place that are to report: with a target, or with a class.

    Whoever has a target reports from the first day on; others from their first class on.
    """
    if place.kind == Place.Kind.VILLAGE:
        return []
    step = Place.steplen * 2
    commune_path = Substr("place__path", 1, step)
    inside = Q(place__path__startswith=place.path, place__depth__gte=2)
    targets = Target.objects.filter(inside, campaign=campaign).annotate(commune=commune_path)
    since = dict.fromkeys(
        targets.order_by().values_list("commune", flat=True).distinct(), campaign.first_day
    )
    # Evenings are many: only those are looked at that decide anything.
    classes = ClassGroup.objects.filter(inside, campaign=campaign).annotate(commune=commune_path)
    for path, day in _with_first_day(classes.exclude(commune__in=list(since)), "commune"):
        since[path] = _begun(campaign, day)
    communes = Place.objects.communes().filter(path__in=since).in_order().defer("boundary")
    return [Expected(Unit(commune), since[commune.path]) for commune in communes]


def teams_expected(campaign: Campaign, place: Place) -> list[Expected]:
    """Return the teams at or below a place that have classes in the campaign."""
    classes = ClassGroup.objects.filter(campaign=campaign, team__place__path__startswith=place.path)
    since = dict(_with_first_day(classes, "team"))
    teams = (
        Team.objects.filter(pk__in=since)
        .select_related("place")
        .order_by("place__sort_key", "name", "pk")
    )
    attach_ancestors(team.place for team in teams)
    return [Expected(Unit(team.place, team), _begun(campaign, since[team.pk])) for team in teams]


def report_table(
    campaign: Campaign, place: Place, on: dt.date | None = None, *, with_teams: bool = True
) -> ReportTable:
    """Return who has reported what: a province's communes; a commune itself, and its teams."""
    on = on or timezone.localdate()
    begun = [period for period in periods_of(campaign) if period.first_day <= on]
    expected = communes_expected(campaign, place)
    if place.kind != Place.Kind.PROVINCE and with_teams:
        expected += teams_expected(campaign, place)
    return table_of(campaign, expected, begun, on)


def table_of(
    campaign: Campaign,
    expected: Iterable[Expected],
    periods: list[Period],
    on: dt.date,
    *,
    with_words: bool = False,
) -> ReportTable:
    """Set units beside periods, in one query; ``with_words`` fetches what the reports say."""
    expected = list(expected)
    known = reports_of(campaign, [item.unit for item in expected], with_words=with_words)
    rows = [
        ReportRow(
            item.unit,
            [
                _cell(item, period, known.get((*item.unit.key, period.kind, period.first_day)), on)
                for period in periods
            ],
        )
        for item in expected
    ]
    return ReportTable(periods, rows)


def reports_of(
    campaign: Campaign, units: list[Unit], *, with_words: bool = False
) -> dict[tuple, Report]:
    """Return {(team, place, kind, first day): report} of these units, light enough for a table."""
    teams = [unit.team.pk for unit in units if unit.team]
    places = [unit.place.pk for unit in units if not unit.team]
    found = Report.objects.filter(campaign=campaign).filter(
        Q(team__in=teams) | Q(team=None, place__in=places)
    )
    return {
        (r.team_id, None if r.team_id else r.place_id, r.period, r.first_day): r
        for r in (found if with_words else found.defer(*_HEAVY))
    }


_HEAVY = ("figures", "declared", "explanations", "narrative", "difficulties", "proposals")


def waiting_for(user: User, campaign: Campaign | None = None, place: Place | None = None):
    """Return the reports that the user is the next to decide about, the oldest first."""
    accepts = scope_filter(user, "place", "campaigns.accept_report")
    found = Report.objects.filter(
        # What a tier sent up waits for the tier above; a team's for its commune's organiser.
        Q(accepts & Q(team__isnull=False), state=Report.State.APPROVED)
        | Q(_accepts_communes(user), team=None, state=Report.State.APPROVED)
        | Q(
            scope_filter(user, "place", "campaigns.write_report"),
            team__isnull=False,
            state=Report.State.SUBMITTED,
        )
        | Q(
            scope_filter(user, "place", "campaigns.approve_report"),
            team=None,
            state=Report.State.SUBMITTED,
        )
    )
    if campaign is not None:
        found = found.filter(campaign=campaign)
    if place is not None:
        found = found.filter(place__path__startswith=place.path)
    light = found.select_related("team", "place").defer(*_HEAVY, "place__boundary")
    return light.order_by("first_day", "pk")


def _accepts_communes(user):
    """Keep the reports of communes and provinces that this user accepts: from the province."""
    if user.is_superuser:
        return Q()
    paths = [p for p in user.scope_paths("campaigns.accept_report") if len(p) == Place.steplen]
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(place__path__startswith=path)
    return condition


def units_of(user: User, campaign: Campaign, place: Place) -> list[Expected]:
    """Return the units for which the user writes, at the place that is looked at.

    Who answers for a commune or a province writes for it; a team leader for the teams.
    """
    if place.kind != Place.Kind.VILLAGE and user.has_perm("campaigns.approve_report", place):
        if not place.path.startswith(campaign.place.path):
            return []
        return [Expected(Unit(place), campaign.first_day)]
    paths = user.scope_paths("campaigns.write_report")
    return [
        item
        for item in teams_expected(campaign, place)
        if any(item.unit.place.path.startswith(path) for path in paths)
    ]


def to_write(
    campaign: Campaign, expected: list[Expected], on: dt.date | None = None
) -> list[ReportCell]:
    """Return for each unit the period to write about now: the oldest one not sent, or today's."""
    on = on or timezone.localdate()
    begun = [period for period in periods_of(campaign) if period.first_day <= on]
    found = []
    for row in table_of(campaign, expected, begun, on).rows:
        waiting = [cell for cell in row.cells if cell.status in ("missing", "open")]
        returned = [
            cell
            for cell in row.cells
            if cell.report is not None and cell.report.state == Report.State.RETURNED
        ]
        running = [cell for cell in row.cells if cell.status == "running"]
        found += (returned + waiting + running)[:1]
    return found


@dataclass(frozen=True)
class Below:
    """What a unit of the tier below has sent about the same period."""

    unit: Unit
    status: str
    report: Report | None


def below_of(report: Report, on: dt.date | None = None) -> list[Below]:
    """Return the reports that a report rests on: of a commune's teams, of a province's communes."""
    campaign, unit = report.campaign, Unit(report.place, report.team)
    if unit.team:
        return []
    on = on or timezone.localdate()
    expected = (
        teams_expected(campaign, unit.place)
        if unit.tier == "commune"
        else communes_expected(campaign, unit.place)
    )
    period = Period(report.period, 0, report.first_day, report.last_day, report.due)
    table = table_of(campaign, expected, [period], on, with_words=True)
    return [
        Below(row.unit, row.cells[0].status, row.cells[0].report)
        for row in table.rows
        if row.cells[0].status != "none"
    ]


def reported_below(report: Report, on: dt.date | None = None) -> list[dict]:
    """Return who of the tier below has reported, fit to be frozen; over all periods at the end."""
    campaign, unit = report.campaign, Unit(report.place, report.team)
    on = on or timezone.localdate()
    if report.period != WHOLE:
        return [{"unit": item.unit.name, "status": item.status} for item in below_of(report, on)]
    expected = []
    if unit.tier == "commune":
        expected = teams_expected(campaign, unit.place)
    elif unit.tier == "province":
        expected = communes_expected(campaign, unit.place)
    begun = [period for period in periods_of(campaign) if period.first_day <= on]
    return [
        {
            "unit": row.unit.name,
            "counts": [row.on_time.on_time, row.on_time.late, row.on_time.missing],
            "rate": row.on_time.rate,
        }
        for row in table_of(campaign, expected, begun, on).rows
    ]


def message_about_missing(campaign: Campaign, table: ReportTable) -> str:
    """Return words for the Zalo group: which report did not come, and since when it is due."""
    lines = []
    for number, period in reversed(list(enumerate(table.periods))):
        names = [row.unit.name for row in table.rows if row.cells[number].status == "missing"]
        if names:
            lines.append(
                _("%(period)s (due on %(due)s): %(names)s")
                % {
                    "period": period_words(period),
                    "due": date_format(period.due, "SHORT_DATE_FORMAT"),
                    "names": ", ".join(names[:MOST_NAMES])
                    + (" …" if len(names) > MOST_NAMES else ""),
                }
            )
    if not lines:
        return ""
    head = _("%(campaign)s: these reports are still missing.") % {"campaign": campaign.name}
    foot = _("Please open the page “Reports” and hand them in. Thank you!")
    return "\n".join([head, *lines[:MOST_PERIODS], foot])


def period_words(period: Period) -> str:
    """Return what a period is called, with its days: "Week 3 (21/09–27/09/2026)"."""
    return f"{period_name(period)} ({period.first_day:%d/%m}–{period.last_day:%d/%m/%Y})"


def period_name(period: Period) -> str:
    """Return what a period is called: "Week 3"."""
    words = {
        "week": _("Week %(number)s"),
        "fortnight": _("Fortnight %(number)s"),
        "month": _("Month %(number)s"),
        "campaign": _("The whole campaign"),
    }
    return words[period.kind] % {"number": period.number}


# A message that nobody reads to its end reminds nobody.
MOST_NAMES = 30
MOST_PERIODS = 3


@dataclass(frozen=True)
class ReportDuty:
    """What one campaign's reports ask of a user today."""

    campaign: Campaign
    # Sent to this person, who decides about them.
    to_decide: int = 0
    # Of this person's own unit: sent back, or not sent though the day has passed.
    to_write: int = 0


def report_duties(user: User, on: dt.date | None = None) -> list[ReportDuty]:
    """Return what waits for the user, campaign by campaign; for the home page, three queries.

    A report that is missing is there as a draft from the day on which its unit was reminded.
    """
    if not user.has_perm("campaigns.write_report"):
        return []
    heads = scope_filter(user, "place", "campaigns.approve_report")
    leads = scope_filter(user, "place", "campaigns.write_report") & ~heads
    mine = Report.objects.filter(Q(heads, team=None) | Q(leads, team__isnull=False))
    late = Q(state=Report.State.DRAFT, due__lt=on or timezone.localdate())
    mine = mine.filter(late | Q(state=Report.State.RETURNED), campaign__state="running")
    # A superuser has every right and no unit.
    written = {} if user.is_superuser else _by_campaign(mine)
    decided = _by_campaign(waiting_for(user))
    campaigns = Campaign.objects.filter(pk__in={*written, *decided}).order_by("first_day", "pk")
    return [ReportDuty(c, decided.get(c.pk, 0), written.get(c.pk, 0)) for c in campaigns]


def _by_campaign(reports) -> dict[int, int]:
    counted = reports.order_by().values("campaign").annotate(n=Count("pk"))
    return dict(counted.values_list("campaign", "n"))


def _cell(expected, period, report, on):
    if report is None and not expected.is_due(period):
        return ReportCell(expected.unit, period, "none")
    sent = report.sent_at and timezone.localtime(report.sent_at).date() if report else None
    due = report.due if report else period.due
    return ReportCell(expected.unit, period, punctuality(sent, period.last_day, due, on), report)


def _with_first_day(classes, by):
    """Yield (key, first evening or None), one for each key."""
    first = Min("sessions__starts_at", filter=~Q(sessions__state="cancelled"))
    return classes.order_by().values(by).annotate(first=first).values_list(by, "first")


def _begun(campaign, first):
    day = timezone.localtime(first).date() if first else campaign.first_day
    return max(day, campaign.first_day)
