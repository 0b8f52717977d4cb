"""Accounts of those who work for the campaign, and their roles.

Nobody gives a role above his own or outside his own places, and nobody takes over the account of
somebody who has more than he has himself. ``by=None`` is whoever runs the machine.
"""

import datetime as dt

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from people.models import Assignment, StaffChange, User
from people.roles import GRANTS, HELD_AT, Role
from people.rules import clean_name, clean_phone, new_password
from places.models import Place

MANAGE = "people.change_assignment"


def grantable_roles(by: User | None, place: Place) -> list[str]:
    """Return the roles that ``by`` may give at ``place``, the widest first."""
    fitting: list[str] = [role for role in Role if place.kind in HELD_AT[role]]
    if by is None or by.is_superuser:
        return fitting
    lineage = set(place.lineage())
    granted = {
        granted for role, path in by.roles_held() if path in lineage for granted in GRANTS[role]
    }
    return [role for role in fitting if role in granted]


def may_manage(by: User | None, user: User) -> bool:
    """Tell whether ``by`` could have given ``user`` everything that ``user`` has.

    Otherwise the organiser of a commune could renew the password of the province's organiser,
    who also teaches in that commune, and sign in with it.
    """
    if by is None or by.is_superuser:
        return True
    if user.pk == by.pk or user.is_superuser or user.is_staff:
        return False
    held = list(user.assignments.in_force().select_related("place"))
    if not held:
        # Nothing in force: whoever answers for the last place they worked at.
        held = list(user.assignments.select_related("place").order_by("-until", "-pk")[:1])
    return bool(held) and all(
        assignment.role in grantable_roles(by, assignment.place) for assignment in held
    )


@transaction.atomic
def create_staff(
    *,
    username: str,
    full_name: str,
    role: str,
    place: Place,
    by: User | None,
    phone: str = "",
    email: str = "",
    password: str | None = None,
    language: str = "vi",
) -> tuple[User, str]:
    """Make an account with a first role; return it with its first password, to be told once."""
    password = password or new_password()
    user = User(
        username=User.normalize_username(username.strip()),
        full_name=clean_name(full_name),
        phone=clean_phone(phone),
        email=email.strip().lower(),
        language=language,
    )
    _refuse_taken(user)
    user.set_password(password)
    user.clean_fields()
    user.save()
    _note(user, StaffChange.Verb.CREATED, by)
    assign_role(user, role, place, by=by)
    return user, password


@transaction.atomic
def change_staff(user: User, *, by: User | None, full_name: str, phone: str, email: str) -> User:
    """Correct the name, the telephone or the e-mail of an account."""
    _refuse_unmanageable(user, by)
    user.full_name, user.phone = clean_name(full_name), clean_phone(phone)
    user.email = email.strip().lower()
    _refuse_taken(user)
    user.clean_fields()
    user.save(update_fields=["full_name", "phone", "email"])
    _note(user, StaffChange.Verb.CHANGED, by)
    return user


@transaction.atomic
def assign_role(
    user: User, role: str, place: Place, *, by: User | None, since: dt.date | None = None
) -> Assignment:
    """Let ``user`` hold a role at a place and below it. Giving it twice is giving it once."""
    if place.kind not in HELD_AT[Role(role)]:
        raise ValidationError(
            _("The role “%(role)s” is not held at %(place)s.")
            % {"role": Role(role).label, "place": place},
            code="unfitting",
        )
    if role not in grantable_roles(by, place):
        raise ValidationError(
            _("You cannot give the role “%(role)s” at %(place)s.")
            % {"role": Role(role).label, "place": place},
            code="beyond",
        )
    if by is not None and by.pk == user.pk and not by.is_superuser:
        raise ValidationError(_("You cannot change your own roles."), code="own")
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    # One that still runs, if only until tonight, would otherwise end in the new one's time.
    held = user.assignments.filter(role=role, place=place, until=None).first()
    if held:
        return held
    assignment = Assignment.objects.create(
        user=user, role=role, place=place, given_by=by, since=since or timezone.localdate()
    )
    user.forget_roles()
    _note(user, StaffChange.Verb.ROLE_GIVEN, by, role=role, place=place)
    return assignment


@transaction.atomic
def end_assignment(assignment: Assignment, *, by: User | None) -> Assignment:
    """Let a role end now. The assignment stays on record with its last day."""
    assignment = Assignment.objects.select_for_update(of=("self",)).get(pk=assignment.pk)
    if by is not None and not by.is_superuser:
        if by.pk == assignment.user_id:
            raise ValidationError(_("You cannot change your own roles."), code="own")
        if assignment.role not in grantable_roles(by, assignment.place):
            raise ValidationError(_("You cannot end this role."), code="beyond")
    # The last day on which it held was yesterday: it ends now, not at midnight.
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    if assignment.until is None or assignment.until > yesterday:
        assignment.until = yesterday
        assignment.since = min(assignment.since, yesterday)
        assignment.save(update_fields=["since", "until"])
        _note(
            assignment.user,
            StaffChange.Verb.ROLE_ENDED,
            by,
            role=assignment.role,
            place=assignment.place,
        )
    return assignment


@transaction.atomic
def deactivate_staff(user: User, *, by: User | None) -> User:
    """Close an account: nobody signs in with it any more, and open sessions end at once."""
    _refuse_unmanageable(user, by)
    if user.is_active:
        user.is_active = False
        user.save(update_fields=["is_active"])
        _note(user, StaffChange.Verb.DEACTIVATED, by)
    return user


@transaction.atomic
def reactivate_staff(user: User, *, by: User | None) -> User:
    """Open a closed account again, with the roles that it had."""
    _refuse_unmanageable(user, by)
    if not user.is_active:
        user.is_active = True
        user.save(update_fields=["is_active"])
        _note(user, StaffChange.Verb.REACTIVATED, by)
    return user


@transaction.atomic
def renew_password(user: User, *, by: User | None) -> str:
    """Make a new first password for who forgot the old one; every open session of theirs ends."""
    _refuse_unmanageable(user, by)
    password = new_password()
    user.set_password(password)
    user.save(update_fields=["password"])
    _note(user, StaffChange.Verb.PASSWORD_RENEWED, by)
    return password


@transaction.atomic
def remove_second_step(user: User, *, by: User | None) -> None:
    """Take the second step of signing in away from who lost the phone that it was on."""
    _refuse_unmanageable(user, by)
    removed, _kinds = Authenticator.objects.filter(user=user).delete()
    if removed:
        _note(user, StaffChange.Verb.SECOND_STEP_REMOVED, by)


def _refuse_unmanageable(user: User, by: User | None) -> None:
    if not may_manage(by, user):
        raise ValidationError(
            _("You cannot change this account: it has roles that you cannot give."), code="beyond"
        )


def _refuse_taken(user: User) -> None:
    """Say at the field which of the three ways to sign in somebody else has already."""
    others = User.objects.exclude(pk=user.pk)
    errors = {}
    if others.filter(username__iexact=user.username).exists():
        errors["username"] = ValidationError(_("This user name is taken."), code="taken")
    if user.phone and others.filter(phone=user.phone).exists():
        errors["phone"] = ValidationError(
            _("Another account signs in with this telephone number."), code="taken"
        )
    if user.email and others.filter(email__iexact=user.email).exists():
        errors["email"] = ValidationError(
            _("Another account signs in with this e-mail address."), code="taken"
        )
    if errors:
        raise ValidationError(errors)


def _note(
    user: User, verb: str, by: User | None, *, role: str = "", place: Place | None = None
) -> None:
    StaffChange.objects.create(about=user, verb=verb, by=by, role=role, place=place)
