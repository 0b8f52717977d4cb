"""Teams and the people in them."""

import datetime as dt
import secrets

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Membership, Team
from campaigns.services.saving import save_new
from people.models import User
from places.models import Place
from places.rules import nfc


def create_team(place: Place, name: str, *, by: User) -> Team:
    """Found a team of volunteers in a place."""
    team = Team(place=place, name=nfc(name), calendar_key=_new_key())
    save_new(team)
    return team


def rename_team(team: Team, name: str, *, by: User) -> Team:
    """Give a team another name."""
    team.name = nfc(name)
    team.full_clean()
    team.save(update_fields=["name"])
    return team


def renew_calendar_key(team: Team, *, by: User) -> Team:
    """Give the team's calendar a new address; whoever had the old one reads it no more."""
    team.calendar_key = _new_key()
    team.save(update_fields=["calendar_key"])
    return team


def renew_member_calendar_key(member: Membership, *, by: User) -> Membership:
    """Give a volunteer's own calendar an address, or another one; the old one opens nothing."""
    member.calendar_key = _new_key()
    member.save(update_fields=["calendar_key"])
    return member


def add_member(
    team: Team,
    name: str,
    *,
    by: User,
    user: User | None = None,
    phone: str = "",
    leads: bool = False,
    since: dt.date | None = None,
) -> Membership:
    """Take a volunteer into a team; he or she may have no account."""
    member = Membership(
        team=team,
        user=user,
        name=nfc(name) or str(user or ""),
        phone=phone,
        leads=leads,
        since=since or timezone.localdate(),
    )
    member.full_clean(validate_constraints=False)
    if user and team.memberships.current().filter(user=user).exists():
        raise ValidationError(
            {"user": ValidationError(_("This person is already in the team."), code="twice")}
        )
    member.save()
    return member


@transaction.atomic
def change_member(member: Membership, *, by: User, **fields) -> Membership:
    """Correct a volunteer's name or telephone, or who leads the team."""
    for name, value in fields.items():
        setattr(member, name, nfc(value) if name == "name" else value)
    member.full_clean(validate_constraints=False)
    member.save(update_fields=list(fields))
    return member


def end_membership(member: Membership, *, by: User, until: dt.date | None = None) -> Membership:
    """Let a volunteer leave the team; what he or she did stays on record."""
    until = until or timezone.localdate()
    if until < member.since:
        raise ValidationError(_("Nobody can leave before they came."), code="before_since")
    member.until = until
    member.save(update_fields=["until"])
    return member


def _new_key() -> str:
    return secrets.token_urlsafe(24)
