"""Questions are judged, offered and explained as plain data."""

import pytest
from django.http import QueryDict

from courses.rules import (
    UNSURE,
    explain,
    grade,
    has_passed,
    offered,
    read_reply,
    score,
    walk,
)


def question(kind, **correct):
    """A question whose options are named a, b, c …; ``correct`` tells which are right."""
    return {
        "id": f"question-{kind}",
        "kind": kind,
        "text": "Which?",
        "options": [
            {"id": name, "text": name.upper(), "correct": right, "feedback": f"about {name}"}
            for name, right in correct.items()
        ],
        "explanation": "Because.",
    }


SINGLE = question("single", a=False, b=True, c=False)
SEVERAL = question("several", a=True, b=True, c=False)
TRUE_FALSE = question("true_false", a=False, b=True)
PICTURE = question("picture", a=True, b=False)
ORDER = question("order", a=False, b=False, c=False, d=False)


# The rule


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (SINGLE, "b"),
        (SINGLE, ["b"]),
        (TRUE_FALSE, "b"),
        (PICTURE, "a"),
        (SEVERAL, ["a", "b"]),
        (SEVERAL, ["b", "a"]),
        (ORDER, ["a", "b", "c", "d"]),
    ],
)
def test_a_right_answer_is_right(asked, answer):
    assert grade(asked, answer) is True


@pytest.mark.parametrize(
    "answer",
    [None, "", "x", UNSURE, [], ["b", "b"], 7, {"b": 1}, [None], [["b"]], True, "a" * 9999, b"b"],
    ids=repr,
)
@pytest.mark.parametrize("asked", [SINGLE, SEVERAL, TRUE_FALSE, ORDER], ids=lambda q: q["kind"])
def test_an_answer_that_makes_no_sense_is_wrong_and_no_error(asked, answer):
    assert grade(asked, answer) is False


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (SINGLE, "a"),
        (SINGLE, ["a", "b"]),
        (SEVERAL, ["a"]),
        (SEVERAL, ["a", "b", "c"]),
        (ORDER, ["b", "a", "c", "d"]),
        (ORDER, ["a", "b", "c"]),
    ],
)
def test_half_right_is_not_right(asked, answer):
    assert grade(asked, answer) is False


@pytest.mark.parametrize("broken", [{}, {"kind": "unheard of", "options": []}, {"kind": "several"}])
def test_a_question_of_an_unknown_kind_has_no_right_answer(broken):
    assert grade(broken, "a") is False


@pytest.mark.parametrize(("right", "passed"), [(5, True), (3, True), (2, False), (0, False)])
def test_sixty_per_cent_is_enough_to_pass(right, passed):
    questions = [{**SINGLE, "id": str(number)} for number in range(5)]
    answers = {str(number): "b" if number < right else "a" for number in range(5)}

    assert score(questions, answers) == right
    assert has_passed(questions, answers) is passed


def test_a_lesson_without_questions_cannot_be_passed():
    assert has_passed([], {}) is False


@pytest.mark.parametrize("answers", [None, [], "b", {"other": "b"}])
def test_answers_that_are_no_answers_score_nothing(answers):
    assert score([SINGLE], answers) == 0


def test_options_are_mixed_but_always_in_the_same_way():
    orders = {
        tuple(option["id"] for option in offered({**SINGLE, "id": str(number)}))
        for number in range(50)
    }

    assert len(orders) == 6
    assert offered(SINGLE) == offered(SINGLE)


def test_true_stands_before_false():
    assert [option["id"] for option in offered(TRUE_FALSE)] == ["a", "b"]


def test_an_ordering_question_never_starts_in_the_right_order():
    for number in range(200):
        asked = {**question("order", a=0, b=0, c=0), "id": str(number)}
        assert [option["id"] for option in offered(asked)] != ["a", "b", "c"]


# The screen


def test_rows_are_moved_by_buttons_and_nothing_is_answered_by_that():
    reply = read_reply(ORDER, QueryDict("order=b&order=a&order=c&order=d&move=a:up"))

    assert (reply.order, reply.answer, reply.moved) == (["a", "b", "c", "d"], None, "a")


@pytest.mark.parametrize("move", ["a:up:up", "x:up", "a:sideways", ":", "a:up"])
def test_a_move_that_cannot_be_made_changes_nothing(move):
    reply = read_reply(ORDER, QueryDict(f"order=a&order=b&order=c&order=d&move={move}"))

    assert reply.order == ["a", "b", "c", "d"]


def test_rows_that_a_phone_loses_or_invents_are_put_right():
    reply = read_reply(ORDER, QueryDict("order=c&order=c&order=zzz&answer=done"))

    assert reply.order[0] == "c"
    assert sorted(reply.order) == ["a", "b", "c", "d"]
    assert reply.answer == reply.order


def test_several_answers_come_together_and_none_is_asked_for_again():
    assert read_reply(SEVERAL, QueryDict("answer=a&answer=b&answer=done")).answer == ["a", "b"]
    assert read_reply(SEVERAL, QueryDict("answer=done")).is_empty
    assert read_reply(SEVERAL, QueryDict("")).is_empty is False


def test_whoever_is_not_sure_is_told_and_not_scolded():
    told = explain(SINGLE, read_reply(SINGLE, QueryDict("answer=unsure")).answer)

    assert (told["is_right"], told["is_unsure"]) == (False, True)
    assert told["explanation"] == "Because."


def test_a_wrong_answer_gets_the_words_that_belong_to_it():
    assert explain(SINGLE, "c")["remarks"] == [{"text": "C", "feedback": "about c"}]


def test_an_incomplete_answer_is_told_that_more_is_to_be_found():
    assert explain(SEVERAL, ["a"])["is_incomplete"] is True
    assert explain(SEVERAL, ["a", "c"])["is_incomplete"] is False


def test_a_wrong_order_names_only_the_rows_that_lie_wrong():
    remarks = explain(ORDER, ["a", "c", "b", "d"])["remarks"]

    assert [remark["text"] for remark in remarks] == ["B", "C"]


@pytest.mark.parametrize(
    ("query", "kind", "step"),
    [
        ("", "cover", 0),
        ("step=1", "screen", 1),
        ("step=3", "question", 3),
        ("step=5", "end", 5),
        ("step=9999", "end", 5),
        ("step=-1", "cover", 0),
        ("step=²", "cover", 0),
        ("step=99999999999999", "cover", 0),
    ],
)
def test_the_address_tells_where_one_stands(query, kind, step):
    here = walk(QueryDict(query), 2, [SINGLE, SEVERAL])

    assert (here.kind, here.step) == (kind, step)


def test_results_travel_in_the_address_and_a_later_answer_counts():
    questions = [SINGLE, SEVERAL]
    wrong = walk(QueryDict("step=3&answer=a"), 2, questions)
    right = walk(QueryDict("step=3&r=0-&answer=b"), 2, questions)

    assert (wrong.results, wrong.forward) == ("0-", "?step=4&r=0-")
    assert (right.results, right.right) == ("1-", 1)


def test_nonsense_in_the_address_is_left_out():
    assert walk(QueryDict("step=4&r=<script>11111"), 2, [SINGLE, SEVERAL]).results == "--"
