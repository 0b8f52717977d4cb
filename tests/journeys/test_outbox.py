"""The outbox of a phone: nothing is lost, nothing goes out under another name.

``outbox.js`` runs in a real browser against a small server of our own, which can be told to fail
in every way that a village's network knows. The browser's own idea of "offline" is not asked.
"""

import contextlib
import json
import os
import random
import socket
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Error

from tests.journeys.conftest import BROWSER

# What is looked at here is the browser; the database of the round makes no difference.
pytestmark = pytest.mark.laptop

SOURCE = Path(settings.BASE_DIR) / "lms" / "static" / "lms" / "js" / "outbox.js"
LAN, HOA = "learner:lan", "learner:hoa"
MINH, HA = "staff:7", "staff:8"


class Server:
    """Takes items as ours does, and fails as it is told."""

    def __init__(self):
        self.signed_in = "lan"
        self.kind = "learner"
        self.also = []
        self.ahead = 0
        self.csrf = "one"
        # What to do to the next posts, one after the other; then all is well.
        self.faults = []
        self.verdicts = {}
        self.taken = {}
        self.posts = 0
        self.most = 0
        handler = type("Handler", (_Handler,), {"server_": self})
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.http.daemon_threads = True
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.http.server_port}"

    @property
    def now(self):
        return round(time.time() * 1000) + self.ahead

    def whoami(self):
        person = {"kind": self.kind, "id": self.signed_in, "also": self.also}
        return {
            "app": "tramngay",
            "now": self.now,
            "csrf": self.csrf,
            "person": person if self.signed_in else None,
        }

    def take(self, items):
        results = []
        for item in items:
            verdict = self.verdicts.get(item["kind"])
            if verdict == "held":
                held = {"id": item["id"], "r": "ok", "code": "held", "says": "Vì thế."}
                results.append(held)
                continue
            if verdict is None:
                verdict = "dup" if item["id"] in self.taken else "ok"
                self.taken.setdefault(item["id"], item)
            results.append({"id": item["id"], "r": verdict, "code": "because", "says": "Vì thế."})
        return {"app": "tramngay", "now": self.now, "results": results}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_args):
        pass

    def do_GET(self):
        if self.path.endswith(".js"):
            self._send(200, (SOURCE.parent / self.path[1:]).read_bytes(), "text/javascript")
        elif self.path == "/progress/whoami/":
            self._json(200, self.server_.whoami())
        else:
            self._send(200, b"<!doctype html><title>x</title>", "text/html")

    def do_POST(self):
        server = self.server_
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server.posts += 1
        fault = server.faults.pop(0) if server.faults else ""
        if fault == "reset":
            return self._hang_up()
        if fault == "portal":
            return self._send(200, b"<h1>Wi-Fi</h1>", "text/html")
        if fault == "foreign":
            return self._json(200, {"app": "cafe", "results": []})
        if fault == "302":
            self.send_response(302)
            self.send_header("Location", "/")
            self.send_header("Content-Length", "0")
            return self.end_headers()
        if fault.isdigit():
            return self._send(int(fault), b"x", "text/html")
        if self.headers["X-CSRFToken"] != server.csrf:
            return self._send(403, b"x", "text/html")
        if not server.signed_in:
            return self._json(401, {"app": "tramngay", "now": server.now, "error": "signed_out"})
        items = json.loads(body)["items"]
        if server.most and len(items) > server.most:
            return self._json(413, {"app": "tramngay", "error": "too_many"})
        answer = server.take(items)
        if fault == "lost":
            return self._hang_up()
        if fault == "silent":
            return self._json(200, {**answer, "results": answer["results"][1:]})
        if fault == "half":
            whole = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(whole)))
            self.end_headers()
            self.wfile.write(whole[: len(whole) // 2])
            self.wfile.flush()
            return self._hang_up()
        return self._json(200, answer)

    def _hang_up(self):
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _json(self, status, answer):
        self._send(status, json.dumps(answer).encode(), "application/json")

    def _send(self, status, body, kind):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def server():
    server = Server()
    yield server
    server.http.shutdown()
    server.http.server_close()


class Phone:
    """A browser with a profile of its own on the disk."""

    def __init__(self, playwright, folder, server):
        self.playwright, self.folder, self.server = playwright, folder, server
        self.start()

    def start(self):
        self.window = self.playwright.chromium.launch_persistent_context(
            str(self.folder),
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=BROWSER,
        )
        self.page = self.open()

    def open(self):
        page = self.window.new_page()
        page.goto(self.server.url)
        page.evaluate(
            """async () => {
                window.box = await import('/outbox.js');
                window.moving = await import('/evening/moving.js');
                window.parcel = await import('/evening/parcel.js');
            }"""
        )
        return page

    def do(self, script, *args, page=None):
        return (page or self.page).evaluate(script, *args)

    def put(self, kind="view", who=LAN, **more):
        return self.do(
            "([item, more]) => box.put(item, more)", [{"kind": kind, "who": who, "n": 1}, more]
        )

    def flush(self):
        return self.do("box.flush()")

    @property
    def items(self):
        return self.do("box.items()")

    def kill(self):
        """As when the battery is taken out: only this browser, found by its own folder."""
        for process in Path("/proc").iterdir():
            try:
                line = (process / "cmdline").read_bytes()
            except OSError:
                continue
            if process.name.isdigit() and f"--user-data-dir={self.folder}".encode() in line:
                subprocess.run(["kill", "-9", process.name], check=False)
        with contextlib.suppress(Error):
            self.window.close()
        for lock in self.folder.glob("Singleton*"):
            lock.unlink(missing_ok=True)

    def close(self):
        self.window.close()


@pytest.fixture
def phone(playwright, server, tmp_path):
    phone = Phone(playwright, tmp_path / "profile", server)
    yield phone
    phone.close()


# Keeping


def test_what_was_put_is_numbered_dated_and_kept(phone):
    first, second = phone.put(), phone.put(kind="attempt")

    assert [item["seq"] for item in phone.items] == [1, 2]
    assert first["device"] == second["device"]
    assert first["id"] != second["id"]
    assert first["at"] + first["off"] < second["at"] + second["off"]
    assert {item["state"] for item in phone.items} == {"queued"}


def test_a_battery_taken_out_after_the_answer_loses_nothing(phone):
    kept = [phone.put()["id"] for _ in range(3)]
    for _ in range(3):
        phone.kill()
        phone.start()
        kept.append(phone.put()["id"])

    assert [item["id"] for item in phone.items] == kept
    assert [item["seq"] for item in phone.items] == list(range(1, 7))


def test_a_newer_state_takes_the_place_of_the_older_one_of_the_same_person(phone):
    for who in (LAN, LAN, HOA):
        phone.put(who=who, key="view:7")
    phone.put(key="view:8")

    assert [(item["who"], item["key"], item["seq"]) for item in phone.items] == [
        (LAN, "view:7", 2), (HOA, "view:7", 3), (LAN, "view:8", 4)
    ]  # fmt: skip


def test_small_things_are_kept_in_the_same_breath(phone):
    phone.put(keep={"state:7": {"step": 3}})

    assert phone.do("box.kept('state:7')") == {"step": 3}


def test_time_never_runs_backwards_though_the_clock_does(phone):
    before = phone.put()
    phone.do("Date.now = ((now) => () => now() - 86400000)(Date.now)")
    after = phone.put()

    assert after["at"] < before["at"]
    assert after["at"] + after["off"] > before["at"] + before["off"]


def test_what_the_servers_clock_says_is_learnt(phone, server):
    server.ahead = 3 * 60 * 60 * 1000
    phone.put()
    phone.flush()
    item = phone.put()

    assert abs(item["off"] - server.ahead) < 2000


# Sending


def test_what_is_sent_goes_out_once_and_leaves_nothing(phone, server):
    for _ in range(3):
        phone.put()

    assert phone.flush() == {"state": "ok", "left": 0}
    assert phone.items == []
    assert len(server.taken) == 3
    sent = next(iter(server.taken.values()))
    assert {"state", "tries", "key"}.isdisjoint(sent)
    assert sent["n"] == 1


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        ("reset", "offline"), ("lost", "offline"), ("half", "offline"), ("portal", "captive"),
        ("foreign", "captive"), ("302", "offline"), ("404", "captive"), ("500", "busy"),
        ("502", "busy"), ("503", "busy"), ("429", "busy"),
    ],
)  # fmt: skip
def test_whatever_the_network_answers_nothing_is_lost_or_doubled(phone, server, fault, state):
    for _ in range(3):
        phone.put()
    # A browser sends again by itself what it sent over a connection that was cut.
    server.faults = [fault] * 3
    result = phone.flush()

    assert result == {"state": state, "left": 3}
    assert len(phone.items) == 3
    server.faults = []
    assert phone.flush()["state"] == "ok"
    assert phone.items == []
    assert len(server.taken) == 3


