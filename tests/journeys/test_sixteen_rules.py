"""The sixteen rules for a learner's screen, each measured on every kind of screen.

The numbers are those of docs/design.md, "What a learner's screen must keep".
"""

import re

import pytest

from courses.blocks import LessonBody, QuestionBody
from courses.rules import complaints_about
from tests.courses.conftest import pack, rehearsed, said
from tests.journeys.measures import (
    accessibility_faults,
    crowded_targets,
    runs_over,
    silent_parts,
    small_targets,
    small_texts,
    uncertain_contrasts,
    unnamed_controls,
)

# What is looked at here is the browser; the database of the round makes no difference.
pytestmark = pytest.mark.laptop

FIND = """
from courses.models import LessonPage
page = LessonPage.objects.get(slug="bam-so", locale__language_code="vi")
print(page.pk, page.url, len(page.body), len(page.questions))
"""
IMPORT = """
from django.core.management import call_command
call_command("import_courses", "{path}")
"""
TEXT, BODY, BUTTON, TARGET, GAP = 18, 20, 22, 56, 8
WORDS = "main .step-words, main .lede, main .checklist, main .big-choice, main .answer"
BAR = ["Quay lại", "Nghe", "Gọi người giúp"]
# A video's controls are the browser's own.
KINDS = set(LessonBody().child_blocks) - {"video"}
ASKED = set(QuestionBody().child_blocks)


@pytest.fixture(scope="module")
def gallery(site, tmp_path_factory):
    """A lesson with every kind of screen and of question, on the running site."""
    folder = pack.__wrapped__(tmp_path_factory.mktemp("gallery"))
    everything = rehearsed.__wrapped__(folder)
    everything.lesson["asked"] = 0
    everything.lesson["body"].insert(
        1, {"type": "tip", "heading": said("Mẹo", "Tip"), "words": said("Bấm chậm.", "Slowly.")}
    )
    everything.write()
    kinds = {screen["type"] for screen in everything.lesson["body"]}
    asked = {question["type"] for question in everything.lesson["questions"]}
    assert (kinds, asked) == (KINDS, ASKED)
    site.run(IMPORT.format(path=everything.path))
    _pk, url, screens, questions = site.run(FIND).split()
    steps = range(int(screens) + int(questions) + 2)
    return [f"{url}?step={step}" for step in steps] + [f"{url}?step={int(screens) + 1}&answer=x"]


@pytest.fixture
def learner(visit, site):
    """Sign the demo's learner in by the card, in a window of her own."""

    def signed_in(size="phone", **options):
        page = visit(size, **options)
        page.goto(f"/the#{site.card}")
        page.goto(f"/k#{site.card}")
        page.wait_for_url("**/progress/learn/")
        return page

    return signed_in


def each(page, addresses):
    for address in addresses:
        page.goto(address)
        page.wait_for_load_state("load")
        yield address


def test_rules_1_2_3_10_11_13_hold_on_every_kind_of_screen(visit, gallery, shoot):
    page = visit()
    faults = {}
    for address in each(page, gallery):
        shoot(page, f"gallery-{address.rpartition('?')[2]}".replace("=", "-").replace("&", "-"))
        found = {
            "1 small text": small_texts(page, TEXT),
            "1 small words": small_texts(page, BODY, WORDS),
            "1 small button": small_texts(page, BUTTON, "main .is-big, main .big-choice"),
            "2 contrast": accessibility_faults(page, strict=True) + uncertain_contrasts(page),
            "3 small target": small_targets(page, TARGET),
            "3 crowded": crowded_targets(page, GAP),
            "10 silent": silent_parts(page),
            "11 too wide": [runs_over(page)] if runs_over(page) > 0 else [],
            "13 unnamed": unnamed_controls(page),
        }
        faults[address] = {rule: what for rule, what in found.items() if what}
    assert {address: found for address, found in faults.items() if found} == {}
    assert page.problems == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_rule_2_holds_by_day_and_by_night(visit, gallery, theme):
    page = visit()
    page.emulate_media(color_scheme=theme)
    for address in each(page, gallery):
        assert accessibility_faults(page, strict=True) == [], address


def test_rule_1_larger_letters_stay(visit, gallery):
    page = visit()
    page.goto(gallery[1])
    for _tap in range(4):
        page.locator("[name=size][value='+']").first.click()

    page.goto(gallery[2])

    assert small_texts(page, 31, WORDS) == []


@pytest.mark.parametrize("width", [320, 360, 412])
def test_rule_11_nothing_is_wider_than_the_window_even_with_letters_twice_as_large(
    visit, gallery, width
):
    page = visit()
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(gallery[1])
    for _tap in range(4):
        page.locator("[name=size][value='+']").first.click()
    too_wide = {address: runs_over(page) for address in each(page, gallery)}

    assert {address: over for address, over in too_wide.items() if over > 0} == {}


