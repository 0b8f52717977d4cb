"""A learner's own phone without network: a whole lesson is done, and arrives once."""

import json
import re
import time

import pytest
from playwright.sync_api import expect

from tests.journeys.measures import (
    accessibility_faults,
    crowded_targets,
    runs_over,
    small_targets,
    small_texts,
)

# A learner of the demo who has done nothing yet, with a card of her own.
NEWCOMER = """
from people.services import issue_card
from progress.models import Attempt, Enrolment, LessonView, PracticeRun
busy = set(LessonView.objects.values_list("enrolment", flat=True))
busy |= set(Attempt.objects.values_list("enrolment", flat=True))
row = (
    Enrolment.objects.active().exclude(pk__in=busy).exclude(class_group=None)
    .filter(campaign__state="running", completed_at=None).order_by("pk")
)[{number}]
_card, token = issue_card(row.resident, by=None)
print(row.pk, row.resident.uuid, token)
"""

HELD = """
import json
from progress.models import Attempt, LessonView, PracticeRun
where = {{"enrolment": {enrolment}}}
print(json.dumps({{
    "views": list(LessonView.objects.filter(**where).values("lesson", "step", "finished_at")),
    "runs": list(PracticeRun.objects.filter(**where).values("lesson", "wrong")),
    "attempts": list(Attempt.objects.filter(**where).values(
        "lesson", "score", "has_passed", "help", "finished_at", "answers")),
}}, default=str))
"""


def next_newcomer(site):
    """Return somebody whom no other test knows."""
    site.newcomers += 1
    enrolment, uuid, token = site.run(NEWCOMER.format(number=site.newcomers)).split()
    return {"enrolment": enrolment, "uuid": uuid, "card": f"/k#{token}"}


@pytest.fixture
def newcomer(site):
    return next_newcomer(site)


def held(site, person):
    return json.loads(site.run(HELD.format(enrolment=person["enrolment"])))


def come_in(page, person):
    page.goto(person["card"])
    page.wait_for_url("**/progress/learn/")


def keep_course(page):
    """Open the first lesson and wait until the phone says that it has the course."""
    page.locator("a.big-link.is-primary").click()
    page.wait_for_url(re.compile(r"/progress/lessons/\d+/"))
    expect(page.locator("[data-course]")).to_have_attribute("data-done", "true", timeout=60000)
    return re.search(r"/lessons/(\d+)/", page.url)[1]


def look(page, shoot, name):
    assert accessibility_faults(page, strict=True) == [], name
    assert runs_over(page) <= 0, name
    assert small_texts(page, 18) == [], name
    assert small_targets(page, 56) == [], name
    assert crowded_targets(page, 8) == [], name
    shoot(page, name)


def read_on(page, look_at=lambda name: None):
    """Press the one green button until the questions come; rehearse on the way."""
    rehearsed = 0
    for step in range(30):
        expect(page.locator("main")).to_have_attribute("data-shown", re.compile("."))
        shown = page.locator("main").get_attribute("data-shown")
        if shown.startswith("q"):
            return rehearsed
        if step == 0:
            look_at("offline-screen")
        if page.locator("[data-practice]").count():
            rehearsed += 1
            if rehearsed == 1:
                look_at("offline-practice")
            rehearse(page)
            if rehearsed == 1:
                look_at("offline-practice-done")
            page.locator("[data-practice] [data-part=next] a").first.click()
        else:
            page.locator("main a.button.is-primary.is-big").click()
        expect(page.locator("main")).not_to_have_attribute("data-shown", shown)
    pytest.fail("The lesson has no end.")


def rehearse(page):
    """Tap what the hint points at until the good end."""
    root = page.locator("[data-practice]")
    for _ in range(30):
        outcome = root.get_attribute("data-outcome")
        if outcome == "done":
            return
        if outcome == "again":
            root.locator("[data-part=again]").click()
            continue
        if root.locator("[data-part=hint]").is_visible():
            root.locator("[data-part=hint]").click()
        root.locator(".zone.is-shown").click()
    pytest.fail("The practice has no end.")


