"""Whatever happens, in whatever order: the counters say what the facts say."""

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.models import Cell, CountKind, Journal
from campaigns.services import compare, counting, fold, repair, total
from progress.models import Enrolment
from tests.campaigns.facts import came, enrol, facts_of, session_on, went
from tests.factories import CampaignFactory, PlaceFactory, ResidentFactory

pytestmark = pytest.mark.django_db

DAYS = (1, 5, 12, 63)
LEARNERS = range(3)
VILLAGES = range(3)

steps = st.one_of(
    st.tuples(st.just("came"), st.sampled_from(LEARNERS), st.sampled_from(DAYS)),
    st.tuples(st.just("came"), st.sampled_from(LEARNERS), st.sampled_from(DAYS)),
    st.tuples(st.just("went"), st.sampled_from(LEARNERS), st.sampled_from(DAYS)),
    st.tuples(st.just("move"), st.sampled_from(LEARNERS), st.sampled_from(VILLAGES)),
    st.tuples(st.just("regroup"), st.sampled_from(LEARNERS), st.integers(0, 5)),
    st.tuples(st.just("complete"), st.sampled_from(LEARNERS), st.sampled_from([None, 40, 63])),
    st.tuples(st.just("certify"), st.sampled_from(LEARNERS), st.sampled_from([None, 64])),
    st.tuples(st.just("withdraw"), st.sampled_from(LEARNERS), st.booleans()),
    st.tuples(st.just("all at once"), st.just(0), st.sampled_from(DAYS)),
    st.tuples(st.just("fold"), st.just(0), st.integers(1, 9)),
)


@pytest.fixture
def world(province):
    """A campaign, three villages in two communes, three learners and the evenings of four days."""
    campaign = CampaignFactory(place=province)
    communes = [PlaceFactory(kind="commune", parent=province) for _ in range(2)]
    villages = [PlaceFactory(parent=communes[n % 2]) for n in VILLAGES]
    rows = [enrol(campaign, ResidentFactory(village=villages[n % 3])) for n in LEARNERS]
    sessions = {day: session_on(campaign, day, villages[0]) for day in DAYS}
    return campaign, villages, rows, sessions


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=st.lists(steps, max_size=14))
def test_any_history_leaves_counters_and_facts_in_agreement(world, history):
    # One world for all examples: each history goes on where the one before it ended.
    campaign, villages, rows, sessions = world
    for what, who, value in history:
        row = rows[who]
        if what == "came":
            came(row, value, sessions[value])
        elif what == "went":
            went(row, value, sessions[value])
        elif what == "move":
            _set(row, village_id=villages[value].pk)
        elif what == "regroup":
            _set(row, age_band=value, sex_slot=value % 3)
        elif what == "complete":
            _set(row, completed_day=value)
        elif what == "certify":
            _set(row, certified_day=value)
        elif what == "withdraw":
            _set(row, withdrawn_at=timezone.now() if value else None)
        elif what == "all at once":
            _set_all(rows, first_day=None)
            for each in rows:
                went(each, value, sessions[value])
                came(each, value, sessions[value])
        else:
            fold(limit=value)

    assert compare(campaign, facts_of(campaign)) == []


def test_every_level_says_the_same(world):
    campaign, villages, rows, sessions = world
    for row in rows:
        came(row, 5, sessions[5])
    fold()

    province = total(campaign, campaign.place)
    assert province["reached"] == 3
    assert province == {
        measure: sum(total(campaign, village)[measure] for village in villages)
        for measure in province
    }


def test_a_change_behind_the_counters_back_is_found_and_mended(world):
    campaign, _villages, rows, sessions = world
    came(rows[0], 5, sessions[5])
    fold()
    Enrolment.objects.filter(pk=rows[0].pk).update(completed_day=40)

    differences = compare(campaign, facts_of(campaign))

    # A village, its commune and the province, each in every kind.
    assert len(differences) == 3 * len(CountKind)
    assert {(d.measure, d.counted, d.fact) for d in differences} == {("completed", 0, 1)}

    repair(campaign, differences)
    assert compare(campaign, facts_of(campaign)) == []
    assert total(campaign, campaign.place)["completed"] == 1


def test_a_spoilt_cell_is_found_and_mended_at_its_own_level(world):
    campaign, *_ = world
    fold()
    Cell.objects.filter(place=campaign.place, kind=1).update(enrolled=7)

    differences = compare(campaign, facts_of(campaign))
    assert {(d.place, d.counted, d.fact) for d in differences} == {(campaign.place_id, 7, 3)}

    repair(campaign, differences)
    assert compare(campaign, facts_of(campaign)) == []


def test_mending_is_right_even_when_people_go_on_marking(world):
    campaign, _villages, rows, sessions = world
    Journal.objects.all().delete()
    differences = compare(campaign, facts_of(campaign))
    came(rows[0], 5, sessions[5])

    repair(campaign, differences)

    assert compare(campaign, facts_of(campaign)) == []


def _set(row, **values):
    _set_all([row], **values)


def _set_all(those, **values):
    with counting([row.pk for row in those]) as rows:
        for row in rows.values():
            for name, value in values.items():
                setattr(row, name, value)
