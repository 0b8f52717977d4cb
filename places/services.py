"""Everything that changes where things are. Screens, imports and the demo world come through here.

A unit is never moved or deleted: it is renamed, or it ends and has successors. What was recorded
there stays there, and figures are read on the old or the new map.
"""

import datetime as dt
from collections.abc import Iterable

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from places.models import LegacyName, Place, Venue
from places.rules import fold, nfc, split_village

NAME_LENGTH = Place._meta.get_field("name").max_length


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
        name=_checked_name(name),
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
    _refuse_ended(commune)
    taken = names_taken(commune)
    for village in villages:
        if fold(village.full_name) in taken:
            raise _duplicate(village)
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


@transaction.atomic
def rename_place(
    place: Place,
    name: str,
    *,
    by: AbstractBaseUser,
    designation: str = "",
    on: dt.date | None = None,
) -> Place:
    """Give ``place`` another name from a day on; it can still be found by the one it had."""
    on = on or timezone.localdate()
    place = Place.objects.select_for_update().get(pk=place.pk)
    _refuse_ended(place)
    old = place.full_name
    before = LegacyName(
        place=place,
        level=LegacyName.Level.OWN,
        designation=place.get_designation_display(),
        name=place.name,
        until=on - dt.timedelta(days=1),
    )
    place.name = _checked_name(name)
    place.designation = designation or place.designation
    if place.designation not in Place.Designation.for_kind(place.kind):
        raise ValidationError(_("A place of this kind is not called that."), code="designation")
    if place.full_name == old:
        return place
    twins = Place.objects.filter(depth=place.depth, path__startswith=place.path[: -place.steplen])
    names = {fold(twin.full_name) for twin in twins.current(on).exclude(pk=place.pk)}
    if fold(place.full_name) in names:
        raise _duplicate(place)
    place.save(update_fields=["name", "designation"])
    # Correcting a slip twice must not fail because the first spelling is remembered already.
    LegacyName.objects.update_or_create(
        place=place,
        level=before.level,
        designation=before.designation,
        name=before.name,
        within="",
        defaults={"until": before.until},
    )
    # What it is called again is no former name.
    LegacyName.objects.filter(
        place=place,
        level=before.level,
        designation=place.get_designation_display(),
        name=place.name,
    ).delete()
    log(place, "wagtail.edit", user=by, data={"old": old, "new": place.full_name})
    return place


@transaction.atomic
def merge_places(
    places: Iterable[Place],
    into: Place,
    *,
    by: AbstractBaseUser,
    on: dt.date | None = None,
) -> Place:
    """End ``places`` on the day before ``on``; ``into`` succeeds them and is found by their names.

    Nothing recorded in them is moved. One of ``places`` may be ``into`` itself: it goes on.
    """
    on = on or timezone.localdate()
    wanted = {place.pk for place in places} - {into.pk}
    into = Place.objects.select_for_update().get(pk=into.pk)
    ending = list(Place.objects.select_for_update().filter(pk__in=wanted).with_ancestors())
    if not ending:
        raise ValidationError(_("Choose the places that are merged."), code="empty")
    _refuse_ended(into, on)
    for place in ending:
        _refuse_ended(place, on)
        if place.kind != into.kind:
            raise ValidationError(
                _("%(place)s and %(into)s are not of the same kind.")
                % {"place": place.full_name, "into": into.full_name},
                code="kind",
            )
        if place.valid_from and place.valid_from >= on:
            raise ValidationError(
                _("%(place)s had not begun on that day.") % {"place": place.full_name},
                code="early",
            )
        place.valid_to = on - dt.timedelta(days=1)
        place.save(update_fields=["valid_to"])
        place.successors.add(into)
        _remember(place, into)
        log(place, "wagtail.edit", user=by, data={"merged into": into.full_name, "on": str(on)})
    return into


def _remember(place, into):
    """Let ``into`` be found by every name that ``place`` has or had."""
    level = {
        Place.Kind.PROVINCE: LegacyName.Level.PROVINCE,
        Place.Kind.COMMUNE: LegacyName.Level.COMMUNE,
        Place.Kind.VILLAGE: LegacyName.Level.VILLAGE,
    }[place.kind]
    within = ", ".join(above.full_name for above in reversed(place.above))
    names = [
        (level, place.get_designation_display(), place.name, within, False, place.valid_to),
        *place.legacy_names.values_list(
            "level", "designation", "name", "within", "is_part", "until"
        ),
    ]
    for level_then, designation, name, where, is_part, until in names:
        LegacyName.objects.get_or_create(
            place=into,
            level=level if level_then == LegacyName.Level.OWN else level_then,
            designation=designation,
            name=name,
            within=where,
            defaults={"is_part": is_part, "until": until},
        )


@transaction.atomic
def create_venue(
    place: Place,
    name: str,
    *,
    by: AbstractBaseUser,
    address: str = "",
    computers: int = 0,
    printers: int = 0,
    has_network: bool = False,
    opening_hours: str = "",
) -> Venue:
    """Note a house in ``place`` where classes can meet."""
    venue = Venue(
        place=place,
        name=name,
        address=address,
        computers=computers,
        printers=printers,
        has_network=has_network,
        opening_hours=opening_hours,
    )
    _save_venue(venue)
    log(venue, "wagtail.create", user=by)
    return venue


@transaction.atomic
def update_venue(venue: Venue, *, by: AbstractBaseUser, **changes) -> Venue:
    """Correct what is noted about ``venue``."""
    venue = Venue.objects.select_for_update().get(pk=venue.pk)
    for name, value in changes.items():
        setattr(venue, name, value)
    _save_venue(venue)
    log(venue, "wagtail.edit", user=by)
    return venue


def _save_venue(venue):
    place = Place.objects.select_for_update().get(pk=venue.place_id)
    _refuse_ended(place)
    if place.kind == Place.Kind.PROVINCE:
        raise ValidationError(
            _("Note the venue in the commune or village where it stands."), code="province"
        )
    venue.name = _checked_name(venue.name)
    venue.address, venue.opening_hours = nfc(venue.address), nfc(venue.opening_hours)
    others = Venue.objects.filter(place=place).exclude(pk=venue.pk)
    if fold(venue.name) in {fold(other.name) for other in others}:
        raise ValidationError(
            _("%(place)s already has a venue of this name.") % {"place": place.full_name},
            code="duplicate",
        )
    venue.full_clean()
    venue.save()


def _checked_name(name):
    name = nfc(name)
    if not fold(name).strip("-.,;:|'\" "):
        raise ValidationError(_("The name is missing."), code="empty")
    if len(name) > NAME_LENGTH:
        raise ValidationError(
            _("The name has more than %(length)d letters.") % {"length": NAME_LENGTH},
            code="too_long",
        )
    return name


def _refuse_ended(place, on=None):
    if place.valid_to is not None and not place.is_current(on):
        raise ValidationError(
            _("%(place)s no longer exists.") % {"place": place.full_name}, code="ended"
        )


def _duplicate(place):
    return ValidationError(
        _("There is already a place called %(name)s here.") % {"name": place.full_name},
        code="duplicate",
    )
