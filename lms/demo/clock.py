"""The demo's past happens at its own time."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from django.utils import timezone


@contextmanager
def at(moment: dt.datetime) -> Iterator[None]:
    """Let the services believe that it is ``moment``.

    Fields hold on to the function ``timezone.now`` itself (``default=timezone.now``), so what it
    reads the time from is exchanged, not the function.
    """

    class Then(dt.datetime):
        @classmethod
        def now(cls, tz=None):
            return moment.astimezone(tz)

    with mock.patch.object(timezone, "datetime", Then):
        yield


def clock_of(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    """Return a moment of a local day."""
    return dt.datetime.combine(day, dt.time(hour, minute), tzinfo=timezone.get_default_timezone())
