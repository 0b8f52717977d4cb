"""Where phones without network bring what they kept. Answers are always our own JSON.

Never a redirect: a phone that follows one to a sign-in page, and takes its 200 for a yes, throws
away what somebody has learnt.
"""

import json
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.http import require_POST, require_safe

from people.views.access import is_lost, screen_of
from people.views.limits import too_often
from progress.reports import on_phone
from progress.services.sync import Person, person_at, take_in

MAX_ITEMS = 100
MAX_BYTES = 512 * 1024
# A phone sends a few times a minute; a class of forty behind one address does so, too.
BATCHES_A_MINUTE = 120


@login_not_required
@require_safe
@never_cache
@requires_csrf_token
def whoami(request):
    """Say who is signed in, what time it is, and that this is really us and no café's Wi-Fi.

    Nobody is given no token, since nobody can send: a telephone that has lost its cookies asks this
    in the background while its owner opens the card, and a new cookie would spoil the card's form.
    """
    person = _person(request)
    known: dict[str, Any] = {"csrf": "", "person": None}
    if person:
        known["csrf"] = get_token(request)
        known["person"] = {"kind": person.kind, "id": person.id, "also": person.also}
    elif is_lost(request):
        known["forget"] = True
    return say(**known)


@login_not_required
@require_safe
@never_cache
def mine(request):
    """Say which lessons a learner's own phone should keep, and how far they are."""
    if request.learner is None or screen_of(request) is not None:
        return say(401, error="signed_out")
    return say(who=str(request.learner.uuid), **on_phone(request.learner))


@login_not_required
@require_POST
@never_cache
def sync(request):
    """Take a batch of what was done without network; each item is answered by itself."""
    person = _person(request)
    if person is None:
        return say(401, error="signed_out")
    if too_often(request, "sync", limit=BATCHES_A_MINUTE, seconds=60, key=person.id):
        return say(429, error="too_often")
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BYTES:
        return say(413, error="too_large")
    sent = _read(request.body)
    if sent is None:
        return say(400, error="not_a_batch")
    if len(sent) > MAX_ITEMS:
        return say(413, error="too_many")
    return say(results=take_in(person, sent))


def _person(request) -> Person | None:
    return person_at(resident=request.learner, user=request.user)


def _read(body: bytes) -> list | None:
    """Return the items of a batch, or ``None`` where it is none."""
    try:
        batch = json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    items = batch.get("items") if type(batch) is dict else None
    return items if type(items) is list else None


def _refuse(constant):
    raise ValueError(constant)


def say(status: int = 200, **words) -> JsonResponse:
    """Answer a phone in our own form; it takes an answer in any other for a café's Wi-Fi."""
    now = round(timezone.now().timestamp() * 1000)
    return JsonResponse({"app": "tramngay", "now": now, **words}, status=status)
