"""A whole province: how long its screens take, and what exact figures cost whoever writes.

Run: python benchmarks/province.py [share]      (share of the whole: 0.1 unless said; 1 is all)

The whole is 148 communes with 4,292 villages, 4,000,000 residents, 1,000,000 enrolled, 15,000,000
attendances and 8,000,000 lesson results. PostgreSQL is started for it, with fsync, as in life.
Then a commune of 30,000 residents is served from SQLite. With PLANS=1 the plan of each query that
reads counters or names is printed as well.
"""

import contextlib
import itertools
import logging
import multiprocessing
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from multiprocessing.sharedctypes import RawValue
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "lms.settings.test"

WRITERS, PROCESSES = 64, 8
SECONDS, ROUNDS, KILLS = 5.0, 3, 8
REPEATS = 21


def main(share: float) -> None:
    """Measure both databases, each in a process of its own."""
    from scripts.suite import postgresql  # noqa: PLC0415

    settings = {
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "shared_buffers": "1GB" if share > 0.3 else "256MB",
        "max_wal_size": "8GB",
    }
    with tempfile.TemporaryDirectory(prefix="tramngay-bench-", dir="/tmp") as folder:
        Path(folder).chmod(0o711)
        with postgresql(Path(folder), **settings) as server:
            _run("postgresql", share, server | {"TRAMNGAY_DATA": folder})
        _run("sqlite", share, {"TRAMNGAY_DATA": folder, "TRAMNGAY_TEST_DATABASE": ""})


def _run(database: str, share: float, environment: dict[str, str]) -> None:
    command = [sys.executable, __file__, str(share), database]
    subprocess.run(command, env=os.environ | environment, check=True)


def measure(database: str, share: float) -> None:
    """Build one world and print what its screens take; on PostgreSQL, let many write to it."""
    import django  # noqa: PLC0415

    django.setup()
    logging.disable(logging.WARNING)
    from benchmarks.worlds.province import COMMUNE, PROVINCE, build  # noqa: PLC0415

    if database == "sqlite":
        print("\nSQLite: a commune of 30,000 residents", flush=True)
        _screens(build(COMMUNE))
        return
    print(f"\nPostgreSQL: {share:g} of a province", flush=True)
    sizes = {
        name: n if name in ("communes", "villages") else int(n * share)
        for name, n in PROVINCE.items()
    }
    campaign = build(sizes)
    _screens(campaign)
    _writers(campaign)
    print(f"in all {time.process_time():.0f} s of this process", flush=True)


# ── Screens ──────────────────────────────────────────────────────────────────────────────────────


def _screens(campaign) -> None:
    from django.contrib.auth import get_user_model  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.urls import reverse  # noqa: PLC0415

    from places.models import Place  # noqa: PLC0415

    users = get_user_model().objects
    chief, organiser = Client(), Client()
    chief.force_login(users.get(username="tinh"))
    organiser.force_login(users.get(username="xa"))
    province = campaign.place
    commune = Place.objects.filter(depth=2).order_by("path").first()
    village = Place.objects.children_of(commune).first()
    map_url = reverse("campaigns:coverage", args=[campaign.pk])
    _facts_agree(campaign)
    for what, client, url, values in (
        ("map of the province", chief, map_url, {"place": province.pk}),
        ("the same, as of day 50", chief, map_url, {"place": province.pk, "day": 50}),
        ("commune, by village", chief, map_url, {"place": commune.pk}),
        ("one village", chief, map_url, {"place": village.pk}),
        ("pace of the province", chief, _url("campaigns:pace", campaign), {"place": province.pk}),
        ("who is missing, province", chief, _url("progress:missing", campaign), {}),
        *(
            (
                f"names in a {where}: {kind}",
                organiser,
                _url("progress:missing", campaign),
                {"place": place.pk, "kind": kind},
            )
            for where, place in (("commune", commune), ("village", village))
            for kind in ("unreached", "absent", "uncertified")
        ),
    ):
        if url:
            _page(what, client, url, values)
    _villages_file(chief, campaign, province)


def _url(name: str, campaign) -> str:
    from django.urls import NoReverseMatch, reverse  # noqa: PLC0415

    with contextlib.suppress(NoReverseMatch):
        return reverse(name, args=[campaign.pk])
    return ""


