"""Somebody reads a lesson aloud into the telephone; a learner hears it, and sees where it is."""

import re

import pytest

from tests.journeys.conftest import BROWSER, SIZES
from tests.journeys.measures import accessibility_faults, runs_over

# What is looked at here is the browser; the database of the round makes no difference.
pytestmark = pytest.mark.laptop

# A microphone that hums, and a yes to the browser's question.
MICROPHONE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
# No browser of the tests has a voice; this one says nothing, and tells what it was to say.
VOICE = """
  window.said = [];
  class Utterance extends EventTarget { constructor(text) { super(); this.text = text; } }
  window.SpeechSynthesisUtterance = Utterance;
  Object.defineProperty(window, 'speechSynthesis', { value: {
    getVoices: () => [{ lang: 'LANGUAGE', name: 'voice' }], addEventListener() {}, cancel() {},
    speak(words) {
      window.said.push(words.text);
      const boundary = Object.assign(new Event('boundary'), { name: 'word', charIndex: 0 });
      words.dispatchEvent(boundary);
      window.marked = [...(CSS.highlights.get('spoken') || [])].map(String);
      setTimeout(() => words.dispatchEvent(new Event('end')), 0);
    },
  }});
"""
CHANGE = """
from courses.models import LessonPage
lesson = LessonPage.objects.get(pk={pk})
lesson.body[0].value["words"] += " Bác xem kỹ nhé."
lesson.save_revision().publish()
print("changed")
"""
ADDRESS = """
from courses.models import LessonPage
print(LessonPage.objects.get(pk={pk}).url)
"""
MARKED = "() => [...(CSS.highlights.get('spoken') || [])].map(String).join()"


def until(page, script):
    """Return what a script says as soon as it says something; pages forbid Playwright's own way."""
    for _ in range(200):
        if found := page.evaluate(script):
            return found
        page.wait_for_timeout(50)
    pytest.fail(f"{script} stays empty")


@pytest.fixture
def talker(site, chromium):
    """A telephone with a microphone, signed in as one who teaches."""
    browser = chromium.browser_type.launch(
        executable_path="/usr/bin/chromium", args=[*BROWSER, *MICROPHONE]
    )
    width, height = SIZES["phone"]
    page = browser.new_page(base_url=site.url, viewport={"width": width, "height": height})
    page.set_default_timeout(30000)
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill("giaovien")
    page.locator("input[name=password]").fill("tramngay-demo")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/")
    yield page
    browser.close()


def test_a_block_is_recorded_heard_and_grows_old(site, talker, visit, shoot):
    page = talker
    page.goto("/courses/recordings/")
    page.locator("main .list-row a").first.click()
    page.wait_for_url("**/courses/recordings/*/**")
    pk = re.search(r"/recordings/(\d+)/", page.url)[1]
    address = site.run(ADDRESS.format(pk=pk))
    page.locator("input[name=speaker]").fill("Bùi Thị Mơ")
    page.locator("input[name=consent]").check()
    page.locator("main form.form button[type=submit]").click()
    row = page.locator("form[data-recorder]").first
    row.locator("[data-start]").click()
    page.wait_for_timeout(2500)
    row.locator("[data-stop]").click()
    row.locator("[data-done] button").wait_for()
    shoot(page, "record-a-block")
    row.locator("[data-done] button").click()
    page.locator(".recorder-former").first.wait_for()
    assert accessibility_faults(page) == []
    assert runs_over(page) <= 0
    assert page.problems == []

    # A learner hears it, and the words are marked while they are heard.
    learner = visit("phone")
    learner.goto(f"{address}?step=1")
    learner.locator("h1 ~ *, .say").first.wait_for()
    assert learner.evaluate("document.querySelectorAll('audio, [autoplay]').length") == 0
    assert learner.evaluate(MARKED) == ""
    learner.locator("button[data-listen='']").click()
    heard = until(learner, MARKED)
    assert heard in re.sub(r"\s+", " ", learner.locator("main").inner_text())
    shoot(learner, "hear-a-block")
    learner.locator("button[data-listen='']").click()
    assert learner.evaluate(MARKED) == ""
    assert learner.problems == []

    # Other words: the old voice is silent, and whoever records is told.
    assert site.run(CHANGE.format(pk=pk)) == "changed"
    # (Another address: the change came from another process than the kept page.)
    learner.goto(f"{address}?step=1&r=-")
    assert learner.locator("[data-audio]").count() == 0
    page.reload()
    assert page.locator("li.card").first.locator(".badge.is-warn").count() == 1


def lesson_with_questions(page):
    page.goto("/vi/")
    page.locator("main a[href^='/vi/']").first.click()
    page.locator("main a[href*='/vi/']").first.click()
    return page.url.split("?")[0]


def test_each_part_has_a_button_of_its_own_where_a_voice_is(visit, shoot):
    page = visit("phone")
    page.add_init_script(VOICE.replace("LANGUAGE", "vi-VN"))
    lesson = lesson_with_questions(page)
    for step in (2, 3, 9, 10, 11):
        page.goto(f"{lesson}?step={step}")
        page.wait_for_timeout(300)
        parts = page.locator("main [data-speak]:visible").count()
        boxes = page.locator("main .say:visible").evaluate_all(
            "all => all.map(b => b.getBoundingClientRect()).map(b => [b.width, b.height])"
        )

        assert len(boxes) == parts
        assert all(min(box) >= 56 for box in boxes)
        assert accessibility_faults(page) == []
        assert runs_over(page) <= 0
    page.goto(f"{lesson}?step=2")
    words = page.locator("h1").inner_text()
    page.locator(".say").first.click()
    until(page, "window.said.length === 1")
    assert page.evaluate("window.said[0].trim()") == words.replace("\n", " ").strip()
    assert page.evaluate("window.marked[0]").strip() == words.split()[0]
    shoot(page, "parts-with-a-voice")
    assert page.problems == []


@pytest.mark.parametrize("language", ["en-US", "es-ES"])
def test_no_foreign_voice_ever_reads_vietnamese(visit, language):
    page = visit("phone")
    page.add_init_script(VOICE.replace("LANGUAGE", language))
    lesson = lesson_with_questions(page)
    page.goto(f"{lesson}?step=2")
    page.locator("button[data-listen='']").click()

    page.locator("[data-listen-sorry]").wait_for()
    assert page.evaluate("window.said") == []
    assert page.locator(".say").count() == 0
