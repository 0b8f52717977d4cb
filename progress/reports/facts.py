"""The figures once more, from the facts themselves; and where a row is not what its facts say.

Read both inside one snapshot of the database, otherwise writers in between look like errors.
Facts are: the marks (folded anew), the attempts that passed, the observations, the re-checks, the
enrolment's own entries (village, age band, sex, language, class, day of enrolment, withdrawal), and
the announcements that were made: completion, and the certificate. Whether a day of certificate
stands for a real one is ``certificates``' to check.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from django.utils import timezone

from campaigns.models import Campaign, ClassSession
from campaigns.rules import age_band, contrib, language_slot, pack_days, sex_slot
from progress.models import Attempt, Attendance, Enrolment, Mark, Observation, Recheck, SkillSeen
from progress.rules import CAME, Fold, fold, latest, mastered_since

_COUNTED = (
    "village_id",
    "age_band",
    "sex_slot",
    "enrolled_day",
    "first_day",
    "evenings",
    "lessons_passed",
    "completed_day",
    "certified_day",
    "kept_day",
    "language_slot",
    "team",
    "audience",
    "lesson_days",
    "skill_days",
    "withdrawn_at",
)


@dataclass(frozen=True, order=True)
class Doubt:
    """A column that does not say what the facts say."""

    enrolment: int
    what: str
    stored: object
    fact: object


def facts(campaign: Campaign) -> dict[tuple[int, int, int], dict[str, int]]:
    """Return {(kind, village, slot): {measure: n}} of a campaign, from the facts."""
    days = _days(campaign)
    evenings = {pk: Counter(days[s] for s in came) for pk, came in _came_by_enrolment(campaign)}
    derived = _Derived(campaign)
    counted: dict[tuple[int, int, int], Counter] = defaultdict(Counter)
    for row in _rows(campaign):
        visits = evenings.get(row.pk, Counter())
        row.first_day = min(visits, default=None)
        for name, fact in derived.of(row.pk).items():
            setattr(row, name, fact)
        for (kind, slot, measure), n in contrib(row, visits).items():
            counted[kind, row.village_id, slot][measure] += n
    return {key: dict(measures) for key, measures in counted.items()}


def doubts(campaign: Campaign) -> list[Doubt]:
    """Return every derived column of a campaign's enrolments that differs from its facts.

    ``services.settle`` mends what follows from marks, lessons, observations, re-checks and classes,
    ``services.resync_resident`` the group; compare and repair the counters only afterwards.
    """
    found = [*_doubtful_attendances(campaign), *_doubtful_skills(campaign)]
    days = _days(campaign)
    evenings = {pk: [days[s] for s in came] for pk, came in _came_by_enrolment(campaign)}
    derived = _Derived(campaign)
    is_over = campaign.state == Campaign.State.CLOSED
    for row in _rows(campaign).select_related("resident", "class_group"):
        came = evenings.get(row.pk, [])
        expected: dict[str, object] = {
            "evenings": len(came),
            "first_day": min(came, default=None),
            "lessons_passed": len(derived.lessons.get(row.pk, ())),
            "completed_day": _day(campaign, row.completed_at),
            "team_id": row.class_group.team_id if row.class_group else None,
            "audience": row.class_group.audience if row.class_group else 0,
            **derived.of(row.pk),
        }
        if not is_over:
            expected["age_band"] = age_band(row.resident.birth_year, campaign.first_day.year)
            expected["sex_slot"] = sex_slot(row.resident.sex)
            expected["language_slot"] = language_slot(row.resident.learning_language)
        found += [
            Doubt(row.pk, name, getattr(row, name), fact)
            for name, fact in expected.items()
            if getattr(row, name) != fact
        ]
    return found


def _rows(campaign):
    rows = Enrolment.objects.filter(campaign=campaign).order_by("pk")
    return rows.only(
        *_COUNTED,
        "completed_at",
        "campaign",
        "resident__birth_year",
        "resident__sex",
        "resident__learning_language",
        "class_group__team",
        "class_group__audience",
    )


class _Derived:
    """What follows from lessons, observations and re-checks, by enrolment."""

    def __init__(self, campaign):
        self.lessons: dict[int, dict[int, int]] = defaultdict(dict)
        attempts = Attempt.objects.passed().filter(campaign=campaign).order_by("-finished_at")
        rows = attempts.values_list("enrolment_id", "lesson_id", "finished_at")
        for enrolment, lesson, at in rows.iterator():
            # The first that passed comes last.
            self.lessons[enrolment][lesson] = _day(campaign, at)
        seen = Observation.objects.filter(campaign=campaign)
        seen = seen.only("enrolment", "lesson", "level", "observed_at", "device", "seq")
        self.skills = {
            enrolment: [_day(campaign, at) for at in skills.values()]
            for enrolment, skills in mastered_since(seen.iterator()).items()
        }
        kept = Recheck.objects.kept_at_last().filter(campaign=campaign)
        self.kept = {
            enrolment: _day(campaign, at)
            for enrolment, at in kept.values_list("enrolment_id", "observed_at")
        }

    def of(self, enrolment: int) -> dict[str, object]:
        """Return the columns of an enrolment as the facts have it."""
        return {
            "lesson_days": pack_days(self.lessons.get(enrolment, {}).values()),
            "skill_days": pack_days(self.skills.get(enrolment, ())),
            "kept_day": self.kept.get(enrolment),
        }


def _days(campaign) -> dict[int, int]:
    """Return {session: day of the campaign}."""
    sessions = ClassSession.objects.filter(campaign=campaign).values_list("pk", "starts_at")
    return {pk: _day(campaign, starts_at) for pk, starts_at in sessions.iterator()}


def _day(campaign, at):
    return campaign.day_number(timezone.localtime(at).date()) if at else None


def _folded(campaign) -> Iterator[tuple[int, int, Fold[Mark]]]:
    """Yield (enrolment, session, fold) of every pair that was ever marked."""
    marks = Mark.objects.filter(campaign=campaign).order_by("enrolment_id", "session_id")
    marks = marks.only(
        "id",
        "base",
        "device",
        "seq",
        "status",
        "observed_at",
        "observed_by",
        "enrolment",
        "session",
    )
    pairs = groupby(marks.iterator(), key=lambda mark: (mark.enrolment_id, mark.session_id))
    for (enrolment, session), group in pairs:
        yield enrolment, session, fold(group)


def _came_by_enrolment(campaign) -> Iterator[tuple[int, list[int]]]:
    """Yield each enrolment that was ever marked, and the sessions it came to."""
    for enrolment, group in groupby(_folded(campaign), key=lambda folded: folded[0]):
        yield enrolment, [session for _pk, session, truth in group if truth.status in CAME]


def _doubtful_attendances(campaign) -> Iterator[Doubt]:
    stored = {
        (enrolment, session): (status, mark, is_disputed)
        for enrolment, session, status, mark, is_disputed in Attendance.objects.filter(
            campaign=campaign
        ).values_list("enrolment_id", "session_id", "status", "mark_id", "is_disputed")
    }
    for enrolment, session, truth in _folded(campaign):
        winner = truth.winner.id if truth.winner else None
        fact = truth.status, winner, truth.is_disputed
        row = stored.pop((enrolment, session), None)
        if row != fact:
            yield Doubt(enrolment, f"attendance of session {session}", row, fact)
    for (enrolment, session), row in stored.items():
        yield Doubt(enrolment, f"attendance of session {session}", row, None)


def _doubtful_skills(campaign) -> Iterator[Doubt]:
    stored = {
        (enrolment, lesson): (level, observation)
        for enrolment, lesson, level, observation in SkillSeen.objects.filter(
            campaign=campaign
        ).values_list("enrolment_id", "lesson_id", "level", "observation_id")
    }
    seen = Observation.objects.filter(campaign=campaign).order_by("enrolment_id", "lesson_id")
    skills = groupby(seen.iterator(), key=lambda one: (one.enrolment_id, one.lesson_id))
    for (enrolment, lesson), group in skills:
        holds = latest(group)
        fact = (holds.level, holds.pk) if holds.level else None
        row = stored.pop((enrolment, lesson), None)
        if row != fact:
            yield Doubt(enrolment, f"skill of lesson {lesson}", row, fact)
    for (enrolment, lesson), row in stored.items():
        yield Doubt(enrolment, f"skill of lesson {lesson}", row, None)
