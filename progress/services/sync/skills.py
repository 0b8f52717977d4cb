"""What volunteers see people do: skills, lessons on paper, what lasted; and screens that differ."""

import uuid
from collections import defaultdict
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from campaigns.models import Shift
from courses.models import LessonPage, ScreenReport
from courses.rules import pass_mark, stored_screens
from courses.services import questions_of, report_screen
from people.models import User
from progress.models import Attempt, Enrolment, Help, Level, Observation, Recheck
from progress.services.completing import changing_facts
from progress.services.observing import NewObservation, append_observations
from progress.services.rechecking import NewRecheck, append_rechecks, check_recheck
from progress.services.sync.asked import originals_of
from progress.services.sync.batch import ID_REUSED, Batch
from progress.services.sync.evening import noted
from progress.services.sync.fields import identifier, one_of, optional, pk, whole, words
from progress.services.sync.registry import DUP, NO, Item, Person, Verdict, handles

MAX_QUESTIONS = 60

_UNKNOWN_LESSON = Verdict(NO, "unknown_lesson", _("This lesson is no longer there."))
_UNKNOWN_ENROLMENT = Verdict(NO, "unknown_person", _("This person is not in the list."))
_TOO_MANY_RIGHT = Verdict(NO, "bad_number", _("There are not so many questions."))


@handles(
    "skill",
    by="staff",
    reads={
        "session": optional(pk),
        "person": identifier,
        "lesson": pk,
        "level": one_of("", *Level.values),
    },
)
def take_skills(person: Person, items: Sequence[Item]) -> list[Verdict]:
    """Keep what was observed; the latest observation of a skill holds."""
    batch = Batch(person, items)
    batch.refuse_unknown_sessions()
    batch.find_people()
    batch.find_enrolments()
    batch.find_current_enrolments()
    lessons = originals_of(item.lesson for _number, item in batch.open())
    known = Observation.objects.in_bulk([item.id for _number, item in batch.open()])
    for number, item in batch.open():
        if earlier := known.get(item.id):
            enrolment = batch.known_enrolment(item)
            same = (
                earlier.session_id,
                earlier.enrolment_id,
                earlier.lesson_id,
                earlier.level,
                earlier.device,
                earlier.seq,
            ) == (
                item.session,
                enrolment and enrolment.pk,
                lessons.get(item.lesson),
                item.level,
                item.device,
                item.seq,
            )
            batch.answer(number, Verdict(DUP) if same else ID_REUSED)
    _judge(batch, "progress.observe")
    new = []
    for number, item in batch.open():
        if item.lesson not in lessons:
            batch.answer(number, _UNKNOWN_LESSON)
            continue
        if not batch.is_taken(item):
            enrolment = batch.enrolment(item)
            row = noted(batch, item)
            new.append(
                NewObservation(
                    enrolment.pk,
                    enrolment.campaign_id,
                    lessons[item.lesson],
                    item.level,
                    by=row["observed_by"],
                    sent_by=row["sent_by"],
                    session_id=item.session,
                    id=item.id,
                    device=item.device,
                    seq=item.seq,
                    observed_at=row["observed_at"],
                )
            )
        batch.take(number, item)
    append_observations(new)
    return batch.verdicts()


