"""Figures beside targets, and evenings beside one another."""

from campaigns.reports.coverage import (
    MAPS,
    SORTS,
    Coverage,
    CoverageRow,
    coverage,
    curve,
    in_order,
)
from campaigns.reports.curves import Chart, chart, pace_chart, small_multiples
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
from campaigns.reports.pace import Pace, PlacePace, last_whole_day, pace
from campaigns.reports.schedule import (
    clashes,
    clashes_of,
    in_short,
    next_session,
    sessions_tonight,
    teachers_near,
    with_members,
)
from campaigns.reports.tiles import ShapeMap, TileMap, shape_map, tile_map
from campaigns.reports.work import open_work

__all__ = [
    "INDICATOR_LABELS",
    "MAPS",
    "SORTS",
    "Candidate",
    "Chart",
    "Coverage",
    "CoverageRow",
    "DutyDay",
    "Hours",
    "HoursRow",
    "IndicatorInfo",
    "Pace",
    "PlacePace",
    "Roster",
    "ShapeMap",
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
    "last_whole_day",
    "may_be_asked",
    "my_turns",
    "next_session",
    "open_work",
    "pace",
    "pace_chart",
    "promised_elsewhere",
    "roster_of",
    "sessions_tonight",
    "shape_map",
    "shifts_on",
    "small_multiples",
    "teachers_near",
    "tile_map",
    "with_members",
]
