"""A learner reads a lesson step by step; a volunteer vouches for whoever has no phone."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from people.services import issue_card
from progress.models import Attempt, LessonView
from progress.reports import journey_of
from progress.services import (
    enrol,
    finish_reading,
    mark_attendance,
    record_lesson,
    record_step,
    withdraw,
)
from tests.factories import LessonFactory, ResidentFactory

pytestmark = pytest.mark.django_db


# The rule


def test_going_back_does_not_lose_the_way(enrolment, lesson):
    for step in (1, 2, 1):
        record_step(enrolment, lesson, step)

    assert LessonView.objects.get().step == 2


def test_a_lesson_without_questions_is_passed_by_reading_it(enrolment, course):
    short = LessonFactory(course=course, title="Ngắn", questions=0)
    finish_reading(enrolment, short)

    enrolment.refresh_from_db()
    assert enrolment.lessons_passed == 1


def test_a_lesson_with_questions_is_not_passed_by_reading_it(enrolment, lesson):
    finish_reading(enrolment, lesson)

    enrolment.refresh_from_db()
    assert enrolment.lessons_passed == 0
    assert LessonView.objects.get().finished_at


@pytest.mark.parametrize("help", ["alone", "helped", "paper"])
def test_a_volunteer_vouches_for_a_lesson_once(enrolment, lesson, instructor, help):
    for _again in range(2):
        record_lesson(enrolment, lesson, help, by=instructor)

    attempt = Attempt.objects.get()
    assert (attempt.help, attempt.recorded_by, attempt.has_passed) == (help, instructor, True)
    enrolment.refresh_from_db()
    assert enrolment.lessons_passed == 1


def test_vouching_is_refused_for_who_left_and_for_ways_nobody_knows(enrolment, lesson, instructor):
    with pytest.raises(ValidationError) as refusal:
        record_lesson(enrolment, lesson, "magic", by=instructor)
    assert refusal.value.code == "unknown_help"

    with pytest.raises(ValidationError) as refusal:
        record_lesson(withdraw(enrolment, by=instructor), lesson, "alone", by=instructor)
    assert refusal.value.code == "not_enrolled"


def test_what_was_begun_comes_next_then_tonights_lesson_then_the_first(
    session, enrolment, course, instructor
):
    first, second = course.lessons()
    assert journey_of(enrolment.resident).next_lesson.lesson == first

    session.lesson = second
    session.save()
    assert journey_of(enrolment.resident).next_lesson.lesson == second

    record_step(enrolment, first, 1)
    assert journey_of(enrolment.resident).next_lesson.lesson == first

    for lesson in (first, second):
        record_lesson(enrolment, lesson, "alone", by=instructor)
    assert journey_of(enrolment.resident).next_lesson is None


# Who may do it


@pytest.mark.parametrize(
    ("who", "status"),
    [("instructor", 302), ("observer", 403), ("stranger", 404)],
)
def test_who_may_vouch(client, enrolment, lesson, who, status, request):
    client.force_login(request.getfixturevalue(who))
    url = reverse("progress:record", args=[enrolment.resident.uuid, lesson.pk])

    assert client.post(url, {"help": "helped"}).status_code == status
    assert Attempt.objects.exists() == (status == 302)


@pytest.mark.parametrize(
    ("who", "status"), [("instructor", 200), ("observer", 403), ("stranger", 404)]
)
def test_who_may_look_at_a_learner(client, enrolment, who, status, request):
    client.force_login(request.getfixturevalue(who))

    url = reverse("progress:learner", args=[enrolment.resident.uuid])
    assert client.get(url).status_code == status


@pytest.mark.parametrize("name", ["learn", "lesson", "resume"])
def test_without_a_card_a_learners_screens_ask_for_one(client, instructor, lesson, name):
    args = {"learn": [], "lesson": [lesson.pk, 1], "resume": [lesson.pk]}[name]
    for _visitor_then_staff in range(2):
        answer = client.get(reverse(f"progress:{name}", args=args))
        assert answer.url == reverse("people:card_entry")
        client.force_login(instructor)


# The screen


def test_a_learners_home_has_one_big_button(learner, session, lesson):
    page = learner.get(reverse("progress:learn"))

    assert page.text.count("big-link is-primary") == 1
    assert page.context["journey"].session == session
    assert reverse("progress:resume", args=[lesson.pk]) in page.text


def test_every_step_is_kept_and_the_lesson_goes_on_where_it_was_left(learner, lesson):
    for step in (1, 2):
        page = learner.get(reverse("progress:lesson", args=[lesson.pk, step]))
        assert f"Màn hình {step}" in page.text

    resumed = learner.get(reverse("progress:resume", args=[lesson.pk]))
    assert resumed.url == reverse("progress:lesson", args=[lesson.pk, 2])


@pytest.mark.parametrize(("step", "leads_to"), [(0, 1), (9, 2)])
def test_a_step_that_does_not_exist_leads_to_the_nearest(learner, lesson, step, leads_to):
    answer = learner.get(reverse("progress:lesson", args=[lesson.pk, step]))

    assert answer.url == reverse("progress:lesson", args=[lesson.pk, leads_to])


def test_the_last_step_leads_to_the_questions(learner, enrolment, lesson):
    answer = learner.post(reverse("progress:finish_lesson", args=[lesson.pk]))

    attempt = Attempt.objects.get(enrolment=enrolment)
    assert answer.url == reverse("progress:question", args=[attempt.uuid, 1])


def test_who_takes_part_nowhere_still_reads(client, lan, lesson, instructor):
    _card, token = issue_card(lan, by=instructor)
    client.post(reverse("people:card_open"), {"token": token})

    assert "step=1" in client.get(reverse("progress:lesson", args=[lesson.pk, 1])).url
    assert client.get(reverse("progress:learn")).status_code == 200
    assert not LessonView.objects.exists()


def test_a_volunteer_sees_evenings_lessons_and_attempts(
    client, session, enrolment, lesson, instructor
):
    mark_attendance(session, enrolment, "late", by=instructor)
    record_lesson(enrolment, lesson, "paper", by=instructor)
    client.force_login(instructor)

    page = client.get(reverse("progress:learner", args=[enrolment.resident.uuid]))

    assert [evening.session for evening in page.context["evenings"]] == [session]
    assert page.context["journey"].required_passed == 1
    assert instructor.full_name in page.text


@pytest.mark.parametrize(
    ("who", "status"), [("instructor", 200), ("observer", 403), ("stranger", 404)]
)
def test_who_may_look_at_a_class(client, class_group, enrolment, who, status, request):
    client.force_login(request.getfixturevalue(who))

    page = client.get(reverse("progress:learners", args=[class_group.pk]))

    assert page.status_code == status
    assert (enrolment.resident.full_name in page.text) == (status == 200)


# The cost


@pytest.mark.parametrize("people", [1, 3])
def test_a_class_costs_the_same_however_many_learn_there(
    client, campaign, class_group, village, instructor, people, django_assert_max_num_queries
):
    for resident in ResidentFactory.create_batch(people, village=village):
        enrol(resident, campaign, by=instructor, class_group=class_group)
    client.force_login(instructor)

    with django_assert_max_num_queries(12):
        client.get(reverse("progress:learners", args=[class_group.pk]))


@pytest.mark.parametrize("lessons", [1, 3])
def test_a_learners_home_costs_the_same_however_many_lessons(
    learner, course, lessons, django_assert_max_num_queries
):
    for number in range(lessons):
        LessonFactory(course=course, title=f"Thêm {number}")
    url = reverse("progress:learn")
    learner.get(url)

    with django_assert_max_num_queries(12):
        learner.get(url)


def test_a_step_of_a_lesson_costs_at_most_eight_queries(
    learner, enrolment, lesson, django_assert_max_num_queries
):
    url = reverse("progress:lesson", args=[lesson.pk, 2])
    learner.get(url)

    with django_assert_max_num_queries(8):
        assert learner.get(url).status_code == 200
