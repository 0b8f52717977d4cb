"""A team's evenings and shifts, or one volunteer's turns, as a calendar for telephones."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone

from campaigns.models import ClassSession, Membership, Shift, Team, Turn


def team_calendar(team: Team) -> bytes:
    """Return the evenings of a team's classes and its shifts as iCalendar.

    Where, when and which lesson: nothing about a learner, since whoever has the address reads it.
    What is cancelled stays and says so; otherwise a telephone would go on showing it.
    """
    sessions = ClassSession.objects.filter(class_group__team=team)
    return _calendar(team.name, sessions, Shift.objects.filter(team=team))


def member_calendar(member: Membership) -> bytes:
    """Return one volunteer's own turns as iCalendar; what was declined is not among them."""
    turns = member.turns.filter(state__in=Turn.STANDING)
    sessions = ClassSession.objects.filter(pk__in=turns.values("session"))
    shifts = Shift.objects.filter(pk__in=turns.values("shift"))
    asked = set(turns.filter(state=Turn.State.OFFERED).values_list("session_id", "shift_id"))
    return _calendar(member.name, sessions, shifts, asked)


def _calendar(name, sessions, shifts, asked=frozenset()) -> bytes:
    zone = ZoneInfo(settings.TIME_ZONE)
    calendar = Calendar()
    calendar.add("prodid", "-//Trăm Ngày//VI")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", settings.TIME_ZONE)
    calendar.add("refresh-interval", dt.timedelta(hours=1), parameters={"value": "DURATION"})
    calendar.add_component(Timezone.from_tzinfo(zone))
    sessions = sessions.select_related("class_group__venue", "class_group__place", "lesson")
    for session in sessions.order_by("starts_at", "pk"):
        group = session.class_group
        event = _event(session, zone, "session", group.name, group.venue, group.place)
        words = [_("Asked; not answered yet")] if (session.pk, None) in asked else []
        if session.moved_from:
            moved = timezone.localtime(session.moved_from, zone)
            words.append(_("Moved from %(time)s") % {"time": f"{moved:%H:%M %d/%m/%Y}"})
        if session.lesson:
            words.append(session.lesson.title)
        calendar.add_component(_described(event, session, words))
    for shift in shifts.select_related("venue", "place").order_by("starts_at", "pk"):
        event = _event(
            shift, zone, "shift", capfirst(shift.get_kind_display()), shift.venue, shift.place
        )
        words = [_("Asked; not answered yet")] if (None, shift.pk) in asked else []
        calendar.add_component(_described(event, shift, words))
    return calendar.to_ical()


def _event(occasion, zone, kind, summary, venue, place):
    event = Event()
    event.add("uid", f"{kind}-{occasion.pk}@tramngay")
    event.add("dtstamp", timezone.now())
    event.add("dtstart", occasion.starts_at.astimezone(zone))
    event.add("dtend", occasion.ends_at.astimezone(zone))
    cancelled = occasion.state == occasion.State.CANCELLED
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("summary", summary)
    where = [venue.name, venue.address] if venue else []
    event.add("location", ", ".join(filter(None, [*where, place.full_name])))
    return event


def _described(event, occasion, words):
    if occasion.state == occasion.State.CANCELLED:
        words = [_("Cancelled: %(reason)s") % {"reason": occasion.cancelled_because}, *words]
    if words:
        event.add("description", "\n".join(words))
    return event