def _page(what: str, client, url: str, values: dict) -> None:
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    with CaptureQueriesContext(connection) as captured:
        answer = client.get(url, values)
    # The next request forgets them.
    queries = list(captured)
    if answer.status_code != 200:
        print(f"{what:34s} answers {answer.status_code}", flush=True)
        return
    took, cpu = [], time.process_time()
    for _ in range(REPEATS):
        began = time.perf_counter()
        client.get(url, values)
        took.append((time.perf_counter() - began) * 1000)
    cpu = (time.process_time() - cpu) * 1000 / REPEATS
    database = sum(float(query["time"]) for query in queries) * 1000
    print(
        f"{what:34s} {min(took):7.1f} / {statistics.median(took):7.1f} / {max(took):7.1f} ms"
        f" ({cpu:.0f} of CPU), {len(queries):2d} queries ({database:.0f} ms),"
        f" {len(answer.content) // 1024} KB",
        flush=True,
    )
    if os.environ.get("PLANS"):
        _plans(queries)


def _plans(queries) -> None:
    from django.db import connection  # noqa: PLC0415

    if connection.vendor != "postgresql":
        return
    hot = ("campaigns_cell", "progress_enrolment", "people_resident")
    with connection.cursor() as cursor:
        for query in queries:
            sql = query["sql"]
            if sql.startswith("SELECT") and any(f'FROM "{table}"' in sql for table in hot):
                cursor.execute(f"EXPLAIN (ANALYZE, COSTS off, TIMING off) {sql}")
                print(f"    {sql[:300]}")
                for (line,) in cursor.fetchall():
                    print(f"    | {line}")


def _villages_file(client, campaign, province) -> None:
    from django.urls import reverse  # noqa: PLC0415

    from jobs.models import Job  # noqa: PLC0415
    from jobs.services import drain  # noqa: PLC0415

    url = reverse("campaigns:villages", args=[campaign.pk]) + f"?place={province.pk}"
    answer = client.post(url)
    began = time.perf_counter()
    drain()
    took = time.perf_counter() - began
    job = Job.objects.order_by("pk").last()
    print(f"XLSX of all villages {answer.status_code}, {job.state}: {took:.1f} s", flush=True)


def _facts_agree(campaign) -> None:
    """The counters were computed in SQL; ask the product's own way of reading them, too."""
    from campaigns.reports.figures import numbers  # noqa: PLC0415
    from progress.models import Attendance, Enrolment  # noqa: PLC0415

    counted = {key: sum(numbers(campaign, campaign.place, key).values()) for key in _FACTS}
    facts = {
        "reached": Enrolment.objects.exclude(first_day=None).count(),
        "visits": Attendance.objects.came().count(),
        "completed": Enrolment.objects.completed().count(),
    }
    print("counters and rows agree" if counted == facts else f"WRONG: {counted}, {facts}")


_FACTS = ("reached", "visits", "completed")


# ── Writers ──────────────────────────────────────────────────────────────────────────────────────


def _writers(campaign) -> None:
    """64 at once mark classes of 25, side by side on one evening, with and without counters."""
    rates: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(ROUNDS):
        for with_counters in (False, True):
            done = _together(campaign, with_counters)
            rates[with_counters].append(done / SECONDS)
    _mend(campaign)
    without, with_them = (statistics.median(rates[way]) for way in (False, True))
    print(
        f"{WRITERS} writers, classes of 25: {without:.1f} a second without counters, "
        f"{with_them:.1f} with them: {with_them / without:.2f}   (rounds: "
        + ", ".join(f"{a:.1f}/{b:.1f}" for a, b in zip(rates[False], rates[True], strict=True))
        + ")",
        flush=True,
    )
    _killed(campaign)


def _together(campaign, with_counters: bool) -> int:
    """Let all writers write for some seconds; return how many registers they took."""
    writers = Writers(campaign, with_counters)
    time.sleep(SECONDS)
    return writers.stop()


class Writers:
    """Processes of some threads each, and one that folds; what one leaves when killed, it leaves.

    Nothing that they share has a lock that a killed process could take along.
    """

    def __init__(self, campaign, with_counters=True):
        self.campaign, self.with_counters = campaign, with_counters
        self.over = RawValue("i", 0)
        self.done, self.processes = [], []
        for _ in range(PROCESSES):
            self.add()
        self.folder = _start(_fold, self.over) if with_counters else None
        while not all(done.value for done in self.done):
            time.sleep(0.01)
        for done in self.done:
            done.value = 0

    def add(self):
        self.done.append(RawValue("i", 0))
        number = (len(self.done) - 1) % PROCESSES
        self.processes.append(
            _start(_write, self.campaign.pk, number, self.with_counters, self.over, self.done[-1])
        )

    def kill(self, number):
        """Kill one process of writers, and every third time the folder; put others there."""
        victims = [self.processes.pop(0)]
        if number % 3 == 0:
            victims.append(self.folder)
        for victim in victims:
            os.kill(victim.pid, signal.SIGKILL)
            victim.join()
        self.add()
        if number % 3 == 0:
            self.folder = _start(_fold, self.over)

    def stop(self) -> int:
        n = sum(done.value for done in self.done)
        self.over.value = 1
        for process in filter(None, [*self.processes, self.folder]):
            process.join(60)
        return n


