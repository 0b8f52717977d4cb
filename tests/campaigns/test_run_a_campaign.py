"""Campaigns are prepared, started and closed; each place has its target; teams have members."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from campaigns.models import Campaign, ClassSession, Membership, Target, Team
from campaigns.services import (
    add_member,
    cancel_session,
    change_campaign,
    close_campaign,
    create_campaign,
    create_class,
    create_team,
    end_membership,
    move_session,
    renew_calendar_key,
    set_target,
    start_campaign,
)
from people.roles import Role
from tests.factories import AssignmentFactory, CampaignFactory, PlaceFactory, ResidentFactory

pytestmark = pytest.mark.django_db


# The rule


def test_a_campaign_is_prepared_then_started(province, chief):
    campaign = create_campaign(province, "100 ngày", dt.date(2026, 9, 1), by=chief)
    assert (campaign.state, campaign.last_day) == ("draft", dt.date(2026, 12, 9))

    assert start_campaign(campaign, by=chief).state == "running"


def test_one_campaign_runs_at_a_place_at_a_time(campaign, province, commune, chief):
    second = create_campaign(province, "Đợt hai", timezone.localdate(), by=chief)
    with pytest.raises(ValidationError) as refusal:
        start_campaign(second, by=chief)
    assert refusal.value.code == "another_runs"

    # A commune may run its own beside the province's.
    local = create_campaign(commune, "Của xã", timezone.localdate(), by=chief)
    assert start_campaign(local, by=chief).state == "running"


def test_days_do_not_change_under_figures(campaign, chief):
    with pytest.raises(ValidationError) as refusal:
        change_campaign(campaign, by=chief, first_day=timezone.localdate())
    assert refusal.value.code == "started"

    assert change_campaign(campaign, by=chief, name="Tên mới").name == "Tên mới"


def test_while_prepared_new_days_bring_new_evenings(province, team, village, leader, chief):
    campaign = create_campaign(province, "100 ngày", dt.date(2027, 3, 1), by=chief)
    group = create_class(
        campaign, team, village, "Lớp", by=leader, weekly_times=[(5, dt.time(19), 90)]
    )

    change_campaign(campaign, by=chief, first_day=dt.date(2027, 5, 10))

    first = group.sessions.earliest("starts_at")
    assert timezone.localtime(first.starts_at).date() == dt.date(2027, 5, 15)


def test_closing_cancels_what_lies_ahead(campaign, team, village, leader, chief):
    group = create_class(
        campaign, team, village, "Lớp", by=leader, weekly_times=[(5, dt.time(19), 90)]
    )
    close_campaign(campaign, by=chief)

    assert not group.sessions.ahead().exists()
    assert group.sessions.filter(state=ClassSession.State.PLANNED).exists()
    with pytest.raises(ValidationError):
        start_campaign(campaign, by=chief)


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"green_from": 50, "yellow_from": 60}, "__all__"),
        ({"length": 3}, "length"),
        ({"name": ""}, "name"),
    ],
)
def test_a_campaign_that_cannot_be_is_refused(province, chief, fields, where):
    values = {"name": "100 ngày", "first_day": dt.date(2026, 9, 1)} | fields
    with pytest.raises(ValidationError) as refusal:
        create_campaign(province, by=chief, **values)

    assert where in refusal.value.message_dict


def test_a_village_runs_no_campaign(village, chief):
    with pytest.raises(ValidationError) as refusal:
        create_campaign(village, "100 ngày", dt.date(2026, 9, 1), by=chief)
    assert "place" in refusal.value.message_dict


def test_a_target_lies_inside_the_campaign(campaign, chief):
    with pytest.raises(ValidationError) as refusal:
        set_target(campaign, PlaceFactory(), "completed", 10, 20, source="plan", by=chief)
    assert refusal.value.code == "outside"


@pytest.mark.parametrize(("goal", "out_of"), [(0, 10), (-1, 10), (11, 10), (1, 0)])
def test_a_target_that_cannot_be_is_refused(campaign, commune, chief, goal, out_of):
    with pytest.raises(ValidationError):
        set_target(campaign, commune, "completed", goal, out_of, source="plan", by=chief)

    assert not Target.objects.exists()


def test_saying_a_target_again_corrects_it(campaign, commune, chief):
    for goal in (10, 12):
        set_target(campaign, commune, "completed", goal, 20, source="plan", by=chief)

    assert Target.objects.get().goal == 12


def test_a_volunteer_needs_no_account(team, leader):
    member = add_member(team, "Nguyễn Thị  Hồng", by=leader, leads=True)

    assert (member.name, member.user) == ("Nguyễn Thị Hồng", None)


def test_an_account_is_in_a_team_once(team, leader):
    add_member(team, "Hà", by=leader, user=leader)
    with pytest.raises(ValidationError):
        add_member(team, "Hà", by=leader, user=leader)


def test_who_leaves_may_come_back(team, leader):
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    member = add_member(team, "Hà", by=leader, user=leader, since=yesterday)
    end_membership(member, by=leader, until=yesterday)

    add_member(team, "Hà", by=leader, user=leader)
    assert team.memberships.current().count() == 1


# The calendar


@pytest.fixture
def evenings(campaign, team, village, leader, lan):
    group = create_class(
        campaign, team, village, "Lớp tối thứ bảy", by=leader, weekly_times=[(5, dt.time(19), 90)]
    )
    return list(group.sessions.ahead().order_by("starts_at"))


def test_the_calendar_tells_when_and_where_and_what_is_cancelled(client, team, evenings, leader):
    cancel_session(evenings[0], by=leader, because="Bão số 13")
    move_session(evenings[1], evenings[1].starts_at + dt.timedelta(days=1), by=leader)

    answer = client.get(reverse("campaigns:calendar", args=[team.calendar_key]))

    events = {event["uid"]: event for event in Calendar.from_ical(answer.content).walk("VEVENT")}
    assert answer["Content-Type"].startswith("text/calendar")
    assert len(events) == ClassSession.objects.count()
    gone = events[f"session-{evenings[0].pk}@tramngay"]
    assert gone["status"] == "CANCELLED"
    assert "Bão số 13" in gone["description"]
    moved = events[f"session-{evenings[1].pk}@tramngay"]
    assert moved["status"] == "CONFIRMED"
    assert moved["dtstart"].dt == ClassSession.objects.get(pk=evenings[1].pk).starts_at
    assert moved["dtstart"].params["TZID"] == "Asia/Ho_Chi_Minh"
    assert moved["dtend"].dt - moved["dtstart"].dt == dt.timedelta(minutes=90)


def test_the_calendar_says_nothing_about_people(client, team, evenings, campaign, lan, leader):
    add_member(team, "Hồng Nhung", by=leader, phone="0912345678")
    page = client.get(reverse("campaigns:calendar", args=[team.calendar_key])).text

    assert "BEGIN:VEVENT" in page
    for secret in (lan.full_name, "Hồng Nhung", "0912345678", str(leader)):
        assert secret not in page


def test_a_new_address_ends_the_old_one(client, team, leader):
    old = team.calendar_key
    renew_calendar_key(team, by=leader)

    assert client.get(reverse("campaigns:calendar", args=[old])).status_code == 404
    assert client.get(reverse("campaigns:calendar", args=[team.calendar_key])).status_code == 200


def test_the_same_team_twice_is_refused_in_words(village, leader):
    create_team(village, "Tổ Cao Xá", by=leader)
    with pytest.raises(ValidationError):
        create_team(village, "Tổ  Cao Xá", by=leader)

    assert Team.objects.count() == 1


def test_two_teams_have_two_addresses(village, leader):
    keys = {create_team(village, f"Tổ {n}", by=leader).calendar_key for n in range(3)}

    assert len(keys) == 3
    assert all(len(key) == 32 for key in keys)


# Who may do it


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.PROVINCE_ORGANISER, True),
        (Role.COMMUNE_ORGANISER, True),
        (Role.TEAM_LEADER, False),
        (Role.INSTRUCTOR, False),
        (Role.OBSERVER, False),
    ],
)
def test_who_may_set_targets(client, campaign, commune, village, role, allowed):
    client.force_login(AssignmentFactory(place=commune, role=role).user)
    url = reverse("campaigns:targets", args=[campaign.pk])

    answer = client.post(f"{url}?place={commune.pk}&indicator=completed", _row(commune))

    assert answer.status_code == (302 if allowed else 403)
    assert Target.objects.exists() == allowed


def test_a_commune_prepares_campaigns_in_its_own_place_only(client, organiser, commune, province):
    client.force_login(organiser)
    values = {
        "name": "100 ngày",
        "first_day": "2026-12-01",
        "length": 100,
        "evenings_required": 3,
        "green_from": 90,
        "yellow_from": 60,
    }

    wrong = client.post(reverse("campaigns:new"), values | {"place": province.pk})
    assert wrong.status_code == 422
    right = client.post(reverse("campaigns:new"), values | {"place": commune.pk})

    assert right.status_code == 302
    assert Campaign.objects.get().place == commune


@pytest.mark.parametrize(("sent", "kept"), [("2", 2), ("", 0), (None, 0)])
def test_a_campaign_may_ask_for_skills_that_were_seen(client, organiser, commune, sent, kept):
    client.force_login(organiser)
    values = {
        "name": "100 ngày",
        "place": commune.pk,
        "first_day": "2026-12-01",
        "length": 100,
        "evenings_required": 3,
        "green_from": 90,
        "yellow_from": 60,
    }
    client.post(
        reverse("campaigns:new"), values | ({} if sent is None else {"skills_required": sent})
    )

    campaign = Campaign.objects.get()
    assert campaign.skills_required == kept
    page = client.get(reverse("campaigns:detail", args=[campaign.pk]))
    assert ("trước mặt tình nguyện viên" in page.text) is bool(kept)


@pytest.mark.parametrize("name", ["start", "close", "edit"])
def test_a_team_leader_decides_nothing_about_a_campaign(client, commune, leader, name):
    campaign = CampaignFactory(place=commune)
    client.force_login(leader)

    assert client.post(reverse(f"campaigns:{name}", args=[campaign.pk])).status_code == 403


@pytest.mark.parametrize(
    ("name", "thing"),
    [
        ("team", "team"),
        ("edit_team", "team"),
        ("new_member", "team"),
        ("renew_calendar", "team"),
        ("new_class", "team"),
        ("class_group", "group"),
        ("edit_class", "group"),
        ("new_session", "group"),
        ("session", "session"),
        ("cancel_session", "session"),
        ("restore_session", "session"),
        ("move_session", "session"),
        ("substitute", "session"),
        ("edit_member", "member"),
        ("end_member", "member"),
    ],
)
def test_a_stranger_finds_nothing(client, stranger, team, evenings, leader, name, thing):
    session = evenings[0]
    things = {
        "team": team,
        "group": session.class_group,
        "session": session,
        "member": add_member(team, "Hà", by=leader),
    }
    client.force_login(stranger)

    answer = client.post(reverse(f"campaigns:{name}", args=[things[thing].pk]))

    assert answer.status_code == 404


# The screen


def test_bad_targets_are_said_at_the_field_and_nothing_is_saved(
    client, campaign, commune, village, chief
):
    client.force_login(chief)
    url = reverse("campaigns:targets", args=[campaign.pk])
    values = _row(commune) | {
        f"p{village.pk}-goal": "50",
        f"p{village.pk}-denominator": "20",
        f"p{village.pk}-source": "Thôn đăng ký",
    }

    page = client.post(f"{url}?place={commune.pk}&indicator=completed", values)

    assert page.status_code == 422
    assert "lớn hơn tổng số" in page.text
    assert "Thôn đăng ký" in page.text
    assert not Target.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("goal", "-3", "-goal_error"),
        ("goal", "nhiều", "-goal_error"),
        ("denominator", "", "-denominator_error"),
        ("as_of", "31/02/2026", "-as_of_error"),
        ("source", "", "-source_error"),
    ],
)
def test_each_bad_value_stands_at_its_own_field(
    client, campaign, commune, chief, field, value, words
):
    client.force_login(chief)
    url = reverse("campaigns:targets", args=[campaign.pk])

    page = client.post(
        f"{url}?place={commune.pk}&indicator=completed",
        _row(commune) | {f"p{commune.pk}-{field}": value},
    )

    assert page.status_code == 422
    assert f'id="id_p{commune.pk}{words}"' in page.text
    assert not Target.objects.exists()


def test_an_emptied_row_takes_the_target_away(client, campaign, commune, chief):
    set_target(campaign, commune, "completed", 10, 20, source="plan", by=chief)
    client.force_login(chief)
    url = reverse("campaigns:targets", args=[campaign.pk])

    client.post(f"{url}?place={commune.pk}&indicator=completed", {})

    assert not Target.objects.exists()


def test_one_source_serves_all_rows(client, campaign, commune, village, chief):
    client.force_login(chief)
    url = reverse("campaigns:targets", args=[campaign.pk])
    values = _row(commune) | _row(village) | {"source": "Kế hoạch 45", "as_of": "2026-09-01"}
    values[f"p{village.pk}-source"] = values[f"p{village.pk}-as_of"] = ""

    client.post(f"{url}?place={commune.pk}&indicator=completed", values)

    assert Target.objects.get(place=village).source == "Kế hoạch 45"
    assert Target.objects.get(place=village).as_of == dt.date(2026, 9, 1)
    assert Target.objects.get(place=commune).source == "Kế hoạch 118"


def test_a_leader_founds_a_team_and_fills_it(client, leader, village):
    client.force_login(leader)
    client.post(reverse("campaigns:new_team"), {"name": "Tổ Cao Xá", "place": village.pk})
    team = Team.objects.get()
    client.post(
        reverse("campaigns:new_member", args=[team.pk]), {"name": "Hồng Nhung", "phone": "0912"}
    )

    page = client.get(reverse("campaigns:team", args=[team.pk])).text

    assert "Hồng Nhung" in page
    assert Membership.objects.get().team == team


def test_teams_are_found_by_place_without_accents(client, leader, team, village):
    client.force_login(leader)

    assert team.name in client.get(reverse("campaigns:teams"), {"q": "cao xa"}).text
    assert team.name not in client.get(reverse("campaigns:teams"), {"q": "ea kao"}).text


# What it costs


@pytest.mark.parametrize("many", [1, 3])
def test_lists_cost_the_same_however_long(
    client, campaign, commune, chief, leader, many, django_assert_max_num_queries
):
    for number in range(many):
        place = PlaceFactory(parent=commune)
        ResidentFactory(village=place)
        team = create_team(place, f"Tổ {number}", by=leader)
        add_member(team, "Hà", by=leader)
        create_class(
            campaign,
            team,
            place,
            f"Lớp {number}",
            by=leader,
            weekly_times=[(5, dt.time(19), 90)],
            instructors=[leader],
        )
    client.force_login(chief)
    urls = [
        reverse("campaigns:list"),
        reverse("campaigns:teams"),
        reverse("campaigns:class_groups", args=[campaign.pk]),
        reverse("campaigns:targets", args=[campaign.pk]),
    ]
    for url in urls:
        client.get(url)

    for url in urls:
        with django_assert_max_num_queries(11):
            client.get(url)


def _row(place):
    return {
        f"p{place.pk}-goal": "10",
        f"p{place.pk}-denominator": "40",
        f"p{place.pk}-as_of": "2026-09-15",
        f"p{place.pk}-source": "Kế hoạch 118",
    }
