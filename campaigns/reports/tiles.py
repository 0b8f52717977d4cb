"""Where each place stands on the map: on its tile, or within its real boundary."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from re import findall

from campaigns.reports.coverage import CoverageRow
from places.models import MapSheet, Place

# A tile is this wide and high in the units of the drawing.
TILE = 100
# What fits across a tile, in letters; names are broken into two lines at most.
LINE = 11


@dataclass(frozen=True)
class Tile:
    """One place on the map."""

    row: CoverageRow
    x: int
    y: int
    lines: list[str]


@dataclass(frozen=True)
class TileMap:
    """An equal-area map: every place is a square, about where it lies."""

    tiles: list[Tile]
    cols: int
    rows: int

    @property
    def width(self) -> int:
        return self.cols * TILE

    @property
    def height(self) -> int:
        return self.rows * TILE


def tile_map(rows: Sequence[CoverageRow]) -> TileMap:
    """Lay places out on their tiles; those without one follow below, in order.

    Villages have no tiles: they make a plain grid, a little wider than high.
    """
    placed = [row for row in rows if row.place.tile_col is not None]
    loose = [row for row in rows if row.place.tile_col is None]
    at = [(row, row.place.tile_col or 0, row.place.tile_row or 0) for row in placed]
    cols = max((col + 1 for _row, col, _line in at), default=0)
    height = max((line + 1 for _row, _col, line in at), default=0)
    if loose:
        cols = cols or min(8, max(3, ceil(sqrt(len(loose) * 1.6))))
        at += [(row, n % cols, height + n // cols) for n, row in enumerate(loose)]
        height += ceil(len(loose) / cols)
    return TileMap(
        [Tile(row, col * TILE, line * TILE, broken(_name(row))) for row, col, line in at],
        cols,
        height,
    )


def broken(name: str, width: int = LINE) -> list[str]:
    """Break a name into two lines at most, between words where there are any."""
    lines = [""]
    for word in name.split():
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) <= width or not lines[-1]:
            lines[-1] = longer
        elif len(lines) < 2:
            lines.append(word)
        else:
            lines[-1] = longer
    return [line if len(line) <= width else line[: width - 1].rstrip() + "…" for line in lines]


def _name(row):
    if row.place.kind == Place.Kind.VILLAGE or row.name != row.place.full_name:
        return row.name
    return row.place.name


@dataclass(frozen=True)
class Shape:
    """One place within its real boundary."""

    row: CoverageRow
    # Where its sign and number stand, and how large they may be.
    x: int
    y: int
    size: int
    # Too small a place shows its sign alone; the table has its number.
    is_small: bool

    @property
    def sign_size(self) -> int:
        return round(self.size * (1.3 if self._is_alone else 0.9))

    @property
    def sign_x(self) -> int:
        return self.x - self.sign_size // 2

    @property
    def sign_y(self) -> int:
        return self.y - (self.sign_size // 2 if self._is_alone else self.sign_size)

    @property
    def number_y(self) -> int:
        return self.y + round(self.size * 0.85)

    @property
    def _is_alone(self) -> bool:
        return self.is_small or self.row.share is None


@dataclass(frozen=True)
class ShapeMap:
    """The map of real boundaries, as it was uploaded, and whom it must name."""

    shapes: list[Shape]
    width: int
    height: int
    attribution: str
    source: str
    # Units that came without a boundary; they stand in the table alone.
    without: list[CoverageRow]


def shape_map(rows: Sequence[CoverageRow], sheet: MapSheet) -> ShapeMap:
    """Lay places out within their boundaries on the sheet of the place above them."""
    drawn = [row for row in rows if row.outline]
    # How large a number may be follows from the area; a unit whose area nobody knows is average.
    areas = [row.place.area_km2 for row in drawn if row.place.area_km2]
    average = sum(areas) / len(areas) if areas else 1.0
    room = sheet.width * sheet.height * 0.5 / max(1, len(drawn))
    shapes = []
    for row in drawn:
        across = sqrt(room * (row.place.area_km2 or average) / average)
        size = round(min(sheet.width / 28, max(sheet.width / 75, across * 0.24)))
        x, y = _label(row)
        shapes.append(Shape(row, x, y, size, is_small=across * 0.3 < sheet.width / 75))
    return ShapeMap(
        shapes,
        sheet.width,
        sheet.height,
        sheet.attribution,
        sheet.source,
        [row for row in rows if not row.outline],
    )


def _label(row):
    """Return where the number stands: the unit's own place for it, or the start of its line."""
    if row.place.label_x is not None and row.place.label_y is not None:
        return row.place.label_x, row.place.label_y
    x, y = findall(r"-?\d+", row.outline)[:2]
    return int(x), int(y)
