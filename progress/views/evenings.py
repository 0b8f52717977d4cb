"""Where volunteers' phones fetch the evenings that they keep for the time without network."""

import hashlib
import json

from django.contrib.auth.decorators import login_not_required
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from progress.reports import evenings as evenings_of
from progress.views.sync import say


@login_not_required
@require_safe
@never_cache
def evenings(request):
    """Say what a volunteer's phone should keep; nothing again to one that has it (``have``)."""
    if not request.user.is_authenticated:
        return say(401, error="signed_out")
    known = evenings_of(request.user)
    digest = hashlib.sha256(json.dumps(known).encode()).hexdigest()[:16]
    if request.GET.get("have") == digest:
        return say(who=known["who"], digest=digest)
    return say(**known, digest=digest)
