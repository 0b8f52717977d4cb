"""Who has learnt what: enrolment, attendance, lessons read, quiz attempts."""

import uuid
from collections import Counter, defaultdict

from django.db import models
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.scope import ScopedQuerySet
from progress import rules


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
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="attendances")
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
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="marks")
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


class Help(models.TextChoices):
    """How somebody did a lesson."""

    ALONE = "alone", _("alone")
    HELPED = "helped", _("with help")
    PAPER = "paper", _("on paper")


class LessonViewQuerySet(ScopedQuerySet):
    place = "enrolment__village"


class LessonView(models.Model):
    """How far a learner has read a lesson."""

    campaign = models.ForeignKey("campaigns.Campaign", models.PROTECT, related_name="+")
    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="lesson_views")
    lesson = models.ForeignKey("courses.LessonPage", models.PROTECT, related_name="+")
    step = models.PositiveSmallIntegerField(_("furthest step"), default=1)
    opened_at = models.DateTimeField(_("opened at"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    objects = LessonViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("lesson read")
        verbose_name_plural = _("lessons read")
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "lesson"], name="lesson_view_once_per_lesson"
            ),
        ]

    def __str__(self):
        return f"{self.enrolment}: {self.lesson_id}"


class AttemptQuerySet(ScopedQuerySet):
    place = "enrolment__village"

    def passed(self):
        return self.filter(has_passed=True)

    def unfinished(self):
        return self.filter(finished_at=None)


class Attempt(models.Model):
    """A learner's answers to a lesson's questions, with the questions as they were."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey("campaigns.Campaign", models.PROTECT, related_name="+")
    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="attempts")
    lesson = models.ForeignKey("courses.LessonPage", models.PROTECT, related_name="+")
    questions = models.JSONField(_("questions as they were"))
    # For each question every answer given, in order; the first one counts.
    answers = models.JSONField(_("answers"), default=dict)
    score = models.PositiveSmallIntegerField(_("right at the first try"), default=0)
    has_passed = models.BooleanField(_("passed"), default=False)
    help = models.CharField(_("done"), max_length=6, choices=Help, default=Help.ALONE)
    started_at = models.DateTimeField(_("started at"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        "people.User", models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = AttemptQuerySet.as_manager()

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        indexes = [models.Index(fields=["enrolment", "lesson"], name="attempt_of_lesson")]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "lesson"],
                condition=Q(finished_at=None),
                name="attempt_one_unfinished_per_lesson",
            ),
        ]

    def __str__(self):
        return f"{self.enrolment}: {self.score}/{len(self.questions)}"

    @property
    def place(self):
        return self.enrolment.village


class ClassScreenQuerySet(ScopedQuerySet):
    place = "session__class_group__place"

    def open(self, now):
        return self.filter(closed_at=None, expires_at__gt=now)


class ClassScreen(models.Model):
    """A shared tablet on which tonight's learners may tap their names, for these hours only."""

    session = models.ForeignKey("campaigns.ClassSession", models.CASCADE, related_name="screens")
    opened_at = models.DateTimeField(_("opened at"), default=timezone.now)
    opened_by = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    expires_at = models.DateTimeField(_("open until"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    objects = ClassScreenQuerySet.as_manager()

    class Meta:
        verbose_name = _("class screen")
        verbose_name_plural = _("class screens")

    def __str__(self):
        return f"{self.session}"

    @property
    def place(self):
        return self.session.place

    def is_open(self, now) -> bool:
        return self.closed_at is None and self.expires_at > now
