"""Figures are counted as things happen: change → journal → cells.

``counting`` is the only way to change what an enrolment adds to the figures. It appends the
difference to a journal in the transaction that changes the facts, so writers never wait for a
counter. A fold moves journal rows into cells for village, commune and province. A reader takes
cells and unfolded journal in one statement, so a difference is seen once whether it is folded or
not, and a figure is exact at every moment.

Enrolments belong to ``progress``, which stands above this app. The counters know them only as
"whatever points at ``Campaign`` as ``enrolments``", by these names: ``campaign_id, village_id,
age_band, sex_slot, enrolled_day, first_day, completed_day, certified_day, withdrawn_at``, and the
query-set method ``visits_by_day(ids) -> {id: {day: n}}``, which reads the evenings attended.
"""

import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import cast

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Substr
from django.utils.translation import gettext as _

from campaigns.models import MEASURES, Campaign, Cell, CountKind, FoldLock, Journal
from campaigns.rules import contrib
from campaigns.rules.counting import Countable
from places.models import Place

# A change of one of these carries a person's whole record, evenings included, somewhere else.
_CARRIES_VISITS = ("campaign_id", "village_id", "age_band", "sex_slot", "withdrawn_at")

# A statement for each row is dear, and so is one that tells many rows apart.
_FEW = 3

_held = threading.local()


class Counted(dict):
    """The enrolments that are being changed, by id, locked until the end of the block."""

    def __init__(self, rows):
        super().__init__((row.pk, row) for row in rows)
        self._before = {pk: dict(_values(row)) for pk, row in self.items()}
        self._visits: dict[int, Counter] = defaultdict(Counter)

    def visit(self, enrolment, day: int, by: int = 1) -> None:
        """Say that an evening attended on ``day`` was added (1) or taken back (−1)."""
        self._visits[enrolment.pk][day] += by

    def _settle(self) -> None:
        changed = {pk: names for pk in self if (names := self._changed(pk))}
        self._save(changed)
        differences: Counter = Counter()
        visits = self._visits_before_and_after(changed)
        for pk, row in self.items():
            was = self._before[pk]
            before = cast(Countable, SimpleNamespace(**was))
            had, has = visits.get(pk, (None, None))
            for sign, values, counted in (
                (-1, was, contrib(before, had)),
                (+1, dict(_values(row)), contrib(row, has)),
            ):
                where = values["campaign_id"], values["village_id"]
                for key, n in counted.items():
                    differences[*where, *key] += sign * n
        _append(differences)

    def _changed(self, pk):
        before = self._before[pk]
        return {name for name, value in _values(self[pk]) if before[name] != value}

    def _save(self, changed):
        """Save what changed; after an evening, most rows get the very same values."""
        alike = defaultdict(list)
        for pk, names in changed.items():
            alike[tuple((name, getattr(self[pk], name)) for name in sorted(names))].append(pk)
        if len(alike) <= _FEW:
            for values, pks in alike.items():
                _enrolments().filter(pk__in=pks).update(**dict(values))
        else:
            names = set().union(*changed.values())
            rows = [self[pk] for pk in changed]
            _enrolments().bulk_update(rows, names, batch_size=200)

    def _visits_before_and_after(self, changed):
        """Return {id: (evenings by day before, and now)} of those whose evenings count anew."""
        carried = [pk for pk, names in changed.items() if names & set(_CARRIES_VISITS)]
        now = _enrolments().visits_by_day(carried) if carried else {}
        both = {}
        for pk in {*carried, *self._visits}:
            # Of those who stay where they are, only what changed has to be counted.
            after = Counter(now.get(pk, {})) if pk in carried else self._visits[pk]
            before = Counter(after)
            before.subtract(self._visits[pk])
            both[pk] = before, after
        return both


@contextmanager
def counting(ids: Iterable[int]) -> Iterator[Counted]:
    """Lock enrolments, let the caller change them, then save them and count the difference.

    ``with counting([e.pk for e in those]) as rows:`` yields {id: enrolment} as they are in the
    database now; change these objects, not older copies. Write attendances inside the block and
    report each evening that was gained or lost with ``rows.visit(enrolment, day, ±1)``. On leaving,
    only rows and fields that differ are saved, and only differences are journalled, so repeating
    a mark changes nothing. Moving to another village, a corrected year of birth, withdrawal and
    coming back carry the evenings along by themselves. An exception undoes everything.

    Rows are locked in the order of their ids, so that two writers never wait for each other in a
    circle; a block must not open another one over the same enrolments.
    """
    ids = set(ids)
    held = _held.__dict__.setdefault("ids", set())
    if ids & held:
        raise RuntimeError("These enrolments are already being counted further out.")
    with transaction.atomic():
        locked = _enrolments().select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
        held |= ids
        try:
            rows = Counted(locked)
            yield rows
            rows._settle()
        finally:
            held -= ids