def data_of(page):
    return json.loads(page.locator("#lesson-data").text_content())


def answer_all(page, *, wrong_first=False, look_at=lambda name: None):
    questions = {question["id"]: question for question in data_of(page)["questions"]}
    seen = set()
    expect(page.locator("main")).to_have_attribute("data-shown", re.compile("^q"))
    for _ in range(20):
        form = page.locator("form[data-question]")
        if not form.count():
            break
        question = questions[form.get_attribute("data-question")]
        if question["kind"] not in seen:
            look_at(f"offline-question-{question['kind']}")
        seen.add(question["kind"])
        if wrong_first:
            wrong_first = False
            form.locator("button[value=unsure]").click()
            page.locator(".answer.is-wrong").wait_for()
            look_at("offline-unsure")
            page.locator("a[data-go=retry]").click()
        give(page, question)
        page.locator(".answer.is-right").wait_for()
        if len(seen) == 1:
            look_at("offline-right")
        shown = page.locator("main").get_attribute("data-shown")
        page.locator("a[data-go=next]").click()
        expect(page.locator("main")).not_to_have_attribute("data-shown", shown)
    page.locator("button[name=help]").first.wait_for()


def give(page, question):
    form = page.locator("form[data-question]")
    right = [option["id"] for option in question.get("options", []) if option.get("correct")]
    match question["kind"]:
        case "order":
            wanted = [option["id"] for option in question["options"]]
            for place, option in enumerate(wanted):
                while rows(form).index(option) > place:
                    form.locator(f"button[value='{option}:up']").click()
            form.locator("button[value=done]").click()
        case "several" | "spot":
            for option in right:
                form.locator(f"label.big-choice:has(input[value='{option}'])").click()
            form.locator("button[value=done]").click()
        case "match":
            first = {}
            for option in question["options"]:
                first.setdefault(option["match"], option["id"])
            for _ in question["options"]:
                step = form.locator("[data-step]:visible")
                left = step.get_attribute("data-step")
                partner = next(o["match"] for o in question["options"] if o["id"] == left)
                step.locator(f"button[value='{left}:{first[partner]}']").click()
        case "number":
            form.locator("input[name=answer]").fill(question["answer"])
            form.locator("button.is-primary").click()
        case "text":
            form.locator("input[name=answer]").fill(question["accepted"][0])
            form.locator("button.is-primary").click()
        case _:
            form.locator(f"button[name=answer][value='{right[0]}']").click()


def rows(form):
    return [field.get_attribute("value") for field in form.locator("input[name=order]").all()]


def never_in_the_background(window, page, site):
    """Let the browser send only what its pages send: the worker's own sending cannot be held up."""
    setting = {"permission": {"name": "background-sync"}, "setting": "denied", "origin": site.url}
    window.new_cdp_session(page).send("Browser.setPermission", setting)


def unsent(page):
    return page.locator("[data-sign]")


def test_a_lesson_done_without_network_arrives_once(site, own_phone, newcomer, shoot):
    window, page = own_phone()
    come_in(page, newcomer)
    lesson = keep_course(page)
    shoot(page, "offline-kept")
    window.set_offline(True)

    # Without network, even after a reload, at the same addresses.
    page.goto(f"/progress/lessons/{lesson}/")
    rehearsed = read_on(page, lambda name: look(page, shoot, name))
    page.reload()
    answer_all(page, wrong_first=True, look_at=lambda name: look(page, shoot, name))
    look(page, shoot, "offline-help")
    page.locator("button[name=help][value=helped]").click()
    expect(page.locator("main")).to_have_attribute("data-shown", "end")
    look(page, shoot, "offline-end")
    expect(unsent(page)).to_contain_text("chưa gửi")
    there = held(site, newcomer)
    assert (there["runs"], there["attempts"]) == ([], [])
    assert not any(view["finished_at"] for view in there["views"])

    # At home, too, there is only what the phone knows.
    page.goto("/progress/learn/")
    expect(page.locator(f"a[href='/progress/lessons/{lesson}/']")).to_contain_text("Đã đạt")
    look(page, shoot, "offline-home")
    page.goto("/vi/")
    page.locator("[data-shelf]").wait_for()

    window.set_offline(False)
    page.goto("/progress/learn/")
    expect(unsent(page)).to_have_attribute("data-unsent", "0", timeout=30000)
    for _ in range(2):
        page.reload()
        page.wait_for_load_state()
    there = held(site, newcomer)
    assert [(str(v["lesson"]), bool(v["finished_at"])) for v in there["views"]] == [(lesson, True)]
    assert len(there["attempts"]) == 1
    assert there["attempts"][0]["has_passed"]
    assert there["attempts"][0]["help"] == "helped"
    assert len(there["runs"]) == rehearsed == 1
    assert page.problems == []


