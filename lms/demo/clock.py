"""The demo's past happens at its own time."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from django.utils import timezone


@contextmanager
def at(moment: dt.datetime) -> Iterator[None]:
    """Let the services believe that it is ``moment``."""
    with mock.patch.object(timezone, "now", return_value=moment):
        yield


def clock_of(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    """Return a moment of a local day."""
    return dt.datetime.combine(day, dt.time(hour, minute), tzinfo=timezone.get_default_timezone())
