"""What volunteers saw people do, brought by their phones: skills, lessons on paper, re-checks."""

import datetime as dt
import itertools
import time
import uuid

import pytest
from django.utils import timezone

from courses.models import ScreenReport
from people.models import Resident
from progress.models import Attempt, HeldItem, Observation, Recheck, SkillSeen
from progress.services import merge_people, withdraw
from progress.services.sync import Person, take_in
from tests.factories import EnrolmentFactory, LessonFactory
from tests.progress.phones import HOUR, MINUTE, Phone, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(instructor):
    return Phone(instructor)


@pytest.fixture
def send(instructor):
    """Return a function that lets Minh's phone send items, and gives the answers."""

    def send(*items, by=instructor):
        return said(take_in(Person(user=by), items))

    return send


def a_fortnight_ago():
    return timezone.now() - dt.timedelta(days=15)


# The rule: skills


def test_the_latest_observation_holds_in_whatever_order_it_arrives(
    send, session, enrolment, lesson, instructor
):
    now = round(time.time() * 1000)
    one, other = Phone(instructor), Phone(instructor)
    items = [
        one.skill(session, enrolment, lesson, "helped", at=now - 3 * MINUTE),
        other.skill(session, enrolment, lesson, "done", at=now - MINUTE),
        one.skill(session, enrolment, lesson, "alone", at=now - 2 * MINUTE),
    ]
    for number, order in enumerate(itertools.permutations(items)):
        assert send(*order) == [("dup" if number else "ok", "")] * 3
    for order in itertools.permutations(items):
        SkillSeen.objects.all().delete()
        Observation.objects.all().delete()
        for item in order:
            send(item)
        assert SkillSeen.objects.get().level == "done"


def test_a_skill_is_kept_at_the_lesson_as_it_was_first_written(send, phone, enrolment, lesson):
    """Outside any class, too: at the door of somebody's house."""
    assert send(phone.skill(None, enrolment, lesson, "done")) == [("ok", "")]

    seen = SkillSeen.objects.get()
    assert (seen.lesson_id, seen.enrolment, seen.level) == (lesson.pk, enrolment, "done")


def test_an_observation_with_other_contents_is_refused(send, phone, session, enrolment, lesson):
    item = phone.skill(session, enrolment, lesson)
    send(item)

    assert send(item, {**item, "level": "done"}) == [("dup", ""), ("no", "id_reused")]
    assert send({**item, "id": str(uuid.uuid4()), "lesson": 999_999}) == [("no", "unknown_lesson")]


def test_skills_of_a_merged_person_go_with_her(
    send, phone, session, enrolment, hoa, lesson, leader
):
    item = phone.skill(session, hoa, lesson)
    send(item)
    merge_people(enrolment.resident, hoa.resident, by=leader)

    assert send(item, phone.skill(session, hoa, lesson, "done")) == [("dup", ""), ("ok", "")]
    assert SkillSeen.objects.get().enrolment == enrolment


def test_what_is_seen_of_who_has_left_waits(send, phone, session, enrolment, lesson, leader):
    withdraw(enrolment, by=leader)

    items = phone.skill(session, enrolment, lesson), phone.skill(None, enrolment, lesson)
    assert send(*items) == [("ok", "held")] * 2
    assert set(HeldItem.objects.values_list("place", flat=True)) == {session.place.pk}


# The rule: paper


@pytest.mark.parametrize(("right", "passed"), [(3, True), (2, True), (1, False)])
def test_a_lesson_on_paper_passes_with_enough_right(
    send, phone, session, enrolment, lesson, right, passed, instructor
):
    item = phone.paper(session, enrolment, lesson, right)

    assert send(item) == [("ok", "")]
    assert send(item) == [("dup", "")]
    attempt = Attempt.objects.get()
    assert (attempt.score, attempt.has_passed, attempt.recorded_by) == (right, passed, instructor)
    enrolment.refresh_from_db()
    assert enrolment.lessons_passed == passed


def test_more_right_than_there_are_questions_is_refused(send, phone, session, enrolment, lesson):
    assert send(phone.paper(session, enrolment, lesson, 4)) == [("no", "bad_number")]


def test_a_paper_number_with_another_result_is_refused(send, phone, session, enrolment, lesson):
    item = phone.paper(session, enrolment, lesson, 3)

    answers = send(item, {**item, "id": str(uuid.uuid4()), "right": 1})
    assert answers == [("ok", ""), ("no", "id_reused")]
    assert send({**item, "right": 1}) == [("no", "id_reused")]


