"""Who is at the screen: a learner with a card, or a member of staff with a second factor.

A browser belongs to staff or to a learner, never to both: signing in as one ends the other.
A learner's sign-in rests on something that can be taken away (a card, an evening's class screen),
and is looked at anew with every request.
"""

import datetime as dt
import uuid
from collections.abc import Callable
from functools import wraps

from allauth.account.authentication import get_authentication_records
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.sessions.models import Session
from django.shortcuts import redirect
from django.utils import timezone

from people.models import Card, Resident

# A learner's own phone stays signed in: nobody should have to find the card again next week.
OWN_PHONE_AGE = 90 * 24 * 60 * 60

# How long a phone that was lost may stay switched off and still be told to forget.
LOST_PHONE_AGE = 60 * 24 * 60 * 60

_LEARNER = "learner"
_SCREEN = "screen"
_LOST = "lost"

Check = Callable[[int, Resident | None], bool]
_checks: dict[str, Check] = {}


def register_check(kind: str, check: Check) -> None:
    """Let an app above say whether what a sign-in rests on still holds.

    ``check(pk, resident)`` is asked for each request of a learner who signed in by ``kind``; with
    ``None`` for the resident it is asked whether the thing itself (a class screen) is still open.
    """
    _checks[kind] = check


def learner_of(request) -> Resident | None:
    """Return the resident who signed in with a card or on a class's screen, or ``None``."""
    signed_in = request.session.get(_LEARNER)
    if signed_in is None:
        return None
    resident = None if request.user.is_authenticated else _holder(signed_in)
    if resident is None:
        del request.session[_LEARNER]
        return None
    today = timezone.localdate().isoformat()
    if signed_in.get("seen") != today:
        # Writing the session once a day lets the ninety days begin anew.
        request.session[_LEARNER] = {**signed_in, "seen": today}
    return resident


def sign_in_learner(
    request, resident: Resident, *, by_card: Card | None = None, screen: int | None = None
) -> None:
    """Let this browser be the resident's: by a card, or at the class screen ``screen`` (its pk).

    Whoever was signed in before, staff or learner, is signed out. A class screen that is open in
    this browser stays open.
    """
    shared = screen_of(request)
    if (by_card is None) == (screen is None):
        raise TypeError("a learner signs in either by a card or at a class screen")
    # Also forgets what staff or another learner left in this session.
    logout(request)
    signed_in: dict = {"resident": str(resident.uuid), "seen": timezone.localdate().isoformat()}
    signed_in |= {"card": by_card.pk} if by_card else {"screen": screen}
    request.session[_LEARNER] = signed_in
    if shared is not None or screen is not None:
        request.session[_SCREEN] = screen if shared is None else shared
        request.session.set_expiry(0)
    else:
        request.session.set_expiry(OWN_PHONE_AGE)
    request.learner = resident


def sign_out_learner(request) -> None:
    """Forget the learner; a class screen that is open in this browser stays open for the next."""
    screen = screen_of(request)
    logout(request)
    if screen is not None:
        request.session[_SCREEN] = screen
        request.session.set_expiry(0)
    request.learner = None


def open_screen(request, screen: int) -> None:
    """Make this browser tonight's shared screen; the volunteer who opened it is signed out."""
    logout(request)
    request.session[_SCREEN] = screen
    request.session.set_expiry(0)
    request.learner = None


def close_screen(request) -> None:
    """Let this browser be an ordinary one again, with nobody signed in."""
    logout(request)
    request.learner = None


def screen_of(request) -> int | None:
    """Return the class screen that is open in this browser, if it still is."""
    screen = request.session.get(_SCREEN)
    if screen is None:
        return None
    check = _checks.get(_SCREEN)
    return screen if check and check(screen, None) else None


def leave_word_of_loss(session_key: str) -> None:
    """Leave word for the device of an ended session: it is to forget whom it knows of.

    The session is nobody's from now on; only the device that has its key asks in its name.
    """
    until = timezone.now() + dt.timedelta(seconds=LOST_PHONE_AGE)
    Session.objects.save(session_key, {_LOST: True}, until)


def is_lost(request) -> bool:
    """Tell whether this device is to forget whom it knows of, and nobody signed in since.

    It was signed out from another one, or the account that is signed in on it was closed.
    """
    if not request.user.is_anonymous:
        return False
    return bool(request.session.get(_LOST)) or SESSION_KEY in request.session


def may_use_screen(screen: int | None, resident: Resident) -> bool:
    """Tell whether a resident is one of tonight's learners at this class screen."""
    check = _checks.get(_SCREEN)
    return bool(check and screen is not None and check(screen, resident))


def learner_screen(view):
    """Open a view to learners, and to nobody else; a stranger is asked for the card."""

    @login_not_required
    @wraps(view)
    def opened(request, *args, **kwargs):
        if request.learner is None:
            return redirect("people:card_entry")
        return view(request, *args, **kwargs)

    return opened


def shows_second_factor(request) -> bool:
    """Tell whether this very session was opened with a second factor.

    Having a device is not enough: the session may have been opened by a way that never asked for
    it. A passkey that asked for the finger or the PIN counts by itself.
    """
    return any(
        record.get("method") == "mfa"
        and record.get("type") in ("totp", "webauthn", "recovery_codes")
        for record in get_authentication_records(request, request.user)
    )


def _holder(signed_in: dict) -> Resident | None:
    """Return whose sign-in this is, if what it rests on still holds."""
    try:
        person = uuid.UUID(signed_in["resident"])
    except (KeyError, TypeError, ValueError):
        return None
    people = Resident.objects.current().select_related("village").filter(uuid=person)
    if "card" in signed_in:
        return people.filter(cards__in=Card.objects.valid().filter(pk=signed_in["card"])).first()
    resident = people.first()
    if resident and may_use_screen(signed_in.get("screen"), resident):
        return resident
    return None
