"""What strangers may be told of small numbers. Pure.

A figure for strangers is rounded down to a full five: 0 stands for "under 5" (nobody included), 20
for "20 to 24". Each place is rounded by itself, so figures jump in fives from one day to the next
and a difference between days tells no person. Whoever adds and subtracts could still learn
something where almost everybody is at the upper end: five villages "under 5" and a commune of "20
and more" would all be four. So what is said of a place above is also capped by what is said of the
places below: it never says so much that one of these could be anything but one of three numbers.
The cap follows from published figures alone; that a figure was capped tells nobody anything new.

Figures of strangers are therefore always true as "at least", and stay at most a few behind.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

# Fewer than so many people are "a few"; figures move in steps of it.
STEP = 5
# By so much whoever subtracts may come nearer to the smallest number that a figure can stand for.
SPARE = 2


@dataclass(frozen=True)
class Counted:
    """A place and those directly below it, with what was really counted."""

    key: Hashable
    n: int
    parts: Sequence["Counted"] = field(default=())


@dataclass(frozen=True)
class _Told:
    """What strangers know of a place from what they are told of it and of those below."""

    least: int
    most: int
    # By so much ``least`` may be raised by what is told further up.
    spare: int


def rounded(n: int) -> int:
    """Return the full fives of a figure; 0 for under 5."""
    return max(0, n) // STEP * STEP


def protect(whole: Counted) -> dict[Hashable, int]:
    """Return {key: what strangers are told} of a place and everything below it.

    Whoever knows all of these, and the rule, finds at least three numbers possible for each.
    """
    told: dict[Hashable, int] = {}
    _tell(whole, told)
    return told


def _tell(counted: Counted, told: dict[Hashable, int]) -> _Told:
    parts = [_tell(part, told) for part in counted.parts]
    fives = rounded(counted.n)
    if not parts:
        told[counted.key] = fives
        return _Told(fives, fives + STEP - 1, SPARE)
    most = sum(part.most for part in parts)
    # Told more than this, somebody could raise the least of a part by more than it can spare.
    bound = min(part.least + part.spare + most - part.most for part in parts)
    cap = rounded(bound)
    least = told[counted.key] = min(fives, cap)
    if least < cap:
        most = min(most, least + STEP - 1)
    return _Told(least, most, min(SPARE, bound - least))


def protect_groups(cells: Mapping[Hashable, int], whole: int) -> dict[Hashable, int] | None:
    """Return {key: what strangers are told} of the groups that a place falls into.

    ``whole`` is what strangers are told of the place. Nothing at all (None) is told where the
    groups together would say more about the place than its own figure does, or the place more
    about a group than the group's own.
    """
    told = {key: rounded(n) for key, n in cells.items()}
    least = sum(told.values())
    if least > whole or least + (STEP - 1) * len(told) < whole + STEP - 1:
        return None
    return told


def rough_share(told: int, of: int | None) -> int | None:
    """Return the percentage in steps of five that a told figure is of a known total."""
    if not of:
        return None
    return told * 100 // of // STEP * STEP
