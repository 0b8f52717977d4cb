"""The practice on a simulated phone, as a learner meets it."""

import time
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from courses.rules.practice import is_done, read
from courses.services import practice_of
from people.views.access import learner_screen
from progress.reports import current_enrolment
from progress.services import record_practice
from progress.views.face import find_lesson


def practice_face(request, screen, lesson_id, *, is_last) -> dict:
    """Return what a practice's screen needs so that the run is kept; nothing on other screens."""
    if screen.kind != "practice":
        return {}
    run = _run(request.GET.get("run")) or uuid4()
    screens = screen.value.plain_screens
    if request.GET.get("tap") == "again" and is_done(screens, read(screens, _state(request.GET))):
        # After a good end, once more is another run.
        run = uuid4()
    return {
        "practice_run": run,
        "practice_url": reverse("progress:practise", args=[lesson_id, screen.id]),
        "practice_fields": [("run", run), ("t", int(time.time()))],
        "finish_url": reverse("progress:finish_lesson", args=[lesson_id]) if is_last else "",
    }


@learner_screen
@require_POST
def practise(request, lesson_id, block):
    """Keep a run that came to its end, and go on.

    Sent by the page's script at the good end, and once more by the button that goes on: the run
    has a number, so twice is once. Nobody is held up by a run that could not be kept.
    """
    lesson = find_lesson(lesson_id)
    enrolment = current_enrolment(request.learner)
    practice = practice_of(lesson, block)
    goes_on = "then" in request.POST
    uuid = _run(request.POST.get("run"))
    status = 204
    if enrolment is None or practice is None or uuid is None:
        status = 422
    else:
        run = read(practice.screens, _state(request.POST))
        try:
            record_practice(enrolment, lesson, block, uuid=uuid, steps=run.plain)
        except ValidationError:
            status = 422
    if not goes_on:
        return HttpResponse(status=status)
    if enrolment is None or practice is None:
        return redirect("progress:resume", lesson_id)
    if practice.number < len(lesson.body):
        return redirect("progress:lesson", lesson_id, practice.number + 1)
    return redirect("progress:finish_lesson", lesson_id, preserve_request=True)


def _state(data) -> str:
    return data.get("p", "")


def _run(text) -> UUID | None:
    try:
        return UUID(text)
    except (TypeError, ValueError):
        return None
