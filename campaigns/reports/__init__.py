"""Figures beside targets, and evenings beside one another."""

from campaigns.reports.coverage import SORTS, Coverage, CoverageRow, coverage, curve, in_order
from campaigns.reports.duty import (
    Candidate,
    DutyDay,
    Roster,
    communes_with_teams,
    duty_of,
    may_be_asked,
    my_turns,
    promised_elsewhere,
    roster_of,
    shifts_on,
)
from campaigns.reports.hours import Hours, HoursRow, hours_served
from campaigns.reports.indicators import INDICATOR_LABELS, IndicatorInfo, indicators_of
from campaigns.reports.schedule import (
    clashes,
    clashes_of,
    in_short,
    next_session,
    sessions_tonight,
    teachers_near,
    with_members,
)
from campaigns.reports.tiles import Chart, TileMap, chart, tile_map
from campaigns.reports.work import open_work

__all__ = [
    "INDICATOR_LABELS",
    "SORTS",
    "Candidate",
    "Chart",
    "Coverage",
    "CoverageRow",
    "DutyDay",
    "Hours",
    "HoursRow",
    "IndicatorInfo",
    "Roster",
    "TileMap",
    "chart",
    "clashes",
    "clashes_of",
    "communes_with_teams",
    "coverage",
    "curve",
    "duty_of",
    "hours_served",
    "in_order",
    "in_short",
    "indicators_of",
    "may_be_asked",
    "my_turns",
    "next_session",
    "open_work",
    "promised_elsewhere",
    "roster_of",
    "sessions_tonight",
    "shifts_on",
    "teachers_near",
    "tile_map",
    "with_members",
]
