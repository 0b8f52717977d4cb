"""Turns: asking volunteers, their answers, who stands in, who was there."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from campaigns.exports import member_calendar
from campaigns.forms import CreditForm, OfferForm, ReplaceForm, refuse
from campaigns.models import Membership, Shift, Turn
from campaigns.reports import hours_served, may_be_asked, my_turns
from campaigns.services import (
    answer_turn,
    credit_turn,
    miss_turn,
    offer_turns,
    renew_member_calendar_key,
    replace_turn,
    take_back_turn,
)
from campaigns.views.sessions import session_crumbs, session_for
from campaigns.views.shared import require
from campaigns.views.shifts import duty_crumbs, shift_for, shift_words


def offer(request, kind, pk):
    """Ask members of the team, or of the teams around, to come."""
    occasion = occasion_for(request.user, kind, pk)
    require(request.user, "campaigns.plan_shifts", occasion)
    candidates = may_be_asked(occasion, team_of(occasion))
    sent = request.POST if request.method == "POST" else None
    form = OfferForm(sent, members=[one.member for one in candidates])
    if request.method == "POST" and form.is_valid():
        chosen = list(form.cleaned_data["members"])
        try:
            offer_turns(occasion, chosen, by=request.user, agreed=form.cleaned_data["agreed"])
        except ValidationError as refusal:
            refuse(form, refusal)
        else:
            words = ngettext(
                "%(n)s volunteer is on the roster.",
                "%(n)s volunteers are on the roster.",
                len(chosen),
            )
            messages.success(request, words % {"n": len(chosen)})
            _tell_clashes(request, candidates, chosen)
            return redirect(occasion_url(occasion))
    context = {
        "occasion": occasion,
        "own": [one for one in candidates if one.is_own_team],
        "near": [one for one in candidates if not one.is_own_team],
        "form": form,
        "chosen": request.POST.getlist("members"),
        "is_over": occasion.ends_at <= timezone.now(),
        "back": occasion_url(occasion),
        "crumbs": crumbs_of_occasion(occasion, (_("Ask volunteers"), "")),
    }
    return render(request, "campaigns/offer.html", context, status=422 if form.errors else 200)


@require_POST
def answer(request, pk):
    """Say whether one comes: for oneself, or what somebody told the leader."""
    turn = _turn_for(request.user, pk)
    if not _is_own(turn, request.user):
        require(request.user, "campaigns.plan_shifts", turn)
    accepts = request.POST.get("answer") == "yes"
    try:
        answer_turn(turn, accepts, by=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        own = _("Thank you! You are expected.") if accepts else _("Noted: you cannot come.")
        messages.success(request, own if _is_own(turn, request.user) else _("Saved."))
    return _back(request, turn)


def replace(request, pk):
    """Let somebody else stand in, who has agreed."""
    turn = _planned_turn(request.user, pk)
    candidates = may_be_asked(turn.occasion, team_of(turn.occasion))
    form = ReplaceForm(request.POST or None, candidates=candidates)
    if request.method == "POST" and form.is_valid():
        try:
            replace_turn(turn, form.cleaned_data["member"], by=request.user)
        except ValidationError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("Saved."))
            _tell_clashes(request, candidates, [form.cleaned_data["member"]])
            return redirect(occasion_url(turn.occasion))
    title = _("Somebody stands in")
    context = {
        "form": form,
        "title": title,
        "lede": _("Instead of %(name)s") % {"name": turn.membership.name},
        "back": occasion_url(turn.occasion),
        "crumbs": crumbs_of_occasion(turn.occasion, (title, "")),
    }
    return render(request, "campaigns/form.html", context, status=422 if form.errors else 200)


@require_POST
def credit(request, pk):
    """Record who was there and for how long, or who was not."""
    turn = _planned_turn(request.user, pk)
    form = CreditForm(request.POST)
    try:
        if not form.is_valid():
            raise ValidationError(_("Between 1 and 720 minutes."), code="minutes")
        if form.cleaned_data["result"] == "served":
            credit_turn(turn, by=request.user, minutes=form.cleaned_data["minutes"])
        else:
            miss_turn(turn, by=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("Saved."))
    return _back(request, turn)


@require_POST
def take_back(request, pk):
    """Take back an offer made by mistake."""
    turn = _planned_turn(request.user, pk)
    try:
        take_back_turn(turn, by=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("Taken off the roster."))
    return _back(request, turn)


def mine(request):
    """A volunteer's own turns: what is asked, what is promised, what was served."""
    require(request.user, "campaigns.serve")
    members = Membership.objects.filter(user=request.user).select_related("team")
    today = timezone.localdate()
    context = {
        "turns": my_turns(request.user),
        "members": [member for member in members if not member.until or member.until >= today],
        "hours": hours_served(members, today.replace(month=1, day=1), today),
        "crumbs": [(_("My turns"), "")],
    }
    return render(request, "campaigns/my_turns.html", context)


