"""Other programs that read figures, and the files that are made for them each night."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaigns import Campaign
from people.scope import ScopedQuerySet


class StatisticsClientQuerySet(ScopedQuerySet):
    def active(self):
        return self.filter(revoked_at=None)


class StatisticsClient(models.Model):
    """A program that may read the figures of one place and below, and nothing else."""

    name = models.CharField(_("name"), max_length=80)
    place = models.ForeignKey("places.Place", models.PROTECT, related_name="+")
    # Only the hash is kept; the token is shown once.
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    # The unit's own warehouse sees exact figures; everybody else, what the public may see.
    sees_exact = models.BooleanField(_("sees small figures exactly"), default=False)
    per_minute = models.PositiveSmallIntegerField(
        _("requests a minute"),
        default=60,
        validators=[MinValueValidator(1), MaxValueValidator(6000)],
    )
    created_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    last_used_on = models.DateField(_("last used on"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        "people.User", models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = StatisticsClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("statistics client")
        verbose_name_plural = _("statistics clients")

    def __str__(self):
        return self.name


class ClientUse(models.Model):
    """How often a program asked on one day, and how often it was sent away for asking too much."""

    client = models.ForeignKey(StatisticsClient, models.CASCADE, related_name="uses")
    on = models.DateField(_("day"))
    requests = models.PositiveIntegerField(_("requests"), default=0)
    refused = models.PositiveIntegerField(_("refused"), default=0)

    class Meta:
        verbose_name = _("use of the statistics")
        verbose_name_plural = _("uses of the statistics")
        constraints = [
            models.UniqueConstraint(fields=["client", "on"], name="client_use_once_a_day"),
        ]

    def __str__(self):
        return f"{self.client} {self.on}: {self.requests}"

    @property
    def place(self):
        return self.client.place


class FactsFile(models.Model):
    """One night's facts of a campaign, without names: CSV or Parquet, on the shelf."""

    class Format(models.TextChoices):
        CSV = "csv", "CSV"
        PARQUET = "parquet", "Parquet"

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="facts_files")
    on = models.DateField(_("day"))
    table = models.CharField(_("table"), max_length=30)
    format = models.CharField(_("format"), max_length=7, choices=Format)
    file = models.CharField(max_length=200, editable=False)
    rows = models.PositiveIntegerField(_("rows"))
    size = models.PositiveIntegerField(_("bytes"))
    sha256 = models.CharField(max_length=64, editable=False)
    made_at = models.DateTimeField(_("made at"), default=timezone.now)

    class Meta:
        verbose_name = _("file of facts")
        verbose_name_plural = _("files of facts")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "on", "table", "format"], name="facts_file_once_a_night"
            ),
        ]

    def __str__(self):
        return f"{self.table} {self.on}"

    @property
    def place(self):
        return self.campaign.place
