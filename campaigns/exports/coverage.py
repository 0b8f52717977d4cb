"""The table of coverage as a file: the same rows, in the same order, as on the screen."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from campaigns.exports.cells import safe
from campaigns.reports import INDICATOR_LABELS, Coverage, CoverageRow

# What a column of the table holds; dates are dates, so that a spreadsheet can sort by them.
Value = str | int | dt.date | None

# (what the screen sorts by, or nothing; the heading)
COLUMNS = (
    ("name", gettext_lazy("Place")),
    ("numerator", gettext_lazy("Reached so far")),
    ("goal", gettext_lazy("Target")),
    ("share", gettext_lazy("% of target")),
    ("status", gettext_lazy("Pace")),
    ("work", gettext_lazy("Open work")),
    ("news", gettext_lazy("Last news")),
    ("", gettext_lazy("Everybody")),
    ("", gettext_lazy("% of everybody")),
    ("", gettext_lazy("Target as of")),
    ("", gettext_lazy("Source")),
)
NUMBER_COLUMNS = (1, 2, 3, 5, 7, 8)
_WIDTHS = (30, 12, 12, 12, 18, 12, 14, 12, 12, 14, 40)

STATUS_LABELS = {
    "good": gettext_lazy("on pace"),
    "warn": gettext_lazy("a little behind"),
    "bad": gettext_lazy("far behind"),
    "silent": gettext_lazy("no report"),
    "none": gettext_lazy("no target"),
}

MEASURE_LABELS = INDICATOR_LABELS


def cells_of(row: CoverageRow) -> list[Value]:
    """Return what the table says about one place, column by column; None is an empty cell."""
    return [
        row.name,
        row.numerator,
        row.goal,
        row.share,
        str(STATUS_LABELS[row.status]),
        None if row.is_common else row.work,
        row.news,
        row.denominator,
        row.share_of_all,
        row.target_as_of,
        row.source,
    ]


def as_of(coverage: Coverage) -> str:
    """Say of which moment the figures are."""
    if coverage.is_now:
        at = date_format(timezone.localtime(coverage.at), "H:i d/m/Y")
        return _("Figures as of %(at)s") % {"at": at}
    values = {"day": coverage.day, "on": date_format(coverage.on, "SHORT_DATE_FORMAT")}
    return _("Figures at the end of day %(day)s, %(on)s") % values


def coverage_csv(coverage: Coverage) -> str:
    """Return the table as CSV that Excel opens as it is meant: UTF-8 with a mark, no formulas."""
    file = io.StringIO()
    file.write("\ufeff")
    writer = csv.writer(file)
    writer.writerow([str(heading) for _column, heading in COLUMNS])
    writer.writerows([_said(cell) for cell in cells_of(row)] for row in coverage.rows)
    writer.writerow([])
    writer.writerow([safe(as_of(coverage))])
    return file.getvalue()


def coverage_xlsx(coverage: Coverage, label: str) -> bytes:
    """Return the table as XLSX: numbers are numbers, dates are dates, the head stays in sight."""
    book, sheet = _sheet(_WIDTHS)
    _head(sheet, [str(heading) for _column, heading in COLUMNS])
    for row in coverage.rows:
        sheet.append([_typed(cell) for cell in cells_of(row)])
    _foot(sheet, coverage, label)
    return _bytes(book)


def villages_xlsx(communes: Iterable[Coverage], label: str) -> Iterator[bytes | None]:
    """Write the villages of many communes into one sheet.

    Yields None after each commune and, last of all, the file; so whoever waits can be told.
    """
    book, sheet = _sheet((22, *_WIDTHS))
    _head(sheet, [_("Commune"), *(str(heading) for _column, heading in COLUMNS)])
    last = None
    for coverage in communes:
        for row in coverage.rows:
            sheet.append([safe(coverage.place.full_name), *map(_typed, cells_of(row))])
        last = coverage
        yield None
    if last is not None:
        _foot(sheet, last, label)
    yield _bytes(book)


def _sheet(widths):
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Coverage"))
    # In a sheet that is written from top to bottom this must come before the first row.
    sheet.freeze_panes = "B2"
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    return book, sheet


def _head(sheet, words):
    cells = []
    for word in words:
        cell = WriteOnlyCell(sheet, word)
        cell.font = Font(bold=True)
        cells.append(cell)
    sheet.append(cells)


def _foot(sheet, coverage, label):
    sheet.append([])
    sheet.append([safe(f"{coverage.campaign.name} · {label}")])
    sheet.append([safe(as_of(coverage))])


def _bytes(book):
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _said(cell: Value):
    """Return what a CSV says: dates as people write them."""
    if isinstance(cell, dt.date):
        return date_format(cell, "SHORT_DATE_FORMAT")
    return safe(cell)


def _typed(cell: Value):
    """Return what a spreadsheet can reckon with."""
    return cell if cell is None or isinstance(cell, dt.date) else safe(cell)
