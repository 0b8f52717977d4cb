"""How many jobs a second one worker does, when the work itself takes no time."""

import time

import django
from django.core.management import call_command
from django.db import connection, transaction

django.setup()

from jobs.models import Job  # noqa: E402 - needs the set-up
from jobs.services import drain, enqueue, handler, step  # noqa: E402

COUNT = 400


@handler("bench.nothing")
def nothing(number):
    """Do nothing: what is measured is the table."""


@handler("bench.items", in_steps=True)
def items(job, count):
    for number in range(count):
        with step(job, done=number + 1, total=count):
            pass


def rate(count: int, work) -> float:
    started = time.perf_counter()
    work()
    return count / (time.perf_counter() - started)


def write_down() -> None:
    for number in range(COUNT):
        with transaction.atomic():
            enqueue("bench.nothing", key=f"bench:{number}", number=number)


def main() -> None:
    if connection.vendor == "sqlite":
        with connection.schema_editor() as editor:
            editor.create_model(Job)
    else:
        call_command("migrate", "jobs", verbosity=0)
    for number in range(3):
        Job.objects.all().delete()
        written = rate(COUNT, write_down)
        done = rate(COUNT, drain)
        enqueue("bench.items", count=COUNT)
        in_steps = rate(COUNT, drain)
        print(
            f"round {number + 1}, {connection.vendor}: {written:.0f} written down/s, "
            f"{done:.0f} done/s, {in_steps:.0f} steps/s"
        )


if __name__ == "__main__":
    main()
