"""A whole class evening without network: nothing is lost, nothing counts twice, nobody is misnamed.

Real browsers with profiles on the disk; the network is switched off, sessions end, batteries are
taken out. What arrived is read from the database.
"""

import contextlib
import datetime as dt
import io
import json
import os
import random
import re
import threading
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from PIL import Image
from playwright.sync_api import TimeoutError, expect

from tests.journeys.conftest import BROWSER, SIZES
from tests.journeys.measures import accessibility_faults, runs_over, small_targets
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
    class_group__team=TeamFactory(place=village, calendar_key=uuid.uuid4().hex),
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

# The page, its scripts and one's own evenings are on the phone.
READY = """async who => {
    const loaded = performance.getEntriesByType('resource').map(({name}) => name);
    const box = await import(loaded.find((one) => one.includes('/outbox.')));
    const isReady = async () => {
        if ((await box.kept('volunteer'))?.who !== who || !(await box.kept(`evenings:${who}`))) {
            return false;
        }
        for (const name of (await caches.keys()).filter((one) => one.startsWith('shell-'))) {
            const kept = await (await caches.open(name)).match('/evening/?lang=vi');
            if (kept) return Boolean(navigator.serviceWorker.controller);
        }
        return false;
    };
    const until = Date.now() + 15000;
    while (!(await isReady()) && Date.now() < until) await new Promise(r => setTimeout(r, 50));
    return isReady();
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
            **json.loads(site.run(HELD.format(session=known["session"], village=known["village"])))
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
        self.is_ready_for(name)

    def sign_out(self):
        self.page.goto("/accounts/logout/")
        self.page.locator("main form[action='/accounts/logout/'] button").click()

    def is_ready_for(self, name):
        assert self.page.evaluate(READY, f"staff:{self.known[name]['id']}")

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

    def welcome(self, name):
        """Write down somebody new, as at the door."""
        self.open("arrive")
        page = self.page
        page.locator("#arrive-name").fill(name)
        page.locator("#arrive-year").fill("khoảng 1950")
        page.locator("#arrive-village").select_option(str(self.known["village"]))
        page.locator("#arrive-consent").check()
        page.locator("[data-save-button]").click()
        expect(page.locator("[data-say]")).to_contain_text(name)

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

    def disk(self, name, key=None):
        """Look at what is on the phone's disk, on whatever page."""
        return self.page.evaluate(
            """([name, key]) => new Promise((resolve, reject) => {
                const opening = indexedDB.open('tramngay');
                opening.onerror = reject;
                opening.onsuccess = () => {
                    const store = opening.result.transaction(name).objectStore(name);
                    const asking = key ? store.get(key) : store.getAll();
                    asking.onsuccess = () => {
                        opening.result.close();
                        resolve(asking.result ?? null);
                    };
                };
            })""",
            [name, key],
        )

    @property
    def items(self):
        return self.do("box.items()")

    @property
    def sign(self):
        return self.page.locator("[data-sign]")

    def send(self):
        """Press the button, unless the phone was quicker: it sends by itself as well."""
        self.open("unsent")
        with contextlib.suppress(TimeoutError):
            self.page.locator("[data-do=send]").click(timeout=3000)

    def until_sent(self):
        for _ in range(200):
            if self.do("(await box.status(store.volunteer().who)).unsent") == 0:
                break
            self.page.wait_for_timeout(100)
        expect(self.sign).to_have_attribute("data-count", "0")


@pytest.fixture
def open_phone(site, chromium):
    """A phone in nobody's hands yet; ``between`` stands between it and the server, if anything."""
    windows = []

    def start(known, between=None):
        width, height = SIZES["phone"]
        window = chromium.new_context(
            base_url=(between or site).url,
            viewport={"width": width, "height": height},
            has_touch=True,
            accept_downloads=True,
        )
        window.set_default_timeout(15000)
        windows.append(window)
        return Phone(between or site, window, window.new_page(), known)

    yield start
    for window in windows:
        window.close()


@pytest.fixture
def phone_of(open_phone):
    """A phone on which somebody of a class has signed in, with the evening on it."""

    def start(known, name, between=None):
        phone = open_phone(known, between)
        phone.sign_in(name)
        return phone

    return start


