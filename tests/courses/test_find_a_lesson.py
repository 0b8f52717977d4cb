"""Somebody looks for a lesson, with or without accents."""

import pytest
from django.urls import reverse

from courses.models import CoursePage, LessonPage
from courses.rules.finding import searchable, wanted
from courses.services import fill_search, find_lessons
from tests.courses.test_show_our_own_picture import rewrite


def titles(query, language="vi"):
    return [hit.page.title for hit in find_lessons(query, language)]


# The rule


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Bấm SỐ đường dài!", ["bam", "so", "duong", "dai"]),
        ("bam bam", ["bam"]),
        ("  ", []),
        ("%_'\"", []),
        ("một hai ba bốn năm sáu bảy", ["mot", "hai", "ba", "bon", "nam", "sau"]),
    ],
)
def test_what_is_typed_becomes_bare_words(text, words):
    assert [word for word in wanted(text) if word != "_"] == words


def test_names_of_screens_and_ids_are_not_words():
    stored = [{"type": "step", "id": "abc-1", "value": {"heading": "Gọi", "app": "VNeID"}}]

    assert searchable([stored]) == " goi"


@pytest.mark.parametrize(
    "query",
    ["Bấm số đường dài", "bam so duong dai", "dai duong", "đường", "duon", "BẤM", "cham tung"],
)
def test_a_lesson_is_found_without_accents_in_any_order_by_half_words(lesson, query):
    assert lesson.title in titles(query)


@pytest.mark.parametrize("query", ["ường", "xe lửa", "", "bam xyz"])
def test_what_is_not_there_is_not_found(lesson, query):
    assert titles(query) == []


def test_words_in_the_title_come_first(lesson):
    assert titles("goi dien") == ["Gọi điện"]
    lesson.copy(update_attrs={"slug": "khac", "title": "Chậm thôi"}, to=lesson.get_parent())

    assert titles("cham")[0] == "Chậm thôi"


def test_each_language_finds_its_own(lesson):
    assert titles("dialling", "en") == ["Dialling"]
    assert titles("dialling") == []


def test_drafts_are_not_found(lesson):
    lesson.unpublish()
    assert titles("duong dai") == []


def test_lessons_of_an_unpublished_course_are_not_found(lesson):
    lesson.course.unpublish()
    assert titles("duong dai") == []


def test_what_is_rewritten_is_found_by_its_new_words(lesson):
    rewrite(lesson, "Nhấc ống nghe lên.")

    assert titles("ong nghe") == [lesson.title]


def test_pages_from_before_are_written_down(lesson):
    for model in (CoursePage, LessonPage):
        model.objects.update(search_text="")
    assert titles("duong dai") == []

    fill_search()

    assert titles("duong dai") == [lesson.title]


# The screen


def test_the_shelf_asks_what_one_wants_to_learn(client, lesson):
    page = client.get(reverse("courses:list"), follow=True).text

    assert reverse("courses:search") in page
    assert "Tìm bài học" in page


def test_results_lead_to_the_lesson(client, lesson):
    page = client.get(reverse("courses:search"), {"q": "bam so"}).text

    assert lesson.url in page
    assert "Gọi điện" in page


def test_without_result_the_words_are_kind(client, lesson):
    page = client.get(reverse("courses:search"), {"q": "xe <b>lửa"})

    assert page.status_code == 200
    assert "Chưa có bài nào như bác tìm" in page.text
    assert "<b>lửa" not in page.text


def test_authors_find_without_accents_too(client, lesson, author):
    client.force_login(author)

    for name in ("wagtailadmin_explore_root", "wagtailadmin_pages:search"):
        page = client.get(reverse(name), {"q": "duong dai"}).text
        assert lesson.title in page, name


# The cost


def test_looking_costs_the_same_however_much_there_is(
    client, lesson, django_assert_max_num_queries
):
    client.get(reverse("courses:search"), {"q": "bam"})
    with django_assert_max_num_queries(4):
        client.get(reverse("courses:search"), {"q": "bam"})
