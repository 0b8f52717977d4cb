"""A campaign's page for everybody: the map, the totals, classes nearby, and nobody's name."""

import hashlib
import io
from contextlib import contextmanager
from functools import wraps

import segno
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import caches
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from campaigns.exports.coverage import STATUS_LABELS
from campaigns.exports.social import social_card
from campaigns.reports import INDICATOR_LABELS, tile_map
from campaigns.reports.public import (
    find_communes,
    public_campaigns,
    public_page,
    upcoming,
    where_classes_are,
)
from campaigns.reports.told import yesterday
from people.views.limits import too_often
from places.models import Place

A_MINUTE, AN_HOUR, A_DAY = 60, 60 * 60, 24 * 60 * 60
# A stranger's page is made once a minute for each question; somebody who asks ever new ones waits.
PER_MINUTE = 120
# Longer questions are nobody's village.
LONGEST = 60
# Nor has a place a number of more digits.
LONGEST_NUMBER = 18


def kept_for(seconds, *, is_for_people=False):
    """Answer from the memory of this process; each answer is made once for everybody.

    What depends on nobody is kept whoever asks. A page ``is_for_people``: whoever is really signed
    in gets one of his or her own; a cookie alone, which anybody can make up, does not tell that.
    Whoever has ever new ones made waits.
    """

    def decorate(view):
        @wraps(view)
        def answer(request, pk):
            is_own = is_for_people and bool(request.user.is_authenticated or request.learner)
            pages, name = caches["pages"], _name_of(request, is_for_people)
            kept = None if is_own else pages.get(name)
            if kept is None:
                if too_often(request, "public", limit=PER_MINUTE, seconds=A_MINUTE):
                    refusal = HttpResponse(status=429)
                    refusal["Retry-After"] = A_MINUTE
                    return refusal
                if is_own:
                    return view(request, pk)
                with _without_messages(request):
                    response = view(request, pk)
                kept = response.content, response["Content-Type"]
                if response.status_code != 200:
                    return response
                pages.set(name, kept, seconds)
            content, content_type = kept
            response = HttpResponse(content, content_type=content_type)
            response["Cache-Control"] = f"public, max-age={seconds}"
            # Language, size of letters and theme come in cookies; so does a session.
            response["Vary"] = "Cookie"
            _permit_location(response)
            etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
            response["ETag"] = etag
            return get_conditional_response(request, etag=etag, response=response)

        return answer

    return decorate


@login_not_required
@require_safe
@kept_for(A_MINUTE, is_for_people=True)
def page(request, pk):
    """What everybody may know of a campaign."""
    campaign = campaign_of(pk)
    found = public_page(campaign)
    words, wanted = _asked(request)
    commune = _commune(campaign, wanted)
    context = {
        "campaign": campaign,
        "found": found,
        "rows": found.map.found.rows,
        "map": tile_map(sorted(found.map.found.rows, key=lambda row: row.place.sort_key)),
        "indicator_label": INDICATOR_LABELS[found.indicator],
        "totals": [(INDICATOR_LABELS[measure], n) for measure, n in found.totals.items()],
        "labels": STATUS_LABELS,
        "statuses": [
            status
            for status in STATUS_LABELS
            if any(row.status == status for row in found.map.found.rows)
        ],
        "commune": commune,
        "sessions": upcoming(campaign, commune) if commune else [],
        "places": where_classes_are(campaign),
        "q": words,
        "matches": find_communes(campaign, words) if words else [],
        "address": address_of(pk),
        "card": settings.SITE_ADDRESS + reverse("public_card", args=[pk]),
        "until": yesterday(),
    }
    response = render(request, "campaigns/public.html", context)
    _permit_location(response)
    return response


@login_not_required
@require_safe
@kept_for(AN_HOUR)
def places(request, pk):
    """Where classes are: communes with the middle of each, for a phone that looks for the next.

    The phone reads the whole list and measures by itself; where it is, it tells nobody.
    """
    campaign = campaign_of(pk)
    listed = [
        {
            "id": commune.pk,
            "name": commune.full_name,
            "lat": round(commune.latitude, 3),
            "lon": round(commune.longitude, 3),
            "n": n,
        }
        for commune, n in where_classes_are(campaign)
        if commune.latitude is not None and commune.longitude is not None
    ]
    return JsonResponse({"places": listed})


@login_not_required
@require_safe
@kept_for(A_DAY)
def card(request, pk):
    """The picture that Zalo and Facebook show beside the address; drawn once a day."""
    with translation.override("vi"):
        drawn = social_card(public_page(campaign_of(pk)))
    return HttpResponse(drawn, content_type="image/png")


@login_not_required
@require_safe
@kept_for(A_DAY)
def code(request, pk):
    """The address as a QR code, to be hung up or put into a letter."""
    campaign_of(pk)
    drawn = io.BytesIO()
    segno.make(address_of(pk), error="m", micro=False).save(
        drawn, kind="svg", scale=8, border=4, light="#fff", xmldecl=False
    )
    return HttpResponse(drawn.getvalue(), content_type="image/svg+xml")


def campaign_of(pk):
    """Return a campaign that strangers may look at; any other is not there."""
    return get_object_or_404(public_campaigns(), pk=pk)


def address_of(pk) -> str:
    """Return the whole address, for a code, a letter, another site."""
    return settings.SITE_ADDRESS + reverse("public_campaign", args=[pk])


def _asked(request) -> tuple[str, str]:
    """Return (words, number of a commune) that the address asks for; nothing else in it counts."""
    commune = request.GET.get("commune", "")
    is_number = commune.isascii() and commune.isdecimal() and len(commune) <= LONGEST_NUMBER
    return request.GET.get("q", "").strip()[:LONGEST], commune if is_number else ""


def _commune(campaign, asked):
    """Return the commune whose classes are asked for; in a commune's own campaign, itself."""
    if campaign.place.depth > 1:
        return campaign.place
    if not asked:
        return None
    return Place.objects.below(campaign.place).filter(depth=2, pk=asked).first()


@contextmanager
def _without_messages(request):
    """Leave what somebody's last act has to say for that person's next page."""
    held = request.__dict__.pop("_messages", None)
    try:
        yield
    finally:
        if held is not None:
            request._messages = held


def _permit_location(response):
    # The phone may ask where it is; what it finds stays on it.
    response["Permissions-Policy"] = (
        "microphone=(), camera=(), geolocation=(self), payment=(), usb=()"
    )


def _name_of(request, is_for_people) -> str:
    parts = [request.path, translation.get_language(), timezone.localdate().isoformat()]
    if is_for_people:
        look = [request.COOKIES.get(name, "")[:8] for name in ("look_size", "look_theme")]
        parts += [request.get_host(), *look, *_asked(request)]
    return f"public:{hashlib.sha256(repr(parts).encode()).hexdigest()}"
