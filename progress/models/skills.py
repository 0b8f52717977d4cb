"""What somebody can do, as volunteers saw it, and whether it lasted."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.scope import ScopedQuerySet
from progress.models.evening import Noted


class Level(models.TextChoices):
    """The ladder, from the bottom to the top."""

    NOT_YET = "not_yet", pgettext_lazy("a skill", "not yet")
    WITH_HELP = "helped", pgettext_lazy("a skill", "with help")
    ALONE = "alone", pgettext_lazy("a skill", "alone")
    # Not in class but in life: the e-ID is registered, the bill is paid.
    DONE = "done", pgettext_lazy("a skill", "really done")


class ObservationQuerySet(ScopedQuerySet):
    place = "enrolment__village"


class Observation(Noted):
    """A volunteer saw how far somebody can do what a lesson teaches."""

    campaign = models.ForeignKey("campaigns.Campaign", models.PROTECT, related_name="+")
    session = models.ForeignKey(
        "campaigns.ClassSession", models.PROTECT, null=True, blank=True, related_name="observations"
    )
    enrolment = models.ForeignKey("progress.Enrolment", models.CASCADE, related_name="observations")
    # The skill is what this lesson teaches; in the language in which it was written first.
    lesson = models.ForeignKey("courses.LessonPage", models.PROTECT, related_name="+")
    # Empty: what was tapped before was a slip; nothing is known of it.
    level = models.CharField(_("level"), max_length=7, choices=Level, blank=True)

    objects = ObservationQuerySet.as_manager()

    class Meta:
        verbose_name = _("observation")
        verbose_name_plural = _("observations")
        indexes = [models.Index(fields=["enrolment", "lesson"], name="observation_of_skill")]
        constraints = [
            models.CheckConstraint(
                condition=Q(level__in=["", "not_yet", "helped", "alone", "done"]),
                name="observation_level_known",
            ),
        ]

    def __str__(self):
        return f"{self.enrolment}: {self.get_level_display()}"


class SkillSeenQuerySet(ScopedQuerySet):
    place = "enrolment__village"

    def mastered(self):
        """Seen done without help."""
        return self.filter(level__in=SkillSeen.MASTERED)


class SkillSeen(models.Model):
    """What holds now of somebody and a skill; can be worked out anew from the observations."""

    MASTERED = (Level.ALONE, Level.DONE)

    campaign = models.ForeignKey("campaigns.Campaign", models.PROTECT, related_name="+")
    enrolment = models.ForeignKey("progress.Enrolment", models.CASCADE, related_name="skills_seen")
    lesson = models.ForeignKey("courses.LessonPage", models.PROTECT, related_name="+")
    level = models.CharField(_("level"), max_length=7, choices=Level)
    observation = models.ForeignKey("progress.Observation", models.PROTECT, related_name="+")
    observed_at = models.DateTimeField(_("observed at"))

    objects = SkillSeenQuerySet.as_manager()

    class Meta:
        verbose_name = _("skill seen")
        verbose_name_plural = _("skills seen")
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "lesson"], name="skill_seen_once_per_lesson"
            ),
        ]

    def __str__(self):
        return f"{self.enrolment}: {self.get_level_display()}"


class RecheckQuerySet(ScopedQuerySet):
    place = "enrolment__village"

    def met(self):
        """Somebody was there to be asked."""
        return self.exclude(outcome=Recheck.Outcome.AWAY)

    def holding(self):
        """What holds of each person and round: the latest answer."""
        later = Q()
        same: dict[str, OuterRef] = {}
        for name in ("observed_at", "device", "seq", "id"):
            later |= Q(**{f"{name}__gt": OuterRef(name)}, **same)
            same[name] = OuterRef(name)
        others = Recheck.objects.met().filter(
            later, enrolment=OuterRef("enrolment"), days=OuterRef("days")
        )
        return self.met().filter(~Exists(others))

    def kept_at_last(self):
        """Who could still do it at the last round, as far as is known now."""
        return self.holding().filter(days=max(Recheck.ROUNDS), outcome=Recheck.Outcome.KEPT)


class Recheck(Noted):
    """Some days after somebody completed the campaign, a volunteer asked what is left of it."""

    # So many days afterwards people are to be visited.
    ROUNDS = (14, 30)

    class Outcome(models.TextChoices):
        KEPT = "kept", pgettext_lazy("a skill after some weeks", "can still do it")
        WITH_HELP = "helped", pgettext_lazy("a skill after some weeks", "with help")
        LOST = "lost", pgettext_lazy("a skill after some weeks", "has forgotten")
        AWAY = "away", pgettext_lazy("a skill after some weeks", "was not there")

    campaign = models.ForeignKey("campaigns.Campaign", models.PROTECT, related_name="+")
    enrolment = models.ForeignKey("progress.Enrolment", models.CASCADE, related_name="rechecks")
    days = models.PositiveSmallIntegerField(_("days after completion"))
    outcome = models.CharField(_("outcome"), max_length=6, choices=Outcome)
    remark = models.CharField(_("remark"), max_length=200, blank=True)
    shift = models.ForeignKey(
        "campaigns.Shift", models.SET_NULL, null=True, blank=True, related_name="rechecks"
    )

    objects = RecheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("re-check")
        verbose_name_plural = _("re-checks")
        indexes = [models.Index(fields=["enrolment", "days"], name="recheck_of_enrolment")]
        constraints = [
            models.CheckConstraint(condition=Q(days__in=[14, 30]), name="recheck_round_known"),
            models.CheckConstraint(
                condition=Q(outcome__in=["kept", "helped", "lost", "away"]),
                name="recheck_outcome_known",
            ),
        ]

    def __str__(self):
        return f"{self.enrolment}: {self.get_outcome_display()}"
