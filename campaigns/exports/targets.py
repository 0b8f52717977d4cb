"""The table of targets as an Excel file that can be filled in and brought back."""

import io

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from campaigns.exports.cells import safe
from campaigns.reports import IndicatorInfo, TargetTable

# (name of the column, heading, width)
TARGET_COLUMNS = (
    ("code", gettext_lazy("Code of the place"), 12),
    ("name", gettext_lazy("Place"), 32),
    ("population", gettext_lazy("Population"), 12),
    ("population_as_of", gettext_lazy("Population as of"), 16),
    ("goal", gettext_lazy("Goal"), 12),
    ("denominator", gettext_lazy("Out of"), 12),
    ("as_of", gettext_lazy("As of"), 14),
    ("source", gettext_lazy("Source"), 44),
)
_NUMBER, _DAY = "#,##0", "DD/MM/YYYY"


def targets_xlsx(table: TargetTable, indicator: IndicatorInfo) -> bytes:
    """Return the rows of the screen; what the file is about stands above them, the sum below."""
    book = Workbook()
    sheet = book.active
    sheet.title = _("Targets")
    for words, value in (
        (_("Campaign"), table.campaign.name),
        (_("Indicator"), capfirst(indicator.label)),
        (_("Place"), table.place.label),
    ):
        sheet.append([words, safe(value)])
        sheet.cell(sheet.max_row, 1).font = Font(bold=True)
    sheet.append([_("An empty row means: no target.")])
    sheet.append([])
    sheet.append([str(heading) for _name, heading, _width in TARGET_COLUMNS])
    head = sheet.max_row
    for row in table.rows:
        target = row.target
        sheet.append(
            [
                safe(row.place.code),
                safe(row.place.full_name),
                row.population,
                getattr(row.place, "population_as_of", None),
                row.goal,
                row.denominator,
                target.as_of if target else None,
                safe(target.source) if target else None,
            ]
        )
    last = sheet.max_row
    sheet.append(
        [None, _("Sum of the places below"), None, None, table.goals.below]
        + ([table.denominators.below] if table.denominators.places else [])
    )
    _dress(sheet, head, last)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _dress(sheet, head, last):
    """Make it pleasant to fill in; nothing of this is read again."""
    for number, (name, _heading, width) in enumerate(TARGET_COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
        cell = sheet.cell(head, number)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="E3EDE4")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        for line in range(head + 1, last + 2):
            cell = sheet.cell(line, number)
            if name in ("population", "goal", "denominator"):
                cell.number_format = _NUMBER
            elif name in ("as_of", "population_as_of"):
                cell.number_format = _DAY
            elif name == "code":
                cell.number_format = "@"
    for cell in sheet[last + 1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = sheet.cell(head + 1, 3)
