"""What somebody has read, rehearsed and answered."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.scope import ScopedQuerySet


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
    enrolment = models.ForeignKey("progress.Enrolment", models.CASCADE, related_name="lesson_views")
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
        return self.filter(has_passed=True, occasion=Attempt.Occasion.LESSON)

    def around_courses(self):
        return self.filter(course__isnull=False)

    def unfinished(self):
        return self.filter(finished_at=None)


class Attempt(models.Model):
    """A learner's answers to a lesson's questions, with the questions as they were.

    A course has two more occasions, before its first lesson and after its last: its questions are
    drawn from all its lessons.
    """

    class Occasion(models.TextChoices):
        LESSON = "lesson", _("after the lesson")
        BEFORE = "before", _("before the course")
        AFTER = "after", _("after the course")

    # Nobody passes or fails these, and no figure of the campaign knows of them.
    AROUND_A_COURSE = (Occasion.BEFORE, Occasion.AFTER)

    # Made by the phone where the attempt began without network, so that sending twice is once.
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey("campaigns.Campaign", models.PROTECT, related_name="+")
    enrolment = models.ForeignKey("progress.Enrolment", models.CASCADE, related_name="attempts")
    occasion = models.CharField(
        _("occasion"), max_length=6, choices=Occasion, default=Occasion.LESSON
    )
    # One of the two: the lesson, or the course that is tested as a whole.
    lesson = models.ForeignKey(
        "courses.LessonPage", models.PROTECT, null=True, blank=True, related_name="+"
    )
    course = models.ForeignKey(
        "courses.CoursePage", models.PROTECT, null=True, blank=True, related_name="+"
    )
    questions = models.JSONField(_("questions as they were"))
    # For each question every answer given, in order; the first one counts.
    answers = models.JSONField(_("answers"), default=dict)
    # What each phone said of it, {device: state}; see `progress.services.sync.merging`.
    by_device = models.JSONField(default=dict, editable=False)
    # Grows with every answer, so that an older state of the same attempt, arriving late from a
    # phone, takes nothing back.
    version = models.PositiveIntegerField(_("version"), default=0)
    pass_per_cent = models.PositiveSmallIntegerField(_("pass mark in per cent"), default=60)
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
            models.CheckConstraint(
                condition=Q(occasion="lesson", lesson__isnull=False, course=None)
                | Q(occasion__in=["before", "after"], lesson=None, course__isnull=False),
                name="attempt_at_lesson_or_course",
            ),
            models.CheckConstraint(
                condition=Q(occasion="lesson") | Q(has_passed=False),
                name="attempt_around_course_not_judged",
            ),
        ]

    def __str__(self):
        return f"{self.enrolment}: {self.score}/{len(self.questions)}"

    @property
    def place(self):
        return self.enrolment.village


class PracticeRunQuerySet(ScopedQuerySet):
    place = "enrolment__village"


class PracticeRun(models.Model):
    """One go at a practice on the simulated phone, from its first screen to a good end."""

    # Made by whoever ran it, so that sending twice is once.
    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey("campaigns.Campaign", models.PROTECT, related_name="+")
    enrolment = models.ForeignKey(
        "progress.Enrolment", models.CASCADE, related_name="practice_runs"
    )
    lesson = models.ForeignKey("courses.LessonPage", models.PROTECT, related_name="+")
    # The id of the block in the lesson's body; the same in every language.
    block = models.UUIDField(_("practice"))
    # In the order walked: {"screen": name, "wrong": taps, "hints": shown, "seconds": spent}.
    steps = models.JSONField(_("steps"), default=list)
    wrong = models.PositiveSmallIntegerField(_("wrong taps"), default=0)
    hints = models.PositiveSmallIntegerField(_("hints shown"), default=0)
    seconds = models.PositiveIntegerField(_("seconds"), default=0)
    help = models.CharField(_("done"), max_length=6, choices=Help, default=Help.ALONE)
    finished_at = models.DateTimeField(_("finished at"), default=timezone.now)
    arrived_at = models.DateTimeField(_("arrived at"), default=timezone.now)

    objects = PracticeRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("practice run")
        verbose_name_plural = _("practice runs")
        indexes = [models.Index(fields=["lesson", "block"], name="run_of_practice")]

    def __str__(self):
        return f"{self.enrolment}: {self.block}"

    @property
    def place(self):
        return self.enrolment.village
