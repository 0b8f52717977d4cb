"""The addresses under ``/api/stats/v1/``; each asks a report and gives its answer a shape."""

from typing import Annotated, Literal

from django.db.models import Q
from django.http import FileResponse, Http404
from ninja import NinjaAPI, Query

from campaigns.api import answers, schemas
from campaigns.api.asked import (
    MOST_ON_A_PAGE,
    campaign_for,
    campaigns_for,
    indicator_for,
    page_of,
    place_for,
    told_place,
)
from campaigns.api.doors import Token
from campaigns.api.problems import Problem, speak_problems
from campaigns.models import FactsFile, Target
from campaigns.reports import indicators_of
from campaigns.reports.told import tells_places
from campaigns.services.facts import open_facts
from places.models import Place

api = NinjaAPI(
    title="Trăm Ngày statistics",
    version="1",
    description=(
        "Figures of hundred-day campaigns, read-only. A token belongs to one place and sees that "
        "place and below. Figures for others than the unit itself are full fives, at least "
        "reached; under 5 the value is null."
    ),
    urls_namespace="stats",
    docs_url=None,
    openapi_url="openapi.json",
    auth=Token(),
)
speak_problems(api)

PageNumber = Annotated[int, Query(1, ge=1, le=10**6)]
PerPage = Annotated[int, Query(100, ge=1, le=MOST_ON_A_PAGE)]
PlaceId = Annotated[int | None, Query(None, description="Without it: the widest of this token.")]
PROBLEMS = {frozenset({401, 403, 404, 422, 429}): schemas.ProblemOut}


@api.get("/campaigns", response={200: schemas.Campaigns, **PROBLEMS}, url_name="campaigns")
def campaigns(request, page: PageNumber, per_page: PerPage):
    """Campaigns that take in something of the token's place."""
    return page_of(request, campaigns_for(request.auth), page, per_page, answers.campaign_out)


@api.get("/places", response={200: schemas.Places, **PROBLEMS}, url_name="places")
def places(
    request,
    page: PageNumber,
    per_page: PerPage,
    within: PlaceId = None,
    kind: Literal["province", "commune", "village"] | None = None,
):
    """The tree of units, ended ones too, with what they went into; parents before children."""
    rows = Place.objects.below(request.auth.place)
    if within is not None:
        above = rows.filter(pk=within).first() if 0 < within < 2**63 else None
        if above is None:
            raise Http404
        rows = rows.below(above)
    if kind:
        rows = rows.filter(kind=kind)
    rows = rows.defer("boundary", "search_text").prefetch_related("successors").order_by("path")
    found = page_of(request, rows, page, per_page, lambda place: place)
    found["items"] = answers.places_out(found["items"])
    return found


@api.get(
    "/campaigns/{campaign}/indicators",
    response={200: schemas.Indicators, **PROBLEMS},
    url_name="indicators",
)
def indicators(request, campaign: int):
    """What a campaign counts, its own indicators too."""
    found = campaign_for(request.auth, campaign)
    exact = request.auth.sees_exact

    def shape(info):
        return {
            "key": info.key,
            "label": info.label,
            "unit": info.unit,
            "counts_people": info.counts_people,
            "per_place": exact or tells_places(found, info.key),
        }

    return page_of(request, list(indicators_of(found).values()), 1, MOST_ON_A_PAGE, shape)


@api.get(
    "/campaigns/{campaign}/figures",
    response={200: schemas.Figures, **PROBLEMS},
    url_name="figures",
)
def figures(
    request,
    campaign: int,
    indicator: str,
    place: PlaceId = None,
    until: Annotated[int | None, Query(None, ge=1, le=400)] = None,
    units: Literal["new", "old"] = "new",
):
    """One indicator of a place and of the units directly below, now or up to a day.

    ``units``: those of today, or with exact figures those of the campaign's first day.
    """
    found = campaign_for(request.auth, campaign)
    info = indicator_for(found, indicator)
    if request.auth.sees_exact:
        asked = place_for(request.auth, found, place)
        return answers.exact_figures(found, asked, info.key, until, units)
    return answers.told_figures(found, told_place(request.auth, found, place), info.key, until)


