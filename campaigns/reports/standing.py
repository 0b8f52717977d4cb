"""How far each place has come by a day, and when it was last heard of: all a map asks for."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Max, Q, Sum

from campaigns.models import MEASURES, Campaign, Cell, CountKind, Indicator, Journal
from campaigns.rules import own_kind
from campaigns.services.totals import LEVELS
from places.models import Place

_ANYTHING = Q()
for _measure in MEASURES:
    _ANYTHING |= ~Q(**{_measure: 0})


@dataclass(frozen=True)
class Standing:
    """What is known of one place."""

    # None: nothing at all was ever counted, which is not the same as nobody came.
    number: int | None
    # The last day of the campaign on which anything was counted, whatever it was.
    last_day: int | None


def standing(
    campaign: Campaign,
    parents: Sequence[Place],
    key: str,
    until: int | None = None,
    *,
    themselves: bool = False,
) -> dict[int, Standing]:
    """Return {place: standing} of the places directly below, now or as of a day, in one query.

    The same numbers as ``figures.numbers``. They are read by day, since the slider of the map asks
    for any day, and since what came last is only known by day. The parents are of one level;
    ``themselves`` reads them in the same query.
    """
    depth = parents[0].depth
    if depth + 1 not in LEVELS:
        return standing_at(campaign, parents, key, until) if themselves else {}
    inside = LEVELS[depth + 1]
    wanted = [parent.pk for parent in parents]
    cells = Cell.objects.filter(campaign=campaign, parent_id__in=wanted)
    journal = Journal.objects.filter(
        campaign=campaign,
        **{f"{LEVELS[depth]}__in": wanted, f"{inside.removesuffix('_id')}__isnull": False},
    )
    rows = [cells.values_list("place_id"), journal.values_list(inside)]
    if themselves:
        rows += _at(campaign, parents)
    return _read(rows, key, until)


def standing_at(
    campaign: Campaign, places: Sequence[Place], key: str, until: int | None = None
) -> dict[int, Standing]:
    """Return the same of places themselves, which are of one level, in one query."""
    return _read(_at(campaign, places), key, until)


def _at(campaign, places):
    level, wanted = LEVELS[places[0].depth], [place.pk for place in places]
    return [
        Cell.objects.filter(campaign=campaign, place_id__in=wanted).values_list("place_id"),
        Journal.objects.filter(campaign=campaign, **{f"{level}__in": wanted}).values_list(level),
    ]


def _read(many, key, until):
    is_own = key not in Indicator.values
    kind = own_kind(int(key.removeprefix("o"))) if is_own else CountKind.DAY
    measure = "amount" if is_own else key
    # Whoever adds anything is enrolled; a list of residents alone is no report.
    tells = Q(kind=kind) if is_own or key == Indicator.REGISTERED else Q(kind=CountKind.DAY)
    told = measure if is_own or key == Indicator.REGISTERED else "enrolled"
    # Days of the classes and of the campaign's own indicators; not ages, languages or teams.
    by_day = Q(kind=CountKind.DAY) | Q(kind__gt=own_kind(0))
    in_time = Q() if until is None else Q(slot__lte=until)
    sums = {
        "number_sum": Sum(measure, filter=Q(kind=kind)),
        "told_sum": Sum(told, filter=tells),
        "last_slot": Max("slot", filter=_ANYTHING),
    }
    first, *others = [rows.filter(by_day, in_time).annotate(**sums) for rows in many]
    numbers, tolds, last = Counter(), Counter(), {}
    for place, number, tell, slot in first.union(*others, all=True):
        numbers[place] += number or 0
        tolds[place] += tell or 0
        if slot is not None:
            last[place] = max(slot, last.get(place, 0))
    return {
        place: Standing(numbers[place] if numbers[place] or tolds[place] else None, last.get(place))
        for place in numbers
        if numbers[place] or tolds[place] or place in last
    }
