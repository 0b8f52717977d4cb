"""A list of residents that somebody uploaded and has not confirmed yet."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models.staff import User
from people.scope import ScopedQuerySet


class ResidentFile(models.Model):
    """An uploaded list between its preview and its confirmation.

    Kept in the database, so that any web server of several can finish what another began. The
    bytes go when the list is loaded, and after a day in any case.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    place = models.ForeignKey("places.Place", models.PROTECT, related_name="+")
    name = models.CharField(_("file name"), max_length=120)
    content = models.BinaryField()
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded at"), default=timezone.now)
    loaded_at = models.DateTimeField(_("loaded at"), null=True, blank=True)
    loaded_count = models.PositiveIntegerField(_("people loaded"), default=0)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("list of residents")
        verbose_name_plural = _("lists of residents")

    def __str__(self):
        return self.name
