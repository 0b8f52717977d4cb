"""The register of an evening: one line a person, one tap each."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST

from campaigns.models import ClassSession
from people.models import Consent, Resident
from places.models import Place
from progress.forms import MarkForm, ReopenForm, RestForm, TakeBackForm
from progress.models import Attendance, Enrolment
from progress.reports import roster, turnout
from progress.services import (
    close_register,
    mark_attendance,
    mark_rest,
    reopen_register,
    take_back_rest,
)
from progress.services.marking import DOORS_OPEN
from progress.views.access import session_for

# So many people from outside the class are offered under a search.
CANDIDATES = 8


def register(request, session_id):
    """The register of an evening: who is expected, who came, and whoever else walks in."""
    session = session_for(request, session_id)
    words = " ".join(request.GET.get("q", "").split())[:60]
    lines = roster(session, words=words)
    candidates = _candidates(request.user, session, words) if words else []
    return render(
        request,
        "progress/register.html",
        {
            **_about(request, session),
            "lines": lines,
            "words": words,
            "candidates": candidates,
            "marked_at": request.GET.get("marked_at", ""),
            "crumbs": crumbs_of(session, (pgettext("of a class", "Register"), "")),
        },
    )


@require_POST
def mark(request, session_id, enrolment_id):
    """Record one tap, and answer with the line."""
    session = session_for(request, session_id)
    enrolment = get_object_or_404(
        Enrolment.objects.filter(campaign=session.campaign_id), pk=enrolment_id
    )
    # A guest may live outside the user's places, but then stands on this very register.
    if not roster(session, only=[enrolment.pk]):
        mine = Enrolment.objects.permitted_to(request.user, "progress.mark_attendance")
        get_object_or_404(mine, pk=enrolment_id)
    form = MarkForm(request.POST)
    if form.is_valid() and "status" in request.POST:
        try:
            mark_attendance(session, enrolment, by=request.user, **form.tap())
        except ValidationError as error:
            form.add_error(None, error)
    elif not form.errors:
        form.add_error(None, _("There is no such status."))
    refusals = [error for errors in form.errors.values() for error in errors]
    if not request.htmx:
        for refusal in refusals:
            messages.error(request, refusal)
        return redirect(_back(request, session, f"line-{enrolment.pk}"))
    session.refresh_from_db(fields=["state", "register_closed_at"])
    lines = roster(session, only=[enrolment.pk])
    return render(
        request,
        "progress/_marked.html",
        {
            **_about(request, session),
            "line": lines[0] if lines else None,
            "enrolment": enrolment,
            "refusals": refusals,
            "words": " ".join(request.POST.get("q", "").split())[:60],
        },
        status=422 if refusals else 200,
    )


@require_POST
def rest(request, session_id):
    """Give everybody without a mark the same one."""
    session = session_for(request, session_id)
    form = RestForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("There is no such status."))
        return redirect("progress:register", session.pk)
    try:
        marked = mark_rest(session, form.cleaned_data["status"], by=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
        return redirect("progress:register", session.pk)
    if not marked:
        messages.info(request, _("Everybody has been marked already."))
        return redirect("progress:register", session.pk)
    label = Attendance.Status(form.cleaned_data["status"]).label
    messages.success(
        request,
        ngettext(
            "Marked %(count)s person: %(status)s.",
            "Marked %(count)s people: %(status)s.",
            len(marked),
        )
        % {"count": len(marked), "status": label},
    )
    at = next(iter(marked.values())).observed_at.isoformat()
    return redirect(reverse("progress:register", args=[session.pk], query={"marked_at": at}))


@require_POST
def take_back(request, session_id):
    """Undo ``rest``."""
    session = session_for(request, session_id)
    form = TakeBackForm(request.POST)
    try:
        if not form.is_valid():
            raise ValidationError(_("This is not a time."))
        count = take_back_rest(session, form.cleaned_data["marked_at"], by=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(
            request,
            ngettext("Took back %(count)s mark.", "Took back %(count)s marks.", count)
            % {"count": count},
        )
    return redirect("progress:register", session.pk)


def close(request, session_id):
    """Ask once more, say who is still unmarked, and close the register."""
    session = session_for(request, session_id, "progress.close_register")
    refusal = ""
    if request.method == "POST":
        try:
            close_register(
                session, by=request.user, rest_is_absent="rest_is_absent" in request.POST
            )
        except ValidationError as error:
            refusal = error.messages[0]
        else:
            messages.success(request, _("The register is closed."))
            return redirect("progress:register", session.pk)
    return render(
        request,
        "progress/close.html",
        {
            **_about(request, session),
            "unmarked": [line for line in roster(session) if not line.status],
            "refusal": refusal,
            "crumbs": crumbs_of(session, register_crumb(session), (_("Close the register"), "")),
        },
        status=422 if refusal else 200,
    )


def reopen(request, session_id):
    """Open a closed register again, and say why."""
    session = session_for(request, session_id, "progress.reopen_register")
    form = ReopenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reopen_register(session, form.cleaned_data["reason"], by=request.user)
        except ValidationError as refusal:
            form.add_error("reason", refusal)
        else:
            messages.success(request, _("The register is open again."))
            return redirect("progress:register", session.pk)
    events = session.register_events.select_related("by").order_by("-at", "-pk")[:10]
    return render(
        request,
        "progress/reopen.html",
        {
            "session": session,
            "form": form,
            "events": events,
            "crumbs": crumbs_of(session, register_crumb(session), (_("Open again"), "")),
        },
        status=422 if form.errors else 200,
    )


def crumbs_of(session: ClassSession, *more):
    """Return the way to a page of a session's."""
    return [
        (_("Home"), reverse("home")),
        (str(session.class_group), reverse("campaigns:class_group", args=[session.class_group_id])),
        *more,
    ]


