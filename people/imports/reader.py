"""Rows out of a CSV or an XLSX file, whatever a spreadsheet made of it."""

import csv
import datetime as dt
import io
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from openpyxl import load_workbook

from people.imports.guard import refuse_bombs

MOST_ROWS = 10_000
MOST_COLUMNS = 50
MOST_LETTERS = 300

# Excel writes CSV in the code page of its Windows; in Vietnam that is 1258.
_ENCODINGS = ("utf-8-sig", "utf-16", "cp1258")


def read_rows(name: str, content: bytes) -> list[tuple[int, list[str]]]:
    """Return (line number, cells) of every row that is not empty, the headings first."""
    if not content:
        raise ValidationError(_("This file is empty."), code="empty")
    if name.lower().endswith(".xlsx"):
        source = _xlsx(content)
    elif name.lower().endswith((".csv", ".txt")):
        source = _csv(content)
    else:
        raise ValidationError(_("Choose an Excel file (.xlsx) or a CSV file."), code="wrong_type")
    rows = []
    for line, cells in source:
        if len(cells) > MOST_COLUMNS and any(cells[MOST_COLUMNS:]):
            raise ValidationError(
                _("Line %(line)s has too many columns.") % {"line": line}, code="too_wide"
            )
        if any(cells):
            rows.append((line, cells[:MOST_COLUMNS]))
        if len(rows) > MOST_ROWS + 1:
            raise ValidationError(
                _("At most %(number)s people fit into one file.") % {"number": "10.000"},
                code="too_many",
            )
    if not rows:
        raise ValidationError(_("This file is empty."), code="empty")
    return rows


def _csv(content: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _decode(content)
    head = text[:4096]
    separator = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for cells in reader:
            yield reader.line_num, [_tidy(cell) for cell in cells]
    except csv.Error as error:
        raise ValidationError(
            _("Line %(line)s cannot be read.") % {"line": reader.line_num}, code="unreadable"
        ) from error


def _decode(content: bytes) -> str:
    if b"\x00" in content[:4096] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ValidationError(_("This is not a CSV file."), code="wrong_type")
    for encoding in _ENCODINGS:
        if encoding == "utf-16" and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
            continue
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValidationError(
        _("The letters of this file cannot be read. Save it as CSV UTF-8."), code="encoding"
    )


def _xlsx(content: bytes) -> Iterator[tuple[int, list[str]]]:
    refuse_bombs(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
    except Exception as error:
        # Whatever openpyxl stumbles over (KeyError, ValueError, expat …), the file is at fault.
        raise ValidationError(
            _("This is not a readable Excel file (.xlsx)."), code="not_xlsx"
        ) from error
    # One cell in the last corner makes a sheet of a million rows; the size it states is ignored.
    sheet.reset_dimensions()
    empty = 0
    try:
        for line, cells in enumerate(
            sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True), start=1
        ):
            row = [_tidy(_text(cell)) for cell in cells]
            empty = 0 if any(row) else empty + 1
            if empty > 1000:
                break
            yield line, row
    except ValidationError:
        raise
    except Exception as error:
        raise ValidationError(
            _("This is not a readable Excel file (.xlsx)."), code="not_xlsx"
        ) from error
    finally:
        book.close()


def _text(cell: object) -> str:
    """Return a cell as somebody would read it: no 1955.0, and a date as a day."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime | dt.date):
        return f"{cell.day:02}/{cell.month:02}/{cell.year}"
    return str(cell)


def _tidy(cell: str) -> str:
    return cell.strip().lstrip("'").strip()[:MOST_LETTERS]
