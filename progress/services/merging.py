"""Two records were one person: what was learnt under both belongs together."""

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from campaigns.models import ClassSession
from campaigns.services import carry_outcomes
from people.models import Resident, User
from people.services import merge_residents
from progress.models import (
    Attempt,
    Attendance,
    Enrolment,
    LessonView,
    Mark,
    Observation,
    PracticeRun,
    Recheck,
    Remark,
    SkillSeen,
)
from progress.rules import CAME
from progress.services.completing import changing_facts
from progress.services.enrolling import resync_resident
from progress.services.marking import refold
from progress.services.observing import refold_skills


@transaction.atomic
def merge_people(kept: Resident, duplicate: Resident, *, by: User) -> Resident:
    """Merge two residents and all that they learnt, or nothing."""
    merge_learning(kept, duplicate, by=by)
    kept = merge_residents(kept, duplicate, by=by)
    carry_outcomes(kept, duplicate, by=by)
    # What only the other record knew may put the person into another group.
    resync_resident(kept)
    return kept


@transaction.atomic
def merge_learning(kept: Resident, duplicate: Resident, *, by: User) -> None:
    """Give everything that was learnt under ``duplicate`` to ``kept``.

    Where both take part in one campaign, the enrolment with a certificate stays, since the
    certificate names it, and otherwise that of ``kept``. No mark is lost: the marks of both are
    folded together, and an evening attended under either name was attended.
    """
    for theirs in Enrolment.objects.filter(resident=duplicate).order_by("campaign"):
        mine = Enrolment.objects.filter(resident=kept, campaign=theirs.campaign_id).first()
        if mine is not None:
            theirs_stays = _is_certified(theirs) and not _is_certified(mine)
            if not (theirs_stays and _poured(mine, theirs, by=by)):
                # A row that some paper still names stays behind, withdrawn, and counts for nobody.
                _poured(theirs, mine, by=by)
                continue
        Enrolment.objects.filter(pk=theirs.pk).update(resident=kept)
    resync_resident(kept)


def _is_certified(enrolment):
    return enrolment.certified_day is not None


def _poured(goes: Enrolment, stays: Enrolment, *, by: User) -> bool:
    """Move all that hangs on one enrolment to another; return whether the first could go."""
    # Evenings always before enrolments, as whoever marks them does: nobody waits in a circle.
    marked = Mark.objects.filter(enrolment__in=[goes.pk, stays.pk]).values("session")
    list(ClassSession.objects.select_for_update(no_key=True).filter(pk__in=marked).order_by("pk"))
    both = [goes.pk, stays.pk]
    with changing_facts(both, evenings=True, lessons=True, skills=True, rechecks=True) as rows:
        _pour_evenings(goes.pk, stays.pk, rows, by=by)
        _pour_lessons(goes, stays)
        _pour_what_was_seen(goes, stays)
        old, new = rows[goes.pk], rows[stays.pk]
        new.class_group_id = new.class_group_id or old.class_group_id
        if new.withdrawn_at and not old.withdrawn_at:
            new.withdrawn_at = None
        if (old.enrolled_at, old.enrolled_day) < (new.enrolled_at, new.enrolled_day):
            new.enrolled_at, new.enrolled_day = old.enrolled_at, old.enrolled_day
        if old.completed_at and not new.completed_at:
            new.completed_at, new.completed_day = old.completed_at, old.completed_day
        old.withdrawn_at = old.withdrawn_at or timezone.now()
    try:
        with transaction.atomic():
            goes.delete()
    except ProtectedError:
        return False
    return True


def _pour_evenings(goes: int, stays: int, rows, *, by: User) -> None:
    came = dict(
        Attendance.objects.came()
        .filter(enrolment__in=[goes, stays])
        .values_list("session", "status")
    )
    theirs = Attendance.objects.filter(enrolment=goes).select_related("session__campaign")
    for attendance in theirs:
        if attendance.status in CAME:
            rows.visit(rows[goes], attendance.session.day, -1)
    sessions = list(
        ClassSession.objects.filter(marks__enrolment=goes)
        .select_related("campaign", "class_group")
        .distinct()
        .order_by("pk")
    )
    theirs.delete()
    Mark.objects.filter(enrolment=goes).update(enrolment=stays)
    for number, session in enumerate(sessions, start=1):
        row = refold(session, rows, changed=[stays])[stays]
        if session.pk in came and row.status not in CAME:
            # Nobody was in the room and away at once: under the other name, he was away.
            Mark.objects.create(
                campaign_id=session.campaign_id,
                session=session,
                enrolment_id=stays,
                status=came[session.pk],
                base=row.mark_id,
                device=f"merge {goes}",
                seq=number,
                observed_at=row.observed_at,
                observed_by=by,
                sent_by=by,
                how=Mark.How.CORRECTION,
            )
            refold(session, rows, changed=[stays])


def _pour_lessons(goes: Enrolment, stays: Enrolment) -> None:
    mine = {view.lesson_id: view for view in stays.lesson_views.all()}
    for view in goes.lesson_views.all():
        other = mine.get(view.lesson_id)
        if other is None:
            LessonView.objects.filter(pk=view.pk).update(enrolment=stays)
            continue
        other.step = max(other.step, view.step)
        other.opened_at = min(other.opened_at, view.opened_at)
        other.finished_at = other.finished_at or view.finished_at
        other.save()
        view.delete()
    both = Attempt.objects.unfinished().filter(enrolment=stays).values("lesson")
    Attempt.objects.unfinished().filter(enrolment=goes, lesson__in=both).delete()
    Attempt.objects.filter(enrolment=goes).update(enrolment=stays)
    PracticeRun.objects.filter(enrolment=goes).update(enrolment=stays)


def _pour_what_was_seen(goes: Enrolment, stays: Enrolment) -> None:
    """Observations of both names are those of one person, whose latest one holds."""
    for noted in (Observation, Remark, Recheck):
        noted.objects.filter(enrolment=goes).update(enrolment=stays)
    SkillSeen.objects.filter(enrolment=goes).delete()
    refold_skills([stays.pk])
