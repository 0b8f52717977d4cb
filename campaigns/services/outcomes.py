"""What really happened outside the class: noted once, taken back with a reason, never deleted.

An outcome is counted where and on the day of the campaign on which it happened, and stays there:
whoever moves house afterwards takes nothing along. The figures of an own indicator are therefore
the plain sum of its standing outcomes by place and day.
"""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Campaign, Outcome, OwnIndicator
from campaigns.services.counting import count_outcomes
from people.models import Resident, User
from people.rules import refuse_citizen_number
from places.models import Place
from places.rules import nfc

MOST_AT_ONCE = 200
MOST_AMOUNT = 99_999_999


@transaction.atomic
def note_outcomes(
    indicator: OwnIndicator,
    residents: Sequence[Resident],
    *,
    by: User,
    happened_on: dt.date | None = None,
    evidence: str = "",
) -> list[Outcome]:
    """Note that it happened to each of these people; return what is new.

    Safe to repeat: whoever has it already is left as it is.
    """
    indicator, day, evidence = _checked(indicator, happened_on, evidence)
    if indicator.per != OwnIndicator.Per.RESIDENT:
        raise ValidationError(_("This is counted as a number, not by people."), code="not_people")
    if not 1 <= len(residents) <= MOST_AT_ONCE:
        raise ValidationError(_("Choose the people it happened to."), code="nobody")
    campaign, day_number = indicator.campaign, indicator.campaign.day_number(day)
    for resident in residents:
        if not resident.is_current:
            raise ValidationError(
                _("This record has been merged or erased."), code="former_resident"
            )
        _refuse_outside(campaign, resident.village)
    have = set(
        indicator.outcomes.standing()
        .filter(resident__in=residents)
        .values_list("resident_id", flat=True)
    )
    new = [
        Outcome(
            indicator=indicator,
            campaign=campaign,
            place_id=resident.village_id,
            resident=resident,
            happened_on=day,
            day=day_number,
            evidence=evidence,
            noted_by=by,
        )
        for resident in {resident.pk: resident for resident in residents}.values()
        if resident.pk not in have
    ]
    try:
        with transaction.atomic():
            Outcome.objects.bulk_create(new)
    except IntegrityError:
        words = _("Somebody has noted this a moment ago. Please look again.")
        raise ValidationError(words, code="twice") from None
    _count(new)
    return new


@transaction.atomic
def note_tally(
    indicator: OwnIndicator,
    place: Place,
    amount: int,
    *,
    by: User,
    happened_on: dt.date | None = None,
    evidence: str = "",
) -> Outcome:
    """Note that it happened so many times in a village, or in a commune as a whole."""
    indicator, day, evidence = _checked(indicator, happened_on, evidence)
    if indicator.per != OwnIndicator.Per.TALLY:
        raise ValidationError(_("This is counted by people, each once."), code="not_tally")
    if not 1 <= amount <= MOST_AMOUNT:
        words = _("Write a number from 1 to 99,999,999.")
        raise ValidationError({"amount": ValidationError(words, code="amount")})
    _refuse_outside(indicator.campaign, place)
    outcome = Outcome(
        indicator=indicator,
        campaign=indicator.campaign,
        place=place,
        amount=amount,
        happened_on=day,
        day=indicator.campaign.day_number(day),
        evidence=evidence,
        noted_by=by,
    )
    outcome.save()
    _count([outcome])
    return outcome


@transaction.atomic
def take_back_outcome(outcome: Outcome, *, by: User, because: str) -> Outcome:
    """Say that it did not happen after all, and why. Safe to repeat."""
    outcome = (
        Outcome.objects.select_for_update(of=("self",))
        .select_related("campaign", "indicator")
        .get(pk=outcome.pk)
    )
    if outcome.taken_back_at:
        return outcome
    _refuse_closed(outcome.campaign)
    because = nfc(because)
    refuse_citizen_number(because)
    if not because:
        words = _("Say why this is taken back.")
        raise ValidationError({"because": ValidationError(words, code="why")})
    _take_back([outcome], because, by)
    return outcome


