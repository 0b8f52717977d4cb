"""The map: where a campaign stands, place by place, on any of its days."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.vary import vary_on_headers

from campaigns.exports import (
    COLUMNS,
    NUMBER_COLUMNS,
    as_of,
    cells_of,
    coverage_csv,
    coverage_xlsx,
)
from campaigns.exports.coverage import STATUS_LABELS
from campaigns.models import Campaign
from campaigns.reports import (
    MAPS,
    SORTS,
    Coverage,
    IndicatorInfo,
    coverage,
    indicators_of,
    shape_map,
    tile_map,
)
from campaigns.views.campaigns import crumbs_of
from campaigns.views.shared import above_within, place_asked, require, url_if_there
from places.models import MapSheet, Place
from places.rules import fold

SHAPES = ("tiles", "lines")
_FILES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class Asked:
    """What the address of a map asks for, within the scope of whoever asks."""

    campaign: Campaign
    place: Place
    indicators: dict[str, IndicatorInfo]
    # Empty: nobody has chosen.
    indicator: str
    sort: str
    # None: now.
    day: int | None
    units: str
    shape: str

    def query(self, **changes) -> str:
        """Return the address that asks for the same, with changes; what goes without saying is
        left out, so that an address stays short and means "now" tomorrow as well."""
        values = {
            "place": self.place.pk,
            "indicator": self.indicator,
            "day": self.day,
            "map": self.units if self.units != MAPS[0] else None,
            "shape": self.shape if self.shape != SHAPES[0] else None,
            "sort": self.sort if self.sort != "name" else None,
        }
        values |= changes
        return urlencode({name: value for name, value in values.items() if value})

    def coverage(self, *, with_lines: bool = False) -> Coverage:
        return coverage(
            self.campaign,
            self.place,
            self.indicator,
            day=self.day,
            units=self.units,
            sort=self.sort,
            with_lines=with_lines,
        )


@vary_on_headers("HX-Request")
def coverage_page(request, pk):
    """Province → communes → villages: the figures of one indicator as a map and as a table.

    The slider asks for the part that depends on the day alone.
    """
    asked = asked_for(request, pk)
    sheet = _sheet(asked.place)
    lines = asked.shape == "lines" and sheet is not None
    found = asked.coverage(with_lines=lines)
    asked = replace(asked, indicator=found.indicator)
    rows = found.in_place
    deeper = asked.place.kind == Place.Kind.PROVINCE
    missing = "" if deeper else url_if_there("progress:missing", pk)
    to_people = bool(missing) and request.user.has_perm("progress.enrol", asked.place)
    context = {
        "campaign": asked.campaign,
        "place": asked.place,
        "asked": asked,
        "info": asked.indicators.get(found.indicator),
        "coverage": found,
        "whole": found.whole,
        "as_of": as_of(found),
        "table": [(row, cells_of(row)) for row in found.rows],
        "map": None if lines else tile_map(rows),
        "shapes": shape_map(rows, sheet) if lines else None,
        "sheet": sheet,
        "headings": [_heading(column, words, asked) for column, words in COLUMNS],
        "number_columns": NUMBER_COLUMNS,
        "labels": STATUS_LABELS,
        "legend": _legend(asked.campaign, found),
        # Where a cell leads: further down, or to the people of a village.
        "deeper": deeper,
        "unit_base": missing if to_people else reverse("campaigns:coverage", args=[pk]),
        "unit_query": "" if to_people else "&" + asked.query(place=None, sort=None),
        "work_url": _work_url(request.user, asked),
        "csv_url": _file_url("campaigns:coverage_csv", asked),
        "xlsx_url": _file_url("campaigns:coverage_xlsx", asked),
        "villages_url": _file_url("campaigns:villages", asked) if deeper else "",
    }
    if request.htmx.target == "coverage-live":
        return render(request, "campaigns/_coverage_live.html", context)
    return render(request, "campaigns/coverage.html", context | _around(request.user, asked, found))


def coverage_file(request, pk, kind="csv"):
    """The same table as a file."""
    asked = asked_for(request, pk)
    found = asked.coverage()
    label = _label(asked, found)
    data = coverage_xlsx(found, label) if kind == "xlsx" else coverage_csv(found)
    response = HttpResponse(data, content_type=_FILES[kind])
    name = slugify(fold(asked.place.full_name))
    response["Content-Disposition"] = (
        f'attachment; filename="do-phu-{name}-{found.indicator}.{kind}"'
    )
    return response


def asked_for(request, pk) -> Asked:
    """Return what the address asks for; whatever makes no sense is as if it were not there."""
    campaign = get_object_or_404(
        Campaign.objects.visible_to(request.user).select_related("place__map_sheet"), pk=pk
    )
    place = place_asked(request, campaign)
    require(request.user, "campaigns.view_coverage", place)
    indicators = indicators_of(campaign)
    indicator = request.GET.get("indicator", "")
    sort = request.GET.get("sort", "name")
    day = request.GET.get("day", "")
    units, shape = request.GET.get("map"), request.GET.get("shape")
    return Asked(
        campaign=campaign,
        place=place,
        indicators=indicators,
        indicator=indicator if indicator in indicators else "",
        sort=sort if sort.removeprefix("-") in SORTS else "name",
        day=_day(day, campaign.day_number()),
        units=units if units in MAPS else MAPS[0],
        shape=shape if shape in SHAPES else SHAPES[0],
    )


def _day(day, today):
    """Return a past day of the campaign; today and everything else is now."""
    if not (day.isascii() and day.isdecimal() and len(day) < 5):
        return None
    return int(day) if 1 <= int(day) < today else None


def _around(user, asked, found):
    """Return what the page needs around the part that depends on the day."""
    campaign, place = asked.campaign, asked.place
    today = campaign.day_number()
    return {
        "today": today,
        "crumbs": _crumbs(asked, user),
        "others": [
            other for other in campaign.places_for(user) if not place.path.startswith(other.path)
        ],
        "rechecks_url": (
            url_if_there("progress:rechecks") + f"?place={place.pk}"
            if user.has_perm("progress.observe", place)
            else ""
        ),
        # How many days further the button that plays the days goes each time.
        "stride": max(1, today // 25),
    }


def _sheet(place):
    """Return the map of real boundaries of a place, if somebody has uploaded one."""
    if place.kind == Place.Kind.VILLAGE:
        return None
    try:
        return place.map_sheet
    except MapSheet.DoesNotExist:
        return None


def _label(asked, found):
    info = asked.indicators.get(found.indicator)
    return info.label if info else found.indicator


def _work_url(user, asked):
    """Return where the open work of a place is seen, for those who may."""
    if not user.has_perm("campaigns.view_workitem", asked.place):
        return ""
    return url_if_there("campaigns:work", asked.campaign.pk)


def _file_url(name, asked):
    return reverse(name, args=[asked.campaign.pk]) + "?" + asked.query()


def _crumbs(asked, user):
    campaign, place = asked.campaign, asked.place
    base = reverse("campaigns:coverage", args=[campaign.pk])
    trail = [
        (above.full_name, f"{base}?{asked.query(place=above.pk)}")
        for above in above_within(place, campaign.places_for(user))
    ]
    return crumbs_of(campaign, *trail, place.full_name)


def _heading(column, words, asked):
    """Return what the head of a column needs: words, the address that sorts by it, the arrow."""
    if not column:
        return {"words": words}
    sort = asked.sort
    now = {column: "ascending", f"-{column}": "descending"}.get(sort, "")
    # Names begin with A; figures with the largest.
    turned = f"-{column}" if sort == column else column
    if column != "name" and not now:
        turned = f"-{column}" if column != "status" else column
    return {"words": words, "sort": now, "url": f"?{asked.query(sort=turned)}"}


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
