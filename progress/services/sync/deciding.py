"""A team leader decides about what phones brought and nobody could simply take."""

import datetime as dt
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import ClassSession
from campaigns.services import restore_session
from people.models import Resident, User
from progress.models import Attendance, Enrolment, HeldItem, Mark
from progress.rules import fold
from progress.services.disputes import settle_dispute
from progress.services.enrolling import enrol
from progress.services.marking import locked
from progress.services.sync.registry import DUP, OK, Item, Person, kind_of

State = HeldItem.State

# So long a leader may still change his mind.
SET_ASIDE_AGE = dt.timedelta(days=30)


@transaction.atomic
def take_held(held: HeldItem, *, by: User, took_place: bool = False) -> HeldItem:
    """Take what was held, as if it had arrived in time, and keep who decided so.

    What stood in its way does so no longer: a closed register is put right by the mark, an evening
    that was moved keeps the time at which it was observed, whoever has left is enrolled again.
    Only an evening that was called off has to be said to have taken place (``took_place``).
    Refused where it still cannot be: the person is not written down, a number is used twice. Safe
    to repeat; what was set aside may be taken after all.
    """
    held = _locked(held)
    if held.state == State.TAKEN:
        return held
    if _is_forgotten(held):
        raise ValidationError(
            _("This was set aside long ago; its words have been deleted."), code="forgotten"
        )
    if held.session and held.kind == "mark":
        _may_have_taken_place(held.session, by=by, took_place=took_place)
    _let_back_in(held, by=by)
    kind = kind_of(held.kind)
    person = Person(user=held.sent_by, decided_by=by)
    verdict = kind.handler(person, [_item(held)])[0]
    if verdict.r not in (OK, DUP):
        raise ValidationError(str(verdict.says), code=verdict.code)
    if held.kind == "mark" and held.reason == HeldItem.Reason.CLOSED:
        _put_right(held, by=by)
    # What was noted stands where it belongs now, and need not stand here as well.
    held.fields = {name: held.fields[name] for name in _KEPT if name in held.fields}
    return _decide(held, State.TAKEN, by)


@transaction.atomic
def dismiss_held(held: HeldItem, *, by: User) -> HeldItem:
    """Set aside what was held: it does not count. Safe to repeat; it may be taken later."""
    held = _locked(held)
    if held.state == State.DISMISSED:
        return held
    if held.state == State.TAKEN:
        raise ValidationError(_("This has been taken already."), code="taken")
    return _decide(held, State.DISMISSED, by)


def forget_set_aside() -> int:
    """Keep no name and no words of what was set aside a month ago; return of how many items."""
    before = timezone.now() - SET_ASIDE_AGE
    wordy = HeldItem.objects.filter(
        state=State.DISMISSED, decided_at__lt=before, fields__has_any_keys=_WORDS
    )
    forgotten = 0
    for pk in list(wordy.values_list("pk", flat=True)):
        forgotten += _forget(pk, before)
    return forgotten


@transaction.atomic
def _forget(pk: UUID, before: dt.datetime) -> bool:
    # A leader may just be taking it after all.
    rows = HeldItem.objects.select_for_update(of=("self",))
    held = rows.filter(pk=pk, state=State.DISMISSED, decided_at__lt=before).first()
    if held is None:
        return False
    held.fields = {name: value for name, value in held.fields.items() if name not in _WORDS}
    held.save(update_fields=["fields"])
    return True


def _is_forgotten(held: HeldItem) -> bool:
    had = [name for name in _WORDS if name in kind_of(held.kind).reads]
    return held.state == State.DISMISSED and any(name not in held.fields for name in had)


# Where volunteers write freely, and newcomers' names stand.
_WORDS = ["name", "text", "note", "remark"]

# What screens about past decisions need, and no name among it.
_KEPT = ("session", "person", "status", "lesson", "level", "enrolment", "days", "outcome")


def _locked(held: HeldItem) -> HeldItem:
    return (
        HeldItem.objects.select_for_update(of=("self",))
        .select_related("session", "sent_by", "observed_by")
        .get(pk=held.pk)
    )


def _may_have_taken_place(session: ClassSession, *, by: User, took_place: bool) -> None:
    """A mark is only taken of an evening that was held."""
    session = locked(session)
    if session.state != ClassSession.State.CANCELLED:
        return
    if not took_place:
        raise ValidationError(
            _("This evening was called off. Say that it took place, to take its marks."),
            code="cancelled",
        )
    session = restore_session(session, by=by)
    session.state = ClassSession.State.HELD
    session.save(update_fields=["state"])


def _let_back_in(held: HeldItem, *, by: User) -> None:
    """Enrol again whoever has left since, if it is about somebody."""
    uuid = held.fields.get("person")
    if not uuid or held.kind == "arrival" or held.session is None:
        return
    resident = Resident.objects.select_related("merged_into").filter(uuid=uuid).first()
    if resident is None:
        return
    resident = resident.merged_into or resident
    left = Enrolment.objects.filter(resident=resident, campaign=held.session.campaign_id)
    row = left.exclude(withdrawn_at=None).select_related("campaign").first()
    if row is not None:
        enrol(resident, row.campaign, by=by)


def _put_right(held: HeldItem, *, by: User) -> None:
    """Whoever closed the register without a mark made others speak against it: this decides."""
    mark = Mark.objects.get(pk=held.id)
    rows = Attendance.objects.filter(session=mark.session_id, enrolment=mark.enrolment_id)
    attendance = rows.select_related("session").get()
    marks = Mark.objects.filter(session=mark.session_id, enrolment=mark.enrolment_id)
    if attendance.is_disputed and mark.status and mark in fold(marks).heads:
        settle_dispute(attendance, mark.status, by=by)


def _item(held: HeldItem) -> Item:
    """Return what was held as the item that it was."""
    kind = kind_of(held.kind)
    return Item(
        id=held.id,
        kind=held.kind,
        who=f"staff:{held.sent_by_id}",
        device=held.device,
        seq=held.seq,
        at=held.observed_at,
        offset=0,
        received_at=held.arrived_at,
        fields={name: read(held.fields.get(name)) for name, read in kind.reads.items()},
        by=held.observed_by_id,
    )


def _decide(held: HeldItem, state: str, by: User) -> HeldItem:
    held.state, held.decided_by, held.decided_at = state, by, timezone.now()
    held.save(update_fields=["state", "fields", "decided_by", "decided_at"])
    return held
