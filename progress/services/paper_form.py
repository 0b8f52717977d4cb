"""The form of a register sheet: where everything stands on it, in millimetres.

Whoever draws a sheet and whoever reads a photograph of one look here, and at nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from progress.rules import STATUSES

PAGE = (210.0, 297.0)

# The six marks by which a photographed page is straightened, by what they are called: their left
# upper corners. They are the first of the ArUco dictionary MIP 36h12.
MARK_SIZE = 12.0
MARKS = {
    0: (9.0, 9.0),
    1: (189.0, 9.0),
    2: (9.0, 142.5),
    3: (189.0, 142.5),
    4: (9.0, 276.0),
    5: (189.0, 276.0),
}
# What stands in each of them; 1 is white. Around it is one black square more.
MARK_PATTERNS = {
    0: ("110100", "101011", "011000", "111010", "000010", "011101"),
    1: ("011000", "000000", "000100", "010011", "010011", "100101"),
    2: ("000100", "100000", "011011", "111011", "111001", "110010"),
    3: ("111111", "111000", "101011", "010110", "110010", "110100"),
    4: ("100001", "011101", "101010", "011011", "110001", "001001"),
    5: ("101101", "000110", "000110", "101111", "111010", "011100"),
}

# The code that names the sheet and the page: its left upper corner, its width with the white edge.
CODE_AT = (160.0, 8.0)
CODE_SIZE = 26.0

ROWS = 22
FIRST_ROW = 46.0
ROW_HEIGHT = 10.4
# Left edges of: number, name, year, and of what follows.
NUMBER, NAME, YEAR, BOXES, END = 24.5, 33.5, 111.5, 127.5, 185.5
COLUMN = (END - BOXES) / len(STATUSES)
BOX = 7.2
# So many empty lines at least are left for people who come without being expected.
SPARE = 3

# The first figure of a code: it tells this form from later ones.
_FORM = "1"
_DIGITS = 13


@dataclass(frozen=True)
class SheetCode:
    """What the code on a page says: which sheet, which page of it."""

    sheet: int
    page: int

    def __str__(self) -> str:
        return f"{_FORM}{self.sheet:010d}{self.page:02d}"


def read_code(text: str) -> SheetCode | None:
    """Return what a code says, unless it is no code of ours."""
    if len(text) != _DIGITS or not text.isascii() or not text.isdecimal() or text[0] != _FORM:
        return None
    return SheetCode(int(text[1:11]), int(text[11:]))


def box(row: int, column: int) -> tuple[float, float]:
    """Return the left upper corner of a tick box; ``row`` counts from 0 on its page."""
    return (
        BOXES + column * COLUMN + (COLUMN - BOX) / 2,
        FIRST_ROW + row * ROW_HEIGHT + (ROW_HEIGHT - BOX) / 2,
    )


def pages_of(rows: Sequence[int]) -> int:
    """Return how many pages a sheet with these lines has, the empty ones among them."""
    return -(-(len(rows) + SPARE) // ROWS)


def on_page(rows: Sequence[int], page: int) -> list[int | None]:
    """Return who stands on the lines of a page, counted from 1; None on an empty line."""
    first = (page - 1) * ROWS
    listed = list(rows[first : first + ROWS])
    return listed + [None] * (ROWS - len(listed))
