"""A team's week or month of duty: evenings and shifts by the day, and what is still missing."""

import datetime as dt

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaigns.reports import duty_of
from campaigns.views.shared import require, url_if_there
from campaigns.views.teams import team_for

SPANS = {"week": 7, "month": 28}


def duty(request, pk):
    """Who serves when."""
    team = team_for(request.user, pk)
    require(request.user, "campaigns.view_classgroup", team)
    span = request.GET.get("span")
    span = span if span in SPANS else "week"
    first = _first_day(request.GET.get("from", ""))
    last = first + dt.timedelta(days=SPANS[span] - 1)
    days = duty_of(team, first, last, get_language() or "vi")
    rosters = [roster for day in days for roster in day.rosters]
    here = reverse("campaigns:duty", args=[pk])
    step = dt.timedelta(days=SPANS[span])
    context = {
        "team": team,
        "first": first,
        "last": last,
        "today": timezone.localdate(),
        "span": span,
        "days": days,
        "missing": sum(roster.missing for roster in rosters),
        "waiting": sum(roster.waiting for roster in rosters if _is_ahead(roster.occasion)),
        "spans": [
            (name, words, f"{here}?span={name}&from={first.isoformat()}")
            for name, words in (("week", _("One week")), ("month", _("Four weeks")))
        ],
        "earlier": f"{here}?span={span}&from={_day(first - step)}",
        "later": f"{here}?span={span}&from={_day(first + step)}",
        "may_plan": request.user.has_perm("campaigns.plan_shifts", team),
        "rechecks_url": url_if_there("progress:rechecks"),
        "crumbs": [
            (_("Teams"), reverse("campaigns:teams")),
            (team.name, reverse("campaigns:team", args=[pk])),
            (_("Duty"), ""),
        ],
    }
    return render(request, "campaigns/duty.html", context)


def _first_day(text):
    """Return the day that was asked for, or today: what lies ahead is looked at first."""
    try:
        day = parse_date(text) or timezone.localdate()
    except ValueError:
        day = timezone.localdate()
    # Calendars end; nobody serves there.
    return max(dt.date(2000, 1, 1), min(day, dt.date(2200, 1, 1)))


def _day(day):
    return day.isoformat()


def _is_ahead(occasion):
    return occasion.ends_at > timezone.now()