class Between:
    """Stands before the server: makes it another version of the app, and takes nothing."""

    def __init__(self, site):
        self.server = urlsplit(site.url)
        self.is_new = self.is_mute = False
        with urlopen(f"{site.url}/sw.js") as answer:
            self.old = re.search(r'"version": "(\w+)"', answer.read().decode())[1]
        self.new = self.old[::-1]
        handler = type("Handler", (_Passer,), {"between": self})
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.http.daemon_threads = True
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.http.server_port}"


class _Passer(BaseHTTPRequestHandler):
    def log_message(self, *_args):
        pass

    def do_GET(self):
        between = self.between
        if between.is_mute and self.path == "/progress/sync/":
            return self.send_error(503)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name: value for name, value in self.headers.items() if name != "Accept-Encoding"}
        server = HTTPConnection(between.server.hostname, between.server.port)
        server.request(self.command, self.path, body or None, headers)
        answer = server.getresponse()
        content = answer.read()
        if between.is_new:
            content = content.replace(between.old.encode(), between.new.encode())
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        return server.close()

    do_POST = do_GET


@pytest.fixture
def between(site):
    between = Between(site)
    yield between
    between.http.shutdown()
    between.http.server_close()


def look(page, shoot, name):
    """In the light and in the dark: everybody can use it, on a narrow phone, with a thumb."""
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)
        assert accessibility_faults(page, strict=True) == [], name
        assert runs_over(page) <= 0, name
        assert small_targets(page, 44) == [], name
        shoot(page, f"{name}-{theme}")


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
    for name in ("Vi Thị Khách", "Lò Văn Lạ"):
        phone.welcome(name)
    phone.open("skills")
    for number in range(5):
        row = phone.page.locator(".skill-row", has_text=f"Hoa {number:02}")
        row.locator("button[value=alone]").click()
        expect(row.locator("button[value=alone]")).to_have_attribute("aria-pressed", "true")
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
    newcomers = [item["person"] for item in phone.items if item["kind"] == "arrival"]
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


def test_two_phones_that_disagree_lose_nothing(make_class, held, phone_of):
    known = make_class()
    phones = [phone_of(known, name) for name in ("lan", "minh")]
    for phone, status in zip(phones, ("present", "absent"), strict=True):
        phone.goes_offline()
        phone.open()
        phone.do("store.act.mark(args[0], args[1])", known["people"][0], status)
        phone.do("store.act.mark(args[0], 'present')", known["people"][1])
    for phone in phones:
        phone.comes_online()
        phone.send()
        phone.until_sent()

    there = held(known)
    disputed, agreed = known["people"][:2]
    assert there.attendance[disputed][1]
    assert there.attendance[agreed] == ["present", False]
    by = {(mark[1], mark[2], mark[4]) for mark in there.marks}
    lan, minh = known["lan"]["id"], known["minh"]["id"]
    assert by == {
        (disputed, "present", lan), (disputed, "absent", minh),
        (agreed, "present", lan), (agreed, "present", minh),
    }  # fmt: skip


def test_an_update_of_the_app_brings_everything_along(make_class, held, phone_of, between):
    known = make_class()
    phone = phone_of(known, "lan", between)
    page = phone.page
    phone.goes_offline()
    phone.open()
    for number in range(3):
        phone.tap(number)
    # The new version comes while nothing can be sent yet.
    between.is_new = between.is_mute = True
    phone.comes_online()
    for _ in range(20):
        page.goto("/")
        versions = page.evaluate(
            """async () => {
                await (await navigator.serviceWorker.getRegistration()).update();
                await new Promise(r => setTimeout(r, 300));
                return (await caches.keys()).filter(n => n.startsWith('shell-'));
            }"""
        )
        if versions == [f"shell-{between.new}"]:
            break
    phone.is_ready_for("lan")
    assert versions == [f"shell-{between.new}"]
    phone.open()
    expect(page.locator("body")).to_have_attribute("data-version", between.new)
    expect(phone.sign).to_contain_text("3 dấu chưa gửi")
    assert held(known).marks == []
    between.is_mute = False
    phone.send()
    phone.until_sent()

    assert sorted(mark[1] for mark in held(known).marks) == sorted(known["people"][:3])


