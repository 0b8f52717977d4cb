"""Questions about many people at once: what is wrong with our records."""

from people.reports.quality import (
    GAP_LABELS,
    OLDEST,
    UNTOUCHED,
    YOUNGEST,
    gaps_of,
    incomplete,
    look_alikes,
    odd_years,
    tally,
    untouched,
)

__all__ = [
    "GAP_LABELS",
    "OLDEST",
    "UNTOUCHED",
    "YOUNGEST",
    "gaps_of",
    "incomplete",
    "look_alikes",
    "odd_years",
    "tally",
    "untouched",
]
