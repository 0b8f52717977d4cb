"""What is needed a week, what comes, and where it leads: of one place and of those below it."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.reports import coverage, need_of, pace, small_multiples
from campaigns.reports.curves import cumulated
from campaigns.services import set_target
from tests.campaigns.facts import enrol
from tests.factories import CampaignFactory, PlaceFactory, ResidentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def going(campaign, commune, village, chief):
    """Two were enrolled each Saturday from day 6 on: eighteen of forty on day 63."""
    set_target(campaign, commune, "enrolled", 40, 60, source="Kế hoạch 45", by=chief)
    for day in range(6, 63, 7):
        for _ in range(2):
            enrol(campaign, ResidentFactory(village=village), day=day)
    return campaign


# The rule


def test_the_pace_is_that_of_the_last_four_whole_weeks(going, province):
    found = pace(going, province, "enrolled")

    # Today is day 63 and not over; 28 days that end with day 62 had four Saturdays.
    assert found.through == 62
    assert (found.whole.reached, found.goal, found.is_summed) == (18, 40, True)
    assert (found.whole.need.lately, found.whole.need.now_per_week) == (8, 2.0)
    # 22 in 38 days.
    assert found.whole.need.per_week == 5
    assert found.first_seen == going.first_day + dt.timedelta(days=34)
    assert found.last_seen == going.first_day + dt.timedelta(days=61)


def test_the_home_board_says_the_same(going, province):
    assert (
        need_of(coverage(going, province, "enrolled"))
        == pace(going, province, "enrolled").whole.need
    )


def test_places_without_a_target_do_not_help_those_that_have_one(going, province, chief):
    aimless = PlaceFactory(parent=PlaceFactory(kind="commune", parent=province))
    for _ in range(5):
        enrol(going, ResidentFactory(village=aimless), day=60)

    assert pace(going, province, "enrolled").whole.reached == 18
    assert need_of(coverage(going, province, "enrolled")).lately == 8


def test_the_forecast_stays_below_all_there_are(going, province):
    found = pace(going, province, "enrolled")

    assert 18 <= found.forecast.last.low <= found.forecast.last.middle
    assert found.forecast.last.high <= 60
    assert found.verdict in ("no", "unlikely")


@pytest.mark.parametrize(
    ("goal", "verdict"), [(10, "met"), (19, "sure"), (27, "likely"), (2000, "no")]
)
def test_what_if_the_target_were_another_one(going, province, goal, verdict):
    found = pace(going, province, "enrolled", goal=goal)

    assert (found.verdict, found.goal, found.is_what_if) == (verdict, goal, True)
    assert found.whole.need.missing == goal - 18
    assert going.targets.get().goal == 40


def test_those_that_fall_short_most_come_first(going, province, chief):
    slow, aimless, met = (PlaceFactory(kind="commune", parent=province) for _ in range(3))
    set_target(going, slow, "enrolled", 50, 90, source="plan", by=chief)
    set_target(going, met, "enrolled", 1, 90, source="plan", by=chief)
    enrol(going, ResidentFactory(village=PlaceFactory(parent=met)), day=61)
    found = pace(going, province, "enrolled")

    order = [row.place for row in found.by_need]
    assert (order[0], order[-1]) == (slow, aimless)
    assert found.best[0].place == met
    assert [row.place for row in found.worst] == [slow]
    smalls = small_multiples(found, 63)
    assert [small.row.place for small in smalls] == order
    # What passes its goal is cut off at the upper edge.
    points = next(small.points for small in smalls if small.row.place == met)
    assert points.endswith("63,0")


def test_a_correction_bends_the_curve_and_loses_nothing():
    assert cumulated({0: 2, 3: 5, 4: -1, 9: 1}, 5) == [2, 2, 2, 7, 6, 7]


# Who may look


def test_only_ones_own_place(client, going, commune, organiser, stranger):
    other = PlaceFactory(kind="commune", parent=commune.get_parent())
    url = reverse("campaigns:pace", args=[going.pk])
    client.force_login(organiser)

    assert client.get(url).context["place"] == commune
    assert client.get(url, {"place": other.pk}).status_code == 404
    client.force_login(stranger)
    assert client.get(url).status_code == 404


# The screen


def test_one_sentence_says_it(client, going, commune, chief):
    client.force_login(chief)
    page = client.get(reverse("campaigns:pace", args=[going.pk]), {"indicator": "enrolled"})

    assert "Cần 5 người/tuần để đạt ngày 100; đang 2." in page.text
    assert f"?place={commune.pk}&amp;indicator=enrolled" in page.text
    assert "mười lần thì tám lần" in page.text.lower()


def test_too_little_is_said_plainly(client, campaign, commune, village, chief):
    client.force_login(chief)
    url = reverse("campaigns:pace", args=[campaign.pk])
    assert "Còn sớm để dự báo" in client.get(url).text
    set_target(campaign, commune, "enrolled", 40, 60, source="Kế hoạch 45", by=chief)
    enrol(campaign, ResidentFactory(village=village), day=3)
    page = client.get(url, {"indicator": "enrolled"})

    assert page.context["pace"].forecast is None
    assert "còn quá ít để dự báo" in page.text


@pytest.mark.parametrize("days", [-3, 0, 1, 99, 100, 300])
def test_every_day_of_a_campaign_has_a_page(client, province, village, chief, days):
    campaign = CampaignFactory(
        place=province, first_day=timezone.localdate() - dt.timedelta(days=days)
    )
    set_target(campaign, province, "enrolled", 40, 60, source="plan", by=chief)
    enrol(campaign, ResidentFactory(village=village), day=1)
    client.force_login(chief)

    for name in ("campaigns:pace", "campaigns:coverage"):
        page = client.get(reverse(name, args=[campaign.pk]), {"indicator": "enrolled"})
        assert page.status_code == 200


@pytest.mark.parametrize("goal", ["0", "-5", "x", "9" * 30, "٣", "1.5"])
def test_a_target_that_is_none_is_as_if_nobody_had_asked(client, going, chief, goal):
    client.force_login(chief)
    url = reverse("campaigns:pace", args=[going.pk])
    page = client.get(url, {"indicator": "enrolled", "goal": goal})

    assert page.context["pace"].goal == 40


def test_a_village_has_its_own_curve(client, going, village, chief):
    client.force_login(chief)
    url = reverse("campaigns:pace", args=[going.pk])
    page = client.get(url, {"place": village.pk, "indicator": "enrolled"})

    assert page.context["pace"].whole.reached == 18
    assert page.context["smalls"] == []


# What it costs


@pytest.mark.parametrize("communes", [1, 4])
def test_a_province_costs_the_same_however_many_communes(
    client, going, province, chief, communes, django_assert_max_num_queries
):
    for _ in range(communes):
        place = PlaceFactory(kind="commune", parent=province)
        set_target(going, place, "enrolled", 10, 40, source="plan", by=chief)
        enrol(going, ResidentFactory(village=PlaceFactory(parent=place)))
    client.force_login(chief)
    url = reverse("campaigns:pace", args=[going.pk])
    client.get(url)

    with django_assert_max_num_queries(10):
        client.get(url, {"indicator": "enrolled"})
