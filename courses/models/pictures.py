"""The drawings of content packs.

An SVG is a small program, so none is ever taken from a form: drawings come with a pack, are
cleaned on the way in, and are sent with a policy under which nothing in them can run. They lie in
the database, so that every host has them, and under the digest of what they show, so that a phone
keeps them for good and an old attempt still shows the picture that was asked about.
"""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class DrawingManager(models.Manager):
    def get_queryset(self):
        # A page needs where the drawing is and how large, never what is in it.
        return super().get_queryset().defer("svg")


class Drawing(models.Model):
    """A picture of a content pack: cleaned SVG, drawn by us."""

    name = models.CharField(_("name"), max_length=160)
    digest = models.CharField(max_length=32, unique=True, editable=False)
    svg = models.TextField(editable=False)
    width = models.PositiveSmallIntegerField(_("width"), default=400, editable=False)
    height = models.PositiveSmallIntegerField(_("height"), default=300, editable=False)
    # Bytes on the way to the phone.
    weight = models.PositiveIntegerField(_("bytes"), default=0, editable=False)

    objects = DrawingManager()

    class Meta:
        verbose_name = _("drawing")
        verbose_name_plural = _("drawings")
        ordering = ["name"]

    def __str__(self):
        return self.name

    @property
    def url(self) -> str:
        return reverse("courses:picture", args=[self.digest])
