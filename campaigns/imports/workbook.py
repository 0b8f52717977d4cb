"""A table out of an Excel file, cell by cell, so that whatever is wrong can be named by its cell.

Only what stands in the cells is read: the values that Excel computed for formulas last, never the
formulas. The file is guarded against bombs before anything of it is opened.
"""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter, range_boundaries

from campaigns.rules.reading import whole_number
from people.imports import refuse_bombs
from places.rules import nfc

MAX_BYTES = 3 * 1024 * 1024
MOST_LINES = 3000
MOST_COLUMNS = 40
MOST_LETTERS = 300
# A letter with its marks may come as three signs, and people put spaces between them.
_MOST_SIGNS = 4 * MOST_LETTERS
# So many empty lines in a row, and the table is over, wherever the sheet says that it ends.
_GAP = 300

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
# Bounded on all sides: an element without an end must not be searched to the end of the file.
_MERGED = re.compile(
    rb"<(?:\w{1,20}:)?mergeCell\b[^<>]{0,200}?"
    rb"\bref=[\"']([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})[\"']"
)


@dataclass(frozen=True)
class Cell:
    """What stands in one cell."""

    line: int
    column: int
    value: object = None
    is_percent: bool = False
    # A formula whose result the file does not hold.
    is_uncomputed: bool = False

    @property
    def name(self) -> str:
        """What Excel calls the cell: "C7"."""
        return f"{get_column_letter(self.column)}{self.line}"

    @property
    def is_empty(self) -> bool:
        return not self.is_uncomputed and (
            self.value is None or (isinstance(self.value, str) and not nfc(self.value))
        )

    def text(self) -> str:
        """Return it as somebody would read it."""
        self._refuse_broken()
        value = self.value
        if value is None:
            return ""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return nfc(str(value)).lstrip("'").strip()[:MOST_LETTERS]

    def number(self) -> int | None:
        """Return how many it says, or refuse it."""
        self._refuse_broken()
        value = self.value
        if self.is_empty:
            return None
        if isinstance(value, bool | dt.date | dt.time | dt.timedelta):
            raise ValidationError(_("This is a date, not a number."), code="not_a_number")
        if not isinstance(value, int | float):
            return whole_number(str(value))
        if self.is_percent:
            shown = f"{value * 100:g}%"
            words = _("“%(text)s” is a percentage. Write how many.")
            raise ValidationError(words % {"text": shown}, code="percent")
        if isinstance(value, float) and not value.is_integer():
            # 1.200 typed into an English Excel is one and a fifth.
            words = _("“%(text)s” is not a whole number.") % {"text": f"{value:g}"}
            raise ValidationError(words, code="not_whole")
        return whole_number(str(int(value)))

    def day(self) -> dt.date | None:
        """Return which day it says, or refuse it."""
        self._refuse_broken()
        value = self.value
        if self.is_empty:
            return None
        if isinstance(value, dt.datetime):
            return value.date()
        if isinstance(value, dt.date):
            return value
        text = nfc(str(value)).strip("'")
        if found := re.fullmatch(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})", text):
            day, month, year = int(found[1]), int(found[3]), int(found[4])
        elif found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(?: 00:00:00)?", text):
            year, month, day = int(found[1]), int(found[2]), int(found[3])
        else:
            day = month = year = 0
        try:
            return dt.date(year, month, day)
        except ValueError:
            words = _("“%(text)s” is not a day. Write it like 15/09/2026.")
            raise ValidationError(words % {"text": text[:20]}, code="not_a_day") from None

    def _refuse_broken(self):
        if self.is_uncomputed:
            words = _("This is a formula without a result. Paste it as a value.")
            raise ValidationError(words, code="formula")
        if isinstance(self.value, str) and re.fullmatch(r"#[A-Z/0!?]+", self.value.strip()):
            words = _("Excel shows the error %(error)s here.") % {"error": self.value.strip()}
            raise ValidationError(words, code="excel_error")


