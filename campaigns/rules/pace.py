"""Where a place stands against the day, and what it takes to get there. Pure."""

from dataclasses import dataclass

# Every answer of ``status_of``, the best first; the order of the legend and of sorting.
STATUSES = ("good", "warn", "bad", "silent", "none")
WEEK = 7
# The actual pace is that of so many past weeks: fewer tell of one rainy Saturday.
WEEKS_SEEN = 4


def status_of(
    numerator: int | None,
    goal: int | None,
    day: int,
    length: int,
    green_from: int,
    yellow_from: int,
) -> str:
    """Return how a place stands against its pace: "good", "warn", "bad", "none" or "silent".

    The pace on day 63 of 100 is 63 % of the goal; green begins at ``green_from`` percent of that.
    "none": there is no goal, or the days have not begun. "silent": there is a goal, and nothing
    at all was ever counted (``numerator`` is None), which is not the same as a slow class.
    """
    if not goal or day < 1:
        return "none"
    if numerator is None:
        return "silent"
    # Whole numbers only: a share exactly on a threshold belongs to the better colour.
    reached = numerator * length * 100
    if reached >= green_from * goal * day:
        return "good"
    if reached >= yellow_from * goal * day:
        return "warn"
    return "bad"


def is_stale(last_day: int | None, day: int, stale_after: int) -> bool:
    """Whether nothing new was heard of a place for too long, as seen on ``day``."""
    return last_day is not None and day - last_day > stale_after


@dataclass(frozen=True)
class Need:
    """What is still needed, and what has been done of late: "41 a week are needed; now 27"."""

    # Still missing, and in how many days; a day that is not over counts among them.
    missing: int
    days_left: int
    # So many were reached in the past days that are looked at.
    lately: int
    days_seen: int

    @property
    def per_week(self) -> int:
        """So many a week reach the goal, rounded up; in the last week, all that are missing."""
        if self.missing <= 0:
            return 0
        if self.days_left <= WEEK:
            return self.missing
        return -(-self.missing * WEEK // self.days_left)

    @property
    def now_per_week(self) -> float:
        """So many a week came of late; below ten to a tenth, since there each one tells."""
        now = max(0, self.lately) * WEEK / self.days_seen if self.days_seen else 0.0
        return round(now, 1) if now < 10 else float(int(now))

    @property
    def is_met(self) -> bool:
        return self.missing <= 0

    @property
    def is_enough(self) -> bool:
        """Whether the present pace leads to the goal."""
        return self.is_met or self.now_per_week >= self.per_week


def need(goal: int, reached: int, lately: int, through: int, length: int) -> Need:
    """Return what it takes to get from ``reached`` to ``goal`` by the last day.

    ``through`` is the last day that is over, and ``lately`` what was reached in the
    ``WEEKS_SEEN`` weeks that end with it.
    """
    return Need(
        missing=goal - reached,
        days_left=length - through,
        lately=lately,
        days_seen=min(WEEKS_SEEN * WEEK, through),
    )
