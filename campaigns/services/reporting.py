"""The life of a report. Every step goes through one door, holds the row, and leaves a trace.

Who may take which step in which state stands in one table: `campaigns.rules.reporting.STEPS`.
"""

import datetime as dt
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.models import Campaign, Report, ReportEvent
from campaigns.reports.papers import paper_words
from campaigns.reports.punctual import (
    communes_expected,
    reported_below,
    table_of,
    teams_expected,
)
from campaigns.reports.reporting import (
    Unit,
    differences,
    figures_now,
    label_of,
    period_of,
    periods_of,
    rows_now,
    unit_of,
    whole_of,
)
from campaigns.rules.reporting import STEPS, WHOLE, WITH_REASON, Period, parties_for
from people.models import User
from places.models import Place
from places.rules import nfc

_Verb = ReportEvent.Verb
_TRACE = {
    "submit": _Verb.SUBMITTED,
    "withdraw": _Verb.WITHDRAWN,
    "approve": _Verb.APPROVED,
    "return": _Verb.RETURNED,
    "accept": _Verb.ACCEPTED,
    "reopen": _Verb.REOPENED,
}
# How far back a reminder looks: a laptop may have been off on the very day.
REMEMBERED = dt.timedelta(days=7)
MOST_WORDS = 10_000

_NOT_YOURS = {
    "write": gettext_lazy("Only who writes for this unit may change its report."),
    "submit": gettext_lazy("Only who writes for this unit may hand its report in."),
    "withdraw": gettext_lazy("Only who writes for this unit may take its report back."),
    "approve": gettext_lazy("Only who answers for this unit may approve its report."),
    "return": gettext_lazy("Only who decides about this report next may send it back."),
    "accept": gettext_lazy("Only the tier above may accept this report."),
    "reopen": gettext_lazy("Only the tier above may open an accepted report again."),
}


def parties_of(report: Report, user: User) -> set[str]:
    """Return what the user is to a report: who writes it, who answers for it, who accepts it."""
    unit = unit_of(report)
    # A team's leader answers for the team; a commune's and a province's organiser for those.
    head = "campaigns.write_report" if unit.team else "campaigns.approve_report"
    found = {
        "writer": user.has_perm("campaigns.write_report", report.place),
        "head": user.has_perm(head, report.place),
        "above": user.has_perm("campaigns.accept_report", unit.above),
    }
    return {party for party, is_one in found.items() if is_one}


@transaction.atomic
def begin_report(campaign: Campaign, unit: Unit, period: Period, *, by: User | None) -> Report:
    """Begin the report of a unit about a period, or return the one that is there.

    ``by`` is nobody where the reminder begins it.
    """
    _refuse_wrong_unit(campaign, unit)
    if by is not None and not by.has_perm("campaigns.write_report", unit.place):
        raise ValidationError(str(_NOT_YOURS["write"]), code="not_yours")
    if period not in (*periods_of(campaign), whole_of(campaign)):
        raise ValidationError(_("This campaign has no such period."), code="no_such_period")
    known = _reports(campaign, unit, period).first()
    if known is not None:
        return known
    _refuse_period(campaign, unit, period)
    report, is_new = Report.objects.get_or_create(
        campaign=campaign,
        team=unit.team,
        place=unit.place,
        period=period.kind,
        first_day=period.first_day,
        defaults={"last_day": period.last_day, "due": period.due},
    )
    if is_new:
        _trace(report, _Verb.BEGUN, by)
    return report


@transaction.atomic
def write_report(
    report: Report,
    *,
    by: User,
    declared: Mapping[str, int] | None = None,
    explanations: Mapping[str, str] | None = None,
    narrative: str = "",
    difficulties: str = "",
    proposals: str = "",
    number: str = "",
) -> Report:
    """Save what the unit itself says; the counted figures are not its to write."""
    held = _held(report)
    _refuse_step(held, "write", by)
    keys = {row["key"] for row in rows_now(held.campaign, unit_of(held), period_of(held))}
    declared = dict(declared or {})
    if not set(declared) <= keys or any(
        type(n) is not int or not 0 <= n <= 2_000_000_000 for n in declared.values()
    ):
        raise ValidationError(_("A declared figure is a whole number."), code="declared")
    held.declared = declared
    held.explanations = {
        key: nfc(" ".join(words.split()))[:300]
        for key, words in (explanations or {}).items()
        if key in declared and words.strip()
    }
    for name, words in (
        ("narrative", narrative),
        ("difficulties", difficulties),
        ("proposals", proposals),
    ):
        setattr(held, name, _lines(words)[:MOST_WORDS])
    held.number = nfc(number.strip())[:40]
    held.save(
        update_fields=[
            *("declared", "explanations", "narrative", "difficulties", "proposals", "number")
        ]
    )
    return held


