"""A village is split: everybody who lives there comes to live in one of its parts."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.models import Change, Resident, User
from people.services.heads import announce_heads, head_of
from people.signals import resident_changed
from places.models import Place
from places.services import split_place

Part = tuple[str, str, Collection[int]]


@transaction.atomic
def split_village(
    village: Place, parts: Sequence[Part], *, by: User, on: dt.date | None = None
) -> list[Place]:
    """End ``village`` and let its people live in ``parts``: (designation, name, residents' keys).

    Everybody who is registered there must be in one part, and in one only. Each is changed as by
    `change_resident`, so enrolments, evenings and counters come along. Classes, teams and venues
    stay with the old village, where they were; whoever held a role there holds it in the parts.
    What belongs to nobody any more (an erased person's evening) stays counted in the old village.
    """
    people = {
        resident.pk: resident
        for resident in Resident.objects.current()
        .filter(village=village)
        .select_for_update(of=("self",))
        .order_by("pk")
    }
    _check(people, [pks for _designation, _name, pks in parts])
    places = split_place(village, [part[:2] for part in parts], by=by, on=on)
    before = [head_of(resident) for resident in people.values()]
    for place, (_designation, _name, pks) in zip(places, parts, strict=True):
        for pk in pks:
            people[pk].village = place
        Resident.objects.filter(pk__in=pks).update(village=place)
    Change.objects.bulk_create(
        (
            Change(about=resident, verb=Change.Verb.CHANGED, fields=["village"], by=by)
            for resident in people.values()
        ),
        batch_size=500,
    )
    for resident in people.values():
        resident_changed.send(Resident, resident=resident, fields=["village"], by=by)
    announce_heads(before, [head_of(resident) for resident in people.values()])
    return places


def _check(people: dict[int, Resident], groups: Sequence[Collection[int]]) -> None:
    named = Counter(pk for group in groups for pk in group)
    if named.keys() - people.keys():
        raise ValidationError(
            _("Somebody on the list does not live in this village any more. Look at it again."),
            code="stranger",
        )
    if twice := [people[pk] for pk, times in named.items() if times > 1]:
        raise ValidationError(
            _("%(name)s is in two parts at once.") % {"name": twice[0].full_name}, code="twice"
        )
    if left := len(people.keys() - named.keys()):
        raise ValidationError(
            ngettext("%(n)d person is in no part yet.", "%(n)d people are in no part yet.", left)
            % {"n": left},
            code="unassigned",
        )
