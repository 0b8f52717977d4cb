"""Periodic reports: from a team to its commune, from the commune to the province."""

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models.campaigns import Campaign
from campaigns.models.teams import Team
from people.scope import ScopedQuerySet


class ReportQuerySet(ScopedQuerySet):
    def locked(self):
        return self.filter(state=Report.State.ACCEPTED)

    def accepted_by_writer(self):
        """Keep what was accepted by the very person who handed it in."""
        steps = ReportEvent.objects.filter(report=OuterRef("pk")).order_by("-at", "-pk")
        wrote = steps.filter(verb=ReportEvent.Verb.SUBMITTED).values("by")[:1]
        accepted = steps.filter(verb=ReportEvent.Verb.ACCEPTED).values("by")[:1]
        return self.locked().alias(wrote_by=Subquery(wrote)).filter(wrote_by=Subquery(accepted))


class Report(models.Model):
    """What a team, a commune or a province says of one period.

    The figures are computed, and frozen when the report is submitted; what the unit declares
    stands beside them, never in their place.
    """

    class Period(models.TextChoices):
        WEEK = "week", pgettext_lazy("period", "week")
        FORTNIGHT = "fortnight", pgettext_lazy("period", "two weeks")
        MONTH = "month", pgettext_lazy("period", "month")
        CAMPAIGN = "campaign", pgettext_lazy("period", "whole campaign")

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("report", "being written")
        SUBMITTED = "submitted", pgettext_lazy("report", "handed in, not approved yet")
        APPROVED = "approved", pgettext_lazy("report", "sent to the tier above")
        ACCEPTED = "accepted", pgettext_lazy("report", "accepted and locked")
        RETURNED = "returned", pgettext_lazy("report", "sent back")

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="reports")
    # The unit that reports: a team (then ``place`` is the team's), a commune, or a province.
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="reports")
    place = models.ForeignKey("places.Place", models.PROTECT, related_name="reports")
    period = models.CharField(_("period"), max_length=9, choices=Period)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    due = models.DateField(_("due"))
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.DRAFT)
    # The official number of the paper: "12/BC-UBND".
    number = models.CharField(_("number of the paper"), max_length=40, blank=True)
    # As computed: {"at": …, "rows": [{"key", "label", "period", "total", "goal", …}], …}.
    figures = models.JSONField(_("figures"), default=dict)
    # {indicator: number} that the unit itself counted, and {indicator: why they differ}.
    declared = models.JSONField(_("declared figures"), default=dict)
    explanations = models.JSONField(_("explanations"), default=dict)
    narrative = models.TextField(_("what was done"), blank=True)
    difficulties = models.TextField(_("difficulties"), blank=True)
    proposals = models.TextField(_("proposals"), blank=True)
    # When it first left the unit, which tells whether it was on time.
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "place", "period", "first_day"],
                condition=Q(team=None),
                name="report_once_per_place_and_period",
            ),
            models.UniqueConstraint(
                fields=["campaign", "team", "period", "first_day"],
                condition=~Q(team=None),
                name="report_once_per_team_and_period",
            ),
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="report_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "submitted", "approved", "accepted", "returned"]),
                name="report_state_known",
            ),
        ]

    def __str__(self):
        return f"{self.team or self.place}, {self.first_day:%d/%m/%Y} – {self.last_day:%d/%m/%Y}"

    @property
    def is_locked(self) -> bool:
        return self.state == self.State.ACCEPTED

    @property
    def is_late(self) -> bool:
        """Whether it left the unit after its day, or has not left it though the day is over."""
        sent = timezone.localtime(self.sent_at).date() if self.sent_at else timezone.localdate()
        return sent > self.due

    def days(self) -> tuple[int, int]:
        """Return the days of the campaign on which the period begins and ends."""
        return self.campaign.day_number(self.first_day), self.campaign.day_number(self.last_day)


class ReportEvent(models.Model):
    """One step of a report, for ever: who, when, what, why. Never changed, never deleted."""

    class Verb(models.TextChoices):
        BEGUN = "begun", pgettext_lazy("report", "begun")
        SUBMITTED = "submitted", pgettext_lazy("report", "handed in")
        APPROVED = "approved", pgettext_lazy("report", "approved")
        RETURNED = "returned", pgettext_lazy("report", "sent back")
        ACCEPTED = "accepted", pgettext_lazy("report", "accepted")
        REOPENED = "reopened", pgettext_lazy("report", "opened again")
        WITHDRAWN = "withdrawn", pgettext_lazy("report", "taken back by the unit")
        REMINDED = "reminded", pgettext_lazy("report", "reminded")

    report = models.ForeignKey(Report, models.CASCADE, related_name="events")
    verb = models.CharField(_("step"), max_length=9, choices=Verb)
    at = models.DateTimeField(_("at"), default=timezone.now)
    by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    because = models.CharField(_("because"), max_length=500, blank=True)
    # What the report said when this step was taken: figures, declared figures, words.
    said = models.JSONField(_("what it said"), default=dict)

    class Meta:
        verbose_name = _("step of a report")
        verbose_name_plural = _("steps of reports")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["report"], condition=Q(verb="reminded"), name="report_reminded_once"
            ),
        ]

    def __str__(self):
        return f"{self.get_verb_display()} {self.at:%d/%m/%Y}"

    @property
    def place(self):
        return self.report.place
