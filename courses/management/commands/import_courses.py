from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from courses.imports import PackRefused, import_pack
from courses.imports.load import summary
from courses.services import fill_search

SHIPPED = Path(__file__).resolve().parent.parent.parent / "content"


class Command(BaseCommand):
    help = "Bring the courses of a content pack onto the shelf, in Vietnamese and in English."

    def add_arguments(self, parser):
        parser.add_argument("path", nargs="?", type=Path, default=SHIPPED, help="the pack's folder")
        parser.add_argument("--force", action="store_true", help="overwrite what authors wrote")

    def handle(self, *, path, force, verbosity, **options):
        try:
            outcome = import_pack(path, force=force)
        except PackRefused as refusal:
            raise CommandError("\n".join(refusal.problems)) from None
        # Pages from before there was anything to search.
        fill_search()
        for page in outcome.kept:
            self.stdout.write(f"~ {page}")
        if verbosity:
            self.stdout.write(summary(outcome))
