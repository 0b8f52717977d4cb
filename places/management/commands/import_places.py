from django.core.management.base import BaseCommand

from places.imports import import_official


class Command(BaseCommand):
    help = "Bring in the official provinces and communes. Safe to repeat."

    def handle(self, **options):
        outcome = import_official()
        self.stdout.write(
            f"{outcome.created} created, {outcome.updated} updated, "
            f"{outcome.unchanged} unchanged, {outcome.legacy_names} former names added"
        )
        if outcome.unlisted:
            self.stdout.write("Not on the official list: " + ", ".join(outcome.unlisted))
