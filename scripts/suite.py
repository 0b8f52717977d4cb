"""Everything that has to be right, as `make test` runs it.

First the linters, then all tests on SQLite, then the journeys in a browser, then what has to do
with the database on PostgreSQL with Redis, tests and journeys. Both servers come from the machine's
own packages, live in a temporary folder on private ports, and are stopped at the end whatever
happens.

Each round keeps all processors busy: every process of the tests has a database, a cache and, for
the journeys, a product of its own. The demo worlds that these copy are made while the linters run.

Arguments go to pytest: ``make test ARGS="tests/jobs -x"``. With ``TRAMNGAY_ROUND=sqlite`` (or
``browser``, ``postgresql``, ``lint``) only that round runs.
"""

import contextlib
import ctypes
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
# Together these leave nothing out (tests/toolchain/test_rounds.py).
ON_SQLITE = "not redis and not postgres and not browser"
IN_BROWSER = "browser"
ON_POSTGRESQL = "redis or postgres or (not browser and not laptop)"
IN_BROWSER_ON_POSTGRESQL = "browser and not laptop"
NOTHING_RUN = 5
PROCESSES = os.cpu_count() or 2
COUNTED = ("passed", "failed", "skipped")


def main(arguments: list[str]) -> int:
    # A stop from outside must run the clean-up below like any other end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    only = os.environ.get("TRAMNGAY_ROUND", "")
    with contextlib.ExitStack() as stack:
        scratch = tempfile.TemporaryDirectory(prefix="tramngay-test-", dir=_short_folder())
        folder = Path(stack.enter_context(scratch))
        folder.chmod(0o711)
        suite = Suite(folder, arguments, stack)
        if only in ("", "lint") and not arguments:
            suite.lint()
        if only in ("", "sqlite", "browser"):
            suite.prepare_sqlite(journeys=only != "sqlite")
        if only in ("", "postgresql"):
            suite.prepare_postgresql()
        suite.end_of_lint()
        if only in ("", "sqlite"):
            suite.run("Tests on SQLite", ON_SQLITE, suite.sqlite)
        if only in ("", "browser"):
            suite.run("Journeys in a browser", IN_BROWSER, suite.sqlite)
        if only in ("", "postgresql"):
            suite.run("Tests on PostgreSQL with Redis", ON_POSTGRESQL, suite.postgresql)
            suite.run("Journeys on PostgreSQL", IN_BROWSER_ON_POSTGRESQL, suite.postgresql)
        return suite.sum_up(only)


