"""Evenings and lessons complete the campaign, and it is announced once."""

import datetime as dt
import threading
from types import SimpleNamespace

import pytest
from django.db import connection
from django.utils import timezone

from campaigns.services import total
from progress.models import Enrolment
from progress.reports import doubts
from progress.rules import is_complete
from progress.services import mark_attendance, record_lesson, settle_campaign, withdraw
from progress.signals import completed
from tests.factories import ClassSessionFactory

# The rule


@pytest.mark.parametrize(
    ("evenings", "passed", "lessons_required", "expected"),
    [
        (3, {1, 2}, None, True),
        (2, {1, 2}, None, False),
        (3, {1}, None, False),
        (3, {1}, 1, True),
        (3, {9}, 1, False),
        (3, {1, 2}, 5, True),
        (9, {1, 2, 3}, None, True),
    ],
)
def test_the_rule(evenings, passed, lessons_required, expected):
    rule = SimpleNamespace(
        evenings_required=3, lessons_required=lessons_required, skills_required=0
    )

    assert is_complete(rule, evenings, passed, {1, 2}) is expected


def test_without_required_courses_evenings_are_enough():
    rule = SimpleNamespace(evenings_required=1, lessons_required=None, skills_required=3)

    assert is_complete(rule, 1, set(), set())


@pytest.mark.parametrize(
    ("mastered", "skills_required", "expected"),
    [
        (set(), 0, True),
        (set(), 1, False),
        ({1}, 1, True),
        ({1}, 2, False),
        # A lesson that is not required helps nobody.
        ({9}, 1, False),
        # More cannot be asked than there are.
        ({1, 2}, 5, True),
    ],
)
def test_the_rule_may_want_skills_seen(mastered, skills_required, expected):
    rule = SimpleNamespace(
        evenings_required=1, lessons_required=None, skills_required=skills_required
    )

    assert is_complete(rule, 1, {1, 2}, {1, 2}, mastered) is expected


@pytest.fixture
def announced():
    """The enrolments announced as completed, in order."""
    heard = []

    def hear(sender, enrolment, **kwargs):
        assert connection.in_atomic_block
        heard.append(enrolment.pk)

    completed.connect(hear)
    yield heard
    completed.disconnect(hear)


@pytest.mark.django_db
def test_the_last_lesson_completes(session, enrolment, course, instructor, announced, take_quiz):
    mark_attendance(session, enrolment, "present", by=instructor)
    first, second = course.lessons()
    record_lesson(enrolment, first, "paper", by=instructor)
    assert announced == []

    take_quiz(enrolment, second)

    enrolment.refresh_from_db()
    assert announced == [enrolment.pk]
    assert enrolment.completed_day == 63
    assert total(enrolment.campaign, enrolment.village)["completed"] == 1


@pytest.mark.django_db
def test_the_last_evening_completes_too(session, enrolment, course, instructor, announced):
    for lesson in course.lessons():
        record_lesson(enrolment, lesson, "helped", by=instructor)
    mark_attendance(session, enrolment, "late", by=instructor)

    assert announced == [enrolment.pk]


@pytest.mark.django_db
def test_more_evenings_and_corrections_announce_nothing_more(
    session, enrolment, course, instructor, announced
):
    for lesson in course.lessons():
        record_lesson(enrolment, lesson, "helped", by=instructor)
    for status in ("present", "absent", "present"):
        mark_attendance(session, enrolment, status, by=instructor)
    other = ClassSessionFactory(
        class_group=session.class_group, starts_at=timezone.now() - dt.timedelta(days=7)
    )
    mark_attendance(other, enrolment, "present", by=instructor)
    settle_campaign(session.campaign)

    assert announced == [enrolment.pk]
    assert doubts(session.campaign) == []


@pytest.mark.django_db
def test_a_mark_that_waited_completes_on_the_day_on_which_it_was_made(
    class_group, enrolment, course, instructor
):
    week = timezone.now() - dt.timedelta(days=7)
    Enrolment.objects.update(enrolled_at=week - dt.timedelta(days=1))
    old = ClassSessionFactory(class_group=class_group, starts_at=week)
    for lesson in course.lessons():
        record_lesson(enrolment, lesson, "helped", by=instructor, at=week)

    mark_attendance(old, enrolment, "present", by=instructor, observed_at=week)

    enrolment.refresh_from_db()
    assert enrolment.completed_day == 56


@pytest.mark.django_db
def test_who_left_does_not_complete(session, enrolment, course, instructor, announced):
    for lesson in course.lessons():
        record_lesson(enrolment, lesson, "helped", by=instructor)
    withdraw(enrolment, by=instructor)
    settle_campaign(session.campaign)

    assert announced == []


@pytest.mark.django_db
def test_an_easier_rule_completes_after_settling(session, enrolment, instructor, announced):
    mark_attendance(session, enrolment, "present", by=instructor)
    session.campaign.lessons_required = 0
    session.campaign.save()
    settle_campaign(session.campaign)

    assert announced == [enrolment.pk]


@pytest.mark.django_db(transaction=True)
def test_two_devices_at_once_announce_once(session, enrolment, course, instructor, announced):
    first, second = course.lessons()
    record_lesson(enrolment, first, "alone", by=instructor)
    start = threading.Barrier(2)
    failures = []

    def device(act):
        try:
            start.wait()
            act()
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    acts = (
        lambda: mark_attendance(session, enrolment, "present", by=instructor),
        lambda: record_lesson(enrolment, second, "alone", by=instructor),
    )
    threads = [threading.Thread(target=device, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert announced == [enrolment.pk]
