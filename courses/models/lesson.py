"""One lesson: its screens, the questions after it, and how it is walked through."""

import gzip
import secrets
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.fields import StreamField
from wagtail.models import Page

from courses.blocks import LessonBody, QuestionBody, SourceBody
from courses.blocks.pictures import PHOTO_MOST
from courses.blocks.questions import MIN_QUESTIONS
from courses.models.figures import FigureAnswer, LocalFigure
from courses.models.pages import CoursePage, TaughtPage, freshness_panel
from courses.models.plain import screen_data
from courses.rules import (
    PASS_PER_CENT,
    AppPicture,
    Trail,
    Walk,
    app_pictures,
    as_shown,
    pass_mark,
    walk,
)
from courses.rules.practice import place, play, stage, view_box
from courses.rules.speech import Spoken, spoken_lesson

# A way of looking at a draft.
STEPS = "steps"


class _NumberAndBlock(NamedTuple):
    number: int
    block: Any


class Screen(_NumberAndBlock):
    """One screen of a lesson: its number, from 1, and its block."""

    # What the learner's place shows instead of the original picture, if it shows any.
    own_picture: dict | None = None

    @property
    def kind(self) -> str:
        return self.block.block_type

    @property
    def id(self) -> str:
        return self.block.id

    @property
    def value(self):
        return self.block.value

    @property
    def heading(self) -> str:
        return self.value.get("heading", "")

    @property
    def template(self) -> str:
        return f"courses/screens/{self.kind}.html"

    @property
    def outlined(self) -> list[dict]:
        """A practice's screens, each with the places of its zones, for an author to see."""
        return [
            {
                "screen": shown,
                "box": view_box(shown),
                "zones": [(zone, place(shown, zone)) for zone in shown["zones"]],
            }
            for shown in self.value.plain_screens
        ]

    @property
    def pictures(self) -> list[dict]:
        """Every picture on this screen; a practice has many."""
        if self.kind == "practice":
            return [shown["picture"] for shown in self.value.plain_screens]
        return [self.picture]

    @property
    def picture(self) -> dict:
        if self.own_picture:
            return self.own_picture
        picture = self.value.get("picture")
        return picture.plain if picture else {}

    @property
    def apps(self) -> list[AppPicture]:
        """Whose apps are to be seen on it, and since when; for those who keep it fresh."""
        return list(app_pictures(self.block.get_prep_value()["value"]))

    def figures(self, place=None) -> list[FigureAnswer]:
        """Return the local figures on this screen as they are at ``place``."""
        if self.kind != "figures":
            return []
        return LocalFigure.answers(list(self.value["figures"]), place)


class _Questions(Sequence):
    """A lesson's questions as plain data, each made when it is asked for."""

    def __init__(self, stream):
        self.stream = stream

    def __len__(self):
        return len(self.stream)

    def __getitem__(self, number):
        child = self.stream[number]
        return child.block.plain(child.id, child.value)