def member_feed(request, pk):
    """The address of one volunteer's own calendar, and a new one."""
    member = get_object_or_404(
        Membership.objects.filter(pk__in=_members_in_reach(request.user)).select_related(
            "team__place"
        ),
        pk=pk,
    )
    if member.user_id != request.user.pk:
        require(request.user, "campaigns.change_team", member)
    if request.method == "POST":
        renew_member_calendar_key(member, by=request.user)
        messages.success(request, _("The calendar has a new address; an old one opens nothing."))
        return redirect("campaigns:member_feed", pk)
    feed = ""
    if member.calendar_key:
        path = reverse("campaigns:member_calendar", args=[member.calendar_key])
        feed = request.build_absolute_uri(path)
    context = {
        "member": member,
        "feed": feed,
        "webcal": feed.replace("https://", "webcal://").replace("http://", "webcal://"),
        "crumbs": [
            (_("Teams"), reverse("campaigns:teams")),
            (member.team.name, reverse("campaigns:team", args=[member.team_id])),
            (_("Calendar"), ""),
        ],
    }
    return render(request, "campaigns/member_feed.html", context)


@login_not_required
@require_GET
def feed(request, key):
    """One volunteer's turns for whoever has the secret address; telephones cannot sign in."""
    member = get_object_or_404(Membership.objects.current(), calendar_key=key)
    with translation.override("vi"):
        content = member_calendar(member)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, max-age=300"
    response["Content-Disposition"] = 'inline; filename="lich-cua-toi.ics"'
    return response


def occasion_for(user, kind, pk):
    return shift_for(user, pk) if kind == "shift" else session_for(user, pk)


def occasion_url(occasion):
    kind = "shift" if isinstance(occasion, Shift) else "session"
    return reverse(f"campaigns:{kind}", args=[occasion.pk])


def team_of(occasion):
    return occasion.team if isinstance(occasion, Shift) else occasion.class_group.team


def crumbs_of_occasion(occasion, *more):
    if isinstance(occasion, Shift):
        return duty_crumbs(occasion.team, (shift_words(occasion), occasion_url(occasion)), *more)
    return session_crumbs(occasion, *more)


def _turn_for(user, pk):
    turn = get_object_or_404(
        Turn.objects.filter(pk__in=Turn.objects.visible_to(user).values("pk")).select_related(
            "membership__user",
            "session__class_group__place",
            "session__class_group__team",
            "session__campaign__place",
            "shift__place",
            "shift__team__place",
        ),
        pk=pk,
    )
    if not _is_own(turn, user):
        require(user, "campaigns.view_classgroup", turn)
    return turn


def _planned_turn(user, pk):
    turn = _turn_for(user, pk)
    require(user, "campaigns.plan_shifts", turn)
    return turn


def _is_own(turn, user):
    return turn.membership.user_id == user.pk


def _members_in_reach(user):
    return [
        *Membership.objects.visible_to(user).values_list("pk", flat=True),
        *user.memberships.values_list("pk", flat=True),
    ]


def _back(request, turn):
    """Return to where the button was."""
    came_from = request.POST.get("from")
    if came_from == "home":
        return redirect("home")
    if came_from == "mine" and request.user.has_perm("campaigns.serve"):
        return redirect("campaigns:my_turns")
    try:
        occasion_for(request.user, "shift" if turn.shift_id else "session", turn.occasion.pk)
    except PermissionDenied:
        return redirect("home")
    return redirect(occasion_url(turn.occasion))


def _tell_clashes(request, candidates, chosen):
    """Tell, and do not refuse, that somebody has promised something else at the same time."""
    pks = {member.pk for member in chosen}
    for one in candidates:
        if one.member.pk in pks and one.clashes:
            words = _("%(name)s is also expected elsewhere at that time: %(what)s")
            what = "; ".join(str(turn.occasion) for turn in one.clashes)
            messages.warning(request, words % {"name": one.member.name, "what": what})