def test_no_answer_about_an_item_is_no_answer(phone, server):
    first, _second = phone.put(), phone.put()
    server.faults = ["silent"]
    phone.flush()

    assert [item["id"] for item in phone.items] == [first["id"]]
    phone.flush()
    assert phone.items == []


def test_too_much_at_once_is_sent_in_smaller_parts(phone, server):
    server.most = 3
    for _ in range(10):
        phone.put()

    assert phone.flush()["state"] == "ok"
    assert len(server.taken) == 10


def test_an_old_token_is_renewed_once(phone, server):
    phone.put()
    phone.flush()
    server.csrf = "two"
    phone.put()

    assert phone.flush()["state"] == "ok"
    assert len(server.taken) == 2


def test_later_waits_and_no_is_shown_with_its_reason(phone, server):
    server.verdicts = {"early": "later", "wrong": "no"}
    for kind in ("early", "wrong", "view"):
        phone.put(kind=kind)
    phone.flush()

    kinds = {item["kind"]: (item["state"], item.get("says")) for item in phone.items}
    assert kinds == {"early": ("waits", "Vì thế."), "wrong": ("trouble", "Vì thế.")}
    server.verdicts = {}
    phone.flush()
    assert [item["kind"] for item in phone.items] == ["wrong"]


# Whose it is


