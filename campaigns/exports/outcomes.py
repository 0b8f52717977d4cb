"""What really happened, as a file: the same rows, in the same order, as on the screen."""

import csv
import io
from collections.abc import Iterable

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from campaigns.exports.cells import safe
from campaigns.models import Outcome


def outcomes_csv(outcomes: Iterable[Outcome], *, named: bool, told: bool = False) -> bytes:
    """Return the list as CSV that Excel opens as it is meant.

    Without ``named`` nobody is in it to whom it happened; without ``told`` nothing is that
    somebody wrote freely either, for a name may stand in it.
    """
    file = io.StringIO()
    writer = csv.writer(file)
    headings = [
        _("Day"),
        _("What happened"),
        _("How many"),
        _("Unit"),
        _("Place"),
        *([_("To whom")] if named else []),
        *([_("Evidence")] if told else []),
        _("Noted by"),
        _("Noted at"),
        _("Taken back at"),
        *([_("Taken back because")] if told else []),
    ]
    writer.writerow(headings)
    for outcome in outcomes:
        cells = [
            date_format(outcome.happened_on, "SHORT_DATE_FORMAT"),
            capfirst(outcome.indicator.name),
            outcome.amount,
            outcome.indicator.unit,
            outcome.place.full_name,
            *([outcome.person] if named else []),
            *([outcome.evidence] if told else []),
            str(outcome.noted_by or ""),
            _time(outcome.noted_at),
            _time(outcome.taken_back_at),
            *([outcome.taken_back_because] if told else []),
        ]
        writer.writerow(safe(cell) for cell in cells)
    return file.getvalue().encode("utf-8-sig")


def _time(at):
    return f"{timezone.localtime(at):%H:%M %d/%m/%Y}" if at else ""
