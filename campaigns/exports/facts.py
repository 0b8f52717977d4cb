"""Each night's facts without names: one table a file, as CSV and as Parquet.

People are numbers that are drawn anew each night: they tie the tables of one night together, and
neither two nights nor a file and a person. Rows stand in the order of these numbers, so that their
order tells nothing either. A year of birth is an age band; a village where fewer than five people
take part is named by no table about people. What each column means is in ``docs/statistics.md``,
and a test holds this file to it.

Rows are streamed: through a CSV of their own into DuckDB, which sorts them on disk and writes both
formats with the types given here.
"""

import csv
import datetime as dt
import hashlib
import hmac
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db.models import Count
from django.utils import timezone

from campaigns.exports.cells import safe
from campaigns.models import (
    MEASURES,
    Audience,
    Campaign,
    Cell,
    ClassSession,
    CountKind,
    Outcome,
    Target,
)
from campaigns.reports import indicators_of
from campaigns.rules import OWN_KIND, own_kind
from campaigns.rules.disclosure import STEP
from places.models import Place

# So many rows are read at once, and so often whoever makes the file is told that it goes on.
CHUNK = 5000
_MEMORY = "192MB"

WHOLE, WORDS, DAY, YES_NO, MOMENT = "BIGINT", "VARCHAR", "DATE", "BOOLEAN", "TIMESTAMP"


@dataclass(frozen=True)
class Night:
    """What the tables of one night have in common."""

    campaign: Campaign
    on: dt.date
    # Villages in which so many take part that they may be named.
    named_villages: frozenset[int]
    # {village: its commune}
    commune_of: dict[int, int]

    def person(self, enrolment: int) -> int:
        """Return tonight's number of somebody who takes part."""
        words = f"facts:{self.campaign.pk}:{self.on}:{enrolment}".encode()
        digest = hmac.digest(settings.SECRET_KEY.encode(), words, hashlib.sha256)
        return int.from_bytes(digest[:7])

    def village(self, village: int) -> int | None:
        return village if village in self.named_villages else None

    def is_hidden(self, place: int) -> bool:
        """Tell whether a place is a village that may not be named."""
        return place in self.commune_of and place not in self.named_villages

    def where(self, place: int) -> int:
        """Return the place, or its commune if it is a village that may not be named."""
        return self.commune_of[place] if self.is_hidden(place) else place


@dataclass(frozen=True)
class FactsTable:
    """One table: its columns with their types, and where the rows come from."""

    name: str
    columns: tuple[tuple[str, str], ...]
    rows: Callable[[Night], Iterator[tuple]]


TABLES: dict[str, FactsTable] = {}


def facts_table(table: str, /, **columns: str):
    """Make the decorated function, which yields rows, a table of the nightly files."""

    def register(rows):
        TABLES[table] = FactsTable(table, tuple(columns.items()), rows)
        return rows

    return register


def night_of(campaign: Campaign, on: dt.date) -> Night:
    """Return the night of a campaign."""
    rows = campaign.enrolments.order_by().values_list("village_id")
    people_in = dict(rows.annotate(n=Count("pk")))
    top = campaign.place.path[: Place.steplen]
    units = Place.objects.filter(path__startswith=top).order_by()
    communes = dict(units.filter(depth=2).values_list("path", "pk"))
    villages = units.filter(depth=3).values_list("pk", "path")
    return Night(
        campaign,
        on,
        frozenset(village for village, n in people_in.items() if n >= STEP),
        {pk: communes[path[: 2 * Place.steplen]] for pk, path in villages},
    )


@contextmanager
def written(table: FactsTable, night: Night, beat: Callable[[int], None] = lambda n: None):
    """Yield (the number of rows, {"csv": path, "parquet": path}) of a table, in a passing folder.

    ``beat`` is called with the number of rows every few thousand.
    """
    with tempfile.TemporaryDirectory(prefix="facts-") as folder:
        raw = Path(folder, "raw.csv")
        n = _write_raw(raw, table, night, beat)
        files = {kind: Path(folder, f"{table.name}.{kind}") for kind in ("csv", "parquet")}
        _convert(raw, table, files, folder)
        yield n, files


def _write_raw(raw, table, night, beat):
    n = 0
    with raw.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        for n, row in enumerate(table.rows(night), start=1):
            writer.writerow(["" if cell is None else cell for cell in row])
            if n % CHUNK == 0:
                beat(n)
    return n


