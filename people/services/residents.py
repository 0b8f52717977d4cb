"""Residents come, and what we know about them changes."""

import datetime as dt
import uuid as uuids

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from people.models import Change, Consent, Resident, User
from people.rules import check_birth_year, clean_name, clean_phone
from people.services.consents import give_consent
from people.services.heads import announce_heads, head_of
from people.signals import resident_changed
from places.models import Place

# What `change_resident` may change; everything else has a verb of its own.
CHANGEABLE = {
    "full_name",
    "sort_name",
    "birth_year",
    "birth_year_is_about",
    "sex",
    "village",
    "phone",
    "learning_language",
    "phone_kind",
    "needs_large_type",
    "needs_hearing_help",
    "needs_reading_help",
}


@transaction.atomic
def register_resident(
    *,
    full_name: str,
    village: Place,
    by: User | None,
    birth_year: int | None = None,
    birth_year_is_about: bool = False,
    sex: str = "",
    phone: str = "",
    learning_language: str = Resident.LearningLanguage.VIETNAMESE,
    needs_large_type: bool = False,
    needs_hearing_help: bool = False,
    needs_reading_help: bool = False,
    phone_kind: str = "",
    source: str = Resident.Source.REGISTERED,
    uuid: uuids.UUID | None = None,
    sort_name: str = "",
    consent: str | None = None,
    at: dt.datetime | None = None,
) -> Resident:
    """Write a person down, and what he or she agreed to if ``consent`` says how.

    ``at``: when it happened, if it is only written down now.

    Safe to repeat: a phone that was offline may send the same registration, with the ``uuid``
    that it made, twice or late; the person who is there already is given back.
    """
    if uuid and (known := Resident.objects.filter(uuid=uuid).first()):
        return _same(known, by)
    resident = Resident(
        uuid=uuid or uuids.uuid4(),
        full_name=full_name,
        sort_name=sort_name,
        birth_year=birth_year,
        birth_year_is_about=birth_year_is_about and birth_year is not None,
        sex=sex,
        village=village,
        phone=phone,
        learning_language=learning_language,
        needs_large_type=needs_large_type,
        needs_hearing_help=needs_hearing_help,
        needs_reading_help=needs_reading_help,
        phone_kind=phone_kind,
        source=source,
        registered_by=by,
        registered_at=at or timezone.now(),
    )
    clean_resident(resident)
    try:
        with transaction.atomic():
            resident.save(force_insert=True)
    except IntegrityError:
        # The same registration arrived twice at the same moment.
        known = Resident.objects.filter(uuid=resident.uuid).first()
        if known is None:
            raise
        return _same(known, by)
    Change.objects.create(about=resident, verb=Change.Verb.REGISTERED, by=by)
    announce_heads([], [head_of(resident)])
    if consent:
        give_consent(resident, Consent.Purpose.LEARNING_RECORD, consent, by=by, at=at)
    return resident


@transaction.atomic
def change_resident(resident: Resident, *, by: User | None, **fields) -> Resident:
    """Correct what we know about a person, and note who changed which fields."""
    unknown = fields.keys() - CHANGEABLE
    if unknown:
        raise TypeError(f"change_resident does not change {sorted(unknown)}")
    resident = Resident.objects.select_for_update(of=("self",)).get(pk=resident.pk)
    refuse_former(resident)
    before = {name: getattr(resident, name) for name in fields}
    head = head_of(resident)
    for name, value in fields.items():
        setattr(resident, name, value)
    resident.birth_year_is_about = resident.birth_year_is_about and resident.birth_year is not None
    clean_resident(resident)
    changed = sorted(name for name in fields if getattr(resident, name) != before[name])
    if changed:
        resident.save(update_fields={*changed, "birth_year_is_about"})
        Change.objects.create(about=resident, verb=Change.Verb.CHANGED, fields=changed, by=by)
        resident_changed.send(Resident, resident=resident, fields=changed, by=by)
        announce_heads([head], [head_of(resident)])
    return resident


def clean_resident(resident: Resident) -> None:
    """Put what we know about a person into its stored form; refuse what cannot be true."""
    resident.full_name = clean_name(resident.full_name)
    resident.sort_name = clean_name(resident.sort_name) if resident.sort_name else ""
    resident.phone = clean_phone(resident.phone)
    check_birth_year(resident.birth_year, timezone.localdate())
    if resident.village.kind != Place.Kind.VILLAGE:
        raise ValidationError(_("Choose the village, not the whole commune."), code="not_a_village")
    resident.clean_fields(
        exclude=["village", "registered_by", "merged_into", "sort_key", "search_text"]
    )


def refuse_former(resident: Resident) -> None:
    """Refuse to touch a record that was merged into another one, or erased."""
    if resident.merged_into_id:
        raise ValidationError(
            _("This record was merged into another one; change that one."), code="merged"
        )
    if resident.erased_at:
        raise ValidationError(_("This person's data were erased."), code="erased")


def _same(known: Resident, by: User | None) -> Resident:
    """Give back whom this very person registered; nobody else learns that the number is taken."""
    if known.registered_by_id != (by.pk if by else None):
        raise ValidationError(_("This registration cannot be used twice."), code="id_reused")
    return known
