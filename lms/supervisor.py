"""Starts the parts of the product, starts again what dies, and stops them together.

``manage.py serve`` turns into this once the data is ready. It is a process of its own, without
Django in its memory, because it has nothing to do for days but wait.
"""

import contextlib
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import time

# A part that ends this often without having lived for a minute will not get better.
MOST_FAILURES = 3
LONG_ENOUGH = 60
PATIENCE = 20


class Supervisor:
    """Watches over the parts: a name and a command line each."""

    def __init__(self, parts: dict[str, list[str]]) -> None:
        self.parts = parts
        self.processes: dict[str, subprocess.Popen] = {}
        self.started: dict[str, float] = {}
        self.failures = dict.fromkeys(parts, 0)
        self.stopping = False

    def run(self, here: tuple[str, int], greeting: str) -> int:
        """Run until told to stop; print the greeting once the first address answers."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.stop)
        try:
            for name in self.parts:
                self.start(name)
            while not self.stopping:
                if greeting and answers(*here):
                    print(greeting, flush=True)  # noqa: T201 - this is the screen of the command
                    greeting = ""
                if failed := self.start_again_what_died():
                    say(f"✗ «{failed}» dừng nhiều lần / keeps ending; see above.")
                    return 1
                time.sleep(0.2)
        finally:
            self.end()
        say("Đã dừng. / Stopped.")
        return 0

    def stop(self, number, frame) -> None:
        self.stopping = True

    def start(self, name: str) -> None:
        # Ctrl-C at the terminal reaches a whole group of processes; ours have a group each, so that
        # they are ended by us, in order. And they end when we are killed.
        self.processes[name] = subprocess.Popen(  # noqa: S603 - our own command lines
            self.parts[name],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )
        self.started[name] = time.monotonic()

    def start_again_what_died(self) -> str | None:
        """Start dead parts again; return the name of one that is beyond help."""
        for name, process in self.processes.items():
            if process.poll() is None or self.stopping:
                continue
            lived = time.monotonic() - self.started[name]
            self.failures[name] = 0 if lived > LONG_ENOUGH else self.failures[name] + 1
            if self.failures[name] > MOST_FAILURES:
                return name
            say(f"«{name}» đã dừng, chạy lại / ended ({process.returncode}), starting again")
            self.start(name)
        return None

    def end(self) -> None:
        """Ask the parts to stop, and insist after a while."""
        for process in self.processes.values():
            if process.poll() is None:
                process.terminate()
        until = time.monotonic() + PATIENCE
        for process in self.processes.values():
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _die_with_parent() -> None:
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG, on Linux


def answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), 1).close()
    except OSError:
        return False
    return True


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)  # noqa: T201 - this is the screen of the command


if __name__ == "__main__":
    order = json.loads(sys.argv[1])
    sys.exit(Supervisor(order["parts"]).run(tuple(order["here"]), order["greeting"]))
