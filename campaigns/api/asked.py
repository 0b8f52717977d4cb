"""What a request may be about: what lies at its token's place and below, nothing else."""

from django.db.models import Q
from django.http import Http404
from django.utils import timezone

from campaigns.api.problems import Problem
from campaigns.models import Campaign, StatisticsClient
from campaigns.reports import IndicatorInfo, indicators_of
from places.models import Place
from places.reports import members_of

MOST_ON_A_PAGE = 500


def campaigns_for(client: StatisticsClient):
    """Return the campaigns that take in something of the client's place, drafts left out."""
    inside = Q(place__path__startswith=client.place.path)
    above = Q(place__path__in=client.place.lineage())
    return (
        Campaign.objects.filter(inside | above)
        .exclude(state=Campaign.State.DRAFT)
        .select_related("place")
        .order_by("-first_day", "pk")
    )


def campaign_for(client: StatisticsClient, pk: int) -> Campaign:
    campaign = campaigns_for(client).filter(pk=pk).first()
    if campaign is None:
        raise Http404
    return campaign


def place_for(client: StatisticsClient, campaign: Campaign, pk: int | None) -> Place:
    """Return the place asked for, or the widest that both campaign and client have."""
    if pk is None:
        if client.place.path.startswith(campaign.place.path):
            return client.place
        return campaign.place
    inside = Place.objects.below(campaign.place) & Place.objects.below_any(
        members_of(client.place, timezone.localdate())
    )
    place = inside.filter(pk=pk).first() if 0 < pk < 2**63 else None
    if place is None:
        raise Http404
    return place


def told_place(client: StatisticsClient, campaign: Campaign, pk: int | None) -> Place:
    """Return the same place, or refuse where only its own staff see figures at all."""
    place = place_for(client, campaign, pk)
    if place.depth > campaign.place.depth + 1:
        raise Problem(
            403,
            "protected",
            "Of so small a place only its own unit sees figures; ask for a token that sees exact "
            "ones.",
        )
    return place


def indicator_for(campaign: Campaign, key: str) -> IndicatorInfo:
    known = indicators_of(campaign)
    if key not in known:
        raise Problem(422, "unknown_indicator", "See this campaign's list of indicators.")
    return known[key]


def page_of(request, rows, page: int, per_page: int, shape) -> dict:
    """Return one page of a query set or list, and where the next one is."""
    start = (page - 1) * per_page
    count = rows.count() if hasattr(rows, "query") else len(rows)
    following = None
    if start + per_page < count:
        query = request.GET.copy()
        query["page"] = str(page + 1)
        following = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
    return {
        "as_of": timezone.now(),
        "count": count,
        "next": following,
        "items": [shape(row) for row in rows[start : start + per_page]],
    }