def test_a_role_that_ended_meanwhile_leaves_it_to_the_leader(
    site, make_class, held, phone_of, shoot
):
    known = make_class()
    phone = phone_of(known, "lan")
    phone.goes_offline()
    phone.open()
    phone.tap(0)
    phone.welcome("Vi Thị Khách")
    phone.open()
    site.run(
        "import datetime as dt\n"
        "from django.utils import timezone\n"
        "from people.models import Assignment\n"
        "day = timezone.localdate() - dt.timedelta(days=1)\n"
        f"print(Assignment.objects.filter(user={known['lan']['id']}).update(until=day))"
    )
    phone.comes_online()
    phone.open("unsent")
    expect(phone.sign).to_contain_text("3 chờ tổ trưởng", timeout=20000)
    waiting = page_part(phone, "unsent-held")
    expect(waiting).to_contain_text("Vi Thị Khách")
    look(phone.page, shoot, "evening-held")
    waiting.locator("[data-do=seen]").click()
    expect(waiting).to_be_hidden()

    there = held(known)
    assert there.marks == []
    assert sorted(row[0] for row in there.held) == ["arrival", "mark", "mark"]
    assert {tuple(row[1:]) for row in there.held} == {("no_longer", "waiting")}


def page_part(phone, name):
    return phone.page.locator(f"[data-{name}]")


# From person to person, from phone to phone


def test_another_volunteer_takes_the_phone_over_and_gives_it_back(
    make_class, held, phone_of, shoot
):
    known = make_class()
    phone = phone_of(known, "lan")
    phone.goes_offline()
    phone.open()
    phone.tap(0)
    for number, name in ((1, "Minh"), (2, "Lan")):
        phone.open("takeover")
        phone.page.locator("[data-takeover-names] button", has_text=name).click()
        expect(page_part(phone, "takeover-now")).to_contain_text(name)
        look(phone.page, shoot, f"evening-takeover-{number}")
        phone.open()
        expect(page_part(phone, "age-line")).to_contain_text(f"Nguyễn Thị {name}")
        phone.tap(number)
        # Who marks is remembered, whatever becomes of the browser.
        phone.page.reload()
        expect(page_part(phone, "age-line")).to_contain_text(f"Nguyễn Thị {name}")
    phone.comes_online()
    phone.until_sent()

    lan, minh = known["lan"]["id"], known["minh"]["id"]
    noted = {mark[1]: (mark[4], mark[5]) for mark in held(known).marks}
    assert [noted[person] for person in known["people"][:3]] == [
        (lan, lan), (minh, lan), (lan, lan)
    ]  # fmt: skip


def test_what_a_colleague_left_is_sent_by_another_account_only_when_asked(
    site, make_class, held, phone_of, shoot
):
    known = make_class()
    phone = phone_of(known, "lan")
    phone.goes_offline()
    phone.open()
    phone.tap(0)
    phone.tap(1)
    site.run(SIGN_OUT.format(user=known["lan"]["id"]))
    phone.comes_online()
    phone.sign_in("minh")
    phone.open()
    expect(phone.sign).to_contain_text("2 dấu của Nguyễn Thị Lan đang chờ")
    phone.tap(2)
    phone.until_sent()
    assert len(held(known).marks) == 1
    phone.open("unsent")
    look(phone.page, shoot, "evening-others")
    phone.page.locator("[data-do=carry]").click()
    expect(phone.sign).not_to_contain_text("Lan đang chờ")

    lan, minh = known["lan"]["id"], known["minh"]["id"]
    noted = {mark[1]: (mark[4], mark[5]) for mark in held(known).marks}
    assert [noted[person] for person in known["people"][:3]] == [
        (lan, minh), (lan, minh), (minh, minh)
    ]  # fmt: skip


