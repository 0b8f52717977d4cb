"""Work that takes long: a row first, a wake-up second."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


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

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = [
            models.Index(
                fields=["run_after", "id"], condition=models.Q(state="ready"), name="job_ready"
            ),
            models.Index(
                fields=["lease_until"], condition=models.Q(state="leased"), name="job_leased"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["ready", "leased", "done", "dead"]),
                name="job_state_known",
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.pk}"