@transaction.atomic
def submit_report(report: Report, *, by: User) -> Report:
    """Hand a report in: from now on its figures stand as they were counted this moment."""
    held = _held(report)
    _refuse_step(held, "submit", by)
    unit, period = unit_of(held), period_of(held)
    if held.state == Report.State.DRAFT:
        _refuse_period(held.campaign, unit, period)
    _refuse_closed_above(held.campaign, unit, period)
    if not period.is_over(timezone.localdate()):
        raise ValidationError(
            _("The period lasts until %(day)s; the report can be handed in from the next day on.")
            % {"day": date_format(period.last_day, "SHORT_DATE_FORMAT")},
            code="not_over",
        )
    figures = figures_now(held.campaign, unit, period)
    unexplained = [
        label_of(row)
        for row in differences(figures["rows"], held.declared)
        if not held.explanations.get(row["key"])
    ]
    if unexplained:
        raise ValidationError(
            _("Say why your own figure differs from the counted one: %(figures)s.")
            % {"figures": ", ".join(unexplained)},
            code="unexplained",
        )
    if not held.narrative:
        raise ValidationError(_("Say in a few words what was done."), code="no_words")
    held.figures = {
        **figures,
        "reports": reported_below(held),
        "paper": paper_words(held.campaign, unit, period),
    }
    return _taken(held, "submit", by, "figures")


def withdraw_report(report: Report, *, by: User) -> Report:
    """Take a report back that the unit's head has not approved yet."""
    return _step(report, "withdraw", by)


@transaction.atomic
def approve_report(report: Report, *, by: User) -> Report:
    """Let the unit's head send a report to the tier above; this is when it leaves the unit."""
    held = _held(report)
    _refuse_step(held, "approve", by)
    # The first time counts: whoever is asked to mend something does not become late by it.
    held.sent_at = held.sent_at or timezone.now()
    return _taken(held, "approve", by, "sent_at")


def return_report(report: Report, because: str, *, by: User) -> Report:
    """Send a report back to whoever wrote it, and say why."""
    return _step(report, "return", by, because)


def accept_report(report: Report, *, by: User) -> Report:
    """Accept a report: it is locked, and its figures are what was reported."""
    return _step(report, "accept", by)


@transaction.atomic
def reopen_report(report: Report, because: str, *, by: User) -> Report:
    """Open an accepted report again, so that its unit mends it; the trace stays."""
    held = _held(report)
    _refuse_step(held, "reopen", by, because)
    # The tier above has passed these figures on; first its own report must be opened.
    _refuse_closed_above(held.campaign, unit_of(held), period_of(held))
    return _taken(held, "reopen", by, because=because)


def remind_of_missing(on: dt.date | None = None) -> int:
    """Note once for each report that did not come that its unit was reminded; return how many.

    The report is begun for those who have none, so that it waits at the top of their list.
    """
    on = on or timezone.localdate()
    reminded = 0
    for campaign in Campaign.objects.running(on).select_related("place"):
        due = [p for p in periods_of(campaign) if on - REMEMBERED <= p.due < on]
        if not due:
            continue
        expected = [
            *communes_expected(campaign, campaign.place),
            *teams_expected(campaign, campaign.place),
        ]
        missing = [
            cell
            for row in table_of(campaign, expected, due, on).rows
            for cell in row.cells
            # What waits for the unit's own head is its business; the head sees it.
            if cell.status == "missing"
            and (cell.report is None or cell.report.state == Report.State.DRAFT)
        ]
        known = set(
            ReportEvent.objects.filter(
                verb=_Verb.REMINDED,
                report__in=[cell.report for cell in missing if cell.report],
            ).values_list("report", flat=True)
        )
        for cell in missing:
            if cell.report is None or cell.report.pk not in known:
                reminded += _remind(campaign, cell.unit, cell.period)
    return reminded


