"""Where each place stands on the map of tiles, and the shape of the curve under it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt

from campaigns.reports.coverage import CoverageRow

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
        [Tile(row, col * TILE, line * TILE, broken(_name(row.place))) for row, col, line in at],
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


def _name(place):
    return place.full_name if place.kind == place.Kind.VILLAGE else place.name


@dataclass(frozen=True)
class Chart:
    """Sums by day as a line, drawn in a box of WIDTH × HEIGHT."""

    WIDTH = 600
    HEIGHT = 180

    length: int
    day: int
    highest: int
    # (measure, points of a polyline, the last value, its y)
    lines: list[tuple[str, str, int, float]]
    # Where the pace would be: from nothing on day 0 to the goal on the last day.
    pace: tuple[float, float] | None
    today_x: float


def chart(curves: dict[str, list[int]], length: int, day: int, goal: int | None = None) -> Chart:
    """Return the curves of a campaign, with the straight line of the pace to the goal."""
    highest = max([goal or 0, 1, *(values[-1] for values in curves.values() if values)])

    def x(number):
        return round(number * Chart.WIDTH / length, 1)

    def y(value):
        return round(Chart.HEIGHT - value * Chart.HEIGHT / highest, 1)

    return Chart(
        length=length,
        day=day,
        highest=highest,
        lines=[
            (
                measure,
                " ".join(f"{x(number)},{y(value)}" for number, value in enumerate(values)),
                values[-1],
                y(values[-1]),
            )
            for measure, values in curves.items()
            if values
        ],
        pace=(y(0), y(goal)) if goal else None,
        today_x=x(day),
    )
