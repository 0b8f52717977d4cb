"""Work in five clear points: given, moved on, finished, given up; each change with who and what.

What is written down as changed are words that stay readable for ever: names, days, percents. The
states alone stand as their code, and are put into words by whoever shows them.
"""

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Campaign, Indicator, Membership, WorkChange, WorkItem
from people.models import Assignment, Resident, User
from people.roles import roles_with
from people.rules import refuse_citizen_number
from places.models import Place
from places.rules import nfc

State = WorkItem.State
MOST_PEOPLE = 200
_WORDS = ("title", "expected", "result", "evidence")


@transaction.atomic
def create_work(
    campaign: Campaign,
    place: Place,
    *,
    by: User,
    title: str,
    expected: str,
    due: dt.date,
    person: User | None = None,
    member: Membership | None = None,
    responsible: User | None = None,
    indicator: str = "",
    residents: Iterable[Resident] = (),
) -> WorkItem:
    """Give a piece of work to somebody: clear person, work, progress, result, responsibility.

    Whoever gives it answers for it, unless another is named. ``residents`` are those whom the
    work is about; they live in the place.
    """
    _refuse_if_closed(campaign)
    if not place.path.startswith(campaign.place.path):
        raise ValidationError(_("This place does not take part in the campaign."), code="outside")
    _check_owner(place, person, member)
    responsible = responsible or by
    _check_responsible(place, responsible)
    _check_due(campaign, due)
    _check_indicator(campaign, indicator)
    residents = list(residents)
    _check_residents(place, residents)
    item = WorkItem(
        campaign=campaign,
        place=place,
        indicator=indicator,
        person=person,
        member=member,
        title=title,
        due=due,
        expected=expected,
        responsible=responsible,
        created_by=by,
    )
    _clean(item)
    item.save()
    item.residents.set(residents)
    WorkChange.objects.create(item=item, by=by)
    return item


@transaction.atomic
def change_work(
    item: WorkItem,
    *,
    by: User,
    title: str,
    expected: str,
    due: dt.date,
    indicator: str = "",
    person: User | None = None,
    member: Membership | None = None,
    responsible: User | None = None,
    remark: str = "",
) -> WorkItem:
    """Say anew what is to be done, by when, and what is to come of it.

    Whoever does it and whoever answers for it stay, unless named.
    """
    item = _locked(item)
    _refuse_unless_open(item)
    people = _people(item, person, member, responsible)
    if due != item.due:
        _check_due(item.campaign, due)
    if indicator != item.indicator:
        _check_indicator(item.campaign, indicator)
    values = {"title": title, "expected": expected, "due": due, "indicator": indicator}
    return _save(item, values | people, by=by, remark=remark)


@transaction.atomic
def reassign_work(
    item: WorkItem,
    *,
    by: User,
    person: User | None = None,
    member: Membership | None = None,
    responsible: User | None = None,
    remark: str = "",
) -> WorkItem:
    """Let somebody else do it, or answer for it; whoever is not named anew stays."""
    item = _locked(item)
    _refuse_unless_open(item)
    return _save(item, _people(item, person, member, responsible), by=by, remark=remark)


@transaction.atomic
def progress_work(
    item: WorkItem,
    percent: int,
    *,
    by: User,
    remark: str = "",
    result: str | None = None,
    evidence: str | None = None,
) -> WorkItem:
    """Say how far it has come. Done is said by ``finish_work``, with what came of it."""
    item = _locked(item)
    _refuse_unless_open(item)
    state = State.DOING if percent or item.state == State.DOING else State.PLANNED
    values = {"percent": percent, "state": state}
    values |= {} if result is None else {"result": result}
    values |= {} if evidence is None else {"evidence": evidence}
    return _save(item, values, by=by, remark=remark)


@transaction.atomic
def finish_work(
    item: WorkItem, result: str, *, by: User, evidence: str | None = None, remark: str = ""
) -> WorkItem:
    """Say that it is done, and what came of it. May be said again, to correct the words."""
    item = _locked(item)
    if item.state == State.DROPPED:
        raise ValidationError(_("This work was given up."), code="dropped")
    if not nfc(result):
        raise ValidationError(
            {"result": ValidationError(_("Say what came of it."), code="no_result")}
        )
    values = {"state": State.DONE, "percent": 100, "result": result}
    values |= {} if evidence is None else {"evidence": evidence}
    item.finished_at = item.finished_at or timezone.now()
    return _save(item, values, by=by, remark=remark)


@transaction.atomic
def drop_work(item: WorkItem, because: str, *, by: User) -> WorkItem:
    """Give a piece of work up, and say why."""
    item = _locked(item)
    _refuse_unless_open(item)
    return _save(item, {"state": State.DROPPED}, by=by, remark=_reason(because))


@transaction.atomic
def reopen_work(item: WorkItem, because: str, *, by: User) -> WorkItem:
    """Take up again what was said to be done, or was given up, and say why."""
    item = _locked(item)
    if item.is_open:
        return item
    _refuse_if_closed(item.campaign)
    item.finished_at = None
    percent = min(item.percent, 90)
    state = State.DOING if percent else State.PLANNED
    return _save(item, {"state": state, "percent": percent}, by=by, remark=_reason(because))


def may_progress(item: WorkItem, user: User) -> bool:
    """Whether the user does it, answers for it, or organises the place; nobody who has left."""
    return item.is_own_of(user) or user.has_perm("campaigns.change_workitem", item)


def serve_at(place: Place) -> Q:
    """Return the condition on members: in a team of this place's commune, or of one above or below.

    Of a province, that is anybody's team in it.
    """
    area = place.commune or place
    return Q(team__place__path__startswith=area.path) | Q(team__place__path__in=area.lineage())


