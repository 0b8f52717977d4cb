"""One of several writers on one SQLite file: ``python writer.py FILE ENGINE COUNT THREADS``.

Prints how long each transaction took from wanting to begin until it was committed, in milliseconds.
"""

import sys
import threading
import time

import django
from django.conf import settings

path, engine, count, threads = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
plain = {"transaction_mode": "IMMEDIATE", "timeout": 30, "init_command": "PRAGMA journal_mode=WAL"}
settings.configure(
    DATABASES={
        "default": {
            "ENGINE": engine,
            "NAME": path,
            "OPTIONS": plain if engine == "django.db.backends.sqlite3" else {},
        }
    }
)
django.setup()

from django.db import connection, connections, transaction  # noqa: E402 - needs the settings

lines = []


def write():
    for number in range(count):
        started = time.perf_counter()
        if number % 5 == 4:
            # A single statement outside of a transaction waits its turn like all others.
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO mark (n) VALUES (1) RETURNING id")
                cursor.fetchone()
        else:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT coalesce(max(n), 0) FROM mark WHERE id < 100")
                cursor.executemany("INSERT INTO mark (n) VALUES (%s)", [(1,)] * 25)
                cursor.execute("UPDATE total SET n = n + 25")
        lines.append(1000 * (time.perf_counter() - started))
    connections.close_all()


workers = [threading.Thread(target=write) for _ in range(threads)]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()
print("\n".join(f"{line:.2f}" for line in lines))
