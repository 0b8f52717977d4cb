"""Reports from tier to tier: who has to write, what waits, who has reported when."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from campaigns.forms import refuse
from campaigns.forms.reporting import BecauseForm, ReportForm
from campaigns.models import Report, Team
from campaigns.reports.punctual import (
    SHOWS,
    below_of,
    message_about_missing,
    report_table,
    to_write,
    units_of,
    waiting_for,
)
from campaigns.reports.reporting import (
    Unit,
    accepted_by_writer,
    changed_since,
    period_of,
    periods_of,
    rows_now,
    unit_of,
    whole_of,
)
from campaigns.rules.reporting import WITH_REASON, parties_for, steps_open_to
from campaigns.services import reporting
from campaigns.templatetags.reports import STEP_WORDS
from campaigns.views.campaigns import campaign_for, crumbs_of
from campaigns.views.shared import place_asked, require
from places.models import Place, attach_ancestors

VIEW = "campaigns.view_report"
# Whoever only looks learns what communes report, and nothing of teams and of who did what.
TEAMS = "campaigns.view_classgroup"
# So many are listed at the top; the others stand in the table.
MOST_WAITING = 12


def reports(request, pk):
    """First what I have to write, then what waits for my decision, then who has reported when."""
    campaign = campaign_for(request.user, pk)
    place = place_asked(request, campaign)
    require(request.user, VIEW, place)
    show = request.GET.get("show", "")
    show = show if show in SHOWS else "all"
    today = timezone.localdate()
    mine = units_of(request.user, campaign, place)
    names_people = request.user.has_perm(TEAMS, place)
    table = report_table(campaign, place, with_teams=names_people)
    waiting = list(waiting_for(request.user, campaign, place))
    context = {
        "campaign": campaign,
        "place": place,
        "to_write": to_write(campaign, mine),
        "waiting": waiting,
        "waiting_first": waiting[:MOST_WAITING],
        "table": table,
        "rows": table.shown(show),
        "accepted_by_writer": _accepted_by_writer(table) if names_people else set(),
        # While a period runs there is nothing to see of it, unless it is the first.
        "latest_first": [p for p in table.periods if p.is_over(today)][::-1] or table.periods,
        "shows": _shows(place, show),
        "whole": whole_of(campaign),
        "closing": [item.unit for item in mine if not item.unit.team],
        "closing_may_begin": whole_of(campaign).is_over(today),
        "text": message_about_missing(campaign, table)
        if request.user.has_perm("campaigns.accept_report", place)
        else "",
        "scorecards_url": ""
        if place.kind == Place.Kind.VILLAGE
        else reverse("campaigns:scorecards", args=[pk]) + f"?place={place.pk}",
        "others": [
            other
            for other in campaign.places_for(request.user)
            if not place.path.startswith(other.path)
        ],
        "crumbs": _crumbs(campaign, place, request.user),
    }
    return render(request, "campaigns/reports.html", context)


@require_POST
def begin_report(request, pk):
    """Begin the report of a unit about a period, and write it."""
    campaign = campaign_for(request.user, pk)
    unit = _unit_asked(request, campaign)
    period = next(
        (
            period
            for period in (*periods_of(campaign), whole_of(campaign))
            if [period.kind, period.first_day.isoformat()]
            == [request.POST.get("period"), request.POST.get("first_day")]
        ),
        None,
    )
    if period is None:
        raise Http404
    require(request.user, "campaigns.write_report", unit.place)
    try:
        report = reporting.begin_report(campaign, unit, period, by=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
        url = reverse("campaigns:reports", args=[pk])
        return redirect(f"{url}?place={unit.place.pk}")
    if reporting.parties_of(report, request.user) and report.state in _WRITABLE:
        return redirect("campaigns:write_report", report.pk)
    return redirect("campaigns:report", report.pk)


def report(request, pk):
    """One report: what it says, how it came about, and what can be done with it now."""
    found = report_for(request.user, pk)
    parties = reporting.parties_of(found, request.user)
    is_open = found.state in _WRITABLE
    period = period_of(found)
    rows = rows_now(found.campaign, unit_of(found), period) if is_open else found.figures["rows"]
    events = list(found.events.select_related("by").defer("said"))
    context = {
        "report": found,
        "unit": unit_of(found),
        "period": period,
        "rows": _beside(rows, found),
        "is_open": is_open,
        "changes": [] if is_open else changed_since(found),
        "steps": [verb for verb in steps_open_to(found.state, parties) if verb != "write"],
        "may_write": "write" in steps_open_to(found.state, parties),
        "events": events,
        "accepted_by_writer": accepted_by_writer(events),
        "names_people": request.user.has_perm(TEAMS, found),
        "last_reason": _last_reason(found, events),
        "below": _below(found, request.user),
        "campaign": found.campaign,
        "crumbs": _report_crumbs(found, request.user),
    }
    return render(request, "campaigns/report.html", context)


def write_report(request, pk):
    """Write a report: the counted figures are there, the words and one's own figures are asked."""
    found = report_for(request.user, pk)
    parties = reporting.parties_of(found, request.user)
    if "writer" not in parties:
        raise PermissionDenied
    if found.state not in _WRITABLE:
        messages.error(request, _("This report is handed in; it cannot be changed now."))
        return redirect("campaigns:report", pk)
    period = period_of(found)
    rows = rows_now(found.campaign, unit_of(found), period)
    verb = request.POST.get("verb", "save")
    is_final = verb in ("submit", "send")
    data = _with_quotes(request.POST, found) if request.method == "POST" else None
    form = ReportForm(data, report=found, rows=rows, is_final=is_final)
    is_quoting = data is not None and verb.startswith("quote")
    if request.method == "POST" and not is_quoting and form.is_valid():
        try:
            _save(found, form, verb, request.user, parties)
        except ValidationError as refusal:
            refuse(form, refusal)
        else:
            words = {
                "submit": _("The report is handed in; its figures stand as they are now."),
                "send": _("The report is handed in and sent to the tier above."),
            }.get(verb, _("Saved as a draft."))
            messages.success(request, words)
            return redirect("campaigns:report", pk)
    context = {
        "report": found,
        "unit": unit_of(found),
        "period": period,
        "form": form,
        "is_over": period.is_over(timezone.localdate()),
        "may_send": "head" in parties,
        "names_people": True,
        "last_reason": _last_reason(found, list(found.events.select_related("by").defer("said"))),
        "below": below_of(found),
        "campaign": found.campaign,
        "crumbs": _report_crumbs(found, request.user, _("Write")),
    }
    status = 422 if form.errors and not is_quoting else 200
    return render(request, "campaigns/report_write.html", context, status=status)