def test_a_file_carries_what_waits_to_another_phone_once(
    make_class, held, phone_of, tmp_path, shoot
):
    known = make_class()
    first, second = (phone_of(known, name) for name in ("lan", "minh"))
    first.goes_offline()
    first.open()
    for number in range(3):
        first.tap(number)
    first.welcome("Vi Thị Khách")
    first.open()
    first.open("handover")
    with first.page.expect_download() as download:
        first.page.locator("[data-do=file]").click()
    shoot(first.page, "evening-handover")
    name = download.value.suggested_filename
    assert re.fullmatch(r"tram-ngay-chua-gui-\d{8}-\d{4}\.json", name)
    file = tmp_path / name
    download.value.save_as(file)

    second.goes_offline()
    second.open("handover")
    broken = tmp_path / "broken.json"
    broken.write_text(file.read_text().replace("present", "absent", 1))
    for sent, said in (
        (broken, "Chưa nhận gì cả"), (file, "Đã nhận 5 dấu"), (file, "5 dấu đã có sẵn")
    ):  # fmt: skip
        page_part(second, "file").set_input_files(sent)
        expect(page_part(second, "say")).to_contain_text(said)
    shoot(second.page, "evening-received")
    second.comes_online()
    second.until_sent()
    there = held(known)
    lan, minh = known["lan"]["id"], known["minh"]["id"]
    assert {(mark[4], mark[5]) for mark in there.marks} == {(lan, minh)}
    assert len(there.marks) == 4
    # The first phone still has everything; it changes nothing any more.
    first.comes_online()
    first.until_sent()
    assert held(known) == there


