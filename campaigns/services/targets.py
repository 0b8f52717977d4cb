"""What each place is to reach, and who said so when.

Sums are never made to fit behind anybody's back: a province's own goal and the goals of its
communes may differ, and the screen says by how much.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from campaigns.models import Campaign, Indicator, OwnIndicator, Target, TargetChange
from people.models import User
from places.models import Place
from places.rules import nfc

MOST = 9_999_999
# Several of them may be one person's: a total of people does not bound them.
_NOT_PEOPLE = {Indicator.VISITS, Indicator.LESSONS, Indicator.SKILLS}
_FIELDS = ("goal", "denominator", "as_of", "source")

# {place id: {field: what is wrong with it}}
Refusals = dict[int, dict[str, ValidationError]]


@dataclass(frozen=True)
class TargetEntry:
    """What is said of one place; without a goal it is to have no target."""

    place: Place
    goal: int | None = None
    denominator: int | None = None
    as_of: dt.date | None = None
    source: str = ""


def set_target(
    campaign: Campaign,
    place: Place,
    indicator: str,
    goal: int,
    denominator: int | None,
    *,
    source: str,
    by: User,
    as_of: dt.date | None = None,
) -> Target:
    """Say what a place is to reach by the last day; saying it again corrects it."""
    entry = TargetEntry(place, goal, denominator, as_of, source)
    if not place.path.startswith(campaign.place.path):
        raise _outside()
    refused = refused_targets(campaign, indicator, [entry])
    if refused:
        raise ValidationError(refused[place.pk])
    save_targets(campaign, indicator, [entry], by=by)
    return Target.objects.get(campaign=campaign, place=place, indicator=indicator)


def drop_target(campaign: Campaign, place: Place, indicator: str, *, by: User) -> None:
    """Take a place's target away; its figures stay and turn grey."""
    save_targets(campaign, indicator, [TargetEntry(place)], by=by)


@transaction.atomic
def save_targets(
    campaign: Campaign,
    indicator: str,
    entries: Iterable[TargetEntry],
    *,
    by: User | None,
    how: str = TargetChange.How.TYPED,
) -> int:
    """Save the targets of many places, or none of them; return how many are another one now.

    Each that changes leaves a line in the history. Places that are not named stay as they are.
    """
    entries = list(entries)
    # Two organisers who save the same table take turns.
    Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    refused = refused_targets(campaign, indicator, entries)
    if refused:
        names = {entry.place.pk: entry.place.full_name for entry in entries}
        raise ValidationError(
            [
                ValidationError(
                    _("%(place)s: %(what)s") % {"place": names[pk], "what": error.messages[0]},
                    code=error.code,
                )
                for pk, fields in refused.items()
                for error in fields.values()
            ]
        )
    known = {
        target.place_id: target
        for target in Target.objects.filter(
            campaign=campaign, indicator=indicator, place__in=[entry.place for entry in entries]
        )
    }
    now, kept, gone, changes = timezone.now(), [], [], []
    for entry in entries:
        before = known.get(entry.place.pk)
        said = _said(campaign, indicator, entry)
        if _same(before, said):
            continue
        if said is not None:
            kept.append(said)
        elif before is not None:
            gone.append(before.pk)
        changes.append(
            TargetChange(
                campaign=campaign,
                place=entry.place,
                indicator=indicator,
                how=how,
                goal_before=before.goal if before else None,
                denominator_before=before.denominator if before else None,
                **({name: getattr(said, name) for name in _FIELDS} if said else {}),
                at=now,
                by=by,
            )
        )
    Target.objects.filter(pk__in=gone).delete()
    Target.objects.bulk_create(
        kept,
        update_conflicts=True,
        unique_fields=["campaign", "place", "indicator"],
        update_fields=_FIELDS,
        batch_size=500,
    )
    TargetChange.objects.bulk_create(changes, batch_size=500)
    return len(changes)


def refused_targets(campaign: Campaign, indicator: str, entries: Iterable[TargetEntry]) -> Refusals:
    """Return what is wrong with each entry, place by place and field by field."""
    people = counts_people(campaign, indicator)
    found = {}
    for entry in entries:
        wrong = {} if entry.goal is None and entry.denominator is None else _judge(entry, people)
        if not entry.place.path.startswith(campaign.place.path):
            wrong = {"goal": _outside()}
        if wrong:
            found[entry.place.pk] = wrong
    return found


def counts_people(campaign: Campaign, indicator: str) -> bool:
    """Whether an indicator counts each person once, so that a total of people bounds it."""
    if indicator in Indicator.values:
        return indicator not in _NOT_PEOPLE
    number = indicator.removeprefix("o")
    own = (
        campaign.own_indicators.filter(number=number).first()
        if number.isdecimal() and len(number) < 5 and indicator.startswith("o")
        else None
    )
    if own is None:
        raise ValidationError(_("The campaign does not count this."), code="indicator")
    return own.per == OwnIndicator.Per.RESIDENT


def _outside():
    return ValidationError(_("This place does not take part in the campaign."), code="outside")


def _judge(entry, people):
    """Return {field: refusal} of one entry that says something."""
    wrong = {}
    population = getattr(entry.place, "population", None)

    def refuse(field, code, words, **values):
        shown = {name: number_format(n, force_grouping=True) for name, n in values.items()}
        wrong.setdefault(field, ValidationError(words % shown, code=code))

    if entry.goal is None:
        refuse("goal", "required", _("How many is the goal?"))
    elif not 1 <= entry.goal <= MOST:
        words = _("The goal must be at least 1 and no more than the total.")
        refuse("goal", "goal_out_of_range", words)
    if entry.denominator is None:
        if people:
            refuse("denominator", "required", _("Out of how many?"))
    elif not 1 <= entry.denominator <= MOST:
        refuse("denominator", "out_of_range", _("The total must be at least 1."))
    elif entry.goal is not None and entry.goal > entry.denominator:
        words = _("The goal, %(goal)s, is more than the total, %(total)s.")
        code = "goal_out_of_range"
        refuse("goal", code, words, goal=entry.goal, total=entry.denominator)
    elif people and population and entry.denominator > population:
        words = _("The total, %(total)s, is more than the %(population)s people who live here.")
        code = "above_population"
        refuse("denominator", code, words, total=entry.denominator, population=population)
    if not nfc(entry.source):
        refuse("source", "required", _("Where does the figure come from?"))
    elif len(nfc(entry.source)) > 200:
        refuse("source", "max_length", _("The source has at most 200 letters."))
    if entry.as_of and entry.as_of > timezone.localdate() + dt.timedelta(days=1):
        refuse("as_of", "future", _("This day has not come yet."))
    return wrong


def _said(campaign, indicator, entry):
    """Return the target that an entry says, unsaved; nothing when it is to have none."""
    if entry.goal is None:
        return None
    return Target(
        campaign=campaign,
        place=entry.place,
        indicator=indicator,
        goal=entry.goal,
        denominator=entry.denominator,
        as_of=entry.as_of or timezone.localdate(),
        source=nfc(entry.source),
    )


def _same(before, said):
    if before is None or said is None:
        return before is said
    return all(getattr(before, name) == getattr(said, name) for name in _FIELDS)
