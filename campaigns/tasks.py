"""The chore of the counters."""

from campaigns.services import fold
from jobs.services import every


@every(2)
def fold_counters() -> None:
    """Keep the journal short, so that figures stay quick to read."""
    while fold():
        pass
