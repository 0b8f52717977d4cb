"""What a campaign's public page shows: the map, the totals, classes nearby. Nobody's name."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db.models import Count
from django.utils import timezone

from campaigns.models import Campaign, ClassSession, Target
from campaigns.reports.told import OF_PEOPLE, Told, told, told_wholes
from places.models import Place, attach_ancestors

# So far ahead a class is announced, and no more of them at once.
AHEAD = dt.timedelta(days=14)
MOST = 60
# The first of these that has targets makes the map; who came moves every week.
_ON_THE_MAP = ("reached", "enrolled", "completed", "certified")
# What the totals say.
TOTALS = ("enrolled", "reached", "completed", "certified")


def public_campaigns():
    """Return the campaigns that strangers may look at."""
    return (
        Campaign.objects.filter(
            is_public=True, state__in=[Campaign.State.RUNNING, Campaign.State.CLOSED]
        )
        .select_related("place")
        .order_by("state", "-first_day", "pk")
    )


@dataclass(frozen=True)
class PublicPage:
    """A campaign as strangers see it."""

    campaign: Campaign
    day: int
    map: Told
    # {measure: told figure}
    totals: dict[str, int]

    @property
    def indicator(self) -> str:
        return self.map.found.indicator


def public_page(campaign: Campaign) -> PublicPage:
    """Return what everybody may know of a campaign now."""
    with_targets = set(
        Target.objects.filter(campaign=campaign, indicator__in=_ON_THE_MAP)
        .order_by()
        .values_list("indicator", flat=True)
        .distinct()
    )
    indicator = next((key for key in _ON_THE_MAP if key in with_targets), _ON_THE_MAP[0])
    wholes = told_wholes([campaign])[campaign.pk]
    return PublicPage(
        campaign=campaign,
        day=campaign.day_number(),
        map=told(campaign, indicator),
        totals={measure: wholes[measure] for measure in TOTALS if measure in OF_PEOPLE},
    )


def upcoming(campaign: Campaign, place: Place) -> list[ClassSession]:
    """Return the next evenings in and below a place: where and when, by nobody."""
    sessions = list(
        _ahead(campaign)
        .filter(class_group__place__path__startswith=place.path)
        .select_related("class_group__venue", "class_group__place", "class_group__course", "lesson")
        .order_by("starts_at", "pk")[:MOST]
    )
    attach_ancestors(session.class_group.place for session in sessions)
    return sessions


def where_classes_are(campaign: Campaign) -> list[tuple[Place, int]]:
    """Return (commune, how many evenings are ahead) of every commune that has some, in order."""
    steps = Place.steplen * 2
    counted: Counter = Counter()
    for path, n in (
        _ahead(campaign).order_by().values_list("class_group__place__path").annotate(n=Count("pk"))
    ):
        counted[path[:steps]] += n
    communes = Place.objects.filter(path__in=counted).in_order().defer("boundary", "search_text")
    return [(commune, counted[commune.path]) for commune in communes]


def find_communes(campaign: Campaign, words: str) -> list[tuple[Place, Place]]:
    """Return (what was found, its commune) for a name of a commune or village in a campaign."""
    places = (
        Place.objects.below(campaign.place)
        .filter(depth__gt=1)
        .current()
        .search(words)
        .with_ancestors()[:12]
    )
    return [(place, place if place.depth == 2 else place.above[1]) for place in places]


def _ahead(campaign):
    if campaign.state != Campaign.State.RUNNING:
        return ClassSession.objects.none()
    now = timezone.now()
    return ClassSession.objects.ahead(now).filter(campaign=campaign, starts_at__lt=now + AHEAD)
