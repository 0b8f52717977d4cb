"""A learner's way through the campaign: what is done, what comes next, when to meet again."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone
from wagtail.models import Locale

from campaigns.models import Campaign, ClassSession
from courses.models import CoursePage, LessonPage
from people.models import Resident
from progress.models import Attempt, Enrolment, LessonView, SkillSeen
from progress.rules import lessons_needed, skills_needed

# Until this long after its end, an evening is still tonight's.
LINGER = dt.timedelta(hours=1)


@dataclass
class LessonState:
    """A lesson, in the language of the screen, and how far a learner has come with it."""

    lesson: LessonPage
    # As it was written first: what is learnt is recorded there.
    source_id: int
    number: int
    # As it was written first.
    course: CoursePage | None = None
    is_required: bool = True
    has_passed: bool = False
    # Seen done without help; asked only where the campaign wants it.
    has_mastered: bool = False
    # The furthest step read; 0: not begun.
    step: int = 0
    has_read: bool = False
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def state(self) -> str:
        if self.has_passed:
            return "passed"
        return "begun" if self.step or self.attempts else "new"


class Missing(NamedTuple):
    """What somebody still needs to complete the campaign."""

    evenings: int
    lessons: int
    skills: int


@dataclass
class Journey:
    """What a learner's own screens, and a volunteer who looks after him, show."""

    enrolment: Enrolment
    lessons: list[LessonState]
    needed: int
    skills_needed: int = 0
    session: ClassSession | None = None

    @property
    def passed(self) -> list[LessonState]:
        return [lesson for lesson in self.lessons if lesson.has_passed]

    @property
    def required_passed(self) -> int:
        return sum(lesson.has_passed and lesson.is_required for lesson in self.lessons)

    @property
    def required_mastered(self) -> int:
        return sum(lesson.has_mastered and lesson.is_required for lesson in self.lessons)

    @property
    def missing(self) -> Missing | None:
        """What is still missing; nothing once the campaign is completed."""
        if self.enrolment.completed_at:
            return None
        missing = Missing(
            max(0, self.enrolment.campaign.evenings_required - self.enrolment.evenings),
            max(0, self.needed - self.required_passed),
            max(0, self.skills_needed - self.required_mastered),
        )
        return missing if any(missing) else None

    @property
    def next_lesson(self) -> LessonState | None:
        """What was begun comes first, then tonight's lesson, then the first one left."""
        left = [lesson for lesson in self.lessons if not lesson.has_passed]
        tonight = self.session and self.session.lesson_id
        left.sort(key=lambda lesson: (lesson.state != "begun", lesson.source_id != tonight))
        return left[0] if left else None


def journey_of(resident: Resident, *, enrolment: Enrolment | None = None) -> Journey | None:
    """Return the learner's way through the campaign that he or she takes part in now."""
    enrolment = enrolment or current_enrolment(resident)
    if enrolment is None:
        return None
    lessons = lessons_of_campaign(enrolment.campaign, enrolment.class_group)
    _add_progress(lessons, enrolment)
    required = [lesson.source_id for lesson in lessons if lesson.is_required]
    return Journey(
        enrolment=enrolment,
        lessons=lessons,
        needed=lessons_needed(enrolment.campaign, required),
        skills_needed=skills_needed(enrolment.campaign, required),
        session=next_session(enrolment),
    )


def current_enrolment(resident: Resident) -> Enrolment | None:
    """Return the enrolment that counts today: in a running campaign, else the last one."""
    enrolments = (
        Enrolment.objects.active()
        .filter(resident=resident)
        .select_related("campaign", "class_group__venue", "class_group__place", "village")
    )
    return max(
        enrolments,
        key=lambda row: (row.campaign.state == Campaign.State.RUNNING, row.campaign.first_day),
        default=None,
    )


def lessons_of_campaign(campaign: Campaign, class_group=None) -> list[LessonState]:
    """Return the lessons that a learner has before him: his class's course, then the others."""
    required = list(
        CoursePage.objects.live()
        .filter(pk__in=campaign.required_courses.values("pk"))
        .order_by("path")
    )
    courses = {course.pk: course for course in required}
    if class_group and class_group.course_id:
        own = (
            courses.get(class_group.course_id)
            or CoursePage.objects.live().filter(pk=class_group.course_id).first()
        )
        if own:
            courses = {own.pk: own} | courses
    steplen = LessonPage.steplen
    by_path = {course.path: course for course in courses.values()}
    order = {path: number for number, path in enumerate(by_path)}
    if not order:
        return []
    below = Q()
    for path in order:
        below |= Q(path__startswith=path)
    lessons = [
        lesson
        for lesson in LessonPage.objects.live().filter(below)
        if lesson.path[:-steplen] in order
    ]
    lessons.sort(key=lambda lesson: (order[lesson.path[:-steplen]], lesson.path))
    required_paths = {course.path for course in required}
    shown = in_language_of_screen(lessons)
    return [
        LessonState(
            lesson=shown.get(lesson.translation_key, lesson),
            source_id=lesson.pk,
            number=number,
            course=by_path[lesson.path[:-steplen]],
            is_required=lesson.path[:-steplen] in required_paths,
        )
        for number, lesson in enumerate(lessons, start=1)
    ]


def next_session(enrolment: Enrolment) -> ClassSession | None:
    """Return the evening on which the learner's class meets next, or is meeting now."""
    if enrolment.class_group_id is None:
        return None
    now = timezone.now()
    sessions = (
        ClassSession.objects.not_cancelled()
        .filter(class_group=enrolment.class_group_id, starts_at__gt=now - dt.timedelta(hours=12))
        .order_by("starts_at")[:5]
    )
    return next((session for session in sessions if session.ends_at + LINGER > now), None)


def in_language_of_screen(lessons: Iterable[LessonPage]) -> dict:
    """Return {translation key: the lesson in the language of the screen}, where there is one."""
    lessons = list(lessons)
    locale = Locale.get_active()
    keys = [lesson.translation_key for lesson in lessons if lesson.locale_id != locale.pk]
    if not keys:
        return {}
    translated = LessonPage.objects.live().filter(translation_key__in=keys, locale=locale)
    return {lesson.translation_key: lesson for lesson in translated}


def _add_progress(lessons: list[LessonState], enrolment: Enrolment) -> None:
    views = {view.lesson_id: view for view in LessonView.objects.filter(enrolment=enrolment)}
    attempts: dict[int | None, list[Attempt]] = {}
    rows = Attempt.objects.filter(enrolment=enrolment, lesson__isnull=False).select_related(
        "recorded_by"
    )
    for attempt in rows.order_by("started_at", "pk"):
        attempts.setdefault(attempt.lesson_id, []).append(attempt)
    for lesson in lessons:
        view = views.get(lesson.source_id)
        lesson.step = view.step if view else 0
        lesson.has_read = bool(view and view.finished_at)
        lesson.attempts = attempts.get(lesson.source_id, [])
        lesson.has_passed = any(attempt.has_passed for attempt in lesson.attempts)
    if enrolment.campaign.skills_required:
        seen = SkillSeen.objects.mastered().filter(enrolment=enrolment)
        mastered = set(seen.values_list("lesson_id", flat=True))
        for lesson in lessons:
            lesson.has_mastered = lesson.source_id in mastered
