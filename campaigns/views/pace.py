"""Pace and forecast: what is needed a week, what came of late, and where it leads."""

from django.shortcuts import render
from django.urls import reverse

from campaigns.exports.coverage import STATUS_LABELS
from campaigns.reports import pace, pace_chart, small_multiples
from campaigns.views.campaigns import crumbs_of
from campaigns.views.coverage import Asked, asked_for
from campaigns.views.shared import above_within
from places.models import Place

# Nobody has more people than this; more digits are a slip of the finger.
_MOST = 100_000_000


def pace_page(request, pk):
    """Whether the last day will see the target reached, in a place and in those below it."""
    asked = asked_for(request, pk)
    found = pace(asked.campaign, asked.place, asked.indicator, goal=_goal(request))
    today = asked.campaign.day_number()
    info = asked.indicators.get(found.indicator)
    context = {
        "campaign": asked.campaign,
        "place": asked.place,
        "asked": asked,
        "info": info,
        "pace": found,
        "need": found.whole.need,
        "today": today,
        "chart": pace_chart(found, today),
        "smalls": small_multiples(found, today),
        "labels": STATUS_LABELS,
        "deeper": asked.place.kind == Place.Kind.PROVINCE,
        "crumbs": _crumbs(asked, found.indicator, request.user),
        "query": f"&indicator={found.indicator}",
    }
    return render(request, "campaigns/pace.html", context)


def _goal(request):
    """Return the target that somebody asks "what if" about, or None."""
    wanted = request.GET.get("goal", "")
    if not (wanted.isascii() and wanted.isdecimal() and len(wanted) < 10):
        return None
    return int(wanted) if 0 < int(wanted) <= _MOST else None


def _crumbs(asked: Asked, indicator, user):
    base = reverse("campaigns:pace", args=[asked.campaign.pk])
    trail = [
        (above.full_name, f"{base}?place={above.pk}&indicator={indicator}")
        for above in above_within(asked.place, asked.campaign.places_for(user))
    ]
    return crumbs_of(asked.campaign, *trail, asked.place.full_name)