@transaction.atomic
def _remind(campaign, unit, period) -> bool:
    try:
        report = _held(begin_report(campaign, unit, period, by=None))
    except ValidationError:
        # The tier above has finished without it.
        return False
    has_been = report.events.filter(verb=_Verb.REMINDED).exists()
    if has_been or report.state != Report.State.DRAFT:
        return False
    _trace(report, _Verb.REMINDED, None)
    return True


def _lines(words: str) -> str:
    """Return words as they are stored, line by line: paragraphs are the writer's."""
    return "\n".join(nfc(line) for line in words.splitlines()).strip()


def _held(report: Report) -> Report:
    """Return the report as it is now; nobody else changes it until the transaction ends."""
    return (
        Report.objects.select_for_update(of=("self",))
        .select_related("campaign__place", "team", "place")
        .get(pk=report.pk)
    )


@transaction.atomic
def _step(report, verb, by, because=""):
    held = _held(report)
    _refuse_step(held, verb, by, because)
    return _taken(held, verb, by, because=because)


def _refuse_step(held, verb, by, because=""):
    allowed = parties_for(held.state, verb)
    if not allowed:
        raise ValidationError(
            _("This is not possible now: the report is %(state)s.")
            % {"state": held.get_state_display()},
            code="locked" if held.is_locked else "wrong_state",
        )
    if not allowed & parties_of(held, by):
        raise ValidationError(str(_NOT_YOURS[verb]), code="not_yours")
    if verb in WITH_REASON and not because.strip():
        raise ValidationError(_("Please say why."), code="no_reason")


def _taken(held, verb, by, *changed, because=""):
    (held.state,) = {new for (s, v, _who), new in STEPS.items() if (s, v) == (held.state, verb)}
    held.save(update_fields=["state", *changed])
    _trace(held, _TRACE[verb], by, because)
    return held


def _trace(report, verb, by, because=""):
    said = {
        name: getattr(report, name)
        for name in ("number", "figures", "declared", "explanations", *_WORDS)
        if getattr(report, name)
    }
    ReportEvent.objects.create(
        report=report, verb=verb, by=by, because=nfc(because.strip())[:500], said=said
    )


_WORDS = ("narrative", "difficulties", "proposals")


def _reports(campaign, unit, period):
    found = Report.objects.filter(campaign=campaign, period=period.kind, first_day=period.first_day)
    return found.filter(team=unit.team) if unit.team else found.filter(team=None, place=unit.place)


def _refuse_wrong_unit(campaign, unit):
    if not unit.place.path.startswith(campaign.place.path):
        raise ValidationError(_("This unit takes no part in the campaign."), code="elsewhere")
    if unit.team is None and unit.place.kind == Place.Kind.VILLAGE:
        raise ValidationError(
            _("Teams, communes and provinces report; a village does not."), code="no_unit"
        )
    if unit.team is not None and not campaign.class_groups.filter(team=unit.team).exists():
        raise ValidationError(_("This team has no class in the campaign."), code="elsewhere")


def _refuse_period(campaign, unit, period):
    """Refuse a first report about days that have not begun, or that nobody asks about any more."""
    if campaign.state == Campaign.State.DRAFT:
        raise ValidationError(_("The campaign has not begun."), code="not_running")
    if campaign.state == Campaign.State.CLOSED and period.kind != WHOLE:
        raise ValidationError(
            _("The campaign is closed; only its closing report can still be written."),
            code="closed",
        )
    if period.first_day > timezone.localdate():
        raise ValidationError(_("This period has not begun yet."), code="not_begun")
    _refuse_closed_above(campaign, unit, period)


def _refuse_closed_above(campaign, unit, period):
    """Refuse to move figures that the tier above has passed on, and that were accepted."""
    if unit.tier == "province":
        return
    above = _reports(campaign, Unit(unit.above), period).locked().select_related("place").first()
    if above is not None:
        raise ValidationError(
            _(
                "This period is closed: the report of %(place)s about it is accepted and locked. "
                "It would have to be opened again first."
            )
            % {"place": above.place.full_name},
            code="closed_above",
        )
