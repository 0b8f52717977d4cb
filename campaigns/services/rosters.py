"""Who teaches an evening and whose turn it is there, kept together.

`ClassSession.instructors` are accounts, and say who teaches: whoever teaches and is a member of a
team of the commune has a turn as well. A turn without teaching is a helper, with or without an
account. A teacher who declines still stands as the teacher until somebody stands in.
"""

from collections.abc import Collection, Iterable

from django.db.models import Q
from django.utils import timezone

from campaigns.models import ClassSession, Membership, Reminder, Shift, Turn
from people.models import User

OPEN = (Turn.State.OFFERED, Turn.State.ACCEPTED)


def give_turns_to_teachers(sessions: Collection[ClassSession], users: Iterable[User]) -> None:
    """Let teachers who are members of a team have a turn at each of these evenings.

    Who has been asked and teaches now has promised; safe to repeat.
    """
    users = list(users)
    if not sessions or not users:
        return
    group = next(iter(sessions)).class_group
    members = _members_of(group, users)
    if not members:
        return
    there = Turn.objects.filter(session__in=sessions, membership__in=members)
    there.filter(state__in=[Turn.State.OFFERED, Turn.State.DECLINED, Turn.State.REPLACED]).update(
        state=Turn.State.ACCEPTED, answered_at=timezone.now()
    )
    known = set(there.values_list("session", "membership"))
    now = timezone.now()
    Turn.objects.bulk_create(
        Turn(
            session=session,
            membership=member,
            state=Turn.State.ACCEPTED,
            asked_at=now,
            answered_at=now,
        )
        for session in sessions
        for member in members
        if (session.pk, member.pk) not in known
    )


def take_turns_from(sessions: Collection[ClassSession], users: Iterable[User]) -> None:
    """Take open turns from those who teach these evenings no more; what was served stays."""
    users = list(users)
    if sessions and users:
        Turn.objects.filter(
            session__in=sessions, membership__user__in=users, state__in=OPEN
        ).delete()


def hand_over(session: ClassSession, out: User, into: User) -> None:
    """Note in the roster that one teacher stands in for another."""
    turns = session.turns.filter(membership__user=out, state__in=[*OPEN, Turn.State.DECLINED])
    left = turns.first()
    turns.update(state=Turn.State.REPLACED)
    give_turns_to_teachers([session], [into])
    if left:
        session.turns.filter(membership__user=into).update(stands_in_for=left)


def ask_again(occasion: ClassSession | Shift) -> None:
    """Ask helpers anew because the time has changed, and forget what they were reminded of."""
    turns = occasion.turns.promised()
    if isinstance(occasion, ClassSession):
        turns = turns.exclude(membership__user__in=occasion.instructors.all())
    turns.update(state=Turn.State.OFFERED, answered_at=None)
    Reminder.objects.filter(turn__in=occasion.turns.all()).delete()


def credit(occasion: ClassSession | Shift) -> int:
    """Take those who promised as having been there; return how many. Safe to repeat."""
    return occasion.turns.promised().update(state=Turn.State.SERVED)


def _members_of(group, users):
    """Return one membership of each user: in the class's own team, or in one near it."""
    commune = group.place.commune or group.place
    found: dict[int | None, Membership] = {}
    near = Q(team=group.team_id) | Q(team__place__path__startswith=commune.path)
    for member in Membership.objects.current().filter(near, user__in=users).order_by("pk"):
        if member.user_id not in found or member.team_id == group.team_id:
            found[member.user_id] = member
    return list(found.values())
