"""Where, when and by whom: campaigns, teams, classes, and the counters of what was reached."""

import datetime as dt

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.rules import MEASURES, CountKind
from people.scope import ScopedQuerySet, scope_filter

__all__ = [
    "MEASURES",
    "Campaign",
    "Cell",
    "ClassGroup",
    "ClassSession",
    "CountKind",
    "FoldLock",
    "Journal",
    "Membership",
    "Target",
    "Team",
    "WeeklyTime",
]


class CampaignQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """Keep the campaigns inside the user's scope, and those above that take it in.

        A commune takes part in its province's campaign. What such a campaign *shows* is still
        limited to the user's own place; `Campaign.places_for` says which.
        """
        step = self.model.place.field.related_model.steplen
        above = {path[:end] for path in user.scope_paths() for end in range(step, len(path), step)}
        return self.filter(scope_filter(user, "place") | Q(place__path__in=above))

    def running(self, on=None):
        """Campaigns whose hundred days have begun and that nobody has closed."""
        return self.filter(state=Campaign.State.RUNNING, first_day__lte=on or timezone.localdate())


class Campaign(models.Model):
    """A hundred-day drive in one place and everything below it."""

    class State(models.TextChoices):
        DRAFT = "draft", _("being prepared")
        RUNNING = "running", pgettext_lazy("campaign", "running")
        CLOSED = "closed", pgettext_lazy("campaign", "closed")

    name = models.CharField(_("name"), max_length=120)
    place = models.ForeignKey("places.Place", models.PROTECT, related_name="campaigns")
    first_day = models.DateField(_("first day"))
    length = models.PositiveSmallIntegerField(
        _("length in days"),
        default=100,
        validators=[MinValueValidator(7), MaxValueValidator(400)],
    )
    audience = models.CharField(_("for whom"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.DRAFT)
    required_courses = models.ManyToManyField(
        "courses.CoursePage",
        related_name="+",
        blank=True,
        verbose_name=_("required courses"),
    )
    # The completion rule: this many evenings, and all lessons of the required courses passed,
    # or this many of them.
    evenings_required = models.PositiveSmallIntegerField(_("evenings required"), default=3)
    lessons_required = models.PositiveSmallIntegerField(
        _("lessons required"), null=True, blank=True, help_text=_("Empty: all of them.")
    )
    # Shares of the pace at which a place turns green or yellow; below yellow is red.
    green_from = models.PositiveSmallIntegerField(_("green from (% of the pace)"), default=90)
    yellow_from = models.PositiveSmallIntegerField(_("yellow from (% of the pace)"), default=60)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        constraints = [
            models.CheckConstraint(
                condition=Q(yellow_from__lt=F("green_from")),
                name="campaign_yellow_below_green",
                violation_error_message=_("Yellow must begin below green."),
            ),
            models.CheckConstraint(
                condition=Q(length__range=(7, 400)), name="campaign_length_plausible"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "running", "closed"]),
                name="campaign_state_known",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def last_day(self) -> dt.date:
        return self.first_day + dt.timedelta(days=self.length - 1)

    def day_number(self, on: dt.date | None = None) -> int:
        """Return which day of the campaign a date is: 1 on the first, ``length`` on the last.

        Days before and after are 0 and ``length``.
        """
        on = on or timezone.localdate()
        return max(0, min((on - self.first_day).days + 1, self.length))

    def places_for(self, user) -> list:
        """Return the widest places of this campaign that the user may see figures of."""
        if user.is_superuser:
            return [self.place]
        paths = user.scope_paths()
        if any(self.place.path.startswith(path) for path in paths):
            return [self.place]
        inside = [path for path in paths if path.startswith(self.place.path)]
        return list(type(self.place).objects.filter(path__in=inside).in_order())


class TargetQuerySet(ScopedQuerySet):
    pass


class Target(models.Model):
    """What a place is to reach by the last day: so many, of so many, says this source."""

    class Indicator(models.TextChoices):
        ENROLLED = "enrolled", _("enrolled")
        REACHED = "reached", _("reached (at least one evening)")
        COMPLETED = "completed", _("completed")
        CERTIFIED = "certified", _("certified")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="targets")
    place = models.ForeignKey("places.Place", models.PROTECT, related_name="targets")
    indicator = models.CharField(_("indicator"), max_length=10, choices=Indicator)
    goal = models.PositiveIntegerField(_("goal"))
    denominator = models.PositiveIntegerField(_("out of"))
    as_of = models.DateField(_("as of"))
    source = models.CharField(_("source"), max_length=200)

    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "place", "indicator"], name="target_once_per_place"
            ),
            models.CheckConstraint(
                condition=Q(goal__gte=1) & Q(denominator__gte=F("goal")),
                name="target_goal_within_denominator",
                violation_error_message=_(
                    "The goal must be at least 1 and no more than the total."
                ),
            ),
        ]

    def __str__(self):
        return f"{self.place}: {self.goal}/{self.denominator}"


