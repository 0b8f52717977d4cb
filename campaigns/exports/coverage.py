"""The table of coverage as a file: the same rows, in the same order, as on the screen."""

import csv
import io

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.exports.cells import Cell, safe
from campaigns.reports import INDICATOR_LABELS, Coverage, CoverageRow

# (what the screen sorts by, or nothing; the heading)
COLUMNS = (
    ("name", gettext_lazy("Place")),
    ("numerator", gettext_lazy("Reached so far")),
    ("goal", gettext_lazy("Target")),
    ("share", gettext_lazy("% of target")),
    ("status", gettext_lazy("Pace")),
    ("", gettext_lazy("Everybody")),
    ("", gettext_lazy("% of everybody")),
    ("", gettext_lazy("Target as of")),
    ("", gettext_lazy("Source")),
)

STATUS_LABELS = {
    "good": gettext_lazy("on pace"),
    "warn": gettext_lazy("a little behind"),
    "bad": gettext_lazy("far behind"),
    "silent": gettext_lazy("no report"),
    "none": gettext_lazy("no target"),
}

MEASURE_LABELS = INDICATOR_LABELS


def cells_of(row: CoverageRow) -> list[Cell]:
    """Return what the table says about one place, column by column; None is an empty cell."""
    return [
        row.place.full_name,
        row.numerator,
        row.goal,
        row.share,
        str(STATUS_LABELS[row.status]),
        row.denominator,
        row.share_of_all,
        date_format(row.target_as_of, "SHORT_DATE_FORMAT") if row.target_as_of else None,
        row.source,
    ]


def coverage_csv(coverage: Coverage) -> str:
    """Return the table as CSV that Excel opens as it is meant: UTF-8 with a mark, no formulas."""
    file = io.StringIO()
    file.write("\ufeff")
    writer = csv.writer(file)
    writer.writerow([str(heading) for _column, heading in COLUMNS])
    writer.writerows([safe(cell) for cell in cells_of(row)] for row in coverage.rows)
    writer.writerow([])
    at = date_format(timezone.localtime(coverage.at), "H:i d/m/Y")
    writer.writerow([safe(_("Figures as of %(at)s") % {"at": at})])
    return file.getvalue()
