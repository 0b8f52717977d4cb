"""Read an organiser's GeoJSON: a list of named shapes in longitude and latitude, or a refusal.

The file comes from outside and may be anything. What it could cost is bounded before it is
parsed: its size, the number of its brackets (each point has one) and how deep they lie.
"""

import json
from dataclasses import dataclass

import numpy
import shapely
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from shapely import MultiPolygon, Polygon, STRtree
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from places.rules import nfc

MAX_MEGABYTES = 20
MAX_BYTES = MAX_MEGABYTES * 1024 * 1024
MAX_POINTS = 500_000
MAX_FEATURES = 2000
# Each shape is one object and holds two; what is written beside it may hold a few more.
MAX_OBJECTS = 10 * MAX_FEATURES
# A point has three numbers at most, and a comma behind each.
MAX_COMMAS = 4 * MAX_POINTS
# FeatureCollection > features > geometry > coordinates of a MultiPolygon need eight.
MAX_DEPTH = 40
# Mending a shape may change its area by so much; more, and it was another shape.
MENDED_AREA = 0.01
# So many pieces of an outline lie about each piece; an outline that crosses itself all over has
# hundreds, and mending it takes as long as there are pairs of them.
MOST_NEAR = 30
WGS84 = ("crs84", "epsg::4326", "epsg:4326", "wgs84", "wgs 84", "epsg::4979", "epsg/0/4326")
NAMED_AT_MOST = 5


@dataclass
class Shape:
    """One shape of the file: what is written beside it, and its polygons."""

    number: int
    properties: dict[str, str]
    geometry: BaseGeometry
    points: int
    is_mended: bool = False

    @property
    def title(self) -> str:
        """What the shape is called in a message, before we know which unit it is."""
        texts = [text for text in self.properties.values() if any(map(str.isalpha, text))]
        named = max(texts, key=len, default="") if texts else ""
        where = _("shape %(number)d") % {"number": self.number}
        return f"{where} ({named[:60]})" if named else where


def read_shapes(content: bytes) -> list[Shape]:
    """Return the shapes of a GeoJSON file; refuse what is not one, or not in WGS 84."""
    document = _parse(content)
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        raise ValidationError(
            _("This is not a GeoJSON FeatureCollection."), code="not_a_collection"
        )
    _refuse_other_projection(document.get("crs"))
    features = document.get("features")
    if not isinstance(features, list) or not features:
        raise ValidationError(_("The file holds no shapes."), code="empty")
    if len(features) > MAX_FEATURES:
        raise _too_many_shapes()
    shapes = [_shape(number, feature) for number, feature in enumerate(features, start=1)]
    _refuse_impossible_positions(shapes)
    for shape in shapes:
        _mend(shape)
    return shapes


