"""Newcomers whom volunteers wrote down on a class evening without network."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from campaigns.models import ClassSession
from people.models import Change, Consent, Resident
from people.services import register_resident
from places.models import Place
from places.rules import nfc
from progress.services.enrolling import enrol
from progress.services.sync.batch import (
    ID_REUSED,
    Batch,
)
from progress.services.sync.fields import identifier, one_of, optional, pk, whole, words, yes_or_no
from progress.services.sync.registry import DUP, NO, Item, Person, Verdict, handles

_UNKNOWN_VILLAGE = Verdict(NO, "unknown_village", _("This village is not in the class's commune."))


@handles(
    "arrival",
    by="staff",
    reads={
        "person": identifier,
        "session": pk,
        "name": words(100),
        "year": optional(whole(1, 9999)),
        "about": optional(yes_or_no, False),
        "village": pk,
        "sex": optional(one_of("", *Resident.Sex.values), ""),
        "phone_kind": optional(one_of("", *Resident.PhoneKind.values), ""),
        "consent": one_of(*Consent.Manner.values),
    },
)
def take_arrivals(person: Person, items: Sequence[Item]) -> list[Verdict]:
    """Register newcomers and enrol them in the class; whether they came is for the marks to say.

    People who look like somebody known are never refused: a phone cannot ask any more, and a team
    leader merges later what is one.
    """
    batch = Batch(person, items)
    batch.refuse_unknown_sessions()
    uuids = {item.person for item in items}
    known = {row.uuid: row for row in Resident.objects.filter(uuid__in=uuids)}
    for number, item in batch.open():
        if earlier := known.get(item.person):
            batch.answer(number, _known_arrival(batch, item, earlier))
    batch.judge_rights("people.register_resident", "progress.enrol")
    batch.hold_what_is_too_old()
    villages = Place.objects.villages().in_bulk({item.village for _number, item in batch.open()})
    for number, item in batch.open():
        if earlier := known.get(item.person):
            batch.answer(number, _known_arrival(batch, item, earlier))
            continue
        session, village = batch.session(item), villages.get(item.village)
        commune = session.place.path[: 2 * Place.steplen]
        if village is None or not village.path.startswith(commune):
            batch.answer(number, _UNKNOWN_VILLAGE)
            continue
        try:
            known[item.person] = _register(batch, item, session, village)
        except ValidationError as refusal:
            batch.refuse(number, item, refusal)
        else:
            batch.take(number, item)
    return batch.verdicts()


@transaction.atomic
def _register(batch: Batch, item: Item, session: ClassSession, village: Place) -> Resident:
    author = batch.author(item)
    resident = register_resident(
        full_name=item.name,
        village=village,
        by=author,
        birth_year=item.year,
        birth_year_is_about=item.about,
        sex=item.sex,
        phone_kind=item.phone_kind,
        source=Resident.Source.WALK_IN,
        uuid=item.person,
        consent=item.consent,
        at=item.at,
    )
    enrol(resident, session.campaign, by=author, class_group=session.class_group, at=item.at)
    return resident


def _known_arrival(batch: Batch, item: Item, known: Resident) -> Verdict:
    """Tell whether this is the registration that is known, which may have been corrected since."""
    if known.registered_by_id != batch.author(item).pk:
        return ID_REUSED
    is_same = (
        known.full_name == nfc(item.name)
        and known.village_id == item.village
        and known.birth_year == item.year
        and known.sex == item.sex
    )
    if (
        is_same
        or known.changes.exclude(
            verb__in=(Change.Verb.REGISTERED, Change.Verb.CONSENT_GIVEN)
        ).exists()
    ):
        return Verdict(DUP)
    return ID_REUSED
