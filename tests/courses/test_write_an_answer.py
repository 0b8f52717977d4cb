"""Writing a number, a word or a date: what is meant counts, not how it is written."""

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from courses.blocks.questions import NumberBlock, TextBlock
from courses.rules import UNSURE, as_shown, explain, grade, is_an_answer, read_reply


def number(answer, tolerance="0", unit=""):
    return {
        "id": "n",
        "kind": "number",
        "text": "Bao nhiêu?",
        "options": [],
        "answer": answer,
        "tolerance": tolerance,
        "unit": unit,
        "feedback": "Bác đếm lại nhé.",
        "explanation": "Vì thế.",
    }


def text(*accepted):
    return {
        "id": "t",
        "kind": "text",
        "text": "Gì?",
        "options": [],
        "accepted": list(accepted),
        "feedback": "Bác nhớ lại nhé.",
        "explanation": "Vì thế.",
    }


# The rule: numbers


@pytest.mark.parametrize(
    "said",
    [
        "1000000",
        "1.000.000",
        "1 000 000",
        "1,000,000",
        "1\u00a0000\u00a0000",
        "1.000.000 đồng",
        "1.000.000đ",
        "1.000.000,00",
        "  1000000. ",
        "1 triệu",
        "1 triệu đồng",
        "1000 nghìn",
        "1.000k",
        "là 1.000.000 đồng ạ",
        "１００００００",
    ],
)
def test_a_million_may_be_written_as_people_write_it(said):
    assert grade(number("1000000"), said) is True


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("115", "115"),
        ("115", "số 115 ạ"),
        ("115", "1 1 5"),
        ("1.5", "1,5"),
        ("1.5", "1.5"),
        ("0.5", "0,50"),
        ("-4", "-4"),
        ("-4", "\u22124 độ"),
        ("1500", "1.500"),
        ("1500", "1,500"),
        ("5", "5 triệu"),
    ],
)
def test_a_number_is_read_the_vietnamese_way(answer, said):
    assert grade(number(answer), said) is True


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("115", "113"),
        ("115", "115 hoặc 113"),
        ("115", "113-115"),
        ("115", "một trăm mười lăm"),
        ("115", ""),
        ("115", "-115"),
        ("1.5", "15"),
        ("1.5", "1.500"),
        ("1000000", "1.000"),
        ("5", "9" * 500),
        ("", "5"),
        ("x", "5"),
    ],
)
def test_another_number_or_two_or_none_is_wrong(answer, said):
    assert grade(number(answer), said) is False


@pytest.mark.parametrize(("said", "is_right"), [("0,2", True), ("0,4", True), ("0,41", False)])
def test_a_little_more_or_less_is_right_to_the_very_edge(said, is_right):
    assert grade(number("0.3", "0.1"), said) is is_right


@given(st.integers(0, 10**12))
def test_every_whole_number_is_read_however_it_is_grouped(value):
    for shape in (f"{value}", f"{value:,}", f"{value:,}".replace(",", "."), f"{value:_}"):
        assert grade(number(str(value)), shape.replace("_", " ")) is True


# The rule: words and dates


@pytest.mark.parametrize(
    "said", ["Sổ hộ khẩu", "so ho khau", "SỔ  HỘ KHẨU!", "sổhộkhẩu", " Sô\u0309 hộ khẩu. "]
)
def test_accents_capitals_spaces_and_signs_do_not_matter(said):
    assert grade(text("Sổ hộ khẩu"), said) is True


def test_each_accepted_spelling_is_right_and_others_are_not():
    asked = text("VNeID", "Định danh điện tử")

    assert grade(asked, "vne id") is True
    assert grade(asked, "dinh danh dien tu") is True
    assert grade(asked, "VssID") is False


@pytest.mark.parametrize(
    "said",
    [
        "05/03/1960",
        "5/3/1960",
        "5-3-60",
        "5.3.1960",
        "05031960",
        "5 tháng 3 năm 1960",
        "ngày 5 tháng 3, 1960",
        "Mùng 5 tháng ba năm 1960",
        "1960-03-05",
        "5 March 1960",
    ],
)
def test_a_date_may_be_written_in_any_usual_way(said):
    assert grade(text("05/03/1960"), said) is True


