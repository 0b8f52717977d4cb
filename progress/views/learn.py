"""What a learner sees: one thing on each screen, and nothing that is ever lost."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from courses.services import screen_context
from people.views.access import learner_screen
from progress.models import Attempt, LessonView
from progress.reports import course_tests_of, current_enrolment, journey_of
from progress.services import finish_reading, record_step, start_attempt
from progress.views.face import (
    face,
    find_lesson,
    go_on_with,
    read_only,
    shown_lesson,
    url_of,
)
from progress.views.practice import practice_face


@learner_screen
def learn(request):
    """A learner's home: one big button, tonight's class, my lessons."""
    journey = journey_of(request.learner)
    return render(
        request,
        "progress/learn.html",
        {
            **face(request, journey.enrolment if journey else None),
            "journey": journey,
            "tests": course_tests_of(journey) if journey else [],
            "is_today": bool(journey and journey.session) and _is_today(journey.session),
            "certificate_url": url_of("certificates:mine"),
            "courses_url": url_of("courses:list"),
            "back_url": reverse("home"),
        },
    )


@learner_screen
def resume(request, lesson_id):
    """Go on with a lesson where it was left."""
    lesson = find_lesson(lesson_id)
    enrolment = current_enrolment(request.learner)
    if enrolment is None:
        return read_only(request, lesson)
    attempt = Attempt.objects.unfinished().filter(enrolment=enrolment, lesson=lesson_id).first()
    if attempt:
        return go_on_with(attempt)
    view = LessonView.objects.filter(enrolment=enrolment, lesson=lesson_id).first()
    last = len(shown_lesson(lesson).body)
    step = 1 if view is None or view.finished_at else min(max(view.step, 1), max(last, 1))
    return redirect("progress:lesson", lesson_id, step)


@learner_screen
def lesson(request, lesson_id, step):
    """One step of a lesson; having been here is kept."""
    source = find_lesson(lesson_id)
    enrolment = current_enrolment(request.learner)
    if enrolment is None:
        return read_only(request, source)
    shown = shown_lesson(source)
    last = len(shown.body)
    if not 1 <= step <= last:
        return redirect("progress:lesson", lesson_id, min(max(step, 1), last))
    record_step(enrolment, source, step)
    here = [reverse("progress:lesson", args=[lesson_id, n]) for n in (step - 1, step + 1)]
    return render(
        request,
        "progress/lesson.html",
        {
            **face(request, enrolment),
            **screen_context(shown, step, enrolment.village, data=request.GET),
            **practice_face(request, shown.screen(step), lesson_id, is_last=step == last),
            "lesson": shown,
            "source_id": lesson_id,
            "next_url": here[1] if step < last else "",
            "back_url": here[0] if step > 1 else reverse("progress:learn"),
        },
    )


@learner_screen
@require_POST
def finish(request, lesson_id):
    """The lesson is read; now its questions."""
    source = find_lesson(lesson_id)
    enrolment = current_enrolment(request.learner)
    if enrolment is None:
        return read_only(request, source)
    finish_reading(enrolment, source)
    shown = shown_lesson(source)
    if not shown.plain_questions:
        messages.success(request, _("You have finished this lesson."))
        return redirect("progress:learn")
    return go_on_with(start_attempt(enrolment, shown))


def _is_today(session) -> bool:
    return timezone.localtime(session.starts_at).date() == timezone.localdate()
