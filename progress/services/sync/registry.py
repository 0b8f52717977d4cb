"""From a batch to its answers: reading each item, asking the handler of its kind, one by one."""

import datetime as dt
import logging
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from people.models import Resident, User
from progress.models import Enrolment
from progress.reports import current_enrolment
from progress.services.sync.fields import (
    LARGEST,
    Malformed,
    Read,
    identifier,
    moment,
    optional,
    pk,
    read_fields,
    whole,
    words,
)

logger = logging.getLogger(__name__)

OK, DUP, LATER, NO = "ok", "dup", "later", "no"
# Nobody keeps a phone switched off for longer and then means it.
OLDEST = dt.timedelta(days=45)
# What a database can count; two thousand million taps are not made on one phone.
MOST_TAPS = 2**31 - 1
_LAST = round(dt.datetime(2100, 1, 1, tzinfo=dt.UTC).timestamp() * 1000)


class Verdict(NamedTuple):
    """The answer to one item: taken, known, not yet, or never; why, and in words for people."""

    r: str
    code: str = ""
    says: str | Promise = ""


@dataclass(frozen=True)
class Person:
    """Who is signed in on the phone that sends: a learner or a member of staff."""

    resident: Resident | None = None
    user: User | None = None
    # The team leader who takes what was held: what stood in its way no longer does.
    decided_by: User | None = None

    @property
    def kind(self) -> str:
        return "learner" if self.resident else "staff"

    @property
    def id(self) -> str:
        return str(self.resident.uuid) if self.resident else str(self.user and self.user.pk)

    @cached_property
    def also(self) -> list[str]:
        """Under which ids this person was known before: records that were merged into this one."""
        if self.resident is None:
            return []
        former = Resident.objects.filter(merged_into=self.resident)
        return [str(one) for one in former.values_list("uuid", flat=True)]

    @cached_property
    def names(self) -> set[str]:
        """What an item of this person's may say in ``who``."""
        return {f"{self.kind}:{one}" for one in (self.id, *self.also)}

    @cached_property
    def enrolment(self) -> Enrolment | None:
        """In which campaign a learner learns now."""
        return current_enrolment(self.resident) if self.resident else None


def person_at(*, resident: Resident | None, user: Any) -> Person | None:
    """Return who is signed in, if anybody."""
    if resident is not None:
        return Person(resident=resident)
    if user is not None and user.is_authenticated:
        return Person(user=user)
    return None


@dataclass(frozen=True)
class Item:
    """One thing that was done on a phone, read and found in shape."""

    id: uuid.UUID
    kind: str
    who: str
    device: str
    seq: int
    # When it was done, by the server's clock as far as the phone knew it.
    at: dt.datetime
    offset: int
    received_at: dt.datetime
    fields: dict = field(default_factory=dict)
    # The account of whoever really noted it, where another one sends.
    by: int | None = None
    # By how much the time that the phone tells differs from ``at``, which is never in the future
    # nor longer ago than anybody keeps a phone switched off.
    beyond: dt.timedelta = dt.timedelta()

    def __getattr__(self, name):
        try:
            return self.__dict__["fields"][name]
        except KeyError:
            raise AttributeError(name) from None

    def time(self, milliseconds: int | None) -> dt.datetime | None:
        """Return another time of the same phone, corrected as its own is."""
        if milliseconds is None:
            return None
        return _clamped(milliseconds + self.offset, self.received_at)

    @property
    def told_at(self) -> dt.datetime:
        """When it was done, as the phone tells, however unlikely."""
        return self.at + self.beyond

    @property
    def is_too_old(self) -> bool:
        return self.beyond < dt.timedelta()


Handler = Callable[[Person, Sequence[Item]], Sequence[Verdict]]


class Kind(NamedTuple):
    handler: Handler
    reads: dict[str, Read]
    by: str


_kinds: dict[str, Kind] = {}

_ENVELOPE: dict[str, Read] = {
    "id": identifier,
    "kind": words(20),
    "who": words(60),
    "device": identifier,
    "seq": whole(1, MOST_TAPS),
    "at": moment,
    "off": whole(-LARGEST, LARGEST),
    "by": optional(pk),
}


