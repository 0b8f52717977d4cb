"""What leaves the house: coverage as a file, a team's evenings as a calendar."""

from campaigns.exports.calendar import team_calendar
from campaigns.exports.coverage import COLUMNS, cells_of, coverage_csv

__all__ = ["COLUMNS", "cells_of", "coverage_csv", "team_calendar"]
