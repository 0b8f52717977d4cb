"""Pictures of other people's apps, and originals that change: told from the words alone. Pure.

A lesson's body is taken as it is stored: a list of {type, value, id}.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

# Apps change every few weeks; after this a picture of one should be looked at again.
FRESH_FOR = dt.timedelta(days=60)


@dataclass(frozen=True)
class AppPicture:
    """A picture of somebody's app: which one, and when it looked so."""

    app: str
    version: str = ""
    taken_on: dt.date | None = None

    def is_old(self, on: dt.date) -> bool:
        """Tell whether it should be looked at again; nobody knows how old an undated one is."""
        return self.taken_on is None or on - self.taken_on > FRESH_FOR


@dataclass(frozen=True)
class StoredScreen:
    """A screen of a lesson as it is stored."""

    number: int
    block: str
    heading: str
    apps: tuple[AppPicture, ...]
    digest: str


def stored_screens(raw: Any) -> list[StoredScreen]:
    """Return the screens of a stored body, in order."""
    return [
        StoredScreen(
            number=number,
            block=child.get("id") or "",
            heading=_heading(child["value"]),
            apps=tuple(app_pictures(child["value"])),
            digest=digest_of(child),
        )
        for number, child in enumerate(raw, start=1)
    ]


def app_pictures(value: Any) -> Iterator[AppPicture]:
    """Yield the pictures of apps inside a stored value, however deep they lie."""
    if isinstance(value, dict):
        if value.get("app"):
            yield AppPicture(value["app"], value.get("version") or "", _date(value.get("taken_on")))
        for part in value.values():
            yield from app_pictures(part)
    elif isinstance(value, list):
        for part in value:
            yield from app_pictures(part)


def digest_of(child: Any) -> str:
    """Return what changes whenever anything on the screen does."""
    stored = json.dumps([child["type"], child["value"]], sort_keys=True, default=str)
    # A browser sends other ends of lines than a content pack has.
    return hashlib.sha256(stored.replace("\\r\\n", "\\n").encode()).hexdigest()


def _heading(value) -> str:
    return value.get("heading") or value.get("text") or "" if isinstance(value, dict) else ""


def _date(value) -> dt.date | None:
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(value or "")
    except ValueError:
        return None
