"""Somebody new at the door and cards in front of the camera, without network.

The camera is a film that Chromium plays; Debian's has no reader of its own, so the one that we
ship reads it. Where the browser's own reader is meant, a stand-in says what it sees.
"""

import base64
import contextlib
import json
import os

import pytest
from playwright.sync_api import Error, expect

from tests.journeys.conftest import BROWSER
from tests.journeys.films import CAMERA, film
from tests.journeys.measures import accessibility_faults
from tests.journeys.test_evening_without_network import CLASS, Phone

# The phone is the same on every database; what it brings is tried on both elsewhere.
pytestmark = pytest.mark.laptop

NEIGHBOUR = """
import json
from places.models import Place
from people.services import give_consent
from tests.factories import *
village = Place.objects.get(pk={village})
person = ResidentFactory(village=village, full_name="{name}", birth_year={year})
give_consent(person, by=None)
print(json.dumps(str(person.uuid)))
"""

CARDS = """
import json
from people.models import Resident
from people.services import issue_card, revoke_card
people = list(Resident.objects.filter(uuid__in={people!r}))
made = {{}}
for person in people:
    card, token = issue_card(person, by=None)
    if str(person.uuid) in {revoked!r}:
        revoke_card(card, by=None)
    made[str(person.uuid)] = [card.code, "https://tramngay.test/k#" + token]
print(json.dumps(made))
"""

THERE = """
import json
from people.models import Resident
from progress.models import Attendance
print(json.dumps([
    [row.enrolment.resident.full_name, row.enrolment.resident.birth_year,
     row.enrolment.resident.birth_year_is_about, row.enrolment.resident.sex,
     row.enrolment.resident.phone_kind, row.enrolment.resident.village_id,
     row.enrolment.resident.source, row.enrolment.resident.consents.count(), row.status]
    for row in Attendance.objects.filter(session={session}).exclude(status="")
    .select_related("enrolment__resident").order_by("pk")
]))
"""

# The browser's own reader, as it is on most telephones: it sees what the test holds up.
OWN_READER = """
self.shown = [];
self.shaken = [];
self.BarcodeDetector = class {
    static async getSupportedFormats() { return ["code_128", "qr_code"]; }
    async detect() { return self.shown.map((rawValue) => ({ rawValue })); }
};
navigator.vibrate = (pattern) => self.shaken.push(pattern);
"""


@pytest.fixture
def new_class(site):
    return lambda size: json.loads(site.run(CLASS.format(size=size)))


@pytest.fixture
def phone_with(site, playwright, tmp_path):
    """A volunteer's phone with a camera of the test's: ``phone_with(known, "lan", *arguments)``."""
    windows = []

    def start(known, name, *arguments, script=""):
        window = playwright.chromium.launch_persistent_context(
            str(tmp_path / f"profile-{len(windows)}"),
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=[*BROWSER, *arguments],
            base_url=site.url,
            viewport={"width": 360, "height": 740},
            has_touch=True,
        )
        windows.append(window)
        window.set_default_timeout(15000)
        if script:
            window.add_init_script(script)
        phone = Phone(site, window, window.pages[0], known)
        phone.folder = tmp_path / f"profile-{len(windows) - 1}"
        phone.sign_in(name)
        return phone

    yield start
    for window in windows:
        with contextlib.suppress(Error):
            window.close()


def there(site, known):
    return json.loads(site.run(THERE.format(**known)))


def unsent(phone):
    """What is in the outbox, read from the disk: no script can be fetched without network."""
    return phone.page.evaluate(
        """() => new Promise((resolve) => {
            const opened = indexedDB.open('tramngay');
            opened.onsuccess = () => {
                const all = opened.result.transaction('outbox').objectStore('outbox').getAll();
                all.onsuccess = () => {
                    opened.result.close();
                    resolve(all.result.sort((a, b) => a.seq - b.seq));
                };
            };
        })"""
    )


def camera_on(page):
    """Where the camera was let in before, it runs by itself; else one asks for it."""
    page.locator("[data-scan] [data-start]").evaluate("button => button.click()")
    expect(page.locator("[data-scan] [data-camera]")).to_be_visible()


