from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from places.models.place import Place


class VenueQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Keep what lies inside the user's assignments."""
        return self.filter(place__in=Place.objects.visible_to(user))


class Venue(models.Model):
    """A house where classes meet, usually a village's cultural house."""

    place = models.ForeignKey("places.Place", models.PROTECT, related_name="venues")
    name = models.CharField(_("name"), max_length=120)
    address = models.CharField(_("address"), max_length=200, blank=True)
    computers = models.PositiveSmallIntegerField(
        _("computers"), default=0, validators=[MaxValueValidator(999)]
    )
    printers = models.PositiveSmallIntegerField(
        _("printers"), default=0, validators=[MaxValueValidator(999)]
    )
    has_network = models.BooleanField(_("has a network"), default=False)
    opening_hours = models.CharField(_("opening hours"), max_length=120, blank=True)

    objects = VenueQuerySet.as_manager()

    class Meta:
        verbose_name = _("venue")
        verbose_name_plural = _("venues")
        constraints = [
            models.UniqueConstraint(fields=["place", "name"], name="venue_once_per_place"),
        ]

    def __str__(self):
        return self.name
