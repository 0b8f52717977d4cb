"""Figures for other programs: read-only, by token, under ``/api/stats/v1/``.

What a program sees is what a member of staff at its place would see, or, without ``sees_exact``,
what everybody may: see `campaigns.reports.told`. Errors are problem details (RFC 9457).
"""

from campaigns.api.doors import open_up
from campaigns.api.endpoints import api

# For the site map: patterns, app name, namespace.
urls = open_up(api.urls)

__all__ = ["api", "urls"]
