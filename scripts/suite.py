"""Everything that has to be right, as `make test` runs it.

First the linters, then all tests on SQLite, then the journeys in a browser, then all tests on
PostgreSQL with Redis. Both servers come from the machine's own packages, live in a temporary folder
on private ports, and are stopped at the end whatever happens.

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
COUNTED = ("passed", "failed", "skipped")


def main(arguments: list[str]) -> int:
    # A stop from outside must run the clean-up below like any other end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    only = os.environ.get("TRAMNGAY_ROUND", "")
    counts = dict.fromkeys(COUNTED, 0)
    failures = []
    with tempfile.TemporaryDirectory(prefix="tramngay-test-", dir=_short_folder()) as scratch:
        folder = Path(scratch)
        folder.chmod(0o711)
        if only in ("", "lint") and not arguments:
            print("── Linters", flush=True)
            if subprocess.run([PYTHON, "scripts/lint.py"], cwd=ROOT, check=False).returncode:
                failures.append("linters")
        if only in ("", "sqlite"):
            print("── Tests on SQLite", flush=True)
            template = _migrate(folder, {})
            if _pytest(["-m", ON_SQLITE, *arguments], template, folder, counts):
                failures.append("tests on SQLite")
        if only in ("", "browser"):
            print("── Journeys in a browser", flush=True)
            # They share one server and one story, so they take place one after the other.
            if _pytest(["-m", IN_BROWSER, *arguments], {}, folder, counts, processes=0):
                failures.append("journeys in a browser")
        if only in ("", "postgresql"):
            print("── Tests on PostgreSQL with Redis", flush=True)
            with postgresql(folder) as database, redis(folder) as broker:
                # Every database that the tests make is a copy of this one.
                _migrate(folder, {**database, "PGDATABASE": "template1"})
                both = database | broker
                if _pytest(["-m", ON_POSTGRESQL, *arguments], both, folder, counts):
                    failures.append("tests on PostgreSQL with Redis")
                journeys = ["-m", IN_BROWSER_ON_POSTGRESQL, *arguments]
                if _pytest(journeys, both, folder, counts, processes=0):
                    failures.append("journeys on PostgreSQL")
    if only != "lint" and not counts["passed"]:
        failures.append("no test was run")
    if failures:
        print(f"Failed: {', '.join(failures)}.", flush=True)
    if only != "lint":
        print(", ".join(f"{counts[name]} {name}" for name in COUNTED), flush=True)
    return bool(failures)


def _migrate(folder: Path, environment: dict) -> dict[str, str]:
    """Make the tables once, for all processes of the tests to copy."""
    ours = {"TRAMNGAY_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "lms.settings.test"}
    subprocess.run(
        [PYTHON, "manage.py", "migrate", "--verbosity=0", "--no-input"],
        cwd=ROOT,
        env={**os.environ, **environment, **ours},
        stdin=subprocess.DEVNULL,
        check=True,
    )
    return {"TRAMNGAY_TEST_TEMPLATE": str(folder / "tramngay.sqlite3")}


def _pytest(
    arguments: list[str],
    environment: dict,
    folder: Path,
    counts: dict,
    processes: int = os.cpu_count() or 2,
) -> int:
    report = folder / "report.xml"
    report.unlink(missing_ok=True)
    data = folder / f"data-{len(environment)}"
    data.mkdir(exist_ok=True)
    # "load" keeps each process to the order of the tests: those that empty the tables come last.
    command = [PYTHON, "-m", "pytest", "-n", str(processes), "--dist", "load"]
    code = subprocess.run(
        [*command, f"--junitxml={report}", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment, "TRAMNGAY_DATA": str(data)},
        stdin=subprocess.DEVNULL,
        check=False,
    ).returncode
    if report.exists():
        for suite in ElementTree.parse(report).getroot().iter("testsuite"):
            number = {key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors")}
            skipped = int(suite.get("skipped", 0))
            failed = number["failures"] + number["errors"]
            counts["failed"] += failed
            counts["skipped"] += skipped
            counts["passed"] += number["tests"] - failed - skipped
    # A part of the suite may have nothing for this round.
    return 0 if arguments[2:] and code == NOTHING_RUN else code


# ── Servers ──────────────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def postgresql(folder: Path) -> Iterator[dict[str, str]]:
    """Start a PostgreSQL server of our own; yield what the settings of the tests read."""
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
    }
    server = subprocess.Popen(
        [programs / "postgres", "-D", data, *(f"--{k}={v}" for k, v in settings.items())],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=(folder / "postgresql.log").open("ab"),
        preexec_fn=_die_with_parent(signal.SIGQUIT),
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
        preexec_fn=_die_with_parent(signal.SIGTERM),
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
        port = random.randrange(20000, 32000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def _postgresql_programs() -> Path:
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max(versions, key=lambda path: int(path.parts[-3])).parent


def _die_with_parent(number: int):
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
