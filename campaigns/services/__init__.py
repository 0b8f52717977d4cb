"""Everything that changes a campaign, and the counters of what it reached."""

from campaigns.services.counting import count_new, counting, figures, fold, total, totals
from campaigns.services.recounting import Difference, compare, repair

__all__ = [
    "Difference",
    "compare",
    "count_new",
    "counting",
    "figures",
    "fold",
    "repair",
    "total",
    "totals",
]
