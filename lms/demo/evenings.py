"""A class of the demo through its evenings: people come, are marked, learn, and complete."""

import datetime as dt
import random
import uuid

from campaigns.models import ClassGroup, ClassSession
from campaigns.services import set_lesson
from courses.models import LessonPage
from lms.demo.clock import at, clock_of
from lms.demo.names import Person
from people.models import Consent, Resident, User
from people.services import register_resident
from places.models import Place
from progress.models import Attendance, Enrolment, Level, Recheck
from progress.services import (
    NewMark,
    answer_question,
    close_register,
    enrol,
    finish_attempt,
    finish_reading,
    mark_many,
    open_lesson,
    record_lesson,
    start_attempt,
)
from progress.services.observing import NewObservation, append_observations
from progress.services.rechecking import NewRecheck, append_rechecks

PRESENT, LATE, EXCUSED, ABSENT = Attendance.Status
# Which share of those who are still to come joins on the first evenings.
JOINING = (0.6, 0.5, 0.5, 0.6)
# Of a hundred people: Android, iPhone, keys, none, not asked yet.
PHONES, PHONE_SHARES = [*Resident.PhoneKind.values, ""], (62, 14, 9, 5, 10)
# How far people get, not yet to really done: tonight's lesson, and one of an earlier evening.
LEARNING, LATER = (22, 48, 25, 5), (6, 28, 46, 20)