def looks_right(page):
    faults = accessibility_faults(page, strict=True)
    assert not faults, "\n".join(faults)


def test_somebody_new_is_written_down_without_network(
    site,
    new_class,
    phone_with,
    shoot,
):
    known = new_class(2)
    site.run(NEIGHBOUR.format(name="Đặng Thị Ngượng", year=1951, **known))
    phone = phone_with(known, "lan")
    phone.goes_offline()
    phone.open("arrive")
    page = phone.page
    name, year = page.get_by_label("Họ và tên"), page.get_by_label("Năm sinh")
    save = page.locator("[data-arrive] form button.is-primary")

    # What cannot be is said at its field, and nothing that was typed is lost.
    name.fill("Lan 036150123456")
    year.fill("31/02/1950")
    save.click()
    expect(page.locator(".field-error:visible")).to_have_count(3)
    expect(name).to_be_focused()
    looks_right(page)
    shoot(page, "arrive-wrong")
    phone.open("register")
    phone.open("arrive")
    assert (name.input_value(), year.input_value()) == ("Lan 036150123456", "31/02/1950")
    assert unsent(phone) == []

    # Known to the server, though of no class: shown while one types.
    name.fill("ngượng thi Dang")
    year.fill("khoảng 1954")
    expect(page.locator("[data-likely]")).to_contain_text("Đặng Thị Ngượng")
    expect(page.locator("[data-understood]")).to_contain_text("khoảng năm 1954")
    looks_right(page)
    shoot(page, "arrive-likely")
    page.get_by_role("button", name="Là người này").click()
    expect(page.locator("[data-say]")).to_contain_text("Đặng Thị Ngượng")

    name.fill("Vi Thị Khách")
    year.fill("khoảng 1950")
    page.locator("#arrive-consent").check()
    save.click()
    expect(page.locator("[data-say]")).to_contain_text("Đã ghi Vi Thị Khách")
    expect(name).to_have_value("")
    # Somebody who was written down on this phone a moment ago is known as well.
    name.fill("KHACH VI THI")
    expect(page.locator("[data-likely]")).to_contain_text("vừa ghi trên máy này")
    phone.open("register")
    expect(page.locator("[data-register] [data-roll]")).to_contain_text("Vi Thị Khách")
    expect(page.locator("[data-register] [data-roll]")).to_contain_text("Đặng Thị Ngượng")

    phone.comes_online()
    phone.send()
    phone.until_sent()
    village = known["village"]
    rows = {row[0]: row[1:] for row in there(site, known)}
    assert rows["Vi Thị Khách"] == [1950, True, "", "", village, "walk_in", 1, "present"]
    assert rows["Đặng Thị Ngượng"][-1] == "present"
    assert len(rows) == 2


NUMBER, EARLIER = "036150987654", "161987654"
ADDRESS = "Ngõ Bí Mật 77, Xã Rất Xa, Huyện Tân Lạc, Hòa Bình"
CHIP_CARD = f"{NUMBER}|{EARLIER}|BÙI THỊ QUÉT|07091953|Nữ|{{village}}, {ADDRESS}|02112021"
SECRETS = [NUMBER, EARLIER, "07091953", "07/09/1953", "1953-09-07", "Bí Mật", "02112021"]

ROWS = """
import json
from django.contrib.sessions.models import Session
from django.db import connection

said = [json.dumps(session.get_decoded(), default=str) for session in Session.objects.all()]
with connection.cursor() as cursor:
    for table in connection.introspection.table_names():
        cursor.execute(f'SELECT * FROM "{{table}}"')
        said += [repr(row) for row in cursor.fetchall()]
said = "\\n".join(said)
print(json.dumps([word for word in {words!r} if word in said]))
"""

