"""What is looked at every night: the counters, and who has completed meanwhile."""

import logging

from django.utils import timezone

from campaigns.models import Campaign
from jobs.services import enqueue, every, handler
from lms.management.commands.recount import differences_of
from progress.services import settle_campaign

logger = logging.getLogger(__name__)

# After midnight, when nobody marks; a laptop that sleeps then does it when it wakes.
HOUR = 1


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


def _not_closed():
    return Campaign.objects.exclude(state=Campaign.State.CLOSED).order_by("pk")
