"""What is the same for every stranger is made once, and never shown to anybody else."""

import re

import pytest
from django.core.cache import cache, caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import PageViewRestriction

from courses.models import LocalFigure
from people.services import issue_card
from tests.factories import CourseFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def an_empty_cache():
    cache.clear()


@pytest.fixture
def course():
    return CourseFactory(lessons=2)


@pytest.fixture
def address(course):
    return course.lessons().first().get_url()


# What it costs


@pytest.mark.parametrize("step", ["", "?step=1", "?step=3", "?step=3&answer=a"])
def test_the_second_stranger_costs_no_query(client, address, step, django_assert_num_queries):
    first = client.get(address + step)

    with django_assert_num_queries(0):
        second = client.get(address + step)

    assert second.content == first.content
    assert dict(second.items()) == dict(first.items())


@pytest.mark.parametrize("step", ["", "?step=1", "?step=3", "?step=3&answer=a"])
def test_a_lessons_page_costs_at_most_eight_queries(
    client, address, step, django_assert_max_num_queries
):
    # Which site and which languages there are is asked once in a process.
    client.get(reverse("courses:list"), follow=True)

    with django_assert_max_num_queries(8):
        assert client.get(address + step).status_code == 200


# For whom


def test_a_page_for_strangers_has_nobodys_token(client, address):
    answer = client.get(address)

    assert not answer.cookies
    assert not re.search(r"csrf", answer.content.decode(), re.IGNORECASE)


def test_whoever_is_signed_in_gets_a_page_of_his_own(client, address, instructor):
    client.get(address + "?step=1")
    client.force_login(instructor)

    own = client.get(address + "?step=1")

    assert own["Cache-Control"] == "no-store, private"
    assert own.context["user"] == instructor


def test_what_somebody_saw_is_not_kept_for_strangers(client, address, instructor):
    client.force_login(instructor)
    own = client.get(address)
    client.logout()
    client.cookies.clear()

    assert own["Cache-Control"] == "no-store, private"
    assert client.get(address).content != own.content


def test_a_learner_with_a_card_is_led_to_the_lesson_that_remembers(
    client, address, lan, instructor
):
    client.get(address)
    _card, token = issue_card(lan, by=instructor)
    client.post(reverse("people:card_open"), {"token": token})

    assert client.get(address).status_code == 302


def test_large_letters_are_for_whoever_chose_them(client, address):
    client.get(address)
    client.post(reverse("look"), {"size": "3", "next": address})

    assert 'data-size="3"' in client.get(address).content.decode()


def test_a_form_with_a_token_is_never_kept(client, address, course):
    lesson = course.lessons().first()
    PageViewRestriction.objects.create(page=lesson, restriction_type="password", password="mật")
    # Whoever has been somewhere with a form has the cookie already, and is given none.
    client.get(reverse("progress:whoami"))
    first = client.get(address).content.decode()

    assert "csrfmiddlewaretoken" in first
    assert client.get(address).content.decode() != first


def test_ever_new_addresses_make_nobody_forget_who_tried_too_often(client, address):
    cache.set("tries", 7, 60)
    for number in range(40):
        client.get(f"{address}?step=1&x={number}")

    assert cache.get("tries") == 7
    assert len(caches["pages"]._cache) >= 40


def test_a_message_for_somebody_is_kept_for_nobody(client, address):
    caches["pages"].clear()
    client.cookies["messages"] = "said to one"

    client.get(address)

    assert not caches["pages"]._cache


def test_each_name_of_the_site_has_its_own(client, address):
    caches["pages"].clear()
    for host in ("one.example", "two.example"):
        client.get(address, headers={"host": host})

    assert len(caches["pages"]._cache) == 2


def test_an_emptied_cache_brings_no_old_page_back(client, address, course):
    client.get(address)
    cache.clear()
    course.lessons().first().unpublish()
    cache.clear()

    assert client.get(address).status_code == 404


def test_each_language_has_its_own(client, course):
    shelf = course.get_parent().get_url()
    other = "/en/" + shelf.removeprefix("/vi/")

    assert client.get(shelf).content != client.get(other).content


# When something changes


def test_what_an_author_publishes_is_seen_at_once(client, address, course):
    client.get(address)
    lesson = course.lessons().first()
    lesson.title = "Bấm số thật chậm"
    lesson.save_revision().publish()

    assert "Bấm số thật chậm" in client.get(address).content.decode()


def test_a_lesson_that_was_taken_away_is_gone(client, address, course):
    client.get(address)
    course.lessons().first().unpublish()

    assert client.get(address).status_code == 404


def test_a_figures_new_words_are_seen_at_once(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as kept:
        client.get(address)
    LocalFigure.objects.create(key="help-line")
    with CaptureQueriesContext(connection) as made_anew:
        client.get(address)

    assert len(kept) == 0 < len(made_anew)
