"""What residents agreed to."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models.residents import Resident
from people.models.staff import User
from people.scope import ScopedQuerySet


class ConsentQuerySet(ScopedQuerySet):
    place = "resident__village"

    def to_be_recorded(self):
        """Keep what allows a record of learning now; without it nobody joins a class."""
        return self.filter(purpose=Consent.Purpose.LEARNING_RECORD, withdrawn_at=None)


class Consent(models.Model):
    """What a resident agreed to, when, and in whose presence (Law 91/2025/QH15)."""

    class Purpose(models.TextChoices):
        LEARNING_RECORD = "learning", _("keep a record of learning")
        CONTACT = "contact", _("be contacted about classes")

    class Manner(models.TextChoices):
        SPOKEN = "spoken", _("spoken, read aloud beforehand")
        WRITTEN = "written", _("in writing")

    resident = models.ForeignKey(Resident, models.CASCADE, related_name="consents")
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose)
    manner = models.CharField(_("manner"), max_length=8, choices=Manner, default=Manner.SPOKEN)
    wording = models.CharField(_("version of the wording"), max_length=20)
    given_at = models.DateTimeField(_("given at"), default=timezone.now)
    witnessed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(
                fields=["resident", "purpose"],
                condition=Q(withdrawn_at=None),
                name="consent_once_while_given",
            ),
        ]

    def __str__(self):
        return f"{self.resident}: {self.get_purpose_display()}"

    @property
    def place(self):
        return self.resident.village
