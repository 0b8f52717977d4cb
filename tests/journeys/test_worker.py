"""The worker of a phone: keeps whole lessons of one version, and changes versions in one step.

``worker.js`` runs in a real browser against a small server of our own, which can be away, be cut
off in the middle, or have become another version.
"""

import json
import re
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from lms.offline import OUTBOX, WORKER

# What is looked at here is the browser; the database of the round makes no difference.
pytestmark = pytest.mark.laptop

HTML = "text/html; charset=utf-8"
SOUND = bytes(range(100))


class Server:
    """A site of one version; the scripts of the version before are no longer there."""

    def __init__(self):
        self.version = "one"
        self.is_away = False
        self.broken = set()
        self.gone = set()
        handler = type("Handler", (_Handler,), {"server_": self})
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.http.daemon_threads = True
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.http.server_port}"

    def answer(self, path):
        """Return (kind, content), or nothing where there is nothing."""
        mark = f'<main data-version="{self.version}">'
        script = f"/static/app.{self.version}.js"
        if path == "/sw.js":
            return "text/javascript", self.worker(script)
        if path == "/outbox.js":
            return "text/javascript", OUTBOX.read_bytes()
        if path == script:
            return "text/javascript", f"document.title = '{self.version}'".encode()
        if path == "/progress/whoami/":
            known = {"app": "tramngay", "now": 1, "csrf": "x", "person": None}
            return "application/json", json.dumps(known).encode()
        if path.startswith("/offline/"):
            return HTML, f"{mark}no network<script src='{script}'></script>".encode()
        if path.startswith("/evening/"):
            later = f"/static/register.{self.version}.js"
            return HTML, f"{mark}the evening<p data-files='{script} {later}'></p>".encode()
        if path == f"/static/register.{self.version}.js":
            return "text/javascript", b""
        if re.match(r"/courses/lessons/\d+/whole/", path):
            page = (
                f'{mark}the lesson<img src="/courses/pictures/a.svg">'
                f'<p data-audio="/courses/audio/b.webm"></p><script src="{script}"></script>'
            )
            return HTML, page.encode()
        if path == "/courses/pictures/a.svg":
            return "image/svg+xml", b'<svg xmlns="http://www.w3.org/2000/svg"/>'
        if path == "/courses/audio/b.webm":
            return "audio/webm", SOUND
        if path.startswith("/progress/"):
            return HTML, b"<main>the server's own page"
        return None

    def worker(self, script):
        config = {
            "version": self.version,
            "languages": ["vi", "en"],
            "home": "/progress/learn/",
            "lessons": "/progress/lessons/",
            "offline": "/offline/",
            "register": "/progress/sessions/(\\d+)/register/",
            "evening": "/evening/",
            "shell": ["/offline/?lang=vi", "/offline/?lang=en", script],
        }
        outbox = re.sub(r"^export ", "", OUTBOX.read_text(), flags=re.MULTILINE)
        return f"const CONFIG = {json.dumps(config)};\n{outbox}\n{WORKER.read_text()}".encode()


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, *_args):
        pass

    def do_GET(self):
        found = None if self.path in self.server_.gone else self.server_.answer(self.path)
        if self.server_.is_away or self.path in self.server_.broken:
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        kind, content = found or ("text/plain", b"")
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture
def server():
    server = Server()
    yield server
    server.http.shutdown()
    server.http.server_close()


@pytest.fixture
def phone(server, chromium):
    """A page of a learner's own phone, with the worker in charge."""
    window = chromium.new_context(base_url=server.url)
    page = window.new_page()
    page.goto("/progress/learn/")
    page.evaluate(
        """async () => {
            const box = await import('/outbox.js');
            await box.keep('whose', {who: 'learner:lan', place: 7, language: 'vi'});
            await navigator.serviceWorker.register('/sw.js', {updateViaCache: 'none'});
            await navigator.serviceWorker.ready;
            while (!navigator.serviceWorker.controller) await new Promise(r => setTimeout(r, 20));
        }"""
    )
    yield page
    window.close()


