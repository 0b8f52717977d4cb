"""A run on the simulated phone is kept once, and shows a teacher where a class stumbles."""

import json
import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from progress.models import Attempt, LessonView, PracticeRun
from progress.reports import stumbles
from progress.services import enrol, merge_people, record_practice
from tests.factories import LessonFactory, ResidentFactory
from tests.rehearsals import BLOCK, add_practice, call

pytestmark = pytest.mark.django_db

PHONE = call()[0]["zones"][0]["id"]
TALK = call()[1]["zones"][0]["id"]


def steps(*visits):
    names = ("screen", "wrong", "hints", "seconds")
    return [dict(zip(names, visit, strict=True)) for visit in visits]


GOOD = steps(("chinh", 2, 1, 20), ("chuong", 0, 0, 5), ("xong", 0, 0, 0))
QUICK = steps(("chinh", 0, 0, 4), ("chuong", 0, 0, 3), ("xong", 0, 0, 0))


@pytest.fixture
def lesson(course):
    """Two screens, the practice, three questions."""
    return add_practice(course.lessons().first())


@pytest.fixture
def ran(lesson):
    """Return a function that keeps a run."""

    def keep(enrolment, walked=GOOD, **how):
        how.setdefault("uuid", uuid.uuid4())
        return record_practice(enrolment, lesson, BLOCK, steps=walked, **how)

    return keep


# The rule


def test_a_run_is_kept_with_its_sums(ran, enrolment, lesson):
    run = ran(enrolment)

    assert (run.wrong, run.hints, run.seconds) == (2, 1, 25)
    assert (run.lesson, str(run.block), run.help) == (lesson, BLOCK, "alone")
    assert run.steps == GOOD


def test_the_same_run_sent_twice_is_one_run(ran, enrolment):
    number = uuid.uuid4()
    first = ran(enrolment, uuid=number, seconds=30)

    assert ran(enrolment, uuid=number, seconds=30) == first
    assert PracticeRun.objects.count() == 1


def test_a_number_that_was_used_for_something_else_is_refused(ran, enrolment, hoa):
    number = uuid.uuid4()
    ran(enrolment, uuid=number)

    for other in (
        lambda: ran(hoa, uuid=number),
        lambda: ran(enrolment, QUICK, uuid=number),
        lambda: ran(enrolment, uuid=number, help="helped"),
    ):
        with pytest.raises(ValidationError) as refusal:
            other()
        assert refusal.value.code == "id_reused"
    assert PracticeRun.objects.get().steps == GOOD


@pytest.mark.parametrize(
    ("walked", "code"),
    [
        ([], "bad_steps"),
        ("chinh", "bad_steps"),
        (None, "bad_steps"),
        (["chinh"], "bad_steps"),
        ([{"screen": 3}], "bad_steps"),
        (steps(("chinh", -1, 0, 0)), "bad_steps"),
        (steps(("chinh", 100, 0, 0)), "bad_steps"),
        (steps(("chinh", 0, 2, 0)), "bad_steps"),
        (steps(("chinh", 0, 0, 10**9)), "bad_steps"),
        (steps(("chinh", True, 0, 0)), "bad_steps"),
        (steps(("chinh", "1", 0, 0)), "bad_steps"),
        (steps(("khong-co", 0, 0, 0)), "bad_steps"),
        (steps(*[("chinh", 0, 0, 0)] * 61), "bad_steps"),
        (GOOD[:2], "unfinished"),
    ],
)
def test_what_is_no_run_is_refused(ran, enrolment, walked, code):
    with pytest.raises(ValidationError) as refusal:
        ran(enrolment, walked)

    assert refusal.value.code == code
    assert not PracticeRun.objects.exists()


def test_more_than_is_asked_for_is_not_kept(ran, enrolment):
    run = ran(enrolment, [{**step, "name": "Trần Thị Lan"} for step in QUICK])

    assert run.steps == QUICK


