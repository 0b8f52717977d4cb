"""Derive everything once more, from the facts: after a campaign's rule changed, or to mend."""

from collections.abc import Iterable

from campaigns.models import Campaign
from campaigns.rules import language_slot
from campaigns.services import class_columns
from people.models import Resident
from progress.models import Enrolment
from progress.services.completing import changing_facts
from progress.services.marking import refold_all
from progress.services.observing import refold_skills


def settle(ids: Iterable[int]) -> None:
    """Fold all that was noted of these enrolments anew and derive whatever follows from it."""
    with changing_facts(ids, evenings=True, lessons=True, skills=True, rechecks=True) as rows:
        refold_all(rows)
        refold_skills(rows)
        _follow_classes(rows)


def settle_campaign(campaign: Campaign, *, batch: int = 500) -> int:
    """Complete whoever a campaign's rule holds for now; return how many were looked at.

    Needed after something that no fact of theirs tells: the rule changed, or a required course.
    """
    ids = list(campaign.enrolments.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), batch):
        settle_batch(ids[start : start + batch])
    return len(ids)


def settle_batch(ids: Iterable[int], *, learn_languages: bool = False) -> None:
    """Derive everything about these enrolments from what is folded already.

    ``learn_languages``: after an upgrade, rows are told for the first time who learns in which.
    """
    with changing_facts(ids, evenings=True, lessons=True, skills=True, rechecks=True) as rows:
        _follow_classes(rows)
        if learn_languages:
            _learn_languages(rows)


def _follow_classes(rows: dict[int, Enrolment]) -> None:
    columns = class_columns({row.class_group_id for row in rows.values()}, joined=False)
    for row in rows.values():
        row.team_id, row.audience = columns[row.class_group_id]


def _learn_languages(rows: dict[int, Enrolment]) -> None:
    learners = Resident.objects.filter(pk__in={row.resident_id for row in rows.values()})
    languages = dict(learners.values_list("pk", "learning_language"))
    for row in rows.values():
        row.language_slot = language_slot(languages[row.resident_id])
