"""What one enrolment adds to the counters. Pure."""

from collections import Counter
from collections.abc import Mapping
from typing import Protocol

from django.db.models import IntegerChoices
from django.utils.translation import gettext_lazy as _

MEASURES = (
    "registered",
    "enrolled",
    "reached",
    "visits",
    "lessons",
    "skills",
    "completed",
    "certified",
    "kept",
    # Of an organiser's own indicator: how many, or how much.
    "amount",
)


class CountKind(IntegerChoices):
    """How a counter's slot is to be read: a day of the campaign, or age band × sex."""

    DAY = 0, _("by day")
    GROUP = 1, _("by age and sex")


class AgeBand(IntegerChoices):
    """Age in the year in which the campaign began, so that nobody changes band on New Year."""

    UNKNOWN = 0, _("age unknown")
    CHILD = 1, _("under 18")
    YOUNG = 2, _("18 to 34")
    MIDDLE = 3, _("35 to 59")
    OLDER = 4, _("60 to 69")
    OLDEST = 5, _("70 and older")


_BAND_FROM = ((70, AgeBand.OLDEST), (60, AgeBand.OLDER), (35, AgeBand.MIDDLE), (18, AgeBand.YOUNG))

# A resident's sex as it stands in the database, and its place among three.
SEX_SLOTS = {"": 0, "f": 1, "m": 2}


def age_band(birth_year: int | None, on_year: int) -> int:
    """Return the age band of somebody born in ``birth_year``, in the year the campaign began."""
    if birth_year is None:
        return AgeBand.UNKNOWN
    age = on_year - birth_year
    return next((band for least, band in _BAND_FROM if age >= least), AgeBand.CHILD)


def sex_slot(sex: str) -> int:
    """Return 0 for unknown, 1 for female, 2 for male."""
    return SEX_SLOTS.get(sex, 0)


def group_slot(band: int, sex: int) -> int:
    """Return the slot of an age band and a sex among the counters of kind GROUP."""
    return band * len(SEX_SLOTS) + sex


def band_and_sex(slot: int) -> tuple[int, int]:
    """Return what ``group_slot`` made one number of."""
    return divmod(slot, len(SEX_SLOTS))


class Countable(Protocol):
    """The fields of an enrolment that counters are made of."""

    withdrawn_at: object
    age_band: int
    sex_slot: int
    enrolled_day: int
    first_day: int | None
    completed_day: int | None
    certified_day: int | None


def contrib(row: Countable, visits: Mapping[int, int] | None = None) -> Counter:
    """Return what one enrolment adds to the counters: {(kind, slot, measure): n}.

    ``visits`` are its evenings by day of the campaign. Each measure stands once among the days
    and once among the groups, so both sum up to the same. Who has withdrawn adds nothing.
    """
    counted: Counter = Counter()
    if row.withdrawn_at is not None:
        return counted
    group = group_slot(row.age_band, row.sex_slot)
    days = {
        "enrolled": row.enrolled_day,
        "reached": row.first_day,
        "completed": row.completed_day,
        "certified": row.certified_day,
    }
    for measure, day in days.items():
        if day is not None:
            counted[CountKind.DAY, day, measure] += 1
            counted[CountKind.GROUP, group, measure] += 1
    for day, n in (visits or {}).items():
        counted[CountKind.DAY, day, "visits"] += n
        counted[CountKind.GROUP, group, "visits"] += n
    return counted
