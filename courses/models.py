"""What is taught: courses and their lessons, written in Wagtail."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from courses.blocks import LessonBody


class CourseIndexPage(Page):
    """The shelf on which all courses stand."""

    subpage_types = ["courses.CoursePage"]
    max_count_per_parent = 1


class CoursePage(Page):
    """A course: a few lessons that belong together."""

    summary = models.TextField(_("summary"), blank=True)
    parent_page_types = ["courses.CourseIndexPage"]
    subpage_types = ["courses.LessonPage"]
    content_panels = [*Page.content_panels, FieldPanel("summary")]


class LessonPage(Page):
    """One lesson: its screens, and the questions after it."""

    summary = models.TextField(_("summary"), blank=True)
    body = StreamField(LessonBody(), blank=True, verbose_name=_("screens"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=15)
    parent_page_types = ["courses.CoursePage"]
    subpage_types: list[str] = []
    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("minutes"),
        FieldPanel("body"),
    ]
