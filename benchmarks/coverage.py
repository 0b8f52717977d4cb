"""How long the figures of a province take: 148 communes and many enrolments.

Run: python benchmarks/coverage.py [enrolments]

Enrolments are counted through the journal and folded into cells, as in life; the last thousand
stay in the journal, so that reading has both to put together.
"""

import logging
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "lms.settings.test"
os.environ.setdefault("TRAMNGAY_DATA", tempfile.mkdtemp(prefix="tramngay-bench-"))

import django

django.setup()

# Django has to be set up first.
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from campaigns.models import Cell, Journal  # noqa: E402
from campaigns.reports import coverage  # noqa: E402
from campaigns.services import (  # noqa: E402
    count_new,
    counting,
    figures,
    fold,
    set_target,
    totals,
)
from people.models import Resident  # noqa: E402
from progress.models import Enrolment  # noqa: E402
from tests.factories import CampaignFactory, PlaceFactory, UserFactory  # noqa: E402

COMMUNES = 148
VILLAGES = 12
BATCH = 1000


def main(enrolments: int) -> None:
    """Build the world, then print milliseconds: the least, the median and the most."""
    logging.disable(logging.WARNING)
    call_command("migrate", verbosity=0)
    campaign, province, villages = _world()
    began = time.perf_counter()
    _enrol(campaign, villages, enrolments)
    counted = time.perf_counter() - began
    began = time.perf_counter()
    rows = 0
    while n := fold():
        rows += n
    folded = time.perf_counter() - began
    _enrol(campaign, villages, BATCH)
    print(f"{connection.vendor}: {enrolments} enrolments in {COMMUNES} communes")
    print(f"counting new enrolments      {enrolments / counted:10.0f} per second")
    print(f"folding the journal          {rows / folded:10.0f} rows per second")
    print(f"cells {Cell.objects.count()}, journal {Journal.objects.count()}")
    _time("figures of the province", lambda: figures(campaign, province))
    _time("days of the province", lambda: totals(campaign, province))
    _time("coverage with targets", lambda: coverage(campaign, province, "enrolled"))
    _time("one class of 25 counted", lambda: _mark(campaign))


def _world():

    province = PlaceFactory(kind="province")
    campaign = CampaignFactory(place=province)
    by = UserFactory()
    villages = []
    for _ in range(COMMUNES):
        commune = PlaceFactory(kind="commune", parent=province)
        set_target(campaign, commune, "enrolled", 900, 9000, source="plan", by=by)
        villages += [PlaceFactory(parent=commune) for _ in range(VILLAGES)]
    return campaign, province, villages


def _enrol(campaign, villages, many):

    choose = random.Random(many)
    for start in range(0, many, BATCH):
        with transaction.atomic():
            people = Resident.objects.bulk_create(
                Resident(full_name="x", village=choose.choice(villages))
                for _ in range(min(BATCH, many - start))
            )
            rows = Enrolment.objects.bulk_create(
                Enrolment(
                    campaign=campaign,
                    resident=person,
                    village_id=person.village_id,
                    age_band=choose.randrange(6),
                    sex_slot=choose.randrange(3),
                    enrolled_day=choose.randrange(1, 64),
                    first_day=choose.choice([None, 40, 63]),
                    completed_day=choose.choice([None, None, 63]),
                )
                for person in people
            )
            count_new(*rows)


def _mark(campaign):

    first = campaign.enrolments.order_by("?").values_list("pk", flat=True)[:25]
    with counting(list(first)) as rows:
        for row in rows.values():
            row.evenings += 1
            rows.visit(row, 63)


def _time(what: str, work: Callable[[], object], rounds: int = 25) -> None:
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        took.append((time.perf_counter() - began) * 1000)
    print(
        f"{what:28s} {min(took):7.1f} / {statistics.median(took):7.1f} / {max(took):7.1f} ms"
        "  (min / median / max)"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
