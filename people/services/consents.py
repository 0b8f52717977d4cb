"""Residents agree, and take it back as easily."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from people.models import Change, Consent, Resident, User
from people.rules import CONSENT_WORDING


@transaction.atomic
def give_consent(
    resident: Resident,
    purpose: str = Consent.Purpose.LEARNING_RECORD,
    manner: str = Consent.Manner.SPOKEN,
    *,
    by: User | None,
    at: dt.datetime | None = None,
) -> Consent:
    """Record that a resident agreed, in the presence of ``by``. Agreeing twice is agreeing once."""
    Resident.objects.select_for_update(of=("self",)).get(pk=resident.pk)
    given = resident.consents.filter(purpose=purpose, withdrawn_at=None).first()
    if given:
        return given
    consent = Consent(
        resident=resident,
        purpose=purpose,
        manner=manner,
        wording=CONSENT_WORDING,
        witnessed_by=by,
        given_at=at or timezone.now(),
    )
    consent.clean_fields(exclude=["resident", "witnessed_by"])
    consent.save()
    Change.objects.create(about=resident, verb=Change.Verb.CONSENT_GIVEN, by=by)
    return consent


@transaction.atomic
def withdraw_consent(consent: Consent, *, by: User | None) -> Consent:
    """Record that a resident no longer agrees. What was agreed before stays on record."""
    consent = Consent.objects.select_for_update(of=("self",)).get(pk=consent.pk)
    if consent.withdrawn_at is None:
        consent.withdrawn_at = timezone.now()
        consent.save(update_fields=["withdrawn_at"])
        Change.objects.create(
            about_id=consent.resident_id, verb=Change.Verb.CONSENT_WITHDRAWN, by=by
        )
    return consent
