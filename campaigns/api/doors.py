"""Who may ask: a token, so often a minute, and nothing that a browser's session could open."""

import hashlib
import re
import time
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.utils.cache import get_conditional_response
from ninja.security import HttpBearer

from campaigns.api.problems import Problem, answer, too_many
from campaigns.services.clients import client_of, note_use
from people.views.limits import too_often

A_MINUTE = 60
# Whoever tries tokens is slowed down by his address.
WRONG_PER_MINUTE = 30

# What changes with each answer though nothing else has.
_AS_OF = re.compile(rb'"as_of": ?"[^"]*"')


class Token(HttpBearer):
    """``Authorization: Bearer tns_…`` of a statistics client."""

    def authenticate(self, request, token):
        client = client_of(token)
        if client is None:
            if too_often(request, "stats", limit=WRONG_PER_MINUTE, seconds=A_MINUTE):
                raise too_many(A_MINUTE)
            return None
        now = time.time()
        if _asked(client, int(now // A_MINUTE)) > client.per_minute:
            note_use(client, refused=True)
            raise too_many(A_MINUTE - int(now % A_MINUTE))
        note_use(client)
        return client


def open_up(urls):
    """Let programs in that have no session; the token is asked for behind each door."""
    patterns, app_name, namespace = urls
    for pattern in patterns:
        pattern.callback = login_not_required(_answering(pattern.callback))
    return patterns, app_name, namespace


def _answering(view):
    """Keep answers out of shared caches, and send none twice that has not changed."""

    @wraps(view)
    def answering(request, *args, **kwargs):
        if request.method not in ("GET", "HEAD"):
            problem = Problem(405, "read_only", "These figures can only be read.")
            problem.headers["Allow"] = "GET, HEAD"
            return answer(problem)
        response = view(request, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        if response.status_code != 200 or response.streaming:
            return response
        etag = f'"{hashlib.sha256(_AS_OF.sub(b"", response.content)).hexdigest()[:32]}"'
        response["ETag"] = etag
        return get_conditional_response(request, etag=etag, response=response)

    # An address of ours, for whoever asks which there are.
    answering.__module__ = __name__
    return answering


def _asked(client, minute) -> int:
    """Count one more request of this minute's, and return how many there were."""
    name = f"stats:{client.pk}:{minute}"
    cache.add(name, 0, timeout=2 * A_MINUTE)
    try:
        return cache.incr(name)
    except ValueError:  # Pushed out between the two lines.
        return 1
