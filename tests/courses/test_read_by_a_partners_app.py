"""The catalogue and the lessons as JSON, for a partner's app."""

import pytest
from django.conf import settings
from django.core.cache import cache

from courses import api
from courses.models import LessonPage

pytestmark = pytest.mark.django_db

COURSES, LESSONS = "/api/v2/courses/", "/api/v2/lessons/"


def test_the_catalogue_lists_the_courses_of_a_language(client, lesson):
    answer = client.get(COURSES, {"locale": "vi", "fields": "*"}).json()

    assert answer["meta"]["total_count"] == 1
    course = answer["items"][0]
    assert course["title"] == "Gọi điện"
    assert course["skill_codes"] == ["2.1"]
    assert set(course["languages"]) == {"vi", "en"}


def test_a_courses_lessons_come_in_their_order(client, lesson):
    course = lesson.course.pk

    answer = client.get(LESSONS, {"child_of": course, "locale": "vi"}).json()

    assert [item["id"] for item in answer["items"]] == [lesson.pk]


def test_a_lesson_comes_whole(client, lesson):
    data = client.get(f"{LESSONS}{lesson.pk}/").json()

    step = data["content"][0]
    assert (step["type"], step["heading"]) == ("step", "Bấm số")
    assert step["picture"]["alt"] == "Ngón tay bấm số"
    assert client.get(step["picture"]["url"]).status_code == 200
    kinds = [screen["type"] for screen in data["content"]]
    assert {"step", "warning", "checklist", "figures"} <= set(kinds)
    question = data["quiz"][0]
    assert [option["correct"] for option in question["options"]] == [False, True]
    assert data["weight_kb"] == lesson.weight_kb


def test_english_speaks_english(client, lesson):
    english = lesson.get_translations().get()

    data = client.get(f"{LESSONS}{english.pk}/").json()

    assert data["content"][0]["heading"] == "Dial"
    assert data["meta"]["locale"] == "en"


def test_a_draft_is_nobodys(client, lesson):
    lesson.unpublish()

    assert client.get(f"{LESSONS}{lesson.pk}/").status_code == 404
    assert client.get(LESSONS, {"locale": "vi"}).json()["items"] == []


def test_nothing_can_be_written(client, lesson, author):
    client.force_login(author)

    for method in ("post", "put", "patch", "delete"):
        assert getattr(client, method)(f"{LESSONS}{lesson.pk}/").status_code == 405
    assert LessonPage.objects.filter(pk=lesson.pk, live=True).exists()


@pytest.mark.parametrize(
    "query", [{"fields": "owner"}, {"limit": "-1"}, {"limit": "x"}, {"colour": "red"}]
)
def test_a_question_that_makes_no_sense_is_answered_as_such(client, lesson, query):
    answer = client.get(LESSONS, query)

    assert answer.status_code == 400
    assert answer.json()["message"]


@pytest.mark.usefixtures("one_minute")
def test_who_asks_too_often_has_to_wait(client, lesson, monkeypatch):
    monkeypatch.setattr(api, "PER_MINUTE", 2)
    cache.clear()

    answers = [client.get(COURSES).status_code for _try in range(3)]

    assert answers == [200, 200, 429]


def test_a_page_of_the_list_costs_the_same_for_many_as_for_few(
    client, lesson, django_assert_max_num_queries
):
    client.get(LESSONS)

    with django_assert_max_num_queries(12):
        answer = client.get(LESSONS, {"locale": settings.LANGUAGE_CODE})

    assert answer.status_code == 200
