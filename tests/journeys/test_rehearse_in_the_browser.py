"""A practice in a real browser: by tap and by key, with and without a script, and drawn by hand."""

import base64
import random
from pathlib import Path

import pytest
from django.conf import settings

from courses.rules.practice import distances, hint, read, restart, right_zone, start, tap, write
from tests.journeys.measures import (
    accessibility_faults,
    crowded_targets,
    runs_over,
    small_targets,
    small_texts,
)
from tests.rehearsals import BLOCK, LEFT, RIGHT, call, screen, zone

# What is looked at here is the browser; the database of the round makes no difference.
pytestmark = pytest.mark.laptop

MODULE = Path(settings.BASE_DIR) / "lms/static/lms/js/practice.js"
SETUP = """
from tests.rehearsals import add_practice
from courses.models import LessonPage
from wagtail.models import Locale
lessons = LessonPage.objects.live().filter(locale=Locale.get_default()).order_by("path")
found = [one for one in lessons for s in one.screens if s.id == "%s"]
lesson = found[0] if found else add_practice(lessons[0])
print(lesson.pk, lesson.url, len(lesson.screens))
"""


def any_screens(dice):
    """Return a graph as wild as an author's worst draft."""
    names = ["a", "b", "c", "constructor", "x-1", "to-string"][: dice.randint(1, 6)]
    cells = [LEFT, RIGHT, (8, 40, 29, 20), (64, 40, 29, 20)]
    made = []
    for number, name in enumerate(names):
        outcome = dice.choice(["", "", "", "done", "again"]) if number else ""
        zones = [
            zone(
                f"Ô {number} {n}", cell, dice.choice(["", "khong-co", *names]), "Không phải ô này."
            )
            for n, cell in enumerate(cells[: 0 if outcome else dice.randint(0, 4)])
        ]
        made.append(screen(name, *zones, outcome=outcome))
    return made


def any_taps(dice, screens):
    ids = [one["id"] for row in screens for one in row["zones"]]
    return [
        (dice.choice(["hint", "again", *["tap"] * 6]), dice.choice([*ids, *ids, None, "?"]), n % 5)
        for n in range(dice.randint(0, 90))
    ]


def walked(screens, taps):
    """Return what Python makes of the taps, one state after each."""
    run = start(screens)
    states = []
    for kind, zone_id, seconds in taps:
        if kind == "hint":
            run = hint(screens, run, seconds)
        elif kind == "again":
            run = restart(screens, run, seconds)
        else:
            run = tap(screens, run, zone_id, seconds)
        states.append([write(run), run.event, run.says])
    return states


@pytest.fixture
def script(chromium):
    """An empty page that knows the pure functions of the script as ``P``."""
    page = chromium.new_page()
    source = base64.b64encode(MODULE.read_bytes()).decode()
    page.evaluate(
        "async (url) => { window.P = await import(url); }", f"data:text/javascript;base64,{source}"
    )
    yield page
    page.close()


# The rule


def test_the_phone_and_the_server_agree_about_every_tap(script):
    dice = random.Random(20261122)
    cases = []
    for _case in range(250):
        screens = any_screens(dice)
        cases.append((screens, any_taps(dice, screens)))

    found = script.evaluate(
        """(cases) => cases.map(([screens, taps]) => {
          let run = P.start(screens);
          const states = taps.map(([kind, id, seconds]) => {
            if (kind === "hint") run = P.hint(screens, run, seconds);
            else if (kind === "again") run = P.restart(screens, run, seconds);
            else run = P.tap(screens, run, id, seconds);
            return [P.write(run), run.event, run.says];
          });
          return {
            states,
            right: screens.map((screen) => P.rightZone(screens, screen)?.id ?? null),
            back: P.write(P.read(screens, P.write(run))),
          };
        })""",
        cases,
    )

    for (screens, taps), theirs in zip(cases, found, strict=True):
        ours = walked(screens, taps)
        assert theirs["states"] == ours
        right = [right_zone(screens, one) for one in screens]
        assert theirs["right"] == [one["id"] if one else None for one in right]
        assert theirs["back"] == (ours[-1][0] if ours else write(start(screens)))


def test_the_phone_reads_what_makes_no_sense_as_the_server_does(script):
    dice = random.Random(7)
    screens = any_screens(dice)
    texts = ["", "a", "a.1.1.1", "a.1.2.1", "b.100.0.0", "a.0.0.9999", "toString.0.0.0", "a.٣.0.0",
             "~".join(["a.0.0.0"] * 61), "a.0.0.0~", "A.0.0.0", "a.0.0.0\n"]  # fmt: skip

    found = script.evaluate(
        "([screens, texts]) => texts.map((text) => P.write(P.read(screens, text)))",
        [screens, texts],
    )
    assert found == [write(read(screens, text)) for text in texts]
    assert distances(screens) is not None


# The screen


@pytest.fixture(scope="module")
def rehearsal(site):
    """A demo lesson that ends with a practice: its address and the practice's step."""
    pk, url, step = site.run(SETUP % BLOCK).split()
    return {"pk": pk, "here": f"{url}?step={step}"}


