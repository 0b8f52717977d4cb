"""Which units there are on a day, and whose figures belong to each: the old map and the new one.

Nothing recorded ever moves from one place to another when units merge or split. So a map is a way
of reading: on the new one a merged unit is read in its successor, on the old one the parts of a
village are read in the village that they came from. Each place belongs to one unit of each map,
so every total is the same on all of them.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Left
from django.utils import timezone
from django.utils.translation import gettext as _

from places.models import Place

# What a list of units never needs; the lines of the map are asked for by name.
_HEAVY = ("search_text", "boundary")
# Whether a place ever went into another one or came out of one.
_TIED = Exists(Place.successors.through.objects.filter(from_place=OuterRef("pk"))) | Exists(
    Place.successors.through.objects.filter(to_place=OuterRef("pk"))
)


class Rest(Enum):
    """Why a unit stands on a map on whose day it does not exist: somebody must keep its figures."""

    SPLIT = "split"
    ENDED = "ended"
    FORMED_LATER = "formed_later"


@dataclass(frozen=True)
class MapUnit:
    """A unit of the map of one day, with every place whose figures are read in it."""

    place: Place
    members: tuple[Place, ...]
    # Set where only what could not be put elsewhere remains: leave it out when that is nothing.
    rest: Rest | None = None

    @property
    def name(self) -> str:
        """What the unit is called on this map: "thôn 3", "thôn 3 (đã chia)"."""
        return _shown(self.place, self.rest)

    @property
    def outline(self) -> str:
        """The boundaries of all members as one SVG path; for units fetched ``with_lines``."""
        return " ".join(member.boundary for member in self.members if member.boundary)


@dataclass(frozen=True)
class Map:
    """A place on the map of one day: whose figures it shows, and the units directly below it."""

    place: Place
    # Every place whose figures are read in it, itself first.
    members: tuple[Place, ...]
    units: list[MapUnit]


def map_of(place: Place, on: dt.date, *, with_lines: bool = False) -> Map:
    """Return ``place`` and the units directly below it on the map of a day, in order.

    One query where nothing ever merged or split here, two where it did below, three where
    ``place`` itself has a history. ``with_lines`` fetches the boundaries of the units too.
    """
    near = Place.objects.filter(pk=place.pk)
    if place.kind != Place.Kind.VILLAGE:
        near |= Place.objects.children_of(place)
    found = list(_as_asked(near.annotate(_is_tied=_TIED), with_lines))
    below = [one for one in found if one.pk != place.pk]
    if not any(one._is_tied for one in found):
        return Map(place, (place,), _units(below, _Links(()), on))
    links = _links(place)
    together = {place.pk: place}
    if others := _tied_to(place, links):
        more = list(_as_asked(_with_children(place, others), with_lines))
        together |= {one.pk: one for one in more if one.pk in others}
        members = _read_in(place, together, links, on)
        paths = tuple(member.path for member in members)
        below += [one for one in more if one.pk not in others and one.path.startswith(paths)]
        below.sort(key=lambda one: (one.sort_key, one.path))
        if place.depth == 1 and len(members) > 1:
            links = _links(*members)
    else:
        members = (place,)
    return Map(place, members, _units(below, links, on))


def units_below(place: Place, on: dt.date, *, with_lines: bool = False) -> list[MapUnit]:
    """Return the units directly below ``place`` on the map of a day, in order; see `map_of`."""
    return map_of(place, on, with_lines=with_lines).units


def members_of(place: Place, on: dt.date) -> tuple[Place, ...]:
    """Return every place whose figures are read in ``place`` on the map of a day, itself first.

    One query, two where it has taken in others. A place that is no unit of that map is itself.
    """
    links = _links(place)
    return _read_in(place, _together(place, links), links, on)


def members_today(place: Place) -> tuple[Place, ...]:
    """Return what is one with ``place`` today: its unit, and all whose figures are read in it.

    Of a place that has ended, it is what it went into that counts. One query where nothing
    happened to it.
    """
    today = timezone.localdate()
    return members_of(place if place.is_current(today) else unit_of(place, today), today)


def lies_in(places: Iterable[Place], relation: str) -> Q:
    """Return the condition that a row's ``relation`` is one of ``places`` or lies in one."""
    condition = Q(pk__in=[])
    for place in places:
        condition |= Q(**{f"{relation}__path__startswith": place.path})
    return condition


def unit_of(place: Place, on: dt.date) -> Place:
    """Return the unit in which the figures of ``place`` are read on the map of a day."""
    links = _links(place)
    return _unit(place, _together(place, links), links, on)[0]