def _start(work: Callable, *args) -> multiprocessing.Process:
    from django.db import connections  # noqa: PLC0415

    # A child must not use its parent's connection.
    connections.close_all()
    process = multiprocessing.get_context("fork").Process(target=_live, args=(work, *args))
    process.start()
    return process


def _live(work: Callable, *args) -> None:
    from scripts.suite import die_with_parent  # noqa: PLC0415

    die_with_parent(signal.SIGKILL)()
    work(*args)


def _write(campaign, number, with_counters, over, done) -> None:
    from campaigns.services import counting  # noqa: PLC0415

    if not with_counters:
        sys.modules[counting.__wrapped__.__module__].append = lambda *_: None
    lock = threading.Lock()
    threads = [
        threading.Thread(target=_mark, args=(campaign, number + each, over, done, lock))
        for each in range(0, WRITERS, PROCESSES)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _mark(campaign, seed, over, done, lock) -> None:
    from django.db import connection  # noqa: PLC0415

    from campaigns.models import ClassSession  # noqa: PLC0415
    from people.models import User  # noqa: PLC0415
    from progress.services.marking import NewMark, mark_many  # noqa: PLC0415

    choose, by = random.Random(seed), User.objects.get(username="xa")
    # Each volunteer has classes of his own.
    classes = _classes(campaign)[seed % WRITERS :: WRITERS]
    while not over.value:
        group, learners = choose.choice(classes)
        session = ClassSession.objects.filter(class_group=group).order_by("-starts_at").first()
        marks = [NewMark(pk, choose.choice(("present", "absent"))) for pk in learners]
        mark_many(session, marks, by=by)
        with lock:
            done.value += 1
    connection.close()


def _classes(campaign):
    """Return (class, its learners) of the first classes of the province, four for each writer."""
    from campaigns.models import ClassGroup  # noqa: PLC0415
    from progress.models import Enrolment  # noqa: PLC0415

    groups = ClassGroup.objects.filter(campaign=campaign).order_by("pk")
    groups = list(groups.values_list("pk", flat=True)[: WRITERS * 4])
    classes: dict[int, list[int]] = {group: [] for group in groups}
    found = Enrolment.objects.filter(class_group__in=groups).order_by("pk")
    for group, pk in found.values_list("class_group_id", "pk"):
        classes[group].append(pk)
    return list(classes.items())


def _fold(over) -> None:
    from campaigns.services import fold  # noqa: PLC0415

    while not over.value:
        fold()
        # As the worker does it.
        time.sleep(2)


def _mend(campaign) -> None:
    """What was marked without counters is not counted: compute the cells anew."""
    from benchmarks.worlds.province import count_in_sql  # noqa: PLC0415

    count_in_sql(campaign)


def _killed(campaign) -> None:
    """Kill writers and the folder again and again; compare every moment with the rows."""
    from places.models import Place  # noqa: PLC0415

    communes = itertools.cycle(Place.objects.filter(depth=2).order_by("path")[:2])
    writers = Writers(campaign)
    looked = wrong = 0
    for number in range(KILLS):
        until = time.monotonic() + 1.5
        while time.monotonic() < until:
            looked += 1
            wrong += not _same(campaign, next(communes))
        writers.kill(number)
    done = writers.stop()
    wrong += not _same(campaign, next(communes))
    print(
        f"{KILLS} processes of writers and {(KILLS + 2) // 3} folders killed, {done} registers "
        f"taken, {looked + 1} moments compared with the rows: {wrong} wrong",
        flush=True,
    )


def _same(campaign, commune) -> bool:
    """Compare counters and rows of a commune in which many write, at one moment."""
    from django.db.models import Count  # noqa: PLC0415

    from campaigns.reports.figures import numbers  # noqa: PLC0415
    from lms.snapshot import snapshot  # noqa: PLC0415
    from progress.models import Attendance, Enrolment  # noqa: PLC0415

    here = Enrolment.objects.filter(village__path__startswith=commune.path)
    with snapshot():
        visits = numbers(campaign, commune, "visits")
        reached = numbers(campaign, commune, "reached")
        came = Attendance.objects.came().filter(enrolment__in=here).order_by()
        facts = dict(came.values_list("enrolment__village").annotate(n=Count("pk")))
        met = here.exclude(first_day=None).order_by()
        people = dict(met.values_list("village").annotate(n=Count("pk")))
    return {k: n for k, n in visits.items() if n} == facts and {
        k: n for k, n in reached.items() if n
    } == people


if __name__ == "__main__":
    asked = float(sys.argv[1]) if len(sys.argv) > 1 else 0.1
    if len(sys.argv) > 2:
        measure(sys.argv[2], asked)
    else:
        main(asked)
