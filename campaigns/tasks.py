"""The chore of the counters, sending reminders, and files that take long."""

import datetime as dt

from django.core.files.base import ContentFile

import campaigns.adapters  # noqa: F401 (makes the ways to send known)
from campaigns.exports import villages_xlsx
from campaigns.exports.facts import TABLES, night_of, written
from campaigns.exports.sheets import forget_sheets, sheet_files, sheet_name
from campaigns.models import Campaign
from campaigns.pdf import scorecards_pdf
from campaigns.reports import coverage, indicators_of
from campaigns.reports.scorecard import scorecards
from campaigns.services import (
    Trouble,
    fold,
    send_reminder,
    settle_reminder,
    waiting_reminder,
)
from campaigns.services.facts import forget_facts, is_kept, keep_facts, want_nightly_facts
from campaigns.services.reporting import remind_of_missing
from jobs.models import Job
from jobs.services import every, handler, progress, step
from jobs.services.work import MOST_ATTEMPTS
from places.models import Place


@every(2)
def fold_counters() -> None:
    """Keep the journal short, so that figures stay quick to read."""
    while fold():
        pass


class NotYet(Exception):
    """The other service was in trouble; what was not sent is tried again later."""


@handler("campaigns.remind", in_steps=True)
def remind(job: Job, channel: str, reminders: list[int]) -> None:
    """Send reminders one by one; those that were sent are never sent again."""
    refused_for_all = ""
    for number, pk in enumerate(reminders, start=1):
        with step(job, done=number - 1, total=len(reminders)):
            reminder = waiting_reminder(pk)
        if reminder is None:
            continue
        failed_because = refused_for_all
        if not failed_because:
            try:
                send_reminder(reminder)
            except Trouble as trouble:
                if trouble.again and job.attempts < MOST_ATTEMPTS:
                    raise NotYet(trouble.code) from None
                failed_because = trouble.code
                refused_for_all = trouble.code if trouble.for_all or trouble.again else ""
        with step(job, done=number, total=len(reminders)):
            settle_reminder(reminder, failed_because)


VILLAGES = "campaigns.villages"
# So many communes are written between two words to whoever waits.
_AT_ONCE = 8


@handler(VILLAGES, in_steps=True)
def write_villages(
    job: Job, campaign: int, place: int, indicator: str, day: int | None, units: str, by: int
) -> None:
    """Write all villages of a province into one sheet, commune by commune as their maps show."""
    row = Campaign.objects.get(pk=campaign)
    whole = coverage(row, Place.objects.get(pk=place), indicator, day=day, units=units)
    communes = [r.place for r in whole.in_place]
    known = indicators_of(row)
    label = known[indicator].label if indicator in known else indicator
    pages = (coverage(row, commune, indicator, day=day, units=units) for commune in communes)
    data = None
    for number, data in enumerate(villages_xlsx(pages, label)):  # noqa: B007
        if number % _AT_ONCE == 0:
            with step(job, done=number, total=len(communes)):
                pass
    files, name = sheet_files(), sheet_name(job.pk)
    with step(job, done=len(communes), total=len(communes)):
        # Whoever died here before may have left a piece of it.
        files.delete(name)
        files.save(name, ContentFile(data))


@every(60 * 60)
def forget_old_sheets() -> None:
    """Keep no file longer than a day: figures grow old, and a new one is made in seconds."""
    forget_sheets()


@handler("campaigns.facts", in_steps=True)
def make_facts(job: Job, campaign: int, on: str, since: str) -> None:
    """Write a campaign's facts without names, table by table; what is made is not made again."""
    row = Campaign.objects.select_related("place").get(pk=campaign)
    day, moment = dt.date.fromisoformat(on), dt.datetime.fromisoformat(since)
    while fold():
        pass
    night = night_of(row, day)
    for number, table in enumerate(TABLES.values()):
        if is_kept(row, table.name, day, moment):
            continue
        with (
            written(table, night, beat=lambda _n: progress(job)) as (rows, files),
            step(job, done=number + 1, total=len(TABLES)),
        ):
            for kind, path in files.items():
                keep_facts(row, table.name, day, path, kind, rows)


@every(30 * 60)
def make_nightly_facts() -> None:
    """Have each campaign's files made, once a night."""
    want_nightly_facts()


@every(60 * 60)
def forget_old_facts() -> None:
    """Keep no file for longer than thirty nights."""
    forget_facts()


SCORECARDS = "campaigns.scorecards"


def scorecards_name(job: int) -> str:
    """Return the name of the file that a job draws."""
    return f"{job}.pdf"


@handler(SCORECARDS, in_steps=True)
def draw_scorecards(job: Job, campaign: int, place: int, by: int) -> None:
    """Draw the scorecards of all communes of a province into one file."""
    cards = scorecards(Campaign.objects.get(pk=campaign), Place.objects.get(pk=place))
    with step(job, done=0, total=len(cards)):
        pass
    pdf = scorecards_pdf(cards)
    files, name = sheet_files(), scorecards_name(job.pk)
    with step(job, done=len(cards), total=len(cards)):
        files.delete(name)
        files.save(name, ContentFile(pdf))


@every(60 * 60)
def remind_of_reports() -> None:
    """Remind whoever has not reported in time, once, on the day after."""
    remind_of_missing()
