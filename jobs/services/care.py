"""Looking after the table: jobs that were given up, and jobs that are long done."""

import logging
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from jobs.models import Job
from jobs.services.queue import wake

logger = logging.getLogger(__name__)

KEPT = timedelta(days=90)


@transaction.atomic
def retry_dead(job: Job, *, by) -> Job:
    """Let a job that was given up be tried anew, with all its attempts before it."""
    job = Job.objects.select_for_update().get(pk=job.pk)
    if job.state != Job.State.DEAD:
        raise ValidationError(_("This job has not been given up."), code="not_dead")
    job.state, job.attempts, job.run_after = Job.State.READY, 0, timezone.now()
    job.finished_at = None
    job.save(update_fields=["state", "attempts", "run_after", "finished_at"])
    logger.info("job %s (%s) is tried anew by user %s", job.pk, job.kind, by.pk)
    transaction.on_commit(wake, robust=True)
    return job


def forget_finished(older_than: timedelta = KEPT) -> int:
    """Delete the rows of jobs that were done long ago; jobs that were given up stay."""
    long_done = Job.objects.filter(
        state=Job.State.DONE, finished_at__lt=timezone.now() - older_than
    )
    return long_done.delete()[0]
