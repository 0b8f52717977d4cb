"""What leaves the house: coverage and hours as files, evenings and shifts as calendars."""

from campaigns.exports.calendar import member_calendar, team_calendar
from campaigns.exports.coverage import (
    COLUMNS,
    NUMBER_COLUMNS,
    as_of,
    cells_of,
    coverage_csv,
    coverage_xlsx,
    villages_xlsx,
)
from campaigns.exports.hours import HOURS_COLUMNS, cells_of_hours, hours_file
from campaigns.exports.outcomes import outcomes_csv
from campaigns.exports.targets import TARGET_COLUMNS, targets_xlsx

__all__ = [
    "COLUMNS",
    "HOURS_COLUMNS",
    "NUMBER_COLUMNS",
    "TARGET_COLUMNS",
    "as_of",
    "cells_of",
    "cells_of_hours",
    "coverage_csv",
    "coverage_xlsx",
    "hours_file",
    "member_calendar",
    "outcomes_csv",
    "targets_xlsx",
    "team_calendar",
    "villages_xlsx",
]