def test_other_practices_helps_and_times_are_refused(enrolment, lesson, ran):
    for how, code in (
        ({"help": "magic"}, "unknown_help"),
        ({"seconds": -1}, "bad_steps"),
        ({"seconds": 10**9}, "bad_steps"),
    ):
        with pytest.raises(ValidationError) as refusal:
            ran(enrolment, **how)
        assert refusal.value.code == code
    with pytest.raises(ValidationError) as refusal:
        record_practice(enrolment, lesson, uuid.uuid4(), uuid=uuid.uuid4(), steps=GOOD)
    assert refusal.value.code == "unknown_practice"


def test_a_clock_that_runs_ahead_does_not_write_the_future(ran, enrolment):
    run = ran(enrolment, at=timezone.now() + timedelta(days=400))

    assert run.finished_at <= timezone.now()


def test_runs_move_along_when_two_records_become_one(
    ran, enrolment, lan, village, campaign, class_group, instructor, leader
):
    twin = ResidentFactory(full_name="Trần Thị Lan", village=village)
    run = ran(enrol(twin, campaign, by=instructor, class_group=class_group))
    merge_people(lan, twin, by=leader)

    run.refresh_from_db()
    assert run.enrolment == enrolment


# The report


def test_the_hardest_screen_comes_first(ran, enrolment, hoa, class_group):
    ran(enrolment, steps(("chinh", 0, 0, 10), ("chuong", 3, 1, 40), ("xong", 0, 0, 0)))
    ran(hoa, steps(("chinh", 1, 0, 20), ("chuong", 1, 0, 60), ("xong", 0, 0, 0)))
    (line,) = stumbles(class_group)

    assert (line.learners, line.runs, line.median_seconds) == (2, 2, 65)
    assert [row.screen["name"] for row in line.screens] == ["chuong", "chinh"]
    worst = line.screens[0]
    assert (worst.runs, worst.wrong_each, worst.hints, worst.median_seconds) == (2, 2.0, 1, 50)
    assert [row.is_hard for row in line.screens] == [True, False]


def test_the_last_run_counts_and_a_second_visit_is_no_second_person(ran, enrolment, class_group):
    ran(enrolment, at=timezone.now() - timedelta(days=1))
    twice = [*QUICK[:2], {"screen": "mat", "wrong": 0, "hints": 0, "seconds": 0}, *QUICK]
    ran(enrolment, twice)
    (line,) = stumbles(class_group)

    assert [(row.runs, row.wrong, row.seconds) for row in line.screens] == [
        (1, 0, [8]),
        (1, 0, [6]),
    ]


def test_a_screen_that_was_taken_out_since_is_left_out(ran, enrolment, class_group, lesson):
    run = ran(enrolment)
    PracticeRun.objects.filter(pk=run.pk).update(
        steps=[*GOOD, {"screen": "cu", "wrong": 9, "hints": 1, "seconds": 9}]
    )
    (line,) = stumbles(class_group)

    assert {row.screen["name"] for row in line.screens} == {"chinh", "chuong"}


# Who may


def test_only_those_who_look_after_the_class_see_it(client, class_group, observer, instructor):
    address = reverse("progress:stumbles", args=[class_group.pk])
    client.force_login(observer)
    assert client.get(address).status_code in (403, 404)

    client.force_login(instructor)
    assert client.get(address).status_code == 200


def test_nobody_keeps_a_run_without_a_card(client, lesson):
    address = reverse("progress:practise", args=[lesson.pk, BLOCK])
    client.post(address, {"run": uuid.uuid4(), "p": "xong.0.0.0"})

    assert not PracticeRun.objects.exists()


# The screen


