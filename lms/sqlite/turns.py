"""Writers take turns.

SQLite lets one connection write at a time and makes the others sleep and try again, without any
order: eight writers starve each other for seconds. Here every writer first waits in a queue, inside
the process for a lock and across processes for a lock on a small file beside the database; the
kernel frees that lock when a process dies. Then SQLite is never found busy.
"""

import contextlib
import os
import sys
import threading
import weakref

# Windows has no such lock: there the turns are those of one process.
if sys.platform != "win32":
    import fcntl

_turns: dict[str, "Turn"] = {}
_turns_guard = threading.Lock()


class TurnError(Exception):
    """The turn cannot be had: waited too long, or this thread would wait for itself."""


class Turn:
    """The right to write to one database file."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.forget()

    def forget(self) -> None:
        """Start anew, as a forked child must: what its parent holds is not its own."""
        self._lock = threading.Lock()
        self._file: int | None = None
        self._holder: weakref.ref | None = None
        self._thread: int | None = None

    def held_by(self, holder: object) -> bool:
        return self._holder is not None and self._holder() is holder

    def take(self, holder: object, timeout: float) -> None:
        """Wait for the turn and hold it until ``give_back``."""
        if self._thread == threading.get_ident() and self._lock.locked():
            raise TurnError("this thread already writes to the file through another connection")
        if not self._lock.acquire(timeout=timeout):
            raise TurnError(f"another writer has not finished within {timeout:g} s")
        try:
            self._lock_file()
        except BaseException:
            self._lock.release()
            raise
        # A thread that dies in the middle of a transaction takes its connection with it;
        # then the turn must go on to the next one.
        self._holder = weakref.ref(holder, self._abandoned)
        self._thread = threading.get_ident()

    def give_back(self, holder: object) -> None:
        """Let the next writer in; nothing happens when ``holder`` does not have the turn."""
        if self.held_by(holder):
            self._release()

    def _abandoned(self, holder: weakref.ref) -> None:
        if self._holder is holder:
            self._release()

    def _release(self) -> None:
        self._holder = self._thread = None
        try:
            if sys.platform != "win32" and self._file is not None:
                fcntl.flock(self._file, fcntl.LOCK_UN)
        finally:
            self._lock.release()

    def _lock_file(self) -> None:
        if sys.platform == "win32":
            return
        if self._file is None:
            # A folder that we may not write to: the turns inside this process remain.
            with contextlib.suppress(OSError):
                self._file = os.open(f"{self.path}-turn", os.O_RDWR | os.O_CREAT, 0o640)
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_EX)


def turn_for(path: str) -> Turn:
    """Return the one turn of this process for the database file at ``path``."""
    path = os.path.realpath(path)
    with _turns_guard:
        return _turns.setdefault(path, Turn(path))


def _after_fork() -> None:
    global _turns_guard
    _turns_guard = threading.Lock()
    for turn in _turns.values():
        if turn._file is not None:
            # Closing does not unlock: the parent's own descriptor still holds what it holds.
            os.close(turn._file)
        turn.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
