"""How many people live where, as an organiser types it or a list of targets says."""

import datetime as dt
from collections.abc import Mapping

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from places.models import Place
from places.services.shared import refuse_ended

# No unit of the country has more people.
MOST_PEOPLE = 20_000_000


@transaction.atomic
def set_populations(said: Mapping[int, tuple[int, dt.date]], *, by: AbstractBaseUser | None) -> int:
    """Note how many people live in places: {place: (people, as of)}; return how many differ."""
    places = Place.objects.select_for_update().in_bulk(said)
    changed = []
    for pk, place in places.items():
        if (place.population, place.population_as_of) != said[pk]:
            before = place.population
            place.population, place.population_as_of = said[pk]
            changed.append(place)
            data = {"population": place.population, "before": before}
            log(place, "wagtail.edit", user=by, data=data)
    Place.objects.bulk_update(changed, ["population", "population_as_of"], batch_size=200)
    return len(changed)


@transaction.atomic
def note_population(
    place: Place, population: int | None, as_of: dt.date | None, *, by: AbstractBaseUser
) -> Place:
    """Note how many people live in ``place``, and for which day that is known; None forgets it."""
    place = Place.objects.select_for_update().get(pk=place.pk)
    refuse_ended(place)
    if population is not None:
        if not 0 <= population <= MOST_PEOPLE:
            raise ValidationError(_("That cannot be a number of people."), code="population")
        if as_of is None:
            raise ValidationError(_("Say for which day the number is true."), code="undated")
        if as_of > timezone.localdate():
            raise ValidationError(_("That day is still to come."), code="future")
    place.population, place.population_as_of = population, as_of if population is not None else None
    place.save(update_fields=["population", "population_as_of"])
    log(place, "wagtail.edit", user=by, data={"population": population, "as of": str(as_of)})
    return place
