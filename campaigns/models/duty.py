"""Who serves when: shifts outside the classes, and whose turn it is at each of both."""

import datetime as dt

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models.campaigns import Campaign
from campaigns.models.classes import ClassSession
from campaigns.models.teams import Membership, Team
from people.scope import ScopedQuerySet, scope_filter


class ShiftQuerySet(ScopedQuerySet):
    def not_cancelled(self):
        return self.exclude(state=Shift.State.CANCELLED)

    def on(self, day):
        """Shifts of one local day."""
        begins = timezone.make_aware(dt.datetime.combine(day, dt.time.min))
        return self.filter(starts_at__gte=begins, starts_at__lt=begins + dt.timedelta(days=1))


class Shift(models.Model):
    """Hours that volunteers serve outside a class: at the service centre, or from door to door."""

    class Kind(models.TextChoices):
        DUTY = "duty", _("duty at the service centre")
        VISIT = "visit", _("home visits")

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("a shift", "planned")
        HELD = "held", pgettext_lazy("a shift", "held")
        CANCELLED = "cancelled", pgettext_lazy("a shift", "cancelled")

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="shifts")
    team = models.ForeignKey(Team, models.PROTECT, related_name="shifts")
    kind = models.CharField(_("kind"), max_length=5, choices=Kind)
    # The commune whose centre it is, or the village that is visited.
    place = models.ForeignKey("places.Place", models.PROTECT, related_name="shifts")
    venue = models.ForeignKey(
        "places.Venue", models.PROTECT, null=True, blank=True, related_name="shifts"
    )
    starts_at = models.DateTimeField(_("starts at"), db_index=True)
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), default=180, validators=[MinValueValidator(15), MaxValueValidator(720)]
    )
    needed = models.PositiveSmallIntegerField(
        _("volunteers needed"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(20)],
    )
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.PLANNED)
    cancelled_because = models.CharField(_("cancelled because"), max_length=200, blank=True)
    # How many people were helped, as counted by those who served; nobody is named.
    helped = models.PositiveSmallIntegerField(_("people helped"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)

    objects = ShiftQuerySet.as_manager()

    class Meta:
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")
        constraints = [
            models.UniqueConstraint(
                fields=["team", "kind", "place", "starts_at"],
                condition=~Q(state="cancelled"),
                name="shift_once_per_hour",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "held", "cancelled"]), name="shift_state_known"
            ),
        ]

    def __str__(self):
        begins = timezone.localtime(self.starts_at)
        return f"{self.get_kind_display()}, {self.place}, {begins:%H:%M %d/%m/%Y}"

    @property
    def ends_at(self) -> dt.datetime:
        return self.starts_at + dt.timedelta(minutes=self.minutes)


class TurnQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        return self.filter(_occasion_within(user) | Q(membership__user=user))

    def permitted_to(self, user, permission):
        return self.filter(_occasion_within(user, permission))

    def promised(self):
        """Those who have said that they will come, and have not been seen yet."""
        return self.filter(state=Turn.State.ACCEPTED)

    def standing(self):
        """Those who are to come, have come, or were asked and have not answered."""
        return self.filter(state__in=Turn.STANDING)


def _occasion_within(user, permission=None):
    """Keep turns at occasions in the user's places: a turn lies where one is to serve."""
    return scope_filter(user, "session__class_group__place", permission) | scope_filter(
        user, "shift__place", permission
    )


class Turn(models.Model):
    """One volunteer's turn at a class evening or a shift: asked, promised, served.

    Most volunteers have no account, so a turn names a membership; whoever has one answers himself.
    """

    class State(models.TextChoices):
        OFFERED = "offered", pgettext_lazy("a turn", "asked")
        ACCEPTED = "accepted", pgettext_lazy("a turn", "will come")
        DECLINED = "declined", pgettext_lazy("a turn", "cannot come")
        REPLACED = "replaced", pgettext_lazy("a turn", "somebody else came")
        SERVED = "served", pgettext_lazy("a turn", "was there")
        MISSED = "missed", pgettext_lazy("a turn", "did not come")

    STANDING = (State.OFFERED, State.ACCEPTED, State.SERVED)
    # Whoever is counted on: he has promised, or has been there.
    COUNTED = (State.ACCEPTED, State.SERVED)

    session = models.ForeignKey(
        ClassSession, models.CASCADE, null=True, blank=True, related_name="turns"
    )
    shift = models.ForeignKey(Shift, models.CASCADE, null=True, blank=True, related_name="turns")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="turns")
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OFFERED)
    # What is credited; empty: as long as the evening or the shift was.
    minutes = models.PositiveSmallIntegerField(_("minutes served"), null=True, blank=True)
    stands_in_for = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="stood_in_by"
    )
    asked_by = models.ForeignKey(
        "people.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    objects = TurnQuerySet.as_manager()

    class Meta:
        verbose_name = _("turn")
        verbose_name_plural = _("turns")
        constraints = [
            models.CheckConstraint(
                condition=Q(session=None, shift__isnull=False)
                | Q(session__isnull=False, shift=None),
                name="turn_at_session_or_shift",
            ),
            models.UniqueConstraint(
                fields=["session", "membership"],
                condition=Q(session__isnull=False),
                name="turn_once_per_session",
            ),
            models.UniqueConstraint(
                fields=["shift", "membership"],
                condition=Q(shift__isnull=False),
                name="turn_once_per_shift",
            ),
        ]

    def __str__(self):
        return f"{self.membership}: {self.get_state_display()}"

    @property
    def occasion(self) -> "ClassSession | Shift":
        """The evening or the shift."""
        return self.session or self.shift  # type: ignore[return-value]

    @property
    def place(self):
        return self.occasion.place


class ReminderQuerySet(ScopedQuerySet):
    place = "membership__team__place"


class Reminder(models.Model):
    """A reminder that was sent, or is to be sent, to a volunteer; never its words."""

    class State(models.TextChoices):
        QUEUED = "queued", pgettext_lazy("a reminder", "waits")
        SENT = "sent", pgettext_lazy("a reminder", "sent")
        FAILED = "failed", pgettext_lazy("a reminder", "not sent")

    turn = models.ForeignKey(Turn, models.CASCADE, related_name="reminders")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="reminders")
    # The name of a channel in `campaigns.services.channels`.
    channel = models.CharField(_("channel"), max_length=20)
    state = models.CharField(_("state"), max_length=6, choices=State, default=State.QUEUED)
    # A code of ours, never what the other side wrote.
    failed_because = models.CharField(_("not sent because"), max_length=40, blank=True)
    asked_by = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(fields=["turn", "channel"], name="reminder_once_per_turn"),
        ]

    def __str__(self):
        return f"{self.membership}: {self.get_state_display()}"
