"""Work that takes long: a row first, a wake-up second."""

from collections.abc import Callable
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class JobQuerySet(models.QuerySet):
    def due(self, now: datetime | None = None) -> "JobQuerySet":
        """Whoever may be taken now: waiting long enough, or left behind by a worker that died."""
        now = now or timezone.now()
        return self.filter(
            Q(state=Job.State.READY, run_after__lte=now)
            | Q(state=Job.State.LEASED, lease_until__lt=now)
        ).order_by("run_after", "id")

    def dead(self) -> "JobQuerySet":
        return self.filter(state=Job.State.DEAD)

    def unfinished(self) -> "JobQuerySet":
        return self.filter(state__in=[Job.State.READY, Job.State.LEASED])


class Job(models.Model):
    """One piece of work to be done outside a request.

    The row is the truth. A broker's message is only a wake-up: losing it costs time, never work.
    """

    class State(models.TextChoices):
        READY = "ready", _("waiting")
        LEASED = "leased", _("running")
        DONE = "done", _("done")
        DEAD = "dead", _("given up")

    kind = models.CharField(_("kind"), max_length=60)
    args = models.JSONField(_("arguments"), default=dict)
    # The same event announced twice is one job.
    key = models.CharField(_("key"), max_length=120, unique=True, null=True, blank=True)
    state = models.CharField(_("state"), max_length=6, choices=State, default=State.READY)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    run_after = models.DateTimeField(_("not before"), db_default=Now())
    lease_by = models.CharField(_("leased by"), max_length=40, blank=True, default="")
    lease_until = models.DateTimeField(_("leased until"), null=True, blank=True)
    progress_done = models.PositiveIntegerField(_("items done"), default=0)
    progress_total = models.PositiveIntegerField(_("items in all"), default=0)
    error = models.TextField(_("last error"), blank=True, default="")
    created_at = models.DateTimeField(_("created at"), db_default=Now())
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    objects = JobQuerySet.as_manager()

    # Says whether the worker that has the job in hand has been asked to stop.
    stop: Callable[[], bool] | None = None

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = [
            models.Index(fields=["run_after", "id"], condition=Q(state="ready"), name="job_ready"),
            models.Index(fields=["lease_until"], condition=Q(state="leased"), name="job_leased"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["ready", "leased", "done", "dead"]),
                name="job_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="leased", lease_until__isnull=False)
                | (~Q(state="leased") & Q(lease_until__isnull=True)),
                name="job_has_lease_only_while_leased",
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.pk}"

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.DONE, self.State.DEAD)

    # What the progress bar shows.

    @property
    def label(self) -> str:
        return str(self.State(self.state).label)

    @property
    def done(self) -> int:
        return self.progress_done

    @property
    def total(self) -> int:
        return self.progress_total
