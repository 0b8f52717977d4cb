"""Writing down what is to be done."""

import hashlib
import json
import logging
import re
from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from jobs.models import Job
from jobs.services.registry import HANDLERS

logger = logging.getLogger(__name__)

# Arguments point at rows, they do not carry what is in them: no name or telephone gets through.
_REFERENCE = re.compile(r"[\w.:/+=@-]{0,120}", re.ASCII)
_LONG_NUMBER = 10**8

Plain = int | str | bool | None | list["Plain"]


def enqueue(
    kind: str, *, key: str | None = None, run_after: datetime | None = None, **args: object
) -> Job:
    """Write down work of a kind, inside the transaction of the story that wants it.

    The same ``key`` is the same work: enqueued twice, it is one job and is done once. Arguments are
    numbers, codes, dates, UUIDs or lists of these.
    """
    if kind not in HANDLERS:
        raise LookupError(f"no handler does jobs of kind {kind!r}")
    values = {
        "kind": kind,
        "args": {name: _plain(name, value) for name, value in args.items()},
        "run_after": run_after or timezone.now(),
    }
    if key is None:
        job = Job.objects.create(**values)
    else:
        job, _ = Job.objects.get_or_create(key=key, defaults=values)
    # One wake-up a transaction is enough, however many jobs it writes.
    if not any(hook[1] is wake for hook in connection.run_on_commit):
        transaction.on_commit(wake, robust=True)
    return job


def enqueue_one(kind: str, **args: object) -> Job:
    """Write down work that somebody asks for again and again: while it is not over, it is one job.

    Asked for once it is over, it is done anew.
    """
    asked = json.dumps({name: _plain(name, value) for name, value in args.items()}, sort_keys=True)
    name = f"{kind}:{hashlib.sha256(asked.encode()).hexdigest()[:32]}:"
    last = Job.objects.filter(key__startswith=name).order_by("-pk").first()
    if last and not last.is_over:
        return last
    # Two who ask at the same moment find the same last job, and so write down the same next one.
    key = f"{name}{last.pk if last else 0}"
    return enqueue(kind, key=key, run_after=None, **args)


def wake() -> None:
    """Tell the workers that there is something to do. Nothing depends on its getting through."""
    if settings.JOBS_WAKE != "none":
        import_string(settings.JOBS_WAKE)()


def _plain(name: str, value: object) -> Plain:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value
    if isinstance(value, date | UUID):
        return str(value) if isinstance(value, UUID) else value.isoformat()
    if isinstance(value, list | tuple | set) and not isinstance(value, Mapping):
        return [_plain(name, item) for item in value]
    if isinstance(value, str) and _REFERENCE.fullmatch(value):
        return str(value)
    raise ValueError(f"the argument {name!r} of a job must point at data, not carry it")