@transaction.atomic
def carry_outcomes(kept: Resident, duplicate: Resident, *, by: User | None) -> None:
    """Let outcomes follow when two records turn out to be one person.

    They stay where and when they happened. What both records had counts once: the earlier one.
    Call it in the transaction of the merge. Safe to repeat.
    """
    moving = list(
        Outcome.objects.select_for_update(of=("self",))
        .filter(resident__in=[kept, duplicate])
        .select_related("indicator")
        .order_by("happened_on", "pk")
    )
    first: dict[int, Outcome] = {}
    twice = []
    for outcome in moving:
        if outcome.taken_back_at:
            continue
        if outcome.indicator_id in first:
            twice.append(outcome)
        else:
            first[outcome.indicator_id] = outcome
    _take_back(twice, _("Two records were one person."), by)
    Outcome.objects.filter(resident=duplicate).update(resident=kept)


def forget_evidence(resident: Resident) -> None:
    """Blank what was written down about somebody who is forgotten; what was counted stays."""
    Outcome.objects.filter(resident=resident).exclude(
        Q(evidence="") & Q(taken_back_because="")
    ).update(evidence="", taken_back_because="")


def _checked(indicator, happened_on, evidence):
    """Return the indicator locked with its campaign, the day and the evidence, or refuse."""
    indicator = OwnIndicator.objects.select_related("campaign__place").filter(pk=indicator.pk).get()
    campaign = indicator.campaign
    if indicator.closed_at:
        raise ValidationError(_("This is no longer counted."), code="indicator_closed")
    if campaign.state == Campaign.State.DRAFT:
        raise ValidationError(_("The campaign has not started yet."), code="not_started")
    _refuse_closed(campaign)
    day = happened_on or timezone.localdate()
    if day > timezone.localdate():
        words = _("This day has not come yet.")
        raise ValidationError({"happened_on": ValidationError(words, code="future")})
    if not campaign.first_day <= day <= campaign.last_day:
        words = _("The campaign lasts from %(first)s to %(last)s.") % {
            "first": f"{campaign.first_day:%d/%m/%Y}",
            "last": f"{campaign.last_day:%d/%m/%Y}",
        }
        raise ValidationError({"happened_on": ValidationError(words, code="outside_the_days")})
    evidence = nfc(evidence)
    try:
        refuse_citizen_number(evidence)
    except ValidationError as refusal:
        raise ValidationError({"evidence": refusal}) from None
    if indicator.evidence and not evidence:
        words = _("Say how it is shown: %(how)s") % {"how": indicator.evidence}
        raise ValidationError({"evidence": ValidationError(words, code="evidence")})
    if len(evidence) > 300:
        words = _("The evidence has at most 300 letters.")
        raise ValidationError({"evidence": ValidationError(words, code="max_length")})
    return indicator, day, evidence


def _refuse_outside(campaign, place):
    if not place.path.startswith(campaign.place.path):
        raise ValidationError(_("This place does not take part in the campaign."), code="outside")
    if place.kind == Place.Kind.PROVINCE:
        words = _("Choose a commune or a village.")
        raise ValidationError({"place": ValidationError(words, code="province")})


def _refuse_closed(campaign):
    if campaign.state == Campaign.State.CLOSED:
        raise ValidationError(
            _("The campaign is closed; its figures stay as they are."), code="closed"
        )


def _take_back(outcomes: Iterable[Outcome], because, by):
    outcomes = list(outcomes)
    for outcome in outcomes:
        outcome.taken_back_at, outcome.taken_back_by = timezone.now(), by
        outcome.taken_back_because = because[:200]
        outcome.save(update_fields=["taken_back_at", "taken_back_by", "taken_back_because"])
    _count(outcomes, -1)


def _count(outcomes, sign=1):
    count_outcomes(
        (o.campaign_id, o.indicator.number, o.place_id, o.day, sign * o.amount) for o in outcomes
    )
