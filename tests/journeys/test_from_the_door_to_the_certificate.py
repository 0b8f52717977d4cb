"""The whole way of one person: she walks in on an evening, learns, and has a certificate."""

import io
import json
import random
import re
import subprocess
import time
from dataclasses import dataclass

import pytest
import zxingcpp
from PIL import Image

from tests.journeys.measures import (
    accessibility_faults,
    crowded_targets,
    runs_over,
    small_targets,
    small_texts,
)

# Letters that fold, and marks that stand on one another.
NAMES = "Ngưỡng Thưởng Huệ Nhẫn Nguyệt Thuở Quỳnh Đượm Hỡi Nghĩa Uyển Khuê Ngoãn Đoàn".split()

# Three evenings of one class, the last of them going on now.
EVENINGS = """
import datetime as dt
from django.utils import timezone
from campaigns.models import ClassGroup
from campaigns.services import add_session
from people.models import User
group = ClassGroup.objects.get(name="Lớp tối cuối tuần khu 1 Lâm Thao")
teacher = User.objects.get(username="giaovien")
now = timezone.now().replace(microsecond=0)
sessions = [add_session(group, now - dt.timedelta(minutes=m), by=teacher) for m in (61, 41, 21)]
print(*[session.pk for session in sessions])
"""

ANSWERS = """
import json
from progress.models import Attempt
attempt = Attempt.objects.filter(enrolment__resident__full_name="{name}").latest("started_at")
print(json.dumps(attempt.questions))
"""

CERTIFICATE = """
from certificates.models import Certificate
row = Certificate.objects.filter(enrolment__resident__full_name="{name}").first()
print(row.number if row else "-")
"""


@dataclass
class Window:
    """A page that is looked at wherever it goes."""

    page: object
    shoot: object
    learner: bool = False

    def look(self, name):
        """Check and photograph the page as it is now."""
        page = self.page
        assert accessibility_faults(page, strict=self.learner) == [], name
        assert runs_over(page) <= 0, name
        if self.learner:
            assert small_texts(page, 18) == [], name
            assert small_targets(page, 56) == [], name
            assert crowded_targets(page, 8) == [], name
        assert page.problems == [], name
        self.shoot(page, name)


# The server's database is tried from one of the two sizes.
SIZES = ["phone", pytest.param("desktop", marks=pytest.mark.laptop)]


@pytest.mark.parametrize("size", SIZES)
def test_a_walk_in_learns_and_is_certified(site, visit, sign_in, shoot, size):
    name = " ".join(["Đặng Thị", *random.sample(NAMES, 3)])
    sessions = site.run(EVENINGS).split()
    organiser = Window(sign_in("xa", size), shoot)
    before = certified(organiser, look=False)

    # The volunteer writes down who walked in; the first tap registers, enrols and marks present.
    teacher = Window(sign_in("giaovien", size), shoot)
    teacher.look("giaovien-home")
    page = teacher.page
    page.goto(f"/progress/sessions/{sessions[0]}/register/")
    teacher.look("register")
    follow(page, page.locator("a[href$='/walk-in/']").first)
    teacher.look("walk-in")
    page.locator("[name=full_name]").fill(name)
    page.locator("[name=birth_year]").fill("1950")
    page.locator("[name=birth_year_is_about]").check()
    if page.locator("select[name=village]").count():
        page.locator("select[name=village]").select_option(label="khu 1 Lâm Thao")
    page.locator("[name=consent][type=checkbox], [name=consent][type=radio]").first.check()
    page.locator("#walk-in button.is-primary").click()
    page.wait_for_url("**/register/**")
    row = page.locator(".register-row", has_text=name)
    assert row.locator("button[value=present]").get_attribute("aria-pressed") == "true"
    person = row.locator("a").first.get_attribute("href")

    # Two more evenings, one tap each.
    for session in sessions[1:]:
        page.goto(f"/progress/sessions/{session}/register/")
        row = page.locator(".register-row", has_text=name)
        row.locator("button[value=present]").click()
        page.wait_for_selector(
            f".register-row:has-text('{name}') button[value=present][aria-pressed=true]"
        )
    teacher.look("register-marked")

    # Four lessons were mastered hand on hand; the volunteer vouches for them.
    page.goto(person)
    teacher.look("learner-of-staff")
    for _ in range(4):
        line = page.locator(".lesson-line", has=page.locator("details")).last
        line.locator("summary").click()
        line.locator("button[value=helped]").click()
        page.wait_for_load_state()

    # A card is printed; its QR signs the learner in.
    page.goto(person.replace("/progress", ""))
    teacher.look("resident")
    follow(page, page.locator("a[href$='/card/']").first)
    with page.expect_download() as download:
        page.locator("main form button.is-primary").click()
    card = read_code(download.value.path())

    learner = Window(visit(size), shoot, learner=True)
    page = learner.page
    page.goto(card.replace(re.match(r"https?://[^/]+", card, re.I)[0], site.url))
    page.wait_for_url("**/progress/learn/")
    learner.look("learn")
    assert name in page.locator("main").inner_text()

    # The first lesson, screen by screen, and its questions.
    follow(page, page.locator("a.big-link, a.button.is-primary").first)
    read_lesson(learner)
    answer_questions(learner, site, name)
    assert page.locator("main").inner_text()
    learner.look("result")

    # Completion was announced; the certificate follows by itself.
    number = wait_for(lambda: site.run(CERTIFICATE.format(name=name)), "-")
    page.goto("/certificates/mine/")
    learner.look("certificates-mine")
    paper = page.request.get(f"{site.url}/certificates/{number}/file/")
    assert paper.headers["content-type"] == "application/pdf"
    words = text_of(paper.body())
    assert name in words
    assert number in words

    # Whoever sees the paper can check it without an account.
    visitor = Window(visit(size), shoot)
    visitor.page.goto("/xac-minh/")
    visitor.look("verify-form")
    visitor.page.locator("[name=number]").fill(number.lower().replace("-", " "))
    visitor.page.locator("main form button").first.click()
    visitor.page.wait_for_url(f"**/xac-minh/{number}/")
    visitor.look("verify")
    assert name in visitor.page.locator("main").inner_text()

    # And the map has moved by one.
    assert certified(organiser, look=True) == before + 1


