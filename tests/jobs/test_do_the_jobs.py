"""A job is written down with the story that wants it, and is done once."""

import datetime as dt
import threading
import uuid

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

from jobs.models import Job
from jobs.services import (
    LostLease,
    claim,
    drain,
    enqueue,
    every,
    forget_finished,
    handler,
    progress,
    run,
    run_chores,
    step,
)
from jobs.services.work import MOST_ATTEMPTS

pytestmark = pytest.mark.django_db


@pytest.fixture
def greeted():
    """What the handler of "test.greet" has done: the residents that it greeted."""
    done = []

    @handler("test.greet")
    def greet(resident):
        done.append(resident)

    return done


@pytest.fixture
def failing():
    @handler("test.fail")
    def fail():
        raise ValueError("Trần Thị Lan, 0912345678")


# The rule: writing down


def test_a_job_is_done_by_the_handler_of_its_kind(greeted):
    job = enqueue("test.greet", resident=7)

    assert drain() == 1
    job.refresh_from_db()
    assert (greeted, job.state, job.attempts) == ([7], Job.State.DONE, 1)


def test_a_job_is_not_done_twice(greeted):
    enqueue("test.greet", resident=7)

    drain()
    drain()

    assert greeted == [7]


def test_the_same_key_is_the_same_job(greeted):
    first = enqueue("test.greet", key="greet:7", resident=7)
    drain()
    second = enqueue("test.greet", key="greet:7", resident=7)
    drain()

    assert second == first
    assert greeted == [7]


def test_a_job_whose_story_is_undone_was_never_written(greeted):
    with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012
        enqueue("test.greet", resident=7)
        raise ZeroDivisionError

    drain()

    assert greeted == []


def test_a_job_waits_for_its_time(greeted, time_machine):
    time_machine.move_to("2026-11-20 08:00+07:00", tick=False)
    enqueue("test.greet", resident=7, run_after=timezone.now() + dt.timedelta(hours=2))

    assert drain() == 0
    time_machine.shift(dt.timedelta(hours=2, seconds=1))
    assert drain() == 1


def test_jobs_are_done_in_the_order_of_their_writing(greeted):
    for number in (1, 2, 3):
        enqueue("test.greet", resident=number)

    drain()

    assert greeted == [1, 2, 3]


def test_nobody_can_order_what_nobody_does():
    with pytest.raises(LookupError):
        enqueue("test.unknown")


def test_an_argument_points_at_data(greeted):
    number = uuid.UUID("b3a3c3a0-0000-4000-8000-000000000001")
    job = enqueue("test.greet", resident=number)

    assert job.args == {"resident": "b3a3c3a0-0000-4000-8000-000000000001"}


@pytest.mark.parametrize("data", ["Trần Thị Lan", "Tran Thi Lan", {"name": "Lan"}, 1.5, ["Bà Lan"]])
def test_an_argument_does_not_carry_data(greeted, data):
    with pytest.raises(ValueError, match="must point at data"):
        enqueue("test.greet", resident=data)


# The rule: failures


def test_a_failure_is_tried_again_later_and_later(failing, time_machine):
    time_machine.move_to("2026-11-20 08:00+07:00", tick=False)
    job = enqueue("test.fail")
    pauses = []
    for _ in range(3):
        drain()
        job.refresh_from_db()
        pauses.append(job.run_after - timezone.now())
        time_machine.move_to(job.run_after, tick=False)

    assert pauses == [dt.timedelta(seconds=n) for n in (4, 16, 64)]
    assert job.state == Job.State.READY


def test_after_eight_attempts_a_job_is_given_up(failing, time_machine):
    time_machine.move_to("2026-11-20 08:00+07:00", tick=False)
    job = enqueue("test.fail")
    for _ in range(MOST_ATTEMPTS):
        drain()
        time_machine.shift(dt.timedelta(hours=2))
    drain()

    job.refresh_from_db()
    assert (job.state, job.attempts) == (Job.State.DEAD, MOST_ATTEMPTS)


