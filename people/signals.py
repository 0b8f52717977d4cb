"""What this app announces to those above it."""

import datetime as dt
from typing import NamedTuple

from django.dispatch import Signal

# Sent inside the transaction, with ``resident``, ``fields`` (names of what changed) and ``by``.
# Whoever counts people by village, age or sex has to count this person anew.
resident_changed = Signal()


class Head(NamedTuple):
    """A registered person, as far as numbers of people are concerned."""

    village_id: int
    birth_year: int | None
    sex: str
    language: str
    registered_on: dt.date


# Sent inside the transaction, with ``before`` and ``after``: lists of `Head`, of people who exist
# (neither merged into somebody else nor erased), as they were and as they are; one signal for many.
heads_changed = Signal()
