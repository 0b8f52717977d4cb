"""Classes and their evenings."""

import datetime as dt

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaigns import Campaign
from campaigns.models.teams import Team
from people.scope import ScopedQuerySet


class Audience(models.IntegerChoices):
    """Whom a class is meant for."""

    ANYBODY = 0, _("anybody")
    OLDER = 1, _("older people")
    FARMERS = 2, _("farmers")
    TRADERS = 3, _("small traders and households in business")
    OFFICIALS = 4, _("hamlet officials")
    WOMEN = 5, _("women's groups")
    PUPILS = 6, _("pupils and young people")


class ClassGroupQuerySet(ScopedQuerySet):
    pass


class ClassGroup(models.Model):
    """The people who meet each weekend, the house they meet in, and what they learn."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="class_groups")
    team = models.ForeignKey(Team, models.PROTECT, related_name="class_groups")
    # Where it meets: a village, or the commune when villages join.
    place = models.ForeignKey("places.Place", models.PROTECT, related_name="class_groups")
    venue = models.ForeignKey(
        "places.Venue", models.PROTECT, null=True, blank=True, related_name="class_groups"
    )
    name = models.CharField(_("name"), max_length=120)
    # Whom the class is meant for; figures can be broken down by it.
    audience = models.PositiveSmallIntegerField(
        _("for whom"), choices=Audience, default=Audience.ANYBODY
    )
    course = models.ForeignKey(
        "courses.CoursePage",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("course"),
    )
    # Who teaches unless a session says otherwise.
    instructors = models.ManyToManyField(
        "people.User", related_name="class_groups", blank=True, verbose_name=_("instructors")
    )
    # Evenings are planned from this day on; empty: from the campaign's first.
    since = models.DateField(_("meets from"), null=True, blank=True)
    # Whether evenings are left out on public holidays when sessions are generated.
    skips_holidays = models.BooleanField(_("no class on public holidays"), default=True)

    objects = ClassGroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("class")
        verbose_name_plural = _("classes")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "place", "name"], name="class_once_per_place"
            ),
        ]

    def __str__(self):
        return self.name


class WeeklyTime(models.Model):
    """A class meets on this weekday at this hour."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    class_group = models.ForeignKey(ClassGroup, models.CASCADE, related_name="weekly_times")
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    begins = models.TimeField(_("begins"))
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), default=90, validators=[MinValueValidator(15), MaxValueValidator(300)]
    )

    class Meta:
        verbose_name = _("weekly time")
        verbose_name_plural = _("weekly times")
        ordering = ["weekday", "begins"]
        constraints = [
            models.UniqueConstraint(
                fields=["class_group", "weekday", "begins"], name="weekly_time_once"
            ),
        ]

    def __str__(self):
        return f"{self.get_weekday_display()} {self.begins:%H:%M}"


class ClassSessionQuerySet(ScopedQuerySet):
    place = "class_group__place"

    def not_cancelled(self):
        return self.exclude(state=ClassSession.State.CANCELLED)

    def ahead(self, now=None):
        """Planned sessions that have not begun."""
        return self.filter(state=ClassSession.State.PLANNED, starts_at__gt=now or timezone.now())

    def on(self, day):
        """Sessions of one local day."""
        begins = timezone.make_aware(dt.datetime.combine(day, dt.time.min))
        return self.filter(starts_at__gte=begins, starts_at__lt=begins + dt.timedelta(days=1))


class ClassSession(models.Model):
    """One evening of a class."""

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        HELD = "held", _("held")
        CANCELLED = "cancelled", _("cancelled")

    class_group = models.ForeignKey(ClassGroup, models.CASCADE, related_name="sessions")
    # Every row about learning carries its campaign, so that tables can be split by it.
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+")
    starts_at = models.DateTimeField(_("starts at"), db_index=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=90)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.PLANNED)
    cancelled_because = models.CharField(_("cancelled because"), max_length=200, blank=True)
    moved_from = models.DateTimeField(_("moved from"), null=True, blank=True)
    instructors = models.ManyToManyField(
        "people.User", related_name="sessions", blank=True, verbose_name=_("instructors")
    )
    lesson = models.ForeignKey(
        "courses.LessonPage", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    note = models.TextField(_("note"), blank=True)
    # The register is taken by progress; a closed one refuses marks until somebody reopens it.
    register_closed_at = models.DateTimeField(_("register closed at"), null=True, blank=True)
    register_closed_by = models.ForeignKey(
        "people.User", models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ClassSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("class session")
        verbose_name_plural = _("class sessions")
        constraints = [
            models.UniqueConstraint(
                fields=["class_group", "starts_at"],
                condition=~Q(state="cancelled"),
                name="session_once_per_hour",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "held", "cancelled"]),
                name="session_state_known",
            ),
        ]

    def __str__(self):
        return f"{self.class_group}, {timezone.localtime(self.starts_at):%H:%M %d/%m/%Y}"

    @property
    def place(self):
        return self.class_group.place

    @property
    def ends_at(self) -> dt.datetime:
        return self.starts_at + dt.timedelta(minutes=self.minutes)

    @property
    def has_begun(self) -> bool:
        return self.starts_at <= timezone.now()

    @property
    def day(self) -> int:
        """The day of the campaign on which the session takes place."""
        return self.campaign.day_number(timezone.localtime(self.starts_at).date())
