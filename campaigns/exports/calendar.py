"""A team's evenings as a calendar that telephones subscribe to."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone

from campaigns.models import ClassSession, Team


def team_calendar(team: Team) -> bytes:
    """Return the evenings of a team's classes as iCalendar.

    Where, when and which lesson: nothing about a learner, since whoever has the address reads it.
    A cancelled evening stays and says so; otherwise a telephone would go on showing it.
    """
    zone = ZoneInfo(settings.TIME_ZONE)
    calendar = Calendar()
    calendar.add("prodid", "-//Trăm Ngày//VI")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", team.name)
    calendar.add("x-wr-timezone", settings.TIME_ZONE)
    calendar.add("refresh-interval", dt.timedelta(hours=1), parameters={"value": "DURATION"})
    calendar.add_component(Timezone.from_tzinfo(zone))
    sessions = (
        ClassSession.objects.filter(class_group__team=team)
        .select_related("class_group__venue", "class_group__place", "lesson")
        .order_by("starts_at", "pk")
    )
    for session in sessions:
        calendar.add_component(_event(session, zone))
    return calendar.to_ical()


def _event(session, zone):
    group = session.class_group
    event = Event()
    event.add("uid", f"session-{session.pk}@tramngay")
    event.add("dtstamp", timezone.now())
    event.add("dtstart", session.starts_at.astimezone(zone))
    event.add("dtend", session.ends_at.astimezone(zone))
    cancelled = session.state == ClassSession.State.CANCELLED
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("summary", group.name)
    where = [group.venue.name, group.venue.address] if group.venue else []
    event.add("location", ", ".join(filter(None, [*where, group.place.full_name])))
    words = []
    if cancelled:
        words.append(_("Cancelled: %(reason)s") % {"reason": session.cancelled_because})
    if session.moved_from:
        moved = timezone.localtime(session.moved_from, zone)
        words.append(_("Moved from %(time)s") % {"time": f"{moved:%H:%M %d/%m/%Y}"})
    if session.lesson:
        words.append(session.lesson.title)
    if words:
        event.add("description", "\n".join(words))
    return event
