"""Sixty-four volunteers' phones come back into the network at once: marks a second, and none lost.

A PostgreSQL server and the product's own web server are started on this machine; each phone sends
what its evening brought, the first answer is lost on the way, so that it sends everything again.
Then what a batch of 30 marks costs in one process, on PostgreSQL.

Run: python benchmarks/sync.py [phones] [marks]
"""

import contextlib
import http.client
import json
import logging
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "lms.settings.test"
os.environ.setdefault("TRAMNGAY_DATA", tempfile.mkdtemp(prefix="tramngay-bench-"))

from scripts.suite import die_with_parent, free_port, postgresql  # noqa: E402

# PostgreSQL refuses to run as root, and whom it runs as must be able to enter its folder.
servers = contextlib.ExitStack()
_scratch = tempfile.TemporaryDirectory(
    prefix="tramngay-bench-", dir="/tmp" if Path("/tmp").is_dir() else None
)
folder = Path(servers.enter_context(_scratch))
folder.chmod(0o711)
os.environ |= servers.enter_context(postgresql(folder))

import django  # noqa: E402

django.setup()

# Django has to be set up first.
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext, setup_test_environment  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from people.models import Resident  # noqa: E402
from people.roles import Role  # noqa: E402
from progress.models import Attendance, Mark  # noqa: E402
from progress.services.enrolling import enrol_newcomers  # noqa: E402
from tests import factories  # noqa: E402

WORKERS, THREADS = max(2, os.cpu_count() or 2), 4
LONGEST_WAIT = 60
ROUNDS = 20


def main(phones: int, marks: int) -> int:
    with servers:
        try:
            return measure(phones, marks)
        finally:
            connection.close()


def measure(phones: int, marks: int) -> int:
    logging.disable(logging.WARNING)
    setup_test_environment()
    call_command("migrate", verbosity=0)
    evenings = _make_world(phones, marks)
    print(
        f"{phones} phones × {marks} marks, each sent twice; PostgreSQL, {WORKERS} processes × "
        f"{THREADS} threads of the web server, all on this machine"
    )
    with _web() as port:
        send_all(port, evenings[:2])
        before = _cpu_of_children(port)
        began = time.perf_counter()
        waits = send_all(port, evenings[2:])
        seconds = time.perf_counter() - began
        cpu = _cpu_of_children(port) - before
    wrong = _compare(evenings, marks)
    sent = (len(evenings) - 2) * marks
    waits.sort()
    print(
        f"{sent / seconds:8.0f} marks/s taken ({2 * sent / seconds:.0f}/s answered), all after "
        f"{seconds:.1f} s\n"
        f"{1000 * waits[len(waits) // 2]:8.0f} ms half of the batches, "
        f"{1000 * waits[int(len(waits) * 0.95)]:.0f} ms 95 of 100\n"
        f"{1000 * cpu / (2 * sent):8.2f} ms of the web server's CPU for each mark answered\n"
        f"{wrong[0]:8} lost, {wrong[1]} doubled"
    )
    _one_process(marks)
    return int(any(wrong))


def _make_world(phones: int, marks: int) -> list[dict]:
    """Make a class for each phone and two to warm up; return what each phone will send."""
    commune = factories.PlaceFactory(kind="commune")
    evenings = []
    now = round(time.time() * 1000)
    for _number in range(phones + 2):
        session = factories.ClassSessionFactory(
            class_group__place=factories.PlaceFactory(parent=commune)
        )
        user = factories.AssignmentFactory(place=commune, role=Role.INSTRUCTOR).user
        village = session.class_group.place
        people = Resident.objects.bulk_create(
            factories.ResidentFactory.build_batch(marks, village=village)
        )
        device = str(uuid.uuid4())
        items = []
        arrived = [(resident, timezone.now()) for resident in people]
        enrol_newcomers(arrived, session.class_group, by=user)
        for seq, resident in enumerate(people, start=1):
            items.append(
                {
                    "id": str(uuid.uuid4()),
                    "kind": "mark",
                    "who": f"staff:{user.pk}",
                    "device": device,
                    "seq": seq,
                    "at": now - 60_000 + seq,
                    "off": 0,
                    "session": session.pk,
                    "person": str(resident.uuid),
                    "status": ("present", "late", "present", "absent")[seq % 4],
                    "base": None,
                    "how": "tap",
                }
            )
        client = Client()
        client.force_login(user)
        known = client.get(reverse("progress:whoami")).json()
        cookies = "; ".join(f"{key}={morsel.value}" for key, morsel in client.cookies.items())
        evenings.append(
            {
                "session": session.pk,
                "path": reverse("progress:sync"),
                "body": json.dumps({"items": items}),
                "ids": [item["id"] for item in items],
                "headers": {
                    "content-type": "application/json",
                    "cookie": cookies,
                    "x-csrftoken": known["csrf"],
                },
            }
        )
    return evenings


