"""Append differences to the journal of the counters."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Substr
from django.utils.translation import gettext as _

from campaigns.models import Journal
from places.models import Place


class Lineage(NamedTuple):
    """Where something is counted: in its village, if it has one, its commune, its province."""

    village: int | None
    commune: int
    province: int

    @property
    def places(self) -> list[int]:
        return [place for place in self if place is not None]


def append(differences: Counter, lineages: Mapping[int, Lineage] | None = None) -> None:
    """Append the differences that are not nothing: {(campaign, place, kind, slot, measure): n}.

    A place is a village or, where nothing finer is known, a commune.
    """
    rows: dict[tuple, dict[str, int]] = defaultdict(dict)
    for (campaign, place, kind, slot, measure), n in differences.items():
        if n:
            rows[campaign, place, kind, slot][measure] = n
    if not rows:
        return
    if lineages is None:
        lineages = lineages_of({place for _campaign, place, _kind, _slot in rows})
    Journal.objects.bulk_create(
        (
            Journal(
                campaign_id=campaign,
                village_id=lineages[place].village,
                commune_id=lineages[place].commune,
                province_id=lineages[place].province,
                kind=kind,
                slot=slot,
                **measures,
            )
            for (campaign, place, kind, slot), measures in sorted(rows.items())
        ),
        batch_size=2000,
    )


def lineages_of(places: Collection[int], *, or_communes: bool = False) -> dict[int, Lineage]:
    """Return {place: where it is counted} of villages, in one query; refuse anything wider.

    ``or_communes``: outcomes may also be noted at a whole commune.
    """
    lineages = known_lineages(places)
    if len(lineages) < len(set(places)):
        raise ValidationError(_("Choose a village or a commune."), code="not_a_village")
    if not or_communes and any(lineage.village is None for lineage in lineages.values()):
        raise ValidationError(_("A learner must belong to a village."), code="not_a_village")
    return lineages


def known_lineages(places: Collection[int]) -> dict[int, Lineage]:
    """Return {place: where it is counted} of those that are villages or communes."""
    above = [
        Subquery(
            Place.objects.filter(path=Substr(OuterRef("path"), 1, Place.steplen * depth))
            .order_by()
            .values("pk")[:1]
        )
        for depth in (2, 1)
    ]
    found = Place.objects.filter(pk__in=places, depth__in=(2, 3)).order_by()
    rows = found.annotate(commune_pk=above[0], province_pk=above[1])
    return {
        pk: Lineage(pk if depth == 3 else None, commune, province)
        for pk, depth, commune, province in rows.values_list(
            "pk", "depth", "commune_pk", "province_pk"
        )
    }
