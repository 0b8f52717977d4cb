"""How good our data are: đúng – đủ – sạch – sống, place by place, and what is to be mended.

The shares of a place are read from what was counted at night; the lists are asked anew each time,
so that what somebody mends is gone from them at once.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import (
    DateTimeField,
    Exists,
    F,
    Func,
    Max,
    Min,
    OuterRef,
    Q,
    RowRange,
    Sum,
    Window,
)
from django.db.models.functions import Substr
from django.utils import timezone
from django.utils.translation import gettext_lazy

from campaigns.models import Outcome
from people.models import Consent, QualityCount, Resident
from people.reports import UNTOUCHED, incomplete, look_alikes, odd_years, untouched
from places.models import Place
from places.reports import members_of, units_below
from progress.models import (
    Attempt,
    Attendance,
    Enrolment,
    Flag,
    LessonView,
    Mark,
    Observation,
    Recheck,
)

# The four, in the order in which the movement says them.
RIGHT, FULL, CLEAN, ALIVE = MEASURES = ("right", "full", "clean", "alive")

# From these shares on (per cent) data are good, or fair; below, they are poor.
GOOD_FROM, FAIR_FROM = 95, 80

# A phone's clock may be wrong by hours, and who comes is sometimes written down afterwards.
SLACK = dt.timedelta(days=1)

# What a record can contradict, and where it is mended.
KINDS = {
    "year": gettext_lazy("a year of birth that can hardly be"),
    "twice": gettext_lazy("in two classes at the same hour"),
    "early": gettext_lazy("marked more than a day before being registered"),
    "late": gettext_lazy("marked after leaving the campaign or after being erased"),
    "unwilling": gettext_lazy("still learns, though consent was taken back"),
    "empty": gettext_lazy("completed without an evening"),
    "disputed": gettext_lazy("two volunteers disagree, and nobody has decided"),
    "odd": gettext_lazy("a register that looks odd, and nobody has said why"),
}

Villages = Collection[int]


@dataclass(frozen=True)
class Share:
    """How many of some records are as they should be."""

    measure: str
    bad: int
    records: int

    @property
    def good(self) -> int:
        return self.records - self.bad

    @property
    def per_cent(self) -> int | None:
        """Rounded down: 100 only when nothing is left to mend."""
        return self.good * 100 // self.records if self.records else None

    @property
    def status(self) -> str:
        if self.per_cent is None:
            return "none"
        return (
            "good"
            if self.per_cent >= GOOD_FROM
            else "warn"
            if self.per_cent >= FAIR_FROM
            else "bad"
        )


@dataclass(frozen=True)
class QualityRow:
    """What was counted in one place."""

    place: Place
    name: str
    records: int = 0
    bad: dict[str, int] = field(default_factory=dict)
    odd_evenings: int = 0
    # The oldest count of all that are in it; None where nothing was counted yet.
    counted_at: dt.datetime | None = None

    @property
    def shares(self) -> list[Share]:
        return [self.share(measure) for measure in MEASURES]

    def share(self, measure: str) -> Share:
        return Share(measure, self.bad.get(measure, 0), self.records)


@dataclass(frozen=True)
class Quality:
    """A place, and the units below it."""

    whole: QualityRow
    rows: list[QualityRow]


_SUMS = {
    "records": Sum("residents"),
    RIGHT: Sum("contradictions"),
    FULL: Sum("incomplete"),
    CLEAN: Sum("doubles"),
    ALIVE: Sum("untouched"),
    "odd_evenings": Sum("odd_evenings"),
    "counted_at": Min("counted_at"),
}


def quality_of(place: Place, *, sort: str = "") -> Quality:
    """Return what was counted in a place and in each unit below it, on today's map.

    One query for the sums, however many villages there are. ``sort``: the measure whose worst
    unit comes first; otherwise in the order of names.
    """
    today = timezone.localdate()
    members = members_of(place, today)
    units = units_below(place, today) if place.kind != Place.Kind.VILLAGE else []
    inside = _inside(members, "place__path")
    length = Place.steplen * (place.depth + 1)
    found = (
        QualityCount.objects.filter(inside)
        .annotate(unit=Substr("place__path", 1, length))
        .order_by()
        .values("unit")
        .annotate(**_SUMS)
    )
    counted: dict[str, Mapping[str, Any]] = {row["unit"]: row for row in found}
    rows = [
        _row(unit.place, unit.name, [counted[p.path] for p in unit.members if p.path in counted])
        for unit in units
    ]
    # What ended and left nothing behind is no news.
    rows = [
        row
        for row, unit in zip(rows, units, strict=True)
        if not unit.rest or row.records or row.odd_evenings
    ]
    if sort:
        rows.sort(key=lambda row: _worst_first(row.share(sort)))
    return Quality(_row(place, place.full_name, counted.values()), rows)


def _row(place: Place, name: str, sums: Iterable[Mapping[str, Any]]) -> QualityRow:
    sums = list(sums)
    return QualityRow(
        place,
        name,
        records=sum(row["records"] for row in sums),
        bad={measure: sum(row[measure] for row in sums) for measure in MEASURES},
        odd_evenings=sum(row["odd_evenings"] for row in sums),
        counted_at=min((row["counted_at"] for row in sums), default=None),
    )


def _worst_first(share: Share):
    if not share.records:
        return (1, 0.0, 0)
    return (0, share.good / share.records, -share.bad)


def places_in(*places: Place) -> list[int]:
    """Return these places and the villages in them, whatever became of them since.

    A commune is among them because a class may meet for all of it; nobody lives "in the commune".
    """
    inside = _inside(places, "path")
    return list(Place.objects.filter(inside).order_by("path").values_list("pk", flat=True))


def _inside(places: Sequence[Place], path: str) -> Q:
    condition = Q(pk__in=[])
    for place in places:
        condition |= Q(**{f"{path}__startswith": place.path})
    return condition


# Đủ, sạch, sống: which people.


def gaps(villages: Villages):
    """The people whose record lacks something."""
    return incomplete(_people(villages))


def pairs(villages: Villages) -> list[tuple[int, int]]:
    """The pairs of records that may be one person's."""
    return look_alikes(villages)