def test_signed_out_everything_waits(phone, server):
    server.signed_in = None
    phone.put()

    assert phone.flush() == {"state": "login", "left": 0}
    assert len(phone.items) == 1
    assert server.posts == 0
    server.signed_in = "lan"
    phone.flush()
    assert phone.items == []


def test_a_session_that_ends_in_between_keeps_everything(phone, server):
    phone.put()
    phone.flush()
    server.signed_in = None
    phone.put()

    assert phone.flush()["state"] == "login"
    assert len(phone.items) == 1


def test_another_persons_sign_in_never_sends_it(phone, server):
    phone.put(who=LAN)
    phone.put(who=HOA)
    server.signed_in = "hoa"
    phone.flush()

    assert [item["who"] for item in phone.items] == [LAN]
    assert [item["who"] for item in server.taken.values()] == [HOA]
    status = phone.do("box.status('learner:hoa')")
    assert (status["unsent"], status["others"]) == (0, 1)


def test_who_was_merged_sends_what_was_put_under_the_old_name(phone, server):
    phone.put(who=HOA)
    server.also = ["hoa"]

    assert phone.flush()["state"] == "ok"
    assert phone.items == []


# By itself, and together


def test_it_sends_by_itself_soon_after_a_put(phone, server):
    phone.do("box.begin()")
    phone.put()
    _until(lambda: phone.items == [])

    assert len(server.taken) == 1


def test_it_tries_again_by_itself_until_the_network_is_back(phone, server):
    server.faults = ["503", "503"]
    phone.do("box.begin()")
    phone.put()
    _until(lambda: phone.items == [], seconds=20)

    assert server.posts == 3


def test_two_windows_share_one_outbox_and_one_post(phone, server):
    other = phone.open()
    for _ in range(5):
        phone.put()
        phone.do("box.put({kind: 'view', who: 'learner:lan'})", page=other)
    seqs = [item["seq"] for item in phone.items]
    assert seqs == list(range(1, 11))
    other.evaluate("window.told = 0; box.watch(() => { told += 1; })")
    phone.do("Promise.all([box.flush(), box.flush(), box.flush()])")
    _until(lambda: phone.items == [])

    assert len(server.taken) == 10
    assert server.posts == 1
    _until(lambda: other.evaluate("told") > 0)


def test_the_sign_tells_what_is_so(phone, server):
    assert phone.do("box.status('learner:lan')") == {
        "unsent": 0, "waits": 0, "trouble": [], "others": 0, "sent": None, "state": "",
        "isFull": False,
    }  # fmt: skip
    phone.put()
    server.faults = ["503"]
    phone.flush()
    status = phone.do("box.status('learner:lan')")
    assert (status["unsent"], status["sent"], status["state"]) == (1, None, "busy")
    phone.flush()
    status = phone.do("box.status('learner:lan')")
    assert (status["unsent"], status["state"]) == (0, "ok")
    assert status["sent"] > 0


def test_any_weather_at_all_brings_every_item_once(phone, server):
    weather = ["", "reset", "lost", "half", "portal", "302", "500", "413", "429", "silent"]
    put = []
    for _ in range(25):
        put.append(phone.put()["id"])
        server.faults = random.choices(weather, k=random.randint(0, 3))
        phone.flush()
    server.faults = []
    phone.flush()

    assert phone.items == []
    assert sorted(server.taken) == sorted(put)


# What staff note, from person to person and from phone to phone


