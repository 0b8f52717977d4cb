"""The whole product as one command in the foreground: web, jobs, and a clean stop."""

import contextlib
import json
import os
import socket
import sys
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import connections

from lms.demo.world import PASSWORD, card_path

ROLES = (
    ("tinh", "tổ chức cấp tỉnh", "province organiser"),
    ("xa", "tổ chức cấp xã", "commune organiser"),
    ("totruong", "tổ trưởng", "team leader"),
    ("giaovien", "người hướng dẫn lớp", "instructor"),
    ("soanbai", "người soạn bài", "author"),
    ("duyetbai", "người duyệt bài", "reviewer"),
)


class Command(BaseCommand):
    help = "Prepare the data, then run the web server and the jobs until Ctrl-C."
    # The database may not exist yet.
    requires_system_checks = ()

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
        # The cards' QR codes lead here; what the demo world prints must know it, too.
        os.environ.setdefault("TRAMNGAY_ADDRESS", f"http://{addresses(host)[-1]}:{port}")
        demo = settings.DEMO_ALLOWED and not no_demo
        try:
            self.prepare(demo=demo)
        except KeyboardInterrupt:
            raise CommandError("Đã dừng giữa chừng. / Stopped half-way.") from None
        os.environ["DJANGO_SETTINGS_MODULE"] = settings.SETTINGS_MODULE
        order = {
            "here": [addresses(host)[0], port],
            "greeting": greeting(host, port, demo=demo),
            "parts": {
                "web": web_command(host, port, threads),
                "jobs": [sys.executable, str(settings.BASE_DIR / "manage.py"), "runjobs"],
            },
        }
        sys.stdout.flush()
        os.chdir(settings.BASE_DIR)
        os.execv(  # noqa: S606 - becomes the process that waits, and gives its memory back
            sys.executable, [sys.executable, "-m", "lms.supervisor", json.dumps(order)]
        )

    def prepare(self, *, demo):
        """Bring the database, the demo world and the static files up to date."""
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        if not Path(settings.DATABASES["default"]["NAME"]).exists():
            self.stdout.write("→ Tạo cơ sở dữ liệu … / Making the database …")
        call_command("migrate", verbosity=0, interactive=False)
        if demo:
            call_command("seed_demo")
        stamp, state = settings.DATA_DIR / "static.stamp", static_state()
        if not stamp.exists() or stamp.read_text() != state:
            call_command("collectstatic", verbosity=0, interactive=False)
            stamp.write_text(state)
        connections.close_all()


def greeting(host, port, *, demo):
    """Say where it is, and with which accounts one gets in."""
    here, *room = addresses(host)
    lines = ["", f"  Trăm Ngày đang chạy tại / is running at  http://{here}:{port}"]
    lines += [f"  Điện thoại trong phòng / phones in the room  http://{a}:{port}" for a in room]
    if demo:
        lines += ["", f"  Tài khoản thử / demo accounts, mật khẩu / password  {PASSWORD}"]
        lines += [f"    {name:<10} {vi} / {en}" for name, vi, en in ROLES]
        if card_path().exists():
            lines += ["", "  Thẻ của một học viên / the card of a learner"]
            lines += [f"    http://{[here, *room][-1]}:{port}/k#{card_path().read_text()}"]
    return "\n".join([*lines, "", "  Dừng lại / stop: Ctrl-C", ""])


def web_command(host, port, threads):
    """One process with threads: it shares the laptop's memory, its cache and one SQLite file."""
    return [
        *(sys.executable, "-m", "gunicorn", "lms.wsgi", f"--bind={host}:{port}"),
        *("--workers=1", "--worker-class=gthread", f"--threads={threads}", "--keep-alive=15"),
        *("--timeout=120", "--graceful-timeout=10", "--log-level=warning", "--no-control-socket"),
    ]


def port_is_free(host, port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def addresses(host):
    """Return where this machine finds the server, and then where others in the room do."""
    if host != "0.0.0.0":  # noqa: S104 - compared only
        return [host]
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        # Nothing is sent: this only asks which of our addresses would be used.
        probe.connect(("192.0.2.1", 9))
        return ["127.0.0.1", probe.getsockname()[0]]
    return ["127.0.0.1"]


def static_state():
    """Return what changes when a static file or a library that brings some has changed."""
    folders = [Path(app.path, "static") for app in apps.get_app_configs()]
    files = [settings.BASE_DIR / "requirements.txt"]
    for folder in folders:
        if folder.parent.parent == settings.BASE_DIR:
            files.extend(folder.rglob("*"))
    latest = max((path.stat().st_mtime_ns for path in files if path.exists()), default=0)
    return f"{latest} {len(files)}"
