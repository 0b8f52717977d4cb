"""All villages of a province as one file: asked for, made in the background, fetched."""

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from campaigns.exports.sheets import sheet_files, sheet_name
from campaigns.tasks import VILLAGES
from campaigns.views.campaigns import crumbs_of
from campaigns.views.coverage import asked_for
from campaigns.views.shared import require
from jobs.models import Job
from jobs.services import enqueue_one
from places.models import Place
from places.rules import fold


@require_POST
def ask(request, pk):
    """Have the file made that the map's address describes."""
    asked = asked_for(request, pk)
    if asked.place.kind != Place.Kind.PROVINCE:
        raise Http404
    job = enqueue_one(
        VILLAGES,
        campaign=pk,
        place=asked.place.pk,
        indicator=asked.indicator or asked.coverage().indicator,
        day=asked.day,
        units=asked.units,
        by=request.user.pk,
    )
    return redirect("campaigns:villages_job", pk, job.pk)


def progress(request, pk, job):
    """How far the file is; once it is there, where to fetch it."""
    asked, place, job = _job(request, pk, job)
    url = reverse("campaigns:villages_job", args=[pk, job.pk])
    context = {
        "campaign": asked,
        "place": place,
        "job": job,
        "url": url,
        "over_url": reverse("campaigns:villages_file", args=[pk, job.pk]),
        "over_label": _("Take the file"),
        "back_url": reverse("campaigns:coverage", args=[pk]) + f"?place={place.pk}",
        "crumbs": crumbs_of(asked, _("All villages as a file")),
    }
    template = "jobs/_progress.html" if request.htmx else "campaigns/villages.html"
    return render(request, template, context)


def download(request, pk, job):
    """The file itself, for whoever asked for it and may still see the place."""
    _campaign, place, job = _job(request, pk, job)
    if job.state != Job.State.DONE or not sheet_files().exists(sheet_name(job.pk)):
        raise Http404
    name = f"thon-{slugify(fold(place.full_name))}-{job.args['indicator']}.xlsx"
    file = sheet_files().open(sheet_name(job.pk))
    return FileResponse(file, as_attachment=True, filename=name)


def _job(request, pk, job):
    """Return campaign, place and job, if it is the user's own and the place still in scope."""
    job = get_object_or_404(Job, pk=job, kind=VILLAGES)
    if (job.args["by"], job.args["campaign"]) != (request.user.pk, pk):
        raise Http404
    asked = asked_for(request, pk)
    place = get_object_or_404(Place.objects.visible_to(request.user), pk=job.args["place"])
    require(request.user, "campaigns.view_coverage", place)
    return asked.campaign, place, job
