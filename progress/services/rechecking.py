"""Some weeks after somebody completed the campaign: can he still do it?"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Shift
from people.models import User
from people.rules import refuse_citizen_number
from progress.models import Enrolment, Recheck
from progress.services.completing import changing_facts


@dataclass
class NewRecheck:
    """What came of asking somebody again, on its way into the database."""

    enrolment_id: int
    campaign_id: int
    # 14 or 30 days after completion.
    days: int
    outcome: str
    by: User
    remark: str = ""
    shift_id: int | None = None
    sent_by: User | None = None
    id: UUID = field(default_factory=uuid4)
    device: str = ""
    seq: int = 0
    observed_at: dt.datetime = field(default_factory=timezone.now)


def append_rechecks(rechecks: Sequence[NewRecheck]) -> None:
    """Keep what came of re-checks, and count who can still do it.

    Whoever calls has made sure that nothing here is known already. Which outcome holds is asked of
    the rows (``Recheck.objects.holding()``); the number of queries does not depend on how many
    there are.
    """
    if not rechecks:
        return
    with changing_facts({new.enrolment_id for new in rechecks}, rechecks=True):
        Recheck.objects.bulk_create(
            Recheck(
                id=new.id,
                campaign_id=new.campaign_id,
                enrolment_id=new.enrolment_id,
                days=new.days,
                outcome=new.outcome,
                remark=new.remark,
                shift_id=new.shift_id,
                device=new.device,
                seq=new.seq,
                observed_at=new.observed_at,
                observed_by=new.by,
                sent_by=new.sent_by or new.by,
            )
            for new in rechecks
        )


@transaction.atomic
def record_recheck(
    enrolment: Enrolment,
    days: int,
    outcome: str,
    *,
    by: User,
    remark: str = "",
    shift: Shift | None = None,
    id: UUID | None = None,
    observed_at: dt.datetime | None = None,
) -> Recheck:
    """Note what came of asking somebody again, so many days after completion.

    Safe to repeat with the same ``id``. Somebody who was not there stays on the list; whatever is
    noted later holds instead of what was noted before.
    """
    # Two taps at once take turns.
    rows = Enrolment.objects.select_for_update(of=("self",)).select_related("resident")
    enrolment = rows.get(pk=enrolment.pk)
    remark = " ".join(remark.split())
    if known := (Recheck.objects.filter(pk=id).first() if id else None):
        same = (known.enrolment_id, known.days, known.outcome, known.observed_by_id)
        if same != (enrolment.pk, days, outcome, by.pk):
            raise ValidationError(_("This answer cannot be used twice."), code="id_reused")
        return known
    now = timezone.now()
    observed_at = min(observed_at or now, now)
    check_recheck(enrolment, days, outcome, remark, at=observed_at)
    new = NewRecheck(
        enrolment_id=enrolment.pk,
        campaign_id=enrolment.campaign_id,
        days=days,
        outcome=outcome,
        by=by,
        remark=remark,
        shift_id=shift.pk if shift else None,
        id=id or uuid4(),
        observed_at=observed_at,
    )
    append_rechecks([new])
    return Recheck.objects.get(pk=new.id)


def check_recheck(
    enrolment: Enrolment, days: int, outcome: str, remark: str = "", *, at: dt.datetime
) -> None:
    """Refuse what can never have come of a re-check at this moment."""
    if days not in Recheck.ROUNDS:
        raise ValidationError(_("People are asked after 14 and after 30 days."), code="bad_days")
    if outcome not in Recheck.Outcome.values:
        raise ValidationError(_("Say what came of it."), code="unknown_outcome")
    if enrolment.resident.erased_at:
        raise ValidationError(_("This person's data were erased."), code="gone")
    if enrolment.completed_at is None:
        raise ValidationError(
            _("This person has not completed the campaign yet."), code="not_completed"
        )
    completed_on = timezone.localdate(enrolment.completed_at)
    if timezone.localdate(at) < completed_on + dt.timedelta(days=days):
        raise ValidationError(
            _("It is too early: people are asked only %(days)s days after they completed.")
            % {"days": days},
            code="too_early",
        )
    refuse_citizen_number(remark)
