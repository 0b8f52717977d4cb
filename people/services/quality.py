"""How good our records are, as counted; and that somebody has looked at one again."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from people.models import Change, QualityCount, Resident, User
from people.services.residents import refuse_former

_COUNTED = [
    "counted_at",
    "residents",
    "incomplete",
    "doubles",
    "contradictions",
    "untouched",
    "odd_evenings",
]


def keep_counts(counts: Mapping[int, Mapping[str, int]], *, at: dt.datetime | None = None) -> None:
    """Keep what was counted, {place: {figure: n}}, in place of what was counted before."""
    at = at or timezone.now()
    QualityCount.objects.bulk_create(
        [
            QualityCount(place_id=place, counted_at=at, **figures)
            for place, figures in counts.items()
        ],
        update_conflicts=True,
        unique_fields=["place"],
        update_fields=_COUNTED,
        batch_size=500,
    )


@transaction.atomic
def confirm_resident(resident: Resident, *, by: User) -> Resident:
    """Note that somebody has looked at a record and found that it still holds."""
    resident = Resident.objects.select_for_update(of=("self",)).get(pk=resident.pk)
    refuse_former(resident)
    Change.objects.create(about=resident, verb=Change.Verb.CONFIRMED, by=by)
    return resident
