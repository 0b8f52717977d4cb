"""Who meets where and when, and what stands in the way."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Prefetch, Q
from django.utils import timezone

from campaigns.models import ClassSession, Membership
from campaigns.rules import overlaps
from people.models import Assignment, User
from people.roles import roles_with
from places.models import Place, Venue
from places.rules import person_sort_key

# (starts at, the evening in the way, the instructor whom both want, or None for the venue)
Clash = tuple[dt.datetime, ClassSession, User | None]


def sessions_tonight(user: User, on: dt.date | None = None) -> list[ClassSession]:
    """Return a day's evenings in the user's scope, the user's own first."""
    sessions = (
        ClassSession.objects.permitted_to(user, "campaigns.view_classgroup")
        .on(on or timezone.localdate())
        .select_related(
            "class_group__place", "class_group__venue", "class_group__team", "campaign", "lesson"
        )
        .prefetch_related("instructors")
        .order_by("starts_at", "class_group__name", "pk")
    )
    return sorted(sessions, key=lambda s: user.pk not in [i.pk for i in s.instructors.all()])


def next_session(user: User) -> ClassSession | None:
    """Return the next planned evening that the user teaches."""
    return (
        ClassSession.objects.permitted_to(user, "campaigns.view_classgroup")
        .ahead()
        .filter(instructors=user)
        .select_related("class_group__place", "class_group__venue")
        .order_by("starts_at")
        .first()
    )


def with_members(teams):
    """Fetch the members whom these teams have today, leaders first, as ``members_now``."""
    members = Membership.objects.current().order_by("-leads", "name")
    return teams.prefetch_related(Prefetch("memberships", members, "members_now"))


def clashes(
    times: Iterable[tuple[dt.datetime, dt.datetime]],
    *,
    venue: Venue | None = None,
    instructors: Iterable[User] = (),
    besides: Iterable[ClassSession] = (),
) -> list[Clash]:
    """Return (starts at, the evening in the way, the instructor or None for the venue).

    A warning, never a refusal: two classes may share a big house, and one teacher may look after
    two rooms.
    """
    times = sorted(times)
    wanted_users = {user.pk: user for user in instructors}
    if not times or not (venue or wanted_users):
        return []
    # An evening lasts five hours at most.
    first, last = times[0][0] - dt.timedelta(hours=5), times[-1][1]
    wanted = Q(instructors__in=wanted_users)
    if venue:
        wanted |= Q(class_group__venue=venue)
    others = (
        ClassSession.objects.not_cancelled()
        .filter(wanted, starts_at__gte=first, starts_at__lt=last)
        .exclude(pk__in=[session.pk for session in besides])
        .select_related("class_group__place")
        .prefetch_related("instructors")
        .order_by("starts_at", "pk")
        .distinct()
    )
    found: list[Clash] = []
    for other in others:
        for begins, ends in times:
            if not overlaps(begins, ends, other.starts_at, other.ends_at):
                continue
            if venue and other.class_group.venue_id == venue.pk:
                found.append((begins, other, None))
            found += [
                (begins, other, wanted_users[user.pk])
                for user in other.instructors.all()
                if user.pk in wanted_users
            ]
    return sorted(found, key=lambda clash: clash[0])


def in_short(found: Iterable[Clash]) -> list[tuple[dt.datetime, ClassSession, User | None, int]]:
    """Return each class that is in the way once: the first time, and how many evenings it is."""
    together: dict[tuple, list[Clash]] = {}
    for clash in found:
        _at, other, instructor = clash
        together.setdefault((other.class_group_id, instructor), []).append(clash)
    return [(*those[0], len(those)) for those in together.values()]


def clashes_of(session: ClassSession) -> list[Clash]:
    """Return what stands in the way of one evening."""
    if session.state == ClassSession.State.CANCELLED:
        return []
    return clashes(
        [(session.starts_at, session.ends_at)],
        venue=session.class_group.venue,
        instructors=session.instructors.all(),
        besides=[session],
    )


def teachers_near(place: Place) -> list[User]:
    """Return who may hold an evening in the commune of a place, by given name."""
    commune = place.commune or place
    teaches = Assignment.objects.in_force().filter(
        role__in=roles_with("campaigns.hold_session"), place__path__startswith=commune.path
    )
    found = User.objects.filter(is_active=True, pk__in=teaches.values("user"))
    return sorted(found, key=lambda user: person_sort_key(str(user)))
