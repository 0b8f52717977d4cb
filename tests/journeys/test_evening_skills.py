"""What people can do, noted on the phone in hand without network, and undone as easily."""

import json

import pytest
from playwright.sync_api import expect

from tests.journeys.test_evening_register import look
from tests.journeys.test_evening_without_network import CLASS, Phone

# The phone is the same on every database; what it brings is tried on both elsewhere.
pytestmark = pytest.mark.laptop

NOTED = """
import json
from progress.models import *

session = {session}
print(json.dumps({{
    "sights": list(Observation.objects.filter(session=session).order_by("seq")
                   .values_list("enrolment__resident__full_name", "level", "lesson")),
    "hold": list(SkillSeen.objects.filter(enrolment__observations__session=session).distinct()
                 .order_by("enrolment__resident__full_name")
                 .values_list("enrolment__resident__full_name", "level")),
    "papers": list(Attempt.objects.filter(lesson={lesson}).exclude(recorded_by=None)
                   .values_list("enrolment__resident__full_name", "score", "has_passed")),
}}))
"""


@pytest.fixture
def phone(site, own_phone):
    """Lan's own phone with the evening of a class of four on it."""
    known = json.loads(site.run(CLASS.format(size=4)))
    window, page = own_phone()
    phone = Phone(site, window, page, known)
    phone.sign_in("lan")
    return phone


def row(phone, number):
    return phone.page.locator("[data-skills] .skill-row", has_text=f"Hoa {number:02}")


def level(phone, number, value):
    return row(phone, number).locator(f"button[value={value}]")


def noted(site, phone):
    return json.loads(site.run(NOTED.format(**phone.known)))


def test_what_is_seen_without_network_is_noted_once(site, phone, shoot):
    phone.open("register")
    phone.goes_offline()
    for number in range(3):
        phone.tap(number)
    phone.open("skills")
    # Tonight's lesson, and who is here.
    expect(phone.page.locator("[data-skills] .skill-row")).to_have_count(3)
    for number, value in ((0, "alone"), (1, "helped"), (2, "done")):
        level(phone, number, value).click()
        expect(level(phone, number, value)).to_have_attribute("aria-pressed", "true")
    expect(phone.page.locator("[data-skills] [data-totals]")).to_contain_text("2/3")
    look(phone, shoot, "evening-skills")
    # A tap too far, taken back.
    phone.page.locator("[data-skills] [data-undo]").click()
    expect(level(phone, 2, "done")).to_have_attribute("aria-pressed", "false")
    phone.page.reload()
    expect(level(phone, 0, "alone")).to_have_attribute("aria-pressed", "true")
    expect(level(phone, 2, "done")).to_have_attribute("aria-pressed", "false")

    phone.comes_online()
    phone.send()
    phone.until_sent()

    told = noted(site, phone)
    names = [f"Trần Thị Hoa {number:02}" for number in range(3)]
    lesson = phone.known["lesson"]
    assert told["sights"] == [
        [names[0], "alone", lesson],
        [names[1], "helped", lesson],
        [names[2], "done", lesson],
        [names[2], "", lesson],
    ]
    assert told["hold"] == [[names[0], "alone"], [names[1], "helped"]]


def test_questions_on_paper_are_counted_on_the_phone(site, phone, shoot):
    phone.open("register")
    phone.goes_offline()
    phone.tap(0)
    phone.open("skills")
    phone.page.locator("[data-skills] button[value=paper]").click()
    # Nothing is kept before it is said so: a pass on paper cannot be taken back.
    row(phone, 0).locator("button[value='3']").click()
    look(phone, shoot, "evening-papers")
    row(phone, 0).locator("[data-keep]").click()
    expect(row(phone, 0).locator("[data-keep]")).to_be_hidden()

    phone.comes_online()
    phone.send()
    phone.until_sent()

    assert noted(site, phone)["papers"] == [["Trần Thị Hoa 00", 3, True]]
