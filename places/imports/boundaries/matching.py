"""Which shape of the file is which unit: by official code, by name, by a name from before."""

import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

import shapely
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from shapely import Point
from shapely.geometry.base import BaseGeometry

from places.imports.boundaries.reading import NAMED_AT_MOST, Shape
from places.models import LegacyName, Place
from places.rules import fold, split_village

KM_PER_DEGREE = 111.2
# A shape must come as near as this to where its unit is known to be.
NEAR_KM = 2
# Several shapes of one unit, and villages, which have no known position, must come as near as so
# many radii of a circle of the area of the unit or of their commune; villages at least this near.
NEAR_RADII = 4
NEAR_COMMUNE_KM = 15
# Two units share a border, never this much of the smaller one.
OVERLAP = 0.1


@dataclass
class Matched:
    """One unit, with the shapes of the file that are it."""

    unit: Place
    shapes: list[Shape] = field(default_factory=list)

    @property
    def geometry(self) -> BaseGeometry:
        return shapely.union_all([shape.geometry for shape in self.shapes])


def match(shapes: list[Shape], units: list[Place], place: Place):
    """Return the units with their shapes, and the shapes that are no unit of ``place``."""
    by_code = {unit.code: unit for unit in units if unit.code}
    by_name = _names(units)
    code_key = _telling(shapes, lambda text: bool(_code(text, by_code)))
    name_key = _telling(shapes, lambda text: bool(_called(text, by_name)))
    matched: dict[int, Matched] = {}
    unknown = []
    for shape in shapes:
        unit = _code(shape.properties.get(code_key, ""), by_code)
        if unit is None:
            called = _called(shape.properties.get(name_key, ""), by_name)
            unit = _nearest(called, shape) if called else None
        if unit is None:
            unknown.append(shape)
        else:
            matched.setdefault(unit.pk, Matched(unit)).shapes.append(shape)
    found = list(matched.values())
    if not found:
        raise ValidationError(
            _("None of the shapes carries the code or the name of a unit of %(place)s.")
            % {"place": place.full_name},
            code="nothing_known",
        )
    _refuse_elsewhere(found, place)
    _refuse_overlaps(found)
    return found, unknown


def _names(units: list[Place]) -> dict[str, list[Place]]:
    """Return the units by every folded name, in the order in which a name should be believed."""
    by_name: dict[str, list[Place]] = defaultdict(list)
    by_pk = {unit.pk: unit for unit in units}
    for spelling in (lambda unit: unit.full_name, lambda unit: unit.name):
        for unit in units:
            by_name[fold(spelling(unit))].append(unit)
    former = LegacyName.objects.filter(place__in=by_pk, is_part=False).exclude(
        level=LegacyName.Level.DISTRICT
    )
    old: dict[str, set[int]] = defaultdict(set)
    for legacy in former.order_by("level", "pk"):
        for text in (str(legacy), legacy.name):
            old[fold(text)].add(legacy.place_id)
    for text, pks in old.items():
        # A name of today is believed before one from before.
        if text not in by_name:
            by_name[text] = [by_pk[pk] for pk in sorted(pks)]
    return by_name


def _telling(shapes: list[Shape], tells) -> str:
    """Return the property that tells the unit for the most shapes; "" if none does."""
    counts = Counter(
        key for shape in shapes for key, text in shape.properties.items() if tells(text)
    )
    return counts.most_common(1)[0][0] if counts else ""


def _code(text: str, by_code: dict[str, Place]) -> Place | None:
    """Find an official code; spreadsheets make a number of it and drop the first zero."""
    digits = re.sub(r"\.0+$", "", text)
    return by_code.get(digits.zfill(5)) if digits.isascii() and digits.isdecimal() else None


