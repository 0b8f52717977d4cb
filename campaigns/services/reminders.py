"""Reminders by a channel: a row each, sent by a job, once.

The other service is spoken to outside any transaction: on the laptop an open one keeps every other
writer waiting. So a machine that dies between sending and noting it sends that one again, under the
same reference; one that is noted as sent is never sent again.
"""

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import ClassSession, Reminder, Shift, Turn
from campaigns.services.channels import Trouble, channel_called
from campaigns.services.messages import letter_for
from jobs.services import enqueue
from people.models import User

# Longer than a job is tried: whoever waits since then waits for nothing.
FORGOTTEN = dt.timedelta(hours=6)


@dataclass(frozen=True)
class Asked:
    """What became of a wish to remind everybody."""

    queued: int
    without_address: int
    already: int


@transaction.atomic
def remind(occasion: ClassSession | Shift, channel: str, *, by: User) -> Asked:
    """Let a channel remind everybody who is to come; nobody is reminded twice by the same one.

    Whom it did not reach may be tried again.
    """
    way = channel_called(channel)
    if not way.is_on():
        raise ValidationError(_("This way is not set up here."), code="off")
    _refuse_if_late(occasion)
    turns = list(
        occasion.turns.filter(state__in=[Turn.State.OFFERED, Turn.State.ACCEPTED])
        .select_for_update(of=("self",))
        .select_related("membership__user")
    )
    reachable = [turn for turn in turns if way.address_of(turn.membership)]
    known = {
        reminder.turn_id: reminder
        for reminder in Reminder.objects.filter(turn__in=reachable, channel=channel)
    }
    now = timezone.now()
    new = Reminder.objects.bulk_create(
        Reminder(turn=turn, membership=turn.membership, channel=channel, asked_by=by, asked_at=now)
        for turn in reachable
        if turn.pk not in known
    )
    again = [
        reminder
        for reminder in known.values()
        if reminder.state == Reminder.State.FAILED
        or (reminder.state == Reminder.State.QUEUED and reminder.asked_at < now - FORGOTTEN)
    ]
    Reminder.objects.filter(pk__in=[reminder.pk for reminder in again]).update(
        state=Reminder.State.QUEUED, failed_because="", asked_by=by, asked_at=now
    )
    waiting = [reminder.pk for reminder in (*new, *again)]
    if waiting:
        enqueue("campaigns.remind", channel=channel, reminders=waiting)
    return Asked(len(waiting), len(turns) - len(reachable), len(reachable) - len(waiting))


def waiting_reminder(pk: int) -> Reminder | None:
    """Return a reminder that is still to be sent; one that has lost its sense is put aside."""
    reminder = (
        Reminder.objects.select_for_update(of=("self",))
        .select_related(
            "membership__user",
            "turn__membership",
            "turn__session__class_group__place",
            "turn__session__class_group__venue",
            "turn__session__class_group__team",
            "turn__session__lesson",
            "turn__shift__place",
            "turn__shift__venue",
            "turn__shift__team",
        )
        .filter(pk=pk, state=Reminder.State.QUEUED)
        .first()
    )
    if reminder is None:
        return None
    try:
        _refuse_if_late(reminder.turn.occasion)
    except ValidationError:
        settle_reminder(reminder, "late")
        return None
    if reminder.turn.state not in (Turn.State.OFFERED, Turn.State.ACCEPTED):
        settle_reminder(reminder, "late")
        return None
    return reminder


def send_reminder(reminder: Reminder) -> None:
    """Speak to the other service; raises ``Trouble``. To be called outside transactions."""
    way = channel_called(reminder.channel)
    if not way.is_on():
        raise Trouble("off")
    address = way.address_of(reminder.membership)
    if not address:
        raise Trouble("address")
    way.send(letter_for(reminder.turn, f"nhac-{reminder.pk}"), address)


def settle_reminder(reminder: Reminder, failed_because: str = "") -> None:
    """Note that a reminder was sent, or why it was not."""
    reminder.failed_because = failed_because[:40]
    reminder.state = Reminder.State.FAILED if failed_because else Reminder.State.SENT
    reminder.sent_at = None if failed_because else timezone.now()
    reminder.save(update_fields=["state", "failed_because", "sent_at"])


def _refuse_if_late(occasion):
    if occasion.state == occasion.State.CANCELLED or occasion.starts_at <= timezone.now():
        raise ValidationError(_("It has begun, or was called off."), code="late")
