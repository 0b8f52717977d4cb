"""What phones brought that a person has to decide about, each with one tap."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people.models import Resident
from people.services import tell_apart
from progress.models import Attendance, Flag, HeldItem
from progress.reports import inbox as inbox_of
from progress.reports.quality import CLEAN
from progress.services import explain_flag, settle_dispute
from progress.services.sync.deciding import dismiss_held, take_held
from progress.views.quality import list_come_from

# Whoever may do one of these has an inbox.
PERMISSIONS = ("progress.decide", "progress.explain_flag")


def inbox(request):
    """Show everything that waits for this user."""
    if not any(request.user.has_perm(permission) for permission in PERMISSIONS):
        raise PermissionDenied
    return render(
        request,
        "progress/inbox.html",
        {
            "inbox": inbox_of(request.user),
            "statuses": Attendance.Status.choices,
            "crumbs": [(_("Home"), reverse("home")), (_("To decide"), "")],
        },
    )


@require_POST
def settle(request, attendance_id):
    """Decide between two who saw it differently."""
    attendance = _mine(request, Attendance.objects.select_related("session"), pk=attendance_id)
    try:
        settle_dispute(attendance, request.POST.get("status", ""), by=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("Decided. Both marks are kept, with who made them."))
    return redirect("progress:inbox")


@require_POST
def decide(request, uuid):
    """Take what a phone brought, or set it aside."""
    held = _mine(request, HeldItem.objects.all(), pk=uuid)
    try:
        if (wish := request.POST.get("wish")) in ("take", "took_place"):
            # The button of a cancelled evening says that it took place after all.
            take_held(held, by=request.user, took_place=wish == "took_place")
            words = _("Taken into the register.")
        else:
            dismiss_held(held, by=request.user)
            words = _("Set aside. It is kept, and counts for nothing.")
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, words)
    return redirect("progress:inbox")


@require_POST
def apart(request, uuid, other):
    """Keep that two records which look alike are two people."""
    people = Resident.objects.current().visible_to(request.user)
    pair = [get_object_or_404(people, uuid=one) for one in (uuid, other)]
    if not all(request.user.has_perm("people.merge_residents", person) for person in pair):
        raise PermissionDenied
    tell_apart(*pair, by=request.user)
    messages.success(request, _("They stay two people. You will not be asked again."))
    return redirect(list_come_from(request, CLEAN) or "progress:inbox")


@require_POST
def explain(request, flag_id):
    """Say what was behind something that looked odd."""
    flag = get_object_or_404(Flag.objects.visible_to(request.user), pk=flag_id)
    if not request.user.has_perm("progress.explain_flag", flag):
        raise PermissionDenied
    try:
        explain_flag(flag, request.POST.get("explanation", ""), by=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("Noted."))
    return redirect("progress:inbox")


def _mine(request, rows, pk):
    """Return a row in scope (else 404) about which this user may decide (else 403)."""
    row = get_object_or_404(rows.visible_to(request.user), pk=pk)
    place = row.session if isinstance(row, Attendance) else row.place
    if not request.user.has_perm("progress.decide", place):
        raise PermissionDenied
    return row
