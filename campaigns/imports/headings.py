"""Where in a file the table of targets stands, and what it says that it is about."""

from collections.abc import Iterable
from itertools import pairwise

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from campaigns.exports import TARGET_COLUMNS
from campaigns.imports.workbook import Cell, Sheet
from places.rules import fold

# The table begins within so many lines.
_HEADINGS_WITHIN = 25

# The headings under which we know a column; without accents, and without what stands in brackets.
HEADINGS = {
    "code": ("ma", "ma dia ban", "ma xa", "ma thon", "ma don vi", "ma dvhc", "code",
             "code of the place"),
    "name": ("dia ban", "ten dia ban", "xa", "ten xa", "xa, phuong", "xa phuong", "xa/phuong",
             "ten xa, phuong", "don vi", "ten don vi", "thon", "ten thon", "thon, buon", "place"),
    "population": ("dan so", "so dan", "nhan khau", "so nhan khau", "population"),
    "population_as_of": ("dan so tinh den", "dan so tinh den ngay", "dan so den ngay",
                         "population as of"),
    "goal": ("chi tieu", "muc tieu", "chi tieu giao", "goal", "target"),
    "denominator": ("tren tong so", "tong so", "mau so", "so nguoi thuoc dien", "out of"),
    "as_of": ("tinh den", "tinh den ngay", "so lieu den ngay", "ngay", "as of"),
    "source": ("nguon", "nguon so lieu", "can cu", "theo van ban", "source"),
}  # fmt: skip
_INDICATOR = ("chi so", "indicator")


def table_in(sheets: Iterable[Sheet]) -> tuple[Sheet, int, dict[str, Cell]]:
    """Return the sheet with the table, the line of its headings, and where each column stands."""
    found, names = [], []
    for sheet in sheets:
        names.append(sheet.name)
        for cells in sheet.lines:
            if cells[0].line > _HEADINGS_WITHIN:
                break
            columns = _columns(cells)
            if "goal" in columns and ("name" in columns or "code" in columns):
                found.append((sheet, cells[0].line, columns))
                break
    if not found:
        words = _("No sheet has a line with the headings “%(place)s” and “%(goal)s”: %(sheets)s.")
        values = {"place": _("Place"), "goal": _("Goal"), "sheets": ", ".join(names)[:200]}
        raise ValidationError(words % values, code="no_table")
    if len(found) > 1:
        words = _("Several sheets hold such a table: %(sheets)s. Keep only one of them.")
        shown = ", ".join(sheet.name for sheet, _line, _columns in found)
        raise ValidationError(words % {"sheets": shown[:200]}, code="several_tables")
    return found[0]


def _columns(cells):
    """Return {column: the cell of its heading}; a heading that stands twice is refused."""
    known = {fold(str(heading)): name for name, heading, _width in TARGET_COLUMNS}
    known |= {words: name for name, headings in HEADINGS.items() for words in headings}
    columns: dict[str, Cell] = {}
    for cell in cells:
        if not isinstance(cell.value, str):
            continue
        name = known.get(fold(cell.value.partition("(")[0]).strip(" :*"))
        if name is None:
            continue
        if name in columns and "goal" in columns:
            words = _("The heading “%(heading)s” stands twice: %(first)s and %(second)s.")
            values = {"heading": cell.text(), "first": columns[name].name, "second": cell.name}
            raise ValidationError(words % values, code="heading_twice")
        columns[name] = cell
    return columns


def refuse_other_indicator(sheet, head, indicator, indicators):
    """Refuse a file that says above its table that it is about something else."""
    by_label = {fold(info.label): key for key, info in indicators.items()}
    for cells in sheet.lines:
        if cells[0].line >= head:
            return
        for cell, after in pairwise(cells):
            if isinstance(cell.value, str) and fold(cell.value).strip(" :") in _INDICATOR:
                said = by_label.get(fold(after.text()))
                if said and said != indicator:
                    words = _("The file is about “%(file)s”; this page is about “%(page)s”.")
                    values = {"file": after.text(), "page": indicators[indicator].label}
                    raise ValidationError(words % values, code="other_indicator")
