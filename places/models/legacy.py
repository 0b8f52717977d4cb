from django.db import models
from django.utils.translation import gettext_lazy as _

from places.models.words import search_text
from places.rules import nfc


class LegacyName(models.Model):
    """What a place, or a unit that went into it, was called before."""

    class Level(models.IntegerChoices):
        """What had the name, the most telling first."""

        OWN = 1, _("its own earlier name")
        PROVINCE = 2, _("a province that went into it")
        COMMUNE = 3, _("a commune that went into it")
        VILLAGE = 4, _("a village that went into it")
        DISTRICT = 5, _("a district that it lay in")

    place = models.ForeignKey("places.Place", models.CASCADE, related_name="legacy_names")
    level = models.PositiveSmallIntegerField(choices=Level)
    # In the words of its time: "thị trấn", "huyện".
    designation = models.CharField(_("designation"), max_length=12)
    name = models.CharField(_("name"), max_length=120)
    # Where it lay: "huyện Lâm Thao, tỉnh Phú Thọ".
    within = models.CharField(max_length=160, blank=True)
    is_part = models.BooleanField(_("only a part of it"), default=False)
    until = models.DateField(_("until"), null=True, blank=True)
    search_text = models.CharField(max_length=900, editable=False)

    class Meta:
        verbose_name = _("legacy name")
        verbose_name_plural = _("legacy names")
        constraints = [
            models.UniqueConstraint(
                fields=["place", "level", "designation", "name", "within"],
                name="legacy_name_once_per_place",
            ),
        ]

    def __str__(self):
        return f"{self.designation} {self.name}"

    def save(self, *args, **kwargs):
        self.refresh_words()
        super().save(*args, **kwargs)

    def refresh_words(self):
        """Compute what it is found by; for bulk writes, which skip `save`."""
        self.name = nfc(self.name)
        self.search_text = search_text(self.name, str(self))
