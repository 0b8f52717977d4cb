"""The whole product as one command in the foreground: web, jobs, and a clean stop."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand

ROLES = (
    ("tinh", "tổ chức cấp tỉnh", "province organiser"),
    ("xa", "tổ chức cấp xã", "commune organiser"),
    ("totruong", "tổ trưởng", "team leader"),
    ("giaovien", "người hướng dẫn lớp", "instructor"),
    ("soanbai", "người soạn bài", "author"),
)
PASSWORD = "tramngay-demo"  # noqa: S105 - printed on purpose, refused in production


class Command(BaseCommand):
    help = "Prepare the data, then run the web server and the jobs until Ctrl-C."

    def add_arguments(self, parser):
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--threads", type=int, default=8)
        parser.add_argument("--no-demo", action="store_true", help="load no demo world")

    def handle(self, *, host, port, threads, no_demo, **options):
        if not port_is_free(host, port):
            raise CommandError(
                f"Cổng {port} đang có chương trình khác dùng. Hãy chạy: make run PORT={port + 1}\n"
                f"Port {port} is in use. Run: make run PORT={port + 1}"
            )
        self.prepare(demo=settings.DEMO_ALLOWED and not no_demo)
        self.stopping = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.stop)
        commands = {
            "web": web_command(host, port, threads),
            "jobs": [sys.executable, sys.argv[0], "runjobs"],
        }
        children = {}
        try:
            for name, command in commands.items():
                children[name] = start(command)
            self.announce(host, port, children["web"])
            self.watch(commands, children)
        finally:
            end(children.values())
        self.stdout.write("Đã dừng. / Stopped.")

    def prepare(self, *, demo):
        """Bring the database, the demo world and the static files up to date."""
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        call_command("migrate", verbosity=0, interactive=False)
        if demo:
            call_command("seed_demo")
        stamp, state = settings.DATA_DIR / "static.stamp", static_state()
        if not stamp.exists() or stamp.read_text() != state:
            call_command("collectstatic", verbosity=0, interactive=False)
            stamp.write_text(state)

    def stop(self, number, frame):
        self.stopping = True

    def announce(self, host, port, web):
        """Say where it is once it answers, and with which accounts one gets in."""
        shown = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104 - compared only
        while web.poll() is None and not self.stopping and not answers(shown, port):
            time.sleep(0.1)
        if web.poll() is not None or self.stopping:
            return
        write = self.stdout.write
        write("")
        write(f"  Trăm Ngày đang chạy tại / is running at  http://{shown}:{port}")
        for address in room_addresses() if host != shown else ():
            write(f"  Điện thoại trong phòng / phones in the room  http://{address}:{port}")
        if settings.DEMO_ALLOWED:
            write("")
            write(f"  Tài khoản thử / demo accounts, mật khẩu / password  {PASSWORD}")
            for name, vietnamese, english in ROLES:
                write(f"    {name:<10} {vietnamese} / {english}")
        write("")
        write("  Dừng lại / stop: Ctrl-C")
        write("")

    def watch(self, commands, children):
        """Start again what has died; give up when it dies at once, time after time."""
        started = dict.fromkeys(children, time.monotonic())
        failures = dict.fromkeys(children, 0)
        while not self.stopping:
            time.sleep(0.2)
            for name, child in children.items():
                if child.poll() is None or self.stopping:
                    continue
                lived = time.monotonic() - started[name]
                failures[name] = 0 if lived > 60 else failures[name] + 1
                if failures[name] > 3:
                    raise CommandError(
                        f"Phần «{name}» dừng nhiều lần (mã {child.returncode}); xem dòng phía trên."
                        f"\nThe part '{name}' keeps ending (code {child.returncode}); see above."
                    )
                self.stderr.write(f"«{name}» → {child.returncode}; chạy lại / starting again")
                children[name] = start(commands[name])
                started[name] = time.monotonic()


def web_command(host, port, threads):
    """One process with threads: it shares the laptop's memory, its cache and one SQLite file."""
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "lms.wsgi",
        f"--bind={host}:{port}",
        "--workers=1",
        f"--threads={threads}",
        "--worker-class=gthread",
        "--keep-alive=15",
        "--timeout=120",
        "--graceful-timeout=10",
        "--log-level=warning",
        "--no-control-socket",
    ]


def start(command):
    # Ctrl-C at the terminal reaches every process of its group; the children are to be ended by us,
    # in order, so they get a group of their own. And they end when we are killed.
    return subprocess.Popen(  # noqa: S603 - our own command lines
        command,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_die_with_parent,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE},
    )


def _die_with_parent():
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG, on Linux


def end(children):
    """Ask the children to stop, and insist after a while."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + 20
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def port_is_free(host, port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def answers(host, port):
    try:
        socket.create_connection((host, port), 1).close()
    except OSError:
        return False
    return True


def room_addresses():
    """Return the addresses under which others in the same network see this machine."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        # Nothing is sent: this only asks which of our addresses would be used.
        probe.connect(("192.0.2.1", 9))
        return [probe.getsockname()[0]]
    return []


def static_state():
    """Return what changes when a static file or a library that brings some has changed."""
    lock = Path(settings.BASE_DIR / "requirements.txt")
    files = [lock, *(settings.BASE_DIR / "lms" / "static").rglob("*")]
    latest = max((path.stat().st_mtime_ns for path in files if path.exists()), default=0)
    return f"{latest} {len(files)}"
