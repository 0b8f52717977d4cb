"""Reading a lesson and answering its questions.

Everything is recorded on the lesson as it was first written, so that passing in English is
passing. Reading, answering and finishing are kept at every tap; nothing has a time limit.

**What passing means.** An attempt keeps every answer given, in order. A wrong answer explains
itself and may be tried again as often as one likes: that is for learning. What counts is the first
answer to each question; as many of them right as the lesson's pass mark says, usually 60 %, is a
pass. Whoever has less may start over, knowing the explanations now, and the new first answers
count; where a lesson draws from many questions, others come first. Nothing is ever taken away from
anybody: one attempt that passed is enough for good, whatever the pass mark becomes.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models import LessonPage
from courses.rules import draw, has_passed, is_an_answer, score
from courses.services import questions_of
from people.models import User
from progress.models import Attempt, Enrolment, Help, LessonView
from progress.rules import first_answers, next_unanswered
from progress.services.completing import changing_facts


def open_lesson(enrolment: Enrolment, lesson: LessonPage) -> LessonView:
    """Return how far a learner has read a lesson; the first time, from the beginning."""
    view, _created = LessonView.objects.get_or_create(
        enrolment=enrolment,
        lesson_id=lesson.source().pk,
        defaults={"campaign_id": enrolment.campaign_id},
    )
    return view


def record_step(enrolment: Enrolment, lesson: LessonPage, step: int) -> LessonView:
    """Keep that a learner has reached a step; going back does not lose the way."""
    view = open_lesson(enrolment, lesson)
    if view.step < step:
        LessonView.objects.filter(pk=view.pk, step__lt=step).update(step=step)
        view.step = step
    return view


def finish_reading(
    enrolment: Enrolment, lesson: LessonPage, *, at: datetime | None = None
) -> LessonView:
    """Keep that a learner has read a lesson to its end; without questions, that passes it."""
    at = at or timezone.now()
    with changing_facts([enrolment.pk], lessons=True):
        view = open_lesson(enrolment, lesson)
        if view.finished_at is None:
            view.finished_at = at
            view.save(update_fields=["finished_at"])
        if not questions_of(lesson):
            _pass_without_questions(enrolment, lesson, Help.ALONE, at, by=None)
    return view


def start_attempt(
    enrolment: Enrolment, lesson: LessonPage, *, at: datetime | None = None
) -> Attempt:
    """Return the attempt that is under way, or begin one with the questions as they are now."""
    lesson_id = lesson.source().pk
    with transaction.atomic():
        # Two phones of one learner share one attempt.
        Enrolment.objects.select_for_update().get(pk=enrolment.pk)
        tried = Attempt.objects.filter(enrolment=enrolment, lesson=lesson_id)
        return tried.unfinished().first() or Attempt.objects.create(
            campaign_id=enrolment.campaign_id,
            enrolment=enrolment,
            lesson_id=lesson_id,
            questions=_drawn(lesson, f"{enrolment.pk}/{lesson_id}", tried),
            pass_per_cent=lesson.pass_per_cent,
            started_at=at or timezone.now(),
        )


@transaction.atomic
def answer_question(attempt: Attempt, question_id: str, answer: str | list[str]) -> Attempt:
    """Keep an answer; giving the same one again changes nothing."""
    attempt = Attempt.objects.select_for_update(of=("self",)).get(pk=attempt.pk)
    question = next((q for q in attempt.questions if q["id"] == question_id), None)
    if question is None:
        raise ValidationError(_("There is no such question."), code="unknown_question")
    if not is_an_answer(question, answer):
        raise ValidationError(_("Choose one of the answers."), code="unknown_answer")
    given = attempt.answers.setdefault(question_id, [])
    if attempt.finished_at is None and (not given or given[-1] != answer):
        given.append(answer)
        attempt.version += 1
        attempt.save(update_fields=["answers", "version"])
    return attempt


def finish_attempt(
    attempt: Attempt,
    *,
    help: str = Help.ALONE,
    by: User | None = None,
    at: datetime | None = None,
) -> Attempt:
    """Reckon an attempt up, once every question has an answer; safe to repeat.

    ``help``: did the learner do it alone? ``by``: the volunteer who took the answers down.
    """
    at = min(at or timezone.now(), timezone.now())
    # Nothing follows from a test around a course.
    is_fact = attempt.occasion == Attempt.Occasion.LESSON
    with changing_facts([attempt.enrolment_id], lessons=True) if is_fact else transaction.atomic():
        attempt = Attempt.objects.select_for_update(of=("self",)).get(pk=attempt.pk)
        if attempt.finished_at is None:
            if next_unanswered(attempt.questions, attempt.answers):
                raise ValidationError(_("Some questions are still open."), code="unanswered")
            reckon_up(attempt)
            attempt.help, attempt.recorded_by, attempt.finished_at = help, by, at
            attempt.save()
            LessonView.objects.filter(
                enrolment=attempt.enrolment_id, lesson=attempt.lesson_id, finished_at=None
            ).update(finished_at=at)
    return attempt


def reckon_up(attempt: Attempt) -> None:
    """Count the right first answers, and say whether that passes a lesson; nothing is stored.

    A test around a course is counted alike, and judges nobody.
    """
    answers = first_answers(attempt.answers)
    attempt.score = score(attempt.questions, answers)
    attempt.has_passed = attempt.occasion == Attempt.Occasion.LESSON and has_passed(
        attempt.questions, answers, attempt.pass_per_cent
    )


def record_lesson(
    enrolment: Enrolment,
    lesson: LessonPage,
    help: str,
    *,
    by: User,
    at: datetime | None = None,
) -> Attempt:
    """Let a volunteer vouch that a learner without a phone has mastered a lesson.

    Safe to repeat: whoever has passed, has passed.
    """
    if help not in Help.values:
        raise ValidationError(_("Say how the lesson was done."), code="unknown_help")
    if enrolment.withdrawn_at:
        raise ValidationError(
            _("This person does not take part in the campaign."), code="not_enrolled"
        )
    at = min(at or timezone.now(), timezone.now())
    with changing_facts([enrolment.pk], lessons=True):
        return _pass_without_questions(enrolment, lesson, help, at, by=by)


def _pass_without_questions(enrolment, lesson, help, at, *, by) -> Attempt:
    lesson_id = lesson.source().pk
    passed = Attempt.objects.passed().filter(enrolment=enrolment, lesson=lesson_id)
    return passed.first() or Attempt.objects.create(
        campaign_id=enrolment.campaign_id,
        enrolment=enrolment,
        lesson_id=lesson_id,
        questions=[],
        pass_per_cent=lesson.pass_per_cent,
        has_passed=True,
        help=help,
        started_at=at,
        finished_at=at,
        recorded_by=by,
    )


def _drawn(lesson: LessonPage, who: str, tried) -> list[dict]:
    questions = questions_of(lesson)
    if not 0 < lesson.asked < len(questions):
        return questions
    turn = tried.count()
    return [questions[number] for number in draw(len(questions), lesson.asked, who, turn)]
