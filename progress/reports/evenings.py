"""What a volunteer's phone keeps of the evenings at hand, so that each works without network.

Names, years of birth, and what was noted that evening; no telephone number, nothing about anybody
whom the volunteer may not see. The same few queries for one evening or for twenty.
"""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from campaigns.models import ClassSession, Membership, Turn
from courses.models import LessonPage
from people.models import Card, Consent, Resident, User
from people.roles import Role
from places.models import Place
from places.reports import members_today
from places.rules import person_sort_key
from progress.models import Attendance, Enrolment, HeldItem, Level, Remark, SkillSeen

BACK, AHEAD = dt.timedelta(days=2), dt.timedelta(days=7)
# A phone is no archive: whoever answers for a commune looks at the server.
MOST_SESSIONS = 24
MOST_NEIGHBOURS = 2000
# A card that was withdrawn so long ago lies in no pocket any more.
FORGOTTEN = dt.timedelta(days=60)
DISPUTED, GUEST = 1, 2
NEEDS = ("needs_large_type", "needs_hearing_help", "needs_reading_help")
_LEVELS = list(Level.values)


def evenings(user: User) -> dict[str, Any]:
    """Return the evenings at hand as plain data."""
    sessions = _sessions(user)
    registers = _registers(sessions)
    villages = _villages(sessions)
    listed = {row.resident_id for rows in registers.values() for row in rows}
    around = _neighbours(user, villages, listed)
    cards = _cards([*listed, *(person.pk for person in around)])
    lessons = _lessons(sessions)
    held = dict(
        HeldItem.objects.waiting()
        .filter(session__in=sessions)
        .values_list("session_id")
        .annotate(number=Count("pk"))
    )
    noted = _Noted(sessions, registers)
    return {
        "who": f"staff:{user.pk}",
        "id": user.pk,
        "name": str(user),
        "staff": _staff(sessions, user),
        "levels": [[value, str(label)] for value, label in Level.choices],
        "villages": [[place.pk, place.full_name] for place in villages],
        "sessions": [
            {
                **_session(session, lessons),
                "held": held.get(session.pk, 0),
                "people": [
                    _line(session, enrolment, cards, noted) for enrolment in registers[session.pk]
                ],
            }
            for session in sessions
        ],
        "neighbours": [_person(resident, cards) for resident in around],
    }


def _sessions(user: User) -> list[ClassSession]:
    """Those that the user teaches from the day before yesterday on, and others near by tonight."""
    now = timezone.now()
    mine = (
        Q(instructors=user)
        | Q(class_group__instructors=user)
        | Q(turns__in=Turn.objects.standing().filter(membership__user=user))
    )
    near = Q(class_group__team__memberships__in=Membership.objects.current().filter(user=user))
    for role, path in user.roles_held():
        if role in (Role.INSTRUCTOR, Role.TEAM_LEADER):
            near |= Q(class_group__place__path__startswith=path)
    today = timezone.make_aware(dt.datetime.combine(timezone.localdate(now), dt.time.min))
    tonight = Q(starts_at__gte=today, starts_at__lt=today + dt.timedelta(days=1))
    found = (
        ClassSession.objects.permitted_to(user, "progress.mark_attendance")
        .filter(mine | near & tonight, starts_at__gte=now - BACK, starts_at__lt=now + AHEAD)
        .distinct()
        .select_related("class_group__place", "class_group__venue", "class_group__course", "lesson")
        .prefetch_related("instructors", "class_group__instructors")
        .order_by("starts_at", "pk")
    )
    # The own ones must be there, whatever else is; then in the order of their hours.
    teaches = {session.pk: user in _teachers(session) for session in found}
    kept = sorted(found, key=lambda session: not teaches[session.pk])[:MOST_SESSIONS]
    return sorted(kept, key=lambda session: (session.starts_at, session.pk))


def _teachers(session: ClassSession) -> list[User]:
    return [*session.instructors.all(), *session.class_group.instructors.all()]


