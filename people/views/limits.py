"""Slow down whoever tries too often, without locking a named person out."""

import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache


def too_often(request, action: str, *, limit: int, seconds: int, key: str = "") -> bool:
    """Count one try and tell whether it is one too many.

    Tries are counted per address (and ``key``, if given) in windows of ``seconds``; behind a
    proxy the address is the one that allauth was told to trust.
    """
    address = get_adapter().get_client_ip(request)
    window = int(time.time() // seconds)
    name = f"tries:{action}:{address}:{key}:{window}"
    cache.add(name, 0, timeout=seconds)
    try:
        return cache.incr(name) > limit
    except ValueError:  # The window ended between the two lines.
        return False
