"""Units change: they are renamed, or they end and others succeed them."""

import datetime as dt
from collections.abc import Iterable

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from places.models import LegacyName, Place
from places.reports import unit_of
from places.rules import fold
from places.services.shared import checked_name, duplicate, refuse_ended
from places.services.villages import new_village


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
    refuse_ended(place)
    old = place.full_name
    before = LegacyName(
        place=place,
        level=LegacyName.Level.OWN,
        designation=place.get_designation_display(),
        name=place.name,
        until=on - dt.timedelta(days=1),
    )
    place.name = checked_name(name)
    place.designation = designation or place.designation
    if place.designation not in Place.Designation.for_kind(place.kind):
        raise ValidationError(_("A place of this kind is not called that."), code="designation")
    if place.full_name == old:
        return place
    twins = Place.objects.filter(depth=place.depth, path__startswith=place.path[: -place.steplen])
    names = {fold(twin.full_name) for twin in twins.current(on).exclude(pk=place.pk)}
    if fold(place.full_name) in names:
        raise duplicate(place)
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
    refuse_ended(into, on)
    if into.valid_from and into.valid_from > on:
        # Made today for a merger that was in force before: there must be no day between.
        into.valid_from = on
        into.save(update_fields=["valid_from"])
    for place in ending:
        refuse_ended(place, on)
        if place.kind != into.kind:
            raise ValidationError(
                _("%(place)s and %(into)s are not of the same kind.")
                % {"place": place.full_name, "into": into.full_name},
                code="kind",
            )
        if place.depth > 1 and not _lie_together(place, into, on):
            raise ValidationError(
                _("%(place)s and %(into)s do not lie in the same unit.")
                % {"place": place.full_name, "into": into.full_name},
                code="apart",
            )
        if place.valid_from and place.valid_from >= on:
            raise _too_early(place)
        place.valid_to = on - dt.timedelta(days=1)
        place.save(update_fields=["valid_to"])
        place.successors.add(into)
        _remember(place, into)
        log(place, "wagtail.edit", user=by, data={"merged into": into.full_name, "on": str(on)})
    return into


def _lie_together(place, into, on):
    """Tell whether two places lie in one unit of the map of that day."""
    above, other = place.parent, into.parent
    return above.pk == other.pk or unit_of(above, on).pk == unit_of(other, on).pk


def _remember(place, into, *, is_part=False):
    """Let ``into`` be found by every name that ``place`` has or had."""
    level = {
        Place.Kind.PROVINCE: LegacyName.Level.PROVINCE,
        Place.Kind.COMMUNE: LegacyName.Level.COMMUNE,
        Place.Kind.VILLAGE: LegacyName.Level.VILLAGE,
    }[place.kind]
    within = ", ".join(above.full_name for above in reversed(place.above))
    names = [
        (level, place.get_designation_display(), place.name, within, is_part, place.valid_to),
        *place.legacy_names.values_list(
            "level", "designation", "name", "within", "is_part", "until"
        ),
    ]
    for level_then, designation, name, where, was_part, until in names:
        LegacyName.objects.get_or_create(
            place=into,
            level=level if level_then == LegacyName.Level.OWN else level_then,
            designation=designation,
            name=name,
            within=where,
            defaults={"is_part": is_part or was_part, "until": until},
        )


@transaction.atomic
def split_place(
    place: Place,
    parts: Iterable[tuple[str, str]],
    *,
    by: AbstractBaseUser,
    on: dt.date | None = None,
) -> list[Place]:
    """End a village on the day before ``on`` and put ``parts`` in its stead.

    Each part is a designation and a name. Who lives in which of them is said by
    `people.services.split_village`, which is what screens call.
    """
    on = on or timezone.localdate()
    place = Place.objects.select_for_update().with_ancestors().get(pk=place.pk)
    refuse_ended(place, on)
    if place.kind != Place.Kind.VILLAGE or place.parent is None:
        raise ValidationError(_("Only villages are split."), code="kind")
    if place.valid_from and place.valid_from >= on:
        raise _too_early(place)
    villages = [new_village(name, designation) for designation, name in parts]
    if len(villages) < 2:
        raise ValidationError(_("A village is split into two parts or more."), code="too_few_parts")
    # Locking the parent makes two people who make the same village take turns.
    parent = Place.objects.select_for_update().get(pk=place.parent.pk)
    twins = Place.objects.children_of(parent).current(on).exclude(pk=place.pk)
    taken = {fold(twin.full_name) for twin in twins}
    for village in villages:
        if fold(village.full_name) in taken:
            raise duplicate(village)
        taken.add(fold(village.full_name))
        village.valid_from = on
    # Under the same parent, even if a merger has ended that: what lay inside it still does.
    Place.objects.append(parent, villages)
    place.valid_to = on - dt.timedelta(days=1)
    place.save(update_fields=["valid_to"])
    place.successors.add(*villages)
    for village in villages:
        _remember(place, village, is_part=True)
    log(
        place,
        "wagtail.edit",
        user=by,
        data={"split into": [village.full_name for village in villages], "on": str(on)},
    )
    return villages


def _too_early(place):
    return ValidationError(
        _("%(place)s had not begun on that day.") % {"place": place.full_name}, code="early"
    )