@pytest.mark.laptop
def test_back_goes_back_and_both_languages_are_on_the_phone(site, own_phone, newcomer):
    window, page = own_phone()
    come_in(page, newcomer)
    lesson = keep_course(page)
    window.set_offline(True)
    page.goto(f"/progress/lessons/{lesson}/")
    title = page.locator("h1").inner_text()
    page.locator("main a.button.is-primary.is-big").click()
    page.wait_for_url(f"**/progress/lessons/{lesson}/2/")
    page.go_back()
    page.wait_for_url(f"**/progress/lessons/{lesson}/1/")
    expect(page.locator("h1")).to_have_text(title)
    page.go_forward()
    page.wait_for_url("**/2/")
    page.locator(".learner-bar-row > a").click()
    expect(page.locator("h1")).to_have_text(title)

    page.locator(".site-foot summary").click()
    page.locator("button[name=language][value=en]").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("h1")).not_to_have_text(title)
    # Where one left off is the same in every language, after a reload as well.
    page.goto(f"/progress/lessons/{lesson}/")
    page.wait_for_url("**/2/")


@pytest.mark.laptop
def test_what_is_not_kept_is_said_kindly(site, own_phone, newcomer, shoot):
    window, page = own_phone()
    come_in(page, newcomer)
    keep_course(page)
    window.set_offline(True)
    page.goto("/certificates/mine/")
    expect(page.locator("h1")).to_contain_text("chưa có mạng")
    look(page, shoot, "offline-nothing")


@pytest.mark.laptop
def test_another_learner_sees_nothing_of_the_first_and_sends_nothing_of_hers(
    site, own_phone, newcomer
):
    window, page = own_phone()
    never_in_the_background(window, page, site)
    come_in(page, newcomer)
    lesson = keep_course(page)
    window.set_offline(True)
    page.goto(f"/progress/lessons/{lesson}/2/")
    expect(unsent(page)).to_contain_text("chưa gửi")
    # Somebody else's card is shown before anything of hers could be sent.
    other = next_newcomer(site)
    window.clear_cookies()
    window.set_offline(False)
    come_in(page, other)
    expect(unsent(page)).to_contain_text("của người khác")
    page.goto(f"/progress/lessons/{lesson}/")
    page.wait_for_url("**/1/")
    time.sleep(3)
    assert [view["step"] for view in held(site, newcomer)["views"]] in ([], [1])

    # Back with her own card, it goes by itself.
    window.clear_cookies()
    come_in(page, {"card": newcomer["card"]})
    expect(unsent(page)).to_have_attribute("data-unsent", "0", timeout=30000)
    assert [view["step"] for view in held(site, newcomer)["views"]] == [2]


