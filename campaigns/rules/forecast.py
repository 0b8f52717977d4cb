"""How far a place will probably have come on the last day. Pure.

The method, in words (decision 0021 says why):

* Only the last eight weeks speak, and each speaks half as loud as the one after it: what was slow
  at the beginning says little about next Saturday.
* A pace that grows or falls from week to week goes on doing so, but ever less.
* Days are not alike. Classes meet at the weekend and rest over Tết, so days are weighed by what
  this place does on that day of the week, and public holidays count little.
* Who was reached cannot be reached again: near the total the same effort finds fewer people.
* The band grows with every week ahead, and with how much the past weeks differ from one another.

The band is meant to hold the truth in eight of ten cases; ``benchmarks/forecast.py`` looks.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import exp, inf, log, log1p, sqrt

from campaigns.rules.calendar import holidays_between

WEEK = 7
# So many weeks speak, and each counts for so much of the one after it.
WEEKS_HEARD, FADES = 8, 0.5
# What a public holiday is worth beside another day.
HOLIDAY = 0.2
# How many days of a weekday are believed before its own figures are: shrinks to "all alike".
WEEKDAY_PRIOR = 3
# Counts scatter more than by chance, since people come in groups.
SPREAD, SPREAD_PRIOR = 3.0, 3
# By how much the pace changes from week to week, before the place has shown its own way.
DRIFT, DRIFT_PRIOR = 0.4, 4
# A campaign may also take another turn altogether: more doubt with each week ahead.
TURNS = 0.1
# What is left of a trend after each week; how much of it must be seen; how steep it may be.
DAMPED, TREND_PRIOR, MOST_TREND = 0.7, 10, 0.3
# Eight of ten cases.
TAIL = 1.2816
# Less than this says nothing.
LEAST_DAYS, LEAST_COUNTED = 14, 10


@dataclass(frozen=True)
class Expected:
    """What is probable at the end of a day: eight of ten times between ``low`` and ``high``."""

    day: int
    low: int
    middle: int
    high: int


@dataclass(frozen=True)
class Forecast:
    """What is probable from now to the last day."""

    days: list[Expected]
    # So many in an ordinary week, as the weighed past weeks have it.
    weekly: float

    @property
    def last(self) -> Expected:
        return self.days[-1]


def days_missing(by_day: Mapping[int, int], through: int) -> int:
    """Return how many more days must pass before a forecast makes sense; 0 when it does.

    Two whole weeks since something was first counted; a place that began late waits longer.
    """
    first = min((day for day, n in by_day.items() if n > 0 and day <= through), default=through + 1)
    return max(0, LEAST_DAYS - (through - max(first, 1) + 1))


def foresee(
    by_day: Mapping[int, int],
    through: int,
    length: int,
    first_day: dt.date,
    most: int | None = None,
) -> Forecast | None:
    """Return what is probable on each coming day, or nothing while too little is known.

    ``by_day`` are differences by day of the campaign; ``through`` is the last day that is over;
    ``most`` is what can be counted at all, where there is such a number.
    """
    reached = sum(n for day, n in by_day.items() if day <= through)
    if days_missing(by_day, through) or reached < LEAST_COUNTED:
        return None
    # What came in today, before the day is over, stays reached.
    surely = max(reached, sum(by_day.values()))
    worth = _worth_of_days(by_day, through, length, first_day)
    past = _weeks(by_day, through, worth)
    rate = _rate(past)
    spread = _spread(past, rate)
    drift = _drift(past, rate, spread)
    trend = _trend(past, spread)
    known = _doubt_of_rate(past)
    room = inf if most is None else max(0, most - reached)

    mean, days = 0.0, []
    for day in range(through + 1, length + 1):
        weeks = (day - through) / WEEK
        # The weighed past is about a week old, so that much of the trend is behind us already.
        bends = exp(trend * (1 + DAMPED * (1 - DAMPED**weeks) / (1 - DAMPED)))
        mean += rate * bends * worth[day]
        doubt = (
            spread / mean
            + spread * known / rate
            + drift**2 * (1 + weeks / 3)
            + (TURNS * weeks) ** 2
        )
        wide = TAIL * sqrt(log1p(doubt))
        low, middle, high = (
            max(surely, reached + round(_filling(mean * exp(way * wide), room)))
            for way in (-1, 0, 1)
        )
        days.append(Expected(day, low, middle, high))
    return Forecast(days, rate * WEEK)


def straight_line(by_day: Mapping[int, int], through: int, length: int) -> int:
    """Return the naive answer: as much a day as so far. What a forecast has to beat."""
    return sum(n for day, n in by_day.items() if day <= through) * length // max(through, 1)


def _filling(amount: float, room: float) -> float:
    """Return how much of ``amount`` finds somebody new, where only ``room`` are left."""
    if room == inf:
        return amount
    return room * (1 - exp(-amount / room)) if room else 0.0


def _worth_of_days(by_day, through, length, first_day):
    """Return {day: what it is worth beside an ordinary day}, past and future."""
    off = holidays_between(first_day, first_day + dt.timedelta(days=length - 1))
    off = {(day - first_day).days + 1 for day in off}
    heard = range(max(1, through - WEEKS_HEARD * WEEK + 1), through + 1)
    counted, times = [0.0] * WEEK, [0] * WEEK
    for day in heard:
        if day not in off:
            counted[day % WEEK] += max(0, by_day.get(day, 0))
            times[day % WEEK] += 1
    mean = sum(counted) / max(1, sum(times))
    usual = [
        (n + WEEKDAY_PRIOR * mean) / ((t + WEEKDAY_PRIOR) * mean) if mean else 1.0
        for n, t in zip(counted, times, strict=True)
    ]
    average = sum(usual) / WEEK
    return {
        day: usual[day % WEEK] / average * (HOLIDAY if day in off else 1)
        for day in range(1, length + 1)
    }


def _weeks(by_day, through, worth):
    """Return [(counted, worth of the days, weight)], the latest week first."""
    began = min(day for day, n in by_day.items() if n > 0)
    began = max(1, began, through - WEEKS_HEARD * WEEK + 1)
    weeks = []
    for number in range(WEEKS_HEARD):
        last = through - number * WEEK
        days = range(max(began, last - WEEK + 1), last + 1)
        if not days:
            break
        counted = max(0, sum(by_day.get(day, 0) for day in days))
        weeks.append((counted, sum(worth[day] for day in days), FADES**number))
    return weeks


def _rate(weeks):
    """Return how many an ordinary day brings."""
    counted = sum(n * weight for n, _worth, weight in weeks)
    # Half a person more than were counted: a place that stands still may yet move.
    return (counted + 0.5) / sum(worth * weight for _n, worth, weight in weeks)


def _doubt_of_rate(weeks):
    """Return the share of one day's scatter that is left in the weighed mean."""
    worth = sum(w * weight for _n, w, weight in weeks)
    return sum(w * weight**2 for _n, w, weight in weeks) / worth**2