def handles(kind: str, *, by: str, reads: dict[str, Read]) -> Callable[[Handler], Handler]:
    """Register the handler of a kind; ``by`` is whose items these are, *learner* or *staff*.

    ``reads`` says how each field is read; what does not fit never reaches the handler. The handler
    answers each of its items, in order, inside one transaction; it raises nothing.
    """

    def register(handler: Handler) -> Handler:
        _kinds[kind] = Kind(handler, reads, by)
        return handler

    return register


def kind_of(name: str) -> Kind:
    """Return how items of a kind are read and taken."""
    return _kinds[name]


def take_in(person: Person, sent: Sequence[Any], *, now: dt.datetime | None = None) -> list[dict]:
    """Take what ``person``'s phone sends, and answer each item by itself, in order."""
    now = now or timezone.now()
    verdicts: list[Verdict | None] = [None] * len(sent)
    by_kind: dict[str, list[tuple[int, Item]]] = {}
    for number, raw in enumerate(sent):
        try:
            item = _read(raw, person, now)
        except Malformed as refusal:
            verdicts[number] = Verdict(NO, refusal.code, _("This cannot be read."))
            continue
        if item.who not in person.names:
            # Never attributed to somebody else, and never thrown away.
            verdicts[number] = Verdict(LATER, "other_person", _("Waits for its owner."))
        else:
            by_kind.setdefault(item.kind, []).append((number, item))
    # In the order in which the kinds were registered, so that what others rest on comes first.
    for kind in _kinds:
        if numbered := by_kind.get(kind):
            answered = _handle(_kinds[kind], person, [item for _number, item in numbered])
            for (number, _item), verdict in zip(numbered, answered, strict=True):
                verdicts[number] = verdict
    return [_answer(raw, verdict) for raw, verdict in zip(sent, verdicts, strict=True) if verdict]


def _read(raw: Any, person: Person, now: dt.datetime) -> Item:
    if type(raw) is not dict:
        raise Malformed("bad_shape")
    known = read_fields(raw, _ENVELOPE)
    kind = _kinds.get(known["kind"])
    if kind is None or kind.by != person.kind:
        raise Malformed("bad_kind")
    told, offset = known.pop("at"), known.pop("off")
    told += offset
    known["device"] = str(known["device"])
    at = _clamped(told, now)
    return Item(
        **known,
        at=at,
        beyond=_beyond(told, at, now),
        offset=offset,
        received_at=now,
        fields=read_fields(raw, kind.reads),
    )


def _beyond(told: int, at: dt.datetime, now: dt.datetime) -> dt.timedelta:
    if now - OLDEST < at < now:
        return dt.timedelta()
    # Phones whose battery was empty believe to be in 1970; further away is not worth knowing.
    told = min(max(told, 0), _LAST)
    beyond = dt.datetime.fromtimestamp(told / 1000, dt.UTC) - at
    return max(beyond, dt.timedelta()) if at == now else min(beyond, dt.timedelta())


def _clamped(milliseconds: int, now: dt.datetime) -> dt.datetime:
    """Return the time, unless the phone's clock tells of the future or of last year."""
    oldest = now - OLDEST
    low, high = (int(edge.timestamp() * 1000) for edge in (oldest, now))
    if milliseconds <= low:
        return oldest
    if milliseconds >= high:
        return now
    return dt.datetime.fromtimestamp(milliseconds / 1000, dt.UTC)


def _handle(kind: Kind, person: Person, items: list[Item]) -> list[Verdict]:
    try:
        with transaction.atomic():
            return list(kind.handler(person, items))
    except Exception:
        # One item that breaks must not hold up the others, today and for ever.
        logger.exception("a batch of %d items of kind %s broke", len(items), items[0].kind)
    if len(items) == 1:
        return [Verdict(LATER, "error", _("The server stumbled; it is tried again."))]
    return [_handle(kind, person, [item])[0] for item in items]


def _answer(raw: Any, verdict: Verdict) -> dict:
    said = raw.get("id") if type(raw) is dict else None
    answer = {"id": said if type(said) is str and len(said) <= 36 else None, "r": verdict.r}
    if verdict.code:
        answer |= {"code": verdict.code, "says": str(verdict.says)}
    return answer