def test_an_error_says_what_and_where_but_names_nobody(failing, caplog):
    job = enqueue("test.fail")

    drain()

    job.refresh_from_db()
    assert job.error.startswith("ValueError at tests/jobs/test_do_the_jobs.py:")
    assert "Lan" not in job.error + caplog.text
    assert "0912345678" not in job.error + caplog.text


def test_a_failure_undoes_what_its_job_has_done():
    @handler("test.half")
    def half(job):
        Job.objects.filter(pk=job.pk).update(progress_done=5)
        raise ValueError

    job = enqueue("test.half")
    drain()

    job.refresh_from_db()
    assert job.progress_done == 0


def test_a_failing_job_does_not_hold_up_the_others(failing, greeted):
    enqueue("test.fail")
    enqueue("test.greet", resident=7)

    drain()

    assert greeted == [7]


# The rule: leases


def test_what_one_worker_has_taken_another_leaves_alone(greeted):
    enqueue("test.greet", resident=7)

    assert len(claim("one")) == 1
    assert claim("two") == []


def test_the_job_of_a_worker_that_died_is_done_by_another(greeted, time_machine):
    time_machine.move_to("2026-11-20 08:00+07:00", tick=False)
    enqueue("test.greet", resident=7)
    claim("dead worker")

    assert drain() == 0
    time_machine.shift(dt.timedelta(seconds=61))
    assert drain() == 1
    assert greeted == [7]


def test_a_worker_that_wakes_up_too_late_undoes_nothing_of_the_others(greeted, time_machine):
    time_machine.move_to("2026-11-20 08:00+07:00", tick=False)
    enqueue("test.greet", resident=7)
    (late,) = claim("sleeper")
    time_machine.shift(dt.timedelta(seconds=61))
    drain()

    assert run(late) is False
    assert greeted == [7]


def test_a_job_that_ends_its_worker_each_time_is_given_up(greeted, time_machine):
    time_machine.move_to("2026-11-20 08:00+07:00", tick=False)
    job = enqueue("test.greet", resident=7)
    for _ in range(MOST_ATTEMPTS):
        claim("dies")
        time_machine.shift(dt.timedelta(seconds=61))
    drain()

    job.refresh_from_db()
    assert (job.state, greeted) == (Job.State.DEAD, [])


def test_the_database_itself_refuses_a_lease_without_an_end(greeted):
    enqueue("test.greet", resident=7)

    with pytest.raises(DatabaseError), transaction.atomic():
        Job.objects.update(state=Job.State.LEASED)


# The rule: jobs of many items


def test_a_job_in_steps_goes_on_where_it_was_stopped():
    printed = []

    @handler("test.print", in_steps=True)
    def print_all(job, count):
        for number in range(job.progress_done, count):
            with step(job, done=number + 1, total=count):
                if number == 3 and job.attempts == 1:
                    raise ValueError
                printed.append(number)

    job = enqueue("test.print", count=5)
    drain()
    job.refresh_from_db()
    assert (printed, job.progress_done, job.progress_total) == ([0, 1, 2], 3, 5)

    Job.objects.update(run_after=timezone.now())
    drain()
    job.refresh_from_db()
    assert (printed, job.state) == ([0, 1, 2, 3, 4], Job.State.DONE)


def test_each_step_keeps_the_lease(time_machine):
    time_machine.move_to("2026-11-20 08:00+07:00", tick=False)

    @handler("test.slow", in_steps=True)
    def slow(job):
        for _ in range(4):
            time_machine.shift(dt.timedelta(seconds=40))
            assert claim("another worker") == []
            with step(job):
                pass

    enqueue("test.slow")

    assert drain() == 1


