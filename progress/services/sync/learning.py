"""What learners do on their own phones: reading, rehearsing, answering."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from courses.models import LessonPage
from courses.rules import is_an_answer
from courses.services import questions_of
from progress.models import Attempt, Help, LessonView
from progress.rules import next_unanswered
from progress.services.completing import changing_facts
from progress.services.lessons import finish_reading, reckon_up
from progress.services.practising import record_practice
from progress.services.sync.asked import Questions, asked_of, originals_of
from progress.services.sync.fields import (
    answers,
    identifier,
    moment,
    one_of,
    optional,
    pk,
    record,
    several,
    whole,
    words,
)
from progress.services.sync.merging import State, ended, join, together
from progress.services.sync.registry import (
    DUP,
    LATER,
    NO,
    OK,
    Item,
    Person,
    Verdict,
    handles,
)

MAX_STEP = 200
# Nobody answers the same questions on more phones; each that is said to be costs work for ever.
MAX_DEVICES = 20
# Answers that were given on the pages of the server itself.
WEB = "web"
_HELP = one_of(Help.ALONE, Help.HELPED)
_DAY = 24 * 60 * 60

_NOT_ENROLLED = Verdict(LATER, "not_enrolled", _("You are in no class yet."))
_UNKNOWN_LESSON = Verdict(NO, "unknown_lesson", _("This lesson is no longer there."))
_TOO_MANY_DEVICES = Verdict(NO, "too_many_devices", _("This cannot be read."))
_ID_REUSED = Verdict(NO, "id_reused", _("This was already sent with other contents."))


@handles(
    "view",
    by="learner",
    reads={
        "lesson": pk,
        "step": whole(1, MAX_STEP),
        "opened": optional(moment),
        "finished": optional(moment),
    },
)
def take_views(person: Person, items: Sequence[Item]) -> list[Verdict]:
    """Keep how far a lesson was read: the furthest step, the first opening, the first end."""
    enrolment = person.enrolment
    if enrolment is None:
        return [_NOT_ENROLLED] * len(items)
    lessons = originals_of(item.lesson for item in items)
    with changing_facts([enrolment.pk], lessons=True):
        rows = LessonView.objects.filter(enrolment=enrolment, lesson__in=set(lessons.values()))
        views = {view.lesson_id: view for view in rows}
        new, changed, verdicts, read = {}, {}, [], {}
        for item in items:
            lesson = lessons.get(item.lesson)
            if lesson is None:
                verdicts.append(_UNKNOWN_LESSON)
                continue
            view = views.get(lesson)
            if view is None:
                view = views[lesson] = new[lesson] = LessonView(
                    campaign_id=enrolment.campaign_id,
                    enrolment=enrolment,
                    lesson_id=lesson,
                    opened_at=item.received_at,
                )
            before = view.step, view.opened_at, view.finished_at
            finished = item.time(item.finished)
            view.step = max(view.step, item.step)
            view.opened_at = min(view.opened_at, item.time(item.opened) or item.at)
            view.finished_at = min(filter(None, (view.finished_at, finished)), default=None)
            has_changed = lesson in new or before != (view.step, view.opened_at, view.finished_at)
            if has_changed and lesson not in new:
                changed[lesson] = view
            if has_changed and view.finished_at:
                read[lesson] = view
            verdicts.append(Verdict(OK if has_changed else DUP))
        LessonView.objects.bulk_create(new.values())
        LessonView.objects.bulk_update(changed.values(), ["step", "opened_at", "finished_at"])
    _pass_what_asks_nothing(enrolment, list(read.values()))
    return verdicts


@handles(
    "practice",
    by="learner",
    reads={
        "run": identifier,
        "lesson": pk,
        "block": identifier,
        "steps": several(
            record(
                screen=words(20), wrong=whole(0, 999), hints=whole(0, 99), seconds=whole(0, _DAY)
            ),
            60,
            least=1,
        ),
        "seconds": whole(0, _DAY),
        "help": _HELP,
    },
)
def take_practices(person: Person, items: Sequence[Item]) -> list[Verdict]:
    """Keep each run of a practice once."""
    enrolment = person.enrolment
    if enrolment is None:
        return [_NOT_ENROLLED] * len(items)
    lessons = originals_of(item.lesson for item in items)
    pages = LessonPage.objects.in_bulk(set(lessons.values()))
    return [_practice(enrolment, pages.get(lessons.get(item.lesson)), item) for item in items]


def _practice(enrolment, lesson, item: Item) -> Verdict:
    if lesson is None:
        return _UNKNOWN_LESSON
    try:
        record_practice(
            enrolment,
            lesson,
            item.block,
            uuid=item.run,
            steps=item.steps,
            seconds=item.seconds,
            help=item.help,
            at=item.at,
        )
    except ValidationError as refusal:
        return Verdict(NO, refusal.code or "refused", refusal.message)
    return Verdict(OK)


@handles(
    "attempt",
    by="learner",
    reads={
        "attempt": identifier,
        "lesson": pk,
        # Of which state of the lesson the phone had the questions; 0: it was never revised.
        "revision": whole(0, 2**62),
        "asked": several(words(64), 60, least=1),
        "version": whole(1, 2**31 - 1),
        "answers": answers,
        "started": moment,
        "finished": optional(moment),
        "help": optional(_HELP, Help.ALONE.value),
    },
)
def take_attempts(person: Person, items: Sequence[Item]) -> list[Verdict]:
    """Keep what was answered, and reckon it up once every question has an answer."""
    enrolment = person.enrolment
    if enrolment is None:
        return [_NOT_ENROLLED] * len(items)
    lessons = originals_of(item.lesson for item in items)
    with changing_facts([enrolment.pk], lessons=True):
        uuids = {item.attempt for item in items}
        # Whoever has changed class or campaign since goes on with what was begun before.
        rows = Attempt.objects.filter(uuid__in=uuids).select_related("enrolment")
        attempts: dict[Any, Attempt] = {
            row.uuid: row for row in rows.select_for_update(of=("self",))
        }
        unknown = [item for item in items if item.attempt not in attempts]
        questions = Questions(unknown, lessons)
        new, changed, verdicts = {}, {}, []
        for item in items:
            lesson = lessons.get(item.lesson)
            attempt = attempts.get(item.attempt)
            if lesson is None:
                verdicts.append(_UNKNOWN_LESSON)
                continue
            if attempt is None:
                page = questions.page(item, lesson)
                asked = asked_of(page, item.asked) if page else None
                if page is None or asked is None:
                    verdicts.append(
                        Verdict(NO, "unknown_questions", _("These questions were never asked."))
                    )
                    continue
                attempt = attempts[item.attempt] = new[item.attempt] = Attempt(
                    uuid=item.attempt,
                    campaign_id=enrolment.campaign_id,
                    enrolment=enrolment,
                    lesson_id=lesson,
                    questions=asked,
                    pass_per_cent=page.pass_per_cent,
                    started_at=item.time(item.started) or item.at,
                )
            elif not _is_same(attempt, person, lesson, item):
                verdicts.append(_ID_REUSED)
                continue
            known = attempt.by_device
            if item.device not in known and len(known) >= MAX_DEVICES:
                verdicts.append(_TOO_MANY_DEVICES)
                continue
            has_changed = _lay_in(attempt, item)
            if has_changed and item.attempt not in new:
                changed[item.attempt] = attempt
            verdicts.append(Verdict(OK if has_changed else DUP))
        Attempt.objects.bulk_create(new.values())
        Attempt.objects.bulk_update(changed.values(), _DERIVED)
    return verdicts


_DERIVED = [
    "by_device", "answers", "version", "score", "has_passed", "help", "started_at", "finished_at"
]  # fmt: skip


def _is_same(attempt: Attempt, person: Person, lesson: int, item: Item) -> bool:
    return (
        attempt.lesson_id == lesson
        and person.resident is not None
        and attempt.enrolment.resident_id == person.resident.pk
        and attempt.recorded_by_id is None
        and {question["id"] for question in attempt.questions} == set(item.asked)
    )


def _lay_in(attempt: Attempt, item: Item) -> bool:
    """Add what one phone says to an attempt; tell whether that was anything new."""
    before = attempt.by_device
    states: dict[str, State] = dict(before)
    if web := _of_web(attempt, states):
        states[WEB] = web
    by_id = {question["id"]: question for question in attempt.questions}
    sent = {
        "version": item.version,
        "answers": {
            question: kept
            for question, given in item.answers.items()
            if question in by_id
            and (kept := [answer for answer in given if is_an_answer(by_id[question], answer)])
        },
        "started": _milliseconds(item.time(item.started)),
        "finished": _milliseconds(item.time(item.finished)),
        "help": item.help,
    }
    states[item.device] = join(states.get(item.device), sent)
    if states == before:
        return False
    attempt.by_device = states
    attempt.answers = together(attempt.questions, states)
    attempt.version = max(attempt.version, *(state["version"] for state in states.values()))
    attempt.started_at = min(attempt.started_at, _moment(states[item.device]["started"]))
    _finish(attempt, states)
    return True


def _of_web(attempt: Attempt, states: dict[str, State]) -> dict | None:
    """Return what was answered on the server's own pages, as if it were one more device."""
    known = together(attempt.questions, states)
    extra = {
        question: [answer for answer in given if answer not in known.get(question, [])]
        for question, given in attempt.answers.items()
    }
    is_finished_here = attempt.finished_at is not None and ended(states) is None
    if not any(extra.values()) and not is_finished_here:
        return None
    web = states.get(WEB)
    return join(
        web,
        {
            "version": attempt.version,
            "answers": {
                question: [*((web or {}).get("answers", {}).get(question) or []), *more]
                for question, more in extra.items()
                if more
            }
            if web
            else dict(attempt.answers),
            "started": _milliseconds(attempt.started_at),
            "finished": _milliseconds(attempt.finished_at) if is_finished_here else None,
            "help": attempt.help,
        },
    )


def _finish(attempt: Attempt, states: dict[str, State]) -> None:
    """Reckon up what one of the phones has ended, once every question has an answer."""
    end = ended(states)
    if end is None or next_unanswered(attempt.questions, attempt.answers):
        return
    reckon_up(attempt)
    attempt.help = end[1]
    if _milliseconds(attempt.finished_at) != end[0]:
        attempt.finished_at = _moment(end[0])


def _pass_what_asks_nothing(enrolment, views: Sequence[LessonView]) -> None:
    """A lesson without questions is passed by reading it."""
    read = {view.lesson_id: view.finished_at for view in views}
    for lesson in LessonPage.objects.filter(pk__in=read):
        if not questions_of(lesson):
            finish_reading(enrolment, lesson, at=read[lesson.pk])


def _milliseconds(moment: dt.datetime | None) -> int | None:
    return None if moment is None else round(moment.timestamp() * 1000)


def _moment(milliseconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(milliseconds / 1000, dt.UTC)
