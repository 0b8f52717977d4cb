"""Workers are killed with SIGKILL in the middle of their work: nothing is lost, nothing is doubled.

The same story for the two ways to run: the loop of the laptop, on whichever database this round of
the suite has, and Celery over Redis. Each has a database of its own.
"""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import uuid

import psycopg
import pytest
import redis
from django.conf import settings

pytestmark = pytest.mark.both

JOBS = 120
KILLS = 3
PATIENCE = 90


class World:
    """A database with jobs in it, and the processes that do them."""

    def __init__(self, folder, database, environment):
        self.folder = folder
        self.database = database
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.jobs.killing.settings",
            "KILLING_DATABASE": json.dumps(database),
            "TRAMNGAY_DATA": str(folder),
            **environment,
        }
        self.processes = []

    def write_jobs(self, kind):
        command = [sys.executable, "-m", "tests.jobs.killing.prepare", kind, str(JOBS)]
        subprocess.run(command, cwd=settings.BASE_DIR, env=self.environment, check=True)

    def start(self, *command):
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=settings.BASE_DIR,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=(self.folder / "log").open("ab"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.processes.append(process)
        return process

    def kill_all(self):
        """Kill every process, with its children, so that none can clean up."""
        for process in self.processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.processes.clear()

    def ask(self, question):
        if "postgresql" in self.database["ENGINE"]:
            with psycopg.connect(**_server(self.database["NAME"])) as connection:
                return connection.execute(question).fetchall()
        with contextlib.closing(sqlite3.connect(self.database["NAME"], timeout=30)) as connection:
            return connection.execute(question).fetchall()

    def done(self):
        return self.ask("SELECT count(DISTINCT number) FROM killing_effect")[0][0]

    def wait_for(self, count):
        until = time.monotonic() + PATIENCE
        while self.done() < count:
            assert time.monotonic() < until, (self.folder / "log").read_text()[-3000:]
            time.sleep(0.02)

    def work_and_be_killed(self, start):
        """Let the workers get somewhere, kill them, several times; then let them finish."""
        for kill in range(1, KILLS + 1):
            start()
            self.wait_for(kill * JOBS // (KILLS + 2))
            self.kill_all()
        assert self.done() < JOBS
        start()
        self.wait_for(JOBS)

    def assert_each_was_done_once(self):
        until = time.monotonic() + PATIENCE
        while self.ask("SELECT count(*) FROM jobs_job WHERE state <> 'done'")[0][0]:
            assert time.monotonic() < until, self.ask("SELECT kind, state, error FROM jobs_job")
            time.sleep(0.05)
        effects = sorted(number for (number,) in self.ask("SELECT number FROM killing_effect"))
        assert effects == list(range(JOBS))

    def assert_somebody_died_at_work(self):
        """Without this the kills might all have hit idle workers and shown nothing."""
        assert self.ask("SELECT count(*) FROM jobs_job WHERE attempts > 1")[0][0] > 0


def _server(name):
    database = settings.DATABASES["default"]
    return {
        "host": database["HOST"],
        "port": database["PORT"],
        "user": database["USER"],
        "password": database["PASSWORD"],
        "dbname": name,
        "autocommit": True,
    }


@contextlib.contextmanager
def database_of_its_own(folder):
    if "postgresql" not in settings.DATABASES["default"]["ENGINE"]:
        yield {"ENGINE": "lms.sqlite", "NAME": str(folder / "killing.sqlite3")}
        return
    name = f"killing_{uuid.uuid4().hex}"
    with psycopg.connect(**_server("postgres")) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        try:
            ours = settings.DATABASES["default"]
            kept = ("ENGINE", "USER", "PASSWORD", "HOST", "PORT")
            yield {**{key: ours[key] for key in kept}, "NAME": name}
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def world(tmp_path, request):
    environment = getattr(request, "param", {})
    with database_of_its_own(tmp_path) as database:
        world = World(tmp_path, database, environment)
        try:
            yield world
        finally:
            world.kill_all()


@pytest.fixture
def broker():
    """A Redis database of this test's own."""
    if not settings.REDIS_URL:
        pytest.fail("this test needs Redis; `make test` starts one")
    connection = redis.Redis.from_url(settings.BROKER_URL)
    connection.flushdb()
    yield connection, settings.BROKER_URL
    connection.flushdb()
    connection.close()


# The loop of the laptop


@pytest.mark.parametrize("kind", ["ones", "batches"])
def test_killed_loops_lose_nothing_and_double_nothing(world, kind):
    world.write_jobs(kind)

    def start():
        for _ in range(2):
            world.start("manage.py", "runjobs", "--poll", "0.1", "--no-chores")

    world.work_and_be_killed(start)

    world.assert_each_was_done_once()
    world.assert_somebody_died_at_work()


def test_a_loop_that_is_asked_to_stop_finishes_what_it_has_in_hand(world):
    world.write_jobs("batches")
    loop = world.start("manage.py", "runjobs", "--poll", "0.1", "--no-chores")
    world.wait_for(10)

    loop.terminate()

    assert loop.wait(20) == 0
    assert world.done() < JOBS
    assert world.ask("SELECT count(*) FROM jobs_job WHERE state = 'leased'") == [(0,)]


# Celery over Redis


@pytest.mark.redis
@pytest.mark.parametrize("kind", ["ones", "batches"])
def test_killed_celery_workers_lose_nothing_even_when_redis_forgets_everything(world, broker, kind):
    server, address = broker
    world.environment["KILLING_BROKER"] = address
    world.write_jobs(kind)

    def start():
        # Whatever wake-ups were waiting are gone: the sweep has to make up for them.
        server.flushdb()
        world.start(
            *("-m", "celery", "-A", "lms.celery", "worker", "--concurrency", "2"),
            *("--without-mingle", "--without-gossip", "--without-heartbeat", "-l", "ERROR"),
        )
        schedule = world.folder / f"beat-{time.monotonic_ns()}"
        world.start(
            *("-m", "celery", "-A", "lms.celery", "beat", "-l", "ERROR"),
            *("--schedule", str(schedule), "--pidfile", ""),
        )

    world.work_and_be_killed(start)

    world.assert_each_was_done_once()
    world.assert_somebody_died_at_work()


@pytest.mark.redis
def test_a_commit_rings_celery_without_waiting_for_the_sweep(world, broker):
    server, address = broker
    world.environment["KILLING_BROKER"] = address
    world.write_jobs("ones")

    assert server.llen("celery") > 0
