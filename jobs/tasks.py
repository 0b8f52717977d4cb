"""The jobs' own chore."""

from jobs.services import every, forget_finished


@every(6 * 60 * 60)
def forget() -> None:
    """Keep the table small."""
    forget_finished()
