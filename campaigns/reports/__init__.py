"""Figures beside targets, and evenings beside one another."""

from campaigns.reports.coverage import SORTS, Coverage, CoverageRow, coverage, curve, in_order
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

__all__ = [
    "SORTS",
    "Chart",
    "Coverage",
    "CoverageRow",
    "TileMap",
    "chart",
    "clashes",
    "clashes_of",
    "coverage",
    "curve",
    "in_order",
    "in_short",
    "next_session",
    "sessions_tonight",
    "teachers_near",
    "tile_map",
    "with_members",
]
