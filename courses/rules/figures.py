"""Which value of a local figure counts for a place. Pure."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Value:
    """What an office answers at a place: its words, since when, and who says so."""

    path: str
    text: str
    as_of: dt.date
    source: str = ""
    place: str = ""


def value_for(path: str, values: Iterable[Value]) -> Value | None:
    """Return the value of the nearest place at or above ``path``, the newest of it.

    What the village says counts before what the commune says, and that before the province.
    """
    above = [value for value in values if path and path.startswith(value.path)]
    return max(above, key=lambda value: (len(value.path), value.as_of), default=None)
