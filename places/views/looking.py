"""Staff find a place and look at it."""

from collections import Counter, defaultdict

from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.utils import timezone

from places.models import LegacyName, MapSheet, Place, Venue, attach_ancestors
from places.reports import members_of, units_below
from places.views.shared import (
    crumbs,
    permission_to_change_units,
    permission_to_rename,
    place_for,
)

FOUND_AT_MOST = 50
QUERY_LENGTH = 100


def browse(request):
    """The places of one's own area, and a search in it by old or new name."""
    if not request.user.has_perm("places.view_place"):
        raise PermissionDenied
    q = request.GET.get("q", "")[:QUERY_LENGTH].replace("\x00", "")
    context = {"q": q.strip()}
    if context["q"]:
        found = Place.objects.visible_to(request.user).current().search(q).with_ancestors()
        found = list(found[: FOUND_AT_MOST + 1])
        context |= {"found": found[:FOUND_AT_MOST], "more": len(found) > FOUND_AT_MOST}
    else:
        context["tops"] = _tops(request.user)
    if request.htmx and not request.htmx.boosted and not request.htmx.history_restore_request:
        return render(request, "places/_found.html", context)
    return render(request, "places/browse.html", context)


def detail(request, pk):
    """One place: what it is, what it was, what lies in it and where classes can meet."""
    place = place_for(request.user, "places.view_place", pk)
    today = timezone.localdate()
    # What went into it lies in it; what has ended is told by the history.
    members = members_of(place, today)
    units = units_below(place, today) if place.kind != Place.Kind.VILLAGE else []
    inside = [unit.place for unit in units if unit.rest is None]
    attach_ancestors(inside)
    venues = []
    if place.kind != Place.Kind.PROVINCE:
        venues = list(
            Venue.objects.filter(place__in=Place.objects.below_any(members))
            .select_related("place")
            .order_by("place__sort_key", "name")
        )
    user = request.user
    context = {
        "place": place,
        "crumbs": crumbs(request.user, place),
        "inside": inside,
        "venues": venues,
        "history": _history(place),
        "successors": place.successors.all().with_ancestors() if place.valid_to else [],
        "predecessors": _predecessors(place),
        "sheet": MapSheet.objects.filter(place=place).first(),
        "may_change": user.has_perm("places.change_place", place),
        "may_rename": user.has_perm(permission_to_rename(place), place),
        "may_merge": place.is_current()
        and place.kind != Place.Kind.PROVINCE
        and user.has_perm(permission_to_change_units(place), place),
        "may_draw": place.kind != Place.Kind.VILLAGE
        and user.has_perm("places.draw_boundaries", place),
        "may_import": user.has_perm("places.import_villages", place),
        "may_change_venue": user.has_perm("places.change_venue", place),
    }
    return render(request, "places/detail.html", context)


def _tops(user):
    """Return where a user's area begins, and what lies in it when it begins in one place only."""
    places = Place.objects.current().in_order()
    if user.is_superuser:
        return [(place, []) for place in places.provinces()]
    tops = list(places.filter(path__in=user.scope_paths()).with_ancestors())
    if len(tops) != 1:
        return [(place, []) for place in tops]
    return [(tops[0], list(places.children_of(tops[0])))]


def _predecessors(place):
    """Return (a unit that went into ``place``, whether only a part of it did), the last first."""
    units = list(place.predecessors.order_by("-valid_to", "sort_key").with_ancestors())
    if not units:
        return []
    links = Place.successors.through.objects.filter(from_place__in=units)
    heirs = Counter(links.values_list("from_place", flat=True))
    return [(unit, heirs[unit.pk] > 1) for unit in units]


def _history(place):
    """Return what the place was called and what went into it, as the page shows it."""
    level = LegacyName.Level
    names = list(place.legacy_names.order_by("level", "within", "pk"))
    parts = defaultdict(list)
    for name in names:
        if name.level in (level.COMMUNE, level.VILLAGE, level.PROVINCE):
            parts[name.within].append(name)
    return {
        "own": [name for name in names if name.level == level.OWN],
        "parts": sorted(parts.items()),
    }