def step_report(request, pk, verb):
    """Take a step; sending back and opening again ask why first."""
    found = report_for(request.user, pk)
    if verb not in STEP_WORDS:
        raise Http404
    form = BecauseForm(request.POST or None) if verb in WITH_REASON else None
    allowed, parties = parties_for(found.state, verb), reporting.parties_of(found, request.user)
    if not parties or (allowed and not allowed & parties):
        raise PermissionDenied
    if not allowed:
        # Somebody else was quicker; the service says what the report is now.
        _take(request, found, verb, "-")
        return redirect("campaigns:report", pk)
    if request.method == "POST" and (form is None or form.is_valid()):
        _take(request, found, verb, form.cleaned_data["because"] if form else "")
        return redirect("campaigns:report", pk)
    context = {
        "report": found,
        "unit": unit_of(found),
        "period": period_of(found),
        "form": form,
        "verb": verb,
        "campaign": found.campaign,
        "crumbs": _report_crumbs(found, request.user, pgettext("report", "Decide")),
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "campaigns/report_step.html", context, status=status)


_WRITABLE = (Report.State.DRAFT, Report.State.RETURNED)


def report_for(user, pk) -> Report:
    """Return a report within the user's scope: 404 outside it, 403 without the right to read."""
    found = get_object_or_404(
        Report.objects.visible_to(user).select_related("campaign__place", "team", "place"), pk=pk
    )
    require(user, TEAMS if found.team_id else VIEW, found)
    attach_ancestors([found.place])
    return found


