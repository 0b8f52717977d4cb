"""What one enrolment adds to the counters. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
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
    """How a counter's slot is to be read: a day of the campaign, age band × sex, a language …

    Kinds from ``OWN_KIND`` on are an organiser's own indicators, by day: `own_kind`.
    """

    DAY = 0, _("by day")
    GROUP = 1, _("by age and sex")
    LANGUAGE = 2, _("by learning language")
    # The team's number in the database; 0 for those who are in no class.
    TEAM = 3, _("by team")
    AUDIENCE = 4, _("by audience of the class")


OWN_KIND = 100


def own_kind(number: int) -> int:
    """Return the kind of counter of a campaign's own indicator."""
    return OWN_KIND + number


class AgeBand(IntegerChoices):
    """Age in the year in which the campaign began, so that nobody changes band on New Year."""

    UNKNOWN = 0, _("age unknown")
    CHILD = 1, _("under 18")
    YOUNG = 2, _("18 to 34")
    MIDDLE = 3, _("35 to 59")
    OLDER = 4, _("60 to 69")
    OLDEST = 5, _("70 and older")


BAND_FROM = ((70, AgeBand.OLDEST), (60, AgeBand.OLDER), (35, AgeBand.MIDDLE), (18, AgeBand.YOUNG))

# A resident's sex as it stands in the database, and its place among three.
SEX_SLOTS = {"": 0, "f": 1, "m": 2}

# A learning language as it stands in the database; its place here is its slot. Append only.
LANGUAGES = ("vi", "mtq", "rad")


def age_band(birth_year: int | None, on_year: int) -> int:
    """Return the age band of somebody born in ``birth_year``, in the year the campaign began."""
    if birth_year is None:
        return AgeBand.UNKNOWN
    age = on_year - birth_year
    return next((band for least, band in BAND_FROM if age >= least), AgeBand.CHILD)


def sex_slot(sex: str) -> int:
    """Return 0 for unknown, 1 for female, 2 for male."""
    return SEX_SLOTS.get(sex, 0)


def group_slot(band: int, sex: int) -> int:
    """Return the slot of an age band and a sex among the counters of kind GROUP."""
    return band * len(SEX_SLOTS) + sex


def band_and_sex(slot: int) -> tuple[int, int]:
    """Return what ``group_slot`` made one number of."""
    return divmod(slot, len(SEX_SLOTS))


def language_slot(language: str) -> int:
    """Return the slot of a learning language among the counters of kind LANGUAGE."""
    return LANGUAGES.index(language)


def pack_days(days: Iterable[int]) -> str:
    """Return days of a campaign as one word that is the same for the same days: "12 12 19"."""
    return " ".join(map(str, sorted(days)))


def unpack_days(packed: str) -> list[int]:
    """Return what ``pack_days`` made one word of."""
    return [int(day) for day in packed.split()]


class Countable(Protocol):
    """The fields of an enrolment that counters are made of."""

    withdrawn_at: object
    age_band: int
    sex_slot: int
    language_slot: int
    team_id: int | None
    audience: int
    enrolled_day: int
    first_day: int | None
    completed_day: int | None
    certified_day: int | None
    kept_day: int | None
    lesson_days: str
    skill_days: str


def contrib(row: Countable, visits: Mapping[int, int] | None = None) -> Counter:
    """Return what one enrolment adds to the counters: {(kind, slot, measure): n}.

    ``visits`` are its evenings by day of the campaign. Each measure stands once among the slots
    of every kind, so all kinds sum up to the same. Who has withdrawn adds nothing.
    """
    counted: Counter = Counter()
    if row.withdrawn_at is not None:
        return counted
    slots = (
        (CountKind.GROUP, group_slot(row.age_band, row.sex_slot)),
        (CountKind.LANGUAGE, row.language_slot),
        (CountKind.TEAM, row.team_id or 0),
        (CountKind.AUDIENCE, row.audience),
    )
    for measure, days in _days(row, visits or {}):
        for day, n in days.items():
            counted[CountKind.DAY, day, measure] += n
            for kind, slot in slots:
                counted[kind, slot, measure] += n
    return counted


def _days(row: Countable, visits: Mapping[int, int]):
    """Yield each measure with {day: how many}."""
    yield "enrolled", {row.enrolled_day: 1}
    for measure, day in (
        ("reached", row.first_day),
        ("completed", row.completed_day),
        ("certified", row.certified_day),
        ("kept", row.kept_day),
    ):
        if day is not None:
            yield measure, {day: 1}
    yield "visits", visits
    if row.lesson_days:
        yield "lessons", Counter(unpack_days(row.lesson_days))
    if row.skill_days:
        yield "skills", Counter(unpack_days(row.skill_days))


def head_slots(
    day: int, birth_year: int | None, sex: str, language: str, on_year: int
) -> tuple[tuple[int, int], ...]:
    """Return the (kind, slot) pairs under which one registered resident is counted."""
    return (
        (CountKind.DAY, day),
        (CountKind.GROUP, group_slot(age_band(birth_year, on_year), sex_slot(sex))),
        (CountKind.LANGUAGE, language_slot(language)),
    )
