"""What a class can do, person by person and lesson by lesson; and who needs whom next time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from uuid import UUID, uuid4

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models import ClassGroup, ClassSession
from people.models import Resident
from progress.models import Enrolment, Level, Observation, SkillSeen
from progress.reports.journey import LessonState, lessons_of_campaign
from progress.rules import helpers_wanted

_MASTERED = set(SkillSeen.MASTERED)

PHONES: dict[str, str | Promise] = {
    Resident.PhoneKind.ANDROID: pgettext_lazy("a group of people", "With an Android telephone"),
    Resident.PhoneKind.IPHONE: pgettext_lazy("a group of people", "With an iPhone"),
    Resident.PhoneKind.BASIC: pgettext_lazy("a group of people", "With a telephone with keys"),
    Resident.PhoneKind.NONE: pgettext_lazy("a group of people", "Without a telephone"),
    "": pgettext_lazy("a group of people", "Telephone not asked yet"),
}
NEEDS: dict[str, str | Promise] = {
    "needs_hearing_help": _("Hard of hearing: sit close, speak slowly, show it"),
    "needs_reading_help": _("Somebody reads to them"),
    "needs_large_type": _("Large letters: set the telephone before the class"),
}


@dataclass
class Learner:
    """A person of a class, and how far he or she can do each lesson."""

    enrolment: Enrolment
    # {lesson as written first: level}
    levels: dict[int, str] = field(default_factory=dict)

    @property
    def resident(self) -> Resident:
        return self.enrolment.resident

    def has_mastered(self, lesson: int) -> bool:
        return self.levels.get(lesson) in _MASTERED

    @property
    def mastered(self) -> int:
        return sum(level in _MASTERED for level in self.levels.values())


@dataclass
class Tally:
    """A lesson, and how many of the class can do it how far."""

    lesson: LessonState
    unseen: int = 0
    not_yet: int = 0
    helped: int = 0
    alone: int = 0
    done: int = 0

    @property
    def mastered(self) -> int:
        return self.alone + self.done


@dataclass
class Group:
    """People who sit together: what they need help with, and who among them can give it."""

    label: str | Promise
    not_yet: list[Learner] = field(default_factory=list)
    helped: list[Learner] = field(default_factory=list)
    # Can do it alone, and so may show it to a neighbour.
    can_show: list[Learner] = field(default_factory=list)

    @property
    def people(self) -> int:
        return len(self.not_yet) + len(self.helped) + len(self.can_show)

    @property
    def wanted(self) -> int:
        """How many should help here, altogether."""
        return helpers_wanted(len(self.not_yet), len(self.helped))

    @property
    def volunteers(self) -> int:
        """How many of them have to come from outside, when those who can do it show the others."""
        return max(0, self.wanted - len(self.can_show))


@dataclass
class Board:
    """The skills of a class."""

    group: ClassGroup
    lessons: list[LessonState]
    learners: list[Learner]

    @property
    def tallies(self) -> list[Tally]:
        tallies = []
        for lesson in self.lessons:
            tally = Tally(lesson)
            for learner in self.learners:
                name = learner.levels.get(lesson.source_id) or "unseen"
                setattr(tally, name, getattr(tally, name) + 1)
            tallies.append(tally)
        return tallies

    def lesson(self, pk: int | None) -> LessonState | None:
        """Return the lesson asked for; else that of the class's next evening, else the first
        that not everybody can do."""
        by_pk = {lesson.source_id: lesson for lesson in self.lessons}
        if pk in by_pk:
            return by_pk[pk]
        if (coming := _next_lesson(self.group)) in by_pk:
            return by_pk[coming]
        for lesson in self.lessons:
            if not all(learner.has_mastered(lesson.source_id) for learner in self.learners):
                return lesson
        return next(iter(self.lessons), None)

    def by_phone(self, lesson: LessonState) -> list[Group]:
        """Return who sits together for a lesson: the same kind of telephone."""
        groups = {kind: Group(label) for kind, label in PHONES.items()}
        for learner in self.learners:
            _put(groups[learner.resident.phone_kind], learner, lesson.source_id)
        return [group for group in groups.values() if group.people]

    def by_need(self) -> list[tuple[str | Promise, list[Learner]]]:
        """Return whom a helper must know something about, need by need."""
        found = [
            (label, [one for one in self.learners if getattr(one.resident, need)])
            for need, label in NEEDS.items()
        ]
        return [(label, people) for label, people in found if people]


def skill_board(group: ClassGroup) -> Board:
    """Return what a class can do; the same few queries for three people or for two hundred."""
    enrolments = (
        Enrolment.objects.active()
        .filter(class_group=group)
        .select_related("resident__village")
        .order_by("resident__sort_key", "pk")
    )
    learners = {row.pk: Learner(row) for row in enrolments}
    seen = SkillSeen.objects.filter(
        enrolment__in=Enrolment.objects.active().filter(class_group=group)
    )
    for enrolment, lesson, level in seen.values_list("enrolment_id", "lesson_id", "level"):
        if enrolment in learners:
            learners[enrolment].levels[lesson] = level
    return Board(group, lessons_of_campaign(group.campaign, group), list(learners.values()))


@dataclass
class Rung:
    """A lesson on a learner's ladder: what holds, and who saw what when."""

    lesson: LessonState
    level: str = ""
    history: list[Observation] = field(default_factory=list)
    # Makes the number of the next sight: the same tap sent twice is one.
    nonce: UUID = field(default_factory=uuid4)

    @property
    def latest(self) -> Observation | None:
        return self.history[0] if self.history else None

    @property
    def has_mastered(self) -> bool:
        return self.level in _MASTERED


def ladder_of(
    enrolment: Enrolment, lessons: Iterable[LessonState], *, only: int | None = None
) -> list[Rung]:
    """Return how far a learner can do each lesson, the latest sight of each first."""
    seen = Observation.objects.filter(enrolment=enrolment).select_related("observed_by")
    if only is not None:
        seen = seen.filter(lesson=only)
    history: dict[int, list[Observation]] = {}
    for observation in seen.order_by(*Observation.latest_first):
        history.setdefault(observation.lesson_id, []).append(observation)
    rungs = [
        Rung(lesson, history=history.get(lesson.source_id, []))
        for lesson in lessons
        if only in (None, lesson.source_id)
    ]
    for rung in rungs:
        rung.level = rung.latest.level if rung.latest else ""
    return rungs


def lessons_mastered(enrolments: Sequence[int]) -> dict[int, list[int]]:
    """Return {enrolment: the lessons mastered} of many, in one query."""
    seen = (
        SkillSeen.objects.mastered()
        .filter(enrolment__in=enrolments)
        .order_by("enrolment_id", "lesson__path")
        .values_list("enrolment_id", "lesson_id")
    )
    return {
        enrolment: [lesson for _enrolment, lesson in rows]
        for enrolment, rows in groupby(seen, key=lambda row: row[0])
    }


def _put(group: Group, learner: Learner, lesson: int) -> None:
    level = learner.levels.get(lesson)
    if level in _MASTERED:
        group.can_show.append(learner)
    elif level == Level.WITH_HELP:
        group.helped.append(learner)
    else:
        # Nobody has seen it yet: whoever may need help gets a helper.
        group.not_yet.append(learner)


def _next_lesson(group: ClassGroup) -> int | None:
    """Return the lesson of the class's next evening, if somebody has said which."""
    ahead = ClassSession.objects.not_cancelled().filter(
        class_group=group, starts_at__gt=timezone.now(), lesson__isnull=False
    )
    return ahead.order_by("starts_at").values_list("lesson_id", flat=True).first()
