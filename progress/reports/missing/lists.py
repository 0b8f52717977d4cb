"""The names themselves: a page of them, village by village, each village by given name.

A page begins behind a person (keyset), so that the hundredth page costs what the first one does.
"""

from bisect import bisect_right
from collections.abc import Sequence
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
    page = _unreached if kind == MissingKind.UNREACHED else _enrolled
    found = page(kind, campaign, below, user, after)
    attach_ancestors(person.village for person in found.people)
    return found


def _enrolled(kind, campaign, below: Below, user, after) -> NameList:
    order = {village: number for number, village in enumerate(below.villages)}

    def key(one):
        return order[one.village], one.sort_key, one.resident

    everybody = sorted(below.found[kind], key=key)
    last = _last(below, after)
    if last is not None:
        # Whoever stood last may have left the list since; what comes behind has not.
        behind = (order[last.village_id], last.sort_key, last.pk)
        everybody = everybody[bisect_right(everybody, behind, key=key) :]
    shown = everybody[:PAGE]
    rows = (
        Enrolment.objects.filter(pk__in=[one.enrolment for one in shown])
        .select_related("resident", "village", "class_group")
        .in_bulk()
    )
    people = [
        MissingPerson(rows[one.enrolment].resident, rows[one.enrolment], _note(kind, one, rows))
        for one in shown
        if one.enrolment in rows
    ]
    return NameList(people, shown[-1].resident if len(everybody) > PAGE else None)


def _unreached(kind, campaign, below: Below, user, after) -> NameList:
    """Look only into the villages in which the next names stand: the numbers tell which."""
    last = _last(below, after)
    villages = _next_villages(kind, below, last)
    people = unreached(campaign, villages, user)
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
        .filter(campaign=campaign, resident__in=shown[:PAGE])
        .select_related("village", "class_group")
    }
    found = [
        MissingPerson(
            person,
            enrolled.get(person.pk),
            _("enrolled, never came") if person.pk in enrolled else _("in no class yet"),
        )
        for person in shown[:PAGE]
    ]
    return NameList(found, shown[PAGE - 1].pk if len(shown) > PAGE else None)


def _last(below: Below, after: int | None) -> Resident | None:
    if after is None:
        return None
    return Resident.objects.filter(pk=after, village__in=below.villages).first()


def _next_villages(kind, below: Below, last: Resident | None) -> Sequence[int]:
    """Return the villages that fill one page, from the one in which the last name stood."""
    rows = below.rows
    if last is not None:
        start = next(
            i
            for i, row in enumerate(rows)
            if last.village_id in {member.pk for member in row.unit.members}
        )
        # Of a unit that has taken in others, what stands before is left out.
        members = [member.pk for member in rows[start].unit.members]
        chosen, rows = members[members.index(last.village_id) :], rows[start + 1 :]
    else:
        chosen = []
    room = PAGE + 1
    for row in rows:
        if room <= 0:
            break
        if row.numbers[kind]:
            chosen += [member.pk for member in row.unit.members]
            room -= row.numbers[kind]
    return chosen


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
