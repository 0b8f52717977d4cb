"""From any number down to the names behind it, and what can be said to these people."""

from progress.reports.missing.counts import MissingRow, rows_below, rows_of_communes
from progress.reports.missing.kinds import COUNTED, MissingKind
from progress.reports.missing.lists import MissingPerson, NameList, names
from progress.reports.missing.words import invitation

__all__ = [
    "COUNTED",
    "MissingKind",
    "MissingPerson",
    "MissingRow",
    "NameList",
    "invitation",
    "names",
    "rows_below",
    "rows_of_communes",
]
