"""Work that takes long.

A service writes what is to be done in its own transaction; a worker does it later, once::

    # certificates/services.py, inside the transaction of the story
    enqueue("certificates.issue", key=f"certificates.issue:{enrolment.pk}", enrolment=enrolment.pk)

    # certificates/tasks.py
    @handler("certificates.issue")
    def issue(enrolment: int) -> None:
        issue_certificate(Enrolment.objects.get(pk=enrolment))

A handler's effect and its done-mark are one transaction. A handler of many items commits each with
``step``, so that it can be killed anywhere and goes on::

    @handler("certificates.print", in_steps=True)
    def print_batch(job: Job, batch: int) -> None:
        for item in waiting_items(batch):
            with step(job, done=item.number, total=batch.size):
                print_item(item)
"""

from jobs.services.care import forget_finished, retry_dead
from jobs.services.queue import enqueue, enqueue_one
from jobs.services.registry import every, handler
from jobs.services.work import LostLease, claim, drain, progress, run, run_chores, step

__all__ = [
    "LostLease",
    "claim",
    "drain",
    "enqueue",
    "enqueue_one",
    "every",
    "forget_finished",
    "handler",
    "progress",
    "retry_dead",
    "run",
    "run_chores",
    "step",
]
