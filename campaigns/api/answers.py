"""Reports, put into the shapes of the API."""

import datetime as dt
from collections import Counter
from itertools import accumulate

from django.conf import settings
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from campaigns.api.problems import Problem
from campaigns.models import Audience, Campaign, CountKind, FactsFile, Target, Team
from campaigns.reports.breakdown import SEXES, group_figures
from campaigns.reports.figures import groups, number, numbers, series
from campaigns.reports.told import tells_places, told, told_day, told_groups, told_series_of
from campaigns.rules import AgeBand, band_and_sex
from campaigns.rules.counting import LANGUAGES
from campaigns.rules.disclosure import STEP
from places.models import Place
from places.reports import map_of, members_of

SEX_KEYS = {0: "unknown", 1: "female", 2: "male"}
GROUPINGS = ("age", "sex", "language", "audience")


def campaign_out(campaign: Campaign) -> dict:
    return {
        "id": campaign.pk,
        "name": campaign.name,
        "place": place_ref(campaign.place),
        "first_day": campaign.first_day,
        "last_day": campaign.last_day,
        "length": campaign.length,
        "day": campaign.day_number(),
        "state": campaign.state,
    }


def place_ref(place: Place) -> dict:
    return {"id": place.pk, "code": place.code, "name": place.full_name}


def places_out(places: list[Place]) -> list[dict]:
    """Return places with their parents, which are looked up once for all of them."""
    above = {place.path[: -Place.steplen] for place in places if place.depth > 1}
    parents = dict(Place.objects.filter(path__in=above).values_list("path", "pk"))
    return [
        place_ref(place)
        | {
            "kind": place.kind,
            "parent": parents.get(place.path[: -Place.steplen]),
            "valid_from": place.valid_from,
            "valid_to": place.valid_to,
            "successors": [successor.pk for successor in place.successors.all()],
        }
        for place in places
    ]


def target_out(target: Target) -> dict:
    return {
        "place": place_ref(target.place),
        "indicator": target.indicator,
        "goal": target.goal,
        "denominator": target.denominator,
        "date": target.as_of,
        "source": target.source,
    }


def file_out(file: FactsFile) -> dict:
    return {
        "id": file.pk,
        "table": file.table,
        "format": file.format,
        "date": file.on,
        "rows": file.rows,
        "bytes": file.size,
        "sha256": file.sha256,
        "href": reverse("stats:file", args=[file.pk]),
    }


def exact_figures(
    campaign: Campaign, place: Place, key: str, until: int | None, units: str = "new"
) -> dict:
    """Answer with the figures of a place and of the units directly below.

    ``units``: on the map of today ("new"), where what was counted in a unit that merged is counted
    in the one it went into, or of the campaign's first day ("old").
    """
    at = timezone.now()
    on = campaign.first_day if units == "old" else timezone.localdate()
    shown = map_of(place, on)
    whole = sum(number(campaign, member, key, until) or 0 for member in shown.members)
    below: dict[int, int] = {}
    for member in shown.members:
        below |= numbers(campaign, member, key, until)
    children = []
    for unit in shown.units:
        here = [below[member.pk] for member in unit.members if member.pk in below]
        if here or unit.place.is_current(on):
            children.append((unit.place, sum(here)))
    return _figures(
        at,
        True,
        campaign,
        key,
        until,
        {"place": place_ref(place), "value": whole},
        [{"place": place_ref(child), "value": value} for child, value in children],
    )


def told_figures(campaign: Campaign, place: Place, key: str, until: int | None) -> dict:
    at = timezone.now()
    last = told_day(campaign)
    until = last if until is None else min(until, last)
    found = told(campaign, key, until)
    if place.pk == campaign.place_id:
        whole, rows = found.whole, found.found.rows
    elif not tells_places(campaign, key):
        raise Problem(403, "protected", "This indicator is told of the whole campaign only.")
    elif place.pk not in found.figures:
        raise Http404
    else:
        whole, rows = found.figures[place.pk], []
    return _figures(
        at,
        False,
        campaign,
        key,
        until,
        {"place": place_ref(place), **as_told(whole)},
        [{"place": place_ref(row.place), **as_told(row.numerator or 0)} for row in rows],
    )