def _called(text: str, by_name: dict[str, list[Place]]) -> list[Place]:
    folded = fold(text)
    if not folded:
        return []
    if folded in by_name:
        return by_name[folded]
    designation, bare = split_village(text)
    if designation:
        return by_name.get(fold(f"{Place.Designation(designation).label} {bare}"), [])
    # "Xã Lâm Thao - Phú Thọ", "P. Tân Hòa"
    words = re.sub(r"^(x|p|tt|tx|tp)\.\s*", "", folded)
    words = re.split(r"\s[-–,(]|,", words)[0].strip()
    words = words.removeprefix("phuong ").removeprefix("xa ") if words not in by_name else words
    return by_name.get(words, [])


def _nearest(units: list[Place], shape: Shape) -> Place:
    """Of namesakes, take the one that lies nearest to the shape."""
    return min(units, key=lambda unit: _distance_km(unit, shape.geometry) or 0)


def _distance_km(unit: Place, geometry: BaseGeometry) -> float | None:
    """Return how far a shape is from where a unit is known to be."""
    if unit.latitude is None or unit.longitude is None:
        return None
    squeeze = math.cos(math.radians(unit.latitude))
    level = shapely.transform(geometry, lambda points: points * [squeeze, 1])
    return level.distance(Point(unit.longitude * squeeze, unit.latitude)) * KM_PER_DEGREE


def _refuse_elsewhere(found: list[Matched], place: Place) -> None:
    """Refuse a map of somewhere else, and single units that lie where another one is."""
    far = []
    for one in found:
        for shape in one.shapes:
            away, limit = _off(one, shape, place)
            if away is not None and away > limit:
                far.append((one.unit, away))
                break
    if far and len(far) * 2 > len(found):
        west, south, east, north = shapely.total_bounds([one.geometry for one in found])
        raise ValidationError(
            _(
                "This is a map of another place: it lies around %(latitude).2f, %(longitude).2f, "
                "which is not in %(place)s."
            )
            % {
                "latitude": (south + north) / 2,
                "longitude": (west + east) / 2,
                "place": place.full_name,
            },
            code="elsewhere",
        )
    if far:
        raise ValidationError(
            _("Not where the unit is known to be: %(units)s.")
            % {"units": _listed(_("%(unit)s (%(km)d km away)") % {"unit": unit.full_name, "km": km}
                                for unit, km in far)},
            code="far",
        )  # fmt: skip


def _off(one: Matched, shape: Shape, place: Place) -> tuple[float | None, float]:
    """Return how far a shape is from where it should be, and how far it may be, in km."""
    away = _distance_km(one.unit, shape.geometry)
    if away is not None:
        # One of several pieces, like a former commune, need not hold the middle of the unit.
        return away, NEAR_KM + (NEAR_RADII * _radius(one.unit) if len(one.shapes) > 1 else 0)
    if place.kind == Place.Kind.PROVINCE:
        return None, 0
    away = _distance_km(place, shape.geometry)
    return away, max(NEAR_COMMUNE_KM, NEAR_RADII * _radius(place))


def _radius(unit: Place) -> float:
    """Return the radius of a circle of the unit's area, in km."""
    return math.sqrt((unit.area_km2 or 0) / math.pi)


def _refuse_overlaps(found: list[Matched]) -> None:
    shapes = [one.geometry for one in found]
    tree = shapely.STRtree(shapes)
    for first, second in tree.query(shapes, predicate="intersects").T:
        if first >= second:
            continue
        shared = shapely.intersection(shapes[first], shapes[second]).area
        if shared > OVERLAP * min(shapes[first].area, shapes[second].area):
            raise ValidationError(
                _("%(one)s and %(other)s lie on top of each other.")
                % {
                    "one": found[first].unit.full_name,
                    "other": found[second].unit.full_name,
                },
                code="overlap",
            )


def _listed(texts) -> str:
    texts = list(texts)
    shown = ", ".join(texts[:NAMED_AT_MOST])
    if len(texts) > NAMED_AT_MOST:
        return _("%(shown)s and %(n)d more") % {"shown": shown, "n": len(texts) - NAMED_AT_MOST}
    return shown
