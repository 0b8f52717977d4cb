"""Work in five clear points: what is open where, whose it is, and what nobody looks after."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import takewhile

from django.db.models import Count, F, Q
from django.db.models.functions import Substr
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.models import Campaign, Membership, WorkChange, WorkItem
from campaigns.reports.indicators import indicators_of
from campaigns.services.work import serve_at, staff_at
from people.models import Assignment, User
from people.roles import roles_with
from places.models import Place, attach_ancestors
from places.reports import Map, lies_in, map_of, members_of
from places.rules import person_sort_key

State = WorkItem.State
# Of each column of the board; whoever has more looks at the list.
CARDS = 30
SOON = dt.timedelta(days=3)
_COUNTED = ("open", "overdue", "forsaken", "done")


@dataclass(frozen=True)
class Owner:
    """Somebody who may be given work: a member of a team, or an account with a role here."""

    # What a form sends: "m12" for a member, "u5" for an account.
    key: str
    name: str
    # The team, or what the account is otherwise.
    where: str = ""


@dataclass
class WorkColumn:
    """One column of the board."""

    state: str
    items: list[WorkItem] = field(default_factory=list)
    # Also those for which there was no room.
    number: int = 0

    @property
    def left_out(self) -> int:
        return self.number - len(self.items)


@dataclass
class WorkRow:
    """What is open in one place, as the tier above looks at it."""

    place: Place
    open: int = 0
    overdue: int = 0
    # Whoever was to do it or answered for it has left.
    forsaken: int = 0
    done: int = 0


def open_work(campaign: Campaign, places: Iterable[Place]) -> dict[int, int]:
    """Return {place: number of open items there or anywhere below it}, in one query.

    Every place that was asked about is in the answer: 0 says that nobody answers for it yet.
    """
    places = list(places)
    found = dict.fromkeys((place.pk for place in places), 0)
    if not places:
        return found
    by_path = _count_by_path(WorkItem.objects.filter(campaign=campaign).open(), places)
    for place in places:
        found[place.pk] = sum(
            number for path, number in by_path.items() if path.startswith(place.path)
        )
    return found


def work_at(campaign: Campaign, place: Place, *, shown: Map | None = None):
    """Return the items at a place and below it, with all that a card shows of them.

    Work given in a unit that went into the place is work of the place. ``shown`` is the map of
    today, for whoever has read it already.
    """
    members = shown.members if shown else members_of(place, timezone.localdate())
    return with_people(WorkItem.objects.filter(lies_in(members, "place"), campaign=campaign))


def with_people(items):
    """Fetch what a card shows: who does it, who answers for it, where it is."""
    return items.select_related(
        "campaign", "place", "person", "member__team", "member__user", "responsible"
    )


def narrow_work(
    items, *, state: str = "", owner: str = "", indicator: str = "", late: bool = False
):
    """Keep what was asked for; what nobody can have asked for keeps nothing."""
    if state in State.values:
        items = items.filter(state=state)
    elif state == "open" or (late and not state):
        items = items.open()
    if late:
        items = items.overdue()
    if indicator:
        items = items.filter(indicator=indicator)
    if owner:
        kind, number = owner[:1], owner[1:]
        if kind not in ("m", "u") or not number.isdecimal() or len(number) > 18:
            return items.none()
        items = items.filter(**{"member" if kind == "m" else "person": int(number)})
    return items


def work_board(items, on: dt.date | None = None) -> list[WorkColumn]:
    """Return the columns: not begun, being done, done this week; the most pressing first."""
    today = on or timezone.localdate()
    monday = timezone.make_aware(
        dt.datetime.combine(today - dt.timedelta(days=today.weekday()), dt.time())
    )
    done = Q(state=State.DONE, finished_at__gte=monday)
    numbers = items.order_by().aggregate(
        planned=Count("pk", filter=Q(state=State.PLANNED)),
        doing=Count("pk", filter=Q(state=State.DOING)),
        done=Count("pk", filter=done),
    )
    pressing = items.order_by("due", "pk")
    columns = [
        WorkColumn(State.PLANNED, list(pressing.filter(state=State.PLANNED)[:CARDS])),
        WorkColumn(State.DOING, list(pressing.filter(state=State.DOING)[:CARDS])),
        WorkColumn(State.DONE, list(items.filter(done).order_by("-finished_at", "pk")[:CARDS])),
    ]
    for column in columns:
        column.number = numbers[column.state]
    attach_ancestors(item.place for column in columns for item in column.items)
    return columns


def work_summary(campaign: Campaign, place: Place, *, shown: Map | None = None) -> WorkRow:
    """Return how much is open at a place and below it."""
    members = shown.members if shown else members_of(place, timezone.localdate())
    items = WorkItem.objects.filter(lies_in(members, "place"), campaign=campaign)
    return WorkRow(place, **items.order_by().aggregate(**_counts()))


def work_below(campaign: Campaign, place: Place, *, shown: Map | None = None) -> list[WorkRow]:
    """Return what is open in each unit directly below, also where nothing is.

    So what is overdue in a village is seen by the commune, and by the province in the commune; and
    what was given in a unit that merged, in the unit it went into.
    """
    if place.kind == Place.Kind.VILLAGE:
        return []
    shown = shown or map_of(place, timezone.localdate())
    depth = place.depth + 1
    counted = (
        WorkItem.objects.filter(
            lies_in(shown.members, "place"), campaign=campaign, place__depth__gte=depth
        )
        .annotate(below=Substr(F("place__path"), 1, depth * Place.steplen))
        .values("below")
        .order_by()
        .annotate(**_counts())
    )
    found: dict[str, dict] = {row["below"]: dict(row) for row in counted}
    rows = []
    for unit in shown.units:
        here = [found[member.path] for member in unit.members if member.path in found]
        if here or unit.place.is_current():
            sums = {name: sum(row[name] for row in here) for name in _COUNTED}
            rows.append(WorkRow(unit.place, **sums))
    return rows


def my_work(user: User):
    """Return what the user is to do or answers for, in every campaign, the most pressing first."""
    items = with_people(WorkItem.objects.of(user).open())
    return items.exclude(campaign__state=Campaign.State.CLOSED).order_by("due", "pk").distinct()


def my_work_count(user: User) -> tuple[int, int]:
    """Return how much of the user's own work is open, and how much of it is overdue."""
    items = WorkItem.objects.of(user).exclude(campaign__state=Campaign.State.CLOSED)
    counted = items.order_by().aggregate(
        open=Count("pk", filter=Q(state__in=WorkItem.OPEN)),
        overdue=Count("pk", filter=Q(state__in=WorkItem.OPEN, due__lt=timezone.localdate())),
    )
    return counted["open"], counted["overdue"]


