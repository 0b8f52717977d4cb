"""The skills of a framework, with the codes under which others know them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Skill(models.Model):
    """One skill of an official framework. Frameworks change: they are rows, not code."""

    framework = models.CharField(_("framework"), max_length=40, blank=True)
    code = models.CharField(_("code"), max_length=20)
    title = models.CharField(_("title"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        ordering = ["framework", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["framework", "code"],
                name="skill_once_per_framework",
                violation_error_message=_("This framework already has a skill with this code."),
            ),
        ]

    def __str__(self):
        return " ".join(filter(None, [self.framework, self.code, self.title]))
