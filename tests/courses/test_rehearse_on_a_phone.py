"""A practice is whole before anybody meets it, every tap is answered, and nobody gets stuck."""

import re
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.http import QueryDict
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from wagtail.test.utils.form_data import streamfield

from courses.rules.practice import (
    MAX_STEPS,
    distances,
    hint,
    is_done,
    play,
    problems,
    read,
    restart,
    right_zone,
    screen_of,
    start,
    tap,
    write,
)
from courses.services import advise, check, practice_of, practices_of
from tests.courses.editor import typed
from tests.rehearsals import BLOCK, LEFT, RIGHT, add_practice, call, drawn, screen, zone

PHONE, CAMERA = (row["id"] for row in call()[0]["zones"])
TALK, TELL = (row["id"] for row in call()[1]["zones"])


@st.composite
def any_screens(draw):
    return drawn(draw, st)


# The rule


def test_a_whole_practice_has_no_problems():
    assert problems(call()) == []


def _without_end(screens):
    screens[1]["zones"][0]["to"] = "mat"
    del screens[2]


@pytest.mark.parametrize(
    ("change", "code", "where"),
    [
        pytest.param(
            lambda s: s[0]["zones"][0].update(to="lac-mat"), "unknown_screen", "chinh", id="lost"
        ),
        pytest.param(lambda s: s[3].update(name="xong"), "double_name", "xong", id="same name"),
        pytest.param(lambda s: s[2].update(name="Xong rồi"), "bad_name", "Xong rồi", id="name"),
        pytest.param(lambda s: s.append(screen("le", outcome="again")), "unreachable", "le"),
        pytest.param(lambda s: s[2].update(outcome=""), "dead_screen", "xong", id="dead"),
        pytest.param(
            lambda s: s[2].update(zones=[zone("Ô", LEFT, says="Không.")]),
            "end_with_zones",
            "xong",
            id="end",
        ),
        pytest.param(_without_end, "no_good_end", "chinh", id="no good end"),
        pytest.param(lambda s: s[0].update(outcome="done"), "start_is_end", "chinh", id="at once"),
        pytest.param(
            lambda s: s[0]["zones"][1].update(left=80), "zone_outside", "chinh", id="outside"
        ),
        pytest.param(
            lambda s: s[0]["zones"][1].update(left=30), "zones_overlap", "chinh", id="overlap"
        ),
        pytest.param(
            lambda s: s[0]["zones"][1].update(width=15.3), "zone_small", "chinh", id="47 px"
        ),
        pytest.param(
            lambda s: s[0]["zones"][1].update(height=11.5), "zone_small", "chinh", id="flat"
        ),
        pytest.param(
            lambda s: s[0]["zones"][1].update(says=" "), "zone_without_words", "chinh", id="silent"
        ),
        pytest.param(
            lambda s: s[0]["zones"][1].update(label=" "), "zone_without_name", "chinh", id="unnamed"
        ),
    ],
)
def test_what_would_hold_a_learner_up_is_named_with_its_place(change, code, where):
    screens = call()
    change(screens)

    assert (code, where) in {(problem.code, problem.screen) for problem in problems(screens)}


def test_48_pixels_are_enough_and_touching_is_no_overlap():
    screens = call()
    screens[0]["zones"][0].update(left=8, width=15.5, height=11.6)
    screens[0]["zones"][1].update(left=23.5, width=15.5, height=11.6)

    assert problems(screens) == []


def test_a_long_picture_makes_a_zone_taller():
    screens = call()
    screens[0]["zones"][1]["height"] = 7
    assert [problem.code for problem in problems(screens)] == ["zone_small"]

    screens[0]["picture"].update(width=1080, height=2400)
    assert problems(screens) == []


def test_nothing_at_all_is_a_problem_too():
    assert [problem.code for problem in problems([])] == ["no_screens"]


@given(any_screens())
def test_a_practice_without_problems_ends_well_from_everywhere(screens):
    if problems(screens):
        return
    for beginning in screens:
        run = read(screens, f"{beginning['name']}.0.0.0")
        for _tap in range(len(screens) + 1):
            if is_done(screens, run):
                break
            here = screen_of(screens, run)
            run = (
                restart(screens, run)
                if here["outcome"]
                else tap(screens, run, right_zone(screens, here)["id"])
            )
        assert is_done(screens, run)
        if beginning is screens[0]:
            assert len(run.steps) - 1 == distances(screens)[beginning["name"]]


@given(any_screens(), st.lists(st.sampled_from(["hint", "again", "?", 0, 1, 2, 3]), max_size=80))
def test_no_way_of_tapping_breaks_a_run(screens, taps):
    run = start(screens)
    for one in taps:
        zones = screen_of(screens, run)["zones"]
        if one == "hint":
            run = hint(screens, run, 1)
        elif one == "again":
            run = restart(screens, run, 1)
        else:
            known = isinstance(one, int) and one < len(zones)
            run = tap(screens, run, zones[one]["id"] if known else one, 1)

        assert len(run.steps) <= MAX_STEPS
        assert read(screens, write(run)).steps == run.steps


