"""A whole class evening without network: nothing is lost, nothing counts twice, nobody is misnamed.

Real browsers with profiles on the disk; the network is switched off, sessions end, batteries are
taken out. What arrived is read from the database.
"""

import datetime as dt
import json
import re
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from tests.journeys.test_learn_without_network import never_in_the_background

# A village of its own for each story: an evening that began half an hour ago, two volunteers and
# the leader of their team.
CLASS = """
import datetime as dt, json, uuid
from django.utils import timezone
from campaigns.models import Membership
from people.roles import Role
from tests.factories import *
village = PlaceFactory(kind="village", name="Vân Sơn")
commune = village.get_parent()
key = uuid.uuid4().hex[:6]
def staff(name, role=Role.INSTRUCTOR):
    user = UserFactory(username=f"{{name.lower()}}-{{key}}", full_name=f"Nguyễn Thị {{name}}")
    user.set_password("tramngay-demo")
    user.save()
    AssignmentFactory(user=user, place=commune, role=role)
    return user
lan, minh = staff("Lan"), staff("Minh")
ha = staff("Hà", Role.TEAM_LEADER)
course = CourseFactory(title=f"Bài học {{key}}")
evening = ClassSessionFactory(
    class_group__place=village, class_group__course=course,
    starts_at=timezone.now() - dt.timedelta(minutes=30),
    lesson=course.get_children().first().specific,
)
evening.class_group.instructors.set([lan, minh])
people = [
    EnrolmentFactory(
        resident=ResidentFactory(village=village, full_name=f"Trần Thị Hoa {{number:02}}"),
        campaign=evening.campaign, class_group=evening.class_group,
    ).resident
    for number in range({size})
]
print(json.dumps({{
    "session": evening.pk, "village": village.pk, "lesson": evening.lesson_id,
    "people": [str(person.uuid) for person in people],
    **{{name: {{"id": user.pk, "login": user.username}}
       for name, user in (("lan", lan), ("minh", minh), ("ha", ha))}},
}}))
"""

HELD = """
import json
from campaigns.models import ClassSession
from progress.models import *
from people.models import Resident
session = ClassSession.objects.get(pk={session})
print(json.dumps({{
    "marks": [
        [str(mark.id), str(mark.enrolment.resident.uuid), mark.status,
         round(mark.observed_at.timestamp() * 1000), mark.observed_by_id, mark.sent_by_id]
        for mark in Mark.objects.filter(session=session).select_related("enrolment__resident")
    ],
    "attendance": {{
        str(row.enrolment.resident.uuid): [row.status, row.is_disputed]
        for row in Attendance.objects.filter(session=session).select_related("enrolment__resident")
    }},
    "newcomers": sorted(
        Resident.objects.filter(village={village}).exclude(full_name__startswith="Trần Thị Hoa")
        .values_list("full_name", flat=True)
    ),
    "skills": [
        [str(row.pk), str(row.enrolment.resident.uuid), row.level]
        for row in Observation.objects.filter(session=session).select_related("enrolment__resident")
    ],
    "remarks": list(Remark.objects.filter(session=session).values_list("text", flat=True)),
    "held": list(HeldItem.objects.filter(session=session).values_list("kind", "reason", "state")),
}}))
"""

SIGN_OUT = """
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
keys = UserSession.objects.filter(user={user}).values_list("session_key", flat=True)
print(Session.objects.filter(pk__in=list(keys)).delete()[0])
"""

READY = """async () => {
    const shell = async () => {
        for (const name of await caches.keys()) {
            const kept = await (await caches.open(name)).match('/evening/?lang=vi');
            if (kept && name.startsWith('shell-')) return navigator.serviceWorker.controller;
        }
    };
    const until = Date.now() + 15000;
    while (!(await shell()) && Date.now() < until) await new Promise(r => setTimeout(r, 50));
    return Boolean(await shell());
}"""


@pytest.fixture
def make_class(site):
    def make(size=4):
        return json.loads(site.run(CLASS.format(size=size)))

    return make


@pytest.fixture
def held(site):
    """What the server holds of a class's evening."""

    def ask(known):
        return SimpleNamespace(
            **json.loads(
                site.run(HELD.format(session=known["session"], village=known["village"]))
            )
        )

    return ask