# Everything that a page can have put away.
STORED = """async () => {
    const said = [localStorage, sessionStorage].map((shelf) => JSON.stringify({...shelf}));
    said.push(document.cookie);
    const asked = (request) => new Promise((resolve) => {
        request.onsuccess = () => resolve(request.result);
    });
    for (const { name } of await indexedDB.databases()) {
        const database = await asked(indexedDB.open(name));
        for (const store of database.objectStoreNames) {
            const shelf = database.transaction(store).objectStore(store);
            said.push(JSON.stringify(await asked(shelf.getAll())));
            const keys = database.transaction(store).objectStore(store).getAllKeys();
            said.push(JSON.stringify(await asked(keys)));
        }
        database.close();
    }
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
            said.push(request.url, await (await cache.match(request)).text());
        }
    }
    return said.join("\\n");
}"""


def test_of_a_chip_card_nothing_is_kept_but_what_one_says_at_the_door(
    site,
    new_class,
    phone_with,
    tmp_path,
    shoot,
):
    known = new_class(1)
    village = site.run(
        f"from places.models import Place; print(Place.objects.get(pk={known['village']}))"
    )
    plays = film(tmp_path / "card.y4m", [CHIP_CARD.format(village=village.upper())])
    phone = phone_with(known, "lan", *plays)
    page, heard, sent = phone.page, [], []
    page.on("console", lambda line: heard.append(line.text))
    phone.window.on("request", lambda asked: sent.append(asked.url + (asked.post_data or "")))
    phone.goes_offline()
    phone.open("arrive")

    page.locator("[data-card-part] summary").click()
    page.locator("[data-card-part] [data-start]").click()
    expect(page.get_by_label("Họ và tên")).to_have_value("Bùi Thị Quét", timeout=20000)
    expect(page.locator("[data-arrive] [data-camera]")).to_be_hidden()
    assert page.evaluate("document.querySelector('[data-arrive] video').srcObject") is None
    expect(page.get_by_label("Năm sinh")).to_have_value("1953")
    expect(page.locator("#arrive-sex")).to_have_value("f")
    expect(page.locator("#arrive-village")).to_have_value(str(known["village"]))
    shoot(page, "arrive-card")
    on_screen = page.content()
    page.locator("#arrive-consent").check()
    page.locator("[data-arrive] form button.is-primary").click()
    expect(page.locator("[data-say]")).to_contain_text("Đã ghi Bùi Thị Quét")
    stored_before = page.evaluate(STORED)
    phone.comes_online()
    phone.send()
    phone.until_sent()

    said = [row for row in there(site, known) if row[0] == "Bùi Thị Quét"]
    assert said == [
        ["Bùi Thị Quét", 1953, False, "f", "", known["village"], "walk_in", 1, "present"]
    ]
    words = [*SECRETS, "Bùi Thị Quét"]
    assert json.loads(site.run(ROWS.format(words=words))) == ["Bùi Thị Quét"]
    stored = page.evaluate(STORED)
    cookies = json.dumps(phone.window.cookies())
    assert [word for word in words if word in stored_before] == ["Bùi Thị Quét"]
    looked = [stored, cookies, on_screen, page.content(), *heard, *sent]
    assert [word for word in SECRETS if any(word in text for text in looked)] == []
    phone.window.close()
    assert found_in_files(site.data, SECRETS) == []
    assert found_in_files(phone.folder, SECRETS) == []
    (tmp_path / "control").mkdir()
    (tmp_path / "control" / "log").write_bytes(f"GET /?n={NUMBER}".encode("utf-16-le"))
    assert found_in_files(tmp_path / "control", SECRETS) == [NUMBER]


def found_in_files(folder, words):
    """Return which words stand in a file of the folder, however a program writes them."""
    ways = {
        way: word
        for word in words
        for way in (
            word.encode(),
            word.encode("utf-16-le"),
            json.dumps(word)[1:-1].encode(),
            base64.b64encode(word.encode())[:-4],
        )
    }
    found = set()
    for file in folder.rglob("*"):
        if file.is_file() and not file.is_symlink() and file.suffix != ".y4m":
            content = file.read_bytes()
            found |= {word for way, word in ways.items() if way in content}
    return sorted(found)


