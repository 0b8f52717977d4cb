"""What volunteers note down in an evening beside the marks; made on phones without network."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.scope import ScopedQuerySet


class Noted(models.Model):
    """Something that a volunteer noted on a phone, kept for ever: when it was so, and who says so.

    Where several say something of the same thing, the latest observation holds
    (``latest_first``), in whatever order they arrived.
    """

    # Made by the phone, so that sending twice is once.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    device = models.CharField(_("device"), max_length=36, blank=True)
    seq = models.PositiveBigIntegerField(_("number on the device"), default=0)
    observed_at = models.DateTimeField(_("observed at"))
    arrived_at = models.DateTimeField(_("arrived at"), default=timezone.now)
    observed_by = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    sent_by = models.ForeignKey("people.User", models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    latest_first = ("-observed_at", "-device", "-seq", "-id")


class RemarkQuerySet(ScopedQuerySet):
    place = "session__class_group__place"


class Remark(Noted):
    """What a volunteer remarked about somebody that evening; the latest one holds."""

    campaign = models.ForeignKey("campaigns.Campaign", models.PROTECT, related_name="+")
    session = models.ForeignKey("campaigns.ClassSession", models.PROTECT, related_name="remarks")
    enrolment = models.ForeignKey("progress.Enrolment", models.CASCADE, related_name="remarks")
    text = models.CharField(_("remark"), max_length=200, blank=True)
    helped_at_home = models.BooleanField(_("helped at home"), default=False)

    objects = RemarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("remark")
        verbose_name_plural = _("remarks")
        indexes = [models.Index(fields=["session", "enrolment"], name="remark_of_attendance")]

    def __str__(self):
        return f"{self.enrolment}, {self.observed_at}"


class SessionNoteQuerySet(ScopedQuerySet):
    place = "session__class_group__place"


class SessionNote(Noted):
    """What a volunteer wrote down about an evening; nobody's note replaces another's."""

    session = models.ForeignKey("campaigns.ClassSession", models.PROTECT, related_name="notes")
    text = models.CharField(_("note"), max_length=1000)

    objects = SessionNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note of an evening")
        verbose_name_plural = _("notes of an evening")

    def __str__(self):
        return f"{self.session}, {self.observed_at}"


class HeldItemQuerySet(ScopedQuerySet):
    def waiting(self):
        return self.filter(state=HeldItem.State.WAITING)


class HeldItem(models.Model):
    """Something from a phone that cannot simply be taken; a team leader decides about it.

    The phone may forget it: nothing is lost, and nothing is true either until somebody says so.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("a held item", "waits for a decision")
        TAKEN = "taken", pgettext_lazy("a held item", "taken")
        DISMISSED = "dismissed", pgettext_lazy("a held item", "set aside")

    class Reason(models.TextChoices):
        CLOSED = "closed", _("the register had been closed")
        CANCELLED = "cancelled", _("the evening had been cancelled")
        EARLY = "early", _("the evening had been moved, or has not begun")
        TOO_OLD = "too_old", _("it is more than 45 days old")
        WITHDRAWN = "withdrawn", _("the person no longer takes part")
        NO_LONGER_ALLOWED = "no_longer", _("whoever noted it no longer has this task")
        ACCOUNT_CLOSED = "account", _("the account of whoever noted it is closed")

    # The number that the phone gave the item.
    id = models.UUIDField(primary_key=True, editable=False)
    kind = models.CharField(_("kind"), max_length=20)
    # What the phone sent, as it was read; a newcomer's name stands in it.
    fields = models.JSONField(_("contents"))
    device = models.CharField(_("device"), max_length=36)
    seq = models.PositiveBigIntegerField(_("number on the device"))
    observed_at = models.DateTimeField(_("observed at"))
    arrived_at = models.DateTimeField(_("arrived at"), default=timezone.now)
    observed_by = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    sent_by = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    session = models.ForeignKey(
        "campaigns.ClassSession", models.PROTECT, null=True, blank=True, related_name="held_items"
    )
    # Whose leader decides.
    place = models.ForeignKey("places.Place", models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.WAITING)
    decided_by = models.ForeignKey(
        "people.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    objects = HeldItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("held item")
        verbose_name_plural = _("held items")
        indexes = [models.Index(fields=["place", "state"], name="held_item_of_place")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at=None)
                | Q(state__in=["taken", "dismissed"], decided_at__isnull=False),
                name="held_item_decided_at_a_time",
            ),
        ]

    def __str__(self):
        return f"{self.kind}: {self.get_reason_display()}"


