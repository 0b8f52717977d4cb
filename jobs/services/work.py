"""Doing what was written down: claim a lease, do the work, mark it done, all safe to kill."""

import logging
import time
import traceback
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from jobs.models import Job
from jobs.services.registry import CHORES, HANDLERS

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 8
LONGEST_PAUSE = timedelta(hours=1)


class LostLease(Exception):
    """The job was given to somebody else in the meantime; whatever was done here is undone."""


class Interrupted(Exception):
    """The worker has been asked to stop; the job goes on from here later."""


def claim(by: str, limit: int = 1) -> list[Job]:
    """Lease up to ``limit`` jobs that are due to the worker called ``by``."""
    now = timezone.now()
    # Looking first costs no lock; an idle worker does nothing but this.
    if not Job.objects.due(now).exists():
        return []
    with transaction.atomic():
        due = Job.objects.due(now)
        if connection.features.has_select_for_update_skip_locked:
            # On SQLite the transaction alone makes claimers take turns.
            due = due.select_for_update(skip_locked=True)
        jobs = list(due[:limit])
        exhausted = [job for job in jobs if job.attempts >= MOST_ATTEMPTS]
        if exhausted:
            _bury(exhausted, "the worker ended each time")
        claimed = [job for job in jobs if job.attempts < MOST_ATTEMPTS]
        lease_until = now + _lease_time()
        Job.objects.filter(pk__in=[job.pk for job in claimed]).update(
            state=Job.State.LEASED,
            lease_by=by,
            lease_until=lease_until,
            attempts=F("attempts") + 1,
        )
    for job in claimed:
        job.state, job.lease_by, job.lease_until = Job.State.LEASED, by, lease_until
        job.attempts += 1
    return claimed


def run(job: Job) -> bool:
    """Do a leased job; return whether it is done now."""
    try:
        work = HANDLERS[job.kind]
        call = (job,) if work.wants_job else ()
        if work.in_steps:
            work.function(*call, **job.args)
            with transaction.atomic():
                _finish(job)
        else:
            with transaction.atomic():
                _hold(job)
                work.function(*call, **job.args)
                _finish(job)
    except LostLease:
        logger.warning("job %s (%s): the lease was lost, its work is undone", job.pk, job.kind)
        return False
    except Interrupted:
        _put_back(job)
        return False
    except Exception as error:
        _fail(job, error)
        return False
    return True


def drain(
    *,
    by: str | None = None,
    seconds: float | None = None,
    stop: Callable[[], bool] | None = None,
) -> int:
    """Do every job that is due; return how many were done.

    Ends early after ``seconds``, or as soon as ``stop`` says so (a job in steps then stops between
    two of them and goes on later).
    """
    by = by or uuid.uuid4().hex
    until = time.monotonic() + seconds if seconds else None
    done = 0
    while not (stop and stop()) and not (until and time.monotonic() > until):
        jobs = claim(by)
        if not jobs and not Job.objects.due().exists():
            break
        for job in jobs:
            job.stop = stop
            done += run(job)
    return done


@contextmanager
def step(job: Job, *, done: int | None = None, total: int | None = None) -> Iterator[None]:
    """Do one item of a job: its effect, the progress and the renewed lease are one commit."""
    _ask_to_stop(job)
    with transaction.atomic():
        _hold(job)
        yield
        progress(job, done, total)


def progress(job: Job, done: int | None = None, total: int | None = None) -> None:
    """Say how far a job is, and keep its lease."""
    changes: dict = {"lease_until": timezone.now() + _lease_time()}
    if done is not None:
        changes["progress_done"] = job.progress_done = done
    if total is not None:
        changes["progress_total"] = job.progress_total = total
    _change(job, **changes)


def run_chores(done_at: dict[str, float]) -> None:
    """Do each chore whose time has come again; ``done_at`` remembers when it last was done."""
    for chore in list(CHORES.values()):
        now = time.monotonic()
        if now - done_at.get(chore.name, float("-inf")) < chore.seconds:
            continue
        done_at[chore.name] = now
        try:
            chore.function()
        except Exception as error:
            logger.error("chore %s failed: %s", chore.name, describe(error))


def describe(error: Exception) -> str:
    """Say what went wrong and where, without the words of the error: these may name people."""
    what = type(error).__name__
    if isinstance(error, ValidationError) and getattr(error, "code", None):
        what = f"{what} ({error.code})"
    ours = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(settings.BASE_DIR)
        and not Path(frame.filename).is_relative_to(settings.BASE_DIR / ".venv")
    ]
    if not ours:
        return what
    return f"{what} at {Path(ours[-1].filename).relative_to(settings.BASE_DIR)}:{ours[-1].lineno}"


# The lease. Every write below counts only while the job is still ours: same worker, same attempt.


def _ours(job: Job):
    return Job.objects.filter(
        pk=job.pk, state=Job.State.LEASED, lease_by=job.lease_by, attempts=job.attempts
    )


def _hold(job: Job) -> None:
    """Lock the row, so that nobody else can take the job before this transaction is over."""
    if _ours(job).select_for_update().values_list("pk", flat=True).first() is None:
        raise LostLease(job.pk)


def _change(job: Job, **changes: object) -> None:
    if not _ours(job).update(**changes):
        raise LostLease(job.pk)


def _finish(job: Job) -> None:
    now = timezone.now()
    _change(job, state=Job.State.DONE, lease_until=None, finished_at=now, error="")
    job.state, job.lease_until, job.finished_at = Job.State.DONE, None, now


def _put_back(job: Job) -> None:
    _ours(job).update(
        state=Job.State.READY,
        lease_until=None,
        attempts=F("attempts") - 1,
        run_after=timezone.now(),
    )


def _fail(job: Job, error: Exception) -> None:
    reason = describe(error)
    logger.error("job %s (%s) failed, attempt %s: %s", job.pk, job.kind, job.attempts, reason)
    if job.attempts >= MOST_ATTEMPTS:
        _bury([job], reason)
        return
    pause = min(timedelta(seconds=4**job.attempts), LONGEST_PAUSE)
    _ours(job).update(
        state=Job.State.READY,
        lease_until=None,
        error=reason,
        run_after=timezone.now() + pause,
    )


def _bury(jobs: list[Job], reason: str) -> None:
    for job in jobs:
        Job.objects.filter(
            pk=job.pk, lease_by=job.lease_by, attempts=job.attempts, state=job.state
        ).update(state=Job.State.DEAD, lease_until=None, error=reason, finished_at=timezone.now())


def _lease_time() -> timedelta:
    return timedelta(seconds=getattr(settings, "JOBS_LEASE_SECONDS", 60))


def _ask_to_stop(job: Job) -> None:
    if job.stop and job.stop():
        raise Interrupted
