"""Villages come: one by one or from a list."""

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from places.models import Place
from places.rules import fold, nfc, split_village
from places.services.shared import checked_name, duplicate, refuse_ended


@transaction.atomic
def create_village(
    commune: Place,
    name: str,
    designation: str = "",
    *,
    by: AbstractBaseUser,
    latitude: float | None = None,
    longitude: float | None = None,
) -> Place:
    """Add a village to ``commune``. "Thôn 3" as a name says by itself what to call it."""
    village = new_village(name, designation, latitude=latitude, longitude=longitude)
    create_villages(commune, [village], by=by)
    return village


def new_village(
    name: str,
    designation: str = "",
    *,
    latitude: float | None = None,
    longitude: float | None = None,
) -> Place:
    """Return a village that is not in the tree yet, or refuse what is wrong with its name."""
    said, name = (designation, nfc(name)) if designation else split_village(name)
    village = Place(
        kind=Place.Kind.VILLAGE,
        designation=said or Place.Designation.THON,
        name=checked_name(name),
        latitude=latitude,
        longitude=longitude,
        valid_from=timezone.localdate(),
    )
    if village.designation not in Place.Designation.for_kind(Place.Kind.VILLAGE):
        raise ValidationError(_("A village is not called that."), code="designation")
    if not (-90 <= (latitude or 0) <= 90 and -180 <= (longitude or 0) <= 180):
        raise ValidationError(_("There is no such position on earth."), code="position")
    return village


@transaction.atomic
def create_villages(commune: Place, villages: list[Place], *, by: AbstractBaseUser) -> list[Place]:
    """Add several new villages to ``commune``, or none if one of them is refused."""
    # Locking the commune makes two people who add the same village take turns.
    commune = Place.objects.select_for_update().get(pk=commune.pk)
    if commune.kind != Place.Kind.COMMUNE:
        raise ValidationError(_("Villages lie in a commune."), code="not_commune")
    refuse_ended(commune)
    taken = names_taken(commune)
    for village in villages:
        if fold(village.full_name) in taken:
            raise duplicate(village)
        taken.add(fold(village.full_name))
    Place.objects.append(commune, villages)
    log(commune, "wagtail.edit", user=by, data={"villages added": len(villages)})
    return villages


def names_taken(commune: Place) -> set[str]:
    """Return the folded names of the villages that exist in ``commune`` today."""
    return {
        fold(village.full_name)
        for village in Place.objects.children_of(commune).current().only("designation", "name")
    }
