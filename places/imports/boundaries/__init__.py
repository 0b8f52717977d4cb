"""Boundaries from an organiser's GeoJSON: checked, drawn to be looked at, and then stored.

Nothing is stored between the preview and the confirmation: the finished lines travel in the page,
signed and bound to the person, and are small by then.
"""

import hashlib
from dataclasses import dataclass, field

from django.contrib.auth.models import AbstractBaseUser
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from places.imports.boundaries.drawing import draw
from places.imports.boundaries.matching import match
from places.imports.boundaries.reading import (
    MAX_BYTES,
    MAX_MEGABYTES,
    Shape,
    read_shapes,
    too_large,
)
from places.models import MapSheet, Place
from places.reports import units_below
from places.services import Outline, Sheet, draw_boundaries

__all__ = [
    "MAX_BYTES",
    "MAX_MEGABYTES",
    "Drawing",
    "DrawnUnit",
    "load_boundaries",
    "pack_boundaries",
    "preview_boundaries",
    "too_large",
    "unpack_boundaries",
]

PREVIEW_LASTS = 24 * 60 * 60
SALT = "places.imports.boundaries"


@dataclass(frozen=True)
class DrawnUnit:
    """A unit with the line that it would have."""

    unit: Place
    outline: Outline


@dataclass(frozen=True)
class Line:
    """One unit as a map without figures shows it."""

    pk: int
    name: str
    path: str


@dataclass
class Drawing:
    """What a file would draw, and what is worth knowing before it does."""

    sheet: Sheet
    drawn: list[DrawnUnit]
    missing: list[Place] = field(default_factory=list)
    unknown: list[Shape] = field(default_factory=list)
    mended: list[Place] = field(default_factory=list)

    @property
    def lines(self) -> list[Line]:
        return [Line(one.unit.pk, one.unit.full_name, one.outline.path) for one in self.drawn]


def preview_boundaries(content: bytes, place: Place) -> Drawing:
    """Check a GeoJSON file of the units below ``place`` and draw it; refuse what is wrong."""
    shapes = read_shapes(content)
    units = [unit.place for unit in units_below(place, timezone.localdate()) if unit.rest is None]
    if not units:
        raise ValidationError(
            _("%(place)s has no units whose boundaries could be drawn.")
            % {"place": place.full_name},
            code="no_units",
        )
    found, unknown = match(shapes, units, place)
    order = {unit.pk: number for number, unit in enumerate(units)}
    found.sort(key=lambda one: order[one.unit.pk])
    outlines, width, height, weight = draw([one.geometry for one in found])
    drawn = [DrawnUnit(one.unit, outline) for one, outline in zip(found, outlines, strict=True)]
    covered = {one.unit.pk for one in found}
    return Drawing(
        sheet=Sheet(
            width=width,
            height=height,
            sha256=hashlib.sha256(content).hexdigest(),
            points_before=sum(shape.points for shape in shapes),
            points_after=sum(_corners(outline) for outline in outlines),
            bytes_sent=weight,
        ),
        drawn=drawn,
        missing=[unit for unit in units if unit.pk not in covered],
        unknown=unknown,
        mended=[one.unit for one in found if any(shape.is_mended for shape in one.shapes)],
    )


def pack_boundaries(drawing: Drawing, user: AbstractBaseUser, place: Place, words) -> str:
    """Return the lines of ``drawing`` as a signed text; ``words`` are attribution and source."""
    lines = [
        [one.unit.pk, one.outline.path, one.outline.label_x, one.outline.label_y]
        for one in drawing.drawn
    ]
    sheet = drawing.sheet
    head = [
        sheet.width,
        sheet.height,
        sheet.sha256,
        sheet.points_before,
        sheet.points_after,
        sheet.bytes_sent,
    ]
    return signing.dumps([user.pk, place.pk, head, list(words), lines], salt=SALT, compress=True)


def unpack_boundaries(packed: str, user: AbstractBaseUser, place: Place):
    """Return what `pack_boundaries` packed for this person and place; refuse anything else."""
    try:
        user_pk, place_pk, head, words, lines = signing.loads(
            packed, salt=SALT, max_age=PREVIEW_LASTS
        )
    except signing.BadSignature:
        user_pk = place_pk = None
    if (user_pk, place_pk) != (user.pk, place.pk):
        raise ValidationError(
            _("The preview is no longer valid. Choose the file again."), code="stale"
        )
    outlines = {pk: Outline(path, x, y) for pk, path, x, y in lines}
    return Sheet(*head), outlines, words


def load_boundaries(packed: str, place: Place, *, by: AbstractBaseUser) -> MapSheet:
    """Store the lines that a person has looked at."""
    sheet, outlines, (attribution, source) = unpack_boundaries(packed, by, place)
    return draw_boundaries(place, outlines, sheet, attribution=attribution, source=source, by=by)


def _corners(outline: Outline) -> int:
    """Count the corners of a path: each step begins with a space, a sign or a letter."""
    return sum(part.count(" ") + part.count("-") for part in outline.path.split("M")) // 2