def test_a_practice_is_big_clear_and_quiet(visit, rehearsal, shoot):
    page = visit("phone")
    page.goto(rehearsal["here"])
    box = page.locator(".zone").first.bounding_box()
    assert box["width"] >= 56
    assert box["height"] >= 56
    for moment in ("start", "wrong", "hint"):
        assert accessibility_faults(page, strict=True) == [], moment
        assert small_texts(page, 18) == [], moment
        assert small_targets(page, 56) == [], moment
        assert crowded_targets(page, 8) == [], moment
        assert runs_over(page) <= 0, moment
        shoot(page, f"practice-{moment}")
        page.get_by_role("button", name="Máy ảnh").click()
    assert page.get_by_role("status").inner_text().endswith("Ô màu xanh, ở dưới cùng.")
    assert page.problems == []


def test_it_is_walked_by_tap_and_a_reload_loses_nothing(visit, rehearsal, shoot):
    page = visit("phone")
    page.goto(rehearsal["here"])
    sent = []
    page.on(
        "request",
        lambda request: sent.append(request.url) if request.is_navigation_request() else None,
    )
    assert page.get_by_text("Ví dụ tập – không phải ứng dụng thật").is_visible()

    page.get_by_role("button", name="Gọi điện").click()
    assert page.get_by_text("Máy đang gọi.").is_visible()
    page.get_by_role("button", name="Đọc mã cho người lạ").click()
    assert page.get_by_role("status").inner_text().startswith("Không sao đâu")
    assert sent == []
    page.reload()
    shoot(page, "practice-bad-end")
    page.get_by_role("button", name="Thử lại").click()
    page.get_by_role("button", name="Gọi điện").click()
    page.get_by_role("button", name="Nói chuyện").click()

    assert "Giỏi quá" in page.get_by_role("status").inner_text()
    assert page.get_by_role("link", name="Để sau").count() == 0
    shoot(page, "practice-good-end")
    page.get_by_role("button", name="Tập lại lần nữa").click()
    assert page.get_by_role("button", name="Gọi điện").is_visible()
    assert page.problems == []


def test_it_is_walked_by_keyboard_and_the_words_are_where_the_reader_is(visit, rehearsal):
    page = visit("desktop")
    page.goto(rehearsal["here"])
    page.locator(".practice-words").focus()
    focused = (
        "document.activeElement.getAttribute('aria-label') || document.activeElement.dataset.part"
    )
    page.keyboard.press("Tab")
    while page.evaluate(focused) != "Máy ảnh":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert page.evaluate(focused) == "Máy ảnh"
    assert page.locator(".zone.is-shown").get_attribute("aria-label") == "Gọi điện"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")

    assert page.evaluate(focused) == "words"
    assert page.locator(".practice-words").inner_text().startswith("Máy đang gọi.")


def test_without_a_script_every_tap_works_too(visit, rehearsal):
    page = visit("phone", script=False)
    page.goto(rehearsal["here"])
    page.get_by_role("button", name="Máy ảnh").click()
    assert "Bác tìm hình ống nghe nhé." in page.get_by_role("status").inner_text()
    box = page.locator(".phone-screen").bounding_box()
    page.mouse.click(box["x"] + 150, box["y"] + 40)
    page.locator(".zone.is-shown").wait_for()
    page.get_by_role("button", name="Gọi điện").click()
    page.get_by_role("button", name="Nói chuyện").click()

    assert page.get_by_text("Giỏi quá, bác làm được rồi!").is_visible()
    assert page.problems == []


def test_a_learners_run_is_kept_once(visit, site, rehearsal):
    count = "from progress.models import PracticeRun; print(PracticeRun.objects.count())"
    before = int(site.run(count))
    page = visit("phone")
    page.goto(f"/k#{site.card}")
    page.wait_for_url("**/progress/learn/")
    step = rehearsal["here"].rpartition("=")[2]
    page.goto(f"/progress/lessons/{rehearsal['pk']}/{step}/")
    page.get_by_role("button", name="Máy ảnh").click()
    page.get_by_role("button", name="Gọi điện").click()
    with page.expect_response("**/practice/**") as posted:
        page.get_by_role("button", name="Nói chuyện").click()
    assert posted.value.status == 204
    page.locator('[data-part="next"] form[method="post"] button').click()
    page.wait_for_url("**/questions/**")

    assert int(site.run(count)) == before + 1
    latest = "print(PracticeRun.objects.latest('arrived_at').wrong)"
    assert site.run(f"from progress.models import PracticeRun; {latest}") == "1"
    assert page.problems == []


# The writing desk


def test_an_author_draws_a_place_to_tap(sign_in, rehearsal, shoot):
    page = sign_in("soanbai", "desktop")
    page.goto(f"/cms/pages/{rehearsal['pk']}/edit/")
    # The lesson has a practice of its own; ours stands last, and its first screen has two zones.
    stage = page.locator(".zone-stage").nth(-len(call()))
    stage.scroll_into_view_if_needed()
    stage.locator("g").nth(1).wait_for()
    box = stage.locator("svg").bounding_box()

    page.mouse.move(box["x"] + 31.2, box["y"] + 41.6)
    page.mouse.down()
    page.mouse.move(box["x"] + 93.6, box["y"] + 124.8, steps=4)
    page.mouse.up()

    stage.locator("g").nth(2).wait_for()
    shoot(page, "practice-drawing")
    values = [
        float(
            page.locator(
                f'input[name*="-screens-0-"][name*="-zones-2-"][name$="-{name}"]'
            ).last.input_value()
        )
        for name in ("left", "top", "width", "height")
    ]
    assert values == pytest.approx([10, 10, 20, 20], abs=1)
    assert page.problems == []
