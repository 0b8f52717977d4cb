"""Where a place stands against the day. Pure."""

# Every answer of ``status_of``, the best first; the order of the legend and of sorting.
STATUSES = ("good", "warn", "bad", "silent", "none")


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
