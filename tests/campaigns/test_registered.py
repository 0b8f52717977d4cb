"""How many people are registered is counted like everything else: at once, and exactly."""

import datetime as dt

import pytest
from django.utils import timezone

from campaigns.models import Campaign, CountKind, Journal
from campaigns.reports.figures import groups, number, numbers, series
from campaigns.rules import AgeBand, group_slot
from campaigns.services import (
    change_campaign,
    close_campaign,
    compare,
    create_campaign,
    fold,
    start_campaign,
)
from campaigns.services.registered import count_registered
from people.models import Resident
from people.services import (
    announce_heads,
    change_resident,
    erase_resident,
    head_of,
    merge_residents,
    register_resident,
)
from tests.factories import CampaignFactory, PlaceFactory, ResidentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def register(village, instructor):
    """Write somebody down in the village, so many days ago."""

    def register(days=0, where=village, **fields):
        at = timezone.now() - dt.timedelta(days=days)
        return register_resident(
            full_name="Trần Thị Hoa", village=where, by=instructor, at=at, **fields
        )

    return register


@pytest.fixture
def draft(province, organiser):
    """The province prepares a campaign that begins in ten days."""
    begins = timezone.localdate() + dt.timedelta(days=10)
    return create_campaign(province, "100 ngày", begins, by=organiser)


# The rule


def test_everybody_counts_in_village_commune_and_province(
    campaign, register, province, commune, village
):
    register(birth_year=1950, sex="f")

    for place in (province, commune, village):
        assert number(campaign, place, "registered") == 1
    group = group_slot(AgeBand.OLDEST, 1)
    assert groups(campaign, village, CountKind.GROUP)[group]["registered"] == 1
    assert groups(campaign, village, CountKind.LANGUAGE)[0]["registered"] == 1
    assert compare(campaign, {}) == []


@pytest.mark.parametrize(("days", "slot"), [(62, 1), (63, 0), (700, 0), (0, 63)])
def test_the_day_is_that_of_the_registration(campaign, register, village, days, slot):
    register(days)

    assert series(campaign, village, "registered") == {slot: 1}
    assert number(campaign, village, "registered", until=62) == (1 if slot < 63 else None)


def test_who_comes_after_the_last_day_counts_no_more(village, province, register):
    over = CampaignFactory(
        place=province,
        first_day=timezone.localdate() - dt.timedelta(days=100),
        state=Campaign.State.CLOSED,
    )
    register()
    assert number(over, village, "registered") is None
    register(days=1)
    assert number(over, village, "registered") == 1
    assert compare(over, {}) == []


def test_who_moves_counts_where_he_lives_now_and_as_he_is_known(
    campaign, register, commune, village, instructor
):
    elsewhere = PlaceFactory(parent=commune)
    hoa = register(birth_year=1950)
    change_resident(hoa, by=instructor, village=elsewhere, birth_year=2000, learning_language="rad")

    assert numbers(campaign, commune, "registered") == {elsewhere.pk: 1}
    assert set(groups(campaign, elsewhere, CountKind.LANGUAGE)) == {2}
    assert number(campaign, village, "registered") is None


def test_what_nobody_is_counted_by_is_not_announced(campaign, register, instructor):
    hoa = register()
    written = Journal.objects.count()
    change_resident(hoa, by=instructor, phone="0912345678")

    assert Journal.objects.count() == written


def test_who_is_merged_or_erased_counts_no_more(campaign, register, village, instructor):
    hoa, double, lan = register(birth_year=1950), register(sex="f"), register()
    merge_residents(hoa, double, by=instructor)
    assert number(campaign, village, "registered") == 2
    # What only the other record knew counts now for the one that stays.
    slot = group_slot(AgeBand.OLDEST, 1)
    assert groups(campaign, village, CountKind.GROUP)[slot]["registered"] == 1

    erase_resident(lan, by=instructor)
    erase_resident(hoa, by=instructor)
    assert number(campaign, village, "registered") is None
    assert compare(campaign, {}) == []


def test_a_campaign_elsewhere_hears_nothing(register, village):
    elsewhere = CampaignFactory(place=PlaceFactory(kind="commune"))
    register()

    assert number(elsewhere, village, "registered") is None
    assert compare(elsewhere, {}) == []


# The campaign comes later, or changes


def test_a_new_campaign_counts_whoever_is_there(register, draft, village):
    assert number(draft, village, "registered") is None
    register()
    assert number(draft, village, "registered") == 1


@pytest.mark.parametrize("folds", [False, True])
def test_other_days_and_another_place_are_counted_anew(register, draft, folds, organiser, commune):
    register()
    register(where=PlaceFactory(parent=PlaceFactory(kind="commune", parent=commune.get_root())))
    if folds:
        fold()
    begins = timezone.localdate() - dt.timedelta(days=5)

    changed = change_campaign(draft, by=organiser, first_day=begins, place=commune)

    assert series(changed, commune, "registered") == {6: 1}
    assert compare(changed, {}) == []


def test_counting_anew_what_is_right_writes_nothing(register, draft, organiser):
    register()
    fold()
    start_campaign(draft, by=organiser)

    assert not Journal.objects.exists()


def test_starting_mends_what_was_missed_at_the_creation(register, draft, village, organiser):
    register()
    Journal.objects.all().delete()
    start_campaign(draft, by=organiser)

    assert number(draft, village, "registered") == 1


def test_a_campaign_that_is_over_still_follows_the_register(
    campaign, register, village, organiser, instructor
):
    hoa, double = register(), register()
    close_campaign(campaign, by=organiser)
    merge_residents(hoa, double, by=instructor)

    assert number(campaign, village, "registered") == 1
    assert compare(campaign, {}) == []


# What it costs


@pytest.mark.parametrize("people", [1, 30])
def test_many_cost_as_much_as_one(campaign, village, people, django_assert_num_queries):
    before = [head_of(person) for person in ResidentFactory.create_batch(people, village=village)]
    elsewhere = PlaceFactory(parent=village.commune)
    after = [head._replace(village_id=elsewhere.pk) for head in before]

    # Where the villages are, which campaigns take them in, the journal.
    with django_assert_num_queries(3):
        announce_heads(before, after)


@pytest.mark.parametrize("people", [1, 30])
def test_a_whole_campaign_is_counted_in_one_question(
    campaign, village, people, django_assert_num_queries
):
    ResidentFactory.create_batch(people, village=village)
    Journal.objects.all().delete()

    # Everybody, the lineages, the journal.
    with django_assert_num_queries(3):
        count_registered(campaign)
    assert number(campaign, village, "registered") == people
    assert Resident.objects.count() == people
