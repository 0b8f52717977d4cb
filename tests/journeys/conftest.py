"""A real server with the demo world, and a real browser at phone and at desktop size."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Error, sync_playwright

from scripts.suite import die_with_parent, free_port
from tests.journeys import world

ROOT = Path(settings.BASE_DIR)
JOBS = """
from jobs.models import Job
print(Job.objects.filter(state__in=["ready", "leased"]).count())
"""
SIZES = {"phone": (360, 740), "desktop": (1280, 800)}
BROWSER = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items):
    for item in items:
        if "/journeys/" in str(item.path):
            item.add_marker(pytest.mark.browser)


@dataclass
class Site:
    """The running product."""

    url: str
    env: dict
    data: Path
    newcomers: int = -1
    shell: subprocess.Popen | None = field(default=None, repr=False)

    def run(self, code: str) -> str:
        """Run a few lines inside the product, and return what they print last."""
        if self.shell is None:
            self.shell = subprocess.Popen(
                [sys.executable, "-m", "tests.journeys.shell"],
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=(self.data / "shell.log").open("wb"),
                text=True,
            )
        print(json.dumps(code), file=self.shell.stdin, flush=True)
        answer = self.shell.stdout.readline()
        assert answer, (self.data / "shell.log").read_text()
        said, trouble = json.loads(answer)
        assert not trouble, trouble
        return said.strip().rpartition("\n")[2]

    @property
    def card(self) -> str:
        """The token of the demo learner's card."""
        return (self.data / "demo-card.txt").read_text()


@pytest.fixture(scope="session")
def site(tmp_path_factory, worker_id):
    """Serve a demo world of this process's own, as `make run` does."""
    # With TRAMNGAY_SITE a world that is already there is used again, while a journey is written.
    data = Path(os.environ.get("TRAMNGAY_SITE") or tmp_path_factory.mktemp("site"))
    database = f"journeys_{worker_id}_{os.getpid()}"
    if "TRAMNGAY_SITE" not in os.environ:
        world.copy(_world(tmp_path_factory, worker_id), data, database)
    port = free_port()
    env = {**world.environment(data, database), "TRAMNGAY_ADDRESS": f"http://127.0.0.1:{port}"}
    log = (data / "server.log").open("wb")
    server = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port", str(port)],
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        preexec_fn=die_with_parent(signal.SIGTERM),
    )
    site = Site(f"http://127.0.0.1:{port}", env, data)
    try:
        _wait_for(site, server, log.name)
        yield site
    finally:
        if site.shell:
            site.shell.stdin.close()
            site.shell.wait()
        server.send_signal(signal.SIGINT)
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _world(tmp_path_factory, worker_id):
    """Return the folder of the world that all processes copy; the first to come makes it."""
    own = tmp_path_factory.getbasetemp()
    shared = (own if worker_id == "master" else own.parent) / "world"
    folder = Path(os.environ.get("TRAMNGAY_WORLD") or shared)
    subprocess.run(world.command(folder), cwd=ROOT, stdin=subprocess.DEVNULL, check=True)
    return folder


def _has_settled(site):
    """Tell whether the demo's certificates are made: a figure must move for one reason only."""
    return site.run(JOBS) == "0"


def _wait_for(site, server, log):
    until = time.monotonic() + 600
    while time.monotonic() < until:
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{site.url}/health/", timeout=5) as answer:
                if answer.status == 200 and _has_settled(site):
                    return
        except OSError:
            pass
        time.sleep(0.2)
    pytest.fail(f"The server did not come up:\n{Path(log).read_text()[-3000:]}")


@pytest.fixture(scope="session")
def playwright():
    with sync_playwright() as started:
        yield started


@pytest.fixture
def chromium_at(site, playwright):
    """Start a browser on a profile of its own: ``chromium_at(folder)``; ``.die()`` kills it."""
    windows = []

    def start(folder):
        width, height = SIZES["phone"]
        window = playwright.chromium.launch_persistent_context(
            str(folder),
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=BROWSER,
            base_url=site.url,
            viewport={"width": width, "height": height},
        )
        window.set_default_timeout(15000)
        window.die = lambda: _kill_browser(window, folder)
        windows.append(window)
        return window

    yield start
    for window in windows:
        with contextlib.suppress(Error):
            window.close()


def _kill_browser(window, folder):
    """As when the battery is taken out: only the processes that carry this very folder."""
    mark = f"--user-data-dir={folder}".encode()
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            with contextlib.suppress(OSError):
                if mark in (process / "cmdline").read_bytes():
                    os.kill(int(process.name), signal.SIGKILL)
    with contextlib.suppress(Error):
        window.close()
    for lock in folder.glob("Singleton*"):
        lock.unlink(missing_ok=True)


@pytest.fixture(scope="session")
def chromium(playwright):
    browser = playwright.chromium.launch(
        executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=BROWSER
    )
    yield browser
    browser.close()


@pytest.fixture
def visit(site, chromium, request):
    """Open a window: ``visit("phone")`` gives a page of its own, without anybody's cookies."""
    windows = []

    def open_window(size="phone", *, script=True):
        width, height = SIZES[size]
        window = chromium.new_context(
            viewport={"width": width, "height": height},
            base_url=site.url,
            java_script_enabled=script,
            has_touch=size == "phone",
            accept_downloads=True,
            # The pages as the server sends them; what a phone keeps has a journey of its own.
            service_workers="block",
        )
        window.set_default_timeout(15000)
        windows.append(window)
        page = window.new_page()
        # A page that logs an error, or is refused something by its own policy, is broken.
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on(
            "console",
            lambda line: (
                page.problems.append(line.text)
                if line.type == "error" and not re.search(r"status of (404|403|422|429)", line.text)
                else None
            ),
        )
        return page

    yield open_window
    for window in windows:
        window.close()


@pytest.fixture
def own_phone(site, chromium):
    """Open a learner's own phone: ``own_phone()`` gives a window and a page that keep lessons."""
    windows = []

    def open_phone():
        width, height = SIZES["phone"]
        window = chromium.new_context(
            viewport={"width": width, "height": height}, base_url=site.url, has_touch=True
        )
        window.set_default_timeout(15000)
        windows.append(window)
        page = window.new_page()
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        return window, page

    yield open_phone
    for window in windows:
        window.close()


@pytest.fixture
def sign_in(visit):
    """Sign one of the demo's accounts in, in a window of its own."""

    def as_account(username, size="phone", **options):
        page = visit(size, **options)
        page.goto("/accounts/login/")
        page.locator("input[name=login]").fill(username)
        page.locator("input[name=password]").fill("tramngay-demo")
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_url("**/")
        return page

    return as_account


@pytest.fixture
def shoot(request):
    """Keep a picture of a page when TRAMNGAY_SHOTS names a folder to keep it in."""
    folder = os.environ.get("TRAMNGAY_SHOTS")

    def picture(page, name):
        if folder:
            width = page.viewport_size["width"]
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)

    return picture