def test_cards_are_read_one_after_the_other_without_network(
    site,
    new_class,
    phone_with,
    tmp_path,
    shoot,
):
    known = new_class(3)
    cards = json.loads(site.run(CARDS.format(people=known["people"], revoked=[])))
    first, second = (cards[person][1] for person in known["people"][:2])
    phone = phone_with(known, "lan", *film(tmp_path / "cards.y4m", [first, second]))
    phone.goes_offline()
    phone.open("scan")
    page = phone.page

    assert not page.evaluate("'BarcodeDetector' in self")
    camera_on(page)
    expect(page.locator("[data-counted]")).to_contain_text("2", timeout=30000)
    shoot(page, "scan-film")
    page.locator("[data-scan] [data-stop]").click()

    expect(page.locator("[data-scan] [data-camera]")).to_be_hidden()
    marks = [(item["person"], item["status"], item["how"]) for item in unsent(phone)]
    assert sorted(marks) == sorted((known["people"][n], "present", "card") for n in (0, 1))


def test_a_card_that_needs_a_word_says_so(site, new_class, phone_with, shoot):
    known = new_class(3)
    stranger = json.loads(site.run(NEIGHBOUR.format(name="Lò Văn Bên", year=1949, **known)))
    here, lost = known["people"][:2]
    cards = json.loads(site.run(CARDS.format(people=[here, lost, stranger], revoked=[lost])))
    phone = phone_with(known, "lan", *CAMERA, script=OWN_READER)
    phone.goes_offline()
    phone.open("scan")
    page = phone.page
    said = page.locator("[data-scan] [data-said]")
    camera_on(page)

    def hold_up(*texts):
        page.evaluate("texts => { self.shown = texts; }", texts)

    hold_up(cards[here][1])
    expect(said).to_contain_text("Hoa 00")
    expect(said).to_contain_text("Đã ghi có mặt")
    assert page.evaluate("self.shaken") == [80]
    looks_right(page)
    shoot(page, "scan-present")
    page.wait_for_timeout(500)
    assert page.evaluate("self.shaken") == [80]
    assert len(unsent(phone)) == 1
    said.get_by_role("button", name="Hoàn tác").click()
    expect(said).to_contain_text("Đã bỏ dấu")
    assert [item["status"] for item in unsent(phone)] == ["present", ""]

    hold_up(cards[lost][1])
    expect(said).to_contain_text("không dùng được nữa")
    expect(said.get_by_role("link", name="Người mới")).to_be_visible()
    looks_right(page)
    shoot(page, "scan-revoked")
    hold_up("https://tramngay.test/k#" + "A" * 26)
    expect(said).to_contain_text("chưa biết thẻ này")
    shoot(page, "scan-unknown")
    hold_up("https://example.test/")
    expect(said).to_contain_text("không phải thẻ")
    hold_up(cards[stranger][1])
    expect(said).to_contain_text("Lò Văn Bên")
    shoot(page, "scan-other")
    assert stranger not in [item["person"] for item in unsent(phone)]
    said.get_by_role("button", name="Học ghép").click()
    expect(said).to_contain_text("đã ghi có mặt")
    assert (unsent(phone)[-1]["person"], unsent(phone)[-1]["status"]) == (stranger, "present")


def test_without_a_camera_the_code_is_typed(site, new_class, phone_with, shoot):
    known = new_class(2)
    cards = json.loads(site.run(CARDS.format(people=known["people"], revoked=[])))
    phone = phone_with(known, "lan")
    phone.goes_offline()
    phone.open("scan")
    page = phone.page

    page.locator("[data-scan] [data-start]").click()
    expect(page.locator("[data-trouble]:visible")).to_contain_text("máy ảnh")
    code = page.get_by_label("gõ mã trên thẻ")
    code.fill("ACE")
    code.press("Enter")
    expect(page.locator("[data-trouble]:visible")).to_contain_text("tám")
    typed = cards[known["people"][1]][0].lower()
    code.fill(f"{typed[:4]} {typed[4:]}")
    code.press("Enter")
    expect(page.locator("[data-scan] [data-said]")).to_contain_text("Hoa 01")
    looks_right(page)
    shoot(page, "scan-code")

    assert [(item["person"], item["status"]) for item in unsent(phone)] == [
        (known["people"][1], "present")
    ]