def test_what_lies_with_the_leader_is_listed_and_no_longer_unsent(phone, server):
    server.signed_in, server.kind = "7", "staff"
    server.verdicts = {"mark": "held"}
    phone.put(kind="mark", who=MINH)
    phone.flush()

    assert phone.items == []
    (listed,) = phone.do(f"box.kept('held:{MINH}')")
    assert (listed["kind"], listed["says"]) == ("mark", "Vì thế.")


def test_a_full_disk_is_said_until_something_is_kept_again(phone):
    phone.do(
        """(() => {
            window.add = IDBObjectStore.prototype.add;
            IDBObjectStore.prototype.add = () => {
                throw new DOMException('full', 'QuotaExceededError');
            };
        })()"""
    )
    with pytest.raises(Error):
        phone.put()
    assert phone.do("box.status()")["isFull"]
    assert phone.items == []
    phone.do("(() => { IDBObjectStore.prototype.add = add; })()")
    phone.put()
    assert not phone.do("box.status()")["isFull"]
    assert [item["seq"] for item in phone.items] == [1]


def test_a_colleagues_items_are_carried_with_their_authors_name_and_a_learners_never(phone, server):
    mark = phone.put(kind="mark", who=HA)
    view = phone.put(kind="view", who=LAN)
    phone.do("(ids) => moving.carry(ids, 'staff:7')", [mark["id"], view["id"]])
    server.signed_in, server.kind = "7", "staff"
    phone.flush()

    (sent,) = server.taken.values()
    assert (sent["who"], sent["by"]) == (MINH, 8)
    assert {name: sent[name] for name in ("id", "device", "seq", "at", "off")} == {
        name: mark[name] for name in ("id", "device", "seq", "at", "off")
    }
    assert [item["who"] for item in phone.items] == [LAN]


def test_what_comes_back_to_its_author_has_no_second_name(phone):
    mark = phone.put(kind="mark", who=HA)
    for who in (MINH, HA):
        phone.do("([id, who]) => moving.carry([id], who)", [mark["id"], who])

    (item,) = phone.items
    assert item["who"] == HA
    assert "by" not in item


def test_a_parcel_is_taken_once_and_as_it_was(phone):
    for who in (MINH, HA, LAN):
        note = {"kind": "note", "who": who, "session": 1, "text": "Đặng Thị Ỷ"}
        phone.do("(item) => box.put(item)", note)
    packed = phone.do(
        """(async () => {
            const all = (await box.items()).filter(moving.isStaffs);
            const file = await parcel.toFile(all, 1700000000000);
            return [await file.text(), file.name, await parcel.toCodes(all)];
        })()"""
    )
    text, name, codes = packed
    assert name == "tram-ngay-chua-gui-20231115-0513.json"
    assert LAN not in text
    before = phone.items
    phone.do("moving.letGo(args.ids)".replace("args.ids", json.dumps([i["id"] for i in before])))
    assert [item["who"] for item in phone.items] == [LAN]
    random.Random(3).shuffle(codes)
    took = phone.do(
        """async ([text, codes]) => {
            const gathering = new parcel.Gathering();
            gathering.add('https://example.vn/k#x');
            for (const code of [...codes, ...codes]) gathering.add(code);
            const came = await gathering.open();
            const one = await moving.take(came, 'staff:7');
            const again = await parcel.fromFile(new Blob([text]));
            return [gathering.isWhole, one, await moving.take(again, 'staff:7')];
        }""",
        [text, codes],
    )

    assert took == [True, 2, 0]
    assert [(item["who"], item.get("by")) for item in phone.items] == [
        (MINH, None), (MINH, 8), (LAN, None)
    ]  # fmt: skip
    same = ("id", "device", "seq", "at", "off", "kind")
    assert [[i[n] for n in same] for i in phone.items] == [[i[n] for n in same] for i in before]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("text => text.replace('mark', 'note')", "broken"),
        ("text => text.slice(0, -20)", "broken"),
        ("text => text.replace('tramngay', 'cafe')", "not_ours"),
        ("text => '[]'", "not_ours"),
        ("text => ' '.repeat(5 * 1024 * 1024)", "too_large"),
    ],
)
def test_a_parcel_that_is_not_whole_is_refused_whole(phone, change, why):
    phone.put(kind="mark", who=MINH)
    said = phone.do(
        f"""(async () => {{
            const text = await (await parcel.toFile(await box.items(), 0)).text();
            return parcel.fromFile(new Blob([({change})(text)])).then(() => '', e => e.message);
        }})()"""
    )

    assert said == why


def _until(holds, seconds=10):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return
        time.sleep(0.1)
    pytest.fail("It did not happen.")
