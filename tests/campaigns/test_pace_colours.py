"""A colour says how a place stands against its pace, and every place has exactly one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.models import Indicator
from campaigns.reports import coverage
from campaigns.rules import STATUSES, status_of
from campaigns.services import set_target
from tests.campaigns.facts import enrol
from tests.factories import PlaceFactory, ResidentFactory

# Day 63 of 100, goal 100: the pace is 63; green from 90 % of it is 56.7, yellow from 60 % is 37.8.


@pytest.mark.parametrize(
    ("numerator", "status"),
    [
        (100, "good"),
        (57, "good"),
        (56, "warn"),
        (38, "warn"),
        (37, "bad"),
        (0, "bad"),
        (None, "silent"),
    ],
)
def test_green_yellow_red(numerator, status):
    assert status_of(numerator, 100, 63, 100, green_from=90, yellow_from=60) == status


def test_a_share_exactly_on_a_threshold_belongs_to_the_better_colour():
    assert status_of(45, 100, 50, 100, 90, 60) == "good"
    assert status_of(30, 100, 50, 100, 90, 60) == "warn"


@pytest.mark.parametrize("goal", [None, 0])
def test_without_a_goal_there_is_no_pace(goal):
    assert status_of(12, goal, 63, 100, 90, 60) == "none"


def test_before_the_first_day_nobody_is_late():
    assert status_of(0, 100, 0, 100, 90, 60) == "none"


@given(
    n=st.integers(0, 10_000),
    goal=st.integers(1, 10_000),
    length=st.integers(7, 400),
    data=st.data(),
)
def test_there_is_no_gap_between_the_colours_and_more_is_never_worse(n, goal, length, data):
    day = data.draw(st.integers(1, length))
    green = data.draw(st.integers(2, 200))
    yellow = data.draw(st.integers(1, green - 1))
    order = STATUSES.index

    status = status_of(n, goal, day, length, green, yellow)

    assert status in ("good", "warn", "bad")
    assert order(status_of(n + 1, goal, day, length, green, yellow)) <= order(status)
    if day > 1:
        assert order(status_of(n, goal, day - 1, length, green, yellow)) <= order(status)


@pytest.mark.django_db
def test_a_place_without_figures_is_not_a_slow_place(campaign, province, commune, village, chief):
    silent = PlaceFactory(kind="commune", parent=province)
    for place in (commune, silent):
        set_target(campaign, place, "completed", 10, 50, source="plan", by=chief)
    enrol(campaign, ResidentFactory(village=village))
    aimless = PlaceFactory(kind="commune", parent=province)

    found = coverage(campaign, province, Indicator.COMPLETED)

    assert {row.place: row.status for row in found.rows} == {
        commune: "bad",
        silent: "silent",
        aimless: "none",
    }
    assert found.tally() == {"good": 0, "warn": 0, "bad": 1, "silent": 1, "none": 1}
