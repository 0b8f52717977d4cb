"""Turns: volunteers are asked, answer, are replaced, and are credited for what they served.

Two turns at the same hour are never refused, only told: somebody may well serve half of each.
"""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import ClassSession, Membership, Shift, Turn
from campaigns.services.rosters import hand_over
from people.models import User

LONGEST = 720


@transaction.atomic
def offer_turns(
    occasion: ClassSession | Shift,
    members: Collection[Membership],
    *,
    by: User,
    agreed: bool = False,
) -> list[Turn]:
    """Ask members of the team, or of a team nearby, to come; ``agreed`` when they said yes already.

    Whoever declined before may be asked again. Whoever stands on the roster stays as he is.
    """
    _refuse_if_cancelled(_locked_occasion(occasion))
    if not agreed and occasion.ends_at <= timezone.now():
        raise ValidationError(_("It is over; nobody can be asked to come any more."), code="over")
    _refuse_strangers(occasion, members)
    state = Turn.State.ACCEPTED if agreed else Turn.State.OFFERED
    now = timezone.now()
    fresh = {
        "state": state,
        "asked_by": by,
        "asked_at": now,
        "answered_at": now if agreed else None,
    }
    there = {turn.membership_id: turn for turn in _of(occasion).select_for_update()}
    again = [
        turn.pk
        for member in members
        if (turn := there.get(member.pk)) and _may_be_asked_again(turn, agreed=agreed)
    ]
    Turn.objects.filter(pk__in=again).update(**fresh)
    where = _where(occasion)
    Turn.objects.bulk_create(
        Turn(membership=member, **where, **fresh) for member in members if member.pk not in there
    )
    turns = _of(occasion).filter(membership__in=members).select_related("membership")
    by_member = {turn.membership_id: turn for turn in turns}
    return [by_member[member.pk] for member in members]


@transaction.atomic
def answer_turn(turn: Turn, accepts: bool, *, by: User) -> Turn:
    """Say whether a volunteer comes: his own answer, or what he told the leader. May be changed."""
    turn = _locked(turn)
    _refuse_if_cancelled(turn.occasion)
    if turn.state not in (Turn.State.OFFERED, Turn.State.ACCEPTED, Turn.State.DECLINED):
        raise ValidationError(_("This turn is settled already."), code="settled")
    if turn.occasion.ends_at <= timezone.now():
        raise ValidationError(_("It is over; the answer comes too late."), code="over")
    turn.state = Turn.State.ACCEPTED if accepts else Turn.State.DECLINED
    turn.answered_at = timezone.now()
    turn.save(update_fields=["state", "answered_at"])
    return turn


@transaction.atomic
def replace_turn(turn: Turn, member: Membership, *, by: User) -> Turn:
    """Let another volunteer, who has agreed, stand in; return his turn.

    Who taught the evening teaches it no more, and whoever stands in with an account does.
    """
    # Before the turn, as whoever asks members does: nobody waits in a circle.
    _locked_occasion(turn.occasion)
    turn = _locked(turn)
    occasion = turn.occasion
    if turn.state in (Turn.State.SERVED, Turn.State.REPLACED):
        raise ValidationError(_("This turn is settled already."), code="settled")
    if member.pk == turn.membership_id:
        raise ValidationError(_("Nobody stands in for himself."), code="same")
    new = offer_turns(occasion, [member], by=by, agreed=True)[0]
    turn.state = Turn.State.REPLACED
    turn.save(update_fields=["state"])
    new.stands_in_for = turn
    new.save(update_fields=["stands_in_for"])
    out = turn.membership.user
    if isinstance(occasion, ClassSession) and out and occasion.instructors.contains(out):
        occasion.instructors.remove(out)
        into = member.user
        if into and into.is_active and into.has_perm("campaigns.hold_session", occasion):
            occasion.instructors.add(into)
            hand_over(occasion, out, into)
    return new


@transaction.atomic
def credit_turn(turn: Turn, *, by: User, minutes: int | None = None) -> Turn:
    """Record that a volunteer was there; without ``minutes`` as long as it lasted."""
    turn = _locked(turn)
    _refuse_if_cancelled(turn.occasion)
    _refuse_if_early(turn.occasion)
    if turn.state == Turn.State.REPLACED:
        raise ValidationError(_("Somebody else came instead."), code="settled")
    if minutes is not None and not 0 < minutes <= LONGEST:
        raise ValidationError(_("Between 1 and 720 minutes."), code="minutes")
    turn.state, turn.minutes = Turn.State.SERVED, minutes
    turn.save(update_fields=["state", "minutes"])
    return turn


@transaction.atomic
def miss_turn(turn: Turn, *, by: User) -> Turn:
    """Record that a volunteer did not come, though he was counted on."""
    turn = _locked(turn)
    _refuse_if_cancelled(turn.occasion)
    _refuse_if_early(turn.occasion)
    if turn.state not in (Turn.State.OFFERED, Turn.State.ACCEPTED, Turn.State.SERVED):
        raise ValidationError(_("This turn is settled already."), code="settled")
    turn.state, turn.minutes = Turn.State.MISSED, None
    turn.save(update_fields=["state", "minutes"])
    return turn


@transaction.atomic
def take_back_turn(turn: Turn, *, by: User) -> None:
    """Take back an offer made by mistake; who has promised or served cannot be unmade."""
    turn = _locked(turn)
    if turn.state not in (Turn.State.OFFERED, Turn.State.DECLINED):
        raise ValidationError(_("This turn is settled already."), code="settled")
    turn.delete()


def _locked(turn):
    return (
        Turn.objects.select_for_update(of=("self",))
        .select_related(
            "membership__user", "session__class_group__place", "session__campaign", "shift__place"
        )
        .get(pk=turn.pk)
    )


def _locked_occasion(occasion):
    """Let two taps at once take turns: of one who is asked twice, there is one turn."""
    rows = type(occasion).objects.select_for_update(of=("self",), no_key=True)
    return rows.get(pk=occasion.pk)


def _of(occasion):
    return Turn.objects.filter(**_where(occasion))


def _where(occasion):
    return {"shift" if isinstance(occasion, Shift) else "session": occasion}


def _may_be_asked_again(turn, *, agreed):
    if turn.state in (Turn.State.DECLINED, Turn.State.REPLACED, Turn.State.MISSED):
        return True
    return agreed and turn.state == Turn.State.OFFERED


def _refuse_if_cancelled(occasion):
    if occasion.state == occasion.State.CANCELLED:
        raise ValidationError(_("It has been called off."), code="cancelled")


def _refuse_if_early(occasion):
    if occasion.starts_at > timezone.now():
        raise ValidationError(_("It has not begun yet."), code="early")


def _refuse_strangers(occasion, members):
    """Hold that all are members of teams of the commune, on the day."""
    place = occasion.place
    commune = place.commune or place
    day = timezone.localtime(occasion.starts_at).date()
    near = Membership.objects.current(day).filter(
        pk__in=[member.pk for member in members], team__place__path__startswith=commune.path
    )
    if near.count() < len({member.pk for member in members}):
        raise ValidationError(
            _("Only members of the commune's teams can be asked."), code="stranger"
        )