@pytest.mark.laptop
def test_putting_the_card_away_with_something_unsent_asks_first(site, own_phone, newcomer, shoot):
    window, page = own_phone()
    never_in_the_background(window, page, site)
    come_in(page, newcomer)
    lesson = keep_course(page)
    window.set_offline(True)
    page.goto(f"/progress/lessons/{lesson}/2/")
    expect(unsent(page)).to_contain_text("chưa gửi")
    # Nothing gets through to the server, though pages come from it.
    window.route("**/progress/sync/", lambda route: route.fulfill(status=503, body="x"))
    window.set_offline(False)
    page.goto("/certificates/mine/")
    page.locator(".site-foot summary").click()
    page.locator("form[action='/people/out/'] button").first.click()
    expect(page.locator("dialog[open]")).to_contain_text("chưa gửi")
    shoot(page, "offline-leaving")
    page.locator("dialog [data-leave=stay]").click()
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_an_answer_of_the_server_that_was_lost_makes_nothing_double(site, own_phone, newcomer):
    window, page = own_phone()
    never_in_the_background(window, page, site)
    come_in(page, newcomer)
    lesson = keep_course(page)
    lost = []

    def lose(route):
        # The server has committed; the telephone never hears of it.
        if len(lost) < 3:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    window.route("**/progress/sync/", lose)
    page.goto(f"/progress/lessons/{lesson}/")
    read_on(page)
    answer_all(page)
    page.locator("button[name=help]").first.click()
    expect(page.locator("main")).to_have_attribute("data-shown", "end")
    expect(unsent(page)).to_have_attribute("data-unsent", "0", timeout=60000)

    assert lost == [200, 200, 200]
    there = held(site, newcomer)
    assert (len(there["views"]), len(there["attempts"])) == (1, 1)
    assert there["attempts"][0]["finished_at"]


@pytest.mark.laptop
def test_a_phone_that_dies_with_something_unsent_sends_it_another_day(
    site, newcomer, tmp_path, chromium_at
):
    window = chromium_at(tmp_path / "phone")
    page = window.new_page()
    come_in(page, newcomer)
    lesson = keep_course(page)
    window.set_offline(True)
    page.goto(f"/progress/lessons/{lesson}/")
    read_on(page)
    answer_all(page)
    page.locator("button[name=help]").first.click()
    expect(page.locator("main")).to_have_attribute("data-shown", "end")
    expect(unsent(page)).to_contain_text("chưa gửi")
    window.die()

    # A browser that is killed may have forgotten who signed in, but not what was done.
    page = chromium_at(tmp_path / "phone").new_page()
    come_in(page, newcomer)
    expect(unsent(page)).to_have_attribute("data-unsent", "0", timeout=60000)
    there = held(site, newcomer)
    assert [len(there[name]) for name in ("views", "attempts")] == [1, 1]
    assert there["attempts"][0]["has_passed"]


KEEP = """async lesson => {
    const box = await import('/static/lms/js/outbox.js');
    const {place} = await box.kept('whose');
    const address = `/courses/lessons/${lesson}/whole/?lang=vi&place=${place}`;
    const done = new Promise(resolve => navigator.serviceWorker.addEventListener('message',
        ({data}) => { if (data.course && data.course.of === 1 && data.course.done) resolve(); }));
    const lessons = [{lesson, language: 'vi', tag: 'x', address}];
    // It may be at work without being in charge of this page yet.
    const {active} = await navigator.serviceWorker.ready;
    active.postMessage({keep: {place, lessons}});
    await done;
}"""


@pytest.mark.laptop
def test_every_kind_of_question_is_answered_without_network(site, own_phone, newcomer, shoot):
    lesson = int(site.run("from tests.quizzes import add_quiz; print(add_quiz().pk)"))
    window, page = own_phone()
    come_in(page, newcomer)
    keep_course(page)
    page.evaluate(KEEP, lesson)
    window.set_offline(True)
    page.goto(f"/progress/lessons/{lesson}/")
    read_on(page)
    answer_all(page, look_at=lambda name: look(page, shoot, name))
    page.locator("button[name=help]").first.click()
    expect(page.locator("main")).to_have_attribute("data-shown", "end")
    window.set_offline(False)
    page.goto("/progress/learn/")
    expect(unsent(page)).to_have_attribute("data-unsent", "0", timeout=30000)

    (attempt,) = [row for row in held(site, newcomer)["attempts"] if row["lesson"] == lesson]
    assert attempt["has_passed"]
    assert attempt["score"] == len(attempt["answers"])
    assert page.problems == []
