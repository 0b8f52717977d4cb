"""Registers on paper: printed with everybody on a line of his own, photographed, confirmed."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.models import ClassSession
from people.models import User
from progress.models import RegisterSheet
from progress.reports import roster
from progress.services.paper_form import ROWS

# What one sheet can hold: the code has two figures for its page.
MOST_PAGES = 20


def print_register(session: ClassSession, *, by: User) -> RegisterSheet:
    """Write down who stands on which line of an evening's register, as it is printed now.

    Printed twice without a change in between, it is the same sheet.
    """
    if session.state == ClassSession.State.CANCELLED:
        raise ValidationError(_("This evening was cancelled."), code="cancelled")
    rows = [line.enrolment.pk for line in roster(session)][: MOST_PAGES * ROWS]
    with transaction.atomic():
        latest = session.register_sheets.order_by("-printed_at", "-pk").first()
        if latest and latest.rows == rows:
            return latest
        return RegisterSheet.objects.create(session=session, rows=rows, printed_by=by)
