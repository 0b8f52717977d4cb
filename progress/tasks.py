"""Door-keepers for the work that waits in the job table, and the chores."""

import datetime as dt

from django.utils import timezone

import progress.reports.warehouse  # noqa: F401 (makes its tables of the nightly files known)
from jobs.models import Job
from jobs.services import enqueue, every, handler, step
from people.services import keep_counts
from places.models import Place
from progress.models import SheetScan
from progress.services import flag_what_arrived
from progress.services.papers import forget_scans, record_problem, record_reading
from progress.services.quality import KIND, communes_to_count, counts_of, places_to_count
from progress.services.sync.deciding import forget_set_aside


@handler("progress.read_sheet", in_steps=True)
def read_sheet(job: Job, scan: str) -> None:
    """Read a photographed register: looked at with no lock held, then recorded in one go."""
    # OpenCV is heavy: only who reads photographs loads it.
    from progress.imports.sheets import Unreadable, read_sheet  # noqa: PLC0415

    row = SheetScan.objects.filter(uuid=scan, state=SheetScan.State.WAITING).first()
    if row is None or row.picture is None:
        return
    try:
        reading = read_sheet(bytes(row.picture))
    except Unreadable as reason:
        with step(job):
            record_problem(row, reason.code)
        return
    with step(job):
        record_reading(row, reading.code, reading.picture, reading.as_rows())


@every(60 * 60)
def forget_photographs() -> None:
    """Keep no photograph of a register for longer than a week."""
    forget_scans()


@every(60 * 60)
def forget_words_set_aside() -> None:
    """Keep no newcomer's name in what a leader set aside a month ago."""
    forget_set_aside()


@every(60 * 60)
def look_for_oddities() -> None:
    """Show the commune what looks odd in registers; a little more than what is new is looked at."""
    flag_what_arrived(timezone.now() - dt.timedelta(hours=2))


# After midnight and after the recount; a laptop that sleeps then does it when it wakes.
_HOUR = 2


@every(15 * 60)
def count_quality_nightly() -> None:
    """Have it counted once a day, place by place, how good our data are."""
    now = timezone.localtime()
    if now.hour >= _HOUR:
        for place in places_to_count():
            enqueue(KIND, key=f"{KIND}:{place.pk}:{now:%Y-%m-%d}", place=place.pk)


@handler(KIND, in_steps=True)
def count_quality(job: Job, place: int) -> None:
    """Count commune by commune; whoever is killed goes on with the commune he was at."""
    communes = communes_to_count(Place.objects.get(pk=place))
    for number in range(job.progress_done, len(communes)):
        # Nothing is locked while people are read.
        counts = counts_of(communes[number])
        with step(job, done=number + 1, total=len(communes)):
            keep_counts(counts)
