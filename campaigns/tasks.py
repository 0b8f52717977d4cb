"""The chore of the counters, and sending reminders."""

import campaigns.adapters  # noqa: F401 (makes the ways to send known)
from campaigns.services import (
    Trouble,
    fold,
    send_reminder,
    settle_reminder,
    waiting_reminder,
)
from jobs.models import Job
from jobs.services import every, handler, step
from jobs.services.work import MOST_ATTEMPTS


@every(2)
def fold_counters() -> None:
    """Keep the journal short, so that figures stay quick to read."""
    while fold():
        pass


class NotYet(Exception):
    """The other service was in trouble; what was not sent is tried again later."""


@handler("campaigns.remind", in_steps=True)
def remind(job: Job, channel: str, reminders: list[int]) -> None:
    """Send reminders one by one; those that were sent are never sent again."""
    refused_for_all = ""
    for number, pk in enumerate(reminders, start=1):
        with step(job, done=number - 1, total=len(reminders)):
            reminder = waiting_reminder(pk)
        if reminder is None:
            continue
        failed_because = refused_for_all
        if not failed_because:
            try:
                send_reminder(reminder)
            except Trouble as trouble:
                if trouble.again and job.attempts < MOST_ATTEMPTS:
                    raise NotYet(trouble.code) from None
                failed_because = trouble.code
                refused_for_all = trouble.code if trouble.for_all or trouble.again else ""
        with step(job, done=number, total=len(reminders)):
            settle_reminder(reminder, failed_because)
