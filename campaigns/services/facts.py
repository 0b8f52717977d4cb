"""The shelf of the nightly files: putting a file there, reading it, clearing old ones away."""

import datetime as dt
import hashlib
from pathlib import Path
from typing import IO

from django.core.files import File
from django.core.files.storage import storages
from django.db import transaction
from django.utils import timezone

from campaigns.models import Campaign, FactsFile
from jobs.models import Job
from jobs.services import enqueue

# For so many nights each file is kept.
NIGHTS = 30
# Files are made while nobody teaches.
NIGHT = range(1, 5)


def facts_shelf():
    """Return the private shelf; asked at run time, so that each settings file names its own."""
    return storages["facts"]


def want_facts(campaign: Campaign, on: dt.date | None = None, *, again: bool = False) -> Job:
    """Have a campaign's files made for a day; once, however often it is asked for.

    ``again`` makes them anew, at most once a minute.
    """
    on = on or timezone.localdate()
    now = timezone.now().replace(second=0, microsecond=0)
    key = f"facts:{campaign.pk}:{on}"
    since = timezone.make_aware(dt.datetime.combine(on, dt.time.min))
    if again:
        key, since = f"{key}:{now:%H%M}", now
    return enqueue("campaigns.facts", key=key, campaign=campaign.pk, on=on, since=since)


def want_nightly_facts() -> int:
    """Have the files of every campaign made that runs, or has ended not long ago, at night."""
    now = timezone.localtime()
    if now.hour not in NIGHT:
        return 0
    campaigns = [
        campaign
        for campaign in Campaign.objects.exclude(state=Campaign.State.DRAFT)
        if now.date() <= campaign.last_day + dt.timedelta(days=NIGHTS)
    ]
    for campaign in campaigns:
        with transaction.atomic():
            want_facts(campaign, now.date())
    return len(campaigns)


def is_kept(campaign: Campaign, table: str, on: dt.date, since: dt.datetime) -> bool:
    """Tell whether both files of a table were already made since a moment."""
    made = FactsFile.objects.filter(campaign=campaign, table=table, on=on, made_at__gte=since)
    return made.count() == len(FactsFile.Format.values)


def keep_facts(
    campaign: Campaign, table: str, on: dt.date, path: Path, kind: str, rows: int
) -> FactsFile:
    """Put one file on the shelf; doing it again replaces it."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
        file.seek(0)
        name = f"{campaign.pk}/{on:%Y%m%d}/{table}-{digest.hexdigest()[:16]}.{kind}"
        shelf = facts_shelf()
        if not shelf.exists(name):
            name = shelf.save(name, File(file))
    before = FactsFile.objects.filter(campaign=campaign, table=table, on=on, format=kind).first()
    kept, _new = FactsFile.objects.update_or_create(
        campaign=campaign,
        table=table,
        on=on,
        format=kind,
        defaults={
            "file": name,
            "rows": rows,
            "size": path.stat().st_size,
            "sha256": digest.hexdigest(),
            "made_at": timezone.now(),
        },
    )
    if before is not None and before.file != name:
        _clear(before.file)
    return kept


def open_facts(file: FactsFile) -> IO[bytes]:
    """Open a file for reading."""
    return facts_shelf().open(file.file)


def forget_facts() -> int:
    """Clear away files of more than thirty nights ago; return how many."""
    until = timezone.localdate() - dt.timedelta(days=NIGHTS)
    old = list(FactsFile.objects.filter(on__lt=until)[:1000])
    for file in old:
        file.delete()
        _clear(file.file)
    return len(old)


def _clear(name):
    """Take a file off the shelf once the row that names it is gone for good."""
    transaction.on_commit(lambda: facts_shelf().delete(name))
