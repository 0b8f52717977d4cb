"""What was counted in units that are about to merge or to be split: it must not change."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from campaigns.models import Campaign, Cell, ClassGroup, CountKind, Indicator, Journal
from campaigns.services.totals import LEVELS, together
from people.models import Resident
from places.models import Place
from places.reports import members_of

SHOWN = (
    Indicator.ENROLLED,
    Indicator.REACHED,
    Indicator.VISITS,
    Indicator.COMPLETED,
    Indicator.CERTIFIED,
)


@dataclass(frozen=True)
class UnitFigures:
    """One unit: who lives in it, its classes, and what a campaign has counted in it."""

    place: Place
    residents: int
    villages: int
    classes: int
    counted: tuple[int, ...]


@dataclass(frozen=True)
class CampaignFigures:
    """What one campaign has counted in some units, and in all of them together."""

    campaign: Campaign | None
    units: list[UnitFigures]

    @property
    def total(self) -> UnitFigures:
        sums = [sum(column) for column in zip(*(unit.counted for unit in self.units), strict=True)]
        return UnitFigures(
            self.units[0].place,
            sum(unit.residents for unit in self.units),
            sum(unit.villages for unit in self.units),
            sum(unit.classes for unit in self.units),
            tuple(sums),
        )


def unit_figures(places: Sequence[Place]) -> list[CampaignFigures]:
    """Return what each campaign that is not a draft has counted in ``places``, the last first.

    Without any campaign there is one table, with nothing but the residents.
    """
    today = timezone.localdate()
    members = {place.pk: members_of(place, today) for place in places}
    everything = [member for group in members.values() for member in group]
    residents = {
        place.pk: Resident.objects.current().below_any(members[place.pk]).count()
        for place in places
    }
    villages = {
        place.pk: Place.objects.below_any(members[place.pk]).villages().current().count()
        for place in places
    }
    covering = Q()
    for member in everything:
        covering |= Q(place__path__in=member.lineage()) | Q(place__path__startswith=member.path)
    campaigns = Campaign.objects.filter(covering).exclude(state=Campaign.State.DRAFT)
    tables = []
    for campaign in campaigns.order_by("-first_day", "pk"):
        counted = _counted(campaign, everything)
        tables.append(
            CampaignFigures(
                campaign,
                [
                    UnitFigures(
                        place,
                        residents[place.pk],
                        villages[place.pk],
                        _classes(campaign, members[place.pk]),
                        _together(counted, members[place.pk]),
                    )
                    for place in places
                ],
            )
        )
    return tables or [
        CampaignFigures(
            None,
            [
                UnitFigures(place, residents[place.pk], villages[place.pk], 0, ())
                for place in places
            ],
        )
    ]


def _counted(campaign: Campaign, places: Sequence[Place]) -> dict[int, dict[str, int]]:
    """Return {place: {measure: n}}, exact to the moment, in one query for each level."""
    counted: dict[int, dict[str, int]] = {}
    for depth in {place.depth for place in places}:
        pks = [place.pk for place in places if place.depth == depth]
        level = LEVELS[depth]
        cells = Cell.objects.filter(campaign=campaign, kind=CountKind.GROUP, place_id__in=pks)
        journal = Journal.objects.filter(
            campaign=campaign, kind=CountKind.GROUP, **{f"{level}__in": pks}
        )
        counted |= together(cells.values_list("place_id"), journal.values_list(level), SHOWN)
    return counted


def _together(counted, members) -> tuple[int, ...]:
    sums: Counter = Counter()
    for member in members:
        sums.update(counted.get(member.pk, {}))
    return tuple(sums[measure] for measure in SHOWN)


def _classes(campaign: Campaign, members) -> int:
    return ClassGroup.objects.filter(
        campaign=campaign, place__in=Place.objects.below_any(members)
    ).count()
