"""Who completed some weeks ago and is to be asked again, village by village."""

from itertools import groupby

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from campaigns.models import Shift
from places.models import Place, attach_ancestors
from progress.forms import RecheckForm
from progress.models import Enrolment, Recheck
from progress.reports import due_line, kept_of, rechecks_due
from progress.services import record_recheck

PERMISSION = "progress.observe"


def rechecks(request):
    """The people who are to be asked again, what to ask them, and how many can still do it."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    place = _place(request)
    lines = rechecks_due(request.user, place)
    attach_ancestors(line.village for line in lines)
    return render(
        request,
        "progress/rechecks.html",
        {
            "place": place,
            "lines": lines,
            "villages": [
                (village, list(found)) for village, found in groupby(lines, key=lambda x: x.village)
            ],
            "overdue": sum(line.due.is_overdue for line in lines),
            "kept": kept_of(request.user, place),
            "rounds": Recheck.ROUNDS,
            # Only carried along, from a round of home visits to each answer.
            "shift": _number(request.GET.get("shift", "")),
            "crumbs": [(_("Home"), reverse("home")), (_("Ask again"), "")],
        },
    )


@require_POST
def recheck(request, enrolment_id):
    """Note what came of asking one person, and answer with his line."""
    enrolments = Enrolment.objects.visible_to(request.user).select_related(
        "resident__village", "village", "campaign", "class_group"
    )
    enrolment = get_object_or_404(enrolments, pk=enrolment_id)
    if not request.user.has_perm(PERMISSION, enrolment):
        raise PermissionDenied
    form = RecheckForm(request.POST)
    noted, refusal = None, ""
    try:
        if not form.is_valid():
            raise ValidationError([error for errors in form.errors.values() for error in errors])
        noted = record_recheck(enrolment, by=request.user, shift=_shift(request), **form.tap())
    except ValidationError as error:
        refusal = error.messages[0]
    if not request.htmx:
        if refusal:
            messages.error(request, refusal)
        else:
            messages.success(
                request,
                _("%(name)s: %(outcome)s")
                % {"name": enrolment.resident, "outcome": noted.get_outcome_display()},
            )
        place = request.POST.get("place", "")
        query = {"place": place} if place.isdecimal() else None
        return redirect(reverse("progress:rechecks", query=query))
    return render(
        request,
        "progress/_recheck.html",
        {
            "line": due_line(enrolment),
            "enrolment": enrolment,
            "noted": noted,
            "refusal": refusal,
            "place": None,
            "shift": _number(request.POST.get("shift", "")),
        },
        status=422 if refusal else 200,
    )


def _place(request) -> Place | None:
    """Return the place asked for; one that is elsewhere and one that is nowhere are not found."""
    wanted = request.GET.get("place", "")
    if not wanted:
        return None
    if not wanted.isdecimal() or len(wanted) > 18:
        raise Http404
    place = get_object_or_404(Place, pk=wanted)
    if not request.user.has_perm(PERMISSION, place):
        raise Http404
    return place


def _shift(request) -> Shift | None:
    """Return the round of home visits during which it was asked, if it was one."""
    wanted = _number(request.POST.get("shift", ""))
    shifts = Shift.objects.visible_to(request.user)
    return shifts.filter(pk=wanted).first() if wanted else None


def _number(text: str) -> str:
    return text if text.isdecimal() and len(text) < 19 else ""
