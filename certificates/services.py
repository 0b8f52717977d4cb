"""Everything that happens to a certificate. It is frozen evidence: nothing here changes one."""

import datetime as dt
import hashlib
import logging
import os
from functools import partial

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation, ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.services import counting
from certificates.models import Certificate, certificate_storage
from certificates.rules import corrections, make_number
from jobs.models import Job
from jobs.services import enqueue
from people.models import Resident, User
from places.rules import nfc
from progress.models import Enrolment

logger = logging.getLogger(__name__)

# Raised whenever wording or drawing changes; an issued certificate keeps its own.
DESIGN_VERSION = "1"

# What stands in place of an erased person's name, in every language.
ERASED = "—"


class DamagedPaper(Exception):
    """The file on the shelf is missing, or is not the one that was issued."""


def verify_address(number: str) -> str:
    """Return the public page on which anybody can check a number; it is what the QR holds."""
    return settings.SITE_ADDRESS + reverse("verify", args=[number])


def has_standing(enrolment: Enrolment) -> Certificate | None:
    """Return the certificate of an enrolment that stands, if there is one."""
    return Certificate.objects.valid().filter(enrolment=enrolment).first()


def request_certificate(enrolment: Enrolment, *, by: User | None = None) -> Job | None:
    """Ask for the certificate of a completed enrolment; return its job, if one is needed.

    The job is written in the caller's transaction: a completion that is rolled back asks for
    nothing. A completion asks once. What a person revoked does not come back by itself; a
    person may ask again.
    """
    completed_at = _refuse_uncompleted(enrolment)
    if has_standing(enrolment):
        return None
    if by is None and Certificate.objects.revoked().filter(enrolment=enrolment).exists():
        return None
    completed = int(completed_at.timestamp())
    return enqueue(
        "certificates.issue",
        key=f"certificate:{enrolment.pk}:{completed}" if by is None else None,
        enrolment=enrolment.pk,
        # Chosen here, so that a job that is done again draws the very same paper.
        number=make_number(),
        by=by.pk if by else None,
    )


def draft_facts(
    enrolment: Enrolment, *, number: str | None = None, at: dt.datetime | None = None
) -> dict:
    """Return everything that will be printed for an enrolment, as it is true now.

    ``at`` is when the certificate was handed out, if it is only written down now.
    """
    _refuse_uncompleted(enrolment)
    now = timezone.now()
    resident, campaign = enrolment.resident, enrolment.campaign
    village = resident.village
    commune = village.get_parent()
    group = enrolment.class_group
    return {
        "number": number or make_number(),
        "name": nfc(resident.full_name),
        "birth_year": resident.birth_year,
        "birth_year_is_about": resident.birth_year_is_about,
        "village": village.full_name,
        "commune": commune.full_name,
        "province": commune.province.full_name,
        "campaign": campaign.name,
        "courses": [course.title for course in campaign.required_courses.order_by("pk")],
        "evenings": enrolment.evenings,
        "lessons": enrolment.lessons_passed,
        "completed_on": timezone.localdate(enrolment.completed_at).isoformat(),
        "issued_on": timezone.localdate(min(at or now, now)).isoformat(),
        "team": group.team.name if group else "",
    }


def record_certificate(
    enrolment: Enrolment,
    facts: dict,
    pdf: bytes,
    *,
    by: User | None = None,
    at: dt.datetime | None = None,
    supersedes: Certificate | None = None,
) -> Certificate:
    """Issue a certificate that has been drawn: store it with its bytes, and count it.

    If the enrolment already has one that stands (two workers, one completion), that one is
    returned and the new one is forgotten.
    """
    name = keep_paper(pdf)
    issued_on = dt.date.fromisoformat(facts["issued_on"])
    with counting([enrolment.pk]) as rows:
        row = rows[enrolment.pk]
        _refuse_uncompleted(row)
        standing = has_standing(row)
        if supersedes is None and standing:
            return standing
        if supersedes is not None and supersedes != standing:
            raise ValidationError(
                _("Only a certificate that stands can be corrected."), code="not_standing"
            )
        now = timezone.now()
        if standing:
            standing.superseded_at = now
            standing.save(update_fields=["superseded_at"])
        certificate = Certificate.objects.create(
            number=facts["number"],
            enrolment=row,
            campaign_id=row.campaign_id,
            facts=facts,
            design_version=DESIGN_VERSION,
            sha256=hashlib.sha256(pdf).hexdigest(),
            file=name,
            issued_at=min(at or now, now),
            issued_by=by,
            certified_on=standing.certified_on if standing else issued_on,
            supersedes=standing,
        )
        row.certified_day = row.campaign.day_number(certificate.certified_on)
    return certificate