def register_crumb(session):
    """Return the way back to a register."""
    return pgettext("of a class", "Register"), reverse("progress:register", args=[session.pk])


def _about(request, session: ClassSession) -> dict:
    """What every fragment of the register needs to know."""
    now = timezone.now()
    is_cancelled = session.state == ClassSession.State.CANCELLED
    is_early = now < session.starts_at - DOORS_OPEN
    return {
        "session": session,
        "statuses": Attendance.Status.choices,
        "turnout": turnout([session])[session.pk],
        "is_cancelled": is_cancelled,
        "is_early": is_early,
        "is_closed": bool(session.register_closed_at),
        "is_open": not (session.register_closed_at or is_cancelled or is_early),
        "may": {
            "close": request.user.has_perm("progress.close_register", session),
            "reopen": request.user.has_perm("progress.reopen_register", session),
            "enrol": request.user.has_perm("progress.enrol", session),
            "screen": request.user.has_perm("people.open_class_screen", session),
        },
    }


def _back(request, session, fragment=""):
    words = request.POST.get("q", "")
    query = {"q": words} if words else None
    return reverse("progress:register", args=[session.pk], query=query, fragment=fragment or None)


def _candidates(user, session, words):
    """People of the commune who are called so and do not stand on the register yet."""
    if not user.has_perm("progress.enrol", session):
        return []
    commune = session.place.path[: 2 * Place.steplen]
    listed = Enrolment.objects.on_register(session).values("resident")
    agreed = Consent.objects.to_be_recorded().filter(resident=OuterRef("pk"))
    people = list(
        Resident.objects.current()
        .permitted_to(user, "progress.enrol")
        .filter(village__path__startswith=commune)
        .search(words)
        .exclude(pk__in=listed)
        .annotate(has_agreed=Exists(agreed))
        .select_related("village")
        .in_order()[:CANDIDATES]
    )
    learns = {
        enrolment.resident_id: enrolment.class_group
        for enrolment in Enrolment.objects.active()
        .filter(campaign=session.campaign_id, resident__in=people)
        .select_related("class_group")
    }
    for person in people:
        person.other_class = learns.get(person.pk)
    return people
