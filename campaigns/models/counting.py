"""The counters of what was reached; written by ``campaigns.services.counting`` alone."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaigns import Campaign


class Measures(models.Model):
    """What is counted; each may also be a negative difference. See `campaigns.rules.MEASURES`."""

    registered = models.IntegerField(default=0)
    enrolled = models.IntegerField(default=0)
    reached = models.IntegerField(default=0)
    visits = models.IntegerField(default=0)
    lessons = models.IntegerField(default=0)
    skills = models.IntegerField(default=0)
    completed = models.IntegerField(default=0)
    certified = models.IntegerField(default=0)
    kept = models.IntegerField(default=0)
    # Views of livestreams add up.
    amount = models.BigIntegerField(default=0)

    class Meta:
        abstract = True


class Cell(Measures):
    """Folded counters of a village, a commune or a province."""

    pk = models.CompositePrimaryKey("campaign_id", "kind", "place_id", "slot")
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="+", db_index=False)
    kind = models.PositiveSmallIntegerField()
    place = models.ForeignKey("places.Place", models.PROTECT, related_name="+", db_index=False)
    slot = models.PositiveIntegerField()
    parent = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("counter")
        verbose_name_plural = _("counters")
        indexes = [models.Index(fields=["campaign", "parent", "kind"], name="cell_children")]


class Journal(Measures):
    """Differences, appended in the transaction that changed the facts; never updated.

    Appending lets writers never wait for one another; a fold moves the rows into cells.
    """

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="+", db_index=False)
    kind = models.PositiveSmallIntegerField()
    slot = models.PositiveIntegerField()
    # Empty: an outcome was noted at a whole commune.
    village = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, related_name="+", db_index=False
    )
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
