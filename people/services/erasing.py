"""Somebody wants us to forget him or her, as the law allows."""

from django.db import transaction
from django.utils import timezone

from people.models import Change, Consent, Resident, User
from people.services.heads import announce_heads, head_of
from people.signals import resident_changed

# What stands in place of the name. The same in every language: it is data.
ERASED_NAME = "—"


@transaction.atomic
def erase_resident(resident: Resident, *, by: User | None) -> Resident:
    """Overwrite what tells who a person is; keep what was counted, under no name.

    Village, sex and the decade of birth stay, because figures of the past are made of them.
    Records that were merged into this one are erased with it. Cards stop working and every
    consent ends. Safe to repeat.
    """
    resident = Resident.objects.select_for_update(of=("self",)).get(pk=resident.pk)
    now = timezone.now()
    for record in [resident, *resident.merged_from.select_for_update(of=("self",))]:
        if record.erased_at is None:
            _erase(record, now, by)
    return resident


def _erase(record: Resident, now, by: User | None) -> None:
    head = head_of(record)
    record.full_name, record.sort_name, record.phone = ERASED_NAME, "", ""
    record.phone_kind = ""
    if record.birth_year is not None:
        # The middle of the decade falls into the same age band in nearly every case.
        record.birth_year = record.birth_year // 10 * 10 + 5
        record.birth_year_is_about = True
    record.needs_large_type = record.needs_hearing_help = record.needs_reading_help = False
    record.erased_at = now
    record.save()
    record.cards.valid().update(revoked_at=now, revoked_by=by)
    record.cards.update(revoked_because="")
    Consent.objects.filter(resident=record, withdrawn_at=None).update(withdrawn_at=now)
    Change.objects.create(about=record, verb=Change.Verb.ERASED, by=by)
    resident_changed.send(Resident, resident=record, fields=["full_name", "birth_year"], by=by)
    announce_heads([head], [])