@handles(
    "paper",
    by="staff",
    reads={
        "attempt": identifier,
        "session": pk,
        "person": identifier,
        "lesson": pk,
        "right": whole(0, MAX_QUESTIONS),
    },
)
def take_papers(person: Person, items: Sequence[Item]) -> list[Verdict]:
    """Keep how many questions of a lesson somebody answered rightly on paper."""
    batch = Batch(person, items)
    batch.refuse_unknown_sessions()
    batch.find_people()
    batch.find_enrolments()
    lessons = originals_of(item.lesson for _number, item in batch.open())
    uuids = [item.attempt for _number, item in batch.open()]
    rows = Attempt.objects.filter(uuid__in=uuids)
    known = {row[0]: row[1:] for row in rows.values_list("uuid", "enrolment", "lesson", "score")}
    for number, item in batch.open():
        if item.attempt in known:
            enrolment = batch.known_enrolment(item)
            sent = (enrolment and enrolment.pk, lessons.get(item.lesson), item.right)
            batch.answer(number, Verdict(DUP) if known[item.attempt] == sent else ID_REUSED)
    _judge(batch, "progress.record_lesson")
    pages = LessonPage.objects.in_bulk({lessons.get(item.lesson) for _n, item in batch.open()})
    new: dict[uuid.UUID, Attempt] = {}
    for number, item in batch.open():
        page = pages.get(lessons.get(item.lesson))
        if page is None:
            batch.answer(number, _UNKNOWN_LESSON)
            continue
        questions = questions_of(page)
        asked = min(page.asked or len(questions), len(questions))
        if item.right > len(questions):
            batch.answer(number, _TOO_MANY_RIGHT)
            continue
        if item.attempt in new and not batch.is_taken(item):
            batch.answer(number, ID_REUSED)
            continue
        if not batch.is_taken(item):
            enrolment = batch.enrolment(item)
            at = noted(batch, item)["observed_at"]
            new[item.attempt] = Attempt(
                uuid=item.attempt,
                campaign_id=enrolment.campaign_id,
                enrolment_id=enrolment.pk,
                lesson_id=page.pk,
                # The sheet stays with whoever filled it in; the volunteer has counted.
                questions=[],
                pass_per_cent=page.pass_per_cent,
                score=item.right,
                has_passed=item.right >= pass_mark(asked, page.pass_per_cent),
                help=Help.ALONE,
                started_at=at,
                finished_at=at,
                recorded_by=batch.author(item),
            )
        batch.take(number, item)
    if new:
        with changing_facts({row.enrolment_id for row in new.values()}, lessons=True):
            Attempt.objects.bulk_create(new.values())
    return batch.verdicts()


@handles(
    "screen",
    by="staff",
    reads={
        "lesson": pk,
        # Which screen: the number of its block or, if the phone knows no more, its place.
        "block": optional(identifier),
        "screen": optional(whole(1, 999)),
        "session": pk,
        "note": optional(words(200), ""),
    },
)
def take_screens(person: Person, items: Sequence[Item]) -> list[Verdict]:
    """Note that a screen looked different in class."""
    batch = Batch(person, items)
    batch.refuse_unknown_sessions()
    known = ScreenReport.objects.in_bulk([item.id for _number, item in batch.open()])
    for number, item in batch.open():
        if earlier := known.get(item.id):
            is_same = item.block in (None, earlier.block) and earlier.note == item.note.strip()
            batch.answer(number, Verdict(DUP) if is_same else ID_REUSED)
    batch.judge_rights("courses.report_screen")
    batch.hold_what_is_too_old()
    lessons = originals_of(item.lesson for _number, item in batch.open())
    pages = LessonPage.objects.in_bulk(set(lessons.values()))
    for number, item in batch.open():
        page = pages.get(lessons.get(item.lesson))
        if page is None:
            batch.answer(number, _UNKNOWN_LESSON)
            continue
        try:
            report_screen(
                page,
                item.block or _screen_at(page, item.screen),
                batch.place(item),
                by=batch.author(item),
                note=item.note,
                uuid=item.id,
                at=noted(batch, item)["observed_at"],
            )
        except ValidationError as refusal:
            batch.refuse(number, item, refusal)
        else:
            batch.take(number, item)
    return batch.verdicts()


