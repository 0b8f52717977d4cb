"""The proof: certificates as they were issued."""

from django.core.files.storage import storages
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.scope import ScopedQuerySet


def certificate_storage():
    """Return the private shelf; asked at run time, so that each settings file names its own."""
    return storages["certificates"]


class CertificateQuerySet(ScopedQuerySet):
    place = "enrolment__village"

    def valid(self):
        """Those that stand: neither revoked nor replaced by a corrected one."""
        return self.filter(revoked_at=None, superseded_at=None)

    def revoked(self):
        return self.exclude(revoked_at=None)

    def superseded(self):
        return self.exclude(superseded_at=None)


class Certificate(models.Model):
    """A class-completion certificate, frozen at issue.

    It never changes: a correction is a new certificate that supersedes this one, and a
    revocation only adds who, when and why. Only when the law obliges us to forget the person are
    the name and the paper taken away.
    """

    # Short enough to read aloud, random enough not to be guessed.
    number = models.CharField(_("number"), max_length=20, unique=True)
    enrolment = models.ForeignKey("progress.Enrolment", models.PROTECT, related_name="certificates")
    campaign = models.ForeignKey("campaigns.Campaign", models.PROTECT, related_name="+")
    # Everything that is printed, as it was printed.
    facts = models.JSONField(_("printed facts"))
    design_version = models.CharField(_("version of the design"), max_length=20)
    sha256 = models.CharField(_("SHA-256 of the file"), max_length=64)
    file = models.FileField(_("file"), storage=certificate_storage, max_length=200)
    issued_at = models.DateTimeField(_("issued at"), default=timezone.now)
    # The day that counts for the campaign; a corrected certificate keeps its forerunner's.
    certified_on = models.DateField(_("certified on"), default=timezone.localdate)
    issued_by = models.ForeignKey(
        "people.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    # A corrected certificate says which one it replaces; ``old.superseded_by`` is the new one.
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    superseded_at = models.DateTimeField(_("superseded at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        "people.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    revoked_because = models.CharField(_("revoked because"), max_length=200, blank=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment"],
                condition=Q(revoked_at=None, superseded_at=None),
                name="certificate_one_valid_per_enrolment",
            ),
            models.CheckConstraint(
                condition=(Q(revoked_at=None) & Q(revoked_because=""))
                | (~Q(revoked_at=None) & ~Q(revoked_because="")),
                name="certificate_revoked_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(supersedes=None) | ~Q(supersedes=F("id")),
                name="certificate_does_not_supersede_itself",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | Q(superseded_at=None),
                name="certificate_revoked_or_superseded_not_both",
            ),
        ]

    def __str__(self):
        return self.number

    @property
    def place(self):
        return self.enrolment.village

    @property
    def state(self) -> str:
        """One of "valid", "revoked", "superseded"."""
        if self.revoked_at:
            return "revoked"
        return "superseded" if self.superseded_at else "valid"

    @property
    def stands(self) -> bool:
        return self.state == "valid"