def _spread(weeks, rate):
    """Return how many times more than by chance the weeks scatter."""
    seen = sum((n - rate * worth) ** 2 / (rate * worth) for n, worth, _weight in weeks if worth)
    # Much of it is the pace that changes, and that is counted by itself.
    seen = min(seen, 4 * SPREAD * len(weeks))
    return (SPREAD * SPREAD_PRIOR + seen) / (SPREAD_PRIOR + len(weeks) - 1)


def _trend(weeks, spread):
    """Return by how much the pace grows (or falls, below 0) from week to week, as a share."""
    points = [
        (-number, log((n + 0.5) / worth), weight / (spread / max(n, 1) + DRIFT**2))
        for number, (n, worth, weight) in enumerate(weeks)
        if worth >= WEEK / 2
    ]
    total = sum(weight for _x, _y, weight in points)
    if len(points) < 3:
        return 0.0
    x_mean = sum(x * weight for x, _y, weight in points) / total
    y_mean = sum(y * weight for _x, y, weight in points) / total
    up = sum((x - x_mean) * (y - y_mean) * weight for x, y, weight in points)
    across = sum((x - x_mean) ** 2 * weight for x, _y, weight in points)
    return max(-MOST_TREND, min(MOST_TREND, up / (across + TREND_PRIOR)))


def _drift(weeks, rate, spread):
    """Return by how much, as a share, the pace changes from one week to the next."""
    full = [(n + 0.5, worth) for n, worth, _weight in weeks if worth >= WEEK / 2]
    seen = 0.0
    for (new, new_worth), (old, old_worth) in pairwise(full):
        change = log(new / new_worth) - log(old / old_worth)
        by_chance = spread / max(new, 1) + spread / max(old, 1)
        seen += min(1.0, max(0.0, change**2 - by_chance))
    pairs = max(0, len(full) - 1)
    return sqrt((DRIFT**2 * DRIFT_PRIOR + seen) / (DRIFT_PRIOR + pairs))
