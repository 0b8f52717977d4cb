"""What follows from the facts of an enrolment: evenings, lessons passed, completion."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Count, Min, Q
from django.utils import timezone

from campaigns.models import Campaign
from campaigns.rules import pack_days
from campaigns.services import counting
from courses.models import LessonPage
from progress import signals
from progress.models import Attempt, Attendance, Enrolment, Observation, Recheck, SkillSeen
from progress.rules import is_complete, lessons_needed, mastered_since, skills_needed


@contextmanager
def changing_facts(
    ids: Iterable[int],
    *,
    evenings: bool = False,
    lessons: bool = False,
    skills: bool = False,
    rechecks: bool = False,
):
    """Lock enrolments, let facts about them change, derive what follows, and count it.

    Whoever writes marks, attempts, observations or re-checks does so inside; completion is
    announced at the end, in the same transaction, so that two devices at once still announce it
    once.
    """
    with transaction.atomic():
        with counting(ids) as rows:
            yield rows
            campaigns = Campaign.objects.in_bulk({row.campaign_id for row in rows.values()})
            if evenings:
                _derive_evenings(rows, campaigns)
            if lessons:
                _derive_lessons(rows, campaigns)
            if skills:
                _derive_skills(rows, campaigns)
            if rechecks:
                _derive_kept(rows, campaigns)
            completed = list(_complete(rows.values(), campaigns))
        for enrolment in completed:
            signals.completed.send(sender=Enrolment, enrolment=enrolment)


def required_lessons(campaign: Campaign) -> set[int]:
    """Return the lessons of the courses that a campaign requires, as they were written first."""
    return _required_lessons([campaign.pk])[campaign.pk]


def _required_lessons(campaigns: Collection[int]) -> dict[int, set[int]]:
    courses = defaultdict(list)
    links = Campaign.required_courses.through.objects.filter(campaign__in=campaigns)
    for campaign, path in links.values_list("campaign_id", "coursepage__path"):
        courses[path].append(campaign)
    lessons: dict[int, set[int]] = {campaign: set() for campaign in campaigns}
    if courses:
        below = reduce(or_, (Q(path__startswith=path) for path in courses))
        for pk, path in LessonPage.objects.live().filter(below).values_list("pk", "path"):
            for campaign in courses.get(path[: -LessonPage.steplen], ()):
                lessons[campaign].add(pk)
    return lessons


def _derive_evenings(rows: dict[int, Enrolment], campaigns: dict[int, Campaign]) -> None:
    came = (
        Attendance.objects.came()
        .filter(enrolment__in=list(rows))
        .values_list("enrolment_id")
        .annotate(evenings=Count("pk"), first=Min("session__starts_at"))
    )
    known = {enrolment: (evenings, first) for enrolment, evenings, first in came}
    for row in rows.values():
        row.evenings, first = known.get(row.pk, (0, None))
        row.first_day = _day(campaigns[row.campaign_id], first) if first else None


def _derive_lessons(rows: dict[int, Enrolment], campaigns: dict[int, Campaign]) -> None:
    """Each lesson counts on the day on which it was passed first."""
    passed = (
        Attempt.objects.passed()
        .filter(enrolment__in=list(rows))
        .values_list("enrolment_id", "lesson_id")
        .annotate(first=Min("finished_at"))
    )
    days = defaultdict(list)
    for enrolment, _lesson, first in passed:
        days[enrolment].append(_day(campaigns[rows[enrolment].campaign_id], first))
    for row in rows.values():
        row.lessons_passed, row.lesson_days = len(days[row.pk]), pack_days(days[row.pk])


def _derive_skills(rows: dict[int, Enrolment], campaigns: dict[int, Campaign]) -> None:
    """Each skill counts on the day since which it has been mastered; who lost it, lost it."""
    since = _mastered_since(rows.values())
    for row in rows.values():
        row.skill_days = pack_days(
            _day(campaigns[row.campaign_id], at) for at in since[row.pk].values()
        )


def _derive_kept(rows: dict[int, Enrolment], campaigns: dict[int, Campaign]) -> None:
    """Who could still do it after 30 days counts on the day of that visit, as long as it holds."""
    kept = Recheck.objects.kept_at_last().filter(enrolment__in=list(rows))
    known = dict(kept.values_list("enrolment_id", "observed_at"))
    for row in rows.values():
        at = known.get(row.pk)
        row.kept_day = _day(campaigns[row.campaign_id], at) if at else None


def _day(campaign: Campaign, at: datetime) -> int:
    return campaign.day_number(timezone.localtime(at).date())


def _complete(rows: Iterable[Enrolment], campaigns: Mapping[int, Campaign]) -> Iterator[Enrolment]:
    """Complete whoever the rule now holds for, and had not completed before.

    The day is that of the fact which was last to be needed, not of its arrival: a mark that waited
    a week in a phone completes on the evening on which it was made. Completion once announced
    stands; a correction afterwards is for a person to judge, who may revoke the certificate.
    """
    open_rows = [row for row in rows if not (row.completed_at or row.withdrawn_at)]
    near = [
        row for row in open_rows if row.evenings >= campaigns[row.campaign_id].evenings_required
    ]
    if not near:
        return
    required = _required_lessons({row.campaign_id for row in near})
    passed: dict[int, dict[int, datetime]] = defaultdict(dict)
    attempts = Attempt.objects.passed().filter(enrolment__in=[row.pk for row in near])
    for enrolment, lesson, at in attempts.order_by("-finished_at").values_list(
        "enrolment_id", "lesson_id", "finished_at"
    ):
        passed[enrolment][lesson] = at
    mastered = _mastered([row for row in near if campaigns[row.campaign_id].skills_required])
    ready = [
        row
        for row in near
        if is_complete(
            campaigns[row.campaign_id],
            row.evenings,
            passed[row.pk],
            required[row.campaign_id],
            mastered[row.pk],
        )
    ]
    if not ready:
        return
    evenings: dict[int, list[datetime]] = defaultdict(list)
    came = Attendance.objects.came().filter(enrolment__in=[row.pk for row in ready])
    for enrolment, at in came.order_by("observed_at").values_list("enrolment_id", "observed_at"):
        evenings[enrolment].append(at)
    since = _mastered_since([row for row in ready if mastered[row.pk]])
    for row in ready:
        campaign, lessons = campaigns[row.campaign_id], required[row.campaign_id]
        times = evenings[row.pk][: campaign.evenings_required]
        done = sorted(at for lesson, at in passed[row.pk].items() if lesson in lessons)
        times += done[: lessons_needed(campaign, lessons)]
        seen = sorted(at for lesson, at in since[row.pk].items() if lesson in lessons)
        times += seen[: skills_needed(campaign, lessons)]
        row.completed_at = max([row.enrolled_at, *times])
        row.completed_day = _day(campaign, row.completed_at)
        yield row


def _mastered(rows: Collection[Enrolment]) -> dict[int, set[int]]:
    """Return {enrolment: lessons seen done without help}; asked only where the rule wants it."""
    mastered: dict[int, set[int]] = defaultdict(set)
    if rows:
        seen = SkillSeen.objects.mastered().filter(enrolment__in=[row.pk for row in rows])
        for enrolment, lesson in seen.values_list("enrolment_id", "lesson_id"):
            mastered[enrolment].add(lesson)
    return mastered


def _mastered_since(rows: Iterable[Enrolment]) -> dict[int, dict[int, datetime]]:
    """Return {enrolment: {lesson: when it was first seen done, as it is now}}.

    Who could do it, then no longer, and then again, can do it since the last time.
    """
    since: dict[int, dict[int, datetime]] = defaultdict(dict)
    if ids := [row.pk for row in rows]:
        seen = Observation.objects.filter(enrolment__in=ids)
        seen = seen.only("enrolment", "lesson", "level", "observed_at", "device", "seq")
        for enrolment, skills in mastered_since(seen).items():
            since[enrolment] = skills
    return since
