"""What a learner's own phone keeps: which lessons are his or hers, and how far they are."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings

from courses.models import LessonPage
from people.models import Resident
from progress.models import Attempt
from progress.reports.helper import helper_of
from progress.reports.journey import LessonState, journey_of


def on_phone(resident: Resident) -> dict[str, Any]:
    """Return the learner's lessons as plain data, without a word about the person."""
    journey = journey_of(resident)
    if journey is None:
        return {"place": None, "helper": None, "next": None, "lessons": []}
    following = journey.next_lesson
    helper = helper_of(journey.enrolment.class_group)
    pages = _pages(journey.lessons)
    return {
        "place": journey.enrolment.village_id,
        "helper": helper and {"name": helper["name"], "phone": helper["phone"]},
        "next": following.source_id if following else None,
        "lessons": [_lesson(state, pages) for state in journey.lessons],
    }


def _pages(states: Sequence[LessonState]) -> dict[Any, list[LessonPage]]:
    keys = [state.lesson.translation_key for state in states]
    found: dict[Any, list[LessonPage]] = {}
    for page in (
        LessonPage.objects.live()
        .filter(translation_key__in=keys)
        .select_related("locale")
        .defer("body", "questions", "sources")
    ):
        found.setdefault(page.translation_key, []).append(page)
    return found


def _lesson(state: LessonState, pages) -> dict[str, Any]:
    languages = {
        page.locale.language_code: page for page in pages.get(state.lesson.translation_key, [])
    }
    source = languages.get(settings.LANGUAGE_CODE, state.lesson)
    return {
        "id": state.source_id,
        "number": state.number,
        "course": source.path[: -LessonPage.steplen],
        # {language: [title, a mark that changes with the words, its own number]}
        "languages": {
            language: [page.title, str(page.live_revision_id or page.last_published_at), page.pk]
            for language, page in languages.items()
        },
        "step": state.step,
        "read": state.has_read,
        "passed": state.has_passed,
        "attempt": _attempt(state.attempts),
    }


def _attempt(attempts: Sequence[Attempt]) -> dict[str, Any] | None:
    """Return what is under way, to be gone on with on any device."""
    open_ones = [attempt for attempt in attempts if attempt.finished_at is None]
    if not open_ones:
        return None
    attempt = open_ones[0]
    return {
        "uuid": str(attempt.uuid),
        "asked": [question["id"] for question in attempt.questions],
        "answers": attempt.answers,
        "version": attempt.version,
        "started": round(attempt.started_at.timestamp() * 1000),
    }
