"""A lesson in one piece, for a phone: the same for everybody, and everything is on it."""

import json
import re

import pytest
from django.urls import reverse

from courses.models import LessonPage
from people.services import issue_card
from tests.factories import CourseFactory, LessonFactory
from tests.rehearsals import add_practice, call

pytestmark = pytest.mark.django_db


@pytest.fixture
def lesson(db):
    return CourseFactory(lessons=1).lessons().get()


def whole(client, lesson, **query):
    return client.get(reverse("courses:whole", args=[lesson.pk]), query)


# The rule


def test_every_screen_question_and_answer_is_on_it(client, lesson):
    page = whole(client, lesson).text
    parts = re.findall(r'data-part="([^"]+)"', page)

    assert parts[:3] == ["s1", "s2", "q-question-1"]
    for state in ("right", "wrong", "incomplete", "unsure"):
        assert f"q-question-3-{state}" in parts
    assert [part for part in parts if part.startswith("end-")] == [f"end-{n}" for n in range(4)]
    assert "help" in parts


def test_what_the_phone_judges_by_is_on_it(client, lesson):
    revision = lesson.save_revision()
    revision.publish()
    page = whole(client, lesson).text
    data = json.loads(re.search(r'id="lesson-data"[^>]*>(.*?)</script>', page)[1])

    assert (data["lesson"], data["revision"], data["asked"]) == (lesson.pk, revision.pk, 3)
    assert data["questions"][0]["options"][0]["correct"] is True


def test_a_lesson_that_draws_its_questions_has_all_of_them(client):
    lesson = LessonFactory(questions=5)
    lesson.asked = 3
    lesson.save()
    page = whole(client, lesson).text
    parts = re.findall(r'data-part="([^"]+)"', page)

    assert {f"q-question-{number}" for number in range(1, 6)} <= set(parts)
    assert "trail-3" in parts
    assert "end-4" not in parts


def test_each_language_is_asked_for_by_itself(client, lesson):
    assert '<html lang="en"' in whole(client, lesson, lang="en").text
    assert '<html lang="vi"' in whole(client, lesson).text
    assert whole(client, lesson, lang="xx").status_code == 404


@pytest.mark.parametrize("where", ["whole", "page"])
def test_what_an_author_writes_is_words_and_never_a_script(client, lesson, where):
    evil = "</script><script>x()</script><img src=x onerror=x()>{text}\"'"
    screens = call()
    for screen in screens:
        screen.update(words=evil, hint=evil)
        for zone in screen["zones"]:
            zone.update(label=evil, says=evil)
    raw = json.loads(json.dumps([dict(block) for block in lesson.questions.raw_data]))
    for question in raw:
        question["value"].update(text=evil, explanation=evil)
    lesson.questions, lesson.title = json.dumps(raw), evil
    lesson = add_practice(lesson, screens, heading=evil)

    number = len(lesson.screens)
    if where == "whole":
        pages = [whole(client, lesson)]
    else:
        pages = [client.get(lesson.get_url(), {"step": step}) for step in (number, number + 1)]

    for page in pages:
        assert page.status_code == 200
        assert "x()" in page.text
        assert "<script>x" not in page.text
        assert "<img src=x" not in page.text


# Who may


def test_it_is_the_same_for_everybody_and_leaves_no_cookie(client, lesson, lan, instructor):
    mine = whole(client, lesson)
    _card, token = issue_card(lan, by=instructor)
    client.post(reverse("people:card_open"), {"token": token})
    hers = whole(client, lesson)

    assert hers.content == mine.content
    assert not hers.cookies
    assert "csrf" not in hers.text
    assert "public" in hers["Cache-Control"]
    client.force_login(instructor)
    assert whole(client, lesson).content == mine.content


def test_a_draft_is_not_there(client, lesson):
    LessonPage.objects.filter(pk=lesson.pk).update(live=False)

    assert whole(client, lesson).status_code == 404


# The cost


def test_a_phone_that_has_it_is_told_so(client, lesson):
    answer = whole(client, lesson)
    again = client.get(
        reverse("courses:whole", args=[lesson.pk]), headers={"if-none-match": answer["ETag"]}
    )

    assert again.status_code == 304
    assert not again.content


@pytest.mark.parametrize("screens", [1, 6])
def test_a_longer_lesson_costs_no_more_queries(client, screens, django_assert_max_num_queries):
    lesson = LessonFactory(screens=screens, questions=3 + screens)
    whole(client, lesson)
    with django_assert_max_num_queries(14):
        assert whole(client, lesson).status_code == 200


def test_a_class_that_opens_it_at_once_has_it_laid_out_once(
    client, lesson, django_assert_max_num_queries
):
    lesson.save_revision().publish()
    first = whole(client, lesson).content

    with django_assert_max_num_queries(3):
        assert whole(client, lesson).content == first
    lesson.title = "Mở ứng dụng thật chậm"
    lesson.save_revision().publish()

    assert "Mở ứng dụng thật chậm" in whole(client, lesson).text


def test_the_lessons_of_a_course_that_is_taken_away_are_gone(client, lesson):
    lesson.course.unpublish()

    assert whole(client, lesson).status_code == 404
