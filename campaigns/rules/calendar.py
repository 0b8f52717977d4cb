"""On which evenings a class meets, and which of them are holidays. Pure."""

import datetime as dt
from collections.abc import Iterable

import holidays as public

# What the package calls our languages.
_LANGUAGES = {"vi": "vi", "en": "en_US"}


def dates_of(first_day: dt.date, length: int, weekdays: Iterable[int]) -> list[dt.date]:
    """Return the days of a campaign that fall on the given weekdays (Monday is 0)."""
    wanted = set(weekdays)
    days = (first_day + dt.timedelta(days=n) for n in range(length))
    return [day for day in days if day.weekday() in wanted]


def holidays_between(first: dt.date, last: dt.date, language: str = "vi") -> dict[dt.date, str]:
    """Return the public holidays of Vietnam from one day to another, Tết among them, by date."""
    known = public.country_holidays(
        "VN",
        language=_LANGUAGES.get(language[:2], "vi"),
        years=range(first.year, last.year + 1),
    )
    return {day: name for day, name in sorted(known.items()) if first <= day <= last}


def holiday_on(day: dt.date, language: str = "vi") -> str:
    """Return the name of the public holiday on a day, or nothing."""
    return holidays_between(day, day, language).get(day, "")


def overlaps(begins: dt.datetime, ends: dt.datetime, other_begins, other_ends) -> bool:
    """Whether two stretches of time share a moment; one may end when the other begins."""
    return begins < other_ends and other_begins < ends
