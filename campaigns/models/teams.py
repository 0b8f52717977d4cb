"""The volunteers of a place."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.scope import ScopedQuerySet


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
    # Whoever has it reads this volunteer's own turns as a calendar; empty until it is asked for.
    calendar_key = models.CharField(max_length=32, blank=True, editable=False)

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
            models.UniqueConstraint(
                fields=["calendar_key"],
                condition=~Q(calendar_key=""),
                name="membership_calendar_key_once",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def place(self):
        return self.team.place
