"""Courses and lessons as the apps above see them."""

import time
from collections.abc import Mapping

from django.conf import settings
from django.core.exceptions import ValidationError

from courses.models import CoursePage, LessonPage, Screen
from courses.models.lesson import practice_context
from courses.rules import Trail
from courses.services.screens import own_picture_of
from places.models import Place


def published_courses(language: str | None = None):
    """Return the published courses in ``language``; the originals unless another is asked for.

    Progress is kept on originals, so campaigns and classes choose among these.
    """
    language = language or settings.LANGUAGE_CODE
    return (
        CoursePage.objects.live()
        .filter(locale__language_code=language)
        .with_lesson_count()
        .order_by("path")
    )


def lessons_of(course: CoursePage):
    """Return the published lessons of ``course`` in the order in which they are taught."""
    return course.lessons()


def questions_of(lesson: LessonPage) -> list[dict]:
    """Return the lesson's questions as plain data, to be kept with an attempt."""
    return list(lesson.plain_questions)


def questions_by_lesson(course: CoursePage) -> list[list[dict]]:
    """Return the questions of each published lesson of ``course``.

    Their ids tell the lesson, too: copied lessons have questions with the same ids.
    """
    return [
        [
            {**question, "id": f"{lesson.translation_key.hex[:8]}-{question['id']}"}
            for question in lesson.plain_questions
        ]
        for lesson in course.lessons()
    ]


def screens_of(lesson: LessonPage) -> list[Screen]:
    """Return the screens of ``lesson``, each a (number, block) with a few words of its own."""
    return lesson.screens


def screen_context(
    lesson: LessonPage,
    number: int,
    place: Place | None = None,
    *,
    data: Mapping[str, str] | None = None,
) -> dict:
    """Return what `courses/_screen.html` needs to show the screen with that number, from 1.

    ``data``, the address's query, says how far somebody is in a practice; without it, at its start.
    """
    screen = lesson.screen(number)
    screen.own_picture = own_picture_of(screen, lesson, place)
    practice = {}
    if screen.kind == "practice":
        practice = practice_context(screen, data or {}, now=time.time())
    return {
        "screen": screen,
        "figures": screen.figures(place),
        "trail": Trail(number, len(lesson.body), len(lesson.questions)),
        **practice,
    }


def can_be_read(lesson: LessonPage) -> bool:
    """Tell whether learners see the lesson: it and its course are published."""
    return lesson.live and lesson.course.live


def check(lesson: LessonPage) -> list[ValidationError]:
    """Return why ``lesson`` cannot be published; empty when it can."""
    problems = []
    for name in ("body", "questions"):
        try:
            lesson._meta.get_field(name).stream_block.clean(getattr(lesson, name))
        except ValidationError as refusal:
            problems += _flatten(refusal)
    return problems


def _flatten(refusal) -> list[ValidationError]:
    """Return the plain errors inside a block's error, however deep they lie."""
    inner = []
    for part in (
        getattr(refusal, "block_errors", None),
        getattr(refusal, "non_block_errors", None),
    ):
        if isinstance(part, dict):
            part = part.values()
        inner += [error for error in getattr(part, "as_data", lambda p=part: p or [])() if error]
    if not inner:
        return [refusal]
    return [plain for error in inner for plain in _flatten(error)]
