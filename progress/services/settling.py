"""Derive everything once more, from the facts: after a campaign's rule changed, or to mend."""

from collections.abc import Iterable

from campaigns.models import Campaign
from progress.services.completing import changing_facts
from progress.services.marking import refold_all
from progress.services.observing import refold_skills


def settle(ids: Iterable[int]) -> None:
    """Fold all that was noted of these enrolments anew and derive whatever follows from it."""
    with changing_facts(ids, evenings=True, lessons=True) as rows:
        refold_all(rows)
        refold_skills(rows)


def settle_campaign(campaign: Campaign, *, batch: int = 500) -> int:
    """Complete whoever a campaign's rule holds for now; return how many were looked at.

    Needed after something that no fact of theirs tells: the rule changed, or a required course.
    """
    ids = list(campaign.enrolments.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), batch):
        with changing_facts(ids[start : start + batch], evenings=True, lessons=True):
            pass
    return len(ids)