def test_a_step_of_a_worker_that_lost_its_lease_is_undone(time_machine):
    time_machine.move_to("2026-11-20 08:00+07:00", tick=False)
    handler("test.print", in_steps=True)(lambda: None)
    enqueue("test.print")
    (late,) = claim("sleeper")
    time_machine.shift(dt.timedelta(seconds=61))
    claim("another worker")

    with pytest.raises(LostLease), step(late, done=1):
        pytest.fail("the step must not even begin")


def test_asked_to_stop_a_job_in_steps_pauses_and_loses_no_attempt():
    seen = []

    @handler("test.print", in_steps=True)
    def print_all(job):
        for number in range(3):
            with step(job):
                seen.append(number)

    job = enqueue("test.print")
    drain(stop=lambda: len(seen) == 2 or None)

    job.refresh_from_db()
    assert (seen, job.state, job.attempts) == ([0, 1], Job.State.READY, 0)


def test_progress_can_be_told_without_a_step():
    @handler("test.print", in_steps=True)
    def print_all(job):
        progress(job, 2, 9)
        assert (job.done, job.total) == (2, 9)

    enqueue("test.print")

    assert drain() == 1


# The rule: wake-ups, chores and old rows


@pytest.mark.django_db(transaction=True)
def test_a_transaction_wakes_the_workers_once_however_many_jobs_it_writes(
    greeted, settings, monkeypatch
):
    calls = []
    monkeypatch.setattr("tests.jobs.test_do_the_jobs.ring", lambda: calls.append(1))
    settings.JOBS_WAKE = "tests.jobs.test_do_the_jobs.ring"
    with transaction.atomic():
        for number in range(3):
            enqueue("test.greet", resident=number)
        assert calls == []

    assert calls == [1]


def ring():
    """Stands for what wakes the workers."""


@pytest.mark.django_db(transaction=True)
def test_a_broken_bell_does_not_break_the_story(greeted, settings):
    settings.JOBS_WAKE = "tests.jobs.test_do_the_jobs.broken"
    with transaction.atomic():
        enqueue("test.greet", resident=7)

    assert drain() == 1


def broken():
    raise ConnectionError


def test_a_chore_is_done_when_its_time_has_come_and_one_failure_stops_no_other():
    done, done_at = [], {}

    @every(1000)
    def rare():
        done.append("rare")

    @every(0)
    def often():
        done.append("often")
        raise ValueError

    run_chores(done_at)
    run_chores(done_at)

    assert [name for name in done if name == "rare"] == ["rare"]
    assert [name for name in done if name == "often"] == ["often", "often"]


def test_jobs_done_long_ago_are_forgotten_and_those_given_up_are_kept(greeted, time_machine):
    time_machine.move_to("2026-08-01 08:00+07:00", tick=False)
    enqueue("test.greet", resident=7)
    drain()
    given_up = enqueue("test.greet", resident=8)
    Job.objects.filter(pk=given_up.pk).update(state=Job.State.DEAD, finished_at=timezone.now())
    time_machine.move_to("2026-11-20 08:00+07:00", tick=False)
    forget_finished()

    assert list(Job.objects.all()) == [given_up]


# Many workers


@pytest.mark.django_db(transaction=True)
def test_eight_workers_do_each_of_a_hundred_jobs_once():
    done = []
    handler("test.count")(lambda number: done.append(number))
    for number in range(100):
        enqueue("test.count", number=number)

    def work():
        try:
            drain()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(done) == list(range(100))


# The cost


@pytest.mark.parametrize("waiting", [1, 30])
def test_taking_and_doing_a_job_costs_the_same_however_many_wait(
    greeted, waiting, django_assert_max_num_queries
):
    for number in range(waiting):
        enqueue("test.greet", resident=number)

    with django_assert_max_num_queries(10):
        (job,) = claim("one")
        run(job)


def test_an_idle_worker_asks_once_and_locks_nothing(django_assert_num_queries):
    with django_assert_num_queries(1) as asked:
        claim("idle")

    assert asked[0]["sql"].startswith("SELECT")
    assert not connection.needs_rollback
