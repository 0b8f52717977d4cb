"""Who is to be asked again, and how many can still do it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from django.db.models import Count, F
from django.db.models.functions import Substr
from django.utils import timezone

from campaigns.models import Campaign
from courses.models import LessonPage
from people.models import User
from places.models import Place
from progress.models import Attempt, Enrolment, Recheck
from progress.reports.journey import in_language_of_screen
from progress.reports.skills import lessons_mastered
from progress.rules import (
    RECHECK_ROUNDS,
    RECHECK_WINDOW,
    Due,
    kept_rate,
    recheck_due,
)

PERMISSION = "progress.observe"


@dataclass
class DueLine:
    """Somebody who is to be asked again: for which round, and what to let him show."""

    enrolment: Enrolment
    due: Due
    # What he could do alone; where nobody watched, what he passed.
    lessons: list[LessonPage] = field(default_factory=list)
    was_seen: bool = True
    # How often a volunteer stood before a closed door.
    away: int = 0
    # Makes the number of the answer: the same tap sent twice is one.
    nonce: UUID = field(default_factory=uuid4)

    @property
    def resident(self):
        return self.enrolment.resident

    @property
    def village(self) -> Place:
        return self.enrolment.village


@dataclass
class KeptRate:
    """How many of those who were met could still do it."""

    kept: int = 0
    helped: int = 0
    lost: int = 0

    @property
    def asked(self) -> int:
        return self.kept + self.helped + self.lost

    @property
    def share(self) -> int | None:
        """In a hundred."""
        return kept_rate(self.kept, self.helped, self.lost)


@dataclass
class KeptRow:
    """A place, and its rate in each round."""

    place: Place | None
    rates: dict[int, KeptRate] = field(
        default_factory=lambda: {days: KeptRate() for days in RECHECK_ROUNDS}
    )

    @property
    def in_order(self) -> list[KeptRate]:
        return [self.rates[days] for days in RECHECK_ROUNDS]


@dataclass
class KeptTable:
    """What is left of a campaign's lessons in the places that somebody may see."""

    campaign: Campaign
    whole: KeptRow
    rows: list[KeptRow]


def rechecks_due(user: User, place: Place | None = None) -> list[DueLine]:
    """Return whom the user may ask again today, village by village, by given name."""
    rows = (
        _candidates(user, place)
        .select_related("resident__village", "village", "class_group", "campaign")
        .order_by("village__path", "resident__sort_key", "pk")
    )
    lines = _due(list(rows))
    _add_lessons(lines)
    return lines


def due_line(enrolment: Enrolment) -> DueLine | None:
    """Return whether somebody is to be asked again today."""
    lines = _due([enrolment])
    _add_lessons(lines)
    return next(iter(lines), None)


def due_in(user: User, campaign: Campaign, villages: Collection[int]) -> list[DueLine]:
    """Return whom the user may ask again today in these villages, without what to ask."""
    rows = _candidates(user, None).filter(campaign=campaign, village__in=villages)
    return _due(list(rows.only("completed_at")))


def due_count(user: User) -> int:
    """Return how many people the user may ask again today, in two queries."""
    return len(_due(list(_candidates(user, None).only("completed_at"))))


def kept_of(user: User, place: Place | None = None) -> list[KeptTable]:
    """Return how many can still do it, by campaign and by the places just below."""
    asked = Recheck.objects.permitted_to(user, PERMISSION)
    asked = asked.filter(enrolment__withdrawn_at=None)
    if place is not None:
        asked = asked.filter(enrolment__village__path__startswith=place.path)
    depth = place.depth + 1 if place else _depth_of(user) + 1
    counted = (
        asked.holding()
        .annotate(below=Substr(F("enrolment__village__path"), 1, depth * Place.steplen))
        .values_list("campaign", "below", "days", "outcome")
        .order_by()
        .annotate(people=Count("pk"))
    )
    tables: dict[int, dict[str, KeptRow]] = defaultdict(dict)
    wholes: dict[int, KeptRow] = defaultdict(lambda: KeptRow(None))
    for campaign, path, days, outcome, people in counted:
        row = tables[campaign].setdefault(path, KeptRow(None))
        for rate in (row.rates[days], wholes[campaign].rates[days]):
            setattr(rate, outcome, getattr(rate, outcome) + people)
    campaigns = Campaign.objects.select_related("place").in_bulk(tables)
    paths = {path for rows in tables.values() for path in rows}
    places = {row.path: row for row in Place.objects.filter(path__in=paths)}
    for rows in tables.values():
        for path, row in rows.items():
            row.place = places.get(path)
    return [
        KeptTable(
            campaign,
            wholes[pk],
            # A single place says the same as the whole.
            sorted(tables[pk].values(), key=lambda row: row.place.sort_key if row.place else "")
            if place is None or place.kind != Place.Kind.VILLAGE
            else [],
        )
        for pk, campaign in sorted(
            campaigns.items(), key=lambda found: (found[1].first_day, found[0]), reverse=True
        )
    ]


