"""What a learner sees: one thing on each screen, and nothing that is ever lost."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.models import Locale

from courses.models import LessonPage
from courses.rules import PASS_PER_CENT, Reply, Trail, read_reply
from courses.services import question_context, screen_context
from people.views.access import learner_screen, screen_of
from progress.models import Attempt, Help, LessonView
from progress.reports import current_enrolment, journey_of
from progress.rules import next_unanswered
from progress.services import (
    answer_question,
    finish_attempt,
    finish_reading,
    record_step,
    start_attempt,
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
            **_face(request, journey.enrolment if journey else None),
            "journey": journey,
            "is_today": bool(journey and journey.session) and _is_today(journey.session),
            "certificate_url": _url("certificates:mine"),
            "courses_url": _url("courses:list"),
            "back_url": reverse("home"),
        },
    )


@learner_screen
def resume(request, lesson_id):
    """Go on with a lesson where it was left."""
    lesson = _lesson(lesson_id)
    enrolment = current_enrolment(request.learner)
    if enrolment is None:
        return _read_only(request, lesson)
    attempt = Attempt.objects.unfinished().filter(enrolment=enrolment, lesson=lesson_id).first()
    if attempt:
        number = next_unanswered(attempt.questions, attempt.answers)
        if number is None:
            return redirect("progress:result", attempt.uuid)
        return redirect("progress:question", attempt.uuid, number)
    view = LessonView.objects.filter(enrolment=enrolment, lesson=lesson_id).first()
    last = len(_shown(lesson).screens)
    step = 1 if view is None or view.finished_at else min(max(view.step, 1), max(last, 1))
    return redirect("progress:lesson", lesson_id, step)


@learner_screen
def lesson(request, lesson_id, step):
    """One step of a lesson; having been here is kept."""
    source = _lesson(lesson_id)
    enrolment = current_enrolment(request.learner)
    if enrolment is None:
        return _read_only(request, source)
    shown = _shown(source)
    last = len(shown.screens)
    if not 1 <= step <= last:
        return redirect("progress:lesson", lesson_id, min(max(step, 1), last))
    record_step(enrolment, source, step)
    here = [reverse("progress:lesson", args=[lesson_id, n]) for n in (step - 1, step + 1)]
    return render(
        request,
        "progress/lesson.html",
        {
            **_face(request, enrolment),
            **screen_context(shown, step, enrolment.village, data=request.GET),
            **practice_face(request, shown.screens[step - 1], lesson_id, is_last=step == last),
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
    source = _lesson(lesson_id)
    enrolment = current_enrolment(request.learner)
    if enrolment is None:
        return _read_only(request, source)
    finish_reading(enrolment, source)
    shown = _shown(source)
    if not shown.plain_questions:
        messages.success(request, _("You have finished this lesson."))
        return redirect("progress:learn")
    attempt = start_attempt(enrolment, shown)
    number = next_unanswered(attempt.questions, attempt.answers)
    if number is None:
        return redirect("progress:result", attempt.uuid)
    return redirect("progress:question", attempt.uuid, number)


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
            **_face(request, attempt.enrolment),
            **question_context(asked, reply),
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
    source = _lesson(attempt.lesson_id)
    journey = journey_of(request.learner) if attempt.finished_at else None
    return render(
        request,
        "progress/result.html",
        {
            **_face(request, attempt.enrolment),
            "attempt": attempt,
            "lesson": _shown(source),
            "total": len(attempt.questions),
            "pass_mark": -(-len(attempt.questions) * PASS_PER_CENT // 100),
            "journey": journey,
            "next_lesson": journey.next_lesson if journey else None,
            "certificate_url": _url("certificates:mine"),
            "back_url": reverse("progress:learn"),
        },
    )


def _attempt(request, uuid) -> Attempt:
    attempts = Attempt.objects.filter(enrolment__resident=request.learner)
    return get_object_or_404(attempts.select_related("enrolment__class_group"), uuid=uuid)


def _lesson(pk) -> LessonPage:
    return get_object_or_404(LessonPage.objects.live().select_related("locale"), pk=pk)


def _shown(lesson: LessonPage) -> LessonPage:
    """Return the lesson in the language of the screen, if it has been translated."""
    locale = Locale.get_active()
    if lesson.locale_id == locale.pk:
        return lesson
    translated = LessonPage.objects.live().filter(
        translation_key=lesson.translation_key, locale=locale
    )
    return translated.first() or lesson


def _read_only(request, lesson):
    """Somebody who takes part in no campaign reads all the same; it is only not kept."""
    return redirect(f"{lesson.get_url(request) or reverse('home')}?step=1")


def _trail(attempt, number) -> Trail:
    screens = len(_shown(_lesson(attempt.lesson_id)).screens)
    return Trail(screens + number, screens, len(attempt.questions))


def _after(attempt, number):
    """The next question; the page after the last one knows which were skipped."""
    if number < len(attempt.questions):
        return reverse("progress:question", args=[attempt.uuid, number + 1])
    return reverse("progress:result", args=[attempt.uuid])


def _face(request, enrolment) -> dict:
    """What stands around every learner's screen: whom to call, and the way out of a tablet."""
    return {
        "enrolment": enrolment,
        "is_shared": screen_of(request) is not None,
        "learner_help": _helper(enrolment),
    }


def _is_today(session) -> bool:
    return timezone.localtime(session.starts_at).date() == timezone.localdate()


def _helper(enrolment):
    """Return the name and telephone of whoever leads the team of a learner's class."""
    if enrolment is None or enrolment.class_group_id is None:
        return None
    members = enrolment.class_group.team.memberships.current().exclude(phone="")
    return members.order_by("-leads", "pk").values("name", "phone").first()


def _url(name, *args):
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