def _figures(at, exact, campaign, key, until, whole, children):
    return {
        "as_of": at,
        "exact": exact,
        "campaign": campaign.pk,
        "indicator": key,
        "until": until,
        "whole": whole,
        "children": children,
    }


def exact_series(campaign: Campaign, place: Place, key: str) -> dict:
    at = timezone.now()
    added: Counter[int] = Counter()
    for member in members_of(place, timezone.localdate()):
        added.update(series(campaign, member, key))
    last = max([campaign.day_number(), *added])
    sums = accumulate(added.get(day, 0) for day in range(last + 1))
    return _series(at, True, campaign, place, key, ({"value": n} for n in sums))


def told_series(campaign: Campaign, place: Place, key: str) -> dict:
    at = timezone.now()
    if place.pk != campaign.place_id and not tells_places(campaign, key):
        raise Problem(403, "protected", "This indicator is told of the whole campaign only.")
    sums = told_series_of(campaign, place, key)
    return _series(at, False, campaign, place, key, map(as_told, sums))


def _series(at, exact, campaign, place, key, values):
    before = campaign.first_day - dt.timedelta(days=1)
    return {
        "as_of": at,
        "exact": exact,
        "campaign": campaign.pk,
        "indicator": key,
        "place": place_ref(place),
        "days": [
            {"day": day, "date": before + dt.timedelta(days=day), **value}
            for day, value in enumerate(values)
        ],
    }


def exact_groups(campaign: Campaign, place: Place, key: str, by: str) -> dict:
    at = timezone.now()
    if by in GROUPINGS:
        cells = group_figures(campaign, place, key)[by]
        found = [(*_name(by, slot), n) for slot, n in cells.items()]
    elif by == "age_sex":
        found = []
        for slot, values in sorted(groups(campaign, place, CountKind.GROUP).items()):
            band, sex = band_and_sex(slot)
            keys, labels = zip(_name("age", band), _name("sex", sex), strict=True)
            found.append(("/".join(keys), ", ".join(labels), values[key]))
    elif by == "team":
        teams = groups(campaign, place, CountKind.TEAM)
        names = dict(Team.objects.filter(pk__in=teams).values_list("pk", "name"))
        found = [(str(s), names.get(s, ""), values[key]) for s, values in sorted(teams.items())]
    else:
        raise _unknown_grouping((*GROUPINGS, "age_sex", "team"))
    return _groups(
        at,
        True,
        campaign,
        place,
        key,
        by,
        [{"key": name, "label": label, "value": n} for name, label, n in found],
    )


def told_by_groups(campaign: Campaign, key: str, by: str) -> dict:
    at = timezone.now()
    if by not in GROUPINGS:
        raise _unknown_grouping(GROUPINGS)
    if not tells_places(campaign, key):
        raise Problem(403, "protected", "This indicator is told as one total only.")
    cells = told_groups(campaign, key)[by]
    found = cells and [
        dict(zip(("key", "label"), _name(by, slot), strict=True)) | as_told(n)
        for slot, n in cells.items()
    ]
    return _groups(at, False, campaign, campaign.place, key, by, found)


def _groups(at, exact, campaign, place, key, by, found):
    return {
        "as_of": at,
        "exact": exact,
        "campaign": campaign.pk,
        "indicator": key,
        "place": place_ref(place),
        "by": by,
        "groups": found,
    }


def _unknown_grouping(known):
    return Problem(422, "unknown_grouping", f"Known here: {', '.join(known)}.")


def _name(by, slot) -> tuple[str, str]:
    """Return what a program and what a person calls a group."""
    if by == "age":
        return AgeBand(slot).name.lower(), str(AgeBand(slot).label)
    if by == "sex":
        return SEX_KEYS[slot], str(dict(SEXES)[slot])
    if by == "language":
        language = LANGUAGES[slot]
        return language, str(dict(settings.SPOKEN_LANGUAGES).get(language, language))
    return Audience(slot).name.lower(), str(Audience(slot).label)


def as_told(n: int) -> dict:
    """Return a told figure: a full five, or nothing and "under 5"."""
    return {"value": n, "under": None} if n else {"value": None, "under": STEP}
