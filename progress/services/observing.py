"""What volunteers saw somebody do, and what of it holds now."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from django.utils import timezone

from people.models import User
from progress.models import Observation, SkillSeen
from progress.rules import latest
from progress.services.completing import changing_facts


@dataclass
class NewObservation:
    """How far somebody can do what a lesson teaches, on its way into the database."""

    enrolment_id: int
    campaign_id: int
    # The lesson as it was written first.
    lesson_id: int
    level: str
    by: User
    sent_by: User | None = None
    session_id: int | None = None
    id: UUID = field(default_factory=uuid4)
    device: str = ""
    seq: int = 0
    observed_at: dt.datetime = field(default_factory=timezone.now)


def append_observations(observations: Sequence[NewObservation]) -> None:
    """Keep what was observed, and work out anew what holds; completion follows.

    Whoever calls has made sure that nothing here is known already; the number of queries does not
    depend on how much it is.
    """
    if not observations:
        return
    ids = {new.enrolment_id for new in observations}
    with changing_facts(ids):
        Observation.objects.bulk_create(
            Observation(
                id=new.id,
                campaign_id=new.campaign_id,
                session_id=new.session_id,
                enrolment_id=new.enrolment_id,
                lesson_id=new.lesson_id,
                level=new.level,
                device=new.device,
                seq=new.seq,
                observed_at=new.observed_at,
                observed_by=new.by,
                sent_by=new.sent_by or new.by,
            )
            for new in observations
        )
        refold_skills(ids, {new.lesson_id for new in observations})


def refold_skills(enrolments: Collection[int], lessons: Collection[int] | None = None) -> None:
    """Work out anew, from all that was observed, what these people can do now.

    To be called inside ``changing_facts``. Without ``lessons`` every skill is worked out.
    """
    seen = Observation.objects.filter(enrolment__in=enrolments)
    if lessons is not None:
        seen = seen.filter(lesson__in=lessons)
    by_skill: dict[tuple[int, int], list[Observation]] = {}
    for observation in seen:
        key = observation.enrolment_id, observation.lesson_id
        by_skill.setdefault(key, []).append(observation)
    holding = [latest(by_skill[key]) for key in sorted(by_skill)]
    SkillSeen.objects.bulk_create(
        [
            SkillSeen(
                campaign_id=one.campaign_id,
                enrolment_id=one.enrolment_id,
                lesson_id=one.lesson_id,
                level=one.level,
                observation_id=one.pk,
                observed_at=one.observed_at,
            )
            for one in holding
        ],
        update_conflicts=True,
        unique_fields=["enrolment", "lesson"],
        update_fields=["level", "observation", "observed_at"],
    )