def test_rule_4_there_is_one_thing_to_decide(visit, gallery):
    page = visit()
    for address in each(page, gallery):
        assert page.locator("main h1").count() == 1, address
        assert page.locator("main fieldset").count() <= 1, address
        assert page.locator("main .button.is-primary:visible").count() <= 1, address
        # Whoever marks the suspicious parts of a message is shown the whole message.
        if not page.locator(".message-part").count():
            assert page.locator("main .big-choice:visible").count() <= 4, address


def test_rule_5_the_three_ways_out_are_always_in_the_same_place(visit, learner, gallery):
    stranger, own = visit(), learner()
    places = set()
    for page, addresses in (
        (stranger, gallery),
        (own, ["/progress/learn/", "/courses/", *gallery[1:2]]),
    ):
        for address in each(page, addresses):
            bar = page.locator(".learner-bar-row > *")
            words = [word.strip() for word in bar.all_inner_texts()]
            assert [word.splitlines()[-1] for word in words] == BAR, address
            boxes = [bar.nth(number).bounding_box() for number in range(3)]
            places.add(tuple((round(box["x"] / 3), round(box["y"] / 3)) for box in boxes))

    assert len(places) == 1


def test_rule_6_nothing_happens_by_itself(visit, gallery):
    page = visit()
    page.clock.install()
    for address in each(page, gallery):
        before = page.url
        page.clock.fast_forward("24:00:00")
        assert page.url == before, address
        assert page.locator("meta[http-equiv=refresh]").count() == 0, address
    page.goto(gallery[0])
    page.clock.fast_forward("24:00:00")
    page.locator("main .is-primary").click()

    page.wait_for_url("**step=1*")


def test_rule_6_a_card_is_good_for_ninety_days(learner):
    page = learner()

    cookie = next(one for one in page.context.cookies() if one["name"] == "tramngay")

    now = page.evaluate("Date.now() / 1000")
    assert 89.9 < (cookie["expires"] - now) / 86400 <= 90.1


def test_rule_7_nothing_has_to_be_dragged_swiped_or_held(visit, gallery):
    page = visit()
    page.add_init_script(
        """
        window.heard = [];
        const listen = EventTarget.prototype.addEventListener;
        EventTarget.prototype.addEventListener = function (kind, ...rest) {
          if (/^(touch|drag|drop|dblclick|contextmenu|mouseover|mouseenter|pointermove)/.test(kind))
            heard.push(kind);
          return listen.call(this, kind, ...rest);
        };
        """
    )
    for address in each(page, gallery):
        assert page.locator("[draggable=true]").count() == 0, address
        # htmx listens to everything; it is told so on the staff's screens only.
        assert page.evaluate("heard") == [], address


def test_rule_7_the_whole_way_goes_by_keyboard(visit, gallery):
    page = visit()
    page.goto(gallery[0])
    for step in range(1, 5):
        page.locator("main .is-primary").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_url(f"**step={step}*")

    assert page.locator("main h1").inner_text() == "Chuẩn bị"


def test_rule_8_a_wrong_answer_is_explained_and_loses_nothing(visit, gallery):
    page = visit()
    question = next(
        address
        for address in each(page, gallery)
        if page.locator("main fieldset .big-choice").count() and "answer" not in address
    )
    page.goto(question)
    page.get_by_role("button", name="Nhanh").click()
    answer = page.locator(".answer")
    assert "Nhanh: lời dặn" in answer.inner_text()
    assert "is-wrong" in answer.get_attribute("class")
    # Nothing red, and no cross.
    assert answer.locator("svg").count() == 1
    page.reload()
    assert "Nhanh: lời dặn" in page.locator(".answer").inner_text()

    page.get_by_role("link", name="Thử lại").click()

    assert page.get_by_role("button", name="Chậm").is_visible()


def test_rule_10_nothing_plays_by_itself(visit, gallery):
    page = visit()
    for address in each(page, gallery):
        assert page.locator("[autoplay]").count() == 0, address


def test_rule_14_a_lesson_is_read_and_answered_without_a_script(visit, gallery):
    page = visit(script=False)
    page.goto(gallery[0])
    page.locator("main .is-primary").click()
    assert "step=1" in page.url
    for address in each(page, gallery):
        assert page.locator("main h1").inner_text().strip(), address


def test_rule_15_and_16_dates_are_vietnamese_and_the_language_is_told(visit, gallery):
    page = visit()
    for address in each(page, gallery):
        words = page.locator("main").inner_text()
        assert not re.search(r"\b\d{4}-\d\d-\d\d\b|\b\d{1,3}(,\d{3})+\b", words), address
        assert page.locator("html").get_attribute("lang") == "vi"


def test_rule_12_the_linter_knows_long_and_foreign_words():
    long = "Bác " + "bấm vào ô màu xanh " * 3 + "nhé."

    assert [complaint.kind for complaint in complaints_about(long)] == ["long"]
    assert [complaint.text for complaint in complaints_about("Bác click vào link.")] == [
        "click",
        "link",
    ]