class FlagQuerySet(ScopedQuerySet):
    place = "session__class_group__place"

    def open(self):
        return self.filter(seen_at=None)


class Flag(models.Model):
    """Something about an evening's register that does not look plausible. It blocks nothing."""

    class Kind(models.TextChoices):
        ODD_HOURS = "odd_hours", _("marked far outside the hours")
        TWO_HOUSES = "two_houses", _("the same person in two houses at once")
        TOO_FAST = "too_fast", _("a hundred marks in ten seconds")
        ALWAYS_FULL = "always_full", _("the class is always complete")
        CLOCK = "clock", _("the phone's clock was far off")

    session = models.ForeignKey("campaigns.ClassSession", models.CASCADE, related_name="flags")
    kind = models.CharField(_("kind"), max_length=11, choices=Kind)
    # What stands out: {"marks": 112, "seconds": 9, …}; no names.
    figures = models.JSONField(_("figures"), default=dict)
    raised_at = models.DateTimeField(_("raised at"), default=timezone.now)
    seen_by = models.ForeignKey(
        "people.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    seen_at = models.DateTimeField(_("seen at"), null=True, blank=True)
    explanation = models.CharField(_("explanation"), max_length=200, blank=True)

    objects = FlagQuerySet.as_manager()

    class Meta:
        verbose_name = _("flag")
        verbose_name_plural = _("flags")
        constraints = [
            models.UniqueConstraint(fields=["session", "kind"], name="flag_once_per_session"),
        ]

    def __str__(self):
        return f"{self.session}: {self.get_kind_display()}"

    @property
    def place(self):
        return self.session.place


class SheetScanQuerySet(ScopedQuerySet):
    place = "session__class_group__place"

    def open(self):
        """Photographs about which somebody still has to do something, the oldest first."""
        over = [SheetScan.State.CONFIRMED, SheetScan.State.DISCARDED]
        return self.exclude(state__in=over).order_by("uploaded_at", "pk")


class SheetScan(models.Model):
    """A photograph of a paper register on its way into the register.

    The picture is deleted as soon as a person has confirmed what was read, or after a week.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("a photographed register", "is being read")
        READ = "read", pgettext_lazy("a photographed register", "read, to be confirmed")
        UNREADABLE = "unreadable", pgettext_lazy("a photographed register", "could not be read")
        CONFIRMED = "confirmed", pgettext_lazy("a photographed register", "confirmed")
        DISCARDED = "discarded", pgettext_lazy("a photographed register", "thrown away")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(
        "campaigns.ClassSession", models.CASCADE, related_name="sheet_scans"
    )
    # Which printed page it shows, once it has been read.
    sheet = models.ForeignKey(
        "progress.RegisterSheet", models.CASCADE, null=True, blank=True, related_name="scans"
    )
    page = models.PositiveSmallIntegerField(_("page"), default=0)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    # Why it could not be read; a code.
    problem = models.CharField(_("problem"), max_length=20, blank=True)
    picture = models.BinaryField(null=True, blank=True)
    # For each line: {"line", "resident", "status", "is_certain", "looks", "box": [left, top, width,
    # height]}; a resident of null: somebody was written down by hand.
    rows = models.JSONField(_("rows"), default=list)
    uploaded_by = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded at"), default=timezone.now)
    confirmed_by = models.ForeignKey(
        "people.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)

    objects = SheetScanQuerySet.as_manager()

    class Meta:
        verbose_name = _("photographed register")
        verbose_name_plural = _("photographed registers")

    def __str__(self):
        return f"{self.session}: {self.get_state_display()}"

    @property
    def place(self):
        return self.session.place
