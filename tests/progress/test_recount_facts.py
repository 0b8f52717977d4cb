"""The figures once more, from the facts; and whatever a row says otherwise is found."""

import datetime as dt

import pytest
from django.utils import timezone

from campaigns.services import compare, fold
from progress.models import Attendance, Enrolment, Mark, SkillSeen
from progress.reports import doubts, facts
from progress.services import mark_attendance, observe, record_lesson, settle, withdraw
from tests.factories import ClassSessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def lived(session, class_group, enrolment, hoa, course, instructor, leader):
    """A campaign in which something of everything has happened."""
    week = timezone.now() - dt.timedelta(days=7)
    old = ClassSessionFactory(class_group=class_group, starts_at=week)
    for lesson in course.lessons():
        record_lesson(enrolment, lesson, "helped", by=instructor)
    mark_attendance(old, enrolment, "present", by=instructor, observed_at=week)
    mark_attendance(session, enrolment, "late", by=instructor)
    mark_attendance(session, hoa, "present", by=instructor)
    mark_attendance(session, hoa, "absent", by=leader)
    return session.campaign


def test_counters_and_facts_agree_folded_or_not(lived):
    assert compare(lived, facts(lived)) == []
    fold()
    assert compare(lived, facts(lived)) == []
    assert doubts(lived) == []


def test_facts_are_by_day_and_by_group(lived, enrolment):
    enrolment.refresh_from_db()
    by_day = {key: n for key, n in facts(lived).items() if key[0] == 0}

    assert by_day[0, enrolment.village_id, 56] == {"reached": 1, "visits": 1}
    assert by_day[0, enrolment.village_id, 63] == {
        "enrolled": 2, "visits": 1, "lessons": 2, "completed": 1
    }  # fmt: skip


def test_who_left_is_in_no_figure(lived, enrolment, hoa, instructor):
    for row in (enrolment, hoa):
        withdraw(row, by=instructor)

    assert facts(lived) == {}
    assert compare(lived, facts(lived)) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("evenings", 9),
        ("first_day", 1),
        ("lessons_passed", 9),
        ("lesson_days", "1"),
        ("skill_days", "1"),
        ("kept_day", 1),
        ("age_band", 0),
        ("sex_slot", 2),
        ("language_slot", 1),
        ("team_id", None),
        ("audience", 3),
    ],
)
def test_a_column_that_was_written_behind_the_counters_back_is_found(
    lived, enrolment, column, value
):
    Enrolment.objects.filter(pk=enrolment.pk).update(**{column: value})

    assert [(doubt.enrolment, doubt.what) for doubt in doubts(lived)] == [(enrolment.pk, column)]


def test_settling_mends_what_follows_from_facts(lived, enrolment):
    Enrolment.objects.filter(pk=enrolment.pk).update(evenings=9, lessons_passed=9)
    settle([enrolment.pk])

    assert doubts(lived) == []


def test_an_attendance_that_its_marks_do_not_say_is_found(lived, enrolment):
    Attendance.objects.filter(enrolment=enrolment).update(status="absent")
    assert len([doubt for doubt in doubts(lived) if "attendance" in doubt.what]) == 2

    settle([enrolment.pk])
    assert doubts(lived) == []


def test_a_skill_that_its_observations_do_not_say_is_found(lived, enrolment, lesson, instructor):
    observe(enrolment, lesson, "helped", by=instructor)
    assert doubts(lived) == []

    SkillSeen.objects.filter(enrolment=enrolment).update(level="done")
    (doubt,) = doubts(lived)
    assert (doubt.what, doubt.stored[0], doubt.fact[0]) == (
        f"skill of lesson {lesson.pk}",
        "done",
        "helped",
    )

    settle([enrolment.pk])
    assert doubts(lived) == []


def test_a_mark_lost_from_the_database_shows_in_the_figures(lived, enrolment, session):
    Attendance.objects.filter(enrolment=enrolment, session=session).delete()
    Mark.objects.filter(enrolment=enrolment, session=session).delete()

    assert {difference.measure for difference in compare(lived, facts(lived))} == {"visits"}


@pytest.mark.parametrize("people", [1, 3])
def test_recounting_costs_the_same_number_of_queries(lived, people, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        facts(lived)
