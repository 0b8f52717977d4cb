"""On SQLite writers wait in a queue, not in a scramble."""

import gc
import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.db import OperationalError, connections, transaction

from lms.sqlite.base import DatabaseWrapper, writes
from lms.sqlite.turns import turn_for

pytestmark = pytest.mark.laptop

SETTINGS = {
    "ENGINE": "lms.sqlite",
    "OPTIONS": {"timeout": 0.5},
    "AUTOCOMMIT": True,
    "ATOMIC_REQUESTS": False,
    "CONN_MAX_AGE": 0,
    "CONN_HEALTH_CHECKS": False,
    "TIME_ZONE": None,
    "TEST": {"NAME": None},
}


@pytest.fixture(autouse=True)
def _own_files(django_db_blocker):
    """These tests use databases of their own, never the one that all tests share."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "turns.sqlite3"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE mark (id INTEGER PRIMARY KEY, n INTEGER)")
        database.execute("CREATE TABLE total (n INTEGER)")
        database.execute("INSERT INTO total VALUES (0)")
    database.close()
    return path


@pytest.fixture
def open_connection(path):
    """Open connections to the file as threads would have them."""
    opened = []

    def connect(**options):
        alias = f"turns-{len(opened)}"
        options = {**SETTINGS["OPTIONS"], **options}
        wrapper = DatabaseWrapper({**SETTINGS, "NAME": str(path), "OPTIONS": options}, alias)
        # transaction.atomic() finds a connection by its alias.
        connections[alias] = wrapper
        opened.append(alias)
        return wrapper

    yield connect
    for alias in opened:
        wrapper = connections[alias]
        wrapper.in_atomic_block = False
        wrapper.close()
        del connections[alias]


def run(connection, statement, parameters=None):
    with connection.cursor() as cursor:
        return cursor.execute(statement, parameters).fetchall()


def holds(connection):
    return connection.turn is not None and connection.turn.held_by(connection)


def in_a_thread(work):
    """Do something in another thread; return what it raised, if it did."""
    raised = []

    def call():
        try:
            work()
        except Exception as error:
            raised.append(error)

    thread = threading.Thread(target=call)
    thread.start()
    thread.join(20)
    assert not thread.is_alive()
    return raised[0] if raised else None


# The rule


def test_the_file_is_written_ahead_and_flushed_at_each_commit(open_connection):
    connection = open_connection()

    assert run(connection, "PRAGMA journal_mode") == [("wal",)]
    assert run(connection, "PRAGMA synchronous") == [(2,)]
    assert run(connection, "PRAGMA foreign_keys") == [(1,)]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT 1", False),
        ("  select 1", False),
        ("WITH a AS (SELECT 1) SELECT * FROM a", False),
        ("WITH a AS (SELECT 1) DELETE FROM mark", True),
        ("INSERT INTO mark (n) VALUES (1)", True),
        ("update mark set n = 1", True),
        ("CREATE TABLE x (y)", True),
        ("BEGIN IMMEDIATE", True),
        ("BEGIN", False),
        ("BEGIN DEFERRED", False),
        ("SAVEPOINT a", False),
        ("COMMIT", False),
        ("PRAGMA foreign_keys = ON", False),
        ("VACUUM", True),
    ],
)
def test_what_counts_as_writing(statement, expected):
    assert writes(statement) == expected


def test_a_transaction_holds_the_turn_until_it_is_committed(open_connection):
    connection = open_connection()
    with transaction.atomic(using=connection.alias):
        assert holds(connection)
        with transaction.atomic(using=connection.alias):
            run(connection, "INSERT INTO mark (n) VALUES (1)")
        assert holds(connection)

    assert not holds(connection)


def test_a_transaction_that_is_undone_gives_the_turn_back(open_connection):
    connection = open_connection()
    with pytest.raises(ZeroDivisionError), transaction.atomic(using=connection.alias):  # noqa: PT012
        run(connection, "INSERT INTO mark (n) VALUES (1)")
        raise ZeroDivisionError

    assert not holds(connection)
    assert run(connection, "SELECT count(*) FROM mark") == [(0,)]


def test_a_single_statement_gives_the_turn_back_even_when_it_returns_rows(open_connection):
    connection, other = open_connection(), open_connection()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO mark (n) VALUES (1), (2), (3) RETURNING n")
        assert not holds(connection)
        assert in_a_thread(lambda: run(other, "SELECT 1")) is not None  # another thread's object
        assert cursor.fetchone() == (1,)
        assert cursor.fetchmany(1) == [(2,)]
        assert cursor.fetchall() == [(3,)]
        assert cursor.fetchone() is None


def test_a_statement_that_fails_gives_the_turn_back(open_connection):
    connection = open_connection()

    with pytest.raises(OperationalError):
        run(connection, "INSERT INTO nowhere (n) VALUES (1)")

    assert not holds(connection)


def test_a_connection_that_is_closed_in_a_transaction_gives_the_turn_back(open_connection):
    connection = open_connection()
    with pytest.raises(ZeroDivisionError), transaction.atomic(using=connection.alias):  # noqa: PT012
        connection.close()
        raise ZeroDivisionError

    assert not holds(connection)


def test_who_only_reads_waits_for_nobody(open_connection):
    writer, reader = open_connection(), open_connection()
    with transaction.atomic(using=writer.alias):
        run(writer, "INSERT INTO mark (n) VALUES (1)")

        assert run(reader, "SELECT count(*) FROM mark") == [(0,)]


def test_a_deferred_transaction_reads_one_moment_while_others_write(open_connection):
    writer = open_connection()
    reader = open_connection(transaction_mode="DEFERRED")
    with transaction.atomic(using=reader.alias):
        before = run(reader, "SELECT count(*) FROM mark")
        run(writer, "INSERT INTO mark (n) VALUES (1)")

        assert not holds(reader)
        assert run(reader, "SELECT count(*) FROM mark") == before

    assert run(reader, "SELECT count(*) FROM mark") == [(1,)]


def test_a_thread_that_would_wait_for_itself_is_told_so(open_connection):
    first, second = open_connection(), open_connection()
    with (
        transaction.atomic(using=first.alias),
        pytest.raises(OperationalError, match="this thread already writes"),
    ):
        run(second, "INSERT INTO mark (n) VALUES (1)")


def test_who_waits_too_long_is_told_so(open_connection, path):
    connection = open_connection()
    with transaction.atomic(using=connection.alias):

        def wait():
            turn_for(str(path)).take(object(), 0.1)

        assert "has not finished" in str(in_a_thread(wait))


def test_the_turn_of_a_connection_that_was_forgotten_goes_on(path):
    class Holder:
        pass

    turn, holder = turn_for(str(path)), Holder()
    turn.take(holder, 1)
    del holder
    gc.collect()

    other = Holder()
    turn.take(other, 1)
    turn.give_back(other)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_does_not_hold_what_its_parent_holds(open_connection, path):
    connection = open_connection()
    with transaction.atomic(using=connection.alias):
        child = os.fork()
        if not child:
            os._exit(0 if turn_for(str(path))._holder is None else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert holds(connection)


def test_a_database_in_memory_needs_no_turns():
    connection = DatabaseWrapper({**SETTINGS, "NAME": ":memory:"}, "memory")
    run(connection, "CREATE TABLE mark (n)")

    assert connection.turn is None
    connection.connection.close()


# Many writers

WRITER = Path(__file__).parent / "writer.py"
COUNT = 60


@pytest.mark.parametrize(("processes", "threads"), [(1, 8), (8, 1), (3, 3)])
def test_many_writers_all_get_through_and_none_finds_the_file_locked(path, processes, threads):
    command = [sys.executable, WRITER, path, "lms.sqlite", str(COUNT), str(threads)]
    writers = [
        subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env={**os.environ, "PYTHONPATH": str(settings.BASE_DIR)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(processes)
    ]
    answers = [writer.communicate(timeout=120) for writer in writers]

    assert [errors for _, errors in answers] == [""] * processes
    waits = sorted(float(line) for lines, _ in answers for line in lines.split())
    transactions = COUNT * processes * threads
    assert len(waits) == transactions
    with sqlite3.connect(path) as database:
        marks = database.execute("SELECT count(*) FROM mark").fetchone()[0]
        total = database.execute("SELECT n FROM total").fetchone()[0]
    database.close()
    assert (marks, total) == (transactions // 5 * 101, transactions // 5 * 100)
    # 0.1 s on a calm machine; without turns the slowest waits for seconds.
    assert waits[int(len(waits) * 0.99)] < 2000
