"""Spotting the suspicious parts of a message: all of them, and nothing harmless."""

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict

from courses.blocks.questions import SpotBlock
from courses.rules import UNSURE, explain, grade, offered, read_reply

MESSAGE = {
    "id": "message",
    "kind": "spot",
    "text": "Chỗ nào đáng ngờ?",
    "options": [
        {"id": name, "text": name.upper(), "correct": bad, "feedback": f"về {name}"}
        for name, bad in {"a": False, "b": True, "c": True, "d": False}.items()
    ],
    "explanation": "Bác không bấm.",
}


# The rule


@pytest.mark.parametrize(
    ("answer", "is_right"),
    [
        (["b", "c"], True),
        (["c", "b"], True),
        (["b"], False),
        (["b", "c", "d"], False),
        (["a"], False),
        (UNSURE, False),
        (None, False),
    ],
)
def test_all_suspicious_parts_and_nothing_else_are_right(answer, is_right):
    assert grade(MESSAGE, answer) is is_right


def test_a_message_keeps_its_order():
    assert [part["id"] for part in offered(MESSAGE)] == ["a", "b", "c", "d"]


def test_whoever_found_some_is_told_that_there_is_more():
    assert explain(MESSAGE, ["b"])["is_incomplete"] is True
    assert explain(MESSAGE, ["b", "a"])["is_incomplete"] is False


def test_each_part_that_was_tapped_gets_its_word():
    assert [r["feedback"] for r in explain(MESSAGE, ["b", "a"])["remarks"]] == ["về a", "về b"]


# The screen


def test_the_tapped_parts_come_together_and_none_is_asked_for_again():
    assert read_reply(MESSAGE, QueryDict("answer=b&answer=c&answer=done")).answer == ["b", "c"]
    assert read_reply(MESSAGE, QueryDict("answer=done")).is_empty is True


# The author


def test_a_message_without_anything_suspicious_is_refused():
    block = SpotBlock()
    block.set_name("spot")
    options = [
        {"type": "item", "id": str(n), "value": {"text": f"{n}", "is_right": False, "feedback": ""}}
        for n in range(3)
    ]
    value = block.to_python({"text": "?", "options": options, "explanation": "!"})

    with pytest.raises(ValidationError):
        block.clean(value)
