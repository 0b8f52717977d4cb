"""How far each place has come by a day, and when it was last heard of: all a map asks for."""

from collections import Counter
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
    campaign: Campaign, parent: Place, key: str, until: int | None = None
) -> dict[int, Standing]:
    """Return {place: standing} of the places directly below, now or as of a day, in one query.

    The same numbers as ``figures.numbers``. They are read by day, since the slider of the map asks
    for any day, and since what came last is only known by day.
    """
    if parent.depth + 1 not in LEVELS:
        return {}
    inside = LEVELS[parent.depth + 1]
    cells = Cell.objects.filter(campaign=campaign, parent_id=parent.pk)
    journal = Journal.objects.filter(
        campaign=campaign,
        **{LEVELS[parent.depth]: parent.pk, f"{inside.removesuffix('_id')}__isnull": False},
    )
    return _read(cells.values_list("place_id"), journal.values_list(inside), key, until)


def standing_at(
    campaign: Campaign, place: Place, key: str, until: int | None = None
) -> dict[int, Standing]:
    """Return the same of one place itself: {place: standing}, empty if nothing was counted."""
    cells = Cell.objects.filter(campaign=campaign, place_id=place.pk)
    journal = Journal.objects.filter(campaign=campaign, **{LEVELS[place.depth]: place.pk})
    return _read(
        cells.values_list("place_id"), journal.values_list(LEVELS[place.depth]), key, until
    )


def _read(cells, journal, key, until):
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
    both = [rows.filter(by_day, in_time).annotate(**sums) for rows in (cells, journal)]
    numbers, tolds, last = Counter(), Counter(), {}
    for place, number, tell, slot in both[0].union(both[1], all=True):
        numbers[place] += number or 0
        tolds[place] += tell or 0
        if slot is not None:
            last[place] = max(slot, last.get(place, 0))
    return {
        place: Standing(numbers[place] if numbers[place] or tolds[place] else None, last.get(place))
        for place in numbers
        if numbers[place] or tolds[place] or place in last
    }
