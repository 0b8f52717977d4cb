"""``make run`` ends in one process in the foreground: it serves, it does the jobs, it stops."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from scripts.suite import free_port

pytestmark = pytest.mark.laptop

PATIENCE = 120


class Product:
    """The product as `make run` starts it, with data of its own."""

    def __init__(self, data, port):
        self.port = port
        self.log = data / f"log-{time.monotonic_ns()}"
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--no-demo", "--port", str(port)],
            cwd=settings.BASE_DIR,
            env={
                **{k: v for k, v in os.environ.items() if not k.startswith("TRAMNGAY_")},
                "DJANGO_SETTINGS_MODULE": "lms.settings.development",
                "TRAMNGAY_DATA": str(data),
            },
            stdin=subprocess.DEVNULL,
            stdout=self.log.open("ab"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def wait_until_it_greets(self):
        until = time.monotonic() + PATIENCE
        while "is running at" not in self.log.read_text():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < until, self.log.read_text()
            time.sleep(0.1)

    def asks(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
            return answer.status

    def parts(self):
        return _children(self.process.pid)

    def end(self):
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()


def _children(parent):
    """Return every process below ``parent``, from what the kernel says."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            words = entry.read_text().rsplit(")", 1)[1].split()
            if int(words[1]) == parent and words[0] != "Z":
                pid = int(entry.parent.name)
                found += [pid, *_children(pid)]
    return found


def _gone(pids):
    until = time.monotonic() + 30
    while any(_alive(pid) for pid in pids):
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def _alive(pid):
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


@pytest.fixture(scope="module")
def data(tmp_path_factory, django_db_setup):
    """A folder for the data, with a database whose tables are there already."""
    folder = tmp_path_factory.mktemp("product")
    with (
        contextlib.closing(sqlite3.connect(connection.settings_dict["NAME"])) as ready,
        contextlib.closing(sqlite3.connect(folder / "tramngay.sqlite3")) as ours,
    ):
        ready.backup(ours)
    return folder


@pytest.fixture
def product(data):
    product = Product(data, free_port())
    try:
        product.wait_until_it_greets()
        yield product
    finally:
        for pid in product.parts():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        product.end()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_told_to_stop_and_leaves_nobody_behind(product, number):
    assert product.asks("/health/") == 200
    parts = product.parts()
    assert len(parts) >= 3

    product.process.send_signal(number)

    assert product.process.wait(30) == 0
    assert _gone(parts)
    assert "Stopped." in product.log.read_text()


def test_when_it_is_killed_its_parts_end_as_well(product):
    parts = product.parts()

    product.process.kill()

    assert _gone(parts)


def test_a_part_that_dies_is_started_again(product):
    jobs = next(
        pid for pid in product.parts() if b"runjobs" in Path(f"/proc/{pid}/cmdline").read_bytes()
    )
    os.kill(jobs, signal.SIGKILL)

    until = time.monotonic() + 30
    while "«jobs»" not in product.log.read_text():
        assert time.monotonic() < until
        time.sleep(0.1)
    assert product.asks("/health/") == 200


def test_a_port_that_is_taken_is_explained(product, tmp_path):
    second = Product(tmp_path, product.port)

    assert second.process.wait(60) != 0
    assert f"make run PORT={product.port + 1}" in second.log.read_text()
    assert product.asks("/health/") == 200
