"""The houses where classes meet."""

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from places.models import Place, Venue
from places.rules import fold, nfc
from places.services.shared import checked_name, refuse_ended


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
    refuse_ended(place)
    if place.kind == Place.Kind.PROVINCE:
        raise ValidationError(
            _("Note the venue in the commune or village where it stands."), code="province"
        )
    venue.name = checked_name(venue.name)
    venue.address, venue.opening_hours = nfc(venue.address), nfc(venue.opening_hours)
    others = Venue.objects.filter(place=place).exclude(pk=venue.pk)
    if fold(venue.name) in {fold(other.name) for other in others}:
        raise ValidationError(
            _("%(place)s already has a venue of this name.") % {"place": place.full_name},
            code="duplicate",
        )
    venue.full_clean()
    venue.save()
