"""A campaign counts what its organiser finds worth counting, in his own words."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from campaigns.models import Campaign, OwnIndicator
from campaigns.reports import indicators_of, suggestions_for
from campaigns.services import (
    add_indicator,
    change_indicator,
    close_campaign,
    close_indicator,
    note_outcomes,
    reopen_indicator,
    set_target,
)
from people.roles import Role
from tests.factories import AssignmentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def eid(campaign, chief):
    return add_indicator(campaign, "Định danh mức 2", "người", by=chief)


# The rule


def test_they_are_numbered_from_one_and_a_number_is_never_used_again(campaign, chief, eid):
    second = add_indicator(campaign, "Nộp hồ sơ vay", "người", by=chief)
    close_indicator(second, by=chief)
    third = add_indicator(campaign, "Mở gian hàng", "người", by=chief)

    assert [eid.key, second.key, third.key] == ["o1", "o2", "o3"]


@pytest.mark.parametrize("name", ["Định danh mức 2", "dinh danh  muc 2", "ĐỊNH DANH MỨC 2"])
def test_a_name_stands_once(campaign, chief, eid, name):
    with pytest.raises(ValidationError) as refusal:
        add_indicator(campaign, name, "người", by=chief)
    assert refusal.value.error_dict["name"][0].code == "twice"


def test_another_campaign_may_count_the_same(province, campaign, chief, eid):
    other = Campaign.objects.create(place=province, name="Khác", first_day=campaign.first_day)

    assert add_indicator(other, eid.name, "người", by=chief).number == 1


def test_a_closed_one_is_left_out_and_can_be_counted_again(campaign, chief, eid):
    close_indicator(eid, by=chief)
    assert "o1" not in indicators_of(campaign)

    reopen_indicator(eid, by=chief)
    assert indicators_of(campaign)["o1"].counts_people


def test_how_it_is_counted_stays_once_something_was_noted(campaign, chief, eid, lan):
    change_indicator(eid, by=chief, name="Định danh 2", unit="người", per="tally")
    change_indicator(eid, by=chief, name="Định danh 2", unit="người", per="resident")
    eid.refresh_from_db()
    note_outcomes(eid, [lan], by=chief)

    with pytest.raises(ValidationError) as refusal:
        change_indicator(eid, by=chief, name="Định danh", unit="người", per="tally")

    assert "per" in refusal.value.error_dict
    assert change_indicator(eid, by=chief, name="Định danh", unit="lượt").name == "Định danh"


def test_a_campaign_that_is_closed_counts_nothing_new(campaign, chief):
    close_campaign(campaign, by=chief)

    with pytest.raises(ValidationError) as refusal:
        add_indicator(campaign, "Định danh", "người", by=chief)
    assert refusal.value.code == "closed"


def test_what_is_counted_already_is_not_suggested(campaign, chief):
    (first, *_rest) = suggestions_for(campaign)
    add_indicator(campaign, first.label.upper(), "người", by=chief)

    assert first not in suggestions_for(campaign)


# Who may


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.PROVINCE_ORGANISER, 200), (Role.OBSERVER, 403)],
)
def test_organisers_of_the_campaign_decide_what_is_counted(client, campaign, role, status):
    client.force_login(AssignmentFactory(place=campaign.place, role=role).user)

    assert client.get(reverse("campaigns:indicators", args=[campaign.pk])).status_code == status


def test_a_commune_does_not_decide_for_its_province(client, campaign, organiser):
    client.force_login(organiser)

    answer = client.post(reverse("campaigns:indicators", args=[campaign.pk]), {"suggestion": "eid"})

    assert answer.status_code == 403
    assert not OwnIndicator.objects.exists()


# The screen


def test_a_livestream_is_one_tap_and_three_numbers(client, campaign, chief):
    client.force_login(chief)
    url = reverse("campaigns:indicators", args=[campaign.pk])

    client.post(url, {"suggestion": "livestream"})

    assert OwnIndicator.objects.filter(per="tally").count() == 3
    assert client.post(url, {"suggestion": "livestream"}).status_code == 404
    assert client.post(url, {"suggestion": "rubbish"}).status_code == 404


def test_one_is_written_changed_closed_and_counted_again(client, campaign, chief):
    client.force_login(chief)
    values = {"name": "Cài ứng dụng", "unit": "người", "per": "resident", "evidence": ""}
    client.post(reverse("campaigns:new_indicator", args=[campaign.pk]), values)
    one = [campaign.pk, 1]

    client.post(
        reverse("campaigns:edit_indicator", args=one), values | {"name": "Cài ứng dụng tỉnh"}
    )
    assert OwnIndicator.objects.get().name == "Cài ứng dụng tỉnh"
    client.post(reverse("campaigns:close_indicator", args=one))
    assert OwnIndicator.objects.get().closed_at
    client.post(reverse("campaigns:close_indicator", args=one), {"again": "1"})
    assert not OwnIndicator.objects.get().closed_at
    again = client.post(reverse("campaigns:new_indicator", args=[campaign.pk]), values)
    assert again.status_code == 302
    twice = client.post(reverse("campaigns:new_indicator", args=[campaign.pk]), values)
    assert twice.status_code == 422
    assert "cùng tên" in twice.text


def test_it_has_targets_like_any_other(client, campaign, commune, chief, eid):
    set_target(campaign, commune, "o1", 10, 20, source="KH", by=chief)
    client.force_login(chief)

    page = client.get(reverse("campaigns:targets", args=[campaign.pk]) + "?indicator=o1").text

    assert '<option value="o1" selected>Định danh mức 2</option>' in page


# What it costs


@pytest.mark.parametrize("many", [1, 4])
def test_the_list_costs_the_same_however_long(
    client, campaign, chief, many, django_assert_max_num_queries
):
    for number in range(many):
        add_indicator(campaign, f"Việc {number}", "người", by=chief)
    client.force_login(chief)
    url = reverse("campaigns:indicators", args=[campaign.pk])
    client.get(url)

    with django_assert_max_num_queries(10):
        client.get(url)
