"""Make the lines light enough to be sent: as SVG paths in whole numbers, neighbours still touching.

Units are simplified together as a coverage, so a border between two of them stays one line. How
much is searched for: as little as keeps the whole sheet below what a telephone may be sent.
"""

import gzip
import math
from collections.abc import Sequence

import numpy
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import polylabel

from places.services import Outline

# The longer side of a sheet. On a province of 200 km one step is 50 m.
LONGER_SIDE = 4000
# Of the 60 KB for a whole map, links, names and figures need the rest.
MOST_BYTES = 44 * 1024
# In steps of the sheet; the first loses nothing that one sees.
FINEST, COARSEST = 1.0, 200.0
ROUNDS = 9
# A ring with fewer corners than this is no area.
CORNERS = 3


def draw(geometries: Sequence[BaseGeometry]) -> tuple[list[Outline], int, int, int]:
    """Return an outline for each geometry, the width and height, and the bytes they weigh."""
    flat, width, height = _project(geometries)
    outlines = _outlines(_simplified(flat, FINEST), flat)
    if _weight(outlines) > MOST_BYTES:
        # From what is simplified a little, going on is quick.
        fine = _simplified(flat, FINEST)
        low, high = FINEST, COARSEST
        for _round in range(ROUNDS):
            middle = math.sqrt(low * high)
            tried = _outlines(_simplified(fine, middle), flat)
            if _weight(tried) > MOST_BYTES:
                low = middle
            else:
                high, outlines = middle, tried
    return outlines, width, height, _weight(outlines)


def _project(geometries):
    """Lay the globe flat: equirectangular, true to scale at the middle latitude, y downwards."""
    west, south, east, north = shapely.total_bounds(list(geometries))
    squeeze = math.cos(math.radians((south + north) / 2))
    wide, high = (east - west) * squeeze, north - south
    scale = LONGER_SIDE / max(wide, high)

    def to_sheet(points):
        return numpy.column_stack(
            ((points[:, 0] - west) * squeeze * scale, (north - points[:, 1]) * scale)
        )

    flat = [shapely.transform(geometry, to_sheet) for geometry in geometries]
    return flat, max(1, round(wide * scale)), max(1, round(high * scale))


def _simplified(geometries, tolerance: float):
    return list(shapely.coverage_simplify(list(geometries), tolerance))


def _outlines(simplified, original) -> list[Outline]:
    outlines = []
    for geometry, before in zip(simplified, original, strict=True):
        path = _path(geometry) or _path(before) or _dot(before)
        x, y = _label_point(geometry if not geometry.is_empty else before)
        outlines.append(Outline(path, x, y))
    return outlines


def _path(geometry: BaseGeometry) -> str:
    rings = []
    for polygon in shapely.get_parts(geometry):
        if not isinstance(polygon, Polygon) or polygon.is_empty:
            continue
        for number, ring in enumerate((polygon.exterior, *polygon.interiors)):
            text = _ring_path(shapely.get_coordinates(ring))
            if not text and not number:
                # What is too small to be seen takes its holes with it.
                break
            rings.append(text)
    return "".join(rings)


def _ring_path(points) -> str:
    """Return a closed ring as short as SVG allows: relative steps, signs as separators."""
    points = numpy.rint(points[:-1]).astype(int)
    keep = numpy.any(points != numpy.roll(points, 1, axis=0), axis=1)
    points = points[keep]
    if len(points) < CORNERS:
        return ""
    steps = numpy.diff(points, axis=0)
    text = "".join(f"{x:+d}{y:+d}" for x, y in steps.tolist())
    # "l+3-2+1+4" is "l3-2 1 4".
    text = text.removeprefix("+").replace("+", " ")
    return f"M{points[0][0]} {points[0][1]}l{text}z"


def _dot(geometry: BaseGeometry) -> str:
    """Return a square of two steps: a unit too small for the sheet must still be there."""
    x, y = _label_point(geometry)
    return f"M{x - 1} {y - 1}l2 0 0 2-2 0z"


def _label_point(geometry: BaseGeometry) -> tuple[int, int]:
    """Return a point as far from the borders as can be, so that a figure has room."""
    polygons = [part for part in shapely.get_parts(geometry) if part.area]
    if not polygons:
        point = geometry.centroid
    else:
        largest = max(polygons, key=lambda polygon: polygon.area)
        try:
            point = polylabel(largest, tolerance=2)
        except shapely.GEOSException:
            point = largest.representative_point()
    return round(point.x), round(point.y)


def _weight(outlines: Sequence[Outline]) -> int:
    paths = "\n".join(outline.path for outline in outlines)
    return len(gzip.compress(paths.encode(), 6))