def _parse(content: bytes):
    if len(content) > MAX_BYTES:
        raise too_large()
    if content[:4] in (b"PK\x03\x04", b"\x00\x00'\n"):
        raise ValidationError(
            _("This is a shapefile or an archive. Save it as GeoJSON first."), code="archive"
        )
    if content.count(b"[") > MAX_POINTS * 1.2:
        raise _too_many_points()
    if content.count(b",") > MAX_COMMAS:
        raise _too_many_points()
    if content.count(b"{") > MAX_OBJECTS:
        raise _too_many_shapes()
    _refuse_deep_nesting(content)
    try:
        return json.loads(content.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise ValidationError(_("This file cannot be read as JSON."), code="not_json") from None


def _refuse_constant(name):
    raise ValueError(name)


def _refuse_deep_nesting(content: bytes) -> None:
    """Count brackets only: those in texts are few, and none of them makes a file look flat."""
    signs = numpy.frombuffer(content, numpy.uint8)
    opens = (signs == ord("[")) | (signs == ord("{"))
    closes = (signs == ord("]")) | (signs == ord("}"))
    steps = numpy.where(opens[opens | closes], 1, -1)
    # Properties may hold brackets of their own; a real file stays far below this.
    if len(steps) and int(numpy.cumsum(steps).max()) > MAX_DEPTH:
        raise ValidationError(_("This file is nested too deeply."), code="too_deep")


def _refuse_other_projection(crs) -> None:
    if crs in (None, {}):
        return
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = str(properties.get("name", "") if isinstance(properties, dict) else crs)
    if not any(known in name.lower() for known in WGS84):
        raise ValidationError(
            _(
                "The file is in another projection (%(crs)s). Save it in WGS 84 (EPSG:4326) and "
                "choose it again."
            )
            % {"crs": nfc(name)[:80] or "?"},
            code="projection",
        )


def _shape(number: int, feature) -> Shape:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    shape = Shape(number, _texts(properties), Polygon(), 0)
    if isinstance(feature, dict) and isinstance(feature.get("id"), str | int):
        shape.properties.setdefault("id", nfc(str(feature["id"]))[:200])
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if geometry is None or kind not in ("Polygon", "MultiPolygon"):
        raise ValidationError(
            _("%(shape)s is not an area but: %(kind)s. Only polygons can be drawn.")
            % {"shape": capfirst(shape.title), "kind": str(kind)[:30] if kind else "–"},
            code="not_an_area",
        )
    coordinates = geometry.get("coordinates")
    try:
        parts = [coordinates] if kind == "Polygon" else coordinates
        polygons = [
            Polygon(_ring(rings[0]), [_ring(ring) for ring in rings[1:]]) for rings in parts
        ]
        shape.geometry = MultiPolygon(polygons)
    except (TypeError, ValueError, IndexError, KeyError, OverflowError, shapely.GEOSException):
        raise ValidationError(
            _("The outline of %(shape)s cannot be read.") % {"shape": shape.title},
            code="unreadable",
        ) from None
    shape.points = int(shapely.get_num_coordinates(shape.geometry))
    if not shape.points:
        raise ValidationError(
            _("The outline of %(shape)s cannot be read.") % {"shape": shape.title},
            code="unreadable",
        )
    return shape


def _polygon(rings):
    return Polygon(_ring(rings[0]), [_ring(ring) for ring in rings[1:]])


def _ring(points):
    ring = [(float(point[0]), float(point[1])) for point in points]
    if len(ring) < 4 or not numpy.isfinite(ring).all():
        raise ValueError
    return ring


def _texts(properties) -> dict[str, str]:
    if not isinstance(properties, dict):
        return {}
    return {
        str(key): nfc(str(value))[:200]
        for key, value in list(properties.items())[:60]
        if isinstance(value, str | int | float) and not isinstance(value, bool)
    }


def _refuse_impossible_positions(shapes: list[Shape]) -> None:
    if sum(shape.points for shape in shapes) > MAX_POINTS:
        raise _too_many_points()
    west, south, east, north = shapely.total_bounds([shape.geometry for shape in shapes])
    # Nowhere in the country does a latitude come near a longitude.
    if west >= -90 and east <= 90 and south > 90 and north <= 180:
        raise ValidationError(
            _("Latitude and longitude are swapped in this file: longitude comes first."),
            code="swapped",
        )
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise ValidationError(
            _(
                "The positions in this file are no degrees; it may be in VN-2000. Save it in "
                "WGS 84 (EPSG:4326) and choose it again."
            ),
            code="projection",
        )


def _mend(shape: Shape) -> None:
    if shape.geometry.is_valid:
        if not shape.geometry.area:
            raise _crossed(shape)
        return
    if _is_tangled(shape.geometry):
        raise _crossed(shape)
    mended = shapely.make_valid(shape.geometry, method="structure")
    polygons = [part for part in shapely.get_parts(mended) if part.geom_type == "Polygon"]
    area = sum(polygon.area for polygon in polygons)
    before = shape.geometry.area
    if not area or abs(area - before) > MENDED_AREA * max(area, before):
        raise _crossed(shape)
    shape.geometry, shape.is_mended = MultiPolygon(polygons), True


def _is_tangled(geometry: BaseGeometry) -> bool:
    """Whether so many pieces of the outline lie about each other that mending takes for ever."""
    pieces = numpy.concatenate(
        [
            shapely.linestrings(numpy.stack([ring[:-1], ring[1:]], axis=1))
            for ring in map(shapely.get_coordinates, shapely.get_rings(shapely.get_parts(geometry)))
        ]
    )
    tree = STRtree(pieces)
    # So few at once that even all of their pairs fit into memory.
    step = max(1, 2_000_000 // len(pieces))
    near = 0
    for begin in range(0, len(pieces), step):
        near += tree.query(pieces[begin : begin + step]).shape[1]
        if near > MOST_NEAR * len(pieces) + 1000:
            return True
    return False


def _crossed(shape: Shape) -> ValidationError:
    return ValidationError(
        _("The outline of %(shape)s crosses itself (%(where)s). Correct it and choose it again.")
        % {"shape": shape.title, "where": _where(shape)},
        code="crossed",
    )


def _where(shape: Shape) -> str:
    """Return the place of the fault as GEOS tells it: "105.3 21.2"."""
    reason = explain_validity(shape.geometry)
    return reason.partition("[")[2].rstrip("]") or _("it has no area")


def too_large() -> ValidationError:
    return ValidationError(
        _("The file is larger than %(most)d MB. Simplify it first.") % {"most": MAX_MEGABYTES},
        code="too_large",
    )


def _too_many_shapes() -> ValidationError:
    return ValidationError(
        _("The file holds more than %(most)d shapes.") % {"most": MAX_FEATURES}, code="too_many"
    )


def _too_many_points() -> ValidationError:
    return ValidationError(
        _("The outlines have more than %(most)d points. Simplify the file first.")
        % {"most": MAX_POINTS},
        code="too_many_points",
    )
