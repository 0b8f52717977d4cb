"""What phones without network have kept, arriving late, twice and in any order.

A phone sends items; each is answered by itself, and only an answer lets the phone forget it. What
an item means is decided by the handler of its kind: ``handles("view", reads={…})`` registers one.
A handler takes all of a batch's items of its kind at once, so that a long batch costs little, and
must be **idempotent** and **commutative**: the end is the same however often and in whatever order
items come.
"""

# In this order, so that within a batch whatever others rest on comes first.
from progress.services.sync import learning, arrivals, marks, evening, skills  # isort: skip
from progress.services.sync.registry import (
    DUP,
    LATER,
    NO,
    OK,
    Item,
    Person,
    Verdict,
    handles,
    person_at,
    take_in,
)

__all__ = [
    "DUP",
    "LATER",
    "NO",
    "OK",
    "Item",
    "Person",
    "Verdict",
    "arrivals",
    "evening",
    "handles",
    "learning",
    "marks",
    "person_at",
    "skills",
    "take_in",
]