class LessonPage(TaughtPage):
    """One lesson, about a quarter of an hour."""

    summary = models.CharField(_("what one learns"), max_length=200, blank=True)
    audience = models.CharField(_("for whom"), max_length=120, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=10)
    pass_per_cent = models.PositiveSmallIntegerField(
        _("pass mark in per cent"),
        default=PASS_PER_CENT,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("How many questions must be right at the first try."),
    )
    asked = models.PositiveSmallIntegerField(
        _("questions asked"),
        default=0,
        validators=[MaxValueValidator(20)],
        help_text=_("Drawn anew each time from all questions below; 0 asks them all."),
    )
    skills = ParentalManyToManyField("courses.Skill", blank=True, verbose_name=_("skills"))
    body = StreamField(LessonBody(), blank=False, verbose_name=_("screens"))
    questions = StreamField(QuestionBody(), blank=False, verbose_name=_("questions"))
    checked_on = models.DateField(_("facts checked on"), null=True, blank=True)
    review_by = models.DateField(_("review by"), null=True, blank=True)
    sources = StreamField(SourceBody(), blank=True, verbose_name=_("sources"))

    parent_page_types = ["courses.CoursePage"]
    subpage_types: list[str] = []
    content_panels = [
        *Page.content_panels,
        MultiFieldPanel(
            [FieldPanel("summary"), FieldPanel("audience"), FieldPanel("minutes")],
            heading=_("In short"),
        ),
        FieldPanel("body", help_text=_("Each block is one screen on the telephone.")),
        FieldPanel("questions", help_text=_("At least three; one on each screen.")),
        MultiFieldPanel(
            [FieldPanel("asked"), FieldPanel("pass_per_cent")], heading=_("Asking and passing")
        ),
        FieldPanel("skills"),
        freshness_panel(),
    ]
    api_fields = [
        APIField(name)
        for name in (
            *("summary", "audience", "minutes", "pass_per_cent", "asked", "skill_codes"),
            *("checked_on", "review_by", "languages", "weight_kb", "content", "quiz"),
        )
    ]
    template = "courses/lesson.html"

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")

    @cached_property
    def course(self) -> CoursePage:
        return CoursePage.objects.parent_of(self).get()

    def words_to_find(self):
        return [self.title, self.summary, list(self.body.raw_data)]

    @cached_property
    def screens(self) -> list[Screen]:
        return [Screen(number, block) for number, block in enumerate(self.body, start=1)]

    def screen(self, number: int) -> Screen:
        """Return one screen, from 1; what stands on the others is not fetched."""
        return Screen(number, self.body[number - 1])

    @property
    def spoken(self) -> list[Spoken]:
        """What is read aloud of this very page, in the order of its screens."""
        return spoken_lesson(self.body.raw_data, self.questions.raw_data)

    @property
    def content(self) -> list[dict]:
        """The screens as plain data, for programs of others."""
        return [screen_data(screen) for screen in self.screens]

    @property
    def quiz(self) -> list[dict]:
        """The questions as plain data, with their answers and what to say to them."""
        return list(self.plain_questions)

    @property
    def plain_questions(self) -> Sequence[dict]:
        """The questions as plain data, in the order in which they are asked."""
        return _Questions(self.questions)

    @property
    def pictures(self) -> list[dict]:
        """Every picture of the lesson, as plain data."""
        shown = [picture for screen in self.screens for picture in screen.pictures]
        for question in self.plain_questions:
            shown += [
                {"url": option["picture"], "alt": option["alt"]} for option in question["options"]
            ]
        return [picture for picture in shown if picture.get("url")]

    @cached_property
    def weight_kb(self) -> int:
        """What the whole lesson weighs on the way to a phone: its words and its pictures."""
        words = str(self.body.raw_data) + str(self.questions.raw_data)
        total = len(gzip.compress(words.encode()))
        for picture in self._picture_values():
            if drawing := picture.get("drawing"):
                total += drawing.weight
            elif photo := picture.get("photo"):
                total += min(photo.file_size or 0, PHOTO_MOST)
        return -(-total // 1024)

    def _picture_values(self):
        for screen in self.screens:
            if picture := screen.value.get("picture"):
                yield picture
            if screen.kind == "practice":
                yield from (shown["picture"] for shown in screen.value["screens"])
        for child in self.questions:
            for option in child.value.get("options") or []:
                if picture := option.get("picture"):
                    yield picture

    def next_lesson(self):
        """Return the published lesson that follows in the course, or None."""
        return (
            LessonPage.objects.sibling_of(self, inclusive=False)
            .live()
            .filter(path__gt=self.path)
            .order_by("path")
            .first()
        )

    def clean(self):
        super().clean()
        if self.asked and not MIN_QUESTIONS <= self.asked <= len(self.questions):
            raise ValidationError(
                {
                    "asked": ValidationError(
                        _("Ask at least three questions, and not more than there are; or 0."),
                        code="asked",
                    )
                }
            )

    def serve(self, request, *args, **kwargs):
        """Show one step of the lesson; a learner with a card learns where it is remembered."""
        request.is_preview = False
        is_learner = getattr(request, "learner", None) and "step" not in request.GET
        if is_learner and (url := self._learner_url()):
            return redirect(url)
        who = secrets.randbelow(1000)
        here = walk(request.GET, len(self.body), self.plain_questions, self.asked, who)
        context = self.get_context(request, *args, **kwargs)
        context.update(self.context_of(here, request))
        return TemplateResponse(request, self.template, context)

    @property
    def preview_modes(self):
        """In its own language, in the others, and step by step as a learner has it."""
        own = self.locale.language_code
        names = dict(settings.LANGUAGES)
        others = [code for code in names if code != own]
        return [
            ("", _("Phone, %(language)s") % {"language": names[own]}),
            *[(code, _("Phone, %(language)s") % {"language": names[code]}) for code in others],
            (STEPS, _("Step by step, as a learner has it")),
        ]

    @property
    def preview_sizes(self):
        return [
            {"name": "mobile", "icon": "mobile-alt", "device_width": 360, "label": _("Phone")},
            {"name": "tablet", "icon": "tablet-alt", "device_width": 768, "label": _("Tablet")},
            {"name": "desktop", "icon": "desktop", "device_width": 1280, "label": _("Computer")},
        ]

    def serve_preview(self, request, mode_name):
        """Show an author every screen and every question: all at once, or one after the other."""
        request.is_preview = True
        language = mode_name if mode_name in dict(settings.LANGUAGES) else ""
        page = self.draft_in(language) if language else self
        with override(language or self.locale.language_code):
            context = self.get_context(request)
            if page:
                context.update(
                    page=page,
                    self=page,
                    previewed=[(screen, screen.figures()) for screen in page.screens],
                    previewed_questions=list(page.plain_questions),
                )
            name = "lesson_preview_steps" if mode_name == STEPS else "lesson_preview"
            return TemplateResponse(request, f"courses/{name}.html", context).render()

    def draft_in(self, language: str) -> "LessonPage | None":
        """Return its translation as it was last saved, published or not."""
        page = self.get_translations().filter(locale__language_code=language).first()
        return page.get_latest_revision_as_object() if page else None

    def context_of(self, here: Walk, request) -> dict:
        """Return what the template needs for one step."""
        context = {
            "walk": here,
            "trail": Trail(here.step, here.screens, here.questions),
            "back_url": here.back or self.course.get_url(request),
            "action": request.path,
            "next_url": here.forward,
        }
        match here.kind:
            case "screen":
                # Not all screens: what stands on the others need not be fetched.
                screen = self.screen(here.step)
                context.update(screen=screen, figures=screen.figures())
                if request.user.has_perm("courses.report_screen"):
                    report = reverse("courses:screen_report", args=[self.source().pk, screen.id])
                    context.update(report_url=report, apps=screen.apps)
                if screen.kind == "practice":
                    context.update(
                        practice_context(screen, request.GET), practice_fields=here.fields
                    )
            case "question" if here.question is not None:
                context.update(as_shown(here.question, here.reply))
            case "end":
                following = self.next_lesson()
                context.update(
                    next_lesson_url=following.get_url(request) if following else "",
                    next_lesson=following,
                    has_passed=here.right >= pass_mark(here.questions, self.pass_per_cent),
                    course_url=self.course.get_url(request),
                )
        return context

    def _learner_url(self) -> str:
        try:
            return reverse("progress:resume", args=[self.source().pk])
        except NoReverseMatch:
            return ""


def practice_context(screen: Screen, data, *, now: float | None = None) -> dict:
    """Return what `courses/screens/practice.html` needs; ``data`` says how far somebody is."""
    screens = screen.value.plain_screens
    run = play(screens, data, now=now)
    return {"practice": stage(screens, run)}
