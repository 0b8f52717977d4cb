"""Door-keepers for the work that waits in the job table."""

import logging

from django.core.exceptions import ValidationError

from certificates.pdf import draw_certificate
from certificates.services import has_standing, record_certificate
from jobs.models import Job
from jobs.services import handler, step
from people.models import User
from progress.models import Enrolment

logger = logging.getLogger(__name__)


@handler("certificates.issue", in_steps=True)
def issue(job: Job, enrolment: int, number: str, by: int | None = None) -> None:
    """Issue one certificate: drawn with no lock held, then recorded in one short transaction."""
    row = Enrolment.objects.select_related(
        "campaign", "resident__village", "class_group__team"
    ).get(pk=enrolment)
    if has_standing(row):
        return
    try:
        draft = draw_certificate(row, number=number)
        with step(job):
            record_certificate(
                row, draft.facts, draft.pdf, by=User.objects.filter(pk=by).first() if by else None
            )
    except ValidationError as refusal:
        # Between asking and doing a mark was corrected: then there is nothing to certify.
        if refusal.code != "not_completed":
            raise
        logger.info("no certificate for enrolment %s: it is not completed any more", enrolment)
