"""A shared tablet: a volunteer opens the class on it, learners tap their own names."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from people.views.access import open_screen as give_browser_to
from people.views.access import screen_of, sign_in_learner, sign_out_learner
from progress.models import ClassScreen
from progress.services import close_screens, on_screen, open_screen
from progress.views.access import session_for
from progress.views.register import crumbs_of, register_crumb


def screen(request, session_id):
    """Open this browser as tonight's class screen, or close those that are open."""
    session = session_for(request, session_id, "people.open_class_screen")
    if request.method == "POST":
        if "close" in request.POST:
            close_screens(session, by=request.user)
            messages.success(request, _("The class screen is closed."))
            return redirect("progress:screen", session.pk)
        try:
            opened = open_screen(session, by=request.user)
        except ValidationError as refusal:
            messages.error(request, refusal.message)
            return redirect("progress:screen", session.pk)
        give_browser_to(request, opened.pk)
        return redirect("progress:names")
    return render(
        request,
        "progress/screen.html",
        {
            "session": session,
            "screens": session.screens.open(timezone.now()).select_related("opened_by"),
            "crumbs": crumbs_of(
                session,
                register_crumb(session),
                (_("Class screen"), ""),
            ),
        },
    )


@login_not_required
@never_cache
def names(request):
    """The names of tonight's class, one tile each."""
    if request.learner:
        return redirect("progress:learn")
    pk = screen_of(request)
    if pk is None:
        return render(request, "progress/names.html", {"screen": None})
    opened = _screen(pk)
    enrolments = on_screen(opened).select_related("resident__village")
    return render(
        request,
        "progress/names.html",
        {
            "screen": opened,
            "is_shared": True,
            "back_url": reverse("progress:names"),
            "people": [row.resident for row in enrolments.order_by("resident__sort_key")],
        },
    )


@login_not_required
@never_cache
def tap_name(request):
    """A learner taps his own name and learns, on this screen and as long as it is open."""
    pk = screen_of(request)
    if request.method != "POST" or pk is None:
        return redirect("progress:names")
    try:
        uuid = UUID(request.POST.get("resident", ""))
    except ValueError:
        return redirect("progress:names")
    enrolments = on_screen(_screen(pk)).select_related("resident")
    enrolment = get_object_or_404(enrolments, resident__uuid=uuid)
    sign_in_learner(request, enrolment.resident, screen=pk)
    return redirect("progress:learn")


@login_not_required
@never_cache
@require_POST
def next_person(request):
    """This learner has finished here; the next one comes."""
    if request.learner:
        sign_out_learner(request)
    return redirect("progress:names")


def _screen(pk) -> ClassScreen:
    return ClassScreen.objects.select_related(
        "session__class_group__place", "session__campaign"
    ).get(pk=pk)
