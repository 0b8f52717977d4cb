"""The province's servers: Celery wakes the workers; what is to be done stands in the job table.

A message carries no data. Any number of them may be lost, doubled or late: beat sweeps every two
seconds. Run ``celery -A lms.celery worker`` on as many hosts as wanted and one ``celery -A
lms.celery beat``.
"""

import os

import django
from celery import Celery
from django.apps import apps

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.production")
if not apps.ready:
    django.setup()

from jobs.services import drain as drain_jobs
from jobs.services.registry import CHORES

app = Celery("tramngay")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_ignore_result=True,
    broker_connection_retry_on_startup=True,
    worker_prefetch_multiplier=1,
    # Old wake-ups are of no use to anybody.
    task_default_expires=30,
)

SWEEP_SECONDS = 2.0


@app.task(name="jobs.drain", expires=30)
def drain() -> None:
    """Do what is due; after a while let another message bring the next worker."""
    drain_jobs(seconds=20)


@app.task(name="jobs.chore", expires=30)
def chore(name: str) -> None:
    CHORES[name].function()


def wake() -> None:
    """Send a wake-up, and do not make anybody wait when the broker is away."""
    drain.apply_async(retry=False, expires=30)


app.conf.beat_schedule = {
    "sweep": {
        "task": "jobs.drain",
        "schedule": SWEEP_SECONDS,
        "options": {"expires": SWEEP_SECONDS},
    },
    **{
        name: {
            "task": "jobs.chore",
            "args": [name],
            "schedule": chore.seconds,
            "options": {"expires": max(chore.seconds, SWEEP_SECONDS)},
        }
        for name, chore in CHORES.items()
    },
}
