"""A village is split in the middle of a campaign: its people move, and its targets with them."""

import datetime as dt
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction

from campaigns.models import Campaign, Target, TargetChange
from campaigns.rules.splitting import split
from campaigns.services.targets import TargetEntry, save_targets
from people.models import User
from people.services import split_village
from people.services.splitting import Part
from places.models import Place


@transaction.atomic
def split_village_and_targets(
    village: Place, parts: Sequence[Part], *, by: User, on: dt.date | None = None
) -> list[Place]:
    """Split ``village`` as `people.services.split_village` does, and its targets by people.

    The parts' goals sum up to the goal of the village, so the old map shows what it showed. What
    campaigns that are closed aimed at stays as it is.
    """
    places = split_village(village, parts, by=by, on=on)
    weights = [len(pks) for _designation, _name, pks in parts]
    targets = Target.objects.filter(place=village).exclude(campaign__state=Campaign.State.CLOSED)
    for target in targets.select_related("campaign__place") if any(weights) else ():
        entries = [TargetEntry(village), *_shares(target, places, weights)]
        try:
            with transaction.atomic():
                save_targets(
                    target.campaign,
                    target.indicator,
                    entries,
                    by=by,
                    how=TargetChange.How.SPLIT,
                )
        except ValidationError:
            # One that would be refused today stays with the old village, in its own line.
            continue
    return places


def _shares(target: Target, places: Sequence[Place], weights: Sequence[int]) -> list[TargetEntry]:
    totals: list[int | None] = [None] * len(places)
    if target.denominator is not None:
        totals = list(split(target.denominator, weights))
    goals = split(target.goal, weights, totals)
    return [
        TargetEntry(place, goal, total, target.as_of, target.source)
        for place, goal, total in zip(places, goals, totals, strict=True)
        if goal
    ]
