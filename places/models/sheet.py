from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from places.models.venue import VenueQuerySet


class MapSheet(models.Model):
    """The map of a place with the boundaries of the units in it, as an organiser uploaded them.

    The lines themselves are SVG paths in ``Place.boundary`` of the units, in whole numbers of
    this sheet's width and height, y downwards; the number of a unit goes to ``Place.label_x`` and
    ``label_y``. So an SVG with ``viewBox="0 0 width height"`` draws them all.
    """

    place = models.OneToOneField("places.Place", models.CASCADE, related_name="map_sheet")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    # Whom the map must name, in the words of whoever made the lines.
    attribution = models.CharField(_("attribution"), max_length=300)
    source = models.CharField(_("source"), max_length=300, blank=True)
    uploaded_at = models.DateTimeField(_("uploaded at"), default=timezone.now)
    # A name only: places know nothing of people. The log knows who it was.
    uploaded_by = models.CharField(_("uploaded by"), max_length=150, blank=True)
    sha256 = models.CharField(max_length=64)
    units = models.PositiveIntegerField(_("units with a boundary"))
    points_before = models.PositiveIntegerField()
    points_after = models.PositiveIntegerField()
    # What the drawn lines weigh when they are sent.
    bytes_sent = models.PositiveIntegerField()

    objects = VenueQuerySet.as_manager()

    class Meta:
        verbose_name = _("map of boundaries")
        verbose_name_plural = _("maps of boundaries")

    def __str__(self):
        return f"{self.place}: {self.attribution}"