@given(st.text() | st.from_regex(r"([a-z]{1,8}\.[0-9]{1,3}\.[0-9]\.[0-9]{1,5}~?){1,70}"))
def test_what_is_no_run_starts_over(text):
    assert len(read(call(), text).steps) <= MAX_STEPS
    data = QueryDict(mutable=True)
    data.update({"p": text, "tap": text, "t": text})
    assert play(call(), data, now=1.0)


def test_a_wrong_tap_is_answered_and_the_second_one_shows_the_way():
    screens = call()
    once = tap(screens, start(screens), CAMERA)
    assert (once.event, once.says) == ("wrong", "Đây là máy ảnh. Bác tìm hình ống nghe nhé.")
    assert (once.steps[-1].wrong, once.steps[-1].hints) == (1, 0)

    twice = tap(screens, once, None)
    assert (twice.event, twice.says) == ("beside", "")
    assert (twice.steps[-1].wrong, twice.steps[-1].hints) == (2, 1)


def test_the_hint_points_the_shortest_way_to_a_good_end():
    screens = call()

    assert right_zone(screens, screens[0])["id"] == PHONE
    assert right_zone(screens, screens[1])["id"] == TALK
    assert right_zone(screens, screens[2]) is None


def test_a_bad_end_leads_back_and_a_good_end_to_a_new_run():
    screens = call()
    bad = tap(screens, tap(screens, start(screens), PHONE), TELL)
    again = restart(screens, bad)
    assert [step.screen for step in again.steps] == ["chinh", "chuong", "mat", "chinh"]

    good = tap(screens, tap(screens, again, PHONE), TALK)
    assert is_done(screens, good)
    assert tap(screens, good, PHONE) is good
    assert restart(screens, good) == start(screens)


def test_time_counts_while_a_screen_is_looked_at_and_not_over_night():
    data = QueryDict(mutable=True)
    data.update({"p": "chinh.0.0.5", "tap": PHONE, "t": "1000"})
    assert [step.seconds for step in play(call(), data, now=1012.7).steps] == [17, 0]
    assert play(call(), data, now=99999).steps[0].seconds == 605
    assert play(call(), data, now=0).steps[0].seconds == 5
    assert play(call(), data).steps[0].seconds == 5


# Publishing


def test_a_whole_practice_can_be_published(lesson):
    assert check(add_practice(lesson)) == []


def test_a_broken_practice_is_refused_with_the_screen_in_the_reason(lesson):
    screens = call()
    screens[0]["zones"][0].update(to="lac-mat", width=10)
    found = check(add_practice(lesson, screens))

    assert {"unknown_screen", "zone_small"} <= {problem.code for problem in found}
    words = " ".join(problem.messages[0] for problem in found)
    assert "“chinh”" in words
    assert "“lac-mat”" in words
    assert "31 × 83" in words


@pytest.mark.parametrize(("button", "is_kept"), [("action-publish", False), ("", True)])
def test_a_draft_may_be_broken_and_a_published_page_may_not(
    client, lesson, reviewer, button, is_kept
):
    client.force_login(reviewer)
    one = {
        "name": "chinh",
        "outcome": "",
        "picture": {
            "drawing": "",
            "photo": "",
            "alt": "",
            "app": "",
            "version": "",
            "taken_on": "",
        },
        "words": "Bác bấm vào đây.",
        "hint": "",
        "zones": {"count": 0},
    }
    rows = {
        str(n): {"value": {**one, "name": name}, "order": str(n), "deleted": "", "id": ""}
        for n, name in enumerate(("chinh", "xong"))
    }
    practice = {"heading": "Tập gọi", "screens": {"count": 2, **rows}}
    form = typed(lesson, body=streamfield([("practice", practice)]))
    if button:
        form[button] = "1"
    before = lesson.latest_revision_id
    client.post(reverse("wagtailadmin_pages:edit", args=[lesson.pk]), form)

    lesson.refresh_from_db()
    assert (lesson.latest_revision_id != before) is is_kept


def test_the_pictures_and_the_words_of_a_practice_count(lesson):
    before = lesson.weight_kb
    pictures = len(lesson.pictures)
    screens = call()
    screens[1]["zones"][1]["label"] = "Bấm vào link"
    lesson = add_practice(lesson, screens)

    assert len(lesson.pictures) == pictures + 4
    assert lesson.weight_kb > before
    assert ("Bác thử gọi cho con", "link") in {(w, c.text) for w, c in advise(lesson)}


def test_a_lesson_knows_its_practices(lesson):
    assert practices_of(lesson) == []
    lesson = add_practice(lesson)

    assert [str(one.block) for one in practices_of(lesson)] == [BLOCK]
    assert practice_of(lesson, BLOCK).number == len(lesson.screens)
    assert practice_of(lesson, "0" * 8) is None


# The screen


@pytest.fixture
def step(client, lesson):
    """Return a function that opens the practice's page with a query."""
    lesson = add_practice(lesson)
    address = lesson.get_url()
    number = len(lesson.screens)

    def opened(**query):
        answer = client.get(address, {"step": number, **query})
        return answer.content.decode()

    return opened


