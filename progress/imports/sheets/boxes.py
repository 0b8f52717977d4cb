"""The tick boxes of a straightened page: how much ink is in each, and what that means."""

from dataclasses import dataclass

import cv2
import numpy as np

from progress.imports.sheets.page import SCALE, Unreadable
from progress.rules import NOTHING, STATUSES
from progress.services import paper_form as form

# How a line looks. Only "one" can be certain.
ONE, NONE, SEVERAL, FAINT, SCRIBBLED, UNCLEAR = (
    "one",
    "none",
    "several",
    "faint",
    "scribbled",
    "unclear",
)

# Shares of a box's inside that are ink, as black as the marks' black.
EMPTY = 0.004
TICKED = 0.008
FILLED = 0.035
# Above this the middle is rather scribbled out than ticked.
FULL = 0.5
# The darkest twentieth of a ticked box is at least so black; a crease or a shadow is not.
BLACK = 0.36
# Of the sixteen printed sides of a line's boxes, so many must be seen where they are expected.
SIDES = 11
# How much ink a printed side of a box shows at least.
OUTLINE = 0.02
# Differences of brightness below this are the paper's.
GRAIN = 0.06
# Or below so many times the usual one of a grainy picture.
GRAINS = 2
# Less contrast between ink and paper than this cannot be judged.
LEAST_CONTRAST = 0.25
# A stroke that reaches in from the next line ends so far off the middle, in millimetres.
OFF_MIDDLE = 0.9
# And this far off, it was never meant for this line.
FAR_OFF = 1.5

# Millimetres.
_INSIDE = 0.85
_REACH = 1.5
_SHADOW = 13
_COARSE = 2
_PIECE = 9


@dataclass(frozen=True)
class Line:
    """What was read on one line: which status it proposes, and whether that leaves no doubt."""

    status: str
    is_certain: bool
    looks: str
    # Which boxes have ink in them.
    ticked: tuple[bool, ...]
    # Somebody wrote where the name stands; only of interest where nobody's is printed.
    is_written: bool
    # Left, top, width and height of its tick boxes in the straightened page, in pixels.
    box: tuple[int, int, int, int]

    @property
    def whole(self) -> tuple[int, int, int, int]:
        """The whole line with what is written on it."""
        _left, top, _width, height = self.box
        return round(form.NUMBER * SCALE), top, round((form.END - form.NUMBER) * SCALE), height


@dataclass(frozen=True)
class _Cell:
    """The ink in one box."""

    share: float
    blackness: float
    # How far its middle lies below the box's, in millimetres.
    lies: float
    # Ink in the gap above and below the box.
    above: float
    below: float

    @property
    def is_empty(self) -> bool:
        return self.share <= EMPTY

    @property
    def is_ticked(self) -> bool:
        return self.share >= TICKED and not (
            self._reaches_in and abs(self.lies) > FAR_OFF and self.share < 2 * FILLED
        )

    @property
    def is_clear(self) -> bool:
        """Ticked by somebody who meant it, and not scribbled out."""
        return FILLED <= self.share <= FULL and self.blackness >= BLACK and not self._reaches_in

    @property
    def _reaches_in(self) -> bool:
        """Whether it may be the end of a stroke that belongs to the line above or below."""
        return (self.lies > OFF_MIDDLE and self.below > EMPTY) or (
            self.lies < -OFF_MIDDLE and self.above > EMPTY
        )


def read_lines(grey: np.ndarray) -> list[Line]:
    """Return what is ticked on each of a page's lines, from the top."""
    ink = _ink(grey)
    small = cv2.resize(ink, None, fx=1 / _COARSE, fy=1 / _COARSE, interpolation=cv2.INTER_AREA)
    shifts = [_shift(small, row) for row in range(form.ROWS)]
    sides = np.array([_sides(ink, row, *shift) for row, shift in enumerate(shifts)])
    seen = (sides > max(OUTLINE, np.median(sides) / 4)).sum(axis=1)
    return [_line(ink, row, *shifts[row], is_sure=seen[row] >= SIDES) for row in range(form.ROWS)]