def _registers(sessions: Sequence[ClassSession]) -> dict[int, list[Enrolment]]:
    """Return {session: enrolments by given name}, as ``roster`` does for one."""
    marked = defaultdict(set)
    rows = Attendance.objects.marked().filter(session__in=sessions)
    for session, enrolment in rows.values_list("session_id", "enrolment_id"):
        marked[session].add(enrolment)
    guests = set().union(*marked.values()) if marked else set()
    classes = {session.class_group_id for session in sessions}
    learners = (
        Enrolment.objects.filter(Q(class_group__in=classes, withdrawn_at=None) | Q(pk__in=guests))
        .select_related("resident")
        .order_by("resident__sort_key", "pk")
    )
    return {
        session.pk: [
            row
            for row in learners
            if row.pk in marked[session.pk]
            or (
                row.class_group_id == session.class_group_id
                and row.withdrawn_at is None
                and row.campaign_id == session.campaign_id
            )
        ]
        for session in sessions
    }


def _villages(sessions: Iterable[ClassSession]) -> list[Place]:
    """Return where newcomers may live: every village of the communes in which the classes are."""
    paths = {session.place.path[: 2 * Place.steplen] for session in sessions}
    inside = [
        member
        for commune in Place.objects.filter(path__in=paths)
        for member in members_today(commune)
    ]
    return list(Place.objects.villages().current().below_any(inside).in_order())


def _neighbours(user, villages: Sequence[Place], listed: set[int]) -> list[Resident]:
    """Return who else lives there and has agreed to be written down, as far as a phone has room.

    A tap on one of them makes him tonight's guest, and nobody could ask him first.
    """
    agreed = Consent.objects.to_be_recorded().filter(resident=OuterRef("pk"))
    found = (
        Resident.objects.current()
        .filter(Exists(agreed))
        .permitted_to(user, "progress.enrol")
        .filter(village__in=villages)
        .in_order()[: MOST_NEIGHBOURS + len(listed)]
    )
    return [person for person in found if person.pk not in listed][:MOST_NEIGHBOURS]


def _cards(people: Iterable[int]) -> dict[int, list[str]]:
    """Return {resident: cards}, each told by what a phone can work out when it reads one.

    Sixteen digits of the secret's hash and five of the short code's: enough to find somebody on a
    register, nothing to open anything with. An x stands before a card that was withdrawn.
    """
    found = defaultdict(list)
    recent = Q(revoked_at=None) | Q(revoked_at__gt=timezone.now() - FORGOTTEN)
    rows = Card.objects.filter(recent, resident__in=list(people)).order_by("issued_at")
    for resident, secret, code, revoked in rows.values_list(
        "resident_id", "secret_hash", "code", "revoked_at"
    ):
        short = hashlib.sha256(code.encode()).hexdigest()[:5]
        found[resident].append(f"{'x' if revoked else ''}{secret[:16]}{short}")
    return found


def _lessons(sessions: Sequence[ClassSession]) -> dict[str, list[LessonPage]]:
    """Return {path of a course: its lessons} for the courses of these classes."""
    courses = {course for session in sessions if (course := session.class_group.course)}
    below = Q(pk__in=[session.lesson_id for session in sessions])
    for course in courses:
        below |= Q(path__startswith=course.path, depth=course.depth + 1)
    pages = LessonPage.objects.live().filter(below).order_by("path")
    plain = pages.defer("body", "sources")
    by_course = groupby(plain, key=lambda page: page.path[: -LessonPage.steplen])
    return {path: list(group) for path, group in by_course}


