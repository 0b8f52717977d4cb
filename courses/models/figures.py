"""Figures that differ from place to place: fees, hours, telephone numbers.

The lesson names the figure; each place answers for itself, with a date and a source, and the
nearest answer up the tree counts. Where nobody has answered, the lesson says whom to ask.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel

from courses.rules.figures import Value, value_for
from people.scope import ScopedQuerySet


@dataclass(frozen=True)
class FigureAnswer:
    """A figure as a lesson shows it at a place."""

    label: str
    text: str
    value: Value | None = None

    @property
    def is_known(self) -> bool:
        return self.value is not None


def languages():
    """The languages of the site: a new one needs a setting, not a migration."""
    return settings.LANGUAGES


class LocalFigure(ClusterableModel):
    """Something that is not the same everywhere, such as the hours of the police post."""

    key = models.SlugField(_("key"), max_length=60, unique=True)

    panels = [FieldPanel("key"), InlinePanel("words", label=_("Words in a language"), min_num=1)]

    class Meta:
        verbose_name = _("local figure")
        verbose_name_plural = _("local figures")
        ordering = ["key"]

    def __str__(self):
        words = self.words_in(get_language())
        return words.label if words else self.key

    def words_in(self, language: str | None) -> "FigureWords | None":
        """Return its words in ``language``, else in Vietnamese, else in any."""
        by_language = {words.language: words for words in self.words.all()}
        for code in (language, settings.LANGUAGE_CODE):
            if code in by_language:
                return by_language[code]
        return next(iter(by_language.values()), None)

    @classmethod
    def answers(cls, figures, place=None, language: str | None = None) -> list[FigureAnswer]:
        """Return what ``figures`` are at ``place``, in the order asked for; two queries for all."""
        figures = [figure for figure in figures if figure is not None]
        models.prefetch_related_objects(figures, "words")
        values = FigureValue.objects.counting_for(place).about(figures).by_figure() if place else {}
        answers = []
        for figure in figures:
            words = figure.words_in(language or get_language())
            value = value_for(place.path, values.get(figure.pk, [])) if place else None
            unknown = words.unknown if words else ""
            label = words.label if words else figure.key
            answers.append(FigureAnswer(label, value.text if value else unknown, value))
        return answers


class FigureWords(models.Model):
    """What a figure is called in a language, and what to say where nobody knows it."""

    figure = ParentalKey(LocalFigure, on_delete=models.CASCADE, related_name="words")
    language = models.CharField(_("language"), max_length=5, choices=languages)
    label = models.CharField(_("label"), max_length=80)
    unknown = models.CharField(
        _("where it is not known"),
        max_length=160,
        help_text=_("Whom to ask: “Ask at the commune office”."),
    )

    class Meta:
        verbose_name = _("words of a figure")
        verbose_name_plural = _("words of figures")
        constraints = [
            models.UniqueConstraint(
                fields=["figure", "language"], name="figure_words_once_per_language"
            ),
        ]

    def __str__(self):
        return self.label


class FigureValueQuerySet(ScopedQuerySet):
    def counting_for(self, place):
        """Keep the values of ``place`` and of all places above it."""
        return self.filter(place__path__in=place.lineage())

    def about(self, figures):
        return self.filter(figure__in=[figure.pk for figure in figures])

    def by_figure(self) -> dict[int, list[Value]]:
        found: dict[int, list[Value]] = {}
        rows: Iterable[Any] = self.select_related("place")
        for row in rows:
            value = Value(row.place.path, row.text, row.as_of, row.source, row.place.full_name)
            found.setdefault(row.figure_id, []).append(value)
        return found


class FigureValue(models.Model):
    """What one place answers. A newer answer is a new row: what was said last year stays."""

    figure = models.ForeignKey(LocalFigure, models.CASCADE, related_name="values")
    place = models.ForeignKey("places.Place", models.PROTECT, related_name="+")
    text = models.CharField(_("value"), max_length=160)
    as_of = models.DateField(_("as of"), default=timezone.localdate)
    source = models.CharField(_("source"), max_length=200)
    set_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField(_("set at"), auto_now=True)

    objects = FigureValueQuerySet.as_manager()

    class Meta:
        verbose_name = _("value of a figure")
        verbose_name_plural = _("values of figures")
        constraints = [
            models.UniqueConstraint(
                fields=["figure", "place", "as_of"], name="figure_value_once_per_day"
            ),
        ]

    def __str__(self):
        return f"{self.figure_id}: {self.text}"
