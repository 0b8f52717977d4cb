"""Who is missing, and in which sense; each sense is one condition on facts that are there."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from typing import NamedTuple

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, ClassSession
from people.models import Resident, User
from progress.models import Attempt, Attendance, Enrolment, SkillSeen
from progress.reports.rechecks import due_in
from progress.rules import lessons_needed, skills_needed
from progress.services.completing import required_lessons


class MissingKind(models.TextChoices):
    """What can be missing of somebody."""

    UNREACHED = "unreached", _("not reached yet")
    NEVER_CAME = "never_came", _("enrolled, never came")
    ABSENT = "absent", _("absent twice in a row")
    NEAR = "near", _("near the goal")
    UNCERTIFIED = "uncertified", _("completed, without a certificate")
    RECHECK = "recheck", _("to be asked again")


# These follow from the counters, so that a whole province is told at once.
COUNTED = {
    MissingKind.UNREACHED: ("registered", "reached"),
    MissingKind.NEVER_CAME: ("enrolled", "reached"),
    MissingKind.UNCERTIFIED: ("completed", "certified"),
}


class Found(NamedTuple):
    """One enrolment that is missing something, and where it stands in the list."""

    village: int
    sort_key: str
    resident: int
    enrolment: int
    # What the list says of it beside the name; see `lists`.
    facts: tuple = ()


def unreached(campaign: Campaign, villages: Collection[int]):
    """Return the residents of these villages who have not come to a single evening."""
    came = Enrolment.objects.active().filter(
        campaign=campaign, resident=OuterRef("pk"), first_day__isnull=False
    )
    return Resident.objects.current().filter(~Exists(came), village__in=villages).order_by()


def found(kind: str, campaign: Campaign, villages: Collection[int], user: User) -> list[Found]:
    """Return who is missing in one of the senses that speak of enrolled people.

    Of a whole commune that is a few hundred, sometimes a few thousand rows, and never a name.
    """
    rows = Enrolment.objects.active().filter(
        campaign=campaign, village__in=villages, resident__erased_at=None
    )
    if kind == MissingKind.NEVER_CAME:
        return _found(rows.filter(first_day=None, completed_at=None))
    if kind == MissingKind.UNCERTIFIED:
        return _found(rows.filter(completed_at__isnull=False, certified_day=None))
    if kind == MissingKind.RECHECK:
        due = {line.enrolment.pk: line.due for line in due_in(user, campaign, villages)}
        return _found(rows.filter(pk__in=list(due)), {pk: (one,) for pk, one in due.items()})
    facts = (_absent_twice if kind == MissingKind.ABSENT else _one_step_short)(campaign, rows)
    return _found(rows.filter(pk__in=list(facts)), facts)


def _found(rows, facts=None) -> list[Found]:
    columns = ("village_id", "resident__sort_key", "resident_id", "pk")
    return [
        Found(village, name, resident, pk, facts[pk] if facts else ())
        for village, name, resident, pk in rows.values_list(*columns)
    ]


def _absent_twice(campaign: Campaign, rows) -> dict[int, tuple]:
    """Return {enrolment: the two days} of those absent at their class's last two evenings.

    Whoever was excused is not absent, and whoever has come to another class since is not missing.
    """
    learning = rows.filter(completed_at=None, class_group__isnull=False)
    group_of = dict(learning.values_list("pk", "class_group_id"))
    last = _last_two(set(group_of.values()))
    sessions = {pk for pair in last.values() for pk, _at in pair}
    absent = Counter(
        enrolment
        for enrolment, session, group in Attendance.objects.filter(
            session__in=sessions, status=Attendance.Status.ABSENT
        ).values_list("enrolment_id", "session_id", "session__class_group_id")
        if group_of.get(enrolment) == group
    )
    twice = [enrolment for enrolment, times in absent.items() if times == 2]
    came = Attendance.objects.came().filter(enrolment__in=twice)
    since = {
        enrolment
        for enrolment, at in came.values_list("enrolment_id", "session__starts_at")
        if at >= last[group_of[enrolment]][-1][1]
    }
    return {
        enrolment: tuple(at for _pk, at in reversed(last[group_of[enrolment]]))
        for enrolment in twice
        if enrolment not in since
    }


def _last_two(groups: Iterable[int]) -> dict[int, list[tuple]]:
    """Return {class: its last two evenings, the latest first} where there have been two."""
    ranked = (
        ClassSession.objects.filter(class_group__in=groups, state=ClassSession.State.HELD)
        .annotate(
            rank=Window(RowNumber(), partition_by=F("class_group"), order_by=F("starts_at").desc())
        )
        .filter(rank__lte=2)
        .values_list("class_group_id", "pk", "starts_at", "rank")
    )
    last: dict[int, list[tuple]] = defaultdict(list)
    for group, pk, at, _rank in sorted(ranked, key=lambda row: row[3]):
        last[group].append((pk, at))
    return {group: pair for group, pair in last.items() if len(pair) == 2}


def _one_step_short(campaign: Campaign, rows) -> dict[int, tuple]:
    """Return {enrolment: (evenings, lessons, skills still missing)}: one is 1, the others are 0."""
    required = required_lessons(campaign)
    lessons, skills = lessons_needed(campaign, required), skills_needed(campaign, required)
    # The columns bound it from above, so that few have to be looked at more closely.
    near = rows.filter(
        completed_at=None,
        first_day__isnull=False,
        evenings__gte=campaign.evenings_required - 1,
        lessons_passed__gte=max(0, lessons - 1),
    )
    evenings = dict(near.values_list("pk", "evenings"))
    passed = _number_of(Attempt.objects.passed(), evenings, required) if lessons else {}
    mastered = _number_of(SkillSeen.objects.mastered(), evenings, required) if skills else {}
    missing = {
        pk: (
            max(0, campaign.evenings_required - came),
            max(0, lessons - passed.get(pk, 0)),
            max(0, skills - mastered.get(pk, 0)),
        )
        for pk, came in evenings.items()
    }
    return {pk: parts for pk, parts in missing.items() if sum(parts) == 1}


def _number_of(facts, enrolments: Iterable[int], lessons: Collection[int]) -> dict[int, int]:
    return dict(
        facts.filter(enrolment__in=list(enrolments), lesson__in=lessons)
        .values_list("enrolment_id")
        .order_by()
        .annotate(lessons=Count("lesson", distinct=True))
    )