class ClassStory:
    """What happened in one class, told evening by evening."""

    def __init__(
        self,
        group: ClassGroup,
        *,
        rng: random.Random,
        teacher: User,
        lessons: list[LessonPage],
        villages: list[Place],
        diligence: float = 0.75,
    ):
        self.group, self.rng, self.teacher = group, rng, teacher
        self.lessons, self.villages, self.diligence = lessons, villages, diligence
        self.learners: list[Enrolment] = []
        self._habits: dict[int, float] = {}
        self._next_lesson: dict[int, int] = {}
        # Dice of its own, so that what volunteers see changes nothing of what happens.
        self._eyes = random.Random(group.pk)
        self._seen: list[NewObservation] = []
        self._numbers = random.Random(-group.pk)

    def tell(self, people: list[Person], until: dt.datetime) -> None:
        """Let ``people`` join over the first evenings, and hold every evening before ``until``."""
        sessions = [
            session
            for session in self.group.sessions.order_by("starts_at")
            if session.ends_at < until and session.state == ClassSession.State.PLANNED
        ]
        waiting = list(people)
        for index, session in enumerate(sessions):
            share = JOINING[index] if index < len(JOINING) else 1
            joining = round(len(waiting) * share)
            newcomers, waiting = waiting[:joining], waiting[joining:]
            self._hold(session, newcomers, walk_in=index > 0, index=index)
        append_observations(self._seen)
        self._ask_again(until)

    def join(self, person: Person, moment: dt.datetime, *, walk_in: bool) -> Enrolment:
        """Register somebody and enrol him or her in the class."""
        rng = self.rng
        # Nobody joins before the campaign begins.
        moment = max(moment, clock_of(self.group.campaign.first_day, 8))
        kind = self._eyes.choices(PHONES, PHONE_SHARES)[0]
        with at(moment):
            resident = register_resident(
                full_name=person.full_name,
                sort_name=person.sort_name,
                village=rng.choice(self.villages),
                by=self.teacher,
                birth_year=moment.year - int(rng.triangular(52, 86, 66)),
                birth_year_is_about=rng.random() < 0.12,
                sex=person.sex,
                learning_language=person.language,
                source=Resident.Source.WALK_IN if walk_in else Resident.Source.REGISTERED,
                uuid=uuid.UUID(int=rng.getrandbits(128), version=4),
                consent=Consent.Manner.SPOKEN,
                needs_large_type=rng.random() < 0.2,
                needs_hearing_help=rng.random() < 0.12,
                needs_reading_help=rng.random() < 0.12,
                phone_kind=kind,
                phone=self._number(kind),
            )
            enrolment = enrol(
                resident, self.group.campaign, by=self.teacher, class_group=self.group
            )
        self.learners.append(enrolment)
        self._habits[enrolment.pk] = min(0.98, max(0.1, rng.gauss(self.diligence, 0.2)))
        self._next_lesson[enrolment.pk] = 0
        return enrolment

    def _number(self, kind: str) -> str:
        """Most who have a telephone tell its number; these are plainly made up."""
        number = f"0999 00{self._numbers.randrange(10_000):04d}"
        return number if kind not in ("", "none") and self._numbers.random() < 0.93 else ""

    def _hold(self, session, newcomers, *, walk_in, index):
        rng, start = self.rng, session.starts_at
        for person in newcomers:
            days = 0 if walk_in else rng.randint(0, 4)
            self.join(
                person, start - dt.timedelta(days=days, minutes=rng.randint(1, 20)), walk_in=walk_in
            )
        came, marks = [], []
        for position, enrolment in enumerate(self.learners):
            status = self._status(enrolment)
            observed_at = start + dt.timedelta(seconds=40 * position)
            if status == LATE:
                observed_at += dt.timedelta(minutes=25)
            marks.append(
                NewMark(
                    enrolment.pk,
                    status,
                    id=uuid.UUID(int=rng.getrandbits(128), version=4),
                    observed_at=observed_at,
                )
            )
            if status in Attendance.CAME:
                came.append(enrolment)
        lesson = self.lessons[index % len(self.lessons)]
        with at(start + dt.timedelta(minutes=50)):
            set_lesson(session, lesson, by=self.teacher)
            mark_many(session, marks, by=self.teacher)
        for enrolment in came:
            self._learn(enrolment, start + dt.timedelta(minutes=rng.randint(55, 85)))
        with at(session.ends_at + dt.timedelta(minutes=5)):
            close_register(session, by=self.teacher)

    def _status(self, enrolment):
        if self.rng.random() < self._habits[enrolment.pk]:
            return LATE if self.rng.random() < 0.12 else PRESENT
        return EXCUSED if self.rng.random() < 0.35 else ABSENT

    def _learn(self, enrolment, moment):
        """Most people master one lesson an evening; some need three evenings for it."""
        position = self._next_lesson[enrolment.pk]
        if position < len(self.lessons):
            self._watch(enrolment, self.lessons[position], moment, LEARNING)
        if position and self._eyes.random() < 0.4:
            self._watch(enrolment, self.lessons[self._eyes.randrange(position)], moment, LATER)
        if position >= len(self.lessons) or self.rng.random() > 0.72:
            return
        lesson = self.lessons[position]
        self._next_lesson[enrolment.pk] += 1
        with at(moment):
            if self.rng.random() < 0.12:
                self._take_the_quiz(enrolment, lesson)
            else:
                help = self.rng.choices(["helped", "alone", "paper"], [6, 3, 1])[0]
                record_lesson(enrolment, lesson, help, by=self.teacher)

    def _watch(self, enrolment, lesson, moment, shares):
        """A volunteer looks on, and notes how far it went; not everybody is looked at."""
        if self._eyes.random() < 0.3:
            return
        self._seen.append(
            NewObservation(
                enrolment.pk,
                enrolment.campaign_id,
                lesson.pk,
                self._eyes.choices(Level.values, shares)[0],
                by=self.teacher,
                observed_at=moment,
            )
        )

    def _ask_again(self, until):
        """Most of those who completed early were visited; the others are still to be."""
        enrolments = [learner.pk for learner in self.learners]
        asked = []
        for row in Enrolment.objects.completed().filter(pk__in=enrolments).order_by("pk"):
            for days in Recheck.ROUNDS:
                since = row.completed_at + dt.timedelta(days=days)
                if since >= until or self._eyes.random() < 0.4:
                    continue
                at = since + min(until - since, dt.timedelta(days=8)) * self._eyes.random()
                outcome = self._eyes.choices(Recheck.Outcome.values, (60, 24, 10, 6))[0]
                asked.append(
                    NewRecheck(
                        row.pk, row.campaign_id, days, outcome, by=self.teacher, observed_at=at
                    )
                )
        append_rechecks(asked)

    def _take_the_quiz(self, enrolment, lesson):
        """Somebody reads and answers on a phone; now and then the first answer is wrong."""
        open_lesson(enrolment, lesson)
        finish_reading(enrolment, lesson)
        attempt = start_attempt(enrolment, lesson)
        for question in attempt.questions:
            if self.rng.random() < 0.15:
                wrong = [
                    option["id"] for option in question["options"] if not option.get("correct")
                ]
                if wrong and question["kind"] in ("single", "true_false", "picture"):
                    attempt = answer_question(attempt, question["id"], self.rng.choice(wrong))
            attempt = answer_question(attempt, question["id"], right_answer(question))
        finish_attempt(attempt, by=None)


def right_answer(question: dict) -> str | list[str]:
    """Return the answer that a teacher would give."""
    match question["kind"]:
        case "number":
            return question["answer"]
        case "text":
            return question["accepted"][0]
        case "order" | "match":
            return [option["id"] for option in question["options"]]
    right = [option["id"] for option in question["options"] if option["correct"]]
    return right if question["kind"] in ("several", "spot") else right[0]
