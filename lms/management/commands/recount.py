"""Hold every counter to the facts."""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from campaigns.models import Campaign, CountKind
from campaigns.rules import OWN_KIND
from campaigns.services import Difference, compare, repair
from lms.snapshot import snapshot
from people.models import Resident
from places.models import Place
from progress.models import Enrolment
from progress.reports import Doubt, doubts, facts
from progress.services import resync_residents, settle

# So many rows are held at a time: few enough not to keep the evening waiting.
BATCH = 500


def differences_of(campaign: Campaign) -> tuple[list[Doubt], list[Difference]]:
    """Return the rows and the counters that do not say what the facts say, at one moment."""
    with snapshot():
        return doubts(campaign), compare(campaign, facts(campaign))


def mend(campaign: Campaign, doubtful: list[Doubt]) -> None:
    """Derive doubtful rows anew, then add to the counters what they still lack."""
    rows = sorted({doubt.enrolment for doubt in doubtful})
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        settle(batch)
        with transaction.atomic():
            # In the order in which enrolling locks: people first, then their enrolments.
            people = Resident.objects.select_for_update(of=("self",)).filter(
                pk__in=Enrolment.objects.filter(pk__in=batch).values("resident")
            )
            resync_residents(people.order_by("pk").select_related("village"))
    _rows, counters = differences_of(campaign)
    repair(campaign, counters)


class Command(BaseCommand):
    help = "Compute every counter again from the facts and report each difference."

    def add_arguments(self, parser):
        parser.add_argument("--repair", action="store_true", help="mend what differs")
        parser.add_argument("--campaign", type=int, metavar="N", help="only this campaign")

    def handle(self, *args, repair: bool, campaign: int | None, **options):
        campaigns = Campaign.objects.order_by("pk")
        if campaign is not None:
            campaigns = campaigns.filter(pk=campaign)
            if not campaigns:
                raise CommandError(f"There is no campaign {campaign}.")
        found = sum(self._recount(each, repair) for each in campaigns)
        self.stdout.write(f"{found} differences in {len(campaigns)} campaigns")
        if found and not repair:
            raise SystemExit(1)

    def _recount(self, campaign, mends):
        doubtful, counters = differences_of(campaign)
        for doubt in doubtful:
            self.stdout.write(
                f"campaign {campaign.pk}: enrolment {doubt.enrolment}, {doubt.what}: "
                f"stored {doubt.stored}, in fact {doubt.fact}"
            )
        names = Place.objects.in_bulk({d.place for d in counters})
        for d in counters:
            kind = f"o{d.kind - OWN_KIND}" if d.kind > OWN_KIND else CountKind(d.kind).name.lower()
            self.stdout.write(
                f"campaign {campaign.pk}: {names[d.place]} ({d.place}), {kind} {d.slot}, "
                f"{d.measure}: counted {d.counted}, in fact {d.fact}"
            )
        if mends and (doubtful or counters):
            mend(campaign, doubtful)
            left = sum(map(len, differences_of(campaign)))
            self.stdout.write(f"campaign {campaign.pk}: repaired, {left} differences left")
        return len(doubtful) + len(counters)