class Suite:
    """The rounds, what they need, and what came of them."""

    def __init__(self, folder: Path, arguments: list[str], stack: contextlib.ExitStack) -> None:
        self.folder, self.arguments, self.stack = folder, arguments, stack
        self.counts = dict.fromkeys(COUNTED, 0)
        self.failures: list[str] = []
        self.sqlite: dict[str, str] = {}
        self.postgresql: dict[str, str] = {}
        self.linters: subprocess.Popen | None = None
        self.begun = time.monotonic()

    def lint(self) -> None:
        self._say("Linters")
        self.linters = self._begin([PYTHON, "scripts/lint.py"], {})

    def end_of_lint(self) -> None:
        if self.linters and self.linters.wait():
            self.failures.append("linters")

    def prepare_sqlite(self, *, journeys: bool) -> None:
        """Make the tables once, for all processes of the tests to copy."""
        self._migrate({})
        self.sqlite = {
            "TRAMNGAY_TEST_TEMPLATE": str(self.folder / "tramngay.sqlite3"),
            "TRAMNGAY_WORLD": str(self.folder / "world-sqlite"),
        }
        if journeys:
            self._make_world(self.sqlite)

    def prepare_postgresql(self) -> None:
        """Start the servers; every database that the tests make is a copy of one with tables."""
        database = self.stack.enter_context(postgresql(self.folder))
        broker = self.stack.enter_context(redis(self.folder))
        self._migrate({**database, "PGDATABASE": "template1"})
        world = {"TRAMNGAY_WORLD": str(self.folder / "world-postgresql")}
        self.postgresql = database | broker | world
        self._make_world(self.postgresql)

    def _migrate(self, environment: dict) -> None:
        ours = {"TRAMNGAY_DATA": str(self.folder), "DJANGO_SETTINGS_MODULE": "lms.settings.test"}
        command = [PYTHON, "manage.py", "migrate", "--verbosity=0", "--no-input"]
        if code := self._begin(command, environment | ours).wait():
            raise SystemExit(code)

    def _make_world(self, environment: dict) -> None:
        """Begin the demo world; the first journey waits until it is there."""
        # A part of the suite may be without journeys: then they would make it if they came.
        if not self.arguments:
            command = [PYTHON, "-m", "tests.journeys.world", environment["TRAMNGAY_WORLD"]]
            self._begin(command, environment)

    def _begin(self, command: list[str], environment: dict) -> subprocess.Popen:
        """Start a program that ends with us."""
        program = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            preexec_fn=die_with_parent(signal.SIGKILL),
        )
        self.stack.callback(_stop, program, signal.SIGTERM)
        return program

    def run(self, name: str, chosen: str, environment: dict) -> None:
        """Run the tests that a round has chosen, and count them."""
        self._say(name)
        report = self.folder / "report.xml"
        report.unlink(missing_ok=True)
        data = self.folder / f"data-{len(environment)}"
        data.mkdir(exist_ok=True)
        # "load" keeps each process to the order of the tests: who empties the tables comes last.
        command = [PYTHON, "-m", "pytest", "-n", str(PROCESSES), "--dist", "load"]
        tests = self._begin(
            [*command, f"--junitxml={report}", "-m", chosen, *self.arguments],
            environment | {"TRAMNGAY_DATA": str(data)},
        )
        code = tests.wait()
        if report.exists():
            for suite in ElementTree.parse(report).getroot().iter("testsuite"):
                number = {key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors")}
                skipped = int(suite.get("skipped", 0))
                failed = number["failures"] + number["errors"]
                self.counts["failed"] += failed
                self.counts["skipped"] += skipped
                self.counts["passed"] += number["tests"] - failed - skipped
        # A part of the suite may have nothing for this round.
        if code and not (self.arguments and code == NOTHING_RUN):
            self.failures.append(name[0].lower() + name[1:])

    def sum_up(self, only: str) -> int:
        if only != "lint" and not self.counts["passed"]:
            self.failures.append("no test was run")
        if self.failures:
            print(f"Failed: {', '.join(self.failures)}.", flush=True)
        if only != "lint":
            print(", ".join(f"{self.counts[name]} {name}" for name in COUNTED), flush=True)
        return bool(self.failures)

    def _say(self, name: str) -> None:
        print(f"── {name} ({time.monotonic() - self.begun:.0f} s)", flush=True)


# ── Servers ──────────────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def postgresql(folder: Path, **changed: str) -> Iterator[dict[str, str]]:
    """Start a PostgreSQL server of our own; yield what the settings of the tests read.

    ``changed``: settings of the server in place of those that are good for tests.
    """
    programs = _postgresql_programs()
    data, port = folder / "postgresql", free_port()
    # PostgreSQL refuses to run as root; Debian's package has made a user for it.
    owner = {"user": "postgres", "group": "postgres", "extra_groups": []} if not os.getuid() else {}
    data.mkdir(mode=0o700)
    if owner:
        shutil.chown(data, "postgres", "postgres")
    subprocess.run(
        [
            *(programs / "initdb", "-D", data, "-U", "tramngay", "-A", "trust"),
            *("--data-checksums", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"),
        ],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=True,
        **owner,
    )
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": "",
        "max_connections": 200,
        "shared_buffers": "128MB",
        # The folder is thrown away with the machine's power; the tests kill our own processes only.
        "fsync": "off",
        "full_page_writes": "off",
        "synchronous_commit": "off",
    } | changed
    server = subprocess.Popen(
        [programs / "postgres", "-D", data, *(f"--{k}={v}" for k, v in settings.items())],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=(folder / "postgresql.log").open("ab"),
        preexec_fn=die_with_parent(signal.SIGQUIT),
        **owner,
    )
    try:
        ask = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
        _wait(server, lambda: subprocess.run(ask, check=False).returncode == 0, "PostgreSQL")
        yield {
            "TRAMNGAY_TEST_DATABASE": "postgresql",
            "PGHOST": "127.0.0.1",
            "PGPORT": str(port),
            "PGUSER": "tramngay",
            "PGDATABASE": "postgres",
        }
    except BaseException:
        _show(folder / "postgresql.log")
        raise
    finally:
        _stop(server, signal.SIGINT)


@contextlib.contextmanager
def redis(folder: Path) -> Iterator[dict[str, str]]:
    """Start a Redis server of our own that keeps nothing on disk."""
    port = free_port()
    program = shutil.which("redis-server") or "/usr/bin/redis-server"
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    server = subprocess.Popen(
        [program, *options, "--dir", folder, "--databases", "64"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        preexec_fn=die_with_parent(signal.SIGTERM),
    )

    def answers() -> bool:
        with socket.create_connection(("127.0.0.1", port), 1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")

    try:
        _wait(server, answers, "Redis")
        yield {"TRAMNGAY_TEST_REDIS": f"redis://127.0.0.1:{port}"}
    finally:
        _stop(server, signal.SIGTERM)


def free_port() -> int:
    """Return a port that is free and below those that the kernel gives to clients."""
    while True:
        # Not from the dice of the tests: every process of theirs throws the same.
        port = random.SystemRandom().randrange(20000, 32000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def _postgresql_programs() -> Path:
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max(versions, key=lambda path: int(path.parts[-3])).parent


def die_with_parent(number: int):
    """Return what makes a child end with us even when we are killed (Linux only)."""

    def prepare() -> None:
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(1, number)

    return prepare


def _wait(server: subprocess.Popen, ready, name: str) -> None:
    for _ in range(300):
        if server.poll() is not None:
            raise RuntimeError(f"{name} ended at once with code {server.returncode}")
        with contextlib.suppress(OSError):
            if ready():
                return
        time.sleep(0.1)
    raise RuntimeError(f"{name} does not answer")


def _stop(server: subprocess.Popen, number: int) -> None:
    if server.poll() is not None:
        return
    server.send_signal(number)
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _show(log: Path) -> None:
    if log.exists():
        print("\n".join(log.read_text(errors="replace").splitlines()[-15:]), file=sys.stderr)


def _short_folder() -> str:
    """Return where the scratch folder goes: others than we must be able to enter it."""
    return "/tmp" if Path("/tmp").is_dir() else tempfile.gettempdir()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