@pytest.fixture
def volunteer(server, phone):
    """The same, of somebody who teaches: the evening 5 is on the phone."""
    phone.evaluate(
        """async () => {
            const box = await import('/outbox.js');
            await box.keep('whose', undefined);
            await box.keep('volunteer', {who: 'staff:9', id: 9, language: 'vi'});
            await box.keep('evenings:staff:9', {sessions: [{id: 5}]});
            navigator.serviceWorker.controller.postMessage({evening: true});
            const name = (await caches.keys()).find((each) => each.startsWith('shell-'));
            const shelf = await caches.open(name);
            while (!(await shelf.match('/evening/?lang=en')))
                await new Promise(r => setTimeout(r, 20));
        }"""
    )
    return phone


def keep(page, *lessons):
    """Have lessons kept, and return what the worker says when it is through with them."""
    return page.evaluate(
        """lessons => new Promise(resolve => {
            let heard = 0;
            navigator.serviceWorker.addEventListener('message', ({data}) => {
                if (!data.course) return;
                heard += 1;
                const {done, of, isCut} = data.course;
                if (done === of || isCut) resolve(data.course);
            });
            navigator.serviceWorker.controller.postMessage({keep: {place: 7, lessons: lessons.map(
                lesson => ({lesson, language: 'vi', tag: '1',
                    address: `/courses/lessons/${lesson}/whole/?lang=vi`}))}});
        })""",
        list(lessons),
    )


def update(page):
    """Look for a new version, and wait until it is ready or has given up."""
    return page.evaluate(
        """async () => {
            const registration = await navigator.serviceWorker.getRegistration();
            await registration.update();
            const worker = registration.installing || registration.waiting;
            while (worker?.state === 'installing') await new Promise(r => setTimeout(r, 20));
            return worker?.state ?? 'none';
        }"""
    )


def take_over(page):
    page.evaluate(
        """async () => {
            const {waiting} = await navigator.serviceWorker.getRegistration();
            waiting.postMessage({takeOver: true});
            const until = Date.now() + 1500;
            while (waiting.state !== 'activated' && Date.now() < until) {
                await new Promise(r => setTimeout(r, 20));
            }
        }"""
    )


def versions(page):
    """The versions of which something is on the phone."""
    names = page.evaluate("caches.keys()")
    return {name.split("-")[1] for name in names if "-" in name}


def test_a_kept_lesson_is_shown_with_and_without_network(server, phone):
    assert keep(phone, 1, 2)["done"] == 2
    phone.goto("/progress/lessons/1/")
    assert "the lesson" in phone.inner_text("main")
    server.is_away = True
    phone.goto("/progress/lessons/2/5/")
    assert "the lesson" in phone.inner_text("main")
    assert phone.title() == "one"
    # What was not kept, and everything else, is said kindly.
    for address in ("/progress/lessons/3/", "/progress/learn/", "/anything/"):
        phone.goto(address)
        assert "no network" in phone.inner_text("main")


def test_on_a_phone_that_is_nobodys_pages_come_from_the_server(server, phone):
    keep(phone, 1)
    phone.evaluate("import('/outbox.js').then((box) => box.keep('whose', undefined))")
    phone.goto("/progress/lessons/1/")

    assert "own page" in phone.inner_text("main")


@pytest.mark.parametrize(
    ("asked", "status", "content", "place"),
    [
        (None, 200, SOUND, None),
        ("bytes=0-", 206, SOUND, "bytes 0-99/100"),
        ("bytes=10-19", 206, SOUND[10:20], "bytes 10-19/100"),
        ("bytes=-5", 206, SOUND[95:], "bytes 95-99/100"),
        ("bytes=90-500", 206, SOUND[90:], "bytes 90-99/100"),
        ("bytes=100-", 416, b"", "bytes */100"),
    ],
)
def test_a_recording_is_heard_piece_by_piece(server, phone, asked, status, content, place):
    keep(phone, 1)
    server.is_away = True
    answer = phone.evaluate(
        """async asked => {
            const headers = asked ? {range: asked} : {};
            const response = await fetch('/courses/audio/b.webm', {headers});
            const bytes = [...new Uint8Array(await response.arrayBuffer())];
            return [response.status, bytes, response.headers.get('content-range')];
        }""",
        asked,
    )

    assert answer == [status, list(content), place]


def test_a_lesson_is_kept_with_everything_on_it_or_not_at_all(server, phone):
    server.broken = {"/courses/pictures/a.svg"}
    assert keep(phone, 1)["isCut"]
    server.is_away = True
    phone.goto("/progress/lessons/1/")

    assert "no network" in phone.inner_text("main")


