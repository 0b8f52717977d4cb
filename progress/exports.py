"""What leaves the house about data quality: shares only, nobody's name."""

import csv
import io

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from campaigns.exports.cells import Cell, safe
from progress.reports.quality import ALIVE, CLEAN, FULL, RIGHT, Quality, QualityRow

# The four words of the movement.
MEASURE_LABELS = {
    RIGHT: pgettext_lazy("data quality", "Right"),
    FULL: pgettext_lazy("data quality", "Complete"),
    CLEAN: pgettext_lazy("data quality", "Clean"),
    ALIVE: pgettext_lazy("data quality", "Alive"),
}

_HEADINGS = (gettext_lazy("Place"), gettext_lazy("Records"))
_LAST = (gettext_lazy("Odd registers not explained"), gettext_lazy("Counted at"))


def quality_csv(quality: Quality) -> str:
    """Return the table as CSV that Excel opens as it is meant: UTF-8 with a mark, no formulas."""
    file = io.StringIO()
    file.write("\ufeff")
    writer = csv.writer(file)
    headings: list[Cell] = [str(words) for words in _HEADINGS]
    for label in MEASURE_LABELS.values():
        headings += [str(label), f"{label} (%)"]
    writer.writerow([*headings, *(str(words) for words in _LAST)])
    writer.writerows([safe(cell) for cell in _cells(row)] for row in quality.rows)
    writer.writerow([safe(cell) for cell in [_("Together"), *_cells(quality.whole)[1:]]])
    return file.getvalue()


def _cells(row: QualityRow) -> list[Cell]:
    cells: list[Cell] = [row.name, row.records]
    for share in row.shares:
        cells += [share.good, share.per_cent]
    at = row.counted_at
    when = date_format(timezone.localtime(at), "H:i d/m/Y") if at else None
    return [*cells, row.odd_evenings, when]
