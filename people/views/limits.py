"""Slow down whoever tries too often, without locking a named person out."""

import ipaddress
import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache


def too_often(request, action: str, *, limit: int, seconds: int, key: str = "") -> bool:
    """Count one try and tell whether it is one too many.

    Tries are counted per address (and ``key``, if given) in windows of ``seconds``; behind a
    proxy the address is the one that allauth was told to trust.
    """
    address = _network(get_adapter().get_client_ip(request))
    window = int(time.time() // seconds)
    name = f"tries:{action}:{address}:{key}:{window}"
    cache.add(name, 0, timeout=seconds)
    try:
        return cache.incr(name) > limit
    except ValueError:  # The window ended between the two lines.
        return False


def _network(address: str) -> str:
    """Return what one subscriber has: an address of the fourth version, 2⁶⁴ of the sixth."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(found), 64), strict=False).network_address)
