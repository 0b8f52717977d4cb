"""How good our data are, place by place, as counted one night: đúng – đủ – sạch – sống."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.scope import ScopedQuerySet


class QualityQuerySet(ScopedQuerySet):
    pass


class QualityCount(models.Model):
    """Of one village: how many records there are, and how many want mending. Recounted nightly."""

    place = models.OneToOneField("places.Place", models.CASCADE, related_name="quality_count")
    counted_at = models.DateTimeField(_("counted at"), default=timezone.now)
    residents = models.PositiveIntegerField(_("residents"), default=0)
    # Đủ: records that lack a field which should be there.
    incomplete = models.PositiveIntegerField(_("incomplete"), default=0)
    # Sạch: records that may be somebody's second one.
    doubles = models.PositiveIntegerField(_("suspected duplicates"), default=0)
    # Đúng: records that contradict themselves or what was noted.
    contradictions = models.PositiveIntegerField(_("contradictions"), default=0)
    # Sống: records that nobody has touched for long.
    untouched = models.PositiveIntegerField(_("untouched for long"), default=0)
    # Evenings held there whose register looks odd, and nobody has said why.
    odd_evenings = models.PositiveIntegerField(_("odd registers not explained"), default=0)

    objects = QualityQuerySet.as_manager()

    class Meta:
        verbose_name = _("count of data quality")
        verbose_name_plural = _("counts of data quality")

    def __str__(self):
        return f"{self.place}"
