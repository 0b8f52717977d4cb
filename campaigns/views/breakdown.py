"""A figure of one's own place, taken apart by groups of people."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import slugify
from django.utils.translation import gettext as _

from campaigns.exports.breakdown import breakdown_file, breakdown_headings, cells_of_breakdown
from campaigns.models import Indicator
from campaigns.reports import INDICATOR_LABELS
from campaigns.reports.breakdown import BY_LABELS, breakdown
from campaigns.views.campaigns import campaign_for, crumbs_of
from campaigns.views.shared import place_asked, require
from places.rules import fold

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def breakdown_page(request, pk):
    """Who they are that a figure counts."""
    found = _asked(request, pk)
    query = {"place": found.place.pk, "indicator": found.indicator, "by": found.by}
    context = {
        "campaign": found.campaign,
        "place": found.place,
        "found": found,
        "headings": breakdown_headings(found),
        "table": [(row, cells_of_breakdown(found, row)) for row in found.rows],
        "together": cells_of_breakdown(found, found.together),
        "label": INDICATOR_LABELS[found.indicator],
        "indicators": list(INDICATOR_LABELS.items()),
        "kinds": [
            (by, label, f"?{urlencode(query | {'by': by})}") for by, label in BY_LABELS.items()
        ],
        "query": urlencode(query),
        "others": [
            other
            for other in found.campaign.places_for(request.user)
            if not found.place.path.startswith(other.path)
        ],
        "crumbs": crumbs_of(
            found.campaign,
            (
                found.place.full_name,
                reverse("campaigns:coverage", args=[pk]) + f"?place={found.place.pk}",
            ),
            _("By groups"),
        ),
    }
    return render(request, "campaigns/breakdown.html", context)


def breakdown_download(request, pk, kind):
    """The same table as a file."""
    if kind not in _TYPES:
        raise Http404
    found = _asked(request, pk)
    response = HttpResponse(breakdown_file(found, kind), content_type=_TYPES[kind])
    name = slugify(fold(found.place.full_name))
    response["Content-Disposition"] = (
        f'attachment; filename="theo-nhom-{name}-{found.indicator}-{found.by}.{kind}"'
    )
    return response


def _asked(request, pk):
    """Return the breakdown that the address asks for, within the scope."""
    campaign = campaign_for(request.user, pk)
    place = place_asked(request, campaign)
    require(request.user, "campaigns.view_coverage", place)
    indicator = request.GET.get("indicator", "")
    by = request.GET.get("by", "")
    return breakdown(
        campaign,
        place,
        indicator if indicator in Indicator.values else Indicator.REACHED,
        by if by in BY_LABELS else "age",
        names_teams=request.user.has_perm("campaigns.view_classgroup", place),
    )
