"""Who takes part in a campaign."""

from collections import Counter, defaultdict

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.scope import ScopedQuerySet
from progress.models.attendance import Attendance


class EnrolmentQuerySet(ScopedQuerySet):
    place = "village"

    def active(self):
        return self.filter(withdrawn_at=None)

    def completed(self):
        return self.exclude(completed_at=None)

    def on_register(self, session):
        """Those who learn in a session's class, and whoever else was marked there."""
        marked = Attendance.objects.marked().filter(session=session).values("enrolment")
        return self.filter(
            Q(class_group=session.class_group_id, withdrawn_at=None) | Q(pk__in=marked),
            campaign=session.campaign_id,
        )

    def visits_by_day(self, ids):
        """Return {enrolment: {day of the campaign: evenings}}; the counters ask for it."""
        days = defaultdict(Counter)
        came = Attendance.objects.came().filter(enrolment__in=ids)
        for attendance in came.select_related("session__campaign"):
            days[attendance.enrolment_id][attendance.session.day] += 1
        return days


class Enrolment(models.Model):
    """A resident takes part in a campaign.

    The row also keeps what its counters are made of (village, age band, sex, first day, evenings
    …) as they were counted, so that what it adds to the figures is a pure function of the row.
    """

    campaign = models.ForeignKey("campaigns.Campaign", models.PROTECT, related_name="enrolments")
    resident = models.ForeignKey("people.Resident", models.PROTECT, related_name="enrolments")
    class_group = models.ForeignKey(
        "campaigns.ClassGroup",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="enrolments",
    )
    enrolled_at = models.DateTimeField(_("enrolled at"), default=timezone.now)
    enrolled_by = models.ForeignKey(
        "people.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    completed_at = models.DateTimeField(_("completed at"), null=True, blank=True)

    # What the counters are made of; written only through ``counting``.
    village = models.ForeignKey("places.Place", models.PROTECT, related_name="+")
    age_band = models.PositiveSmallIntegerField(_("age band"), default=0)
    sex_slot = models.PositiveSmallIntegerField(_("sex"), default=0)
    enrolled_day = models.PositiveSmallIntegerField(_("day of enrolment"), default=0)
    first_day = models.PositiveSmallIntegerField(_("day of the first evening"), null=True)
    evenings = models.PositiveSmallIntegerField(_("evenings attended"), default=0)
    lessons_passed = models.PositiveSmallIntegerField(_("lessons passed"), default=0)
    completed_day = models.PositiveSmallIntegerField(_("day of completion"), null=True)
    certified_day = models.PositiveSmallIntegerField(_("day of the certificate"), null=True)
    kept_day = models.PositiveSmallIntegerField(_("day of being still able"), null=True)
    language_slot = models.PositiveSmallIntegerField(_("learning language"), default=0)
    team = models.ForeignKey("campaigns.Team", models.PROTECT, null=True, related_name="+")
    audience = models.PositiveSmallIntegerField(_("audience of the class"), default=0)
    # On which days lessons were passed, and skills first seen done alone: "12 12 19".
    lesson_days = models.TextField(blank=True, default="")
    skill_days = models.TextField(blank=True, default="")

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "resident"], name="enrolment_once_per_campaign"
            ),
        ]

    def __str__(self):
        return f"{self.resident}, {self.campaign}"

    @property
    def place(self):
        return self.village
