"""Figures are counted as things happen: change → journal → cells.

``counting`` is the only way to change what an enrolment adds to the figures. It appends the
difference to a journal in the transaction that changes the facts, so writers never wait for a
counter. A fold moves journal rows into cells for village, commune and province. A reader takes
cells and unfolded journal in one statement, so a difference is seen once whether it is folded or
not, and a figure is exact at every moment.

Enrolments belong to ``progress``, which stands above this app. The counters know them only as
"whatever points at ``Campaign`` as ``enrolments``", by the names of
`campaigns.rules.counting.Countable`, ``campaign_id, village_id, class_group_id``, and the query-set
method ``visits_by_day(ids) -> {id: {day: n}}``, which reads the evenings attended. Two more things
are counted: residents who are registered (`campaigns.services.registered`), and outcomes of an
organiser's own indicators (`count_outcomes`).
"""

import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import cast

from django.db import connection, transaction

from campaigns.models import Audience, Campaign, ClassGroup
from campaigns.rules import contrib, own_kind
from campaigns.rules.counting import Countable
from campaigns.services.journal import append, lineages_of

# A change of one of these carries a person's whole record, evenings included, somewhere else.
_CARRIES_VISITS = {
    "campaign_id",
    "village_id",
    "age_band",
    "sex_slot",
    "language_slot",
    "team_id",
    "audience",
    "withdrawn_at",
}

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
        self._follow_classes()
        changed = {pk: names for pk in self if (names := self._changed(pk))}
        self._save(changed)
        differences: Counter = Counter()
        visits = self._visits_before_and_after(changed)
        for pk in {*changed, *self._visits}:
            row, was = self[pk], self._before[pk]
            before = cast(Countable, SimpleNamespace(**was))
            had, has = visits.get(pk, (None, None))
            for sign, values, counted in (
                (-1, was, contrib(before, had)),
                (+1, dict(_values(row)), contrib(row, has)),
            ):
                where = values["campaign_id"], values["village_id"]
                for key, n in counted.items():
                    differences[*where, *key] += sign * n
        append(differences)

    def _follow_classes(self):
        """Let whoever came into another class count with its team and its audience."""
        joined = [
            row
            for pk, row in self.items()
            if row.class_group_id != self._before[pk]["class_group_id"]
        ]
        columns = class_columns({row.class_group_id for row in joined})
        for row in joined:
            row.team_id, row.audience = columns[row.class_group_id]

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
        carried = [pk for pk, names in changed.items() if names & _CARRIES_VISITS]
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


def class_columns(
    classes: Iterable[int | None], *, joined: bool = True
) -> dict[int | None, tuple[int | None, int]]:
    """Return {class: (its team, its audience)}.

    Classes that somebody joins in this transaction are locked: nobody joins one while it goes to
    another team.
    """
    columns: dict[int | None, tuple[int | None, int]] = {None: (None, Audience.ANYBODY)}
    if wanted := {pk for pk in classes if pk is not None}:
        found = ClassGroup.objects.filter(pk__in=wanted).order_by("pk")
        if joined:
            found = found.select_for_update(no_key=True)
        for pk, team, audience in found.values_list("pk", "team_id", "audience"):
            columns[pk] = team, audience
    return columns


def count_new(*enrolments) -> None:
    """Count enrolments that were created a moment ago, in this same transaction."""
    _require_transaction()
    differences: Counter = Counter()
    for row in enrolments:
        for key, n in contrib(row).items():
            differences[row.campaign_id, row.village_id, *key] += n
    append(differences)


def count_outcomes(noted: Iterable[tuple[int, int, int, int, int]]) -> None:
    """Count outcomes: (campaign, number of the indicator, place, day of the campaign, amount).

    To be called in the transaction that notes them; a negative amount takes one back. The place is
    a village or a commune: what was noted at a whole commune counts there and in its province, and
    in none of its villages.
    """
    _require_transaction()
    differences: Counter = Counter()
    for campaign, number, place, day, amount in noted:
        differences[campaign, place, own_kind(number), day, "amount"] += amount
    places = {place for _campaign, place, *_rest in differences}
    append(differences, lineages_of(places, or_communes=True))


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("Change and count in one transaction.")


def _enrolments():
    """Return the enrolments, whose class this app must not import."""
    return Campaign._meta.get_field("enrolments").related_model._default_manager.all()


def _values(row):
    """Yield (name, value) of every column of a row."""
    for field in row._meta.concrete_fields:
        if not field.primary_key:
            yield field.attname, getattr(row, field.attname)
