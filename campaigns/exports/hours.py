"""Hours of volunteers as a file: the same rows, in the same order, as on the screen."""

from collections.abc import Iterator

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.exports.cells import Cell, table_file
from campaigns.reports import Hours, HoursRow

HOURS_COLUMNS = (
    gettext_lazy("Volunteer"),
    gettext_lazy("Team"),
    gettext_lazy("Evenings"),
    gettext_lazy("Shifts"),
    gettext_lazy("Minutes"),
    gettext_lazy("Hours"),
)


def cells_of_hours(row: HoursRow) -> list[Cell]:
    """Return what the table says about one volunteer, column by column."""
    return [
        row.member.name,
        row.member.team.name,
        row.evenings,
        row.shifts,
        row.minutes,
        row.hours,
    ]


def hours_file(hours: Hours, kind: str) -> bytes:
    """Return the table as CSV that Excel opens as it is meant, or as XLSX."""
    return table_file(_rows(hours), _("Hours"), kind)


def _rows(hours: Hours) -> Iterator[list[Cell]]:
    yield [str(heading) for heading in HOURS_COLUMNS]
    for row in hours.rows:
        yield cells_of_hours(row)
    yield [_("Together"), "", hours.evenings, hours.shifts, hours.minutes, hours.hours]
    yield []
    period = {
        "since": date_format(hours.since, "SHORT_DATE_FORMAT"),
        "until": date_format(hours.until, "SHORT_DATE_FORMAT"),
    }
    yield [_("From %(since)s to %(until)s") % period]
