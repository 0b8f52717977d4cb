"""What volunteers saw somebody do, and what of it holds now."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import ClassSession
from courses.models import LessonPage
from people.models import User
from progress.models import Enrolment, Level, Observation, SkillSeen
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


def observe(
    enrolment: Enrolment,
    lesson: LessonPage,
    level: str,
    *,
    by: User,
    session: ClassSession | None = None,
    id: UUID | None = None,
    observed_at: dt.datetime | None = None,
) -> Observation:
    """Note how far a learner can do what a lesson teaches; completion may follow.

    An empty ``level`` takes a slip back: nothing is known then of this skill.

    Safe to repeat with the same ``id``. ``observed_at``: when it was seen, if it is only written
    down now.
    """
    if level not in ("", *Level.values):
        raise ValidationError(_("Say how far the person can do it."), code="unknown_level")
    if enrolment.withdrawn_at:
        raise ValidationError(
            _("This person does not take part in the campaign."), code="not_enrolled"
        )
    lesson_id = lesson.source().pk
    known = Observation.objects.filter(pk=id).first() if id else None
    if known is None:
        now = timezone.now()
        new = NewObservation(
            enrolment_id=enrolment.pk,
            campaign_id=enrolment.campaign_id,
            lesson_id=lesson_id,
            level=level,
            by=by,
            session_id=session.pk if session else None,
            id=id or uuid4(),
            observed_at=min(observed_at or now, now),
        )
        append_observations([new])
        known = Observation.objects.get(pk=new.id)
    elif (known.enrolment_id, known.lesson_id, known.level, known.observed_by_id) != (
        enrolment.pk,
        lesson_id,
        level,
        by.pk,
    ):
        raise ValidationError(_("This observation cannot be used twice."), code="id_reused")
    return known


def append_observations(observations: Sequence[NewObservation]) -> None:
    """Keep what was observed, and work out anew what holds; completion follows.

    Whoever calls has made sure that nothing here is known already; the number of queries does not
    depend on how much it is.
    """
    if not observations:
        return
    ids = {new.enrolment_id for new in observations}
    with changing_facts(ids, skills=True):
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
    if taken_back := [one for one in holding if not one.level]:
        slips = Q()
        for one in taken_back:
            slips |= Q(enrolment=one.enrolment_id, lesson=one.lesson_id)
        SkillSeen.objects.filter(slips).delete()
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
            if one.level
        ],
        update_conflicts=True,
        unique_fields=["enrolment", "lesson"],
        update_fields=["level", "observation", "observed_at"],
    )
