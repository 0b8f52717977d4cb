"""The names themselves: a page of them, village by village, each village by given name.

A page begins behind a person (keyset), so that the hundredth page costs what the first one does.
"""

from bisect import bisect_right
from dataclasses import dataclass

from django.db.models import Case, IntegerField, Q, Value, When
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.models import Campaign
from people.models import Resident, User
from places.models import Place, attach_ancestors
from progress.models import Enrolment
from progress.reports.missing.counts import Below
from progress.reports.missing.kinds import Found, MissingKind, unreached
from progress.reports.missing.kinds import found as found_in

PAGE = 40


@dataclass
class MissingPerson:
    """Somebody who is missing, and what is known of it."""

    resident: Resident
    enrolment: Enrolment | None = None
    note: str = ""

    @property
    def village(self) -> Place:
        return self.enrolment.village if self.enrolment else self.resident.village


@dataclass
class NameList:
    """A page of names, and behind whom the next one begins."""

    people: list[MissingPerson]
    after: int | None = None


def names(
    kind: str, campaign: Campaign, below: Below, user: User, after: int | None = None
) -> NameList:
    """Return the next page of names, behind the person with the number ``after``."""
    last = None
    if after is not None:
        last = Resident.objects.filter(pk=after, village__in=below.villages).first()
    villages, rest = _next_villages(kind, below, last)
    fetch = _unreached if kind == MissingKind.UNREACHED else _enrolled
    people = fetch(kind, campaign, below, user, villages, last)
    if len(people) <= PAGE and rest:
        # The numbers promised more than there is, of somebody who was erased for instance.
        people = fetch(kind, campaign, below, user, [*villages, *rest], last)
    found = NameList(people[:PAGE], people[PAGE - 1].resident.pk if len(people) > PAGE else None)
    found.people = [one for one in found.people if _may_see(user, one)]
    attach_ancestors(person.village for person in found.people)
    return found


def _may_see(user: User, person: MissingPerson) -> bool:
    """Whether the person has not moved out of the user's places since."""
    paths = user.scope_paths("people.view_resident")
    return user.is_superuser or any(person.resident.village.path.startswith(path) for path in paths)


def _enrolled(kind, campaign, below: Below, user, villages, last) -> list[MissingPerson]:
    order = {village: number for number, village in enumerate(villages)}

    def key(one):
        return order[one.village], one.sort_key, one.resident

    everybody = below.found.get(kind)
    if everybody is None:
        everybody = found_in(kind, campaign, villages, user)
    everybody = sorted((one for one in everybody if one.village in order), key=key)
    if last is not None and last.village_id in order:
        # Whoever stood last may have left the list since; what comes behind has not.
        behind = (order[last.village_id], last.sort_key, last.pk)
        everybody = everybody[bisect_right(everybody, behind, key=key) :]
    shown = everybody[: PAGE + 1]
    rows = (
        Enrolment.objects.filter(pk__in=[one.enrolment for one in shown])
        .select_related("resident__village", "village", "class_group")
        .in_bulk()
    )
    return [
        MissingPerson(rows[one.enrolment].resident, rows[one.enrolment], _note(kind, one, rows))
        for one in shown
        if one.enrolment in rows
    ]


def _unreached(kind, campaign, below: Below, user, villages, last) -> list[MissingPerson]:
    people = unreached(campaign, villages)
    if last is not None:
        behind = Q(sort_key__gt=last.sort_key) | Q(sort_key=last.sort_key, pk__gt=last.pk)
        people = people.filter(behind | ~Q(village=last.village_id) if villages[1:] else behind)
    if len(villages) > 1:
        order = Case(
            *(When(village=pk, then=Value(number)) for number, pk in enumerate(villages)),
            output_field=IntegerField(),
        )
        people = people.order_by(order, "sort_key", "pk")
    else:
        people = people.order_by("sort_key", "pk")
    shown = list(people.select_related("village")[: PAGE + 1])
    enrolled = {
        row.resident_id: row
        for row in Enrolment.objects.active()
        .filter(campaign=campaign, resident__in=shown)
        .select_related("village", "class_group")
    }
    return [
        MissingPerson(
            person,
            enrolled.get(person.pk),
            _("enrolled, never came") if person.pk in enrolled else _("in no class yet"),
        )
        for person in shown
    ]


def _next_villages(kind, below: Below, last: Resident | None) -> tuple[list[int], list[int]]:
    """Return the villages in which the next names stand, as the numbers tell, and those behind.

    So a page looks into a few villages, never into a whole commune.
    """
    villages = [
        (member.pk, row.numbers[kind] if number == 0 else 0)
        for row in below.rows
        for number, member in enumerate(row.unit.members)
    ]
    pks = [pk for pk, _number in villages]
    start = pks.index(last.village_id) if last is not None else 0
    room, end = PAGE + 1, start
    while end < len(villages) and room > 0:
        # Of the village in which the last page ended, nobody knows how many are left.
        if last is None or end > start:
            room -= villages[end][1]
        end += 1
    # Whoever went into a village is read together with it.
    while end < len(villages) and villages[end][1] == 0:
        end += 1
    return pks[start:end], pks[end:]


def _note(kind: str, one: Found, rows) -> str:
    enrolment = rows[one.enrolment]
    if kind == MissingKind.ABSENT:
        days = [f"{timezone.localtime(at):%d/%m}" for at in one.facts]
        return _("absent on %(first)s and %(second)s") % {"first": days[0], "second": days[1]}
    if kind == MissingKind.NEAR:
        evenings, lessons, _skills = one.facts
        if evenings:
            return _("one evening is missing")
        return _("one lesson is missing") if lessons else _("one skill is missing")
    if kind == MissingKind.UNCERTIFIED:
        day = timezone.localtime(enrolment.completed_at).date()
        return _("completed on %(day)s") % {"day": date_format(day, "SHORT_DATE_FORMAT")}
    if kind == MissingKind.RECHECK:
        due = one.facts[0]
        return ngettext(
            "%(days)s day after completion", "%(days)s days after completion", due.days
        ) % {"days": due.days}
    group = enrolment.class_group
    return _("enrolled in %(name)s") % {"name": group.name} if group else _("in no class yet")