@api.get(
    "/campaigns/{campaign}/series", response={200: schemas.Series, **PROBLEMS}, url_name="series"
)
def series(request, campaign: int, indicator: str, place: PlaceId = None):
    """One indicator of a place, day by day, each day with all that was before."""
    found = campaign_for(request.auth, campaign)
    info = indicator_for(found, indicator)
    if request.auth.sees_exact:
        return answers.exact_series(found, place_for(request.auth, found, place), info.key)
    return answers.told_series(found, told_place(request.auth, found, place), info.key)


@api.get(
    "/campaigns/{campaign}/targets",
    response={200: schemas.Targets, **PROBLEMS},
    url_name="targets",
)
def targets(
    request, campaign: int, page: PageNumber, per_page: PerPage, indicator: str | None = None
):
    """What places are to reach, out of how many, by which source."""
    found = campaign_for(request.auth, campaign)
    rows = Target.objects.filter(
        Q(place__path__startswith=request.auth.place.path), campaign=found
    ).select_related("place")
    if indicator is not None:
        rows = rows.filter(indicator=indicator_for(found, indicator).key)
    rows = rows.order_by("place__path", "indicator")
    return page_of(request, rows, page, per_page, answers.target_out)


@api.get(
    "/campaigns/{campaign}/breakdowns",
    response={200: schemas.Breakdown, **PROBLEMS},
    url_name="breakdowns",
)
def breakdowns(request, campaign: int, indicator: str, by: str = "age", place: PlaceId = None):
    """One indicator by groups of people.

    ``by`` is age, sex, language or audience; with exact figures also age_sex or team. Without
    exact figures: of the whole campaign only.
    """
    found = campaign_for(request.auth, campaign)
    info = indicator_for(found, indicator)
    if info.own is not None:
        raise Problem(422, "no_groups", "A campaign's own indicators are not kept by groups.")
    where = place_for(request.auth, found, place)
    if request.auth.sees_exact:
        return answers.exact_groups(found, where, info.key, by)
    if where.pk != found.place_id:
        raise Problem(403, "protected", "Groups of smaller places are seen by their own unit only.")
    return answers.told_by_groups(found, info.key, by)


@api.get("/campaigns/{campaign}/files", response={200: schemas.Files, **PROBLEMS}, url_name="files")
def files(request, campaign: int, page: PageNumber, per_page: PerPage):
    """Each night's facts without names; for tokens of the campaign's own place that see exactly."""
    found = campaign_for(request.auth, campaign)
    _whole_campaign_for(request.auth, found)
    rows = found.facts_files.order_by("-on", "table", "format")
    return page_of(request, rows, page, per_page, answers.file_out)


_FILES: dict[str, dict] = {"text/csv": {}, "application/vnd.apache.parquet": {}}


@api.get(
    "/files/{file}",
    url_name="file",
    openapi_extra={"responses": {200: {"content": _FILES}}},
)
def download(request, file: int):
    """One of these files."""
    row = FactsFile.objects.select_related("campaign__place").filter(pk=file).first()
    if row is None or not campaigns_for(request.auth).filter(pk=row.campaign_id).exists():
        raise Http404
    _whole_campaign_for(request.auth, row.campaign)
    name = f"{row.table}-{row.campaign_id}-{row.on:%Y%m%d}.{row.format}"
    return FileResponse(open_facts(row), as_attachment=True, filename=name)


def _whole_campaign_for(client, campaign):
    """Refuse a client that does not see all of the campaign's place exactly."""
    if not client.sees_exact or not campaign.place.path.startswith(client.place.path):
        raise Problem(403, "protected", "Only a token of the campaign's own place gets its files.")
