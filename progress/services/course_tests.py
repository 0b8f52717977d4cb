"""What somebody knows before a course, and what after it.

Offered, never demanded; nobody passes or fails, and nothing of it enters completion or coverage.
Both tests take as many questions from each lesson; the second one asks others where there are
enough, so that it shows what was learnt and not what was remembered.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models import CoursePage
from courses.rules import draw_across
from courses.services import questions_by_lesson
from progress.models import Attempt, Enrolment, LessonView


def start_course_test(
    enrolment: Enrolment, course: CoursePage, occasion: str, *, at: datetime | None = None
) -> Attempt:
    """Return the learner's test before or after a course, or begin it; there is one of each."""
    source = course.source()
    with transaction.atomic():
        # Two phones of one learner share one test.
        Enrolment.objects.select_for_update().get(pk=enrolment.pk)
        tests = Attempt.objects.filter(enrolment=enrolment, course=source.pk)
        mine = tests.filter(occasion=occasion).order_by("started_at", "pk").first()
        if mine:
            return mine
        _refuse_wrong_time(enrolment, source, occasion)
        questions = _drawn(enrolment, course, source.pk, occasion, tests)
        if not questions:
            raise ValidationError(_("This course has no questions yet."), code="no_questions")
        return Attempt.objects.create(
            campaign_id=enrolment.campaign_id,
            enrolment=enrolment,
            occasion=occasion,
            course_id=source.pk,
            questions=questions,
            started_at=at or timezone.now(),
        )


def _refuse_wrong_time(enrolment, source, occasion) -> None:
    lessons = set(source.lessons().values_list("pk", flat=True))
    if occasion == Attempt.Occasion.BEFORE:
        views = LessonView.objects.filter(enrolment=enrolment, lesson__in=lessons)
        attempts = Attempt.objects.filter(enrolment=enrolment, lesson__in=lessons)
        if views.exists() or attempts.exists():
            raise ValidationError(_("You have begun this course already."), code="begun")
        return
    passed = Attempt.objects.passed().filter(enrolment=enrolment, lesson__in=lessons)
    if lessons - set(passed.values_list("lesson", flat=True)):
        raise ValidationError(_("First come the lessons of this course."), code="lessons_left")


def _drawn(enrolment, course, course_id, occasion, tests) -> list[dict]:
    pools = questions_by_lesson(course)
    known = {question["id"]: question for pool in pools for question in pool}
    ids = [[question["id"] for question in pool] for pool in pools]
    met = {question["id"] for test in tests for question in test.questions}
    who = f"{enrolment.pk}/{course_id}/{occasion}"
    return [known[name] for name in draw_across(ids, course.test_size, who, met)]
