"""Before a course and after it: what somebody knows, offered to learners, judged by nobody."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from campaigns.models import Cell, Journal
from progress.models import Attempt
from progress.reports import class_gains, course_tests_of, doubts, journey_of
from progress.services import (
    answer_question,
    finish_attempt,
    record_lesson,
    start_attempt,
    start_course_test,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(course):
    """Two lessons of three questions each; four are asked."""
    course.test_size = 4
    course.save()
    return course


@pytest.fixture
def take_test(course):
    """Return a function that does a test with so many right answers."""

    def take(enrolment, occasion, right):
        test = start_course_test(enrolment, course, occasion)
        for number, question in enumerate(test.questions):
            answer_question(test, question["id"], "a" if number < right else "b")
        return finish_attempt(test)

    return take


@pytest.fixture
def finish_lessons(course, instructor):
    def finish(enrolment):
        for lesson in course.lessons():
            record_lesson(enrolment, lesson, "alone", by=instructor)

    return finish


# The rule


def test_both_tests_ask_every_lesson_and_the_second_asks_others(
    enrolment, course, take_test, finish_lessons
):
    before = take_test(enrolment, "before", 1)
    finish_lessons(enrolment)
    after = take_test(enrolment, "after", 4)
    of_before, of_after = (
        {question["id"] for question in test.questions} for test in (before, after)
    )

    assert [len(of_before), len(of_after)] == [4, 4]
    for lesson in course.lessons():
        key = lesson.translation_key.hex[:8]
        assert sum(name.startswith(key) for name in of_before) == 2
    # Six questions in all: the second test can avoid but two of the first four.
    assert len(of_before & of_after) == 2


def test_there_is_one_test_before_and_one_after(enrolment, course, take_test):
    done = take_test(enrolment, "before", 2)

    assert start_course_test(enrolment, course, "before") == done


def test_a_test_begun_may_be_finished_later(enrolment, course, lesson):
    begun = start_course_test(enrolment, course, "before")
    start_attempt(enrolment, lesson)

    assert start_course_test(enrolment, course, "before") == begun


def test_whoever_has_begun_to_learn_is_not_asked_what_he_knew_before(enrolment, course, lesson):
    start_attempt(enrolment, lesson)

    with pytest.raises(ValidationError) as refusal:
        start_course_test(enrolment, course, "before")

    assert refusal.value.code == "begun"


def test_after_means_after_every_lesson(enrolment, course, lesson, instructor):
    record_lesson(enrolment, lesson, "alone", by=instructor)

    with pytest.raises(ValidationError) as refusal:
        start_course_test(enrolment, course, "after")

    assert refusal.value.code == "lessons_left"


def test_a_course_without_lessons_has_nothing_to_ask(enrolment, course):
    for lesson in course.lessons():
        lesson.unpublish()

    with pytest.raises(ValidationError) as refusal:
        start_course_test(enrolment, course, "before")

    assert refusal.value.code == "no_questions"


def test_nothing_of_it_is_passed_counted_or_completed(enrolment, campaign, take_test):
    counted = Cell.objects.count(), Journal.objects.count()
    test = take_test(enrolment, "before", 4)

    enrolment.refresh_from_db()
    assert (test.score, test.has_passed) == (4, False)
    assert (enrolment.lessons_passed, enrolment.completed_at) == (0, None)
    assert (Cell.objects.count(), Journal.objects.count()) == counted
    assert doubts(campaign) == []
    assert not Attempt.objects.passed().exists()


def test_the_database_refuses_to_let_a_test_be_passed(enrolment, take_test):
    test = take_test(enrolment, "before", 4)

    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.filter(pk=test.pk).update(has_passed=True)


def test_the_journey_does_not_stumble_over_a_test(enrolment, take_test):
    take_test(enrolment, "before", 1)
    journey = journey_of(enrolment.resident)

    assert [lesson.state for lesson in journey.lessons] == ["new", "new"]


def test_it_is_offered_before_the_first_lesson_and_after_the_last(
    enrolment, lesson, take_test, finish_lessons
):
    def offers():
        return [test.offer for test in course_tests_of(journey_of(enrolment.resident))]

    fresh = offers()
    take_test(enrolment, "before", 1)
    learning = offers()
    finish_lessons(enrolment)
    done = offers()
    take_test(enrolment, "after", 3)

    assert (fresh, learning, done, offers()) == (["before"], [""], ["after"], [""])


def test_it_is_not_offered_where_the_author_asks_none(enrolment, course):
    course.test_size = 0
    course.save()

    assert course_tests_of(journey_of(enrolment.resident)) == []


def test_a_class_gains_only_what_those_gained_who_did_both(
    enrolment, hoa, class_group, course, take_test, finish_lessons
):
    take_test(hoa, "before", 4)
    take_test(enrolment, "before", 1)
    nobody = class_gains(class_group)
    finish_lessons(enrolment)
    take_test(enrolment, "after", 3)
    gain = class_gains(class_group)[0]

    assert nobody == []
    assert (gain.course.pk, gain.people, gain.before, gain.after) == (course.pk, 1, 25, 75)


# The screen


def test_a_learner_finds_it_below_the_big_button(learner, course):
    page = learner.get(reverse("progress:learn"))

    assert reverse("progress:begin_test", args=[course.pk, "before"]) in page.text


def test_a_whole_test_is_done_on_the_usual_screens(learner, enrolment, course):
    begin = reverse("progress:begin_test", args=[course.pk, "before"])
    assert learner.get(begin).status_code == 200
    answer = learner.post(begin)
    for number in range(1, 5):
        url = reverse("progress:question", args=[Attempt.objects.get().uuid, number])
        assert answer.url == url if number == 1 else True
        learner.post(url, {"answer": "a" if number < 4 else "unsure"})
        assert learner.get(url).status_code == 200
    result = reverse("progress:result", args=[Attempt.objects.get().uuid])
    learner.get(result)
    learner.post(result, {"help": "alone"})

    page = learner.get(result)
    assert "3/4" in page.text
    assert page.context["test"].before.score == 3
    assert "progress-bar" not in page.text


def test_the_learner_sees_both_beside_each_other(learner, enrolment, take_test, finish_lessons):
    take_test(enrolment, "before", 1)
    finish_lessons(enrolment)
    after = take_test(enrolment, "after", 4)

    text = learner.get(reverse("progress:result", args=[after.uuid])).text
    assert text.index("1/4") < text.index("4/4")


@pytest.mark.parametrize("occasion", ["lesson", "never"])
def test_another_occasion_leads_home(learner, course, occasion):
    page = learner.get(reverse("progress:begin_test", args=[course.pk, occasion]))

    assert page.url == reverse("progress:learn")


def test_a_course_without_a_test_is_not_found(learner, course):
    course.test_size = 0
    course.save()
    page = learner.get(reverse("progress:begin_test", args=[course.pk, "before"]))

    assert page.status_code == 404


def test_the_wrong_time_is_said_and_leads_home(learner, enrolment, course, lesson):
    start_attempt(enrolment, lesson)
    page = learner.post(reverse("progress:begin_test", args=[course.pk, "before"]))

    assert page.url == reverse("progress:learn")
    assert Attempt.objects.filter(course__isnull=False).exists() is False


def test_the_teacher_sees_what_the_class_has_gained(
    client, instructor, enrolment, class_group, take_test, finish_lessons
):
    take_test(enrolment, "before", 1)
    finish_lessons(enrolment)
    take_test(enrolment, "after", 3)
    client.force_login(instructor)
    page = client.get(reverse("progress:learners", args=[class_group.pk]))

    assert "25%" in page.text
    assert "75%" in page.text


# What it costs


def test_the_gain_of_a_class_costs_two_queries(
    enrolment, hoa, class_group, take_test, finish_lessons, django_assert_num_queries
):
    for each in (enrolment, hoa):
        take_test(each, "before", 1)
        finish_lessons(each)
        take_test(each, "after", 3)

    with django_assert_num_queries(2):
        assert class_gains(class_group)[0].people == 2


def test_a_learners_page_without_tests_costs_nothing_more(
    enrolment, course, django_assert_num_queries
):
    course.test_size = 0
    course.save()
    journey = journey_of(enrolment.resident)

    with django_assert_num_queries(0):
        course_tests_of(journey)