# The rule: screens that look different, and re-checks


def test_a_screen_that_differs_is_noted_once(send, phone, session, lesson, instructor):
    item = phone.screen(session, lesson, 2)

    assert send(item, item) == [("ok", ""), ("dup", "")]
    assert send(item) == [("dup", "")]
    report = ScreenReport.objects.get()
    assert (report.lesson, report.place, report.reported_by) == (
        lesson,
        session.place,
        instructor,
    )
    assert send(phone.screen(session, lesson, 99)) == [("no", "no_screen")]


def test_what_came_of_a_visit_is_kept(send, phone, enrolment):
    type(enrolment).objects.update(completed_at=a_fortnight_ago(), completed_day=1)
    item = phone.recheck(enrolment, outcome="helped", remark="quên mật khẩu")

    assert send(item, item) == [("ok", ""), ("dup", "")]
    assert send(item, {**item, "outcome": "lost"}) == [("dup", ""), ("no", "id_reused")]
    assert Recheck.objects.get().outcome == "helped"


def test_a_visit_to_who_has_not_completed_is_refused(send, phone, enrolment):
    assert send(phone.recheck(enrolment)) == [("no", "not_completed")]


def test_a_visit_to_a_merged_person_counts_for_the_one_who_stayed(
    send, phone, enrolment, hoa, leader
):
    type(enrolment).objects.update(completed_at=a_fortnight_ago(), completed_day=1)
    item = phone.recheck(hoa)
    merge_people(enrolment.resident, hoa.resident, by=leader)

    assert send(item) == [("ok", "")]
    assert Recheck.objects.get().enrolment == enrolment


# Who may do it


def test_who_has_no_task_there_notes_nothing(send, session, enrolment, lesson, observer, stranger):
    type(enrolment).objects.update(completed_at=a_fortnight_ago(), completed_day=1)
    for somebody in (observer, stranger):
        phone = Phone(somebody)
        items = [
            phone.skill(session, enrolment, lesson),
            phone.skill(None, enrolment, lesson),
            phone.paper(session, enrolment, lesson, 3),
            phone.screen(session, lesson, 1),
            phone.recheck(enrolment),
        ]
        assert send(*items, by=somebody) == [("no", "forbidden")] * len(items)


def test_a_former_instructors_notes_wait(send, phone, session, enrolment, lesson, instructor):
    type(enrolment).objects.update(completed_at=a_fortnight_ago(), completed_day=1)
    instructor.assignments.update(until="2026-02-01")
    items = [
        phone.skill(session, enrolment, lesson),
        phone.paper(session, enrolment, lesson, 3),
        phone.screen(session, lesson, 1),
        phone.recheck(enrolment),
    ]

    assert send(*items) == [("ok", "held")] * len(items)
    assert HeldItem.objects.count() == len(items)


def test_what_is_seen_of_a_newcomer_waits_for_the_registration(
    send, phone, session, village, lesson
):
    arrival = phone.arrival(session, village)
    items = [
        phone.skill(session, arrival["person"], lesson),
        phone.skill(None, arrival["person"], lesson),
        phone.remark(session, arrival["person"]),
    ]

    assert send(*items) == [("later", "unknown_person")] * 3
    assert send(*items, arrival) == [("ok", "")] * 4
    assert Resident.objects.get().enrolments.get().observations.count() == 2


def test_what_rests_on_something_held_is_held_with_it(
    send, phone, session, village, lesson, leader
):
    old = round(time.time() * 1000) - 46 * 24 * HOUR
    arrival = phone.arrival(session, village, at=old)
    skill = phone.skill(session, arrival["person"], lesson)

    assert send(arrival, skill) == [("ok", "held")] * 2


# The cost


def test_many_skills_ask_no_more_than_a_few(
    send, phone, session, campaign, village, instructor, django_assert_max_num_queries
):
    lessons = [LessonFactory() for _number in range(2)]
    learners = [
        EnrolmentFactory(
            resident__village=village,
            campaign=campaign,
            class_group=session.class_group,
            by=instructor,
        )
        for _number in range(12)
    ]
    asked = []
    for people in (learners[:2], learners[2:]):
        items = [phone.skill(session, row, lesson) for row in people for lesson in lessons]
        with django_assert_max_num_queries(60) as queries:
            send(*items)
        asked.append(len(queries))
    assert asked[0] == asked[1], asked