@dataclass(frozen=True)
class Merged:
    """Cells that Excel shows as one."""

    ref: str
    left: int
    top: int
    right: int
    bottom: int

    def covers(self, line: int, column: int) -> bool:
        return self.top <= line <= self.bottom and self.left <= column <= self.right


@dataclass(frozen=True)
class Sheet:
    name: str
    # Lines without anything in them are left out.
    lines: list[list[Cell]]
    merged: list[Merged]


def read_sheets(name: str, content: bytes) -> list[Sheet]:
    """Return the visible sheets of an Excel file, or refuse it in words that help."""
    _refuse_others(name, content)
    try:
        refuse_bombs(content)
    except ValidationError as refusal:
        if refusal.code != "bomb":
            raise
        words = _("This file holds far more than a table of targets. Save only the table.")
        raise ValidationError(words, code="bomb") from refusal
    try:
        return _read(content)
    except ValidationError:
        raise
    except Exception as error:
        # Whatever openpyxl stumbles over (KeyError, ValueError, expat …), the file is at fault.
        raise _unreadable() from error


def _refuse_others(name, content):
    if not content:
        raise ValidationError(_("This file is empty."), code="empty")
    if len(content) > MAX_BYTES:
        raise ValidationError(_("The file is larger than 3 MB."), code="too_large")
    if content.startswith(_OLE):
        if _LOCKED in content:
            words = _("The file is protected by a password. Save it without one.")
            raise ValidationError(words, code="locked")
        words = _("This is an old Excel file (.xls). Save it as “Excel Workbook (.xlsx)”.")
        raise ValidationError(words, code="xls")
    if not content.startswith(b"PK"):
        if name.lower().endswith((".xlsx", ".xlsm")):
            raise _unreadable()
        raise ValidationError(_("Choose an Excel file (.xlsx)."), code="wrong_type")


def _unreadable():
    return ValidationError(_("This is not a readable Excel file (.xlsx)."), code="not_xlsx")


def _read(content):
    # Twice: only one of the two knows what was computed, only the other one what is a formula.
    values, formulas = (
        load_workbook(io.BytesIO(content), read_only=True, data_only=computed, keep_links=False)
        for computed in (True, False)
    )
    try:
        return [
            Sheet(
                sheet.title,
                list(_lines(sheet, formulas[sheet.title])),
                _merged(content, sheet._worksheet_path),
            )
            for sheet in values.worksheets
            if sheet.sheet_state == "visible"
        ]
    finally:
        values.close()
        formulas.close()


def _lines(sheet, formulas) -> Iterator[list[Cell]]:
    # One cell in the last corner makes a sheet of a million rows; the size it states is ignored.
    for each in (sheet, formulas):
        each.reset_dimensions()
    gap = found = 0
    both = zip(
        sheet.iter_rows(max_col=MOST_COLUMNS), formulas.iter_rows(max_col=MOST_COLUMNS), strict=True
    )
    for line, (values, written) in enumerate(both, start=1):
        cells = [
            Cell(
                line,
                column,
                _cut(value.value),
                is_percent="%" in (value.number_format or "") and not isinstance(value.value, str),
                is_uncomputed=value.value is None and how.data_type == "f",
            )
            for column, (value, how) in enumerate(zip(values, written, strict=True), start=1)
            if value.value is not None or how.value is not None
        ]
        if all(cell.is_empty for cell in cells):
            gap += 1
            if gap > _GAP:
                return
            continue
        gap, found = 0, found + 1
        if found > MOST_LINES:
            words = _("The sheet has more than %(lines)s lines.") % {"lines": "3.000"}
            raise ValidationError(words, code="too_long")
        yield cells


def _cut(value):
    """Leave out the end of an endless text, before anything compares or tidies it."""
    return value[:_MOST_SIGNS] if isinstance(value, str) else value


def _merged(content, path):
    """Return the merged cells of a sheet; reading line by line does not tell them."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        refs = _MERGED.findall(archive.read(path.lstrip("/")))
    return [Merged(ref, *range_boundaries(ref)) for ref in (raw.decode() for raw in refs[:5000])]