def forgotten(villages: Villages):
    """The people of whom nothing was heard for long: no change, no mark, nothing learnt or seen."""
    since = timezone.now() - UNTOUCHED
    of = {"enrolment__resident": OuterRef("pk")}
    return untouched(_people(villages)).filter(
        ~Exists(Mark.objects.filter(**of, arrived_at__gte=since)),
        ~Exists(Observation.objects.filter(**of, arrived_at__gte=since)),
        ~Exists(Recheck.objects.filter(**of, arrived_at__gte=since)),
        ~Exists(Attempt.objects.filter(**of, started_at__gte=since)),
        ~Exists(LessonView.objects.filter(**of, opened_at__gte=since)),
        ~Exists(Enrolment.objects.filter(resident=OuterRef("pk"), enrolled_at__gte=since)),
        ~Exists(Outcome.objects.filter(resident=OuterRef("pk"), noted_at__gte=since).order_by()),
    )


# Đúng: each kind is a query over people, enrolments or marks of these villages.


def contradictions(kind: str, villages: Villages):
    """Return the rows of one kind of contradiction: people, enrolments, attendances or flags."""
    return _QUERIES[kind](villages)


def resident_ids(kind: str, villages: Villages):
    """Return the (person, village) behind those rows, each once; flags are about nobody."""
    to_resident = {"year": "", "unwilling": "resident__", "empty": "resident__"}
    prefix = to_resident.get(kind, "enrolment__resident__")
    rows = contradictions(kind, villages).order_by()
    return set(rows.values_list(f"{prefix}pk", f"{prefix}village"))


def _people(villages):
    return Resident.objects.current().filter(village__in=villages)


def _came(villages):
    return (
        Attendance.objects.came()
        .filter(
            enrolment__resident__village__in=villages, enrolment__resident__merged_into__isnull=True
        )
        .order_by("-session__starts_at", "pk")
    )


class _MinutesLater(Func):
    """A moment and so many minutes; SQLite cannot multiply a span of time."""

    template = "%(expressions)s"
    arg_joiner = " + INTERVAL '1 minute' * "
    output_field = DateTimeField()

    def as_sqlite(self, compiler, connection, **extra_context):
        return self.as_sql(
            compiler,
            connection,
            template="datetime(%(expressions)s || ' minutes')",
            arg_joiner=", ",
            **extra_context,
        )


def _odd_years(villages):
    return odd_years(_people(villages)).in_order()


def _twice(villages):
    """Evenings that began while another one, to which the same person came, was going on."""
    until = Window(
        Max(_MinutesLater(F("session__starts_at"), F("session__minutes"))),
        partition_by=F("enrolment__resident"),
        order_by=[F("session__starts_at").asc(), F("pk").asc()],
        frame=RowRange(start=None, end=-1),
    )
    return (
        _came(villages)
        .filter(enrolment__resident__erased_at=None)
        .annotate(busy_until=until)
        .filter(busy_until__gt=F("session__starts_at"))
    )


def _early(villages):
    # A paper register may be typed in long before the list of people is.
    return _came(villages).filter(
        enrolment__resident__erased_at=None,
        mark__how__in=[Mark.How.TAP, Mark.How.CARD],
        observed_at__lt=F("enrolment__resident__registered_at") - SLACK,
    )


def _late(villages):
    return _came(villages).filter(
        Q(observed_at__gt=F("enrolment__withdrawn_at"))
        | Q(observed_at__gt=F("enrolment__resident__erased_at"))
    )


def _learning(villages):
    return (
        Enrolment.objects.active()
        .filter(
            resident__village__in=villages,
            resident__merged_into__isnull=True,
            resident__erased_at=None,
        )
        .order_by("resident__sort_key", "pk")
    )


def _unwilling(villages):
    said = Consent.objects.filter(
        resident=OuterRef("resident"), purpose=Consent.Purpose.LEARNING_RECORD
    ).order_by()
    return _learning(villages).filter(
        Exists(said.filter(withdrawn_at__isnull=False)), ~Exists(said.filter(withdrawn_at=None))
    )


def _empty(villages):
    return _learning(villages).filter(
        completed_at__isnull=False, evenings=0, campaign__evenings_required__gte=1
    )


def _disputed(villages):
    return Attendance.objects.filter(
        is_disputed=True,
        enrolment__resident__village__in=villages,
        enrolment__resident__merged_into__isnull=True,
        enrolment__resident__erased_at=None,
    ).order_by("-session__starts_at", "pk")


def _odd(villages):
    return (
        Flag.objects.open()
        .filter(session__class_group__place__in=villages)
        .order_by("-raised_at", "pk")
    )


_QUERIES = {
    "year": _odd_years,
    "twice": _twice,
    "early": _early,
    "late": _late,
    "unwilling": _unwilling,
    "empty": _empty,
    "disputed": _disputed,
    "odd": _odd,
}
