"""Screens change: what volunteers saw in class, and what a province shows in place of it."""

import uuid
from collections.abc import Iterable

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.rules import StoredScreen
from people.scope import ScopedQuerySet


class ScreenReportQuerySet(ScopedQuerySet):
    def open(self):
        return self.filter(settled_at=None)


class ScreenReport(models.Model):
    """Somebody in class saw a screen that looks different from the lesson's picture."""

    # Made by the phone, so that sending twice is once.
    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    lesson = models.ForeignKey("courses.LessonPage", models.CASCADE, related_name="screen_reports")
    block = models.UUIDField(_("block"))
    place = models.ForeignKey("places.Place", models.PROTECT, related_name="+")
    note = models.CharField(_("what is different"), max_length=200, blank=True)
    reported_by = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    reported_at = models.DateTimeField(_("reported at"), default=timezone.now)
    settled_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    objects = ScreenReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("screen that differs")
        verbose_name_plural = _("screens that differ")
        indexes = [models.Index(fields=["lesson", "block"], name="report_of_screen")]

    def __str__(self):
        return f"{self.lesson_id}: {self.note}"


class LocalPictureQuerySet(ScopedQuerySet):
    def counting_for(self, place):
        """Keep the pictures of ``place`` and of all places above it."""
        return self.filter(place__path__in=place.lineage())


class LocalPicture(models.Model):
    """What one place shows in a shared lesson instead of the original picture."""

    lesson = models.ForeignKey("courses.LessonPage", models.CASCADE, related_name="local_pictures")
    block = models.UUIDField(_("block"))
    place = models.ForeignKey("places.Place", models.PROTECT, related_name="+")
    photo = models.ForeignKey("wagtailimages.Image", models.PROTECT, related_name="+")
    # {language: the picture in words}
    alt = models.JSONField(_("the picture in words"), default=dict)
    # Of the block as it was: when the original changes, its owner is told.
    original_digest = models.CharField(max_length=64)
    set_by = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    set_at = models.DateTimeField(_("set at"), auto_now=True)

    objects = LocalPictureQuerySet.as_manager()

    class Meta:
        verbose_name = _("local picture")
        verbose_name_plural = _("local pictures")
        constraints = [
            models.UniqueConstraint(
                fields=["lesson", "block", "place"], name="local_picture_once_per_place"
            ),
        ]

    def __str__(self):
        return f"{self.lesson_id}, {self.place}"

    def has_new_original(self, screens: Iterable[StoredScreen]) -> bool:
        """Tell whether the original is another one than when the place chose its own, or gone."""
        digests = {screen.block: screen.digest for screen in screens}
        return digests.get(str(self.block)) != self.original_digest