def test_the_screen_says_that_it_is_an_example_and_its_places_are_named_buttons(step):
    page = step()

    assert "Ví dụ tập – không phải ứng dụng thật" in page
    assert re.search(rf'<button class="zone"[^>]*value="{PHONE}" aria-label="Gọi điện">', page)
    assert 'x="24.96" y="299.52" width="90.48" height="83.2"' in page
    assert "Để sau" in page


def test_without_a_script_each_tap_is_an_address(step):
    page = step(p="chinh.0.0.0", tap=CAMERA)
    assert "Bác tìm hình ống nghe nhé." in page
    assert 'value="chinh.1.0.0"' in page

    page = step(p="chinh.1.0.0", tap="beside")
    assert 'class="zone is-shown"' in page
    assert "Ô màu xanh, ở dưới cùng." in page

    page = step(p="chinh.2.1.0", tap=PHONE)
    assert "Máy đang gọi." in page

    page = step(p="chinh.2.1.0~chuong.0.0.0", tap=TELL)
    assert "Không sao đâu" in page
    assert re.search(r'value="again" data-part="again">', page)

    page = step(p="chinh.0.0.0~chuong.0.0.0", tap=TALK)
    assert "Giỏi quá" in page
    assert 'data-part="next">' in page
    assert 'data-part="later" hidden' in page


def test_an_address_that_makes_no_sense_shows_the_beginning(step):
    assert "Bác bấm vào hình ống nghe." in step(p="<script>", tap="<b>", t="-1")
    assert "<b>" not in step(p="x" * 4000, tap="<b>")


def test_an_author_sees_all_screens_with_their_places(rf, lesson, author):
    lesson = add_practice(lesson)
    request = rf.get("/")
    request.user = author
    page = lesson.serve_preview(request, "").render().content.decode()

    assert page.count('class="phone"') == 4
    assert 'class="zone is-drawn is-wrong"' in page
    assert "dẫn sang chuong" in page


def test_the_editor_brings_what_is_needed_to_draw(client, lesson, author):
    lesson = add_practice(lesson)
    client.force_login(author)
    page = client.get(reverse("wagtailadmin_pages:edit", args=[lesson.pk])).content.decode()

    assert "lms/js/zones.js" in page
    assert "courses.blocks.PracticeScreenBlock" in page
    assert "/cms/courses/practice-picture/kind/0/" in page


def test_the_picture_to_draw_on_is_the_one_that_learners_see(client, lesson, author):
    lesson = add_practice(lesson)
    drawing = practices_of(lesson)[0].screen.value["screens"][0]["picture"]["drawing"]
    address = reverse("courses_practice_picture", args=["drawing", drawing.pk])
    assert client.get(address)["Location"] != drawing.url

    client.force_login(author)
    assert client.get(address)["Location"] == drawing.url
    assert client.post(address).status_code == 405
    for kind, pk in (("drawing", 0), ("photo", 0), ("file", drawing.pk)):
        missing = reverse("courses_practice_picture", args=[kind, pk])
        assert client.get(missing).status_code == 404


# The cost


def test_a_long_practice_costs_no_more_queries_than_a_short_one(
    client, lesson, django_assert_max_num_queries
):
    long = call()
    long[0]["zones"][0]["to"] = "s1"
    long[1:1] = [
        screen(
            f"s{n}",
            zone("Đi tiếp", LEFT, to=f"s{n + 1}" if n < 6 else "chuong"),
            zone("Sai", RIGHT, says="Không phải."),
        )
        for n in range(1, 7)
    ]
    lesson = add_practice(lesson, long)
    address = f"{lesson.get_url()}?step={len(lesson.screens)}"
    client.get(address)

    with django_assert_max_num_queries(8):
        assert client.get(address).status_code == 200


# What ships


def shipped():
    for path in sorted((Path(settings.BASE_DIR) / "courses/content").glob("*/*/lesson.yaml")):
        for block in yaml.safe_load(path.read_text("utf-8"))["body"]:
            if block["type"] == "practice":
                yield pytest.param(path.parent, block, id=path.parent.name)


@pytest.mark.parametrize(("home", "block"), list(shipped()))
def test_every_practice_that_ships_ends_well(home, block):
    screens = []
    for row in block["screens"]:
        svg = (home / "pictures" / row["picture"]).read_text("utf-8")
        box = re.search(r'viewBox="0 0 (\d+) (\d+)"', svg)
        made = screen(row["name"], outcome=row.get("outcome", ""))
        made["picture"].update(width=int(box[1]), height=int(box[2]))
        made["zones"] = [
            zone(
                one["label"]["vi"], one["at"], one.get("to", ""), one.get("says", {}).get("vi", "")
            )
            for one in row.get("zones", [])
        ]
        screens.append(made)

    assert problems(screens) == []
    run = start(screens)
    while not is_done(screens, run):
        run = tap(screens, run, right_zone(screens, screen_of(screens, run))["id"])
