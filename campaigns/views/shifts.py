"""Shifts: planned, moved, called off, held."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from campaigns.forms import CancelForm, HoldShiftForm, MoveShiftForm, ShiftForm, refuse
from campaigns.models import Shift, Turn
from campaigns.reports import roster_of
from campaigns.rules import holiday_on
from campaigns.services import cancel_shift, hold_shift, move_shift, plan_shifts
from campaigns.views.classes import campaigns_for, venues_near
from campaigns.views.shared import require, url_if_there
from campaigns.views.teams import team_for
from places.models import Place


def new_shift(request, pk):
    """Plan one shift, or a weekly pattern of them."""
    team = team_for(request.user, pk)
    require(request.user, "campaigns.plan_shifts", team)
    commune = team.place.commune or team.place
    form = ShiftForm(
        request.POST or None,
        campaigns=campaigns_for(team),
        places=Place.objects.filter(path__startswith=commune.path).current().order_by("path"),
        venues=venues_near(team.place),
        initial={"day": timezone.localdate(), "begins": "08:00", "place": commune.pk},
    )
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            made = plan_shifts(
                asked["campaign"],
                team,
                asked["kind"],
                asked["place"],
                form.days(),
                asked["begins"],
                by=request.user,
                minutes=asked["minutes"],
                needed=asked["needed"],
                venue=asked["venue"],
            )
        except ValidationError as refusal:
            refuse(form, refusal)
        else:
            words = ngettext(
                "%(n)s shift is planned. Now ask who comes.",
                "%(n)s shifts are planned. Now ask who comes.",
                len(made),
            )
            messages.success(request, words % {"n": len(made)})
            if len(made) == 1:
                return redirect("campaigns:offer_shift", made[0].pk)
            first = timezone.localtime(made[0].starts_at).date()
            return redirect(f"{reverse('campaigns:duty', args=[pk])}?from={first.isoformat()}")
    context = {
        "form": form,
        "title": _("New shift"),
        "lede": team.name,
        "back": reverse("campaigns:duty", args=[pk]),
        "crumbs": duty_crumbs(team, (_("New shift"), "")),
    }
    return render(request, "campaigns/form.html", context, status=422 if form.errors else 200)


def shift(request, pk):
    """One shift: where, when, who comes, who is missing, what came of it."""
    found = shift_for(request.user, pk)
    may_plan = request.user.has_perm("campaigns.plan_shifts", found)
    may_hold = request.user.has_perm("campaigns.hold_session", found)
    day = timezone.localtime(found.starts_at).date()
    cancelled = found.state == Shift.State.CANCELLED
    has_begun = found.starts_at <= timezone.now()
    context = {
        "shift": found,
        "occasion": found,
        "roster": roster_of(found),
        "cancelled": cancelled,
        "has_begun": has_begun,
        "is_over": found.ends_at <= timezone.now(),
        "may_plan": may_plan,
        "may_hold": may_hold and has_begun and not cancelled,
        "may_move": may_plan and found.state == Shift.State.PLANNED,
        "may_cancel": may_plan and found.state == Shift.State.PLANNED,
        "offer_url": reverse("campaigns:offer_shift", args=[pk]),
        "remind_url": reverse("campaigns:remind_shift", args=[pk]),
        "holiday": holiday_on(day, get_language() or "vi"),
        "rechecks_url": (
            url_if_there("progress:rechecks") if found.kind == Shift.Kind.VISIT else ""
        ),
        "crumbs": duty_crumbs(found.team, (shift_words(found), "")),
    }
    return render(request, "campaigns/shift.html", context)


def move(request, pk):
    """Hold a shift at another time, or with more or fewer volunteers."""
    found = _planned_by(request.user, pk)
    form = MoveShiftForm(
        request.POST or None,
        initial={
            "starts_at": found.starts_at,
            "minutes": found.minutes,
            "needed": found.needed,
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            move_shift(found, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("Saved. Whoever had promised another time is asked again."))
            return redirect("campaigns:shift", pk)
    return _form(request, found, form, _("Change the shift"))


def cancel(request, pk):
    """Call a shift off."""
    found = _planned_by(request.user, pk)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            cancel_shift(found, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("The shift is cancelled. The calendar says so."))
            return redirect("campaigns:shift", pk)
    return _form(request, found, form, _("Cancel the shift"), danger=True)


def hold(request, pk):
    """Say that a shift was held, and how many were helped."""
    found = shift_for(request.user, pk)
    require(request.user, "campaigns.hold_session", found)
    form = HoldShiftForm(request.POST or None, initial={"helped": found.helped, "note": found.note})
    if request.method == "POST" and form.is_valid():
        try:
            hold_shift(found, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("Saved. Whoever promised to come is credited."))
            return redirect("campaigns:shift", pk)
    return _form(request, found, form, _("The shift was held"))


def shift_for(user, pk) -> Shift:
    """Return a shift in the user's places, or at which he or she has a turn."""
    own = Turn.objects.filter(membership__user=user, shift__isnull=False).values("shift")
    found = get_object_or_404(
        Shift.objects.filter(
            Q(pk__in=Shift.objects.visible_to(user).values("pk")) | Q(pk__in=own)
        ).select_related("campaign", "place", "venue", "team__place"),
        pk=pk,
    )
    if not found.turns.filter(membership__user=user).exists():
        require(user, "campaigns.view_classgroup", found)
    return found


def duty_crumbs(team, *more):
    return [
        (_("Teams"), reverse("campaigns:teams")),
        (team.name, reverse("campaigns:team", args=[team.pk])),
        (_("Duty"), reverse("campaigns:duty", args=[team.pk])),
        *more,
    ]


def shift_words(found):
    begins = timezone.localtime(found.starts_at)
    return f"{capfirst(found.get_kind_display())}, {begins:%d/%m/%Y}"


def _planned_by(user, pk):
    found = shift_for(user, pk)
    require(user, "campaigns.plan_shifts", found)
    return found


def _form(request, found, form, title, danger=False):
    here = reverse("campaigns:shift", args=[found.pk])
    context = {
        "form": form,
        "title": title,
        "lede": f"{shift_words(found)}, {found.place}",
        "danger": danger,
        "back": here,
        "crumbs": duty_crumbs(found.team, (shift_words(found), here), (title, "")),
    }
    return render(request, "campaigns/form.html", context, status=422 if form.errors else 200)