def _candidates(user: User, place: Place | None):
    """Keep those who completed long enough ago, and not too long."""
    today = timezone.localdate()
    rows = (
        Enrolment.objects.active()
        .permitted_to(user, PERMISSION)
        .filter(
            completed_at__lt=_midnight(today - dt.timedelta(days=min(RECHECK_ROUNDS) - 1)),
            completed_at__gte=_midnight(
                today - dt.timedelta(days=max(RECHECK_ROUNDS)) - RECHECK_WINDOW
            ),
            resident__erased_at=None,
        )
    )
    return rows.filter(village__path__startswith=place.path) if place else rows


def _due(rows: Sequence[Enrolment]) -> list[DueLine]:
    today = timezone.localdate()
    asked: dict[int, dict[int, dt.date]] = defaultdict(dict)
    away: dict[int, list[tuple[int, dt.datetime]]] = defaultdict(list)
    for recheck in Recheck.objects.filter(enrolment__in=[row.pk for row in rows]):
        if recheck.outcome == Recheck.Outcome.AWAY:
            away[recheck.enrolment_id].append((recheck.days, recheck.observed_at))
            continue
        day = timezone.localtime(recheck.observed_at).date()
        known = asked[recheck.enrolment_id].get(recheck.days, day)
        asked[recheck.enrolment_id][recheck.days] = max(known, day)
    lines = []
    for row in rows:
        if row.completed_at is None:
            continue
        completed_on = timezone.localtime(row.completed_at).date()
        if due := recheck_due(completed_on, today, asked[row.pk]):
            missed = sum(days == due.days for days, _at in away[row.pk])
            lines.append(DueLine(row, due, away=missed))
    return lines


def _add_lessons(lines: list[DueLine]) -> None:
    """Say of each what to let him show, in a number of queries that does not grow."""
    mastered = lessons_mastered([line.enrolment.pk for line in lines])
    unseen = [line.enrolment.pk for line in lines if line.enrolment.pk not in mastered]
    passed: dict[int, set[int]] = defaultdict(set)
    if unseen:
        attempts = Attempt.objects.passed().filter(enrolment__in=unseen, lesson__isnull=False)
        for enrolment, lesson in attempts.values_list("enrolment_id", "lesson_id"):
            passed[enrolment].add(lesson)
    wanted = {pk for pks in (*mastered.values(), *passed.values()) for pk in pks}
    pages = list(
        LessonPage.objects.filter(pk__in=wanted).defer("body", "questions", "sources")
        if wanted
        else []
    )
    shown = in_language_of_screen(pages)
    by_pk = {page.pk: shown.get(page.translation_key, page) for page in pages}
    order = {page.pk: page.path for page in pages}
    for line in lines:
        line.was_seen = line.enrolment.pk in mastered
        pks = mastered.get(line.enrolment.pk) or passed[line.enrolment.pk]
        known = sorted((pk for pk in pks if pk in by_pk), key=order.__getitem__)
        line.lessons = [by_pk[pk] for pk in known]


def _depth_of(user: User) -> int:
    """Return how high up the user's widest place is: 0 is the whole country."""
    if user.is_superuser:
        return 0
    return min((len(path) // Place.steplen for path in user.scope_paths(PERMISSION)), default=0)


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))