def _accepted_by_writer(table) -> set[int]:
    shown = (cell.report for row in table.rows for cell in row.cells if cell.report)
    locked = [report.pk for report in shown if report.is_locked]
    found = Report.objects.filter(pk__in=locked).accepted_by_writer()
    return set(found.values_list("pk", flat=True))


def _unit_asked(request, campaign) -> Unit:
    team, place = request.POST.get("team", ""), request.POST.get("place", "")
    if team.isdecimal() and len(team) < 18:
        teams = Team.objects.visible_to(request.user).select_related("place")
        found = get_object_or_404(teams, pk=team)
        return Unit(found.place, found)
    if place.isdecimal() and len(place) < 18:
        return Unit(get_object_or_404(Place.objects.visible_to(request.user), pk=place))
    raise Http404


def _save(found, form, verb, user, parties):
    """Save, and hand in where that is wished: all of it or nothing."""
    with transaction.atomic():
        reporting.write_report(found, by=user, **form.said())
        if verb in ("submit", "send"):
            reporting.submit_report(found, by=user)
        if verb == "send" and "head" in parties:
            reporting.approve_report(found, by=user)


def _take(request, found, verb, because):
    try:
        if verb in WITH_REASON:
            getattr(reporting, f"{verb}_report")(found, because, by=request.user)
        else:
            getattr(reporting, f"{verb}_report")(found, by=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(
            request,
            {
                "submit": _("The report is handed in; its figures stand as they are now."),
                "withdraw": _("The report is taken back and can be changed."),
                "approve": _("The report is approved and sent to the tier above."),
                "return": _("The report is sent back."),
                "accept": _("The report is accepted and locked."),
                "reopen": _("The report is open again; its unit can mend it."),
            }[verb],
        )


def _with_quotes(data, found):
    """Return what was typed, with what the units below wrote of their difficulties added to it."""
    if data.get("verb") != "quote":
        return data
    data = data.copy()
    quoted = [
        f"{item.unit.name}: {' '.join(item.report.difficulties.split())}"
        for item in below_of(found)
        if item.report is not None and item.report.difficulties
    ]
    known = data.get("difficulties", "")
    new = [line for line in quoted if line not in known]
    data["difficulties"] = "\n".join(filter(None, [known.rstrip(), *new]))
    return data


def _beside(rows, found):
    """Return (row, declared or None, why) of each figure."""
    return [
        (row, found.declared.get(row["key"]), found.explanations.get(row["key"], ""))
        for row in rows
    ]


def _below(found, user):
    """Return what the tier below has sent; a commune's teams only to who may see teams."""
    if found.place.kind != Place.Kind.PROVINCE and not user.has_perm(TEAMS, found):
        return []
    return below_of(found)


def _last_reason(found, events):
    """Return the step that explains why the report lies with its unit again."""
    if found.state != Report.State.RETURNED:
        return None
    return next((event for event in reversed(events) if event.because), None)


def _shows(place, show):
    labels = {
        "all": _("All"),
        "missing": pgettext("report", "Missing"),
        "late": pgettext("report", "Late"),
        "waiting": _("Under way"),
    }
    return [(labels[name], f"?place={place.pk}&show={name}", name == show) for name in SHOWS]


def _crumbs(campaign, place, user):
    widest = [above.path for above in campaign.places_for(user)]
    base = reverse("campaigns:reports", args=[campaign.pk])
    trail = [
        (above.full_name, f"{base}?place={above.pk}")
        for above in place.above
        if any(above.path.startswith(path) for path in widest)
    ]
    return crumbs_of(campaign, *trail, place.full_name)


def _report_crumbs(found, user, *more):
    base = reverse("campaigns:reports", args=[found.campaign_id])
    here = (_("Reports of the campaign"), f"{base}?place={found.place_id}")
    own = unit_of(found).name
    if more:
        return crumbs_of(
            found.campaign, here, (own, reverse("campaigns:report", args=[found.pk])), *more
        )
    return crumbs_of(found.campaign, here, own)