def revoke_certificate(certificate: Certificate, *, by: User, because: str) -> Certificate:
    """Withdraw a certificate; it stays to be seen, with who, when and why."""
    because = because.strip()
    if not because:
        raise ValidationError(_("Say why the certificate is revoked."), code="no_reason")
    with counting([certificate.enrolment_id]) as rows:
        certificate = Certificate.objects.get(pk=certificate.pk)
        if certificate.superseded_at:
            raise ValidationError(
                _("A newer certificate already stands in its place."), code="superseded"
            )
        if certificate.revoked_at:
            raise ValidationError(_("The certificate is already revoked."), code="revoked")
        certificate.revoked_at = timezone.now()
        certificate.revoked_by = by
        certificate.revoked_because = because
        certificate.save(update_fields=["revoked_at", "revoked_by", "revoked_because"])
        rows[certificate.enrolment_id].certified_day = None
    return certificate


def facts_now(certificate: Certificate) -> dict:
    """Return what would be printed on a certificate today."""
    return draft_facts(certificate.enrolment, number=certificate.number)


def refuse_same(certificate: Certificate) -> None:
    """Refuse to correct what is right: a second paper that says the same only confuses."""
    if not corrections(certificate.facts, facts_now(certificate)):
        raise ValidationError(
            _("Everything on this certificate is still right, so there is nothing to correct."),
            code="same",
        )


def keep_paper(pdf: bytes) -> str:
    """Put a paper on the shelf under its own hash; return the name of the file.

    Keeping it twice keeps it once. A file that a crash has cut short is written anew.
    """
    shelf = certificate_storage()
    digest = hashlib.sha256(pdf).hexdigest()
    name = f"{digest[:2]}/{digest}.pdf"
    if shelf.exists(name):
        with shelf.open(name) as kept:
            if kept.read() == pdf:
                return name
        shelf.delete(name)
    name = shelf.save(name, ContentFile(pdf))
    # A shelf elsewhere sees to it itself that what it took is safe.
    if isinstance(shelf, FileSystemStorage):
        _reach_the_disk(shelf.path(name))
    return name


def _reach_the_disk(path: str) -> None:
    """Wait until a file would survive a power cut, as the row that names it will."""
    for part in (path, os.path.dirname(path)):
        handle = os.open(part, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def read_paper(certificate: Certificate) -> bytes:
    """Return the paper as it was issued, to the byte; anything else is refused and logged."""
    try:
        with certificate_storage().open(certificate.file.name) as kept:
            pdf = kept.read()
    except (OSError, SuspiciousFileOperation) as error:
        logger.error("certificate %s: its file cannot be read", certificate.number)
        raise DamagedPaper(certificate.number) from error
    if hashlib.sha256(pdf).hexdigest() != certificate.sha256:
        logger.error("certificate %s: its file is not the one issued", certificate.number)
        raise DamagedPaper(certificate.number)
    return pdf


@transaction.atomic
def forget_person(resident: Resident) -> None:
    """Take the name and the paper of an erased resident away; that there was one stays counted.

    Safe to repeat.
    """
    for certificate in Certificate.objects.filter(enrolment__resident=resident).exclude(file=""):
        paper = certificate.file.name
        certificate.facts |= {
            "name": ERASED,
            "birth_year": None,
            "birth_year_is_about": False,
            "village": "",
        }
        certificate.file = ""
        certificate.save(update_fields=["facts", "file"])
        transaction.on_commit(partial(certificate_storage().delete, paper))


def _refuse_uncompleted(enrolment: Enrolment) -> dt.datetime:
    """Return when the enrolment was completed, or refuse."""
    if not enrolment.completed_at or enrolment.withdrawn_at:
        raise ValidationError(
            _("The campaign has not been completed yet, so there is nothing to certify."),
            code="not_completed",
        )
    return enrolment.completed_at
