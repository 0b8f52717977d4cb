"""Work in five clear points: what is open where, and what has nobody to answer for it."""

from collections.abc import Iterable
from itertools import takewhile

from django.db.models import Count

from campaigns.models import Campaign, WorkItem
from places.models import Place


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


def _count_by_path(items, places: list[Place]) -> dict[str, int]:
    """Return {path of the place: number of items} of the branch that these places lie in."""
    together = zip(*(place.path for place in places), strict=False)
    common = "".join(letters[0] for letters in takewhile(lambda x: len(set(x)) == 1, together))
    rows = items.filter(place__path__startswith=common).order_by()
    return dict(rows.values_list("place__path").annotate(Count("pk")))
