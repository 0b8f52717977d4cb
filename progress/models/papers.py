"""Registers on paper."""

import secrets

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.scope import ScopedQuerySet


def new_code() -> int:
    """Return the number of a new sheet: one that no other sheet, here or elsewhere, has."""
    return secrets.randbits(32)


class RegisterSheetQuerySet(ScopedQuerySet):
    place = "session__class_group__place"


class RegisterSheet(models.Model):
    """A register as it was printed: who stood on which line.

    A class changes between the printing and the evening; what was ticked on a line belongs to the
    person whose name was printed there.
    """

    # Stands on the paper; says nothing about anybody.
    code = models.PositiveBigIntegerField(_("number"), unique=True, default=new_code)
    session = models.ForeignKey(
        "campaigns.ClassSession", models.CASCADE, related_name="register_sheets"
    )
    # The residents, line by line: a person stays when an enrolment goes, or is merged.
    rows = models.JSONField(_("lines"))
    printed_at = models.DateTimeField(_("printed at"), default=timezone.now)
    printed_by = models.ForeignKey("people.User", models.PROTECT, related_name="+")

    objects = RegisterSheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("printed register")
        verbose_name_plural = _("printed registers")

    def __str__(self):
        return f"{self.session}: {self.printed_at}"

    @property
    def place(self):
        return self.session.place
