"""The lines of the map: drawn from what an organiser uploaded, and taken away again."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from places.models import MapSheet, Place
from places.reports import members_of
from places.rules import nfc


@dataclass(frozen=True)
class Outline:
    """The boundary of one unit in the whole numbers of its sheet, and where its figure stands."""

    path: str
    label_x: int
    label_y: int


@dataclass(frozen=True)
class Sheet:
    """What a `MapSheet` keeps of the file that its lines came from."""

    width: int
    height: int
    sha256: str
    points_before: int
    points_after: int
    bytes_sent: int


@transaction.atomic
def draw_boundaries(
    place: Place,
    outlines: Mapping[int, Outline],
    sheet: Sheet,
    *,
    attribution: str,
    source: str = "",
    by: AbstractBaseUser,
) -> MapSheet:
    """Draw the units in ``place`` anew: ``outlines`` by key. Lines from before are taken away.

    One sheet has one set of numbers, so lines of two uploads are never mixed.
    """
    place = Place.objects.select_for_update().get(pk=place.pk)
    if place.kind == Place.Kind.VILLAGE:
        raise ValidationError(_("A village has no units below it."), code="kind")
    attribution = nfc(attribution)
    if not attribution:
        raise ValidationError(_("Say who made the boundaries."), code="attribution")
    units = {unit.pk: unit for unit in _units_in(place).filter(pk__in=outlines)}
    if len(units) != len(outlines) or not outlines:
        raise ValidationError(
            _("The units have changed since. Choose the file again."), code="changed"
        )
    _wipe(place)
    for pk, outline in outlines.items():
        units[pk].boundary = outline.path
        units[pk].label_x, units[pk].label_y = outline.label_x, outline.label_y
    Place.objects.bulk_update(units.values(), ["boundary", "label_x", "label_y"], batch_size=100)
    drawn, _created = MapSheet.objects.update_or_create(
        place=place,
        defaults={
            "width": sheet.width,
            "height": sheet.height,
            "attribution": attribution,
            "source": nfc(source),
            "uploaded_at": timezone.now(),
            "uploaded_by": str(by),
            "sha256": sheet.sha256,
            "units": len(outlines),
            "points_before": sheet.points_before,
            "points_after": sheet.points_after,
            "bytes_sent": sheet.bytes_sent,
        },
    )
    log(place, "wagtail.edit", user=by, data={"boundaries": len(outlines), "sha256": sheet.sha256})
    return drawn


@transaction.atomic
def remove_boundaries(place: Place, *, by: AbstractBaseUser) -> None:
    """Take the lines of the units in ``place`` away; the map shows tiles again."""
    place = Place.objects.select_for_update().get(pk=place.pk)
    if not MapSheet.objects.filter(place=place).exists():
        raise ValidationError(_("There are no boundaries here."), code="none")
    _wipe(place)
    MapSheet.objects.filter(place=place).delete()
    log(place, "wagtail.edit", user=by, data={"boundaries": 0})


def _units_in(place):
    """Return the units that the sheet of ``place`` can show, those that have ended as well."""
    members = members_of(place, timezone.localdate())
    return Place.objects.below_any(members).filter(depth=place.depth + 1)


def _wipe(place):
    # A merged commune's villages may stand on the sheet of the commune that it went into.
    _units_in(place).exclude(boundary="").update(boundary="", label_x=None, label_y=None)