def _ink(grey: np.ndarray) -> np.ndarray:
    """Return how black each point is: 0 as the paper around it, 1 as the printed marks.

    The paper's own brightness is what is left when everything narrower than a hand's shadow is
    filled with what surrounds it.
    """
    smooth = cv2.GaussianBlur(grey, (0, 0), 0.9)
    height, width = grey.shape
    small = cv2.resize(smooth, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    side = _SHADOW * SCALE // 2 | 1
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    paper = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    light = smooth.astype(np.float32) / np.maximum(paper, 1)
    # Where the picture is grainy, what surrounds a stroke is its brightest grain.
    usual = cv2.medianBlur(_medians(light), 3)
    light /= cv2.resize(usual, (width, height), interpolation=cv2.INTER_LINEAR)
    darkness = 1 - light
    grain = max(GRAIN, GRAINS * 1.4826 * float(np.median(np.abs(darkness[::3, ::3]))))
    black = float(np.median([_blackness(darkness, mark) for mark in form.MARKS]))
    if black - grain < LEAST_CONTRAST:
        raise Unreadable("dark")
    return np.clip((darkness - grain) / (black - grain), 0, 1)


def _medians(light: np.ndarray) -> np.ndarray:
    """Return what is usual in each piece of the page, about a centimetre wide and high."""
    height, width = light.shape
    rows, columns = height // (_PIECE * SCALE), width // (_PIECE * SCALE)
    high, wide = height // rows, width // columns
    pieces = light[: rows * high, : columns * wide].reshape(rows, high, columns, wide)
    flat = pieces.transpose(0, 2, 1, 3)[:, :, ::3, ::3].reshape(rows, columns, -1)
    return np.median(flat, axis=2).astype(np.float32)


def _blackness(darkness: np.ndarray, mark: int) -> float:
    """Return how dark the black edge of a mark is."""
    left, top = form.MARKS[mark]
    cell = form.MARK_SIZE / 8
    edge = _cut(darkness, left + cell, top + cell * 0.3, form.MARK_SIZE - 2 * cell, cell * 0.4)
    return float(np.median(edge))


def _line(ink: np.ndarray, row: int, right: float, down: float, *, is_sure: bool) -> Line:
    cells = [_cell(ink, row, column, right, down) for column in range(len(STATUSES))]
    looks = _looks(cells)
    if looks == ONE and not is_sure:
        looks = UNCLEAR
    ticked = tuple(cell.is_ticked for cell in cells)
    status = NOTHING
    if sum(ticked) == 1:
        status = STATUSES[ticked.index(True)]
    elif sum(ticked) == 2 and looks == SCRIBBLED:
        # Scribbled out and another one ticked: the other one is meant, says a human.
        meant = [n for n, cell in enumerate(cells) if cell.is_ticked and cell.share <= FULL]
        status = STATUSES[meant[0]] if len(meant) == 1 else NOTHING
    top = form.FIRST_ROW + row * form.ROW_HEIGHT
    edge = 1.2
    return Line(
        status=status,
        is_certain=looks == ONE,
        looks=looks,
        ticked=ticked,
        is_written=_is_written(ink, row),
        box=(
            round((form.BOXES + right) * SCALE),
            round((top + down - edge) * SCALE),
            round((form.END - form.BOXES) * SCALE),
            round((form.ROW_HEIGHT + 2 * edge) * SCALE),
        ),
    )


def _looks(cells: list[_Cell]) -> str:
    inked = [cell for cell in cells if not cell.is_empty]
    if not inked:
        return NONE
    if any(cell.share > FULL for cell in inked):
        return SCRIBBLED
    if len(inked) > 1:
        return SEVERAL if sum(cell.is_ticked for cell in inked) > 1 else UNCLEAR
    if inked[0].is_clear:
        return ONE
    return FAINT if inked[0].blackness < BLACK or not inked[0].is_ticked else UNCLEAR


def _cell(ink: np.ndarray, row: int, column: int, right: float, down: float) -> _Cell:
    left, top = form.box(row, column)
    left, top = left + right, top + down
    side = form.BOX - 2 * _INSIDE
    inside = _cut(ink, left + _INSIDE, top + _INSIDE, side, side)
    share = float(inside.mean())
    darkest = max(1, inside.size // 20)
    blackness = float(np.partition(inside.ravel(), -darkest)[-darkest:].mean())
    weights = inside.sum(axis=1)
    middle = (np.arange(len(weights)) + 0.5) / SCALE - side / 2
    lies = float((weights * middle).sum() / weights.sum()) if share > 0 else 0.0
    gap = form.ROW_HEIGHT - form.BOX
    # Between two boxes, without their outlines and without the line in the middle.
    strip = gap / 2 - 0.9
    above = _cut(ink, left, top - 0.5 - strip, form.BOX, strip)
    below = _cut(ink, left, top + form.BOX + 0.5, form.BOX, strip)
    return _Cell(share, blackness, lies, float(above.mean()), float(below.mean()))


def _sides(ink: np.ndarray, row: int, right: float, down: float) -> list[float]:
    """Return how much ink lies where the sixteen printed sides of a line's boxes should be."""
    sides = []
    for column in range(len(STATUSES)):
        left, top = form.box(row, column)
        left, top = left + right, top + down
        for edge in (0, form.BOX):
            upright = _cut(ink, left + edge - 0.6, top + 1, 1.2, form.BOX - 2).mean(axis=0)
            level = _cut(ink, left + 1, top + edge - 0.6, form.BOX - 2, 1.2).mean(axis=1)
            sides += [float(upright.max()), float(level.max())]
    return sides


def _shift(small: np.ndarray, row: int) -> tuple[float, float]:
    """Return how far a line's boxes lie right of and below their places.

    Paper is never quite flat; the printed outlines say where the boxes really are.
    """
    scale = SCALE / _COARSE
    reach = round(_REACH * scale)
    left, top = round(form.BOXES * scale), round((form.FIRST_ROW + row * form.ROW_HEIGHT) * scale)
    height, width = _OUTLINES.shape
    area = small[top - reach : top + height + reach, left - reach : left + width + reach]
    likeness = cv2.matchTemplate(area, _OUTLINES, cv2.TM_CCOEFF)
    _least, _most, _where, (x, y) = cv2.minMaxLoc(likeness)
    # What rounding to whole pixels took away.
    dx = left / scale - form.BOXES
    dy = top / scale - (form.FIRST_ROW + row * form.ROW_HEIGHT)
    return (x - reach) / scale + dx, (y - reach) / scale + dy


def _outlines() -> np.ndarray:
    """Return four printed boxes of one line as they look at the coarse scale."""
    fine = 4
    scale = SCALE / _COARSE * fine
    height, width = (
        round(side * SCALE / _COARSE) * fine for side in (form.ROW_HEIGHT, form.END - form.BOXES)
    )
    picture: np.ndarray = np.zeros((height, width), np.float32)
    for column in range(len(STATUSES)):
        left, top = form.box(0, column)
        x, y = (left - form.BOXES) * scale, (top - form.FIRST_ROW) * scale
        side = form.BOX * scale
        corners = ((round(x), round(y)), (round(x + side), round(y + side)))
        cv2.rectangle(picture, *corners, 1.0, thickness=fine)
    picture = cv2.GaussianBlur(picture, (0, 0), fine * 0.8)
    return cv2.resize(picture, None, fx=1 / fine, fy=1 / fine, interpolation=cv2.INTER_AREA)


def _is_written(ink: np.ndarray, row: int) -> bool:
    top = form.FIRST_ROW + row * form.ROW_HEIGHT
    name = _cut(ink, form.NAME + 1, top + 1.2, form.YEAR - form.NAME - 2, form.ROW_HEIGHT - 2.4)
    return float(name.mean()) > EMPTY


def _cut(picture: np.ndarray, left: float, top: float, width: float, height: float) -> np.ndarray:
    x, y = round(left * SCALE), round(top * SCALE)
    return picture[y : y + round(height * SCALE), x : x + round(width * SCALE)]


_OUTLINES = _outlines()