@pytest.mark.parametrize(
    "said", ["5/3/1961", "3/5/1960", "5/3", "50/3/1960", "tháng 3 năm 1960", "5/31/960", ""]
)
def test_another_day_is_wrong(said):
    assert grade(text("05/03/1960"), said) is False


@pytest.mark.parametrize("said", ["2-9", "02/09", "2 tháng 9", "Ngày 2/9/1945", "2 tháng chín"])
def test_a_day_asked_for_without_its_year_is_right_with_or_without(said):
    assert grade(text("2/9"), said) is True


@pytest.mark.parametrize("answer", [None, 7, ["a", "b"], {"a": 1}, [], UNSURE, "\0", "?" * 9999])
@pytest.mark.parametrize("asked", [number("115"), text("115"), text(UNSURE), text("?", "")])
def test_an_answer_that_makes_no_sense_is_wrong_and_no_error(asked, answer):
    assert grade(asked, answer) is False


@given(st.text(max_size=40))
def test_nothing_that_can_be_typed_breaks_the_judge(said):
    assert grade(number("115"), said) in (True, False)
    assert grade(text(said), said) in (True, False)


def test_a_wrong_answer_gets_the_authors_words_and_a_right_one_needs_none():
    assert explain(number("115"), "113")["remarks"] == [
        {"text": "113", "feedback": "Bác đếm lại nhé."}
    ]
    assert explain(number("115"), "115")["remarks"] == []
    assert explain(number("115"), UNSURE)["remarks"] == []


# The screen


def test_what_was_written_is_the_answer():
    assert read_reply(text("x"), QueryDict("answer=  sổ   đỏ ")).answer == "sổ đỏ"
    assert len(read_reply(text("x"), QueryDict("answer=" + "a" * 900)).answer) == 100


def test_a_number_without_digits_is_asked_for_again_and_not_judged():
    reply = read_reply(number("115"), QueryDict("answer=một trăm"))

    assert (reply.answer, reply.is_empty, reply.said) == (None, True, "một trăm")


def test_an_empty_field_is_no_answer_and_an_opened_screen_no_mistake():
    assert read_reply(text("x"), QueryDict("answer=")).is_empty is True
    assert read_reply(text("x"), QueryDict("")).is_empty is False


def test_not_being_sure_counts_although_the_empty_field_is_sent_too():
    assert read_reply(text("x"), QueryDict("answer=&answer=unsure")).answer == UNSURE


def test_the_screen_of_a_typed_question_has_no_options():
    assert as_shown(number("115"))["options"] == []


@pytest.mark.parametrize(
    ("said", "can_be"), [("a", True), (UNSURE, True), (" ", False), ([], False)]
)
def test_what_can_be_kept_as_an_answer(said, can_be):
    assert is_an_answer(text("x"), said) is can_be


# The author


def test_a_number_becomes_plain_data():
    block = NumberBlock()
    block.set_name("number")
    value = block.to_python(
        {"text": "?", "answer": "10000.50", "unit": "đồng", "feedback": "f", "explanation": "!"}
    )
    plain = block.plain("q", value)

    assert (plain["answer"], plain["tolerance"], plain["unit"]) == ("10000.5", "0", "đồng")
    assert grade(plain, "10.000,5 đồng") is True


def test_each_line_is_a_spelling():
    block = TextBlock()
    block.set_name("text")
    value = block.to_python(
        {"text": "?", "accepted": " VNeID \n\nvi en e i đi", "feedback": "f", "explanation": "!"}
    )

    assert block.plain("q", value)["accepted"] == ["VNeID", "vi en e i đi"]
    assert block.clean(value)


def test_an_answer_of_signs_alone_cannot_be_asked_for():
    block = TextBlock()
    block.set_name("text")
    value = block.to_python({"text": "?", "accepted": "???", "feedback": "f", "explanation": "!"})

    with pytest.raises(ValidationError):
        block.clean(value)
