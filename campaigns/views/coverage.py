"""The map: where a campaign stands, place by place."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify

from campaigns.exports import COLUMNS, cells_of, coverage_csv
from campaigns.exports.coverage import MEASURE_LABELS, STATUS_LABELS
from campaigns.models import Indicator, Target
from campaigns.reports import SORTS, chart, coverage, curve, tile_map
from campaigns.views.campaigns import campaign_for, crumbs_of
from campaigns.views.shared import place_asked, require, url_if_there
from places.models import Place
from places.rules import fold

# What is looked at first when nobody has chosen, if it has targets: who came moves every week.
_FIRST = ("reached", "enrolled", "completed", "certified")


def coverage_page(request, pk):
    """Province → communes → villages: the figures of one indicator as a map and as a table."""
    campaign, place, indicator, sort = asked(request, pk)
    found = coverage(campaign, place, indicator, sort=sort)
    query = {"place": place.pk, "indicator": indicator, "sort": sort}
    day = found.day
    context = {
        "campaign": campaign,
        "place": place,
        "coverage": found,
        "whole": found.whole,
        "table": [(row, cells_of(row)) for row in found.rows],
        "map": tile_map(sorted(found.rows, key=lambda row: row.place.sort_key)),
        "headings": [_heading(column, words, query, sort) for column, words in COLUMNS],
        "number_columns": (1, 2, 3, 5, 6),
        "indicators": [
            (value, MEASURE_LABELS[value], f"?{_query(query | {'indicator': value})}")
            for value in Indicator.values
        ],
        "labels": STATUS_LABELS,
        "legend": _legend(campaign, found),
        "chart": chart(
            curve(campaign, place, [indicator]), campaign.length, day, goal=_goal_of_curve(found)
        ),
        "csv_url": reverse("campaigns:coverage_csv", args=[pk]) + f"?{_query(query)}",
        "targets_url": (
            reverse("campaigns:targets", args=[pk]) + f"?place={place.pk}&indicator={indicator}"
            if place.kind != Place.Kind.VILLAGE
            and request.user.has_perm("campaigns.change_target", place)
            else ""
        ),
        "rechecks_url": (
            url_if_there("progress:rechecks") + f"?place={place.pk}"
            if request.user.has_perm("progress.observe", place)
            else ""
        ),
        "deeper": place.kind == Place.Kind.PROVINCE,
        "query": f"indicator={indicator}",
        "crumbs": _crumbs(campaign, place, indicator, request.user),
        "others": [
            other
            for other in campaign.places_for(request.user)
            if not place.path.startswith(other.path)
        ],
    }
    return render(request, "campaigns/coverage.html", context)


def coverage_file(request, pk):
    """The same table as a file."""
    campaign, place, indicator, sort = asked(request, pk)
    text = coverage_csv(coverage(campaign, place, indicator, sort=sort))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    name = slugify(fold(place.full_name))
    response["Content-Disposition"] = f'attachment; filename="do-phu-{name}-{indicator}.csv"'
    return response


def asked(request, pk):
    """Return campaign, place, indicator and order that the address asks for, within the scope."""
    campaign = campaign_for(request.user, pk)
    place = place_asked(request, campaign)
    require(request.user, "campaigns.view_coverage", place)
    indicator = request.GET.get("indicator", "")
    if indicator not in Indicator.values:
        with_targets = set(
            Target.objects.filter(campaign=campaign, place__path__startswith=place.path)
            .order_by()
            .values_list("indicator", flat=True)
            .distinct()
        )
        indicator = next((name for name in _FIRST if name in with_targets), "enrolled")
    sort = request.GET.get("sort", "name")
    return campaign, place, indicator, sort if sort.removeprefix("-") in SORTS else "name"


def _crumbs(campaign, place, indicator, user):
    widest = [above.path for above in campaign.places_for(user)]
    base = reverse("campaigns:coverage", args=[campaign.pk])
    trail = [
        (above.full_name, f"{base}?place={above.pk}&indicator={indicator}")
        for above in place.above
        if any(above.path.startswith(path) for path in widest)
    ]
    return crumbs_of(campaign, *trail, place.full_name)


def _heading(column, words, query, sort):
    """Return what the head of a column needs: words, the address that sorts by it, the arrow."""
    if not column:
        return {"words": words}
    now = {column: "ascending", f"-{column}": "descending"}.get(sort, "")
    # Names begin with A; figures with the largest.
    turned = f"-{column}" if sort == column else column
    if column != "name" and not now:
        turned = f"-{column}" if column != "status" else column
    return {"words": words, "sort": now, "url": f"?{_query(query | {'sort': turned})}"}


def _goal_of_curve(found):
    """Return the goal to draw a pace to: none where the curve has people whom no target counts."""
    if found.is_summed and found.everybody != (found.whole.numerator or 0):
        return None
    return found.whole.goal


def _query(values):
    return "&".join(f"{name}={value}" for name, value in values.items())


def _legend(campaign, found):
    """Return (status, percent of the pace, percent of the goal that this is today, places)."""
    tally = found.tally()
    today = found.day / campaign.length
    return [
        {
            "status": status,
            "label": STATUS_LABELS[status],
            "pace": pace,
            "goal": None if pace is None else pace * today,
            "places": tally[status],
        }
        for status, pace in (
            ("good", campaign.green_from),
            ("warn", campaign.yellow_from),
            ("bad", None),
            ("silent", None),
            ("none", None),
        )
    ]
