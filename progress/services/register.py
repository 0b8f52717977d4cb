"""Closing a register, and opening it again."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.models import ClassSession
from campaigns.services import credit
from people.models import User
from progress.models import RegisterEvent
from progress.rules import ABSENT
from progress.services.marking import DOORS_OPEN, locked, mark_rest, unmarked


@transaction.atomic
def close_register(
    session: ClassSession, *, by: User, rest_is_absent: bool = False
) -> ClassSession:
    """Say that the register of an evening is complete; from then on it refuses marks.

    Nobody is made absent silently: while somebody is unmarked, closing is refused unless whoever
    closes says that the rest stayed away.
    """
    session = locked(session)
    if session.register_closed_at:
        return session
    if session.state == ClassSession.State.CANCELLED:
        raise ValidationError(_("This evening was cancelled."), code="cancelled")
    if timezone.now() < session.starts_at - DOORS_OPEN:
        raise ValidationError(_("This evening has not begun yet."), code="early")
    waiting = len(unmarked(session))
    if waiting and not rest_is_absent:
        raise ValidationError(
            ngettext(
                "%(count)s person has not been marked yet.",
                "%(count)s people have not been marked yet.",
                waiting,
            ),
            code="unmarked",
            params={"count": waiting},
        )
    if waiting:
        mark_rest(session, ABSENT, by=by)
        session.refresh_from_db(fields=["state"])
    session.state = ClassSession.State.HELD
    session.register_closed_at, session.register_closed_by = timezone.now(), by
    session.save(update_fields=["state", "register_closed_at", "register_closed_by"])
    RegisterEvent.objects.create(session=session, verb=RegisterEvent.Verb.CLOSED, by=by)
    # Whoever had promised to hold the evening has held it, unless the leader says otherwise.
    credit(session)
    return session


@transaction.atomic
def reopen_register(session: ClassSession, reason: str, *, by: User) -> ClassSession:
    """Open a closed register again for corrections, and keep why."""
    session = locked(session)
    if not session.register_closed_at:
        return session
    reason = " ".join(reason.split())
    if len(reason) < 3:
        raise ValidationError(_("Say why the register is opened again."), code="no_reason")
    session.register_closed_at = session.register_closed_by = None
    session.save(update_fields=["register_closed_at", "register_closed_by"])
    RegisterEvent.objects.create(
        session=session, verb=RegisterEvent.Verb.REOPENED, reason=reason[:200], by=by
    )
    return session
