"""The items of one kind that a volunteer's phone sends, on their way to a verdict each.

What has to be known of them is asked for once, so that a long batch costs little more than a short
one. An item is either taken, or held for the team leader, or refused; nothing holds up another.
"""

import uuid
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple, cast

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, ClassSession
from people.models import Resident, User
from places.models import Place
from progress.models import Attendance, Enrolment, HeldItem
from progress.services.sync.registry import DUP, LATER, NO, OK, Item, Person, Verdict
from progress.services.sync.rights import Right, Rights

Reason = HeldItem.Reason

HELD = "held"
# So much of what one account has sent may wait for leaders; the rest stays on the phone until they
# have decided. A phone that comes back after six weeks brings less.
MOST_HELD = 3000
_HELD_BECAUSE: dict[str, Promise] = {
    Reason.CLOSED: _("The register was closed meanwhile; the team leader decides."),
    Reason.CANCELLED: _("The evening was called off meanwhile; the team leader decides."),
    Reason.EARLY: _("The evening is at another time; the team leader decides."),
    Reason.TOO_OLD: _("This is more than 45 days old; the team leader decides."),
    Reason.WITHDRAWN: _("The person no longer takes part; the team leader decides."),
    Reason.NO_LONGER_ALLOWED: _("Whoever noted this has another task now; the leader decides."),
    Reason.ACCOUNT_CLOSED: _("The account of whoever noted this is closed; the leader decides."),
}

ID_REUSED = Verdict(NO, "id_reused", _("This was already sent with other contents."))
_UNKNOWN_SESSION = Verdict(NO, "unknown_session", _("This evening no longer exists."))
_UNKNOWN_PERSON = Verdict(LATER, "unknown_person", _("Waits until the person is written down."))
_NOT_ENROLLED = Verdict(LATER, "not_enrolled", _("Waits until the person is on the register."))
_FORBIDDEN = Verdict(NO, "forbidden", _("You have no task in this class."))
_FORBIDDEN_AUTHOR = Verdict(NO, "forbidden", _("Whoever noted this has no task in this class."))
FORBIDDEN_PERSON = Verdict(NO, "forbidden", _("This person belongs to another place."))
_TOO_MUCH_HELD = Verdict(
    LATER, "too_many_held", _("Too much waits for the team leader already; this stays here.")
)
ERASED = Verdict(NO, "gone", _("This person's data were erased."))
_DISMISSED = Verdict(DUP, "dismissed", _("The team leader has set this aside."))


class Who(NamedTuple):
    """A resident, as far as marks need one: the record that counts today."""

    pk: int
    is_erased: bool


class Learner(NamedTuple):
    """An enrolment, as far as marks need one."""

    pk: int
    campaign_id: int
    resident_id: int
    class_group_id: int | None
    is_withdrawn: bool