def staff_at(place: Place, permission: str):
    """Return the accounts that hold a permission at a place, or inside its commune."""
    area = place.commune or place
    held = Assignment.objects.in_force().filter(
        Q(place__path__in=area.lineage()) | Q(place__path__startswith=area.path),
        role__in=roles_with(permission),
    )
    return User.objects.filter(is_active=True, pk__in=held.values("user"))


def _people(item, person, member, responsible) -> dict:
    """Return the fields of whoever is named anew, once it is clear that they may."""
    values: dict = {}
    if (person or member) and (person, member) != (item.person, item.member):
        _check_owner(item.place, person, member)
        values |= {"person": person, "member": member}
    if responsible and responsible != item.responsible:
        _check_responsible(item.place, responsible)
        values["responsible"] = responsible
    return values


def _save(item: WorkItem, values: dict, *, by: User, remark: str) -> WorkItem:
    """Save these fields and write down what each said before; nothing new, nothing written."""
    before = {name: _said(item, name) for name in values}
    for name, value in values.items():
        setattr(item, name, value)
    _clean(item)
    changed = {
        name: [before[name], _said(item, name)]
        for name in values
        if before[name] != _said(item, name)
    }
    remark = nfc(remark)
    refuse_citizen_number(remark)
    if not changed and not remark:
        return item
    item.save(update_fields=[*values, "finished_at"])
    change = WorkChange(item=item, by=by, fields=changed, remark=remark)
    change.clean_fields(exclude=["item", "by", "fields"])
    change.save()
    return item


def _said(item: WorkItem, name: str) -> str:
    value = getattr(item, name)
    if value is None:
        return ""
    return f"{value:%d/%m/%Y}" if isinstance(value, dt.date) else str(value)


def _clean(item: WorkItem) -> None:
    for name in _WORDS:
        setattr(item, name, nfc(getattr(item, name)))
        try:
            refuse_citizen_number(getattr(item, name))
        except ValidationError as refusal:
            raise ValidationError({name: refusal}) from None
    item.clean_fields(
        exclude=["campaign", "place", "person", "member", "responsible", "created_by"]
    )


def _refuse_if_closed(campaign: Campaign) -> None:
    if campaign.state == Campaign.State.CLOSED:
        raise ValidationError(_("The campaign is closed."), code="closed")


def _refuse_unless_open(item: WorkItem) -> None:
    _refuse_if_closed(item.campaign)
    if not item.is_open:
        raise ValidationError(
            _("This work is done or given up; take it up again first."), code="not_open"
        )


def _check_owner(place: Place, person: User | None, member: Membership | None) -> None:
    if (person is None) == (member is None):
        raise ValidationError(
            {"owner": ValidationError(_("Choose the one person who does it."), code="no_owner")}
        )
    serves = False
    if member is not None:
        serves = Membership.objects.current().filter(serve_at(place), pk=member.pk).exists()
    elif person is not None:
        in_a_team = Membership.objects.current().filter(serve_at(place), user=person).exists()
        staff = staff_at(place, "campaigns.progress_workitem").filter(pk=person.pk)
        serves = person.is_active and (in_a_team or staff.exists())
    if not serves:
        words = _("%(name)s does not serve here. Choose somebody of this place's team.")
        refusal = ValidationError(words % {"name": person or member}, code="elsewhere")
        raise ValidationError({"owner": refusal})


def _check_responsible(place: Place, user: User) -> None:
    if not (user.is_active and user.has_perm("campaigns.change_workitem", place)):
        words = _("%(name)s does not organise this place and cannot answer for work here.")
        refusal = ValidationError(words % {"name": user}, code="cannot_answer")
        raise ValidationError({"responsible": refusal})


def _check_due(campaign: Campaign, due: dt.date) -> None:
    if due < timezone.localdate():
        raise ValidationError(
            {"due": ValidationError(_("This day is over already."), code="due_in_the_past")}
        )
    if due > campaign.last_day:
        words = _("The campaign ends on %(day)s; the work must be done by then.")
        refusal = ValidationError(
            words % {"day": f"{campaign.last_day:%d/%m/%Y}"}, code="due_after_the_end"
        )
        raise ValidationError({"due": refusal})


def _check_indicator(campaign: Campaign, key: str) -> None:
    own = {one.key for one in campaign.own_indicators.open()}
    if key and key not in {*Indicator.values, *own}:
        refusal = ValidationError(_("The campaign does not count this."), code="no_indicator")
        raise ValidationError({"indicator": refusal})


def _check_residents(place: Place, residents: list[Resident]) -> None:
    if len(residents) > MOST_PEOPLE:
        words = _("At most %(n)s people in one piece of work; make several of it.")
        raise ValidationError(words % {"n": MOST_PEOPLE}, code="too_many")
    inside = Resident.objects.current().below(place).filter(pk__in=[one.pk for one in residents])
    if inside.count() != len({one.pk for one in residents}):
        raise ValidationError(
            _("Some of these people do not live in %(place)s.") % {"place": place.full_name},
            code="live_elsewhere",
        )


def _reason(because: str) -> str:
    because = nfc(because)[:300]
    if not because:
        raise ValidationError({"because": ValidationError(_("Say why."), code="why")})
    return because


def _locked(item: WorkItem) -> WorkItem:
    return (
        WorkItem.objects.select_for_update(of=("self",))
        .select_related("campaign__place", "place", "person", "member", "responsible")
        .get(pk=item.pk)
    )
