"""For whoever writes a content pack: what is wrong with it, and what could be better."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from courses.imports import PackRefused, look_at_pack
from courses.management.commands.import_courses import SHIPPED


class Command(BaseCommand):
    help = "Say what is wrong with a content pack, and what could be better. Changes nothing."

    def add_arguments(self, parser):
        parser.add_argument("path", nargs="?", type=Path, default=SHIPPED, help="the pack's folder")

    def handle(self, *, path, **options):
        try:
            findings = look_at_pack(path)
        except PackRefused as refusal:
            raise CommandError("\n".join(refusal.problems)) from None
        for line in findings.advice:
            self.stdout.write(line)
        for name, weight in findings.weights.items():
            self.stdout.write(_("%(name)s weighs %(weight)d KB") % {"name": name, "weight": weight})
        self.stdout.write(_("Nothing is wrong."))
