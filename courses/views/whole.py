"""A lesson in one piece, for phones that will have no network when it is read.

Nobody's page: asked for without a cookie and the same for everybody in a place, so that a phone
keeps it without keeping anything about anybody. The parts are the very templates of the pages that
the server shows one by one; ``player.js`` lays them before the learner.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import caches
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.http import condition, require_safe

from courses.models import LessonPage
from courses.rules import Question, Trail, as_shown, pass_mark
from courses.services import questions_of, screen_context
from courses.services.audio import voices
from places.models import Place

A_MINUTE = 60
# What an answer may call forth; the words said to this very answer are put in on the phone.
STATES = {
    "right": {"is_right": True},
    "wrong": {},
    "incomplete": {"is_incomplete": True},
    "unsure": {"is_unsure": True},
}
BLANK = {"text": "{text}", "feedback": "{feedback}"}


@dataclass(frozen=True)
class Part:
    """One screen, one question, one of its answers: what is shown at a time."""

    name: str
    html: str
    title: str = ""


@login_not_required
@require_safe
def whole(request, lesson_id):
    """Send all of a lesson: its screens, its questions, and what may be said to any answer."""
    language = request.GET.get("lang", settings.LANGUAGE_CODE)
    if language not in dict(settings.LANGUAGES):
        raise Http404
    page = _page(lesson_id, language)
    place = _place(request.GET.get("place", ""))
    # A class of thirty opens the same lesson in the same minute; it is laid out once.
    name = f"whole:{page.pk}:{page.live_revision_id}:{place.pk if place else 0}:{language}"
    body = caches["pages"].get(name)
    if body is None:
        with translation.override(language):
            context = _context(page, lesson_id, place)
            body = render_to_string("courses/whole.html", context).encode()
        caches["pages"].set(name, body, A_MINUTE)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    send = condition(etag_func=lambda _request: tag)(lambda _request: HttpResponse(body))
    response = send(request)
    response["Cache-Control"] = "public, no-cache"
    response["Content-Language"] = language
    return response


def _page(lesson_id, language) -> LessonPage:
    lessons = LessonPage.objects.live().select_related("locale", "live_revision")
    source = get_object_or_404(lessons, pk=lesson_id)
    if not source.course.live:
        raise Http404
    if source.locale.language_code == language:
        return source
    translated = lessons.filter(
        translation_key=source.translation_key, locale__language_code=language
    )
    return translated.first() or source


def _place(text: str) -> Place | None:
    if text.isascii() and text.isdigit() and len(text) < 10:
        return Place.objects.filter(pk=int(text)).first()
    return None


def _context(page: LessonPage, lesson_id: int, place: Place | None) -> dict:
    questions = questions_of(page)
    asked = min(page.asked or len(questions), len(questions))
    shared = {"recordings": voices(page.spoken), "is_kept_elsewhere": True}
    screens = len(page.screens)
    return {
        "page": page,
        "is_anonymous": True,
        "parts": [
            *(_screen(page, number, place, asked, shared) for number in range(1, screens + 1)),
            *_questions(questions, screens, asked, shared),
            *_ends(page, asked),
        ],
        # A drawn question stands where it was drawn, not where it was written.
        "trails": _trails(screens, asked) if asked < len(questions) else [],
        "learner_help": {"name": "{name}", "phone": "{phone}"},
        "back_url": "#back",
        "data": {
            "lesson": lesson_id,
            "language": page.locale.language_code,
            "revision": page.live_revision_id or 0,
            "title": page.title,
            "url": page.url or "/",
            "screens": screens,
            "questions": questions,
            "asked": asked,
            "perCent": page.pass_per_cent,
        },
    }


def _screen(page, number, place, asked, shared) -> Part:
    context = screen_context(page, number, place)
    last = number == len(page.screens)
    following = f"#s{number + 1}" if not last else "#q1" if asked else "#read"
    context |= {
        **shared,
        "is_kept_elsewhere": True,
        "next_url": following,
        "trail": Trail(number, len(page.screens), asked),
    }
    screen = context["screen"]
    html = render_to_string("courses/_screen.html", context)
    return Part(f"s{number}", html, screen.heading)


def _questions(questions: Sequence[Question], screens: int, asked: int, shared: dict):
    for number, question in enumerate(questions, start=1):
        trail = Trail(screens + min(number, asked), screens, asked)
        context = {
            **shared,
            **as_shown(question),
            "trail": trail,
            "action": "#answer",
            "all_steps": True,
        }
        name = f"q-{question['id']}"
        yield Part(name, render_to_string("courses/_question.html", context), question["text"])
        for state, said in STATES.items():
            feedback = {"remarks": [BLANK], "explanation": question["explanation"], **said}
            yield Part(
                f"{name}-{state}",
                render_to_string(
                    "courses/_feedback.html",
                    {
                        "question": question,
                        "reply": {"answer": "{answer}"},
                        "feedback": feedback,
                        "trail": trail,
                        "retry_url": "#retry",
                        "next_url": "#next",
                    },
                ),
                question["text"],
            )


def _ends(page: LessonPage, asked: int):
    needed = pass_mark(asked, page.pass_per_cent)
    yield Part("help", render_to_string("courses/_helped.html", {"action": "#help"}), page.title)
    for right in range(asked + 1):
        context = {
            "lesson": page,
            "total": asked,
            "score": right,
            "pass_mark": needed,
            "has_passed": right >= needed,
        }
        yield Part(f"end-{right}", render_to_string("courses/whole_end.html", context), page.title)
    read = render_to_string("courses/whole_end.html", {"lesson": page, "has_passed": True})
    yield Part("read", read, page.title)


def _trails(screens: int, asked: int) -> list[Part]:
    return [
        Part(
            f"trail-{number}",
            render_to_string(
                "courses/_trail.html", {"trail": Trail(screens + number, screens, asked)}
            ),
        )
        for number in range(1, asked + 1)
    ]
