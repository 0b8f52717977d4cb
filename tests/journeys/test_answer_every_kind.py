"""Pairs, numbers, words and messages in a real browser: by finger, by key, without a script."""

import pytest

from tests.journeys.measures import (
    accessibility_faults,
    crowded_targets,
    runs_over,
    small_targets,
    small_texts,
)

# What is looked at here is the browser; the database of the round makes no difference.
pytestmark = pytest.mark.laptop

KINDS = {"match": 2, "number": 3, "text": 4, "spot": 5}
RIGHT = ".answer.is-right"
WRONG = ".answer.is-wrong"


@pytest.fixture(scope="module")
def quiz(site):
    """The address of a lesson that asks in every new way."""
    return site.run("from tests.quizzes import add_quiz; print(add_quiz().url)")


def answer(page, kind):
    """Do what a learner does to answer rightly."""
    if kind == "match":
        for _step in range(3):
            left = page.locator(".match-left").inner_text()
            partner = "Trạm y tế" if "thẻ" in left else "Lừa đảo"
            page.get_by_role("button", name=partner, exact=True).click()
    elif kind == "spot":
        for part in ("Khóa sau", "Bấm vào"):
            page.locator("label.message-part", has_text=part).click()
        page.locator("button[value=done]").click()
    else:
        said = {"number": "10 nghìn", "text": "ngày 2 tháng 9"}[kind]
        page.get_by_label("Bác viết").fill(said)
        page.get_by_role("button", name="Tôi viết xong").click()


def faults(page):
    return {
        "axe": accessibility_faults(page, strict=True),
        "small text": small_texts(page, 18),
        "small target": small_targets(page, 56),
        "crowded": crowded_targets(page, 8),
        "too wide": [runs_over(page)] if runs_over(page) > 0 else [],
    }


NONE = {"axe": [], "small text": [], "small target": [], "crowded": [], "too wide": []}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_every_screen_of_a_question_can_be_read_and_tapped(visit, shoot, quiz, kind, size):
    page = visit(size)
    for name, query in {"asked": "", "unsure": "&answer=unsure", "empty": "&answer=done"}.items():
        page.goto(f"{quiz}?step={KINDS[kind]}{query}")
        shoot(page, f"{kind}-{name}")
        assert faults(page) == NONE, name
    assert page.problems == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("script", [True, False])
def test_a_right_answer_is_told_so_with_and_without_a_script(visit, quiz, kind, script):
    page = visit("phone", script=script)
    page.goto(f"{quiz}?step={KINDS[kind]}")
    answer(page, kind)

    page.locator(RIGHT).wait_for()
    if script:
        assert faults(page) == NONE


def test_a_wrong_number_is_explained_and_tried_again(visit, quiz):
    page = visit("phone")
    page.goto(f"{quiz}?step=3")
    page.get_by_label("Bác viết").fill("1000")
    page.keyboard.press("Enter")
    page.locator(WRONG, has_text="Bác chia cho một trăm.").wait_for()
    assert faults(page) == NONE
    page.get_by_role("link", name="Thử lại").click()
    answer(page, "number")

    page.locator(RIGHT).wait_for()


def test_partners_are_chosen_by_keyboard_and_may_be_chosen_again(visit, quiz):
    page = visit("desktop")
    page.goto(f"{quiz}?step=2")
    page.locator("button[name=pair]").first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Chọn lại từ đầu").focus()
    assert page.locator(".pairs li").count() == 1
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelectorAll('.pairs li').length === 0")
    answer(page, "match")

    page.locator(RIGHT).wait_for()


def test_parts_of_a_message_are_marked_by_keyboard(visit, quiz):
    page = visit("desktop")
    page.goto(f"{quiz}?step=5")
    page.locator("input[value=sb]").focus()
    page.keyboard.press("Space")
    page.locator("button[value=done]").focus()
    page.keyboard.press("Enter")

    page.locator(WRONG, has_text="Còn chỗ đáng ngờ nữa").wait_for()
