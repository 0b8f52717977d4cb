"""Made-up lands: grids of units with wiggly borders, as an organiser's GeoJSON."""

import json
import random

import numpy
import shapely
from shapely import MultiPoint, Point, Polygon

# Where the made-up province of the tests lies.
WEST, SOUTH = 105.0, 21.0


def geojson(features) -> bytes:
    """Return a FeatureCollection of (properties, geometry); a geometry may be a plain dict."""
    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": properties,
                    "geometry": shape
                    if isinstance(shape, dict | None)
                    else shape.__geo_interface__,
                }
                for properties, shape in features
            ],
        }
    ).encode()


def square(col: int, row: int = 0, size: float = 0.1) -> Polygon:
    """Return one field of a grid, counted from the south-west."""
    x, y = WEST + col * size, SOUTH + row * size
    return Polygon([(x, y), (x + size, y), (x + size, y + size), (x, y + size)])


def wiggly_land(units: int, steps: int, seed: int = 7) -> list[Polygon]:
    """Return that many cells with common borders, each border a wiggly line of many points."""
    dice = random.Random(seed)
    seeds = [(WEST + 2 * dice.random(), SOUTH + 2 * dice.random()) for _ in range(units)]
    frame = shapely.box(WEST, SOUTH, WEST + 2, SOUTH + 2)
    cells = shapely.get_parts(shapely.voronoi_polygons(MultiPoint(seeds), extend_to=frame))
    cells = [shapely.intersection(cell, frame) for cell in cells]
    borders = shapely.node(shapely.union_all([cell.boundary for cell in cells]))
    lines = [_wiggle(line, steps, dice) for line in shapely.get_parts(shapely.line_merge(borders))]
    land = list(shapely.get_parts(shapely.polygonize(lines)))
    # In the order of the seeds, the nearest first, so that a test can name them.
    return sorted(land, key=lambda cell: (cell.centroid.x, cell.centroid.y))


def _wiggle(line, steps, dice):
    """Put points on a line, each moved a little; its ends stay."""
    along = numpy.linspace(0, 1, steps)
    points = shapely.get_coordinates(shapely.line_interpolate_point(line, along, normalized=True))
    reach = 0.2 * line.length / steps
    points[1:-1] += [[dice.uniform(-reach, reach), dice.uniform(-reach, reach)]
                     for _ in range(steps - 2)]  # fmt: skip
    return shapely.LineString(points)


def middle(shape: Polygon) -> Point:
    return shape.representative_point()
