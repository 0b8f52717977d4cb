"""Move the journal into cells, so that figures stay quick to read."""

from collections import Counter, defaultdict
from itertools import pairwise

from django.db import transaction

from campaigns.models import MEASURES, Cell, FoldLock, Journal


def fold(limit: int = 5000) -> int:
    """Move up to ``limit`` rows of the journal into cells; return how many there were.

    One at a time: whoever finds somebody else folding goes away. It is one transaction, so a
    reader sees a difference either in the journal or in the cells, never in both.
    """
    # Do not take SQLite's one writer's turn every two seconds for nothing.
    if not Journal.objects.exists():
        return 0
    with transaction.atomic():
        FoldLock.objects.get_or_create(pk=1)
        if not FoldLock.objects.select_for_update(skip_locked=True).filter(pk=1).exists():
            return 0
        rows = list(Journal.objects.order_by("pk")[:limit])
        parents: dict[int | None, int | None] = {}
        sums: dict[tuple, Counter] = defaultdict(Counter)
        for row in rows:
            lineage: list[int | None] = [row.commune_id, row.province_id, None]
            # What was noted at a whole commune belongs to none of its villages.
            if row.village_id:
                lineage.insert(0, row.village_id)
            parents.update(pairwise(lineage))
            for place in lineage[:-1]:
                sums[row.campaign_id, row.kind, place, row.slot].update(
                    {measure: getattr(row, measure) for measure in MEASURES}
                )
        add_to_cells(sums, parents)
        Journal.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def add_to_cells(sums, parents) -> None:
    """Add differences to cells; whoever calls this holds the fold lock."""
    cells = {}
    keys = list(sums)
    for start in range(0, len(keys), 200):
        chunk = keys[start : start + 200]
        cells.update({cell.pk: cell for cell in Cell.objects.filter(pk__in=chunk)})
    for key, added in sums.items():
        campaign, kind, place, slot = key
        cell = cells.get(key) or Cell(
            campaign_id=campaign, kind=kind, place_id=place, slot=slot, parent_id=parents[place]
        )
        cells[key] = cell
        for measure in MEASURES:
            setattr(cell, measure, getattr(cell, measure) + added[measure])
    # Absolute values are safe under the lock; an upsert cannot say "add" on every database.
    Cell.objects.bulk_create(
        cells.values(),
        update_conflicts=True,
        unique_fields=["campaign_id", "kind", "place_id", "slot"],
        update_fields=MEASURES,
        batch_size=200,
    )
