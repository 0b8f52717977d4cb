"""Eight writers on one SQLite file: how long does the slowest wait, with and without turns?

Each transaction reads once and writes 26 rows, as a register of one class does; three rounds of
each way, in turn.
"""

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WRITER = Path(__file__).resolve().parent.parent / "tests" / "toolchain" / "writer.py"
COUNT = 100
WAYS = {"turns": "lms.sqlite", "busy handler": "django.db.backends.sqlite3"}


def measure(engine: str, processes: int, threads: int) -> tuple[float, float, float, int]:
    """Return transactions per second, the 99th percentile and maximum in ms, and the failures."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "db.sqlite3")
        database = sqlite3.connect(path)
        database.executescript(
            "PRAGMA journal_mode=WAL; CREATE TABLE mark (id INTEGER PRIMARY KEY, n INTEGER);"
            "CREATE TABLE total (n INTEGER); INSERT INTO total VALUES (0);"
        )
        database.close()
        started = time.monotonic()
        command = [sys.executable, WRITER, path, engine, str(COUNT), str(threads)]
        environment = {**os.environ, "PYTHONPATH": str(WRITER.parents[2])}
        writers = [
            subprocess.Popen(
                command,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
            for _ in range(processes)
        ]
        lines = [line for writer in writers for line in writer.communicate()[0].split()]
        seconds = time.monotonic() - started
    waits = sorted(map(float, lines))
    wanted = COUNT * processes * threads
    return len(waits) / seconds, waits[int(len(waits) * 0.99)], waits[-1], wanted - len(waits)


def main() -> None:
    for processes, threads in ((1, 8), (8, 1)):
        for number in range(3):
            for way, engine in WAYS.items():
                rate, p99, longest, failed = measure(engine, processes, threads)
                print(
                    f"{processes} processes × {threads} threads, round {number + 1}, {way:>12}: "
                    f"{rate:5.0f} transactions/s, p99 {p99:6.0f} ms, longest {longest:6.0f} ms, "
                    f"failed {failed}"
                )


if __name__ == "__main__":
    main()
