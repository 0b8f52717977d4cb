"""A lesson may draw a few of many questions: whoever tries again meets others."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from courses.rules import draw, draw_across, walk
from tests.factories import LessonFactory

POOL = [
    {"id": str(n), "kind": "single", "text": f"{n}?", "options": [{"id": "a", "correct": True}]}
    for n in range(7)
]


# The rule


@given(st.integers(0, 30), st.integers(0, 20), st.integers(0, 999), st.integers(0, 99))
def test_as_many_as_asked_are_drawn_each_once_in_their_order(count, asked, who, turn):
    drawn = draw(count, asked, who, turn)

    assert len(drawn) == (asked if 0 < asked < count else count)
    assert drawn == sorted(set(drawn))
    assert drawn == draw(count, asked, who, turn)


@given(st.integers(4, 30), st.data(), st.integers(0, 999), st.integers(0, 99))
def test_the_next_turn_asks_others(count, data, who, turn):
    asked = data.draw(st.integers(3, count - 1))

    assert draw(count, asked, who, turn) != draw(count, asked, who, turn + 1)


def test_in_two_turns_half_of_the_questions_each_come_once():
    assert sorted(draw(6, 3, "lan", 0) + draw(6, 3, "lan", 1)) == list(range(6))


def test_neighbours_draw_differently():
    assert len({tuple(draw(8, 3, who)) for who in range(30)}) > 10


@given(
    st.lists(st.integers(0, 6), max_size=8), st.integers(0, 20), st.integers(0, 99), st.booleans()
)
def test_every_lesson_gives_as_many_questions_as_the_others(sizes, size, who, has_met):
    pools = [[f"{lesson}-{n}" for n in range(count)] for lesson, count in enumerate(sizes)]
    met = draw_across(pools, size, "before") if has_met else []
    drawn = draw_across(pools, size, who, met)
    given_by = [sum(name in pool for name in drawn) for pool in pools]

    assert len(drawn) == len(set(drawn)) == min(size, sum(sizes))
    for count, share in zip(sizes, given_by, strict=True):
        # A lesson gives less than another only when it has no more.
        assert share == count or share >= max(given_by) - 1


def test_what_was_met_before_comes_last():
    pools = [[f"{lesson}-{n}" for n in range(4)] for lesson in range(3)]
    before = draw_across(pools, 6, "lan")

    assert not set(before) & set(draw_across(pools, 6, "lan again", before))
    assert set(before) & set(draw_across(pools, 9, "lan again", before))


# The address


def walked(query, who=5):
    return walk(QueryDict(query), 2, POOL, 3, who)


def test_the_draw_travels_in_the_address_from_the_first_question_on():
    assert walked("step=1").forward == "?step=2"
    assert walked("step=2").forward == "?step=3&d=5-0"
    assert walked("step=3&d=9-1", who=5).fields == [("step", "3"), ("r", "---"), ("d", "9-1")]
    assert walked("step=3&d=9-1&answer=a").forward == "?step=4&r=1--&d=9-1"


def test_the_same_address_asks_the_same_question():
    asked = {walked("step=4&d=9-1", who).question["id"] for who in range(20)}

    assert len(asked) == 1


def test_doing_it_again_draws_others():
    assert walked("step=6&r=000&d=9-1").again == "?step=3&d=9-2"


def test_going_back_to_read_loses_no_answer():
    assert walked("step=3&r=0--&d=9-1").back == "?step=2&r=0--&d=9-1"


@pytest.mark.parametrize("nonsense", ["", "x", "-1", "1-", "99999", "1-999", "²", "1;2"])
def test_a_draw_that_makes_no_sense_is_made_anew(nonsense):
    assert walked(f"step=3&d={nonsense}").drawn == "5-0"


def test_a_lesson_that_asks_all_has_no_draw_in_its_addresses():
    assert walk(QueryDict("step=2"), 2, POOL, 0, 5).forward == "?step=3"
    assert walk(QueryDict("step=2"), 2, POOL, 7, 5).forward == "?step=3"


# The screen


@pytest.mark.django_db
def test_a_visitor_is_asked_three_of_five_and_finds_the_same_ones_again(client):
    lesson = LessonFactory(questions=5)
    lesson.asked = 3
    lesson.save()
    url = lesson.get_url()

    onwards = re.search(r'href="(\?step=3[^"]*)"', client.get(url + "?step=2").text)[1]
    onwards = onwards.replace("&amp;", "&")
    first, again = (Client().get(url + onwards).text for _ in range(2))

    assert "Câu hỏi 1 trên 3" in first
    assert first == again


@pytest.mark.django_db
@pytest.mark.parametrize(("mark", "is_enough"), [(60, True), (61, False)])
def test_the_pass_mark_is_the_lessons_own(client, mark, is_enough):
    lesson = LessonFactory(questions=5)
    lesson.pass_per_cent = mark
    lesson.save()
    end = client.get(lesson.get_url() + "?step=9&r=11100")

    assert end.context["has_passed"] is is_enough


# The author


@pytest.mark.django_db
@pytest.mark.parametrize("asked", [0, 3, 5])
def test_all_are_asked_or_at_least_three(asked):
    lesson = LessonFactory(questions=5)
    lesson.asked = asked

    lesson.clean()


@pytest.mark.django_db
@pytest.mark.parametrize("asked", [2, 6])
def test_fewer_than_three_or_more_than_there_are_cannot_be_asked(asked):
    lesson = LessonFactory(questions=5)
    lesson.asked = asked

    with pytest.raises(ValidationError) as refusal:
        lesson.clean()

    assert refusal.value.error_dict["asked"][0].code == "asked"
