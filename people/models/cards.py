"""Learners' cards."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models.residents import Resident
from people.models.staff import User
from people.rules import hash_of, shown_code
from people.scope import ScopedQuerySet


class CardQuerySet(ScopedQuerySet):
    place = "resident__village"

    def valid(self):
        return self.filter(revoked_at=None)

    def with_secret(self, token: str):
        """Keep the card that this scanned token opens."""
        return self.filter(secret_hash=hash_of(token))


class Card(models.Model):
    """A resident's printed sign-in: a QR with a secret, and a short code to read aloud."""

    resident = models.ForeignKey(Resident, models.CASCADE, related_name="cards")
    # Eight letters and digits that cannot be mistaken for one another.
    code = models.CharField(_("code"), max_length=8, unique=True)
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    issued_at = models.DateTimeField(_("issued at"), default=timezone.now)
    issued_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    revoked_because = models.CharField(_("revoked because"), max_length=120, blank=True)

    objects = CardQuerySet.as_manager()

    class Meta:
        verbose_name = _("card")
        verbose_name_plural = _("cards")
        constraints = [
            models.UniqueConstraint(
                fields=["resident"],
                condition=Q(revoked_at=None),
                name="card_one_valid_per_resident",
            ),
        ]

    def __str__(self):
        return self.code

    @property
    def shown_code(self) -> str:
        return shown_code(self.code)

    @property
    def place(self):
        return self.resident.village
