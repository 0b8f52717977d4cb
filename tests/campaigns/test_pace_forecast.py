"""What is probable on the last day: better than a straight line, and honest about what it knows."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.forecast import compare
from campaigns.rules import days_missing, foresee, need

FIRST = dt.date(2026, 9, 7)  # a Monday; no holiday until New Year


def weekends(n, until, first=1):
    """So many each Saturday and Sunday."""
    return {day: n for day in range(first, until + 1) if day % 7 in (6, 0)}


# The need: "41 a week are needed; now 27"


@pytest.mark.parametrize(
    ("goal", "reached", "lately", "through", "per_week", "now"),
    [
        # 217 missing in 37 days: 41.05 a week, and half a person cannot be sent for.
        (500, 283, 108, 63, 42, 27),
        (500, 290, 108, 65, 42, 27),
        (500, 500, 30, 63, 0, 7.5),
        (500, 600, 30, 63, 0, 7.5),
        # In the last week all that are missing, not a rate that looks seven times as large.
        (100, 90, 28, 97, 10, 7),
        (100, 90, 28, 93, 10, 7),
        (100, 90, 28, 92, 9, 7),
        # Ten days in, "of late" is ten days.
        (100, 20, 20, 10, 7, 14),
        (100, 0, 0, 0, 7, 0),
        # Corrections may have taken back more than came.
        (100, 5, -3, 63, 18, 0),
        (24, 6, 3, 63, 4, 0.8),
    ],
)
def test_what_is_needed_a_week_and_what_comes(goal, reached, lately, through, per_week, now):
    found = need(goal, reached, lately, through, 100)

    assert (found.per_week, found.now_per_week) == (per_week, now)
    assert found.is_met == (reached >= goal)


@given(goal=st.integers(1, 10_000), reached=st.integers(0, 10_000), through=st.integers(0, 99))
def test_whoever_does_what_is_needed_arrives(goal, reached, through):
    found = need(goal, reached, 0, through, 100)

    weeks = max(1, found.days_left / 7)
    assert reached + found.per_week * weeks >= goal


# The forecast


def test_a_steady_campaign_goes_on_as_before():
    last = foresee(weekends(20, 63), 63, 100, FIRST).last

    # Nine weekends brought 360; five more days of weekends bring 220.
    assert sum(weekends(20, 100).values()) == 560
    assert 500 <= last.middle <= 620
    assert last.low < 560 < last.high


def test_weekends_and_holidays_are_known():
    by_day = weekends(20, 63)
    found = {d.day: d.middle for d in foresee(by_day, 63, 100, FIRST).days}
    rises = {day: found[day] - found[day - 1] for day in range(65, 80)}
    tet = foresee(by_day, 63, 100, dt.date(2026, 12, 1)).last

    assert rises[69] + rises[70] > 3 * sum(rises[day] for day in range(71, 76))
    assert tet.middle < foresee(by_day, 63, 100, FIRST).last.middle


def test_what_died_long_ago_is_not_promised():
    stopped = weekends(20, 40)
    last = foresee(stopped, 75, 100, FIRST).last

    assert 200 <= last.low <= last.middle < 210
    assert last.high < 240


def test_near_the_total_the_same_effort_finds_fewer():
    by_day = weekends(20, 63)
    free, bounded = (foresee(by_day, 63, 100, FIRST, most) for most in (None, 400))

    assert free.last.high > 400
    assert bounded.last.middle < free.last.middle
    assert bounded.last.high <= 400


@given(
    by_day=st.dictionaries(st.integers(0, 70), st.integers(-5, 400), max_size=60),
    through=st.integers(1, 99),
    more=st.none() | st.integers(0, 5000),
)
def test_the_band_lies_between_what_is_reached_and_what_there_is(by_day, through, more):
    by_day = {day: n for day, n in by_day.items() if day <= through + 1}
    reached = sum(by_day.values())
    most = None if more is None else max(0, reached) + more
    found = foresee(by_day, through, 100, FIRST, most)
    if found is None:
        return

    before = sum(n for day, n in by_day.items() if day <= through)
    assert [day.day for day in found.days] == list(range(through + 1, 101))
    for day in found.days:
        assert max(reached, before) <= day.low <= day.middle <= day.high
        assert most is None or day.high <= max(most, before)
    assert found.days == sorted(found.days, key=lambda day: day.middle)


def test_too_little_is_said_to_be_too_little():
    assert foresee({}, 63, 100, FIRST) is None
    assert foresee({2: 50}, 10, 100, FIRST) is None
    assert foresee({2: 9}, 63, 100, FIRST) is None
    assert foresee({2: 10}, 63, 100, FIRST) is not None
    # Who began on day 60 has not shown two weeks on day 63.
    assert foresee({60: 500}, 63, 100, FIRST) is None
    assert days_missing({60: 500}, 63) == 10
    assert days_missing({}, 63) == 14
    assert days_missing({1: 5}, 63) == 0


def test_on_made_up_campaigns_it_beats_the_straight_line_and_its_band_holds():
    """The small brother of benchmarks/forecast.py; the same campaigns in every run."""
    scores = compare(range(90))
    everything = scores["all", 0]

    assert everything.ours < 0.8 * everything.naive
    for day in (30, 50, 63, 80):
        assert scores["all", day].ours < scores["all", day].naive
    assert 0.7 <= everything.inside / everything.answered <= 0.9
