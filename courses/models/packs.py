"""What came with a content pack, and as what."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PackPage(models.Model):
    """Remembers a page as a pack made it, so that an author's later work is never overwritten."""

    page = models.OneToOneField("wagtailcore.Page", models.CASCADE, related_name="+")
    pack = models.CharField(_("content pack"), max_length=80)
    # Of everything in the pack that the page is made from.
    digest = models.CharField(max_length=64)
    revision = models.ForeignKey(
        "wagtailcore.Revision", models.SET_NULL, null=True, related_name="+"
    )
    imported_at = models.DateTimeField(_("imported at"), auto_now=True)

    class Meta:
        verbose_name = _("page of a content pack")
        verbose_name_plural = _("pages of content packs")

    def __str__(self):
        return f"{self.pack}: {self.page_id}"

    def is_as_imported(self) -> bool:
        """Tell whether nobody has written on the page since."""
        return self.revision_id is not None and self.page.latest_revision_id == self.revision_id