def test_a_learner_without_a_script_walks_to_the_end_and_it_is_kept_once(learner, lesson):
    here = reverse("progress:lesson", args=[lesson.pk, 3])
    context = learner.get(here).context
    run = context["practice_run"]
    walk = {"run": run, "t": context["practice_fields"][1][1] - 12}
    state = learner.get(here, {**walk, "p": "chinh.0.0.0", "tap": PHONE}).context["practice"]
    assert state["state"].startswith("chinh.0.0.1")
    answer = learner.get(here, {**walk, "p": state["state"], "tap": TALK})
    assert answer.context["practice_run"] == run
    page = answer.content.decode()
    assert "Giỏi quá" in page

    address = reverse("progress:practise", args=[lesson.pk, BLOCK])
    sent = {"run": run, "p": answer.context["practice"]["state"]}
    assert learner.post(address, sent).status_code == 204
    answer = learner.post(address, {**sent, "then": "finish"}, follow=True)

    assert answer.redirect_chain[0] == (reverse("progress:finish_lesson", args=[lesson.pk]), 307)
    assert PracticeRun.objects.get().uuid == run
    assert LessonView.objects.get().finished_at
    assert Attempt.objects.get().finished_at is None


def test_in_the_middle_of_a_lesson_the_next_step_follows(learner, course):
    lesson = LessonFactory(course=course, title="Giữa", screens=1)
    lesson = add_practice(lesson)
    raw = [dict(block) for block in lesson.body.raw_data]
    lesson.body = json.dumps([*raw, {**raw[0], "id": "screen-3"}])
    lesson.save()
    page = learner.get(reverse("progress:lesson", args=[lesson.pk, 2])).content.decode()
    assert "Để sau" in page

    address = reverse("progress:practise", args=[lesson.pk, BLOCK])
    sent = {"run": uuid.uuid4(), "p": "chinh.0.0.0~chuong.0.0.0~xong.0.0.0", "then": "next"}
    assert learner.post(address, sent)["Location"] == reverse(
        "progress:lesson", args=[lesson.pk, 3]
    )


def test_a_run_that_cannot_be_kept_holds_nobody_up(learner, lesson):
    address = reverse("progress:practise", args=[lesson.pk, BLOCK])

    assert learner.post(address, {"run": "?", "p": "xong"}).status_code == 422
    answer = learner.post(address, {"run": "?", "p": "xong", "then": "finish"})
    assert answer.status_code == 307
    assert not PracticeRun.objects.exists()


def test_once_more_after_a_good_end_is_another_run(learner, lesson):
    here = reverse("progress:lesson", args=[lesson.pk, 3])
    run = uuid.uuid4()
    done = {"run": run, "p": "chinh.0.0.0~chuong.0.0.0~xong.0.0.0"}

    assert learner.get(here, done).context["practice_run"] == run
    assert learner.get(here, {**done, "tap": "again"}).context["practice_run"] != run


def test_the_class_page_shows_the_screens_and_says_so_when_there_are_none(
    client, ran, enrolment, class_group, instructor
):
    client.force_login(instructor)
    address = reverse("progress:stumbles", args=[class_group.pk])
    assert "Chưa ai tập" in client.get(address).content.decode()

    ran(enrolment)
    page = client.get(address).content.decode()
    assert "Bác thử gọi cho con" in page
    assert "2,0" in page
    learners = client.get(reverse("progress:learners", args=[class_group.pk])).content.decode()
    assert address in learners


def test_a_learners_page_shows_the_last_go(client, ran, enrolment, lan, instructor):
    client.force_login(instructor)
    address = reverse("progress:learner", args=[lan.uuid])
    assert "Tập trên điện thoại mẫu" not in client.get(address).content.decode()

    ran(enrolment)
    page = client.get(address).content.decode()
    assert "Tập trên điện thoại mẫu" in page
    assert "2 lần bấm sai" in page


# The cost


def test_a_class_of_many_costs_no_more_queries(
    ran, enrolment, class_group, campaign, village, instructor, django_assert_max_num_queries
):
    ran(enrolment)
    for _person in range(12):
        person = ResidentFactory(village=village)
        ran(enrol(person, campaign, by=instructor, class_group=class_group))

    with django_assert_max_num_queries(8):
        (line,) = stumbles(class_group)
    assert line.learners == 13


def test_a_practice_screen_costs_a_learner_no_more_than_others(
    learner, lesson, django_assert_max_num_queries
):
    here = reverse("progress:lesson", args=[lesson.pk, 3])
    learner.get(here)
    with django_assert_max_num_queries(14):
        assert learner.get(here, {"p": "chinh.0.0.0", "tap": PHONE}).status_code == 200
