"""What was known before a course, and what after it: of one learner, and of a class."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Func, IntegerField
from wagtail.models import Locale

from campaigns.models import ClassGroup
from courses.models import CoursePage
from progress.models import Attempt, Enrolment
from progress.reports.journey import Journey

BEFORE, AFTER = Attempt.AROUND_A_COURSE


@dataclass
class CourseTest:
    """A course with questions before and after it, and how a learner stands with them."""

    # In the language of the screen.
    course: CoursePage
    # As it was written first.
    source_id: int
    before: Attempt | None = None
    after: Attempt | None = None
    # "before", "after" or "": what may be offered now.
    offer: str = ""

    @property
    def rows(self) -> list[tuple[str, Attempt]]:
        """The tests that were finished, in their order."""
        both = ((BEFORE, self.before), (AFTER, self.after))
        return [(occasion, test) for occasion, test in both if test and test.finished_at]


@dataclass(frozen=True)
class Gain:
    """What a class knew before a course and after it; only those count who did both."""

    course: CoursePage
    people: int
    before: int
    after: int


class _Length(Func):
    """How many parts a list kept as JSON has."""

    function = "JSON_ARRAY_LENGTH"
    output_field = IntegerField()

    def as_postgresql(self, compiler, connection, **more):
        return self.as_sql(compiler, connection, function="JSONB_ARRAY_LENGTH", **more)


def course_test(enrolment: Enrolment, course: CoursePage) -> CourseTest:
    """Return how a learner stands with the tests of one course."""
    source = course.source()
    test = CourseTest(_shown([source]).get(source.translation_key, source), source.pk)
    _add_attempts({source.pk: test}, enrolment)
    return test


def course_tests_of(journey: Journey) -> list[CourseTest]:
    """Return the courses on a learner's way that have tests, where there is something to show.

    Before a course it is offered until the first lesson is opened, and only for the course that
    comes next; after it, once every lesson is passed.
    """
    lessons: dict[int, list] = {}
    courses = {}
    for state in journey.lessons:
        if state.course and state.course.test_size:
            courses[state.course.pk] = state.course
            lessons.setdefault(state.course.pk, []).append(state)
    if not courses:
        return []
    shown = _shown(courses.values())
    tests = {
        pk: CourseTest(shown.get(course.translation_key, course), pk)
        for pk, course in courses.items()
    }
    _add_attempts(tests, journey.enrolment)
    coming = journey.next_lesson.course if journey.next_lesson else None
    for pk, test in tests.items():
        is_next = coming is not None and coming.pk == pk
        if is_next and not _is_finished(test.before):
            is_untouched = all(state.state == "new" for state in lessons[pk])
            test.offer = BEFORE if is_untouched or test.before else ""
        elif not _is_finished(test.after) and all(state.has_passed for state in lessons[pk]):
            test.offer = AFTER
    return [test for test in tests.values() if test.offer or test.rows]


def class_gains(class_group: ClassGroup) -> list[Gain]:
    """Return what the learners of a class knew before and after each course, in per cent."""
    done: dict[int, dict[int, dict[str, tuple[int, int]]]] = {}
    finished = Attempt.objects.around_courses().filter(
        enrolment__in=Enrolment.objects.active().filter(class_group=class_group),
        finished_at__isnull=False,
    )
    rows = finished.annotate(asked=_Length("questions")).order_by("-finished_at", "-pk")
    for course, enrolment, occasion, score, asked in rows.values_list(
        "course_id", "enrolment_id", "occasion", "score", "asked"
    ):
        # Of two that were merged into one learner the earlier test counts: it comes last.
        done.setdefault(course, {}).setdefault(enrolment, {})[occasion] = (score, asked)
    if not done:
        return []
    courses = CoursePage.objects.filter(pk__in=done).order_by("path")
    gains = []
    for course in courses:
        both = [tests for tests in done[course.pk].values() if len(tests) == 2]
        if both:
            before, after = (_per_cent(tests[name] for tests in both) for name in (BEFORE, AFTER))
            gains.append(Gain(course, len(both), before, after))
    return gains


def _per_cent(scores: Iterable[tuple[int, int]]) -> int:
    scores = list(scores)
    return round(100 * sum(score for score, _asked in scores) / sum(asked for _s, asked in scores))


def _is_finished(test: Attempt | None) -> bool:
    return test is not None and test.finished_at is not None


def _add_attempts(tests: dict[int, CourseTest], enrolment: Enrolment) -> None:
    attempts = Attempt.objects.filter(enrolment=enrolment, course__in=tests)
    for attempt in attempts.order_by("-started_at", "-pk"):
        # The earlier of two comes last and counts.
        test = tests.get(attempt.course_id or 0)
        if test:
            setattr(test, attempt.occasion, attempt)


def _shown(courses: Iterable[CoursePage]) -> dict:
    """Return {translation key: the course in the language of the screen}, where there is one."""
    locale = Locale.get_active()
    keys = [course.translation_key for course in courses if course.locale_id != locale.pk]
    if not keys:
        return {}
    translated = CoursePage.objects.live().filter(translation_key__in=keys, locale=locale)
    return {course.translation_key: course for course in translated}