@handles(
    "recheck",
    by="staff",
    reads={
        "enrolment": pk,
        # Whose it is, in case two records were found to be one person meanwhile.
        "person": optional(identifier),
        "days": whole(1, 99),
        "outcome": one_of(*Recheck.Outcome.values),
        "remark": optional(words(200), ""),
        "shift": optional(pk),
    },
)
def take_rechecks(person: Person, items: Sequence[Item]) -> list[Verdict]:
    """Keep what came of asking people again, some weeks after they completed."""
    batch = Batch(person, items)
    enrolments = _enrolments(batch)
    known = Recheck.objects.in_bulk([item.id for _number, item in batch.open()])
    for number, item in batch.open():
        enrolment = enrolments.get(item.id)
        if enrolment is None:
            batch.answer(number, _UNKNOWN_ENROLMENT)
        elif earlier := known.get(item.id):
            same = (
                earlier.enrolment_id,
                earlier.days,
                earlier.outcome,
                earlier.remark,
                earlier.device,
                earlier.seq,
            ) == (
                enrolment.pk,
                item.days,
                item.outcome,
                _line(item.remark),
                item.device,
                item.seq,
            )
            batch.answer(number, Verdict(DUP) if same else ID_REUSED)
        else:
            batch.set_place(item, enrolment.village)
    batch.judge_rights("progress.observe")
    batch.hold_what_is_too_old()
    shifts = _shifts(batch)
    new = []
    for number, item in batch.open():
        enrolment, row = enrolments[item.id], noted(batch, item)
        try:
            check_recheck(
                enrolment, item.days, item.outcome, _line(item.remark), at=row["observed_at"]
            )
        except ValidationError as refusal:
            batch.refuse(number, item, refusal)
            continue
        if not batch.is_taken(item):
            new.append(
                NewRecheck(
                    enrolment_id=enrolment.pk,
                    campaign_id=enrolment.campaign_id,
                    days=item.days,
                    outcome=item.outcome,
                    by=row["observed_by"],
                    sent_by=row["sent_by"],
                    remark=_line(item.remark),
                    shift_id=shifts.get(item.id),
                    id=item.id,
                    device=item.device,
                    seq=item.seq,
                    observed_at=row["observed_at"],
                )
            )
        batch.take(number, item)
    append_rechecks(new)
    return batch.verdicts()


def _judge(batch: Batch, permission: str) -> None:
    """Judge what was noted of people on the register."""
    batch.judge_rights(permission)
    batch.hold_what_is_too_old()
    batch.let_unknown_people_wait()
    batch.refuse_what_names_the_erased()
    batch.let_those_not_enrolled_wait(permission)
    batch.hold_for_those_who_left()


def _enrolments(batch: Batch) -> dict[uuid.UUID, Enrolment]:
    """Return {item: the enrolment that it means}, also if it was merged into another one."""
    items = [item for _number, item in batch.open()]
    rows = Enrolment.objects.select_related("village", "resident")
    found = rows.in_bulk({item.enrolment for item in items})
    by_item = {item.id: found[item.enrolment] for item in items if item.enrolment in found}
    gone = [item for item in items if item.id not in by_item and item.person]
    if gone:
        people = {item.person for item in gone}
        completed = rows.completed().filter(resident__merged_from__uuid__in=people)
        latest = {
            row.former: row
            for row in completed.annotate(former=F("resident__merged_from__uuid")).order_by(
                "completed_at", "pk"
            )
        }
        by_item |= {item.id: latest[item.person] for item in gone if item.person in latest}
    return by_item


def _shifts(batch: Batch) -> dict[uuid.UUID, int]:
    """Return {item: the shift that it names}, where whoever answers for it may see that one."""
    named: dict[User, list[Item]] = defaultdict(list)
    for _number, item in batch.open():
        if item.shift:
            named[batch.decided_by or batch.author(item)].append(item)
    shifts: dict[uuid.UUID, int] = {}
    for user, items in named.items():
        rows = Shift.objects.visible_to(user).filter(pk__in={item.shift for item in items})
        seen = set(rows.values_list("pk", flat=True))
        shifts |= {item.id: item.shift for item in items if item.shift in seen}
    return shifts


def _screen_at(page: LessonPage, number: int | None) -> str:
    screens = stored_screens(page.body.raw_data)
    for screen in screens:
        if screen.number == number:
            return screen.block
    raise ValidationError(_("This screen is no longer in the lesson."), code="no_screen")


def _line(remark: str) -> str:
    return " ".join(remark.split())
