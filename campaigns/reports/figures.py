"""The one door through which figures are read: exact now, or as of a day of the campaign.

A key is a built-in indicator ("reached") or an organiser's own ("o3"). Places of which nothing was
ever counted are missing, and that is not the same as nothing reached: who came to no class yet has
0 completed, whoever nobody ever enrolled has no figure at all.
"""

from collections import defaultdict

from django.db.models import Max, Q

from campaigns.models import MEASURES, Campaign, Cell, CountKind, Indicator, Journal
from campaigns.rules import OWN_KIND, own_kind
from campaigns.services.totals import LEVELS, at, below, together
from places.models import Place

_ANYTHING = Q()
for _measure in MEASURES:
    _ANYTHING |= ~Q(**{_measure: 0})


def numbers(
    campaign: Campaign, parent: Place, key: str, until: int | None = None
) -> dict[int, int]:
    """Return {place: n} of the places directly below ``parent``, now or up to a day inclusive."""
    kind, measures = _where(key, by_day=until is not None)
    cells, journal = below(campaign, parent, kind)
    if until is not None:
        cells, journal = cells.filter(slot__lte=until), journal.filter(slot__lte=until)
    counted = together(cells, journal, measures)
    return {place: values[measures[0]] for place, values in counted.items()}


def number(campaign: Campaign, place: Place, key: str, until: int | None = None) -> int | None:
    """Return the figure of one place, or None if nothing at all was ever counted there."""
    kind, measures = _where(key, by_day=until is not None)
    cells, journal = at(campaign, place, kind)
    if until is not None:
        cells, journal = cells.filter(slot__lte=until), journal.filter(slot__lte=until)
    counted = together(cells.values_list("kind"), journal.values_list("kind"), measures)
    return counted[kind][measures[0]] if kind in counted else None


def series(campaign: Campaign, place: Place, key: str) -> dict[int, int]:
    """Return {day: what was added on it} of one place; day 0 is before the first day."""
    kind, (measure, *_) = _where(key, by_day=True)
    cells, journal = at(campaign, place, kind)
    cells, journal = cells.values_list("slot"), journal.values_list("slot")
    counted = together(cells, journal, (measure,))
    return {day: values[measure] for day, values in sorted(counted.items())}


def series_below(campaign: Campaign, parent: Place, key: str) -> dict[int, dict[int, int]]:
    """Return {place: {day: what was added on it}} of the places directly below, in one query."""
    kind, (measure, *_) = _where(key, by_day=True)
    cells, journal = below(campaign, parent, kind, "slot")
    counted = together(cells, journal, (measure,), keys=2)
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for (place, day), values in sorted(counted.items()):
        found[place][day] = values[measure]
    return dict(found)


def groups(campaign: Campaign, place: Place, kind: int) -> dict[int, dict[str, int]]:
    """Return {slot: {measure: n}} of one place, for one of the kinds of `CountKind`."""
    cells, journal = at(campaign, place, kind)
    measures = tuple(Indicator.values)
    return together(cells.values_list("slot"), journal.values_list("slot"), measures)


def last_news(campaign: Campaign, parent: Place) -> dict[int, int]:
    """Return {place: the last day of the campaign on which anything was counted there}."""
    by_day = Q(kind=CountKind.DAY) | Q(kind__gt=OWN_KIND)
    inside = LEVELS.get(parent.depth + 1)
    if inside is None:
        return {}
    cells = Cell.objects.filter(by_day, _ANYTHING, campaign=campaign, parent_id=parent.pk)
    journal = Journal.objects.filter(
        by_day,
        _ANYTHING,
        campaign=campaign,
        **{LEVELS[parent.depth]: parent.pk, f"{inside.removesuffix('_id')}__isnull": False},
    )
    last: dict[int, int] = {}
    for place, day in (
        cells.values_list("place_id")
        .annotate(last=Max("slot"))
        .union(journal.values_list(inside).annotate(last=Max("slot")), all=True)
    ):
        last[place] = max(day, last.get(place, 0))
    return last


def _where(key: str, *, by_day: bool) -> tuple[int, tuple[str, ...]]:
    """Return the kind of counter, and the measure; after it what tells that a place has figures.

    Everybody who adds anything is enrolled; only who is registered is not, and a list of residents
    alone is no report of what was reached.
    """
    if key in Indicator.values:
        kind = CountKind.DAY if by_day else CountKind.GROUP
        tells = () if key == Indicator.REGISTERED else ("enrolled",)
        return kind, tuple(dict.fromkeys((key, *tells)))
    return own_kind(int(key.removeprefix("o"))), ("amount",)