def certified(organiser, *, look):
    """Return the number of certificates of the village, as the organiser's table has it."""
    page = organiser.page
    page.goto("/")
    if look:
        organiser.look("xa-home")
    follow(page, page.locator("a[href*='/coverage/']").last)
    page.goto(page.url.split("?")[0] + "?indicator=certified")
    if look:
        organiser.look("coverage")
    row = page.locator("table.sortable tbody tr", has=page.locator("th", has_text="khu 1 Lâm Thao"))
    return int(row.first.locator("td.number").first.inner_text().replace("–", "0").replace(".", ""))


def follow(page, link):
    """Tap what leads to another page, and wait until that page is there."""
    with page.expect_navigation():
        link.click()


def read_lesson(learner):
    """Press the one green button until the questions come."""
    page = learner.page
    for step in range(20):
        if page.locator("fieldset.question").count():
            return
        if step in (0, 2):
            learner.look(f"lesson-{step}")
        if page.locator("[data-practice]").count():
            rehearse(page)
        follow(page, page.locator("main .button.is-primary.is-big:visible").first)
    pytest.fail("The lesson has no end.")


def rehearse(page):
    """Play the practice to its good end, each time asking for the hint."""
    practice = page.locator("[data-practice]")
    for _ in range(20):
        if practice.get_attribute("data-outcome") == "done":
            return
        page.locator("[data-part=hint]").click()
        page.locator(".zone.is-shown").click()
    pytest.fail("The practice has no end.")


def answer_questions(learner, site, name):
    """Answer every question rightly; look at each kind of question once."""
    page, seen = learner.page, set()
    questions = {q["text"]: q for q in json.loads(site.run(ANSWERS.format(name=name)))}
    for _ in range(len(questions)):
        question = questions[page.locator("fieldset.question h1").inner_text().strip()]
        if question["kind"] not in seen:
            learner.look(f"question-{question['kind']}")
        if not seen:
            # A wrong answer costs nothing: it is explained and tried again.
            page.locator("button[value=unsure]").click()
            learner.look("feedback-unsure")
            page.locator("main .big-choices .is-primary").click()
        seen.add(question["kind"])
        give_answer(page, question)
        page.locator(".answer.is-right").wait_for()
        if len(seen) == 1:
            learner.look("feedback-right")
        page.locator("main a.button.is-primary.is-big").click()
        page.wait_for_load_state()
    page.locator("button[name=help][value=alone]").click()
    page.wait_for_load_state()


def give_answer(page, question):
    right = [option["id"] for option in question["options"] if option.get("correct")]
    if question["kind"] == "order":
        wanted = [option["id"] for option in question["options"]]
        for place, option in enumerate(wanted):
            while order(page).index(option) > place:
                page.locator(f"button[value='{option}:up']").click()
                page.wait_for_load_state()
        page.locator("button[name=answer][value=done]").click()
    elif question["kind"] == "several":
        for option in right:
            page.locator(f"label.big-choice:has(input[value='{option}'])").click()
        page.locator("button[name=answer][value=done]").click()
    else:
        page.locator(f"button[name=answer][value='{right[0]}']").click()


def order(page):
    return [field.get_attribute("value") for field in page.locator("input[name=order]").all()]


def read_code(path):
    """Return what the QR on the first page of a PDF says."""
    picture = subprocess.run(
        ["pdftoppm", "-r", "200", "-png", "-f", "1", "-l", "1", str(path)],
        check=True,
        capture_output=True,
    ).stdout
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    return code.text


def text_of(pdf):
    return subprocess.run(
        ["pdftotext", "-raw", "-", "-"], input=pdf, check=True, capture_output=True
    ).stdout.decode()


def wait_for(ask, nothing, seconds=40):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if (answer := ask()) != nothing:
            return answer
        time.sleep(0.2)
    pytest.fail("The certificate did not come.")
