"""Lessons are read a thousand times between two changes: for strangers each page is made once.

Only what is the same for everybody is kept: pages of the content, asked for without a session.
Whoever is signed in, by password or by card, has a session and gets a page of his or her own. What
an author publishes is seen at once where the cache is shared (Redis), and within a minute where
each process has its own.

The pages themselves lie in the memory of each process, a few hundred at most: whoever thinks of
ever new addresses pushes out pages, and neither fills Redis nor makes it forget who tried a
password too often.
"""

import hashlib
import secrets

from django.conf import settings
from django.core.cache import cache, caches
from django.db.models.signals import post_delete, post_save
from django.http import HttpResponse
from wagtail.signals import page_published, page_unpublished, post_page_move

A_MINUTE = 60
_GENERATION = "pages:generation"
# A longer address is not one of ours.
_LONGEST = 512


class PageCacheMiddleware:
    """Answer strangers from the cache; stands before everything that would ask the database."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.prefixes = tuple(f"/{code}/" for code, _name in settings.LANGUAGES)

    def __call__(self, request):
        if not self._is_for_everybody(request):
            return self.get_response(request)
        name = _name_of(request)
        pages = caches["pages"]
        kept = pages.get(name)
        if kept is not None:
            content, headers = kept
            return HttpResponse(content, headers=headers)
        response = self.get_response(request)
        if _may_be_kept(response):
            pages.set(name, (response.content, dict(response.items())), A_MINUTE)
        return response

    def _is_for_everybody(self, request) -> bool:
        return (
            request.method == "GET"
            and request.path.startswith(self.prefixes)
            and len(request.get_full_path()) < _LONGEST
            # Neither somebody's session nor somebody's message.
            and settings.SESSION_COOKIE_NAME not in request.COOKIES
            and "messages" not in request.COOKIES
        )


def forget(**_signal) -> None:
    """Begin a new generation of pages; the old ones are not asked for any more."""
    cache.set(_GENERATION, _new_generation(), None)


def _new_generation() -> str:
    # Never one that has been: an emptied cache must not bring old pages back.
    return secrets.token_hex(8)


def listen() -> None:
    """Hear of everything that may change a page of the content."""
    for signal in (page_published, page_unpublished, post_page_move):
        signal.connect(forget)
    for signal in (post_save, post_delete):
        for label in ("courses.LocalFigure", "courses.FigureWords", "courses.AudioClip"):
            signal.connect(forget, sender=label)


def _name_of(request) -> str:
    look = ":".join(request.COOKIES.get(name, "")[:8] for name in ("look_size", "look_theme"))
    address = f"{request.get_host()}{request.get_full_path()}:{look}"
    digest = hashlib.sha256(address.encode()).hexdigest()
    return f"page:{cache.get_or_set(_GENERATION, _new_generation, None)}:{digest}"


def _may_be_kept(response) -> bool:
    return (
        response.status_code == 200
        and not response.streaming
        and not response.cookies
        and "no-store" not in response.get("Cache-Control", "")
    )
