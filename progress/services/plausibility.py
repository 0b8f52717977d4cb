"""What looks odd in a register is shown to whoever answers for the commune. It blocks nothing."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import ClassSession
from people.models import User
from progress.models import Attendance, Flag, Mark
from progress.rules import CAME
from progress.services.marking import DOORS_OPEN

# People stay on, and the last marks are made while the chairs are put away.
AFTERWARDS = dt.timedelta(hours=3)
# One late correction is nothing; a handful is a register that was filled in at home.
ODD_FROM = 3
# Nobody taps faster, or sees so many people in that time.
FAST_MARKS, FAST = 100, dt.timedelta(seconds=10)
# So many evenings in a row with everybody there; in a small class that happens.
FULL_EVENINGS, FULL_FROM = 4, 8

Figures = dict[str, Any]


def flag_sessions(pks: Collection[int]) -> int:
    """Look at the registers of these evenings, and keep what stands out; return how many flags.

    What no longer stands out goes away, unless somebody has explained it already. A clock that was
    off is noted when its marks arrive (`sync.marks`), and stays.
    """
    sessions = list(
        ClassSession.objects.filter(pk__in=pks).select_related("class_group__place", "campaign")
    )
    marks = defaultdict(list)
    for mark in Mark.objects.filter(session__in=sessions).only(
        "session_id", "enrolment_id", "status", "device", "observed_at", "how"
    ):
        marks[mark.session_id].append(mark)
    elsewhere = _in_two_houses(sessions)
    full = _always_full(sessions)
    found: dict[tuple[int, str], Figures] = {}
    for session in sessions:
        taps = [mark for mark in marks[session.pk] if mark.how in (Mark.How.TAP, Mark.How.CARD)]
        seen = {
            Flag.Kind.ODD_HOURS: at_odd_hours(session, taps),
            Flag.Kind.TOO_FAST: too_fast(taps),
            Flag.Kind.TWO_HOUSES: elsewhere.get(session.pk),
            Flag.Kind.ALWAYS_FULL: full.get(session.pk),
        }
        found |= {(session.pk, kind): figures for kind, figures in seen.items() if figures}
    with transaction.atomic():
        looked_for = Flag.objects.filter(session__in=sessions).exclude(kind=Flag.Kind.CLOCK)
        there = {(flag.session_id, flag.kind): flag for flag in looked_for}
        gone = [flag.pk for key, flag in there.items() if key not in found and not flag.seen_at]
        Flag.objects.filter(pk__in=gone).delete()
        Flag.objects.bulk_create(
            [
                Flag(session_id=session, kind=kind, figures=figures)
                for (session, kind), figures in found.items()
                if (session, kind) not in there
            ],
            ignore_conflicts=True,
        )
    return len(found)


def flag_what_arrived(since: dt.datetime) -> int:
    """Look at every evening of which a mark has arrived since."""
    arrived = Mark.objects.filter(arrived_at__gte=since).order_by()
    return flag_sessions(list(arrived.values_list("session", flat=True).distinct()))


@transaction.atomic
def explain_flag(flag: Flag, explanation: str, *, by: User) -> Flag:
    """Say what was behind it; nobody is asked again. The first explanation stands."""
    flag = Flag.objects.select_for_update(of=("self",)).get(pk=flag.pk)
    explanation = " ".join(explanation.split())
    if len(explanation) < 3:
        raise ValidationError(_("Say in a few words what you found out."), code="no_reason")
    if flag.seen_at is None:
        flag.explanation, flag.seen_by, flag.seen_at = explanation[:200], by, timezone.now()
        flag.save(update_fields=["explanation", "seen_by", "seen_at"])
    return flag


def at_odd_hours(session: ClassSession, taps: Iterable[Mark]) -> Figures | None:
    """Tell how many taps were made long before the evening or long after it."""
    opens, closes = session.starts_at - DOORS_OPEN, session.ends_at + AFTERWARDS
    odd = [tap.observed_at for tap in taps if not opens <= tap.observed_at <= closes]
    if len(odd) < ODD_FROM:
        return None
    return {"marks": len(odd), "first": min(odd).isoformat(), "last": max(odd).isoformat()}


def too_fast(taps: Iterable[Mark]) -> Figures | None:
    """Tell whether one phone made a hundred marks in ten seconds."""
    by_device = defaultdict(list)
    for tap in taps:
        if tap.device:
            by_device[tap.device].append(tap.observed_at)
    for times in by_device.values():
        times.sort()
        for first, last in zip(times, times[FAST_MARKS - 1 :], strict=False):
            if last - first <= FAST:
                return {"marks": FAST_MARKS, "seconds": round((last - first).total_seconds())}
    return None


def _in_two_houses(sessions: Sequence[ClassSession]) -> dict[int, Figures]:
    """Find people who came to two evenings at once, in different places."""
    if not sessions:
        return {}
    came = Attendance.objects.came()
    there: dict[int, set[int]] = defaultdict(set)
    # An evening is at most five hours long, so whoever overlaps begins within six.
    first = min(session.starts_at for session in sessions) - dt.timedelta(hours=6)
    last = max(session.ends_at for session in sessions)
    mine = came.filter(session__in=sessions).values("enrolment__resident")
    around = came.filter(session__starts_at__range=(first, last), enrolment__resident__in=mine)
    for session, resident in around.values_list("session_id", "enrolment__resident_id"):
        there[session].add(resident)
    others = ClassSession.objects.select_related("class_group").in_bulk(there)
    found = {}
    for session in sessions:
        twice: set[int] = set()
        for pk, people in there.items():
            other = others[pk]
            if (
                other.class_group.place_id != session.class_group.place_id
                and other.starts_at < session.ends_at
                and session.starts_at < other.ends_at
            ):
                twice |= there[session.pk] & people
        if twice:
            found[session.pk] = {"people": len(twice)}
    return found


def _always_full(sessions: Sequence[ClassSession]) -> dict[int, Figures]:
    """Find classes in which everybody came, evening after evening."""
    groups = {session.class_group_id for session in sessions}
    rows: dict[int, dict[int, list[int]]] = defaultdict(dict)
    held = (
        Attendance.objects.marked()
        .filter(session__class_group__in=groups, session__starts_at__lte=timezone.now())
        .order_by("-session__starts_at")
        .values_list("session__class_group_id", "session_id", "status")
    )
    for group, session, status in held:
        tally = rows[group].setdefault(session, [0, 0])
        tally[0] += 1
        tally[1] += status in CAME
    found = {}
    for session in sessions:
        evenings = rows[session.class_group_id]
        order = list(evenings)
        if session.pk not in evenings:
            continue
        start = order.index(session.pk)
        row = [evenings[pk] for pk in order[start : start + FULL_EVENINGS]]
        if len(row) == FULL_EVENINGS and all(
            listed == came and listed >= FULL_FROM for listed, came in row
        ):
            found[session.pk] = {"evenings": FULL_EVENINGS, "people": row[0][0]}
    return found