def test_a_new_version_waits_while_a_lesson_is_open_and_then_comes_whole(server, phone):
    keep(phone, 1)
    phone.goto("/progress/lessons/1/")
    server.version = "two"
    assert update(phone) == "installed"
    take_over(phone)
    # The lesson in hand stays as it is, with the scripts that belong to it.
    phone.reload()
    assert phone.title() == "one"
    phone.goto("/progress/learn/")
    take_over(phone)
    assert versions(phone) == {"two"}
    server.is_away = True
    phone.goto("/progress/lessons/1/")
    assert phone.title() == "two"


def test_a_new_version_that_is_cut_off_leaves_the_old_one_at_work(server, phone):
    keep(phone, 1)
    server.version = "two"
    server.broken = {"/courses/lessons/1/whole/?lang=vi"}
    assert update(phone) == "redundant"
    server.is_away = True
    phone.goto("/progress/lessons/1/")

    assert phone.title() == "one"


def test_a_lesson_that_is_no_longer_there_holds_up_no_new_version(server, phone):
    keep(phone, 1, 2)
    server.version = "two"
    server.gone = {"/courses/lessons/2/whole/?lang=vi"}
    assert update(phone) == "installed"
    take_over(phone)
    server.is_away = True
    phone.goto("/progress/lessons/2/")
    assert "no network" in phone.inner_text("main")


def test_nothing_of_another_version_is_mixed_in(server, phone):
    server.version = "two"
    assert keep(phone, 1)["isCut"]
    phone.goto("/progress/lessons/1/")

    assert "own page" in phone.inner_text("main")


# --- a volunteer's phone ------------------------------------------------------------------------

REGISTER = "/progress/sessions/5/register/"


def kept_files(page):
    return page.evaluate(
        """async () => (await Promise.all((await caches.keys()).map(async (name) => {
            const requests = await (await caches.open(name)).keys();
            return requests.map(({url}) => new URL(url).pathname);
        }))).flat()"""
    )


def test_a_kept_evening_opens_from_the_phone_and_others_from_the_server(server, volunteer):
    volunteer.goto(REGISTER)
    assert "the evening" in volunteer.inner_text("main")
    # What is not on the phone, and what is asked of the server itself.
    for address in ("/progress/sessions/6/register/", f"{REGISTER}?q="):
        volunteer.goto(address)
        assert "own page" in volunteer.inner_text("main")


def test_without_network_every_page_of_a_volunteers_leads_to_the_evenings(server, volunteer):
    server.is_away = True
    for address in ("/", REGISTER, "/progress/sessions/6/register/", "/campaigns/tonight/"):
        volunteer.goto(address)
        assert "the evening" in volunteer.inner_text("main")
    # Whose lessons are here, too, finds them where they always are.
    volunteer.evaluate(
        """() => new Promise((resolve) => {
            const request = indexedDB.open('tramngay', 1);
            request.onsuccess = () => {
                const all = request.result.transaction('kept', 'readwrite');
                const lan = {who: 'learner:lan', place: 7, language: 'vi'};
                all.objectStore('kept').put(lan, 'whose');
                all.oncomplete = () => { request.result.close(); resolve(); };
            };
        })"""
    )
    volunteer.goto("/progress/learn/")
    assert "no network" in volunteer.inner_text("main")


def test_a_learners_phone_is_not_loaded_with_the_evening(phone):
    keep(phone, 1)

    assert not [path for path in kept_files(phone) if "evening" in path or "register" in path]


def test_a_new_version_waits_while_a_register_is_open_and_brings_the_evening_along(
    server, volunteer
):
    volunteer.goto(REGISTER)
    server.version = "two"
    assert update(volunteer) == "installed"
    take_over(volunteer)
    assert versions(volunteer) == {"one", "two"}
    volunteer.goto("/progress/learn/")
    take_over(volunteer)
    assert versions(volunteer) == {"two"}
    assert "/static/register.two.js" in kept_files(volunteer)
    server.is_away = True
    volunteer.goto(REGISTER)
    assert "the evening" in volunteer.inner_text("main")


def test_an_evening_that_is_cut_off_leaves_the_old_version_at_work(server, volunteer):
    server.version = "two"
    server.broken = {"/static/register.two.js"}

    assert update(volunteer) == "redundant"
    server.is_away = True
    volunteer.goto(REGISTER)
    assert "the evening" in volunteer.inner_text("main")