@contextlib.contextmanager
def _web() -> Iterator[int]:
    """Start the web server as `manage.py serve` does, with a process for each processor."""
    port = free_port()
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "lms.wsgi", f"--bind=127.0.0.1:{port}"),
            *(f"--workers={WORKERS}", "--worker-class=gthread", f"--threads={THREADS}"),
            *("--timeout=60", "--log-level=error", "--no-control-socket"),
        ],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        preexec_fn=die_with_parent(15),
    )
    _ports[port] = server.pid
    try:
        for _try in range(300):
            with contextlib.suppress(OSError):
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
                connection.request("GET", "/progress/whoami/")
                if connection.getresponse().status == 200:
                    break
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(20)


_ports: dict[int, int] = {}


def _cpu_of_children(port: int) -> float:
    """Return the CPU seconds that the web server's processes have used."""
    parent, ticks = _ports[port], os.sysconf("SC_CLK_TCK")
    used = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text().rsplit(")", 1)[1].split()
            if int(fields[1]) == parent:
                used += int(fields[11]) + int(fields[12])
    return used / ticks


def send_all(port: int, evenings: list[dict]) -> list[float]:
    """Let every phone send its batch twice at the same moment; return how long each waited."""
    waits: list[float] = []
    problems: list[str] = []
    start = threading.Barrier(len(evenings))

    def send(evening):
        start.wait()
        for again in (False, True):
            began = time.perf_counter()
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LONGEST_WAIT)
            connection.request("POST", evening["path"], evening["body"], evening["headers"])
            response = connection.getresponse()
            answer = json.loads(response.read())
            waits.append(time.perf_counter() - began)
            said = {result["r"] for result in answer.get("results", [])}
            if said != {"dup" if again else "ok"}:
                problems.append(f"{response.status} {said}")
            connection.close()

    threads = [threading.Thread(target=send, args=(evening,)) for evening in evenings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise SystemExit(f"not all was taken: {problems[:3]}")
    return waits


def _compare(evenings: list[dict], marks: int) -> tuple[int, int]:
    """Return how many marks were lost and how many were doubled."""

    lost = doubled = 0
    for evening in evenings:
        kept = {
            str(pk)
            for pk in Mark.objects.filter(session=evening["session"]).values_list("pk", flat=True)
        }
        lost += len(set(evening["ids"]) - kept)
        doubled += len(kept - set(evening["ids"]))
        lost += marks - Attendance.objects.filter(session=evening["session"]).count()
    return lost, doubled


def _one_process(marks: int) -> None:
    """Measure what one batch costs, without the network and other batches."""

    batches = _make_world(ROUNDS - 2, marks)
    client = Client()
    cpu, asked = [], 0
    for number, evening in enumerate(batches):
        client.cookies.load(evening["headers"]["cookie"])
        with contextlib.ExitStack() as stack:
            queries = None
            if number == 0:
                queries = stack.enter_context(CaptureQueriesContext(connection))
            began = time.process_time()
            answer = client.post(evening["path"], evening["body"], content_type="application/json")
            cpu.append(1000 * (time.process_time() - began))
            assert answer.status_code == 200, answer.content
        if queries:
            asked = len(queries)
    print(
        f"{statistics.median(cpu[1:]):8.1f} ms of CPU for one batch of {marks} marks in one "
        f"process, {asked} queries"
    )


if __name__ == "__main__":
    sys.exit(main(*(int(number) for number in (sys.argv[1:] + ["64", "30"][len(sys.argv) - 1 :]))))