def owners_at(place: Place) -> list[Owner]:
    """Return who may be given work at a place: its teams' members, then its other accounts."""
    members = list(
        Membership.objects.current()
        .filter(serve_at(place), team__place__path__startswith=(place.commune or place).path)
        .select_related("team")
    )
    members.sort(key=lambda one: person_sort_key(one.name))
    known = {one.user_id for one in members}
    staff = [
        user for user in staff_at(place, "campaigns.progress_workitem") if user.pk not in known
    ]
    staff.sort(key=lambda user: person_sort_key(str(user)))
    return [
        *(Owner(f"m{one.pk}", one.name, one.team.name) for one in members),
        *(Owner(f"u{user.pk}", str(user)) for user in staff),
    ]


def answerers_at(place: Place) -> list[User]:
    """Return who may answer for work at a place: those who organise it or a place above."""
    held = Assignment.objects.in_force().filter(
        place__path__in=place.lineage(), role__in=roles_with("campaigns.change_workitem")
    )
    users = User.objects.filter(is_active=True, pk__in=held.values("user"))
    return sorted(users, key=lambda user: person_sort_key(str(user)))


def work_history(item: WorkItem) -> list[tuple[WorkChange, list[tuple[str, str, str]]]]:
    """Return each change with (field, before, after) in the reader's words, the latest first."""
    labels = {key: info.label for key, info in indicators_of(item.campaign).items()}
    states = dict(State.choices)

    def words(name, value):
        if name == "state":
            return str(states.get(value, value))
        if name == "percent":
            return f"{value} %"
        if name == "indicator":
            return labels.get(value, value)
        return value

    return [
        (
            change,
            [
                (_field(name), words(name, before), words(name, after))
                # Not every database keeps them in the order in which they were written.
                for name, (before, after) in sorted(change.fields.items())
            ],
        )
        for change in item.changes.select_related("by").order_by("-at", "-pk")
    ]


def work_message(place: Place, items: Iterable[WorkItem]) -> str:
    """Return the words for the team's chat about work that is overdue or soon due.

    Always in Vietnamese. Whom the work is about is not said: lists of people stay in here.
    """
    with translation.override("vi"):
        today = timezone.localdate()
        items = list(items)
        lines = [
            ngettext(
                "%(place)s: %(n)s piece of work to be finished",
                "%(place)s: %(n)s pieces of work to be finished",
                len(items),
            )
            % {"place": place.full_name, "n": len(items)}
        ]
        for number, item in enumerate(items, 1):
            words = (
                _("%(number)s. %(title)s: %(owner)s, was due on %(day)s (%(percent)s %%)")
                if item.due < today
                else _("%(number)s. %(title)s: %(owner)s, by %(day)s (%(percent)s %%)")
            )
            lines.append(
                words
                % {
                    "number": number,
                    "title": item.title,
                    "owner": item.owner,
                    "day": f"{item.due:%d/%m}",
                    "percent": item.percent,
                }
            )
        lines.append(
            _("Please write down how far it has come, and say early what stands in the way.")
        )
        return "\n".join(lines)


def _field(name: str) -> str:
    if name in ("person", "member"):
        return _("who does it")
    if name == "indicator":
        return _("indicator")
    return str(getattr(WorkItem._meta.get_field(name), "verbose_name", name))


def _counts() -> dict:
    is_open = Q(state__in=WorkItem.OPEN)
    today = timezone.localdate()
    left = Q(person__is_active=False) | Q(member__until__lt=today) | Q(responsible__is_active=False)
    return {
        "open": Count("pk", filter=is_open),
        "overdue": Count("pk", filter=is_open & Q(due__lt=today)),
        "forsaken": Count("pk", filter=is_open & left),
        "done": Count("pk", filter=Q(state=State.DONE)),
    }


def _count_by_path(items, places: list[Place]) -> dict[str, int]:
    """Return {path of the place: number of items} of the branch that these places lie in."""
    together = zip(*(place.path for place in places), strict=False)
    common = "".join(letters[0] for letters in takewhile(lambda x: len(set(x)) == 1, together))
    rows = items.filter(place__path__startswith=common).order_by()
    return dict(rows.values_list("place__path").annotate(Count("pk")))
