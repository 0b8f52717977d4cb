"""What really happened outside the class, in an organiser's own words."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaigns import Campaign
from people.scope import ScopedQuerySet


class OwnIndicatorQuerySet(models.QuerySet):
    def open(self):
        """Those that are still being counted."""
        return self.filter(closed_at=None)


class OwnIndicator(models.Model):
    """Something that a campaign counts beside what follows from classes and lessons."""

    class Per(models.TextChoices):
        RESIDENT = "resident", _("residents, each once")
        TALLY = "tally", _("a number that is written down")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="own_indicators")
    # Counts from 1 in each campaign; addresses, counters and files know the indicator by it.
    number = models.PositiveSmallIntegerField(editable=False)
    name = models.CharField(_("what is counted"), max_length=80)
    unit = models.CharField(
        _("unit"), max_length=30, help_text=_("For example: people, files, views.")
    )
    per = models.CharField(_("counted as"), max_length=8, choices=Per, default=Per.RESIDENT)
    # What whoever writes one down must be able to show.
    evidence = models.CharField(
        _("how it is shown"),
        max_length=200,
        blank=True,
        help_text=_("For example: the result slip of the centre, the link of the livestream."),
    )
    closed_at = models.DateTimeField(_("no longer counted since"), null=True, blank=True)
    created_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")

    objects = OwnIndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = _("indicator of our own")
        verbose_name_plural = _("indicators of our own")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="own_indicator_number"),
            models.UniqueConstraint(fields=["campaign", "name"], name="own_indicator_name"),
            models.CheckConstraint(
                condition=Q(per__in=["resident", "tally"]), name="own_indicator_per_known"
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def key(self) -> str:
        """What targets, addresses and files call it: "o3"."""
        return f"o{self.number}"


class OutcomeQuerySet(ScopedQuerySet):
    def standing(self):
        """Those that nobody has taken back."""
        return self.filter(taken_back_at=None)


class Outcome(models.Model):
    """It happened: to this resident, or so many times, here, on this day.

    Never changed: a mistake is taken back, with who and why, and written down anew.
    """

    indicator = models.ForeignKey(OwnIndicator, models.PROTECT, related_name="outcomes")
    # Every row carries its campaign, so that tables can be split by it.
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+")
    # A village; a tally may also be a whole commune's (a livestream is nobody's village).
    place = models.ForeignKey("places.Place", models.PROTECT, related_name="+")
    resident = models.ForeignKey(
        "people.Resident", models.PROTECT, null=True, blank=True, related_name="outcomes"
    )
    amount = models.PositiveIntegerField(
        _("how many"), default=1, validators=[MinValueValidator(1)]
    )
    happened_on = models.DateField(_("day"), default=timezone.localdate)
    # The day of the campaign under which it was counted.
    day = models.PositiveSmallIntegerField(editable=False)
    evidence = models.CharField(_("evidence"), max_length=300, blank=True)
    noted_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    noted_at = models.DateTimeField(_("noted at"), default=timezone.now)
    taken_back_at = models.DateTimeField(_("taken back at"), null=True, blank=True)
    taken_back_by = models.ForeignKey(
        "people.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    taken_back_because = models.CharField(_("taken back because"), max_length=200, blank=True)

    # To whom it happened, written by `name_people` for a reader who may see them.
    person = ""

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")
        indexes = [models.Index(fields=["campaign", "indicator", "place"], name="outcome_where")]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "resident"],
                condition=Q(taken_back_at=None) & ~Q(resident=None),
                name="outcome_once_per_resident",
            ),
            models.CheckConstraint(
                condition=Q(resident=None) | Q(amount=1), name="outcome_of_a_resident_is_one"
            ),
            models.CheckConstraint(condition=Q(amount__gte=1), name="outcome_is_something"),
        ]

    def __str__(self):
        return f"{self.indicator}: {self.amount}"
