"""The demo world of the journeys: made once, and copied for every process of the tests.

``python -m tests.journeys.world FOLDER`` makes it in the folder, unless it is there; whoever comes
while somebody else makes it waits. On PostgreSQL the rows are in a database of their own.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent.parent
READY = "world-is-ready"
DATABASE = "journeys_world"


def on_postgresql(env: dict) -> bool:
    return env.get("TRAMNGAY_TEST_DATABASE") == "postgresql"


def command(folder: Path) -> list[str]:
    """Return the program that makes the world in the folder."""
    return [sys.executable, "-m", "tests.journeys.world", str(folder)]


def environment(folder: Path, database: str = DATABASE) -> dict:
    """Return what a program is told that lives in the world of this folder."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.journeys.settings",
        "TRAMNGAY_DATA": str(folder),
        "TRAMNGAY_JOURNEY_DATABASE": database,
    }


def copy(world: Path, folder: Path, database: str) -> None:
    """Make another world like the one that is ready."""
    shutil.copytree(world, folder, dirs_exist_ok=True)
    if on_postgresql(os.environ):
        _create_database(database, like=DATABASE)


def _create_database(name: str, *, like: str) -> None:
    with psycopg.connect(
        host=os.environ["PGHOST"],
        port=os.environ["PGPORT"],
        user=os.environ["PGUSER"],
        dbname="postgres",
        autocommit=True,
    ) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {like} STRATEGY file_copy")


def _make(folder: Path) -> None:
    if on_postgresql(os.environ):
        _create_database(DATABASE, like="template1")
    script = (
        "import django; django.setup();"
        "from lms.management.commands.serve import Command;"
        "Command().prepare(demo=True);"
        # The certificates are there when the first journey begins: figures move for one reason.
        "from jobs.services import drain; drain();"
        "from django.db import connections; connections.close_all()"
    )
    subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=True,
    )


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with Path(f"{folder}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / READY).exists():
            _make(folder)
            (folder / READY).touch()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
