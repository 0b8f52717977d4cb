"""Classes and their evenings."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Audience, Campaign, ClassGroup, ClassSession, Team, WeeklyTime
from campaigns.rules import dates_of, holidays_between
from campaigns.services.rosters import (
    ask_again,
    give_turns_to_teachers,
    hand_over,
    take_turns_from,
)
from campaigns.services.saving import save_new
from campaigns.signals import class_changed
from courses.models import CoursePage, LessonPage
from people.models import User
from places.models import Place, Venue
from places.rules import nfc

# (weekday, begins, minutes); Monday is 0.
WeeklyTimes = Iterable[tuple[int, dt.time, int]]


@transaction.atomic
def create_class(
    campaign: Campaign,
    team: Team,
    place: Place,
    name: str,
    *,
    by: User,
    weekly_times: WeeklyTimes,
    instructors: Sequence[User] = (),
    venue: Venue | None = None,
    course: CoursePage | None = None,
    since: dt.date | None = None,
    skips_holidays: bool = True,
    audience: int = Audience.ANYBODY,
) -> ClassGroup:
    """Found a class and plan its evenings, from ``since`` or the first day to the last."""
    if not place.path.startswith(campaign.place.path):
        raise ValidationError(_("This place does not take part in the campaign."), code="outside")
    if campaign.state == Campaign.State.CLOSED:
        raise ValidationError(_("The campaign is closed."), code="closed")
    class_group = ClassGroup(
        campaign=campaign,
        team=team,
        place=place,
        venue=venue,
        name=nfc(name),
        course=course,
        since=since,
        skips_holidays=skips_holidays,
        audience=audience,
    )
    save_new(class_group)
    class_group.instructors.set(instructors)
    _set_weekly_times(class_group, weekly_times)
    plan_sessions(class_group)
    return class_group


@transaction.atomic
def change_class(
    class_group: ClassGroup,
    *,
    by: User,
    weekly_times: WeeklyTimes | None = None,
    instructors: Sequence[User] | None = None,
    **fields,
) -> ClassGroup:
    """Change a class. New hours or teachers hold for the evenings that lie ahead.

    An evening that was moved, cancelled or already held stays as it is.
    """
    class_group = ClassGroup.objects.select_for_update(of=("self",)).get(pk=class_group.pk)
    changed = []
    for field, value in fields.items():
        value = nfc(value) if field == "name" else value
        if getattr(class_group, field) != value:
            changed.append(field)
            setattr(class_group, field, value)
    class_group.full_clean()
    class_group.save()
    if changed:
        class_changed.send(ClassGroup, class_group=class_group, fields=changed)
    if instructors is not None:
        left = [user for user in class_group.instructors.all() if user not in instructors]
        class_group.instructors.set(instructors)
        ahead = list(class_group.sessions.ahead())
        for session in ahead:
            session.instructors.set(instructors)
        take_turns_from(ahead, left)
        give_turns_to_teachers(ahead, instructors)
    if weekly_times is not None:
        _set_weekly_times(class_group, weekly_times)
        _without_marks(class_group.sessions.ahead().filter(moved_from=None)).delete()
    # What lies behind is history: new hours must not invent evenings that nobody held.
    plan_sessions(class_group, since=max(timezone.localdate(), class_group.since or dt.date.min))
    return class_group


@transaction.atomic
def plan_sessions(class_group: ClassGroup, since: dt.date | None = None) -> list[ClassSession]:
    """Make the evenings that are missing, from the class's weekly times; return the new ones.

    Safe to repeat: an evening that was cancelled or moved away is not made again.
    """
    campaign = class_group.campaign
    times = list(class_group.weekly_times.all())
    taken = set()
    for starts_at, moved_from in class_group.sessions.values_list("starts_at", "moved_from"):
        taken |= {starts_at, moved_from}
    new = [
        ClassSession(
            class_group=class_group, campaign=campaign, starts_at=starts_at, minutes=minutes
        )
        for starts_at, minutes in planned_times(
            campaign,
            [(t.weekday, t.begins, t.minutes) for t in times],
            since=since or class_group.since,
            skips_holidays=class_group.skips_holidays,
        )
        if starts_at not in taken
    ]
    new = ClassSession.objects.bulk_create(new)
    instructors = list(class_group.instructors.all())
    teaches = ClassSession.instructors.through
    teaches.objects.bulk_create(
        teaches(classsession=session, user=user) for session in new for user in instructors
    )
    give_turns_to_teachers(new, instructors)
    return new


def planned_times(
    campaign: Campaign,
    weekly_times: WeeklyTimes,
    *,
    since: dt.date | None = None,
    skips_holidays: bool = True,
) -> list[tuple[dt.datetime, int]]:
    """Return (starts at, minutes) of the evenings that weekly times make in a campaign."""
    closed = holidays_between(campaign.first_day, campaign.last_day) if skips_holidays else {}
    return sorted(
        (timezone.make_aware(dt.datetime.combine(day, begins)), minutes)
        for weekday, begins, minutes in weekly_times
        for day in dates_of(campaign.first_day, campaign.length, [weekday])
        if day not in closed and (since is None or day >= since)
    )


@transaction.atomic
def add_session(
    class_group: ClassGroup, starts_at: dt.datetime, *, by: User, minutes: int = 90
) -> ClassSession:
    """Add one evening besides the weekly ones."""
    _check_time(class_group, starts_at)
    session = ClassSession.objects.create(
        class_group=class_group, campaign=class_group.campaign, starts_at=starts_at, minutes=minutes
    )
    instructors = class_group.instructors.all()
    session.instructors.set(instructors)
    give_turns_to_teachers([session], instructors)
    return session


@transaction.atomic
def cancel_session(session: ClassSession, *, by: User, because: str) -> ClassSession:
    """Call an evening off, and say why."""
    session = _locked(session)
    if session.state == ClassSession.State.CANCELLED:
        return session
    _refuse_if_marked(session)
    because = nfc(because)
    if not because:
        raise ValidationError(
            {"because": ValidationError(_("Say why the evening is called off."), code="why")}
        )
    session.state = ClassSession.State.CANCELLED
    session.cancelled_because = because[:200]
    session.save(update_fields=["state", "cancelled_because"])
    return session


@transaction.atomic
def restore_session(session: ClassSession, *, by: User) -> ClassSession:
    """Hold a cancelled evening after all."""
    session = _locked(session)
    if session.state == ClassSession.State.CANCELLED:
        _check_free(session.class_group, session.starts_at, session)
        session.state = ClassSession.State.PLANNED
        session.cancelled_because = ""
        session.save(update_fields=["state", "cancelled_because"])
    return session


@transaction.atomic
def move_session(session: ClassSession, starts_at: dt.datetime, *, by: User) -> ClassSession:
    """Hold an evening at another time, and remember when it was to be."""
    session = _locked(session)
    if session.state != ClassSession.State.PLANNED:
        raise ValidationError(_("Only a planned evening can be moved."), code="not_planned")
    _refuse_if_marked(session)
    if starts_at == session.starts_at:
        return session
    _check_time(session.class_group, starts_at, session)
    session.moved_from = session.moved_from or session.starts_at
    session.starts_at = starts_at
    if session.starts_at == session.moved_from:
        session.moved_from = None
    session.save(update_fields=["starts_at", "moved_from"])
    ask_again(session)
    return session


@transaction.atomic
def substitute_instructor(
    session: ClassSession, out: User | None, into: User, *, by: User
) -> ClassSession:
    """Let somebody else teach this one evening; without ``out`` the two teach together."""
    session = _locked(session)
    if session.state == ClassSession.State.CANCELLED:
        raise ValidationError(_("The evening is cancelled."), code="cancelled")
    if out:
        session.instructors.remove(out)
    session.instructors.add(into)
    if out:
        hand_over(session, out, into)
    else:
        give_turns_to_teachers([session], [into])
    return session


def set_lesson(session: ClassSession, lesson: LessonPage | None, *, by: User) -> ClassSession:
    """Say what was taught, or will be."""
    session.lesson = lesson
    session.save(update_fields=["lesson"])
    return session


def set_note(session: ClassSession, note: str, *, by: User) -> ClassSession:
    """Keep a few words about the evening."""
    session.note = note.strip()
    session.save(update_fields=["note"])
    return session


def _set_weekly_times(class_group, weekly_times):
    times = [
        WeeklyTime(class_group=class_group, weekday=weekday, begins=begins, minutes=minutes)
        for weekday, begins, minutes in sorted(set(weekly_times))
    ]
    if len({(t.weekday, t.begins) for t in times}) < len(times):
        raise ValidationError(_("Two times are the same."), code="twice")
    for time in times:
        time.full_clean(exclude=["class_group"])
    class_group.weekly_times.all().delete()
    WeeklyTime.objects.bulk_create(times)


def _locked(session):
    return (
        ClassSession.objects.select_for_update(of=("self",))
        .select_related("class_group__place", "class_group__campaign", "campaign")
        .get(pk=session.pk)
    )


def _check_time(class_group, starts_at, session=None):
    campaign = class_group.campaign
    day = timezone.localtime(starts_at).date()
    if not campaign.first_day <= day <= campaign.last_day:
        raise ValidationError(
            _("The campaign lasts from %(first)s to %(last)s.")
            % {"first": f"{campaign.first_day:%d/%m/%Y}", "last": f"{campaign.last_day:%d/%m/%Y}"},
            code="outside_the_days",
        )
    _check_free(class_group, starts_at, session)


def _check_free(class_group, starts_at, session=None):
    taken = class_group.sessions.not_cancelled().filter(starts_at=starts_at)
    if taken.exclude(pk=session.pk if session else None).exists():
        raise ValidationError(
            _("The class already meets at that time."), code="session_once_per_hour"
        )


def _refuse_if_marked(session):
    """Refuse to touch an evening at which people were marked: their figures carry its day.

    Attendance belongs to ``progress``, above; it is known here only by its relation.
    """
    if not _without_marks(ClassSession.objects.filter(pk=session.pk)).exists():
        raise ValidationError(
            _("People have been marked at this evening. Take the marks back first."), code="marked"
        )


def _without_marks(sessions):
    return sessions.filter(attendances=None)
