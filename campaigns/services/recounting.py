"""Hold the counters to the facts: compare them, and mend what differs."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Sum

from campaigns.models import MEASURES, Campaign, Cell, FoldLock, Journal, Outcome
from campaigns.rules import own_kind
from campaigns.services.folding import add_to_cells
from campaigns.services.journal import lineages_of
from campaigns.services.registered import registered_facts
from places.models import Place

Facts = Mapping[tuple[int, int, int], Mapping[str, int]]


@dataclass(frozen=True, order=True)
class Difference:
    """A counter that does not say what the facts say."""

    kind: int
    place: int
    slot: int
    measure: str
    counted: int
    fact: int


def compare(campaign: Campaign, facts: Facts) -> list[Difference]:
    """Return every counter of the campaign, at every level, that differs from the facts.

    ``facts`` are {(kind, village id, slot): {measure: n}} of its enrolments, computed from the rows
    themselves; who is registered and what outcomes were noted is asked here. Call this inside the
    snapshot in which they were read; otherwise writers in between look like errors.
    """
    counted: dict[tuple, Counter] = defaultdict(Counter)
    for cell in Cell.objects.filter(campaign=campaign).iterator():
        counted[cell.kind, cell.place_id, cell.slot].update(_measures(cell))
    for row in Journal.objects.filter(campaign=campaign).iterator():
        for place in filter(None, (row.village_id, row.commune_id, row.province_id)):
            counted[row.kind, place, row.slot].update(_measures(row))
    expected = _summed_upwards(_with_own(campaign, facts))
    return sorted(
        Difference(kind, place, slot, measure, counted[key][measure], expected[key][measure])
        for key in {*counted, *expected}
        for kind, place, slot in [key]
        for measure in MEASURES
        if counted[key][measure] != expected[key][measure]
    )


@transaction.atomic
def repair(campaign: Campaign, differences: list[Difference]) -> None:
    """Add what is missing to the cells and take away what is too much.

    Only differences are written, so this is right even while people go on marking.
    """
    FoldLock.objects.get_or_create(pk=1)
    FoldLock.objects.select_for_update().get(pk=1)
    sums: dict[tuple, Counter] = defaultdict(Counter)
    for d in differences:
        sums[campaign.pk, d.kind, d.place, d.slot][d.measure] += d.fact - d.counted
    add_to_cells(sums, _parents({d.place for d in differences}))


def _with_own(campaign: Campaign, facts: Facts) -> Facts:
    """Return the facts of enrolments together with those that this app knows by itself."""
    every: dict[tuple[int, int, int], Counter] = defaultdict(Counter)
    for key, measures in facts.items():
        every[key].update(measures)
    for key, n in registered_facts(campaign).items():
        every[key]["registered"] += n
    outcomes = Outcome.objects.standing().filter(campaign=campaign).order_by()
    noted = outcomes.values_list("indicator__number", "place_id", "day").annotate(Sum("amount"))
    for number, place, day, amount in noted:
        every[own_kind(number), place, day]["amount"] += amount
    return every


def _measures(row):
    return {measure: getattr(row, measure) for measure in MEASURES}


def _summed_upwards(facts: Facts) -> dict[tuple, Counter]:
    """Return the facts of villages together with those of their communes and provinces."""
    lineages = lineages_of({place for _kind, place, _slot in facts}, or_communes=True)
    summed: dict[tuple, Counter] = defaultdict(Counter)
    for (kind, counted_at, slot), measures in facts.items():
        for place in lineages[counted_at].places:
            summed[kind, place, slot].update(measures)
    return summed


def _parents(places: set[int]) -> dict[int, int | None]:
    from_path = {}
    tree = Place.objects.in_bulk(places)
    paths = {place.path[: -Place.steplen] for place in tree.values() if place.depth > 1}
    by_path = dict(Place.objects.filter(path__in=paths).values_list("path", "pk"))
    for pk, place in tree.items():
        from_path[pk] = by_path[place.path[: -Place.steplen]] if place.depth > 1 else None
    return from_path