def days_of_change(place: Place, since: dt.date, until: dt.date) -> list[dt.date]:
    """Return the days in a span on which units below ``place`` merged or were split.

    Each is the first day of a new map. One query.
    """
    links = _links(place, and_days=True)
    days = {end + dt.timedelta(days=1) for end in links.days if end is not None}
    return sorted(day for day in days if since < day <= until)


class _Links:
    """Which place went into which: the edges of the history, by key."""

    def __init__(self, rows):
        self.after: dict[int, list[int]] = defaultdict(list)
        self.before: dict[int, list[int]] = defaultdict(list)
        self.days = set()
        for old, new, last_day in rows:
            self.after[old].append(new)
            self.before[new].append(old)
            self.days.add(last_day)


def _links(*places: Place, and_days: bool = False) -> _Links:
    """Fetch the history of the provinces of ``places``, which is short, in one query."""
    condition = Q()
    for place in places:
        top = place.path if and_days else place.path[: Place.steplen]
        condition |= Q(from_place__path__startswith=top)
    if not and_days and any(place.depth == 1 for place in places):
        condition |= Q(from_place__depth=1)
    rows = Place.successors.through.objects.filter(condition)
    return _Links(rows.values_list("from_place", "to_place", "from_place__valid_to"))


def _tied_to(place: Place, links: _Links) -> set[int]:
    """Return the keys of what is tied to ``place`` by mergers and splits, however far."""
    seen, waiting = {place.pk}, [place.pk]
    while waiting:
        pk = waiting.pop()
        for other in (*links.after.get(pk, ()), *links.before.get(pk, ())):
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return seen - {place.pk}


def _together(place: Place, links: _Links) -> dict[int, Place]:
    """Fetch the places that are tied to ``place`` by mergers and splits."""
    places = {place.pk: place}
    if others := _tied_to(place, links):
        places |= {p.pk: p for p in Place.objects.filter(pk__in=others).defer(*_HEAVY)}
    return places


def _read_in(
    place: Place, places: dict[int, Place], links: _Links, on: dt.date
) -> tuple[Place, ...]:
    """Return which of the places tied to ``place`` are read in it on a map, itself first."""
    others = [p for p in places.values() if p.pk != place.pk]
    if not others or _unit(place, places, links, on)[0].pk != place.pk:
        return (place,)
    read_here = [p for p in others if _unit(p, places, links, on)[0].pk == place.pk]
    return (place, *sorted(read_here, key=lambda p: p.path))


def _with_children(place: Place, others: set[int]):
    """Return the query for other places of the same level, and for what lies directly below."""
    named = Place.objects.filter(pk__in=others)
    if place.kind == Place.Kind.VILLAGE:
        return named
    above = named.filter(path=Left(OuterRef("path"), place.depth * Place.steplen))
    below = Place.objects.filter(depth=place.depth + 1)
    if place.depth > 1:
        # A commune goes into another one of its province.
        below = below.filter(path__startswith=place.path[: Place.steplen])
    return named | below.filter(Exists(above))


def _as_asked(places, with_lines: bool):
    return places.in_order() if with_lines else places.in_order().defer(*_HEAVY)


def _units(places: Iterable[Place], links: _Links, on: dt.date) -> list[MapUnit]:
    by_pk = {place.pk: place for place in places}
    members: dict[int, list[Place]] = defaultdict(list)
    rests = {}
    for place in by_pk.values():
        unit, rest = _unit(place, by_pk, links, on)
        members[unit.pk].append(place)
        rests[unit.pk] = rest
    return [
        MapUnit(
            place,
            tuple(sorted(members[place.pk], key=lambda p: (p.pk != place.pk, p.path))),
            rests[place.pk],
        )
        for place in by_pk.values()
        if place.pk in members
    ]


def _unit(place: Place, places: dict[int, Place], links: _Links, on: dt.date):
    """Return the unit of ``place`` on a map, and why it stands there if it should not."""
    seen = set()
    while not place.is_current(on):
        seen.add(place.pk)
        has_ended = place.valid_to is not None and place.valid_to < on
        others = (links.after if has_ended else links.before).get(place.pk, [])
        if len(others) == 1 and others[0] in places and others[0] not in seen:
            place = places[others[0]]
        elif has_ended:
            return place, Rest.SPLIT if len(others) > 1 else Rest.ENDED
        else:
            # A village without a history was there all the time and only written down later.
            return place, Rest.FORMED_LATER if others else None
    return place, None


def _shown(place: Place, rest: Rest | None) -> str:
    words = {
        Rest.SPLIT: _("%(name)s (split up)"),
        Rest.ENDED: _("%(name)s (ended)"),
        Rest.FORMED_LATER: _("%(name)s (formed later)"),
    }
    return words[rest] % {"name": place.full_name} if rest else place.full_name
