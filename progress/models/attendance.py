"""Who came to which evening: every mark ever made, and what follows from them."""

import uuid

from django.db import models
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.scope import ScopedQuerySet
from progress import rules


class AttendanceQuerySet(ScopedQuerySet):
    place = "session__class_group__place"

    def came(self):
        """Who came late came."""
        return self.filter(status__in=Attendance.CAME)

    def marked(self):
        return self.exclude(status=rules.NOTHING)

    def tally(self):
        """Return how many people there are of each status, in one query."""
        return self.aggregate(
            **{status: Count("pk", filter=Q(status=status)) for status in Attendance.Status.values}
        )


class Attendance(models.Model):
    """Whether a resident came to a session: the truth as the marks now tell it.

    It can be worked out anew from the marks at any time. An empty status: the last mark took back
    what was marked before.
    """

    class Status(models.TextChoices):
        PRESENT = "present", _("present")
        LATE = "late", _("late")
        EXCUSED = "excused", _("excused")
        ABSENT = "absent", _("absent")

    CAME = rules.CAME

    campaign = models.ForeignKey("campaigns.Campaign", models.PROTECT, related_name="+")
    session = models.ForeignKey(
        "campaigns.ClassSession", models.PROTECT, related_name="attendances"
    )
    enrolment = models.ForeignKey("progress.Enrolment", models.PROTECT, related_name="attendances")
    status = models.CharField(
        _("status"), max_length=7, choices=Status, blank=True, default=rules.NOTHING
    )
    mark = models.ForeignKey("progress.Mark", models.PROTECT, related_name="+")
    observed_at = models.DateTimeField(_("observed at"))
    is_disputed = models.BooleanField(_("two people disagree"), default=False)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        constraints = [
            models.UniqueConstraint(
                fields=["session", "enrolment"], name="attendance_once_per_session"
            ),
            models.CheckConstraint(
                condition=Q(status__in=[*rules.STATUSES, rules.NOTHING]),
                name="attendance_status_known",
            ),
        ]

    def __str__(self):
        return f"{self.enrolment}: {self.get_status_display()}"


class MarkQuerySet(ScopedQuerySet):
    place = "session__class_group__place"


class Mark(models.Model):
    """One tap in a register, kept for ever; what is true is folded from all of them."""

    class How(models.TextChoices):
        TAP = "tap", _("tapped")
        CARD = "card", _("card scanned")
        PAPER = "paper", _("from paper")
        CORRECTION = "correction", _("corrected")

    # Made by the phone, so that sending twice is once.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey("campaigns.Campaign", models.PROTECT, related_name="+")
    session = models.ForeignKey("campaigns.ClassSession", models.PROTECT, related_name="marks")
    enrolment = models.ForeignKey("progress.Enrolment", models.PROTECT, related_name="marks")
    # Empty: the mark takes an earlier one back.
    status = models.CharField(
        _("status"), max_length=7, choices=Attendance.Status, blank=True, default=""
    )
    # The mark that whoever tapped saw on the screen, if any.
    base = models.UUIDField(_("seen mark"), null=True, blank=True)
    device = models.CharField(_("device"), max_length=36, blank=True)
    seq = models.PositiveIntegerField(_("number on the device"), default=0)
    observed_at = models.DateTimeField(_("observed at"))
    arrived_at = models.DateTimeField(_("arrived at"), default=timezone.now)
    observed_by = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    sent_by = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    how = models.CharField(_("how"), max_length=10, choices=How, default=How.TAP)

    objects = MarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("mark")
        verbose_name_plural = _("marks")
        indexes = [models.Index(fields=["session", "enrolment"], name="mark_of_attendance")]
        constraints = [
            models.UniqueConstraint(
                fields=["device", "seq"],
                condition=~Q(device=""),
                name="mark_one_number_per_device",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[*rules.STATUSES, rules.NOTHING]),
                name="mark_status_known",
            ),
        ]

    def __str__(self):
        return f"{self.status} {self.observed_at}"


class RegisterEventQuerySet(ScopedQuerySet):
    place = "session__class_group__place"


class RegisterEvent(models.Model):
    """A register was closed, or opened again and why."""

    class Verb(models.TextChoices):
        CLOSED = "closed", pgettext_lazy("a register", "closed")
        REOPENED = "reopened", pgettext_lazy("a register", "reopened")

    session = models.ForeignKey(
        "campaigns.ClassSession", models.PROTECT, related_name="register_events"
    )
    verb = models.CharField(_("action"), max_length=8, choices=Verb)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)
    by = models.ForeignKey("people.User", models.PROTECT, related_name="+")

    objects = RegisterEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("register event")
        verbose_name_plural = _("register events")

    def __str__(self):
        return f"{self.session}: {self.get_verb_display()}"
