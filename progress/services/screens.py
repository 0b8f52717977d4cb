"""A tablet in the class on which tonight's learners tap their own names."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import ClassSession
from people.models import Resident, User
from progress.models import ClassScreen, Enrolment
from progress.services.marking import DOORS_OPEN

# People stay on after the lesson; nobody should be thrown out in the middle of a question.
AFTERWARDS = dt.timedelta(hours=1)
AT_LEAST = dt.timedelta(hours=2)


@transaction.atomic
def open_screen(session: ClassSession, *, by: User) -> ClassScreen:
    """Open a class's screen for tonight; the browser that asked is to keep its number."""
    now = timezone.now()
    if session.state == ClassSession.State.CANCELLED:
        raise ValidationError(_("This evening was cancelled."), code="cancelled")
    if now < session.starts_at - DOORS_OPEN:
        raise ValidationError(_("This evening has not begun yet."), code="early")
    expires_at = session.ends_at + AFTERWARDS
    if expires_at < now:
        raise ValidationError(_("This evening is over."), code="over")
    return ClassScreen.objects.create(
        session=session,
        opened_by=by,
        expires_at=max(expires_at, now + AT_LEAST),
    )


def close_screens(session: ClassSession, *, by: User) -> int:
    """Close every screen of a session; whoever learns there is signed out with the next tap."""
    now = timezone.now()
    return session.screens.open(now).update(closed_at=now)


def screen_admits(pk: int, resident: Resident | None) -> bool:
    """Tell whether a screen is still open, and if so, whether this resident may learn there."""
    screens = ClassScreen.objects.open(timezone.now()).filter(pk=pk)
    if resident is None:
        return screens.exists()
    screen = screens.select_related("session").first()
    return screen is not None and on_screen(screen).filter(resident=resident).exists()


def on_screen(screen: ClassScreen):
    """Return the enrolments whose names may be tapped: the class, and tonight's guests."""
    return Enrolment.objects.on_register(screen.session).filter(withdrawn_at=None)
