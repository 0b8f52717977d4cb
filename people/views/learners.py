"""Learners come in with a card, and go out again. No password, ever."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from people.forms import CodeForm
from people.models import Card
from people.services import note_card_used
from people.views.access import (
    may_use_screen,
    screen_of,
    sign_in_learner,
    sign_out_learner,
)
from people.views.limits import too_often
from people.views.posted import posted


@login_not_required
@never_cache
@sensitive_post_parameters("token")
def card_open(request):
    """Where the QR of a card leads: ``/k#token``.

    What stands behind the # never travels with a request, so it is in no log and no Referer; a
    small script posts it. A made-up token costs nobody anything: what is counted are one
    address's failures, and a card that works always opens.
    """
    if request.method != "POST":
        return render(request, "people/card_open.html", {})
    token = request.POST.get("token", "")[:64]
    card = Card.objects.with_secret(token).select_related("resident__village").first()
    if card is None:
        if too_often(request, "card", limit=60, seconds=60):
            return _slow_down(request)
        return _no_card(request, _("This QR code is not one of ours."))
    if card.revoked_at or not card.resident.is_current:
        return _no_card(request, _("This card no longer works. Ask for a new one in class."))
    if too_often(request, "card-used", limit=30, seconds=60 * 60, key=str(card.pk)):
        return _slow_down(request)
    if request.user.is_authenticated and "as_learner" not in request.POST:
        return _ask_staff(request, card, token)
    return _welcome(request, card)


@login_not_required
@never_cache
@sensitive_post_parameters("code")
def card_entry(request):
    """Type a card's code; only where a volunteer has opened tonight's class on this device."""
    if request.learner:
        return _onwards(request.learner)
    screen = screen_of(request)
    if screen is None:
        return render(request, "people/card_entry.html", {"form": None})
    form = CodeForm(posted(request))
    if request.method == "POST" and form.is_valid():
        # A code is shorter than a secret: it is asked for only here, and slowly.
        if too_often(request, "code", limit=40, seconds=600, key=str(screen)):
            return _slow_down(request)
        card = (
            Card.objects.valid()
            .filter(code=form.cleaned_data["code"])
            .select_related("resident__village")
            .first()
        )
        if card and card.resident.is_current and may_use_screen(screen, card.resident):
            return _welcome(request, card)
        form.add_error("code", _("No card of tonight's class has this code. Look once more."))
    return render(
        request,
        "people/card_entry.html",
        {"form": form, "tap_url": _url("progress:tap_name", screen) or _url("progress:tap_name")},
        status=422 if form.errors else 200,
    )


@login_not_required
@require_POST
def sign_out(request):
    """The learner goes; on a shared screen the next one comes."""
    shared = screen_of(request)
    if request.learner:
        sign_out_learner(request)
        messages.success(request, _("You have left. See you soon!"))
    if shared is not None:
        return redirect("people:card_entry")
    return redirect("home")


def _welcome(request, card: Card):
    sign_in_learner(request, card.resident, by_card=card)
    note_card_used(card)
    return _onwards(card.resident)


def _onwards(_resident):
    return redirect(_url("progress:learn") or "home")


def _ask_staff(request, card: Card, token: str):
    """A helper scanned a learner's card: look the learner up, or hand the phone over?"""
    return render(
        request,
        "people/card_scanned.html",
        {
            "resident": card.resident,
            "may_see": request.user.has_perm("people.view_resident", card.resident),
            "token": token,
        },
    )


def _no_card(request, words: str):
    return render(request, "people/card_open.html", {"refusal": words}, status=422)


def _slow_down(request):
    return render(request, "429.html", status=429)


def _url(name: str, *args) -> str | None:
    """Return an address of an app above, if it has one."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return None