class Batch:
    """Items of one kind from one phone, and what the database knows of them."""

    def __init__(self, person: Person, items: Sequence[Item], *, locks_sessions: bool = False):
        self.person, self.items = person, items
        self.sender = cast(User, person.user)
        self.decided_by = person.decided_by
        self._verdicts: dict[int, Verdict] = {}
        self._taken: dict[uuid.UUID, Item] = {}
        self._new_held: dict[uuid.UUID, HeldItem] = {}
        self._places: dict[uuid.UUID, Place] = {}
        self._authors = self._find_authors()
        self.sessions = self._find_sessions(locks_sessions)
        self.people: dict[uuid.UUID, Who] = {}
        self._enrolments: dict[tuple[int, int], Learner] = {}
        self._current: dict[int, Learner] = {}
        self._rights: Rights | None = None
        self._answer_what_is_held()

    # Answers

    def open(self) -> Iterator[tuple[int, Item]]:
        """Give what has no answer yet, by its number in the batch."""
        for number, item in enumerate(self.items):
            if number not in self._verdicts:
                yield number, item

    def answer(self, number: int, verdict: Verdict) -> None:
        self._verdicts[number] = verdict

    def take(self, number: int, item: Item) -> None:
        """Say that an item was taken, or is known; twice in one batch is once."""
        if item.id not in self._taken:
            self._taken[item.id] = item
            self.answer(number, Verdict(OK))
        else:
            same = contents(self._taken[item.id]) == contents(item)
            self.answer(number, Verdict(DUP) if same else ID_REUSED)

    def is_taken(self, item: Item) -> bool:
        return item.id in self._taken

    def hold(self, number: int, item: Item, reason: str, place: Place) -> None:
        """Keep an item for the team leader of ``place``."""
        if earlier := self._new_held.get(item.id):
            same = earlier.fields == written(item)
            self.answer(number, Verdict(DUP, HELD, held_because(reason)) if same else ID_REUSED)
            return
        if len(self._new_held) >= self._room:
            self.answer(number, _TOO_MUCH_HELD)
            return
        self._new_held[item.id] = HeldItem(
            id=item.id,
            kind=item.kind,
            fields=written(item),
            device=item.device,
            seq=item.seq,
            observed_at=item.told_at if item.is_too_old else item.at,
            arrived_at=item.received_at,
            observed_by=self.author(item),
            sent_by=self.sender,
            session=self.sessions.get(item.fields.get("session", 0)),
            place=place,
            reason=reason,
        )
        self.answer(number, Verdict(OK, HELD, held_because(reason)))

    def refuse(self, number: int, item: Item, refusal: ValidationError) -> None:
        """Answer with a service's refusal; what only came too late is held instead."""
        code = getattr(refusal, "code", None) or "refused"
        if code == "not_running" and not self.decided_by:
            self.hold(number, item, Reason.CLOSED, self.place(item))
        else:
            self.answer(number, Verdict(NO, code, refusal.messages[0]))

    def verdicts(self) -> list[Verdict]:
        """Store what is held, and return the answers in the order of the items."""
        if self._new_held:
            HeldItem.objects.bulk_create(self._new_held.values())
        return [self._verdicts[number] for number in range(len(self.items))]

    # Judging

    def refuse_unknown_sessions(self) -> None:
        for number, item in self.open():
            if item.session is not None and item.session not in self.sessions:
                self.answer(number, _UNKNOWN_SESSION)

    def judge_rights(self, *permissions: str) -> None:
        """Refuse what was never its author's or sender's to note; hold what no longer is."""
        if self.decided_by:
            return
        for number, item in self.open():
            place = self.known_place(item)
            if place is None:
                continue
            author = self.author(item)
            mine, theirs = (
                self.rights.weakest(user, permissions, place) for user in (self.sender, author)
            )
            if mine is Right.NEVER:
                self.answer(number, _FORBIDDEN)
            elif theirs is Right.NEVER:
                self.answer(number, _FORBIDDEN_AUTHOR)
            elif Right.FORMERLY in (mine, theirs):
                who = author if theirs is Right.FORMERLY else self.sender
                reason = Reason.NO_LONGER_ALLOWED if who.is_active else Reason.ACCOUNT_CLOSED
                self.hold(number, item, reason, place)

    def hold_what_is_too_old(self) -> None:
        if self.decided_by:
            return
        for number, item in self.open():
            place = self.known_place(item)
            if place and item.is_too_old:
                self.hold(number, item, Reason.TOO_OLD, place)

    def let_unknown_people_wait(self) -> None:
        """A newcomer's arrival comes with another batch, or is held itself."""
        unknown = [(number, item) for number, item in self.open() if item.person not in self.people]
        self._let_wait(unknown, _UNKNOWN_PERSON, ("arrival",))

    def let_those_not_enrolled_wait(self, permission: str) -> None:
        """Whoever is not on the register yet is put there by a mark, which comes or is held.

        Of somebody who is not, only those note anything who may do so where he lives.
        """
        strangers = self._strangers(permission)
        missing = [
            pair
            for pair in self.open()
            if self.known_enrolment(pair[1]) is None or pair[0] in strangers
        ]
        self._let_wait(missing, _NOT_ENROLLED, ("arrival", "mark"))

    def _strangers(self, permission: str) -> set[int]:
        """Return which items are about people of other classes who are not on the register."""
        guests = {}
        for number, item in self.open():
            session, enrolment = self.sessions.get(item.session), self.known_enrolment(item)
            if session and enrolment and enrolment.class_group_id != session.class_group_id:
                guests[number] = (item, session.pk, enrolment.pk)
        if not guests:
            return set()
        listed = set(
            Attendance.objects.filter(
                session__in={session for _item, session, _pk in guests.values()},
                enrolment__in={pk for _item, _session, pk in guests.values()},
            ).values_list("session", "enrolment")
        )
        learners = Enrolment.objects.select_related("village").in_bulk(
            {pk for _item, _session, pk in guests.values()}
        )
        return {
            number
            for number, (item, session, pk) in guests.items()
            if (session, pk) not in listed and not self.may(item, permission, learners[pk].village)
        }

    def _let_wait(self, numbered: list[tuple[int, Item]], until: Verdict, kinds: tuple) -> None:
        """Let items wait for what they rest on, with the phone or, if that is held, beside it."""
        if not numbered:
            return
        people = {str(item.person) for _number, item in numbered}
        held = HeldItem.objects.waiting().filter(kind__in=kinds, fields__person__in=people)
        because = {row.fields["person"]: row for row in held}
        for number, item in numbered:
            rests_on, place = because.get(str(item.person)), self.known_place(item)
            # With the leader of where it was noted: nobody fills another place's list.
            if rests_on and place and not self.decided_by:
                self.hold(number, item, rests_on.reason, place)
            else:
                self.answer(number, until)

    def hold_for_those_who_left(self) -> None:
        """Whoever no longer takes part came all the same, perhaps; a team leader knows."""
        for number, item in self.open():
            enrolment = self.known_enrolment(item)
            if enrolment and enrolment.is_withdrawn and not self.decided_by:
                self.hold(number, item, Reason.WITHDRAWN, self.place(item))

    def refuse_what_names_the_erased(self) -> None:
        for number, item in self.open():
            who = self.people.get(item.person)
            if who and who.is_erased:
                self.answer(number, ERASED)

    # What is known

    def may(self, item: Item, permission: str, *places: Place) -> bool:
        """Tell whether those who answer for an item may do something at all of these places.

        Whoever decides about what was held answers for it alone.
        """
        answer_for = [self.decided_by] if self.decided_by else [self.sender, self.author(item)]
        return all(
            self.rights.of(user, permission, place) is Right.NOW
            for user in answer_for
            for place in places
        )

    def author(self, item: Item) -> User:
        """Return who noted it; that he exists was looked at in the beginning."""
        return self._authors[item.by] if item.by else self.sender

    def user(self, pk: int) -> User:
        return self._authors[pk]

    def session(self, item: Item) -> ClassSession:
        """Return the evening of an item; those of which there is none are answered."""
        return self.sessions[item.session]

    def known_place(self, item: Item) -> Place | None:
        """Return where something was noted: at the class, or where whoever it is about lives."""
        if item.id in self._places:
            return self._places[item.id]
        session = self.sessions.get(item.fields.get("session", 0))
        return session.place if session else None

    def place(self, item: Item) -> Place:
        return cast(Place, self.known_place(item))

    def set_place(self, item: Item, place: Place) -> None:
        """Say where something was noted that belongs to no evening."""
        self._places[item.id] = place

    @cached_property
    def _room(self) -> int:
        """How much more may wait of what this account sends."""
        return MOST_HELD - HeldItem.objects.waiting().filter(sent_by=self.sender).count()

    @property
    def rights(self) -> Rights:
        if self._rights is None:
            present = [self.sender, *([self.decided_by] if self.decided_by else [])]
            users = {user.pk: user for user in (*present, *self._authors.values())}
            self._rights = Rights(list(users.values()), present)
        return self._rights

    def find_people(self) -> None:
        """Look up everybody whom the open items are about; a merged record leads to the other."""
        uuids = {item.person for _number, item in self.open()}
        rows = Resident.objects.filter(uuid__in=uuids).values_list(
            "uuid", "pk", "erased_at", "merged_into", "merged_into__erased_at"
        )
        self.people = {
            key: Who(kept, kept_erased is not None) if kept else Who(pk, erased is not None)
            for key, pk, erased, kept, kept_erased in rows
        }

    def find_enrolments(self) -> None:
        """Look up the enrolments of these people in the campaigns of the items' evenings."""
        campaigns = {session.campaign_id for session in self.sessions.values()}
        residents = {who.pk for who in self.people.values()}
        rows = Enrolment.objects.filter(resident__in=residents, campaign__in=campaigns)
        fields = ("pk", "campaign", "resident", "class_group", "withdrawn_at")
        for pk, campaign, resident, group, withdrawn in rows.values_list(*fields):
            self._enrolments[campaign, resident] = Learner(
                pk, campaign, resident, group, withdrawn is not None
            )

    def find_current_enrolments(self) -> None:
        """Look up what those take part in of whom something was noted outside any class."""
        outside = [item for _number, item in self.open() if item.session is None]
        residents = {self.people[item.person].pk for item in outside if item.person in self.people}
        if not residents:
            return
        rows = Enrolment.objects.filter(resident__in=residents)
        villages = {}
        for row in sorted(rows.select_related("campaign", "village"), key=_how_current):
            self._current[row.resident_id] = Learner(
                row.pk,
                row.campaign_id,
                row.resident_id,
                row.class_group_id,
                row.withdrawn_at is not None,
            )
            villages[row.resident_id] = row.village
        for item in outside:
            who = self.people.get(item.person)
            if who and who.pk in villages:
                self.set_place(item, villages[who.pk])

    def known_enrolment(self, item: Item) -> Learner | None:
        who, session = self.people.get(item.person), self.sessions.get(item.session)
        if who is None:
            return None
        if session is None:
            return self._current.get(who.pk)
        return self._enrolments.get((session.campaign_id, who.pk))

    def enrolment(self, item: Item) -> Learner:
        """Return the enrolment of whom an item is about; those without one are answered."""
        return cast(Learner, self.known_enrolment(item))

    def _find_authors(self) -> dict[int, User]:
        wanted = {item.by for item in self.items if item.by} - {self.sender.pk}
        authors = User.objects.in_bulk(wanted) if wanted else {}
        authors[self.sender.pk] = self.sender
        for number, item in enumerate(self.items):
            if item.by and item.by not in authors:
                self.answer(number, _FORBIDDEN_AUTHOR)
        return authors

    def _find_sessions(self, locks: bool) -> dict[int, ClassSession]:
        """Look up the evenings; with a lock, phones which mark the same class take turns."""
        wanted = {pk for item in self.items if (pk := item.fields.get("session"))}
        sessions = ClassSession.objects.select_related("campaign", "class_group__place")
        if locks:
            sessions = sessions.select_for_update(of=("self",), no_key=True)
        # In one order, so that nobody waits in a circle.
        return {row.pk: row for row in sessions.filter(pk__in=wanted).order_by("pk")}

    def _answer_what_is_held(self) -> None:
        if self.decided_by:
            return
        held = HeldItem.objects.in_bulk([item.id for item in self.items])
        for number, item in self.open():
            earlier = held.get(item.id)
            # What was taken is known where it belongs now.
            if earlier is None or earlier.state == HeldItem.State.TAKEN:
                continue
            same = (earlier.kind, earlier.device, earlier.seq) == (item.kind, item.device, item.seq)
            sent = written(item)
            if earlier.state == HeldItem.State.DISMISSED:
                # Its words may have been deleted since.
                sent = {name: sent[name] for name in sent if name in earlier.fields}
            if not same or earlier.fields != sent:
                self.answer(number, ID_REUSED)
            elif earlier.state == HeldItem.State.WAITING:
                self.answer(number, Verdict(DUP, HELD, held_because(earlier.reason)))
            else:
                self.answer(number, _DISMISSED)


def _how_current(row: Enrolment) -> tuple:
    """Order enrolments so that the one that counts today comes last."""
    return (
        row.withdrawn_at is None,
        row.campaign.state == Campaign.State.RUNNING,
        row.campaign.first_day,
        row.pk,
    )


def held_because(reason: str) -> str | Promise:
    """Say to a volunteer why something waits."""
    return _HELD_BECAUSE[reason]


def contents(item: Item) -> tuple:
    """Return what must be the same for two items with one number to be one."""
    return item.kind, item.device, item.seq, item.fields


def written(item: Item) -> dict[str, Any]:
    """Return an item's contents as they are stored; reading them again gives the same."""
    return {
        name: str(value) if isinstance(value, uuid.UUID) else value
        for name, value in item.fields.items()
    }
