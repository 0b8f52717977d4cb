"""Campaigns, and what each place is to reach."""

import datetime as dt

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.scope import ScopedQuerySet, scope_filter


class CampaignQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """Keep the campaigns inside the user's scope, and those above that take it in.

        A commune takes part in its province's campaign. What such a campaign *shows* is still
        limited to the user's own place; `Campaign.places_for` says which.
        """
        if user.is_superuser:
            # An empty condition and another one make that other one.
            return self.all()
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

    class ReportEvery(models.TextChoices):
        WEEK = "week", pgettext_lazy("reports", "every week")
        FORTNIGHT = "fortnight", pgettext_lazy("reports", "every two weeks")
        MONTH = "month", pgettext_lazy("reports", "every month")
        NONE = "none", pgettext_lazy("reports", "no reports")

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
    # And this many of those lessons seen done by a volunteer, alone (see `progress.Observation`).
    skills_required = models.PositiveSmallIntegerField(_("skills seen, at least"), default=0)
    # Shares of the pace at which a place turns green or yellow; below yellow is red.
    green_from = models.PositiveSmallIntegerField(_("green from (% of the pace)"), default=90)
    yellow_from = models.PositiveSmallIntegerField(_("yellow from (% of the pace)"), default=60)
    # A place of which nothing new was heard for so many days is shown paler.
    stale_after = models.PositiveSmallIntegerField(
        _("pale after so many days without news"), default=14
    )
    # How often teams and communes report, and how many days after the period's end it is due.
    report_every = models.CharField(
        _("reports"), max_length=9, choices=ReportEvery, default=ReportEvery.WEEK
    )
    report_due_days = models.PositiveSmallIntegerField(
        _("days to hand a report in"), default=2, validators=[MaxValueValidator(30)]
    )
    # Whether strangers may see the campaign's public page.
    is_public = models.BooleanField(_("has a public page"), default=True)

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
        """Return the widest places of this campaign that the user may see figures of.

        A page asks several times and the database answers once.
        """
        if user.is_superuser:
            return [self.place]
        paths = user.scope_paths()
        if any(self.place.path.startswith(path) for path in paths):
            return [self.place]
        inside = tuple(path for path in paths if path.startswith(self.place.path))
        known = self.__dict__.setdefault("_places_for", {})
        if inside not in known:
            places = type(self.place).objects.select_related("map_sheet").filter(path__in=inside)
            # A unit that has ended is still read, but nobody begins there.
            known[inside] = sorted(places.in_order(), key=lambda place: not place.is_current())
        return list(known[inside])


class Indicator(models.TextChoices):
    """What follows by itself from registers, lessons and papers; `OwnIndicator` is the rest.

    The values are also the names of the counters' measures.
    """

    REGISTERED = "registered", _("residents registered")
    ENROLLED = "enrolled", _("enrolled")
    REACHED = "reached", _("reached (at least one evening)")
    VISITS = "visits", _("evenings attended")
    LESSONS = "lessons", _("lessons passed")
    SKILLS = "skills", _("skills done alone")
    COMPLETED = "completed", _("completed")
    CERTIFIED = "certified", _("certified")
    KEPT = "kept", _("still able after 30 days")


class TargetQuerySet(ScopedQuerySet):
    pass


class Target(models.Model):
    """What a place is to reach by the last day: so many, of so many, says this source."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="targets")
    place = models.ForeignKey("places.Place", models.PROTECT, related_name="targets")
    # One of `Indicator`, or the key of an `OwnIndicator`: "o3".
    indicator = models.CharField(_("indicator"), max_length=10)
    goal = models.PositiveIntegerField(_("goal"))
    # Empty for what has no natural total, like views of a livestream.
    denominator = models.PositiveIntegerField(_("out of"), null=True, blank=True)
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
                condition=Q(goal__gte=1) & (Q(denominator=None) | Q(denominator__gte=F("goal"))),
                name="target_goal_within_denominator",
                violation_error_message=_(
                    "The goal must be at least 1 and no more than the total."
                ),
            ),
        ]

    def __str__(self):
        return f"{self.place}: {self.goal}/{self.denominator}"


class TargetChangeQuerySet(ScopedQuerySet):
    pass


class TargetChange(models.Model):
    """Who said when what a place is to reach. Appended; never changed."""

    class How(models.TextChoices):
        TYPED = "typed", pgettext_lazy("targets", "typed in")
        SPLIT = "split", pgettext_lazy("targets", "split from above")
        IMPORTED = "imported", pgettext_lazy("targets", "from a file")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="+")
    place = models.ForeignKey("places.Place", models.PROTECT, related_name="+")
    indicator = models.CharField(_("indicator"), max_length=10)
    how = models.CharField(_("how"), max_length=8, choices=How, default=How.TYPED)
    goal_before = models.PositiveIntegerField(_("goal before"), null=True)
    denominator_before = models.PositiveIntegerField(_("out of, before"), null=True)
    # Without a goal: the target was taken away.
    goal = models.PositiveIntegerField(_("goal"), null=True)
    denominator = models.PositiveIntegerField(_("out of"), null=True)
    as_of = models.DateField(_("as of"), null=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)
    by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")

    objects = TargetChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of a target")
        verbose_name_plural = _("changes of targets")
        indexes = [
            models.Index(fields=["campaign", "indicator", "place"], name="target_change_where")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(how__in=["typed", "split", "imported"]), name="target_change_how_known"
            ),
        ]

    def __str__(self):
        return f"{self.place}: {self.goal_before} → {self.goal}"
