"""Counting how good our data are: every night, commune by commune, or when somebody asks."""

import datetime as dt
from collections import Counter

from django.db import transaction
from django.utils import timezone

from campaigns.models import Campaign
from jobs.models import Job
from jobs.services import enqueue
from people.models import Resident
from people.reports import tally
from people.services import keep_counts
from places.models import Place
from progress.reports.quality import (
    KINDS,
    contradictions,
    forgotten,
    gaps,
    pairs,
    places_in,
    resident_ids,
)

KIND = "progress.count_quality"


def places_to_count() -> list[Place]:
    """Return the places of the campaigns that run, without those inside one another."""
    found: list[Place] = []
    running = Campaign.objects.running().values("place")
    for place in Place.objects.filter(pk__in=running).order_by("path"):
        if not found or not place.path.startswith(found[-1].path):
            found.append(place)
    return found


def communes_to_count(place: Place) -> list[Place]:
    """Return the communes to look at for a place, in the order in which they are counted.

    Communes that ended are among them: somebody may still live in their villages on paper.
    """
    if commune := place.commune:
        return [commune]
    return list(Place.objects.communes().filter(path__startswith=place.path).order_by("path"))


def counts_of(commune: Place) -> dict[int, dict[str, int]]:
    """Count how good the data of one commune are, village by village.

    One statement for each figure, whatever the number of people. Doubles are looked for within
    the commune, as whoever registers somebody does.
    """
    here = places_in(commune)
    people = Resident.objects.filter(village__in=here)
    homes = dict(people.current().order_by().values_list("pk", "village"))
    contradict = set().union(*(resident_ids(kind, here) for kind in KINDS if kind != "odd"))
    # Under an erased name nothing should be noted any more; where it was, the record counts.
    again = Counter(home for pk, home in contradict if pk not in homes)
    figures = {
        "residents": Counter(homes.values()) + again,
        "incomplete": tally(gaps(here)),
        "doubles": Counter(homes[pk] for pk in {pk for pair in pairs(here) for pk in pair}),
        "contradictions": Counter(home for _pk, home in contradict),
        "untouched": tally(forgotten(here)),
        "odd_evenings": Counter(
            contradictions("odd", here).values_list("session__class_group__place", flat=True)
        ),
    }
    return {pk: {figure: found.get(pk, 0) for figure, found in figures.items()} for pk in here}


def count_commune(commune: Place, *, at: dt.datetime | None = None) -> None:
    """Count one commune and keep what came of it."""
    keep_counts(counts_of(commune), at=at)


@transaction.atomic
def ask_to_count(place: Place) -> Job:
    """Have the commune of ``place`` counted now; who asks twice gets the same job."""
    commune = place.commune or place
    waiting = Job.objects.unfinished().filter(kind=KIND, args={"place": commune.pk}).first()
    if waiting:
        return waiting
    key = f"{KIND}:{commune.pk}:{timezone.now():%Y-%m-%dT%H:%M:%S}"
    return enqueue(KIND, key=key, place=commune.pk)