def film(pictures, file, size=(640, 480), times=8):
    """Write pictures as a film that a browser takes for its camera's."""
    width, height = size
    with file.open("wb") as out:
        out.write(f"YUV4MPEG2 W{width} H{height} F20:1 Ip A1:1 C420mpeg2\n".encode())
        for picture in pictures:
            frame = Image.new("L", size, 128)
            side = height - 40
            small = Image.open(io.BytesIO(picture)).convert("L").resize((side, side))
            frame.paste(small, ((width - side) // 2, 20))
            grey = bytes([128]) * (width * height // 2)
            out.write((b"FRAME\n" + frame.tobytes() + grey) * times)


def test_codes_on_one_screen_bring_everything_to_another_phone(
    site, make_class, held, phone_of, playwright, tmp_path, shoot
):
    known = make_class(10)
    first = phone_of(known, "lan")
    first.goes_offline()
    first.open()
    for person in known["people"]:
        first.do("store.act.mark(args[0], 'present')", person)
    first.open("handover")
    first.page.locator("[data-do=codes]").click()
    count = page_part(first, "code-count")
    expect(count).to_contain_text("Mã")
    look(first.page, shoot, "evening-codes")
    first.page.locator("[data-do=rest]").click()
    of = int(re.search(r"/(\d+)", count.inner_text())[1])
    codes = {}
    while len(codes) < of:
        codes[count.inner_text()] = page_part(first, "canvas").screenshot()
        first.page.locator("[data-do=next]").click()
    assert of > 1
    pictures = list(codes.values())
    random.Random(7).shuffle(pictures)
    film(pictures, tmp_path / "codes.y4m")

    browser = playwright.chromium.launch(
        executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
        args=[
            *BROWSER,
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={tmp_path / 'codes.y4m'}",
        ],
    )
    window = browser.new_context(base_url=site.url, viewport={"width": 360, "height": 740})
    second = Phone(site, window, window.new_page(), known)
    second.sign_in("minh")
    second.goes_offline()
    second.open("handover")
    second.page.locator("[data-do=scan]").click()
    expect(page_part(second, "scan-count")).to_contain_text(f"/{of}", timeout=15000)
    shoot(second.page, "evening-scanning")
    expect(page_part(second, "say")).to_contain_text("Đã nhận 10 dấu", timeout=30000)
    assert not second.page.evaluate("document.querySelector('[data-video]').srcObject")
    assert {item["by"] for item in second.items} == {known["lan"]["id"]}
    second.comes_online()
    second.until_sent()
    browser.close()

    there = held(known)
    assert sorted(mark[1] for mark in there.marks) == sorted(known["people"])
    assert {(mark[4], mark[5]) for mark in there.marks} == {
        (known["lan"]["id"], known["minh"]["id"])
    }


# Each case: what is said of an item, and how a parcel with it is refused.
HOSTILE = {
    "a kind nobody knows": ("mark", {"kind": "constructor"}, "broken"),
    "a status": ("mark", {"status": 'x"]'}, "broken"),
    "a person": ("mark", {"person": "x"}, "broken"),
    "a day beyond all days": ("mark", {"at": 9e15}, "broken"),
    "a list": ("mark", {"more": [[]]}, "broken"),
    "a learner's": ("mark", {"who": "learner:x"}, "broken"),
    "a level": ("skill", {"level": "master"}, "broken"),
    "a long name": ("arrival", {"name": "a" * 101}, "broken"),
    "what is well": ("arrival", {}, "taken"),
}


@pytest.mark.laptop
def test_a_parcel_that_says_what_no_phone_says_is_refused_whole(make_class, phone_of):
    known = make_class()
    phone = phone_of(known, "lan")
    phone.goes_offline()
    phone.open("handover")
    person = known["people"][0]
    phone.do("store.act.mark(args[0], 'present')", person)
    phone.do("store.act.skill(args[0], 1, 'alone')", person)
    newcomer = {"name": "Vi Thị Khách", "year": None, "village": known["village"]}
    phone.do("store.act.arrive(args[0], '')", newcomer)
    items = {item["kind"]: item for item in phone.items}
    cases = [[items[kind], {**items[kind], **said}] for kind, said, _ in HOSTILE.values()]
    heard = phone.page.evaluate(
        """async ([cases, note]) => {
            const loaded = performance.getEntriesByType('resource').map(({name}) => name);
            const { Gathering, fromFile, toCodes, toFile } = await import(
                loaded.find((one) => one.includes('/evening/parcel.')));
            const hear = (opening) => opening.then(() => 'taken', (refusal) => refusal.message);
            const said = [];
            for (const items of cases) said.push(await hear(fromFile(await toFile(items, 0))));
            const many = Array.from({length: 2001}, () => note);
            const large = new Gathering();
            for (const code of await toCodes([{...note, text: 'a'.repeat(5e6)}])) large.add(code);
            return [said, await hear(fromFile(await toFile(many, 0))), await hear(large.open())];
        }""",
        [cases, items["mark"]],
    )
    assert heard == [[refusal for _, _, refusal in HOSTILE.values()], "too_large", "broken"]


# Leaving, losing


def test_signing_out_with_something_unsent_asks_first(make_class, held, phone_of, shoot):
    known = make_class()
    phone = phone_of(known, "lan")
    who = f"staff:{known['lan']['id']}"
    phone.goes_offline()
    phone.open()
    phone.tap(0)
    # Pages come from the server, but nothing gets through to it.
    phone.window.route("**/progress/sync/", lambda route: route.fulfill(status=503, body="x"))
    phone.comes_online()
    dialog = phone.page.locator("dialog[data-staff-leaving]")

    phone.sign_out()
    expect(dialog).to_contain_text("1 dấu chưa gửi")
    shoot(phone.page, "evening-leaving")
    dialog.locator("[data-leave=stay]").click()
    expect(dialog).to_be_hidden()
    phone.sign_out()
    dialog.locator("[data-leave=go]").click()
    phone.page.wait_for_url(lambda address: "logout" not in address)
    # The names are gone; what was noted is not.
    phone.sign_in("minh")
    phone.open()
    assert phone.disk("kept", f"evenings:{who}") is None
    assert [item["who"] for item in phone.items] == [who]
    phone.window.unroute("**/progress/sync/")
    # Whoever has nothing to send is not asked.
    phone.sign_out()
    phone.page.wait_for_url(lambda address: "logout" not in address)
    phone.sign_in("lan")
    phone.open()
    phone.until_sent()
    assert len(held(known).marks) == 1


def test_a_phone_that_becomes_the_class_screen_shows_nobodys_name(make_class, phone_of, shoot):
    known = make_class()
    phone = phone_of(known, "lan")
    page = phone.page
    phone.goes_offline()
    phone.open()
    phone.tap(0)
    phone.welcome("Vi Thị Khách")
    phone.window.route("**/progress/sync/", lambda route: route.fulfill(status=503, body="x"))
    phone.comes_online()
    page.goto(f"/progress/sessions/{known['session']}/screen/")
    page.locator("button[name=open]").click()
    page.wait_for_url("**/progress/names/")
    for _ in range(100):
        if phone.disk("kept", "volunteer") is None:
            break
        page.wait_for_timeout(50)

    def names():
        return {"Hoa", "Khách"} & set(re.findall(r"\w+", page.content()))

    phone.goes_offline()
    for address in (phone.register, "/evening/", "/evening/#unsent"):
        page.goto(address)
        expect(page.locator("main")).to_contain_text("chưa có mạng")
        assert not names()
    phone.comes_online()
    for section in ("handover", "unsent"):
        page.goto(f"/evening/#{section}")
        page.reload()
        expect(page.locator("section[data-section=nobody]")).to_be_visible()
        assert not names()
    waiting = page.locator("section[data-section=nobody]")
    expect(waiting).to_contain_text("3 dấu của Nguyễn Thị Lan")
    expect(page.locator("[data-do]:visible")).to_have_count(0)
    look(page, shoot, "evening-nobody")
    expect(waiting.get_by_role("link")).to_have_attribute(
        "href", "/accounts/login/?next=%2Fevening%2F"
    )
    assert [item["kind"] for item in phone.disk("outbox")].count("mark") == 2


def test_a_lost_phone_forgets_the_names_and_keeps_what_is_unsent(
    site, make_class, phone_of, open_phone
):
    known = make_class()
    lost = phone_of(known, "lan")
    lost.goes_offline()
    lost.open()
    lost.tap(0)
    other = open_phone(known)
    other.sign_in("lan")
    other.page.goto("/accounts/sessions/")
    other.page.locator("main form button[type=submit]").click()
    other.page.wait_for_load_state()
    lost.comes_online()
    lost.page.reload()
    lost.page.wait_for_url("**/accounts/login/**")

    assert lost.disk("kept", f"evenings:staff:{known['lan']['id']}") is None
    assert [item["who"] for item in lost.disk("outbox")] == [f"staff:{known['lan']['id']}"]


def test_a_tap_that_a_full_phone_cannot_keep_is_not_confirmed(make_class, phone_of, shoot):
    known = make_class()
    phone = phone_of(known, "lan")
    phone.goes_offline()
    phone.open()
    phone.tap(0)
    phone.page.evaluate(
        """() => { IDBObjectStore.prototype.add = () => {
            throw new DOMException('full', 'QuotaExceededError');
        }; }"""
    )
    phone.row(1).locator(".roll-main").click()
    expect(phone.sign).to_contain_text("CHƯA")
    shoot(phone.page, "evening-full")
    expect(phone.row(1).locator(".roll-main")).to_have_attribute("aria-pressed", "false")
    assert len(phone.items) == 1


@pytest.mark.laptop
def test_a_newcomer_whose_mark_did_not_fit_is_the_same_at_the_next_try(make_class, phone_of):
    known = make_class()
    phone = phone_of(known, "lan")
    phone.goes_offline()
    phone.open()
    phone.page.evaluate(
        """() => {
            const add = IDBObjectStore.prototype.add;
            let times = 0;
            IDBObjectStore.prototype.add = function (...all) {
                times += 1;
                if (times === 2) throw new DOMException('full', 'QuotaExceededError');
                return add.apply(this, all);
            };
        }"""
    )
    newcomer = {"name": "Vi Thị Khách", "year": 1950, "village": known["village"]}
    arrive = "store.act.arrive(args[0]).then(() => 'kept', () => 'full')"
    assert [phone.do(arrive, newcomer) for _ in range(2)] == ["full", "kept"]
    first = {item["person"] for item in phone.items}
    assert [item["kind"] for item in phone.items] == ["arrival", "mark"]
    assert len(first) == 1
    # Whoever comes next under the same name is somebody else.
    assert phone.do(arrive, newcomer) == "kept"
    assert len({item["person"] for item in phone.items}) == 2
