"""Periods of a campaign, the table of steps, and what is on time. Without a database."""

import datetime as dt

import pytest

from campaigns.rules.reporting import (
    PARTIES,
    STEPS,
    VERBS,
    OnTime,
    on_time_of,
    parties_for,
    periods,
    punctuality,
    steps_open_to,
    whole_campaign,
)

MONDAY = dt.date(2026, 9, 7)
DAY = dt.timedelta(days=1)


@pytest.mark.parametrize("every", ["week", "fortnight", "month"])
@pytest.mark.parametrize("length", [7, 14, 31, 100, 400])
def test_periods_cover_every_day_once(every, length):
    found = periods(MONDAY, length, every, 2)

    days = [
        p.first_day + n * DAY for p in found for n in range((p.last_day - p.first_day).days + 1)
    ]
    assert days == [MONDAY + n * DAY for n in range(length)]
    assert [p.number for p in found] == list(range(1, len(found) + 1))
    assert all(p.due == p.last_day + 2 * DAY for p in found)


def test_weeks_count_from_the_first_day_and_the_last_one_is_shorter():
    weeks = periods(dt.date(2026, 9, 9), 100, "week", 2)

    assert len(weeks) == 15
    assert (weeks[0].first_day, weeks[0].last_day) == (dt.date(2026, 9, 9), dt.date(2026, 9, 15))
    assert (weeks[-1].first_day, weeks[-1].last_day) == (
        dt.date(2026, 12, 16),
        dt.date(2026, 12, 17),
    )


def test_months_are_those_of_the_calendar_cut_at_both_ends():
    months = periods(dt.date(2026, 11, 20), 100, "month", 5)

    assert [(p.first_day, p.last_day) for p in months] == [
        (dt.date(2026, 11, 20), dt.date(2026, 11, 30)),
        (dt.date(2026, 12, 1), dt.date(2026, 12, 31)),
        (dt.date(2027, 1, 1), dt.date(2027, 1, 31)),
        (dt.date(2027, 2, 1), dt.date(2027, 2, 27)),
    ]


def test_a_campaign_may_want_no_reports_but_always_has_a_closing_one():
    assert periods(MONDAY, 100, "none", 2) == []
    whole = whole_campaign(MONDAY, 100, 3)
    assert (whole.first_day, whole.last_day) == (MONDAY, MONDAY + 99 * DAY)
    assert whole.due == MONDAY + 102 * DAY


def test_only_a_reopening_leads_out_of_accepted():
    out = {(verb, new) for (state, verb, _who), new in STEPS.items() if state == "accepted"}

    assert out == {("reopen", "returned")}
    assert all(who in PARTIES and verb in VERBS for (_state, verb, who) in STEPS)


def test_a_step_leads_to_one_state_whoever_takes_it():
    for state, verb, _who in STEPS:
        assert len({new for (s, v, _w), new in STEPS.items() if (s, v) == (state, verb)}) == 1


def test_who_may_do_what_now_is_read_off_the_table():
    assert steps_open_to("draft", {"writer"}) == ["write", "submit"]
    assert steps_open_to("submitted", {"writer"}) == ["withdraw"]
    assert steps_open_to("submitted", {"writer", "head"}) == ["withdraw", "approve", "return"]
    assert steps_open_to("approved", {"writer", "head"}) == []
    assert steps_open_to("approved", {"above"}) == ["return", "accept"]
    assert steps_open_to("accepted", set(PARTIES)) == ["reopen"]
    assert parties_for("accepted", "write") == set()


@pytest.mark.parametrize(
    ("sent", "today", "found"),
    [
        (None, 13, "running"),
        (None, 14, "open"),
        (None, 15, "open"),
        (None, 16, "missing"),
        (14, 30, "on_time"),
        (15, 30, "on_time"),
        (16, 30, "late"),
    ],
)
def test_how_a_unit_stands_with_a_week_that_is_due_two_days_after_its_end(sent, today, found):
    day = [dt.date(2026, 9, n) if n else None for n in range(31)]

    assert punctuality(day[sent] if sent else None, day[13], day[15], day[today]) == found


def test_the_rate_counts_only_what_was_due_and_is_rounded_down():
    found = on_time_of(["on_time", "on_time", "late", "running", "open", "none"])

    assert (found, found.expected, found.rate) == (OnTime(2, 1, 0), 3, 66)
    assert OnTime().rate is None
    assert OnTime(199, 1).rate == 99
    assert OnTime(1, 2, 3) + OnTime(1, 0, 1) == OnTime(2, 2, 4)
