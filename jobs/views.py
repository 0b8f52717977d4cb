"""What operators see. The progress of a job is shown by the app that wanted it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jobs.models import Job
from jobs.services import retry_dead


@require_http_methods(["GET", "POST"])
def dead(request):
    """The jobs that were given up; an operator may have one tried anew."""
    if not request.user.is_superuser:
        raise Http404
    if request.method == "POST":
        number = request.POST.get("job", "")
        if not number.isdecimal():
            raise Http404
        job = get_object_or_404(Job, pk=number)
        try:
            retry_dead(job, by=request.user)
        except ValidationError as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("The job will be tried again."))
        return redirect("jobs:dead")
    page = Paginator(Job.objects.dead().order_by("-finished_at", "-pk"), 50).get_page(
        request.GET.get("page")
    )
    return render(
        request,
        "jobs/dead.html",
        {"page": page, "waiting": Job.objects.unfinished().count()},
    )
