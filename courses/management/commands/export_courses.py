from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.exports import ExportRefused, export_courses


class Command(BaseCommand):
    help = "Write published courses as a content pack, in every language in which they are."

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, help="an empty or new folder")
        parser.add_argument(
            "--course", action="append", dest="courses", help="its address; may be repeated"
        )

    def handle(self, *, folder, courses, verbosity, **options):
        try:
            report = export_courses(folder, courses)
        except ExportRefused as refusal:
            raise CommandError(str(refusal)) from None
        for line in report.left_out:
            self.stdout.write(f"~ {line}")
        if verbosity:
            count = len(report.written)
            what = ngettext("%(count)d course written", "%(count)d courses written", count)
            self.stdout.write(what % {"count": count})
        if report.left_out and verbosity:
            self.stdout.write(_("What begins with ~ is not as it is here."))
