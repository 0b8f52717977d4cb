"""Read the counters: cells and unfolded journal together, in one statement."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from django.db.models import QuerySet, Sum

from campaigns.models import MEASURES, Campaign, Cell, CountKind, Journal
from places.models import Place

# The journal's column of a place, by the place's depth.
LEVELS = {1: "province_id", 2: "commune_id", 3: "village_id"}


def figures(campaign: Campaign, parent: Place) -> dict[int, dict[str, int]]:
    """Return {place id: {measure: n}} of the places directly below ``parent``, exact to the moment.

    Places of which nothing was ever counted are missing.
    """
    cells, journal = below(campaign, parent, CountKind.GROUP)
    return together(cells, journal)


def totals(campaign: Campaign, place: Place, by: str = "day") -> dict[int, dict[str, int]]:
    """Return {slot: {measure: n}} of one place, by "day" of the campaign or by "group"."""
    kind = {"day": CountKind.DAY, "group": CountKind.GROUP}[by]
    cells, journal = at(campaign, place, kind)
    return together(cells.values_list("slot"), journal.values_list("slot"))


def total(campaign: Campaign, place: Place) -> dict[str, int]:
    """Return {measure: n} of one place, everything together."""
    counted = Counter(dict.fromkeys(MEASURES, 0))
    for values in totals(campaign, place, by="group").values():
        counted.update(values)
    return dict(counted)


def at(campaign: Campaign, place: Place, kind: int) -> tuple[QuerySet, QuerySet]:
    """Return the cells and the journal of one place."""
    return (
        Cell.objects.filter(campaign=campaign, kind=kind, place_id=place.pk),
        Journal.objects.filter(campaign=campaign, kind=kind, **{LEVELS[place.depth]: place.pk}),
    )


def below(campaign: Campaign, parent: Place, kind: int, *columns: str) -> tuple[QuerySet, QuerySet]:
    """Return the cells and the journal of the places directly below, by place and ``columns``."""
    cells = Cell.objects.filter(campaign=campaign, kind=kind, parent_id=parent.pk)
    journal = Journal.objects.filter(campaign=campaign, kind=kind)
    if parent.depth + 1 not in LEVELS:
        return cells.none(), journal.none()
    inside = LEVELS[parent.depth + 1]
    # What was noted at the whole commune belongs to none of its villages.
    journal = journal.filter(
        **{LEVELS[parent.depth]: parent.pk, f"{inside.removesuffix('_id')}__isnull": False}
    )
    return cells.values_list("place_id", *columns), journal.values_list(inside, *columns)


def together(
    cells: QuerySet, journal: QuerySet, measures: Sequence[str] = MEASURES, keys: int = 1
) -> dict:
    """Sum cells and journal by their first ``keys`` columns, in one statement.

    One statement is one moment of the database: two would see a difference twice, or not at all,
    when a fold ends between them. Whatever adds up to nothing is left out.
    """
    sums = {f"sum_{measure}": Sum(measure) for measure in measures}
    counted: dict = defaultdict(Counter)
    for row in cells.annotate(**sums).union(journal.annotate(**sums), all=True):
        key = row[0] if keys == 1 else row[:keys]
        counted[key].update(dict(zip(measures, row[keys:], strict=True)))
    return {key: dict(values) for key, values in counted.items() if any(values.values())}
