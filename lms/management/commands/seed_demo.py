"""Load the demo world once."""

import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from jobs.services import drain
from lms.demo import world


class Command(BaseCommand):
    help = "Load the demo world, unless it is there already."

    def add_arguments(self, parser):
        parser.add_argument("--jobs", action="store_true", help="also make the certificates")

    def handle(self, *args, jobs=False, **options):
        if not settings.DEMO_ALLOWED:
            raise CommandError("The demo world is refused here: these are production's settings.")
        if world.is_loaded():
            self.stdout.write("The demo world is already there.")
            return
        self.stdout.write("Đang dựng dữ liệu mẫu, khoảng một phút … / Loading the demo world …")
        begun = time.monotonic()
        world.load()
        if jobs:
            drain()
        self.stdout.write(f"Xong / done: {time.monotonic() - begun:.0f} s")