class Phone:
    """A volunteer's own phone: a browser with a page, and what one does with it."""

    def __init__(self, site, window, page, known):
        self.site, self.window, self.page, self.known = site, window, page, known
        never_in_the_background(window, page, site)

    def sign_in(self, name):
        self.page.goto("/accounts/login/")
        self.page.locator("input[name=login]").fill(self.known[name]["login"])
        self.page.locator("input[name=password]").fill("tramngay-demo")
        self.page.locator("main form button[type=submit]").first.click()
        self.page.wait_for_url(lambda address: "/accounts/login/" not in address)
        assert self.page.evaluate(READY)

    @property
    def register(self):
        return f"/progress/sessions/{self.known['session']}/register/"

    def open(self, section="register"):
        """Show a section of the evening's screen."""
        if self.page.locator("body.is-evening").count() and self.register in self.page.url:
            self.page.evaluate("section => { location.hash = section; }", section)
        else:
            self.page.goto(f"{self.register}#{section}")
        expect(self.page.locator(f"section[data-section={section}]")).to_be_visible()

    def goes_offline(self):
        self.window.set_offline(True)

    def comes_online(self):
        self.window.set_offline(False)

    def tap(self, number):
        self.row(number).locator(".roll-main").click()
        expect(self.row(number).locator(".roll-main")).to_have_attribute("aria-pressed", "true")

    def row(self, number):
        return self.page.locator(".roll-row", has_text=f"Hoa {number:02}")

    def do(self, script, *args):
        """Run a line with the evening's own store and outbox at hand."""
        return self.page.evaluate(
            f"""async (args) => {{
                const loaded = performance.getEntriesByType('resource').map(({{name}}) => name);
                const of = (name) => import(loaded.find((one) => one.includes(`/${{name}}.`)));
                const [store, box] = await Promise.all([of('evening/store'), of('outbox')]);
                return ({script});
            }}""",
            list(args),
        )

    @property
    def items(self):
        return self.do("box.items()")

    @property
    def sign(self):
        return self.page.locator("[data-sign]")

    def send(self):
        """Press the button."""
        self.open("unsent")
        self.page.locator("[data-do=send]").click()

    def until_sent(self):
        expect(self.sign).to_have_attribute("data-count", "0", timeout=20000)


@pytest.fixture
def phone_of(site, own_phone):
    """A phone on which somebody of a class has signed in, with the evening on it."""

    def start(known, name):
        window, page = own_phone()
        phone = Phone(site, window, page, known)
        phone.sign_in(name)
        return phone

    return start


def test_a_whole_evening_survives_a_dead_battery_and_an_expired_session(
    site, make_class, held, chromium_at, tmp_path, shoot
):
    known = make_class(40)
    window = chromium_at(tmp_path / "phone")
    phone = Phone(site, window, window.new_page(), known)
    phone.sign_in("lan")
    phone.goes_offline()
    phone.open()
    before = dt.datetime.now(dt.UTC)
    for number in range(40):
        phone.tap(number)
    newcomers = [
        phone.do(
            "store.act.arrive({name: args[0], year: 1950, about: true, village: args[1]})",
            name,
            known["village"],
        )
        for name in ("Vi Thị Khách", "Lò Văn Lạ")
    ]
    for number in range(5):
        phone.do(
            "store.act.skill(args[0], args[1], 'alone')",
            known["people"][number],
            known["lesson"],
        )
    after = dt.datetime.now(dt.UTC)
    expect(phone.sign).to_contain_text("49 dấu chưa gửi")
    shoot(phone.page, "evening-unsent")
    window.die()

    site.run(SIGN_OUT.format(user=known["lan"]["id"]))
    window = chromium_at(tmp_path / "phone")
    phone = Phone(site, window, window.new_page(), known)
    phone.goes_offline()
    phone.open()
    expect(phone.sign).to_contain_text("49 dấu chưa gửi")
    noted = {item["id"]: item["at"] + item["off"] for item in phone.items}
    phone.comes_online()
    phone.send()
    expect(phone.sign).to_contain_text("đăng nhập lại để gửi")
    shoot(phone.page, "evening-signed-out")
    assert held(known).marks == []
    # Twice, the server takes everything and the phone never hears of it.
    lost = []

    def lose(route):
        if len(lost) < 2:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    window.route("**/progress/sync/", lose)
    phone.sign_in("lan")
    phone.open("unsent")
    for _ in range(3):
        phone.do("box.flush()")
    phone.until_sent()

    assert lost == [200, 200]
    there = held(known)
    assert len(there.marks) == 42
    assert there.newcomers == ["Lò Văn Lạ", "Vi Thị Khách"]
    assert set(there.attendance) == {*known["people"], *newcomers}
    assert {tuple(row) for row in there.attendance.values()} == {("present", False)}
    assert sorted(row[1] for row in there.skills) == sorted(known["people"][:5])
    assert {mark[0]: mark[3] for mark in there.marks}.items() <= noted.items()
    first, last = (round(edge.timestamp() * 1000) for edge in (before, after))
    assert all(first <= mark[3] <= last for mark in there.marks)
    assert {tuple(mark[4:]) for mark in there.marks} == {(known["lan"]["id"],) * 2}