def _session(session: ClassSession, lessons) -> dict[str, Any]:
    group = session.class_group
    taught = list(lessons.get(group.course.path, ())) if group.course else []
    lesson = next(
        (page for pages in lessons.values() for page in pages if page.pk == session.lesson_id),
        None,
    )
    if lesson:
        taught = [lesson, *(page for page in taught if page.pk != lesson.pk)]
    return {
        "id": session.pk,
        "starts": _ms(session.starts_at),
        "minutes": session.minutes,
        "state": session.state,
        "because": session.cancelled_because,
        "moved_from": session.moved_from and _ms(session.moved_from),
        "closed": bool(session.register_closed_at),
        "class": group.name,
        "class_id": group.pk,
        "venue": group.venue.name if group.venue else "",
        "place": group.place_id,
        "village_default": group.place_id if group.place.kind == Place.Kind.VILLAGE else None,
        "course": group.course.title if group.course else "",
        "lesson": lesson and _lesson(lesson),
        "lessons": [_lesson(page) for page in taught],
        "instructors": [_user(user) for user in dict.fromkeys(_teachers(session))],
    }


def _lesson(page: LessonPage) -> dict[str, Any]:
    # The tag changes with the words: the worker keeps the document until then.
    tag = str(page.live_revision_id or page.last_published_at)
    questions = len(page.questions.raw_data)
    asks = min(page.asked or questions, questions)
    return {"id": page.pk, "title": page.title, "tag": tag, "asks": asks}


class _Noted:
    """What was noted of these evenings, to be looked up by (session, enrolment)."""

    def __init__(self, sessions, registers):
        learners = {row.pk for rows in registers.values() for row in rows}
        attendances = Attendance.objects.filter(session__in=sessions)
        self.attendances = {(row.session_id, row.enrolment_id): row for row in attendances}
        remarks = Remark.objects.filter(session__in=sessions).order_by(*Remark.latest_first)
        # The latest holds; the first to be kept.
        self.remarks: dict[tuple[int, int], Remark] = {}
        for remark in remarks:
            self.remarks.setdefault((remark.session_id, remark.enrolment_id), remark)
        self.skills: dict[int, dict[int, int]] = defaultdict(dict)
        for seen in SkillSeen.objects.filter(enrolment__in=learners):
            self.skills[seen.enrolment_id][seen.lesson_id] = _LEVELS.index(seen.level)


def _line(session, enrolment: Enrolment, cards, noted: _Noted) -> list:
    resident = enrolment.resident
    attendance = noted.attendances.get((session.pk, enrolment.pk))
    remark = noted.remarks.get((session.pk, enrolment.pk))
    is_guest = enrolment.class_group_id != session.class_group_id
    return [
        *_person(resident, cards),
        attendance.status if attendance else "",
        str(attendance.mark_id) if attendance else None,
        (DISPUTED if attendance and attendance.is_disputed else 0) | (GUEST if is_guest else 0),
        sum(getattr(resident, need) << bit for bit, need in enumerate(NEEDS)),
        resident.phone_kind,
        remark.text if remark else "",
        int(remark.helped_at_home) if remark else 0,
        noted.skills.get(enrolment.pk, {}),
        _ms(attendance.observed_at) if attendance else None,
    ]


def _person(resident: Resident, cards) -> list:
    return [
        str(resident.uuid),
        resident.full_name,
        resident.birth_year,
        int(resident.birth_year_is_about),
        resident.village_id,
        cards.get(resident.pk, []),
    ]


def _staff(sessions: Sequence[ClassSession], user: User) -> list[dict]:
    """Return who may have this phone in hand: who teaches there, and the teams' own."""
    people = {user, *(teacher for session in sessions for teacher in _teachers(session))}
    teams = {session.class_group.team_id for session in sessions}
    members = Membership.objects.current().filter(team__in=teams, user__is_active=True)
    turns = Turn.objects.standing().filter(session__in=sessions)
    people |= set(
        User.objects.filter(is_active=True).filter(
            Q(pk__in=members.values("user")) | Q(pk__in=turns.values("membership__user"))
        )
    )
    return [_user(person) for person in sorted(people, key=lambda p: person_sort_key(str(p)))]


def _user(user: User) -> dict[str, Any]:
    return {"id": user.pk, "name": str(user)}


def _ms(moment: dt.datetime) -> int:
    return round(moment.timestamp() * 1000)
