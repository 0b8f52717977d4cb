"""What volunteers wrote down beside the marks: remarks on people, notes of the evening."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from progress.models import Remark, SessionNote
from progress.services.remarks import append_notes, append_remarks, refuse_citizen_number
from progress.services.sync.batch import (
    ID_REUSED,
    Batch,
)
from progress.services.sync.fields import identifier, optional, pk, words, yes_or_no
from progress.services.sync.registry import DUP, NO, Item, Person, Verdict, handles

_EMPTY = Verdict(NO, "bad_text", _("This cannot be read."))


@handles(
    "remark",
    by="staff",
    reads={
        "session": pk,
        "person": identifier,
        "text": optional(words(200), ""),
        "home": optional(yes_or_no, False),
    },
)
def take_remarks(person: Person, items: Sequence[Item]) -> list[Verdict]:
    """Keep what was remarked about people; the latest on each holds."""
    batch = Batch(person, items)
    batch.refuse_unknown_sessions()
    batch.find_people()
    batch.find_enrolments()
    known = Remark.objects.in_bulk([item.id for _number, item in batch.open()])
    for number, item in batch.open():
        if earlier := known.get(item.id):
            enrolment = batch.known_enrolment(item)
            same = _numbers(earlier) == (item.session, item.device, item.seq) and (
                earlier.enrolment_id,
                earlier.text,
                earlier.helped_at_home,
            ) == (enrolment and enrolment.pk, item.text.strip(), item.home)
            batch.answer(number, Verdict(DUP) if same else ID_REUSED)
    batch.judge_rights("progress.mark_attendance")
    batch.hold_what_is_too_old()
    batch.let_unknown_people_wait()
    batch.refuse_what_names_the_erased()
    batch.let_those_not_enrolled_wait("progress.mark_attendance")
    batch.hold_for_those_who_left()
    refuse_numbers_of_cards(batch)
    new = []
    for number, item in batch.open():
        session, enrolment = batch.session(item), batch.enrolment(item)
        if not batch.is_taken(item):
            new.append(
                Remark(
                    **noted(batch, item),
                    campaign_id=session.campaign_id,
                    session=session,
                    enrolment_id=enrolment.pk,
                    text=item.text.strip(),
                    helped_at_home=item.home,
                )
            )
        batch.take(number, item)
    append_remarks(new)
    return batch.verdicts()


@handles("note", by="staff", reads={"session": pk, "text": words(1000)})
def take_notes(person: Person, items: Sequence[Item]) -> list[Verdict]:
    """Keep what was written down about an evening; nobody's note replaces another's."""
    batch = Batch(person, items)
    batch.refuse_unknown_sessions()
    known = SessionNote.objects.in_bulk([item.id for _number, item in batch.open()])
    for number, item in batch.open():
        if earlier := known.get(item.id):
            same = (
                _numbers(earlier) == (item.session, item.device, item.seq)
                and earlier.text == item.text.strip()
            )
            batch.answer(number, Verdict(DUP) if same else ID_REUSED)
    batch.judge_rights("progress.mark_attendance")
    batch.hold_what_is_too_old()
    refuse_numbers_of_cards(batch)
    new = []
    for number, item in batch.open():
        if not item.text.strip():
            batch.answer(number, _EMPTY)
            continue
        if not batch.is_taken(item):
            new.append(
                SessionNote(
                    **noted(batch, item), session=batch.session(item), text=item.text.strip()
                )
            )
        batch.take(number, item)
    append_notes(new)
    return batch.verdicts()


def refuse_numbers_of_cards(batch: Batch) -> None:
    """The number of anybody's ID card is never kept, not even in a remark."""
    for number, item in batch.open():
        try:
            refuse_citizen_number(item.text)
        except ValidationError as refusal:
            batch.refuse(number, item, refusal)


def noted(batch: Batch, item: Item) -> dict:
    """Return who noted an item, when and where, as rows keep it."""
    return {
        "id": item.id,
        "device": item.device,
        "seq": item.seq,
        "observed_at": item.at,
        "arrived_at": item.received_at,
        "observed_by": batch.author(item),
        "sent_by": batch.sender,
    }


def _numbers(row: Remark | SessionNote) -> tuple[int, str, int]:
    return row.session_id, row.device, row.seq
