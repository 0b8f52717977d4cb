"""The tablet that a class shares."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.scope import ScopedQuerySet


class ClassScreenQuerySet(ScopedQuerySet):
    place = "session__class_group__place"

    def open(self, now):
        return self.filter(closed_at=None, expires_at__gt=now)


class ClassScreen(models.Model):
    """A shared tablet on which tonight's learners may tap their names, for these hours only."""

    session = models.ForeignKey("campaigns.ClassSession", models.CASCADE, related_name="screens")
    opened_at = models.DateTimeField(_("opened at"), default=timezone.now)
    opened_by = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    expires_at = models.DateTimeField(_("open until"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    objects = ClassScreenQuerySet.as_manager()

    class Meta:
        verbose_name = _("class screen")
        verbose_name_plural = _("class screens")

    def __str__(self):
        return f"{self.session}"

    @property
    def place(self):
        return self.session.place

    def is_open(self, now) -> bool:
        return self.closed_at is None and self.expires_at > now
