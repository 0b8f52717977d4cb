"""Questions, one on each screen, after a lesson or around a course; and how it went."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from courses.models import CoursePage
from courses.rules import Reply, Trail, as_shown, pass_mark, read_reply
from people.views.access import learner_screen
from progress.models import Attempt, Help
from progress.reports import course_test, course_tests_of, current_enrolment, journey_of
from progress.rules import next_unanswered
from progress.services import answer_question, finish_attempt, start_course_test
from progress.views.face import face, find_lesson, go_on_with, shown_lesson, url_of


@learner_screen
def begin_test(request, course_id, occasion):
    """What a learner knows before a course, or after it: nobody has to, and nobody is judged."""
    course = get_object_or_404(CoursePage.objects.live().filter(test_size__gt=0), pk=course_id)
    enrolment = current_enrolment(request.learner)
    if enrolment is None or occasion not in Attempt.AROUND_A_COURSE:
        return redirect("progress:learn")
    if request.method == "POST":
        try:
            attempt = start_course_test(enrolment, course, occasion)
        except ValidationError as refusal:
            messages.info(request, refusal.message)
            return redirect("progress:learn")
        return go_on_with(attempt)
    return render(
        request,
        "progress/begin_test.html",
        {
            **face(request, enrolment),
            "test": course_test(enrolment, course),
            "is_before": occasion == Attempt.Occasion.BEFORE,
            "occasion": occasion,
            "back_url": reverse("progress:learn"),
        },
    )


@learner_screen
def question(request, uuid, number):
    """One question; an answer is kept as soon as it is given, and may be given again."""
    attempt = _attempt(request, uuid)
    if attempt.finished_at:
        return redirect("progress:result", attempt.uuid)
    if not 1 <= number <= len(attempt.questions):
        return redirect("progress:result", attempt.uuid)
    asked = attempt.questions[number - 1]
    here = reverse("progress:question", args=[attempt.uuid, number])
    reply = None
    if request.method == "POST":
        reply = read_reply(asked, request.POST)
        if reply.answer is not None:
            try:
                answer_question(attempt, asked["id"], reply.answer)
            except ValidationError as refusal:
                messages.error(request, refusal.message)
            return redirect(here)
    elif "again" not in request.GET and (given := attempt.answers.get(asked["id"])):
        reply = Reply(given[-1], given[-1] if isinstance(given[-1], list) else [])
    before = reverse("progress:question", args=[attempt.uuid, number - 1])
    return render(
        request,
        "progress/question.html",
        {
            **face(request, attempt.enrolment),
            **as_shown(asked, reply),
            "trail": _trail(attempt, number),
            "number": number,
            "last": len(attempt.questions),
            "here": here,
            "retry_url": f"{here}?again=1",
            "next_url": _after(attempt, number),
            "back_url": before if number > 1 else reverse("progress:learn"),
        },
        status=422 if reply and reply.is_empty else 200,
    )


@learner_screen
def result(request, uuid):
    """How it went. Before that: alone, or with somebody's help?"""
    attempt = _attempt(request, uuid)
    number = next_unanswered(attempt.questions, attempt.answers)
    if attempt.finished_at is None and number:
        return redirect("progress:question", attempt.uuid, number)
    if attempt.finished_at is None and request.method == "POST":
        help = Help.HELPED if request.POST.get("help") == Help.HELPED else Help.ALONE
        finish_attempt(attempt, help=help)
        return redirect("progress:result", attempt.uuid)
    if attempt.course_id:
        return _test_result(request, attempt)
    journey = journey_of(request.learner) if attempt.finished_at else None
    has_passed = attempt.finished_at and attempt.has_passed
    return render(
        request,
        "progress/result.html",
        {
            **face(request, attempt.enrolment),
            "attempt": attempt,
            "lesson": shown_lesson(find_lesson(attempt.lesson_id)),
            "total": len(attempt.questions),
            "pass_mark": pass_mark(len(attempt.questions), attempt.pass_per_cent),
            "journey": journey,
            "tests": course_tests_of(journey) if journey and has_passed else [],
            "next_lesson": journey.next_lesson if journey else None,
            "certificate_url": url_of("certificates:mine"),
            "back_url": reverse("progress:learn"),
        },
    )


def _test_result(request, attempt):
    return render(
        request,
        "progress/test_result.html",
        {
            **face(request, attempt.enrolment),
            "attempt": attempt,
            "test": course_test(attempt.enrolment, attempt.course),
            "is_before": attempt.occasion == Attempt.Occasion.BEFORE,
            "back_url": reverse("progress:learn"),
        },
    )


def _attempt(request, uuid) -> Attempt:
    attempts = Attempt.objects.filter(enrolment__resident=request.learner)
    return get_object_or_404(
        attempts.select_related("enrolment__class_group", "course__locale"), uuid=uuid
    )


def _trail(attempt, number) -> Trail:
    if attempt.course_id:
        return Trail(number, 0, len(attempt.questions))
    screens = len(shown_lesson(find_lesson(attempt.lesson_id)).body)
    return Trail(screens + number, screens, len(attempt.questions))


def _after(attempt, number):
    """The next question; the page after the last one knows which were skipped."""
    if number < len(attempt.questions):
        return reverse("progress:question", args=[attempt.uuid, number + 1])
    return reverse("progress:result", args=[attempt.uuid])
