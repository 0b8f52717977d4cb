"""The breakdown as a file: the same rows, in the same order, as on the screen."""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from campaigns.exports.cells import Cell, table_file
from campaigns.reports.breakdown import BY_LABELS, Breakdown, BreakdownRow


def breakdown_headings(found: Breakdown) -> list[str]:
    """Return the heads of the columns."""
    headings = [str(BY_LABELS[found.by]), *found.columns, pgettext("column", "Together")]
    return [*headings, found.of_label, _("Share")] if found.of_label else headings


def cells_of_breakdown(found: Breakdown, row: BreakdownRow) -> list[Cell]:
    """Return what the table says about one group, column by column; a share is in percent."""
    cells: list[Cell] = [row.label, *row.split, row.n]
    return [*cells, row.of, row.share] if found.of_label else cells


def breakdown_file(found: Breakdown, kind: str) -> bytes:
    """Return the table as CSV that Excel opens as it is meant, or as XLSX."""
    return table_file(_rows(found), _("By groups"), kind)


def _rows(found: Breakdown) -> Iterator[list[Cell]]:
    yield [*breakdown_headings(found)]
    for row in (*found.rows, found.together):
        yield cells_of_breakdown(found, row)
    yield []
    at = date_format(timezone.localtime(found.at), "H:i d/m/Y")
    yield [_("Figures as of %(at)s") % {"at": at}]
