"""What is looked at every night: the counters, and who has completed meanwhile."""

import logging

from django.utils import timezone

from campaigns.models import Campaign
from campaigns.services import repair
from jobs.models import Job
from jobs.services import enqueue, every, handler, step
from lms.management.commands.recount import differences_of
from progress.services import settle_batch, settle_campaign

logger = logging.getLogger(__name__)

# After midnight, when nobody marks; a laptop that sleeps then does it when it wakes.
HOUR = 1
# So many people at once, after an upgrade.
BATCH = 500


@every(15 * 60)
def nightly_recount() -> None:
    """Have the counters compared with the facts once a day."""
    now = timezone.localtime()
    if now.hour >= HOUR:
        enqueue("lms.recount", key=f"lms.recount:{now:%Y-%m-%d}")
        enqueue("lms.settle", key=f"lms.settle:{now:%Y-%m-%d}")


@handler("lms.recount", in_steps=True)
def recount() -> None:
    """Compare every counter with the facts; a difference is an error that somebody must see."""
    found = {}
    for campaign in _not_closed():
        rows, counters = differences_of(campaign)
        found[campaign.pk] = len(rows) + len(counters)
    wrong = {pk: n for pk, n in found.items() if n}
    logger.info("recounted %s campaigns, %s differ", len(found), len(wrong))
    if wrong:
        logger.error("counters differ from the facts: {campaign: differences} %s", wrong)
        # The job fails and is seen among those given up; `manage.py recount --repair` mends.
        raise RuntimeError("counters differ from the facts")


@handler("lms.settle", in_steps=True)
def settle() -> None:
    """Complete whoever a changed rule or a changed list of courses has let through."""
    for campaign in _not_closed().filter(state=Campaign.State.RUNNING):
        settle_campaign(campaign)


@handler("lms.settle_after_upgrade", in_steps=True)
def settle_after_upgrade(job: Job, campaign: int) -> None:
    """Fill what an older version did not keep, then mend the counters of one campaign.

    Whatever of it is done is found done; stopped at any moment, it begins anew.
    """
    found = Campaign.objects.filter(pk=campaign).first()
    if found is None:
        return
    learners = list(found.enrolments.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(learners), BATCH):
        with step(job, done=start, total=len(learners)):
            settle_batch(learners[start : start + BATCH], learn_languages=True)
    _rows, counters = differences_of(found)
    with step(job, done=len(learners), total=len(learners)):
        repair(found, counters)


def _not_closed():
    return Campaign.objects.exclude(state=Campaign.State.CLOSED).order_by("pk")