def _convert(raw, table, files, folder):
    # Heavy, and wanted once a night: only who writes these files loads it.
    import duckdb  # noqa: PLC0415

    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in table.columns)
    with duckdb.connect(
        config={
            "memory_limit": _MEMORY,
            "threads": 1,
            "temp_directory": str(Path(folder, "sorting")),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "preserve_insertion_order": False,
        }
    ) as engine:
        # Nothing here was typed by anybody: names of columns and of a folder of our own. What the
        # file looks like is said, since nothing can be guessed from one without rows.
        looks = "auto_detect=false, delim=',', quote='\"', escape='\"', header=false, nullstr=''"
        rows = f"SELECT * FROM read_csv('{raw}', {looks}, columns={{{columns}}}) ORDER BY ALL"  # noqa: S608
        engine.execute(f"COPY ({rows}) TO '{files['parquet']}' (FORMAT parquet, COMPRESSION zstd)")
        # A CSV is opened with a spreadsheet, too; in Parquet words stay as they were written.
        engine.create_function("guarded", safe, [WORDS], WORDS)
        words = [name for name, kind in table.columns if kind == WORDS]
        guarded = ", ".join(f"guarded({name}) AS {name}" for name in words)
        replaced = f"* REPLACE ({guarded})" if words else "*"
        lines = f"SELECT {replaced} FROM read_parquet('{files['parquet']}')"  # noqa: S608
        engine.execute("SET preserve_insertion_order = true")
        engine.execute(f"COPY ({lines}) TO '{files['csv']}' (FORMAT csv, HEADER)")


def _local(moment: dt.datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S}"


@facts_table(
    "places",
    place=WHOLE,
    code=WORDS,
    kind=WORDS,
    name=WORDS,
    parent=WHOLE,
    valid_from=DAY,
    valid_to=DAY,
    successor=WHOLE,
)
def _places(night):
    """A unit that went into several has a row for each of them."""
    inside = Place.objects.filter(path__startswith=night.campaign.place.path)
    above = Place.objects.filter(path__in=night.campaign.place.lineage())
    keys = dict((inside | above).order_by().values_list("path", "pk"))
    into = defaultdict(list)
    links = Place.successors.through.objects.filter(from_place__in=inside.order_by())
    for old, new in links.values_list("from_place", "to_place"):
        into[old].append(new)
    for place in inside.order_by("path").defer("boundary", "search_text").iterator(CHUNK):
        for successor in into.get(place.pk, [None]):
            yield (
                place.pk,
                place.code,
                place.kind,
                place.full_name,
                keys.get(place.path[: -Place.steplen]),
                place.valid_from,
                place.valid_to,
                successor,
            )


@facts_table("indicators", indicator=WORDS, label=WORDS, unit=WORDS, counts_people=YES_NO)
def _indicators(night):
    for info in indicators_of(night.campaign).values():
        yield info.key, info.label, info.unit, info.counts_people


@facts_table(
    "targets",
    place=WHOLE,
    indicator=WORDS,
    goal=WHOLE,
    denominator=WHOLE,
    source_date=DAY,
    source=WORDS,
)
def _targets(night):
    yield from (
        Target.objects.filter(campaign=night.campaign)
        .order_by("pk")
        .values_list("place_id", "indicator", "goal", "denominator", "as_of", "source")
        .iterator(CHUNK)
    )


@facts_table(
    "sessions",
    session=WHOLE,
    class_group=WHOLE,
    place=WHOLE,
    team=WHOLE,
    audience=WORDS,
    course=WHOLE,
    lesson=WHOLE,
    day=WHOLE,
    starts_at=MOMENT,
    minutes=WHOLE,
    state=WORDS,
)
def _sessions(night):
    rows = ClassSession.objects.filter(campaign=night.campaign).select_related("class_group")
    for session in rows.order_by("pk").iterator(CHUNK):
        group = session.class_group
        day = night.campaign.day_number(timezone.localtime(session.starts_at).date())
        yield (
            session.pk,
            group.pk,
            night.where(group.place_id),
            group.team_id,
            Audience(group.audience).name.lower(),
            group.course_id,
            session.lesson_id,
            day,
            _local(session.starts_at),
            session.minutes,
            session.state,
        )


@facts_table("outcomes", indicator=WORDS, place=WHOLE, day=WHOLE, date=DAY, amount=WHOLE)
def _outcomes(night):
    rows = Outcome.objects.standing().filter(campaign=night.campaign)
    for number, place, per_person, day, date, amount in (
        rows.order_by("pk")
        .values_list("indicator__number", "place_id", "resident_id", "day", "happened_on", "amount")
        .iterator(CHUNK)
    ):
        # Of a person only where so many take part that the village may be named.
        where = place if per_person is None else night.where(place)
        yield f"o{number}", where, day, date, amount


@facts_table(
    "figures",
    place=WHOLE,
    kind=WORDS,
    slot=WHOLE,
    indicator=WORDS,
    n=WHOLE,
)
def _figures(night):
    """The counters as they lie folded: one row for each that is not nothing.

    What is counted of a village that may not be named is in the figures of its commune alone.
    """
    kinds = {kind.value: kind.name.lower() for kind in CountKind}
    own = {own_kind(number): f"o{number}" for number in _own_numbers(night)}
    rows = Cell.objects.filter(campaign=night.campaign).order_by("kind", "place_id", "slot")
    for kind, place, slot, *values in rows.values_list(
        "kind", "place_id", "slot", *MEASURES
    ).iterator(CHUNK):
        if night.is_hidden(place):
            continue
        for measure, n in zip(MEASURES, values, strict=True):
            if not n:
                continue
            if kind > OWN_KIND:
                yield place, "day", slot, own.get(kind, f"o{kind - OWN_KIND}"), n
            else:
                yield place, kinds.get(kind, str(kind)), slot, measure, n


def _own_numbers(night):
    return night.campaign.own_indicators.values_list("number", flat=True)
