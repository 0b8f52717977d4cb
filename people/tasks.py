"""The chore of the lists."""

from jobs.services import every
from people.imports import forget_old_lists


@every(60 * 60)
def forget_lists() -> None:
    """Keep no list of people for longer than a day, even when nobody uploads another one."""
    forget_old_lists()
