"""Many write, one folds, somebody looks: every figure is exact at every moment."""

import random
import threading

import pytest
from django.db import close_old_connections, connection
from django.utils import timezone

from campaigns.models import Journal
from campaigns.services import compare, counting, figures, fold
from lms.snapshot import snapshot
from progress.models import Attendance, Enrolment
from tests.campaigns.facts import came, enrol, facts_of, session_on, went
from tests.factories import CampaignFactory, PlaceFactory, ResidentFactory

DAYS = (5, 12, 19)
WRITERS = 3
STEPS = 40


@pytest.mark.django_db(transaction=True)
def test_no_reader_ever_sees_a_wrong_figure():
    province = PlaceFactory(kind="province")
    campaign = CampaignFactory(place=province)
    villages = [PlaceFactory(parent=PlaceFactory(kind="commune", parent=province)) for _ in "abc"]
    rows = [enrol(campaign, ResidentFactory(village=villages[n % 3])) for n in range(12)]
    # Everybody wants the same evenings.
    sessions = {day: session_on(campaign, day, villages[0]) for day in DAYS}
    errors, wrong, looked = [], [], []
    over = threading.Event()

    def write(seed):
        choose = random.Random(seed)
        for _ in range(STEPS):
            row, day = choose.choice(rows), choose.choice(DAYS)
            step = choose.random()
            if step < 0.45:
                came(row, day, sessions[day])
            elif step < 0.65:
                went(row, day, sessions[day])
            elif step < 0.75:
                _set(row, village_id=choose.choice(villages).pk)
            elif step < 0.85:
                _set(row, completed_day=choose.choice([None, 63]))
            elif step < 0.95:
                _set(row, withdrawn_at=choose.choice([None, timezone.now()]))
            else:
                _set(row, age_band=choose.randrange(6))

    def keep_folding():
        while not over.is_set():
            fold(limit=choose_limit.randrange(1, 40))

    def keep_looking():
        while not over.is_set():
            with snapshot():
                seen = figures(campaign, province)
                active = Enrolment.objects.active().filter(campaign=campaign)
                facts = (
                    active.exclude(first_day=None).count(),
                    Attendance.objects.came().filter(enrolment__in=active).count(),
                )
            told = tuple(
                sum(row[measure] for row in seen.values()) for measure in ("reached", "visits")
            )
            looked.append(told)
            if told != facts:
                wrong.append((told, facts))

    choose_limit = random.Random(0)
    others = [_thread(keep_folding, errors), _thread(keep_looking, errors)]
    writers = [_thread(write, errors, seed) for seed in range(WRITERS)]
    for thread in writers:
        thread.join()
    over.set()
    for thread in others:
        thread.join()

    assert errors == []
    assert wrong == []
    assert len(set(looked)) > 3
    assert compare(campaign, facts_of(campaign)) == []
    while fold():
        pass
    assert not Journal.objects.exists()
    assert compare(campaign, facts_of(campaign)) == []

    # And the test would have seen it: a mark changed behind the counters' back.
    Attendance.objects.came().filter(enrolment__withdrawn_at=None).first().delete()
    assert compare(campaign, facts_of(campaign)) != []


def _set(row, **values):
    with counting([row.pk]) as rows:
        for name, value in values.items():
            setattr(rows[row.pk], name, value)


def _thread(work, errors, *args):
    def run():
        try:
            work(*args)
        except Exception as error:
            errors.append(repr(error))
        finally:
            close_old_connections()
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread
