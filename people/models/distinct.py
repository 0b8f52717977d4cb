"""People who look alike on paper and are not the same."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models.residents import Resident
from people.models.staff import User
from people.scope import ScopedQuerySet


class DistinctPairQuerySet(ScopedQuerySet):
    place = "one__village"


class DistinctPair(models.Model):
    """Somebody looked at two records and said that they are two people; nobody is asked again."""

    # The record with the smaller number comes first, so that a pair is written once.
    one = models.ForeignKey(Resident, models.CASCADE, related_name="+")
    other = models.ForeignKey(Resident, models.CASCADE, related_name="+")
    said_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    said_at = models.DateTimeField(_("said at"), default=timezone.now)

    objects = DistinctPairQuerySet.as_manager()

    class Meta:
        verbose_name = _("two different people")
        verbose_name_plural = _("two different people")
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="distinct_pair_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="distinct_pair_in_order"),
        ]

    def __str__(self):
        return f"{self.one_id} ≠ {self.other_id}"
