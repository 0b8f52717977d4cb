"""Marks that volunteers made on a class evening without network."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import ClassSession
from people.models import Resident
from progress.models import Attendance, Flag, Mark
from progress.rules import NOTHING, STATUSES
from progress.services.enrolling import check_may_take_part, enrol_newcomers
from progress.services.marking import DOORS_OPEN, NewMark, append_marks
from progress.services.sync.batch import (
    FORBIDDEN_PERSON,
    ID_REUSED,
    Batch,
    Reason,
)
from progress.services.sync.fields import identifier, one_of, optional, pk
from progress.services.sync.registry import DUP, NO, Item, Person, Verdict, handles

# A clock that is wrong by more is worth a look; what it told is put right all the same.
ODD_CLOCK = dt.timedelta(hours=2)
# What is further off is not worth knowing; in milliseconds.
_CENTURY = 100 * 365 * 24 * 3600 * 1000

_SEQ_REUSED = Verdict(NO, "id_reused", _("Another mark of this phone has the same number."))


@handles(
    "mark",
    by="staff",
    reads={
        "session": pk,
        "person": identifier,
        "status": one_of(*STATUSES, NOTHING),
        "base": optional(identifier),
        "how": optional(one_of(Mark.How.TAP, Mark.How.CARD, Mark.How.PAPER), Mark.How.TAP.value),
    },
)
def take_marks(person: Person, items: Sequence[Item]) -> list[Verdict]:
    """Append marks, each judged by itself, and fold once what they come to."""
    batch = Batch(person, items, locks_sessions=True)
    batch.refuse_unknown_sessions()
    batch.find_people()
    batch.find_enrolments()
    taken_numbers = _answer_known_marks(batch)
    batch.judge_rights("progress.mark_attendance")
    batch.hold_what_is_too_old()
    batch.let_unknown_people_wait()
    _hold_for_the_evening(batch)
    batch.hold_for_those_who_left()
    joins = _welcome(batch)
    new: dict[ClassSession, list[NewMark]] = defaultdict(list)
    for number, item in batch.open():
        session, enrolment = batch.session(item), batch.enrolment(item)
        if batch.is_taken(item):
            batch.take(number, item)
            continue
        if taken_numbers.setdefault((item.device, item.seq), item.id) != item.id:
            batch.answer(number, _SEQ_REUSED)
            continue
        new[session].append(
            NewMark(
                enrolment.pk,
                item.status,
                id=item.id,
                base=item.base,
                device=item.device,
                seq=item.seq,
                observed_at=item.at,
                how=item.how,
                by=batch.author(item),
                sent_by=batch.sender,
            )
        )
        batch.take(number, item)
    append_marks(new, joins=joins)
    _look_at_clocks(batch)
    return batch.verdicts()


def _answer_known_marks(batch: Batch) -> dict[tuple[str, int], uuid.UUID]:
    """Answer what is in the register already; return {(device, number): mark} of all of these."""
    items = [item for _number, item in batch.open()]
    if not items:
        return {}
    rows = Mark.objects.filter(
        Q(pk__in=[item.id for item in items])
        | Q(device__in={item.device for item in items}, seq__in={item.seq for item in items})
    ).values_list("pk", "session", "enrolment", "status", "base", "device", "seq")
    known = {row[0]: row[1:] for row in rows}
    for number, item in batch.open():
        earlier = known.get(item.id)
        if earlier is None:
            continue
        enrolment = batch.known_enrolment(item)
        same = earlier == (
            item.session,
            enrolment and enrolment.pk,
            item.status,
            item.base,
            item.device,
            item.seq,
        )
        batch.answer(number, Verdict(DUP) if same else ID_REUSED)
    return {(device, seq): pk for pk, (*_rest, device, seq) in known.items()}


def _hold_for_the_evening(batch: Batch) -> None:
    """Hold what was noted of an evening that has been called off, closed or moved since."""
    if batch.decided_by:
        return
    for number, item in batch.open():
        session = batch.session(item)
        reason = None
        if session.state == ClassSession.State.CANCELLED:
            reason = Reason.CANCELLED
        elif session.register_closed_at:
            reason = Reason.CLOSED
        elif item.at < session.starts_at - DOORS_OPEN:
            reason = Reason.EARLY
        if reason:
            batch.hold(number, item, reason, session.place)


def _welcome(batch: Batch) -> dict[int, int]:
    """Let those in who are not on the register; return {enrolment in no class: the class}.

    Whoever belongs to another class of the campaign is tonight's guest.
    """
    joins: dict[int, int] = {}
    guests = []
    for number, item in batch.open():
        session, enrolment = batch.session(item), batch.known_enrolment(item)
        if enrolment is None or enrolment.class_group_id != session.class_group_id:
            guests.append((number, item, session, enrolment))
    if not guests:
        return joins
    residents = Resident.objects.select_related("village").in_bulk(
        {batch.people[item.person].pk for _number, item, _session, _enrolment in guests}
    )
    # Who was let in before, by whoever may, is on this very register.
    listed = set(
        Attendance.objects.filter(
            session__in={session.pk for _number, _item, session, _enrolment in guests},
            enrolment__in={row.pk for *_rest, row in guests if row},
        ).values_list("session", "enrolment")
    )
    newcomers: dict[tuple[ClassSession, int], list[tuple[Resident, dt.datetime]]]
    newcomers = defaultdict(list)
    for number, item, session, enrolment in guests:
        resident = residents[batch.people[item.person].pk]
        is_listed = enrolment is not None and (session.pk, enrolment.pk) in listed
        if not (is_listed or _may_let_in(batch, item, session, resident)):
            batch.answer(number, FORBIDDEN_PERSON)
            continue
        if enrolment is not None:
            if enrolment.class_group_id is None:
                joins[enrolment.pk] = session.class_group_id
            continue
        try:
            check_may_take_part(resident, session.campaign)
        except ValidationError as refusal:
            batch.refuse(number, item, refusal)
        else:
            newcomers[session, batch.author(item).pk].append((resident, item.at))
    for (session, author), arrived in newcomers.items():
        enrol_newcomers(arrived, session.class_group, by=batch.user(author))
    if newcomers:
        batch.find_enrolments()
    return joins


def _may_let_in(batch: Batch, item: Item, session: ClassSession, resident: Resident) -> bool:
    """Somebody who has come is let in by those who may enrol here, and where he lives."""
    return batch.may(item, "progress.enrol", session.place, resident.village)


def _look_at_clocks(batch: Batch) -> None:
    """Note for the commune that a phone's clock was hours off; its marks count all the same."""
    off_by: dict[int, dt.timedelta] = {}
    for item in batch.items:
        if batch.is_taken(item):
            off = max(dt.timedelta(milliseconds=min(abs(item.offset), _CENTURY)), item.beyond)
            off_by[item.session] = max(off, off_by.get(item.session, off))
    odd = {session: off for session, off in off_by.items() if off >= ODD_CLOCK}
    if odd:
        Flag.objects.bulk_create(
            [
                Flag(
                    session_id=session,
                    kind=Flag.Kind.CLOCK,
                    figures={"minutes": round(off.total_seconds() / 60)},
                )
                for session, off in sorted(odd.items())
            ],
            ignore_conflicts=True,
        )
