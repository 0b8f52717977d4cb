"""Figures are read through one door: now, or as of a day; of a place, or of those below it."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from campaigns.models import Cell, CountKind, Indicator
from campaigns.reports.figures import (
    groups,
    last_news,
    number,
    numbers,
    series,
    series_below,
)
from campaigns.services import count_outcomes, counting, fold
from tests.campaigns.facts import came, enrol
from tests.factories import CampaignFactory, PlaceFactory, ResidentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrolment(campaign, lan):
    """Lan was enrolled on day 1, came on days 5 and 12."""
    row = enrol(campaign, lan)
    came(row, 5)
    came(row, 12)
    return row


@pytest.fixture(params=["in the journal", "folded"])
def folded(request, enrolment):
    if request.param == "folded":
        fold()


# What is read


def test_a_figure_is_that_of_now_or_of_a_day(folded, campaign, province, commune, village):
    for parent, below in ((province, commune), (commune, village)):
        assert numbers(campaign, parent, "visits") == {below.pk: 2}
        assert numbers(campaign, parent, "visits", until=11) == {below.pk: 1}
        assert numbers(campaign, parent, "visits", until=4) == {below.pk: 0}
    for place in (province, commune, village):
        assert number(campaign, place, "visits") == 2
        assert number(campaign, place, "visits", until=5) == 1
        assert number(campaign, place, "reached", until=4) == 0


def test_nothing_completed_is_not_the_same_as_nothing_counted(enrolment, campaign, commune):
    silent = PlaceFactory(parent=commune)
    ResidentFactory(village=silent)

    assert number(campaign, commune, "completed") == 0
    assert number(campaign, silent, "completed") is None
    assert silent.pk not in numbers(campaign, commune, "completed")
    # As of a day before anybody was enrolled.
    assert number(campaign, commune, "completed", until=0) is None


def test_below_a_village_there_is_nothing(enrolment, campaign, village):
    assert numbers(campaign, village, "visits") == {}
    assert series_below(campaign, village, "visits") == {}
    assert last_news(campaign, village) == {}


def test_days_are_what_was_added_on_each(folded, campaign, province, commune):
    assert series(campaign, commune, "visits") == {5: 1, 12: 1}
    assert series(campaign, commune, "completed") == {}
    assert series_below(campaign, province, "visits") == {commune.pk: {5: 1, 12: 1}}


@pytest.mark.parametrize("key", Indicator.values)
def test_every_indicator_can_be_asked_for(folded, campaign, province, commune, key):
    now = number(campaign, commune, key) or 0

    assert sum(series(campaign, commune, key).values()) == now
    assert (number(campaign, commune, key, until=campaign.length) or 0) == now
    assert numbers(campaign, province, key).get(commune.pk, 0) == now
    assert sum(n.get(key, 0) for n in groups(campaign, commune, CountKind.GROUP).values()) == now


def test_groups_are_by_one_kind_at_a_time(folded, campaign, commune):
    (group,) = groups(campaign, commune, CountKind.LANGUAGE).values()

    assert set(group) == set(Indicator.values)
    assert (group["enrolled"], group["reached"], group["visits"]) == (1, 1, 2)
    assert groups(campaign, commune, CountKind.TEAM)[0]["visits"] == 2


def test_the_last_news_is_the_last_day_on_which_anything_was_counted(
    folded, campaign, province, commune, village
):
    # Lan was registered today, the 63rd day.
    assert last_news(campaign, province) == {commune.pk: 63}
    with counting([campaign.enrolments.get().pk]) as rows:
        for row in rows.values():
            row.completed_day = 70
    assert last_news(campaign, commune) == {village.pk: 70}
    count_outcomes([(campaign.pk, 1, village.pk, 80, 1)])
    assert last_news(campaign, commune) == {village.pk: 80}


def test_another_campaign_has_figures_of_its_own(enrolment, campaign, commune):
    assert number(CampaignFactory(place=campaign.place), commune, "visits") is None


# An organiser's own indicators


@pytest.mark.parametrize("folds", [False, True])
def test_outcomes_are_counted_by_day_under_their_own_key(
    campaign, province, commune, village, folds
):
    count_outcomes([(campaign.pk, 3, village.pk, 10, 1), (campaign.pk, 3, village.pk, 12, 4)])
    count_outcomes([(campaign.pk, 3, village.pk, 12, -1), (campaign.pk, 4, village.pk, 1, 9)])
    if folds:
        fold()

    assert number(campaign, village, "o3") == 4
    assert numbers(campaign, commune, "o3") == {village.pk: 4}
    assert numbers(campaign, province, "o3", until=11) == {commune.pk: 1}
    assert series(campaign, province, "o3") == {10: 1, 12: 3}
    assert number(campaign, village, "o5") is None


@pytest.mark.parametrize("folds", [False, True])
def test_what_is_noted_at_a_commune_belongs_to_none_of_its_villages(
    campaign, province, commune, village, folds
):
    count_outcomes([(campaign.pk, 1, village.pk, 10, 2), (campaign.pk, 1, commune.pk, 10, 5)])
    if folds:
        fold()

    assert number(campaign, commune, "o1") == 7
    assert numbers(campaign, province, "o1") == {commune.pk: 7}
    assert numbers(campaign, commune, "o1") == {village.pk: 2}
    assert series_below(campaign, commune, "o1") == {village.pk: {10: 2}}
    assert last_news(campaign, province) == {commune.pk: 10}
    if folds:
        assert Cell.objects.get(place=commune).parent_id == province.pk


def test_nothing_is_noted_at_a_whole_province(campaign, province):
    with pytest.raises(ValidationError) as refusal:
        count_outcomes([(campaign.pk, 1, province.pk, 10, 2)])
    assert refusal.value.code == "not_a_village"


# What it costs


@pytest.mark.parametrize("communes", [1, 3])
def test_each_question_is_one_statement(campaign, province, communes, django_assert_num_queries):
    for _ in range(communes):
        parent = PlaceFactory(kind="commune", parent=province)
        enrol(campaign, ResidentFactory(village=PlaceFactory(parent=parent)))
    fold(limit=communes)

    for ask in (
        lambda: numbers(campaign, province, "enrolled"),
        lambda: numbers(campaign, province, "enrolled", until=5),
        lambda: series_below(campaign, province, "enrolled"),
        lambda: last_news(campaign, province),
    ):
        with django_assert_num_queries(1):
            assert len(ask()) == communes


def test_who_left_is_in_no_figure(enrolment, campaign, commune):
    with counting([enrolment.pk]) as rows:
        rows[enrolment.pk].withdrawn_at = timezone.now()

    assert number(campaign, commune, "enrolled") is None
    assert series(campaign, commune, "visits") == {}
