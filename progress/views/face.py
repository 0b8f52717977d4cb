"""What the screens of a learner have in common."""

from django.shortcuts import get_object_or_404, redirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language

from courses.models import LessonPage
from courses.services import knowing_own_pictures
from people.views.access import screen_of
from progress.models import Attempt
from progress.reports import helper_of
from progress.rules import next_unanswered


def find_lesson(pk) -> LessonPage:
    """Return a published lesson as it was first written, or answer 404."""
    lessons = LessonPage.objects.live().select_related("locale")
    return get_object_or_404(knowing_own_pictures(lessons), pk=pk)


def shown_lesson(lesson: LessonPage) -> LessonPage:
    """Return the lesson in the language of the screen, if it has been translated."""
    language = get_language()
    if lesson.locale.language_code == language:
        return lesson
    translated = knowing_own_pictures(LessonPage.objects.live()).filter(
        translation_key=lesson.translation_key, locale__language_code=language
    )
    return translated.first() or lesson


def read_only(request, lesson):
    """Somebody who takes part in no campaign reads all the same; it is only not kept."""
    return redirect(f"{lesson.get_url(request) or reverse('home')}?step=1")


def go_on_with(attempt: Attempt):
    """Lead to the first question that is still open, or to how it went."""
    number = next_unanswered(attempt.questions, attempt.answers)
    if number is None:
        return redirect("progress:result", attempt.uuid)
    return redirect("progress:question", attempt.uuid, number)


def face(request, enrolment) -> dict:
    """What stands around every learner's screen: whom to call, and the way out of a tablet."""
    return {
        "enrolment": enrolment,
        "is_shared": screen_of(request) is not None,
        "learner_help": helper_of(enrolment.class_group if enrolment else None),
    }


def url_of(name, *args) -> str:
    """Return an address of an app above, or nothing where it is not there."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
