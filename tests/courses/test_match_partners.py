"""Finding the partner: one thing after the other, by big buttons, nothing is dragged."""

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict

from courses.blocks.questions import MatchBlock
from courses.rules import UNSURE, as_shown, explain, grade, partners, read_reply


def pair(name, partner):
    return {"id": name, "text": f"Lời {name}", "match": partner, "feedback": f"về {name}"}


# Two of the three belong to the same partner.
CALLS = {
    "id": "calls",
    "kind": "match",
    "text": "Ai gọi?",
    "options": [pair("a", "Lừa đảo"), pair("b", "Trạm y tế"), pair("c", "Lừa đảo")],
    "explanation": "Bác tắt máy.",
}


def replied(query):
    return read_reply(CALLS, QueryDict(query))


# The rule


@pytest.mark.parametrize("answer", [["a", "b", "c"], ["c", "b", "a"], ["a", "b", "a"]])
def test_every_partner_in_its_place_is_right_and_equal_partners_are_equal(answer):
    assert grade(CALLS, answer) is True


@pytest.mark.parametrize(
    "answer", [["b", "b", "c"], ["a", "b"], ["a", "b", "c", "a"], ["a", "b", "x"], [], "a", None, 3]
)
def test_a_wrong_or_missing_partner_is_wrong_and_no_error(answer):
    assert grade(CALLS, answer) is False


def test_each_partner_is_offered_once_and_always_in_the_same_place():
    assert sorted(partner["text"] for partner in partners(CALLS)) == ["Lừa đảo", "Trạm y tế"]
    assert partners(CALLS) == partners(CALLS)


def test_only_what_was_paired_wrongly_gets_a_word():
    told = explain(CALLS, ["b", "b", "c"])

    assert told["remarks"] == [{"text": "Lời a", "feedback": "về a"}]
    assert explain(CALLS, ["a", "b", "c"])["remarks"] == []


def test_whoever_is_not_sure_gets_no_remarks():
    assert explain(CALLS, UNSURE)["remarks"] == []
    assert explain(CALLS, UNSURE)["is_unsure"] is True


# The screen


def test_pairs_are_kept_until_everything_has_a_partner():
    first = replied("pair=a:b")
    last = replied("pair=a:b&pair=b:b&pair=c:a")

    assert (first.answer, first.pairs) == (None, {"a": "b"})
    assert last.answer == ["b", "b", "a"]


def test_one_left_item_is_asked_at_a_time():
    shown = as_shown(CALLS, replied("pair=a:b"))

    assert [option["id"] for option, _partner, _words in shown["paired"]] == ["a"]
    assert shown["left"]["id"] in ("b", "c")


def test_one_may_choose_again_from_the_start():
    reply = replied("pair=a:b&pair=b:b&restart=1")

    assert (reply.answer, reply.pairs) == (None, {})


@pytest.mark.parametrize("pairs", ["pair=a", "pair=:", "pair=x:a", "pair=a:x", "pair=a:b:c"])
def test_a_pair_that_makes_no_sense_is_left_out(pairs):
    assert replied(pairs).pairs == {}


# The author


def block_value(*matches):
    block = MatchBlock()
    block.set_name("match")
    options = [
        {"type": "item", "id": str(n), "value": {"text": f"{n}", "match": match, "feedback": "f"}}
        for n, match in enumerate(matches)
    ]
    return block, block.to_python({"text": "?", "options": options, "explanation": "!"})


def test_a_pair_becomes_plain_data():
    block, value = block_value("x", "y", "x")

    assert [option["match"] for option in block.plain("q", value)["options"]] == ["x", "y", "x"]
    assert block.clean(value)


@pytest.mark.parametrize("matches", ["wxyz", "xxx"])
def test_more_partners_than_a_phone_shows_or_only_one_are_refused(matches):
    block, value = block_value(*matches)

    with pytest.raises(ValidationError):
        block.clean(value)
