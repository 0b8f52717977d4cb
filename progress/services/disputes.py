"""Two volunteers saw it differently: somebody who answers for the class decides."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from people.models import User
from progress.models import Attendance, Mark
from progress.rules import STATUSES, fold
from progress.services.marking import NewMark, append_marks, locked


@transaction.atomic
def settle_dispute(attendance: Attendance, status: str, *, by: User) -> Attendance:
    """Decide what holds, and keep by whom; both marks stay as they were made.

    It may be decided after the register was closed: the closing did not know of the second mark.
    Safe to repeat: where nobody disagrees any longer, nothing is written.
    """
    if status not in STATUSES:
        raise ValidationError(_("There is no such status."), code="unknown_status")
    session = locked(attendance.session)
    marks = Mark.objects.filter(session=session, enrolment=attendance.enrolment_id)
    found = fold(marks)
    if found.is_disputed:
        now = timezone.now()
        # To decide is to have seen every mark that was in dispute: one line for each of them, of
        # which the last, being by the same hand, speaks for all.
        decided = [
            NewMark(
                attendance.enrolment_id,
                status,
                base=head.id,
                observed_at=now + dt.timedelta(microseconds=number),
                how=Mark.How.CORRECTION,
                by=by,
                sent_by=by,
            )
            for number, head in enumerate(found.heads)
        ]
        append_marks({session: decided})
        attendance.refresh_from_db()
    return attendance
