"""Keeping what somebody did on the simulated phone.

A run counts for nobody's completion: it shows a teacher where a class stumbles. It arrives when it
arrives, perhaps twice, perhaps days later from a phone that had no network.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models import LessonPage
from courses.rules.practice import DONE, MAX_SECONDS, MAX_STEPS, MAX_WRONG
from courses.services import practice_of
from progress.models import Enrolment, Help, PracticeRun

_LIMITS = {"wrong": MAX_WRONG, "hints": 1, "seconds": MAX_SECONDS}


def record_practice(
    enrolment: Enrolment,
    lesson: LessonPage,
    block: UUID | str,
    *,
    uuid: UUID,
    steps: Sequence[dict[str, Any]],
    seconds: int | None = None,
    help: str = Help.ALONE,
    at: datetime | None = None,
) -> PracticeRun:
    """Keep a run that came to a good end; the same run sent twice is one run.

    ``steps``: the screens in the order walked, {"screen", "wrong", "hints", "seconds"}; the last
    one is a good end. ``seconds``: without it, the sum over the steps.
    """
    source = lesson.source()
    practice = practice_of(source, block)
    if practice is None:
        raise ValidationError(_("There is no such practice."), code="unknown_practice")
    if help not in Help.values:
        raise ValidationError(_("Say how the lesson was done."), code="unknown_help")
    steps = _checked(steps, practice.screens)
    now = timezone.now()
    run = PracticeRun(
        uuid=uuid,
        campaign_id=enrolment.campaign_id,
        enrolment=enrolment,
        lesson=source,
        block=practice.block,
        steps=steps,
        wrong=sum(step["wrong"] for step in steps),
        hints=sum(step["hints"] for step in steps),
        seconds=_total(seconds, steps),
        help=help,
        finished_at=min(at or now, now),
        arrived_at=now,
    )
    try:
        with transaction.atomic():
            run.save(force_insert=True)
    except IntegrityError:
        return _the_same(run)
    return run


def _the_same(run: PracticeRun) -> PracticeRun:
    """Return the run that was kept under this id before, if it is this one."""
    kept = PracticeRun.objects.filter(pk=run.pk).first()
    if kept is None:
        raise ValidationError(_("This could not be kept."), code="not_kept")
    told = ("enrolment_id", "lesson_id", "block", "steps", "seconds", "help")
    if any(getattr(kept, name) != getattr(run, name) for name in told):
        raise ValidationError(_("Something else was kept under this number."), code="id_reused")
    return kept


def _checked(steps: Any, screens: Sequence[dict]) -> list[dict]:
    """Return the steps as they are kept; whatever a phone sends that is no run is refused."""
    outcomes = {screen["name"]: screen["outcome"] for screen in screens}
    refusal = ValidationError(_("This is not a run of this practice."), code="bad_steps")
    if not isinstance(steps, list | tuple) or not 1 <= len(steps) <= MAX_STEPS:
        raise refusal
    kept = []
    for step in steps:
        if not isinstance(step, dict) or not isinstance(step.get("screen"), str):
            raise refusal
        if step["screen"] not in outcomes:
            raise refusal
        numbers = {name: step.get(name, 0) for name in _LIMITS}
        if any(
            type(number) is not int or not 0 <= number <= _LIMITS[name]
            for name, number in numbers.items()
        ):
            raise refusal
        kept.append({"screen": step["screen"], **numbers})
    if outcomes[kept[-1]["screen"]] != DONE:
        raise ValidationError(_("This practice is not finished yet."), code="unfinished")
    return kept


def _total(seconds: Any, steps: Sequence[dict]) -> int:
    most = MAX_STEPS * MAX_SECONDS
    if seconds is None:
        return sum(step["seconds"] for step in steps)
    if type(seconds) is not int or not 0 <= seconds <= most:
        raise ValidationError(_("This is not a run of this practice."), code="bad_steps")
    return seconds
