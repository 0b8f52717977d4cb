"""Jobs that take a moment before and after their effect, so that a kill hits them anywhere."""

import time

from jobs.services import handler, step
from tests.jobs.killing.models import Effect


@handler("killing.one")
def one(number):
    time.sleep(0.01)
    Effect.objects.create(number=number)
    time.sleep(0.01)


@handler("killing.batch", in_steps=True)
def batch(job, first, last):
    for number in range(first + job.progress_done, last):
        with step(job, done=number + 1 - first, total=last - first):
            time.sleep(0.01)
            Effect.objects.create(number=number)
            time.sleep(0.01)