def count_new(*enrolments) -> None:
    """Count enrolments that were created a moment ago, in this same transaction."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("Create and count in one transaction.")
    differences: Counter = Counter()
    for row in enrolments:
        for key, n in contrib(row).items():
            differences[row.campaign_id, row.village_id, *key] += n
    _append(differences)


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
        parents: dict[int, int | None] = {}
        sums: dict[tuple, Counter] = defaultdict(Counter)
        for row in rows:
            lineage = (row.village_id, row.commune_id, row.province_id)
            parents.update(zip(lineage, (*lineage[1:], None), strict=True))
            for place in lineage:
                sums[row.campaign_id, row.kind, place, row.slot].update(
                    {measure: getattr(row, measure) for measure in MEASURES}
                )
        _add_to_cells(sums, parents)
        Journal.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def _add_to_cells(sums, parents) -> None:
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


def figures(campaign: Campaign, parent: Place) -> dict[int, dict[str, int]]:
    """Return {place id: {measure: n}} of the places directly below ``parent``, exact to the moment.

    Places of which nothing was ever counted are missing.
    """
    inside = {1: ("province_id", "commune_id"), 2: ("commune_id", "village_id")}
    if parent.depth not in inside:
        return {}
    above, below = inside[parent.depth]
    cells = Cell.objects.filter(campaign=campaign, kind=CountKind.GROUP, parent_id=parent.pk)
    journal = Journal.objects.filter(campaign=campaign, kind=CountKind.GROUP, **{above: parent.pk})
    return _together(cells.values_list("place_id"), journal.values_list(below))


def totals(campaign: Campaign, place: Place, by: str = "day") -> dict[int, dict[str, int]]:
    """Return {slot: {measure: n}} of one place, by "day" of the campaign or by "group"."""
    kind = {"day": CountKind.DAY, "group": CountKind.GROUP}[by]
    level = {1: "province_id", 2: "commune_id", 3: "village_id"}[place.depth]
    cells = Cell.objects.filter(campaign=campaign, kind=kind, place_id=place.pk)
    journal = Journal.objects.filter(campaign=campaign, kind=kind, **{level: place.pk})
    return _together(cells.values_list("slot"), journal.values_list("slot"))


def total(campaign: Campaign, place: Place) -> dict[str, int]:
    """Return {measure: n} of one place, everything together."""
    together = Counter(dict.fromkeys(MEASURES, 0))
    for counted in totals(campaign, place, by="group").values():
        together.update(counted)
    return dict(together)


def _together(cells, journal):
    """Sum cells and journal by their first column, in one statement: one moment of the database.

    Two statements would see a difference twice, or not at all, when a fold ends between them.
    """
    sums = {f"sum_{measure}": Sum(measure) for measure in MEASURES}
    counted: dict[int, Counter] = defaultdict(Counter)
    for key, *values in cells.annotate(**sums).union(journal.annotate(**sums), all=True):
        counted[key].update(dict(zip(MEASURES, values, strict=True)))
    return {key: dict(values) for key, values in counted.items() if any(values.values())}


def _append(differences: Counter) -> None:
    """Append the differences that are not nothing to the journal."""
    rows: dict[tuple, dict[str, int]] = defaultdict(dict)
    for (campaign, village, kind, slot, measure), n in differences.items():
        if n:
            rows[campaign, village, kind, slot][measure] = n
    if not rows:
        return
    above = _above({village for _campaign, village, _kind, _slot in rows})
    Journal.objects.bulk_create(
        Journal(
            campaign_id=campaign,
            village_id=village,
            commune_id=above[village][0],
            province_id=above[village][1],
            kind=kind,
            slot=slot,
            **measures,
        )
        for (campaign, village, kind, slot), measures in sorted(rows.items())
    )


def _above(villages: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Return {village: (its commune, its province)}, in one query."""
    levels = [
        Subquery(
            Place.objects.filter(path=Substr(OuterRef("path"), 1, Place.steplen * depth))
            .order_by()
            .values("pk")[:1]
        )
        for depth in (2, 1)
    ]
    found = Place.objects.villages().filter(pk__in=villages).order_by()
    above = {
        pk: (commune, province)
        for pk, commune, province in found.annotate(
            commune_pk=levels[0], province_pk=levels[1]
        ).values_list("pk", "commune_pk", "province_pk")
    }
    if len(above) < len(set(villages)):
        raise ValidationError(_("A learner must belong to a village."), code="not_a_village")
    return above


def _enrolments():
    """Return the enrolments, whose class this app must not import."""
    return Campaign._meta.get_field("enrolments").related_model._default_manager.all()


def _values(row):
    """Yield (name, value) of every column of a row."""
    for field in row._meta.concrete_fields:
        if not field.primary_key:
            yield field.attname, getattr(row, field.attname)
