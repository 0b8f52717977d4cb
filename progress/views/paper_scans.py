"""Photographed registers: how far they are, what was read, and a person's yes to it."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from jobs.models import Job
from progress.imports.photos import cut_out
from progress.models import Attendance, SheetScan
from progress.reports.papers import sheet_lines
from progress.rules import STATUSES
from progress.services.papers import confirm_scan, discard_scan, reading_key
from progress.views.register import crumbs_of, register_crumb

# What stands for leaving somebody as is.
LEAVE = "leave"


def scan(request, uuid):
    """Wait while a photograph is read; then look at each line, and confirm what is right."""
    found = _scan_for(request, uuid)
    refusal, choices = "", {}
    if request.method == "POST":
        choices, bases = _choices(request.POST)
        try:
            count = confirm_scan(found, choices, by=request.user, bases=bases)
        except ValidationError as error:
            refusal = error.messages[0]
            found.refresh_from_db()
        else:
            messages.success(
                request,
                ngettext(
                    "%(count)s person was marked from the paper.",
                    "%(count)s people were marked from the paper.",
                    count,
                )
                % {"count": count},
            )
            return redirect("progress:register", found.session_id)
    if found.state in (SheetScan.State.CONFIRMED, SheetScan.State.DISCARDED):
        messages.info(request, _("This photo is dealt with already."))
        return redirect("progress:paper", found.session_id)
    lines = sheet_lines(found) if found.state == SheetScan.State.READ else []
    people = [line for line in lines if line.resident]
    for line in people:
        given = choices.get(line.number)
        line.chosen = (line.proposal or "") if given is None else (given or LEAVE)
        line.is_open = bool(refusal and line.enrolment and given is None)
    other = found.sheet.session if found.sheet and found.problem == "session" else None
    context = {
        "scan": found,
        "session": found.session,
        "people": people,
        "open": [line for line in people if line.enrolment and line.proposal is None],
        "written": [line for line in lines if not line.resident],
        "gone": [line for line in people if not line.enrolment],
        "statuses": Attendance.Status.choices,
        "leave": LEAVE,
        "refusal": refusal,
        "other": other
        if other and request.user.has_perm("progress.mark_attendance", other)
        else None,
        "crumbs": crumbs_of(
            found.session,
            register_crumb(found.session),
            (_("On paper"), reverse("progress:paper", args=[found.session_id])),
            (_("Photo of the register"), ""),
        ),
    }
    if found.state == SheetScan.State.WAITING:
        context["job"] = Job.objects.filter(key=reading_key(found)).first()
    if request.htmx and request.method == "GET":
        # A fragment while it is being read; once it is read, the page itself comes anew.
        if context.get("job"):
            context["url"] = reverse("progress:paper_scan", args=[found.uuid])
            return render(request, "jobs/_progress.html", context)
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "progress/paper/scan.html", context, status=422 if refusal else 200)


@require_GET
def line_picture(request, uuid, number):
    """The tick boxes of one line, cut out of the photograph."""
    found = _scan_for(request, uuid)
    row = next((row for row in found.rows if row["line"] == number), None)
    if row is None or not found.picture:
        raise Http404
    return HttpResponse(
        cut_out(bytes(found.picture), tuple(row["box"])),
        content_type="image/jpeg",
        headers={"Cache-Control": "no-store"},
    )


@require_POST
def discard(request, uuid):
    """Throw a photograph away."""
    found = _scan_for(request, uuid)
    discard_scan(found)
    messages.success(request, _("The photo was thrown away."))
    return redirect("progress:paper", found.session_id)


def _scan_for(request, uuid) -> SheetScan:
    scans = SheetScan.objects.visible_to(request.user).select_related(
        "session__campaign__place",
        "session__class_group__place",
        "session__class_group__venue",
        "sheet__session__class_group__place",
    )
    found = get_object_or_404(scans, uuid=uuid)
    if not request.user.has_perm("progress.mark_attendance", found):
        raise PermissionDenied
    return found


def _choices(posted) -> tuple[dict[int, str], dict[int, UUID | None]]:
    """Return what was chosen for each line, and the mark that was shown beside it."""
    choices, bases = {}, {}
    for name, value in posted.items():
        kind, _dash, number = name.partition("-")
        if not number.isdecimal() or len(number) > 4:
            continue
        if kind == "line" and value in (*STATUSES, LEAVE):
            choices[int(number)] = "" if value == LEAVE else value
        elif kind == "base":
            bases[int(number)] = _uuid(value)
    return choices, bases


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
