"""Scorecards of communes: looked at, printed one by one, or all in one file."""

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from campaigns.exports.sheets import sheet_files
from campaigns.pdf import scorecards_pdf
from campaigns.reports.scorecard import scorecards
from campaigns.tasks import SCORECARDS, scorecards_name
from campaigns.views.campaigns import campaign_for, crumbs_of
from campaigns.views.reporting import VIEW
from campaigns.views.shared import place_asked, require
from jobs.models import Job
from jobs.services import enqueue_one
from people.views.papers import pdf_response
from places.models import Place

# More pages than these are drawn in the background.
MOST_AT_ONCE = 20
FILE = "phieu-diem.pdf"


@require_http_methods(["GET", "POST"])
def scorecards_page(request, pk):
    """The cards of a province's communes beside one another; a POST has them all drawn."""
    campaign, place = _asked(request, pk)
    cards = scorecards(campaign, place)
    if request.method == "POST":
        if len(cards) <= MOST_AT_ONCE:
            url = reverse("campaigns:scorecard_file", args=[pk])
            return redirect(f"{url}?place={place.pk}")
        job = enqueue_one(SCORECARDS, campaign=pk, place=place.pk, by=request.user.pk)
        return redirect("campaigns:scorecards_job", pk, job.pk)
    context = {
        "campaign": campaign,
        "place": place,
        "cards": cards,
        "is_many": len(cards) > MOST_AT_ONCE,
        "crumbs": _crumbs(campaign, place),
    }
    return render(request, "campaigns/scorecards.html", context)


def scorecard_file(request, pk):
    """The cards of a place at once: of a commune, or of a few."""
    campaign, place = _asked(request, pk)
    cards = scorecards(campaign, place)
    if not cards or len(cards) > MOST_AT_ONCE:
        raise Http404
    return pdf_response(scorecards_pdf(cards), FILE)


def scorecards_job(request, pk, job):
    """How far the drawing of many cards is; once it is done, where to fetch them."""
    campaign, place, job = _job(request, pk, job)
    context = {
        "campaign": campaign,
        "place": place,
        "job": job,
        "url": reverse("campaigns:scorecards_job", args=[pk, job.pk]),
        "over_url": reverse("campaigns:scorecards_file", args=[pk, job.pk]),
        "over_label": _("Take the file"),
        "back_url": reverse("campaigns:scorecards", args=[pk]) + f"?place={place.pk}",
        "crumbs": _crumbs(campaign, place),
    }
    template = "jobs/_progress.html" if request.htmx else "campaigns/scorecards_job.html"
    return render(request, template, context)


def scorecards_file(request, pk, job):
    """The file itself, for whoever asked for it and may still see the place."""
    _campaign, _place, job = _job(request, pk, job)
    files, name = sheet_files(), scorecards_name(job.pk)
    if job.state != Job.State.DONE or not files.exists(name):
        raise Http404
    return FileResponse(files.open(name), as_attachment=True, filename=FILE)


def _asked(request, pk):
    """Return campaign and place; 404 for a village, which has no card of its own."""
    campaign = campaign_for(request.user, pk)
    place = place_asked(request, campaign)
    if place.kind == Place.Kind.VILLAGE:
        raise Http404
    require(request.user, VIEW, place)
    return campaign, place


def _job(request, pk, job):
    """Return campaign, place and job, if it is the user's own and the place still in scope."""
    job = get_object_or_404(Job, pk=job, kind=SCORECARDS)
    if (job.args["by"], job.args["campaign"]) != (request.user.pk, pk):
        raise Http404
    campaign = campaign_for(request.user, pk)
    place = get_object_or_404(Place.objects.visible_to(request.user), pk=job.args["place"])
    require(request.user, VIEW, place)
    return campaign, place, job


def _crumbs(campaign, place):
    url = reverse("campaigns:reports", args=[campaign.pk]) + f"?place={place.pk}"
    return crumbs_of(campaign, (_("Reports of the campaign"), url), _("Scorecards"))