class TeamQuerySet(ScopedQuerySet):
    pass


class Team(models.Model):
    """A community digital-technology team: the volunteers of a place."""

    name = models.CharField(_("name"), max_length=120)
    place = models.ForeignKey("places.Place", models.PROTECT, related_name="teams")
    # Whoever has it can read the team's timetable as a calendar; it can be made anew.
    calendar_key = models.CharField(max_length=32, unique=True, editable=False)

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        constraints = [
            models.UniqueConstraint(fields=["place", "name"], name="team_once_per_place"),
        ]

    def __str__(self):
        return self.name


class MembershipQuerySet(ScopedQuerySet):
    place = "team__place"

    def current(self, on=None):
        on = on or timezone.localdate()
        return self.filter(Q(until=None) | Q(until__gte=on))


class Membership(models.Model):
    """A volunteer's place in a team; many volunteers have no account."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        "people.User", models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    name = models.CharField(_("name"), max_length=120)
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    leads = models.BooleanField(_("leads the team"), default=False)
    since = models.DateField(_("since"), default=timezone.localdate)
    until = models.DateField(_("until"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(
                fields=["team", "user"],
                condition=Q(until=None) & ~Q(user=None),
                name="membership_once_while_open",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def place(self):
        return self.team.place


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


class Measures(models.Model):
    """The five things that are counted; each may also be a negative difference."""

    enrolled = models.IntegerField(default=0)
    reached = models.IntegerField(default=0)
    visits = models.IntegerField(default=0)
    completed = models.IntegerField(default=0)
    certified = models.IntegerField(default=0)

    class Meta:
        abstract = True


class Cell(Measures):
    """Folded counters of a village, a commune or a province."""

    pk = models.CompositePrimaryKey("campaign_id", "kind", "place_id", "slot")
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="+", db_index=False)
    kind = models.PositiveSmallIntegerField(choices=CountKind)
    place = models.ForeignKey("places.Place", models.PROTECT, related_name="+", db_index=False)
    slot = models.PositiveSmallIntegerField()
    parent = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("counter")
        verbose_name_plural = _("counters")
        indexes = [models.Index(fields=["campaign", "kind", "parent"], name="cell_children")]


class Journal(Measures):
    """Differences, appended in the transaction that changed the facts; never updated.

    Appending lets writers never wait for one another; a fold moves the rows into cells.
    """

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="+", db_index=False)
    kind = models.PositiveSmallIntegerField(choices=CountKind)
    slot = models.PositiveSmallIntegerField()
    village = models.ForeignKey("places.Place", models.PROTECT, related_name="+", db_index=False)
    commune = models.ForeignKey("places.Place", models.PROTECT, related_name="+", db_index=False)
    province = models.ForeignKey("places.Place", models.PROTECT, related_name="+", db_index=False)
    written_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("counter difference")
        verbose_name_plural = _("counter differences")


class FoldLock(models.Model):
    """One row that whoever folds holds locked, so that only one folds at a time."""

    class Meta:
        verbose_name = _("fold lock")
        verbose_name_plural = _("fold locks")
