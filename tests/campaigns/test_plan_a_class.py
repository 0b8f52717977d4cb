"""A class's evenings are planned from its weekly times, around Tết and public holidays."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from campaigns.models import ClassGroup, ClassSession
from campaigns.reports import clashes_of
from campaigns.rules import holidays_between
from campaigns.services import (
    add_session,
    cancel_session,
    change_class,
    create_class,
    move_session,
    plan_sessions,
    restore_session,
    substitute_instructor,
)
from people.roles import Role
from tests.campaigns.facts import came, enrol
from tests.factories import (
    AssignmentFactory,
    CampaignFactory,
    ResidentFactory,
    TeamFactory,
    UserFactory,
    VenueFactory,
)

pytestmark = pytest.mark.django_db

WINTER = dt.date(2026, 12, 1)


@pytest.fixture
def winter(province):
    """A campaign over New Year and Tết 2027."""
    return CampaignFactory(place=province, first_day=WINTER)


@pytest.fixture
def group(winter, team, village, leader, saturday_evening):
    return create_class(
        winter, team, village, "Lớp tối thứ bảy", by=leader, weekly_times=saturday_evening
    )


# The rule


def test_tet_2027_is_known_by_name():
    named = holidays_between(dt.date(2027, 2, 1), dt.date(2027, 2, 15))

    assert list(named) == [dt.date(2027, 2, day) for day in range(4, 11)]
    assert named[dt.date(2027, 2, 6)] == "Tết Nguyên Đán"


def test_evenings_cover_the_hundred_days_and_leave_tet_out(group, winter):
    days = [timezone.localtime(s.starts_at).date() for s in group.sessions.order_by("starts_at")]

    assert days[0] == dt.date(2026, 12, 5)
    assert days[-1] == dt.date(2027, 3, 6)
    assert dt.date(2027, 2, 6) not in days
    assert len(days) == 13
    assert all(day.weekday() == 5 for day in days)


def test_a_class_may_keep_its_holidays(winter, team, village, leader, saturday_evening):
    group = create_class(
        winter,
        team,
        village,
        "Lớp không nghỉ",
        by=leader,
        weekly_times=saturday_evening,
        skips_holidays=False,
    )

    assert group.sessions.count() == 14


def test_an_evening_begins_at_the_hour_of_vietnam(group):
    starts_at = group.sessions.earliest("starts_at").starts_at

    assert starts_at == dt.datetime(2026, 12, 5, 12, 30, tzinfo=dt.UTC)


def test_planning_again_makes_nothing_twice(group, leader):
    first, second = group.sessions.order_by("starts_at")[:2]
    cancel_session(first, by=leader, because="bão")
    move_session(second, second.starts_at + dt.timedelta(days=1), by=leader)

    assert plan_sessions(group) == []


def test_new_hours_hold_for_the_evenings_ahead_only(campaign, team, village, leader):
    group = create_class(
        campaign, team, village, "Lớp", by=leader, weekly_times=[(5, dt.time(19), 90)]
    )
    behind = set(group.sessions.filter(starts_at__lt=timezone.now()).values_list("pk", flat=True))

    change_class(group, by=leader, weekly_times=[(2, dt.time(20), 60)])

    assert set(
        group.sessions.filter(starts_at__lt=timezone.now()).values_list("pk", flat=True)
    ) == (behind)
    ahead = [timezone.localtime(s.starts_at) for s in group.sessions.ahead()]
    assert ahead
    assert {(when.weekday(), when.hour) for when in ahead} == {(2, 20)}


def test_who_teaches_the_class_teaches_its_evenings(
    winter, team, village, leader, instructor, saturday_evening
):
    group = create_class(
        winter,
        team,
        village,
        "Lớp",
        by=leader,
        weekly_times=saturday_evening,
        instructors=[instructor],
    )

    assert all(list(s.instructors.all()) == [instructor] for s in group.sessions.all())


def test_a_class_meets_inside_its_campaign(winter, stranger, leader, saturday_evening):
    elsewhere = TeamFactory()
    with pytest.raises(ValidationError) as refusal:
        create_class(
            winter, elsewhere, elsewhere.place, "Lớp", by=leader, weekly_times=saturday_evening
        )

    assert refusal.value.code == "outside"


def test_a_moved_evening_remembers_when_it_was_to_be(group, leader):
    session = group.sessions.earliest("starts_at")
    planned = session.starts_at
    move_session(session, planned + dt.timedelta(days=1), by=leader)
    session = move_session(session, planned + dt.timedelta(days=2), by=leader)
    assert session.moved_from == planned

    assert move_session(session, planned, by=leader).moved_from is None


@pytest.mark.parametrize(
    ("days", "code"), [(-90, "outside_the_days"), (7, "session_once_per_hour")]
)
def test_an_evening_cannot_move(group, leader, days, code):
    session = group.sessions.earliest("starts_at")
    with pytest.raises(ValidationError) as refusal:
        move_session(session, session.starts_at + dt.timedelta(days=days), by=leader)

    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("touch", "how"),
    [
        (move_session, {"starts_at": timezone.now()}),
        (cancel_session, {"because": "bão"}),
    ],
)
def test_an_evening_with_marks_stays_where_it_is(campaign, lan, village, leader, touch, how):
    enrolment = enrol(campaign, lan)
    came(enrolment, 60)
    session = ClassSession.objects.get()

    with pytest.raises(ValidationError) as refusal:
        touch(session, by=leader, **how)

    assert refusal.value.code == "marked"


def test_a_cancelled_evening_says_why_and_can_be_held_after_all(group, leader):
    session = cancel_session(
        group.sessions.earliest("starts_at"), by=leader, because="  Bão số 13 "
    )
    assert (session.state, session.cancelled_because) == ("cancelled", "Bão số 13")

    assert restore_session(session, by=leader).state == "planned"


def test_somebody_else_may_teach_one_evening(group, leader, instructor):
    session = group.sessions.earliest("starts_at")
    session.instructors.set([leader])

    substitute_instructor(session, leader, instructor, by=leader)

    assert list(session.instructors.all()) == [instructor]


def test_two_classes_in_one_house_or_with_one_teacher_are_shown(
    winter, team, village, leader, instructor, saturday_evening
):
    house = VenueFactory(place=village)
    plan = {"by": leader, "weekly_times": saturday_evening, "venue": house}
    create_class(winter, team, village, "Lớp A", instructors=[instructor], **plan)
    second = create_class(winter, team, village, "Lớp B", instructors=[instructor], **plan)

    found = clashes_of(second.sessions.earliest("starts_at"))

    assert [(other.class_group.name, who) for _at, other, who in found] == [
        ("Lớp A", None),
        ("Lớp A", instructor),
    ]
    later = second.sessions.latest("starts_at")
    cancel_session(later, by=leader, because="bão")
    assert clashes_of(ClassSession.objects.get(pk=later.pk)) == []


# Who may do it


@pytest.mark.parametrize(
    ("role", "allowed"),
    [(Role.TEAM_LEADER, True), (Role.INSTRUCTOR, False), (Role.OBSERVER, False)],
)
def test_who_may_plan_a_class(client, winter, team, commune, role, allowed):
    client.force_login(AssignmentFactory(place=commune, role=role).user)

    answer = client.post(reverse("campaigns:new_class", args=[team.pk]), _filled_in(winter))

    assert answer.status_code == (302 if allowed else 403)
    assert ClassGroup.objects.exists() == allowed


def test_a_stranger_finds_no_team(client, winter, team, stranger):
    client.force_login(stranger)

    assert client.get(reverse("campaigns:new_class", args=[team.pk])).status_code == 404


# The screen


def test_the_dates_can_be_looked_at_before_the_class_is_founded(client, winter, team, leader):
    client.force_login(leader)

    page = client.post(
        reverse("campaigns:new_class", args=[team.pk]), _filled_in(winter) | {"preview": ""}
    )

    assert "06/02/2027: Tết Nguyên Đán" in page.text
    assert not ClassGroup.objects.exists()


def test_what_is_wrong_is_said_at_the_field_and_nothing_is_lost(client, winter, team, leader):
    client.force_login(leader)

    page = client.post(
        reverse("campaigns:new_class", args=[team.pk]),
        _filled_in(winter) | {"times-0-begins": "", "name": "Lớp bác Lan"},
    )

    assert page.status_code == 422
    assert "Hãy chọn cả thứ và giờ." in page.text
    assert "Lớp bác Lan" in page.text
    assert not ClassGroup.objects.exists()


def test_the_class_page_names_the_holiday_on_an_evening(client, group, leader):
    evening = timezone.make_aware(dt.datetime(2027, 2, 7, 19))
    add_session(group, evening, by=leader)
    client.force_login(leader)

    page = client.get(reverse("campaigns:class_group", args=[group.pk])).text

    assert "Mùng hai Tết Nguyên Đán" in page


def test_an_instructor_cancels_an_evening_on_the_way(client, group, instructor):
    session = group.sessions.earliest("starts_at")
    client.force_login(instructor)

    client.post(
        reverse("campaigns:cancel_session", args=[session.pk]), {"because": "Mất điện cả khu"}
    )
    page = client.get(reverse("campaigns:session", args=[session.pk])).text

    assert "Mất điện cả khu" in page


def test_tonight_shows_ones_own_classes_first(client, campaign, team, village, instructor, leader):
    today = timezone.localtime().replace(hour=19, minute=30, second=0, microsecond=0)
    for name, teachers in (("Lớp A", []), ("Lớp B", [instructor])):
        group = create_class(
            campaign, team, village, name, by=leader, weekly_times=[], instructors=teachers
        )
        add_session(group, today, by=leader)
    client.force_login(instructor)

    page = client.get(reverse("campaigns:tonight")).text

    assert page.index("Lớp B") < page.index("Lớp A")


# What it costs


@pytest.mark.parametrize("classes", [1, 3])
def test_tonight_costs_the_same_however_many_classes(
    client, campaign, team, village, instructor, leader, classes, django_assert_max_num_queries
):
    today = timezone.localtime().replace(hour=19, minute=30, second=0, microsecond=0)
    for number in range(classes):
        group = create_class(
            campaign,
            team,
            village,
            f"Lớp {number}",
            by=leader,
            weekly_times=[],
            instructors=[UserFactory()],
        )
        add_session(group, today, by=leader)
    client.force_login(instructor)
    client.get(reverse("campaigns:tonight"))

    with django_assert_max_num_queries(9):
        client.get(reverse("campaigns:tonight"))


@pytest.mark.parametrize("weeks", [10, 30])
def test_a_class_page_costs_the_same_however_many_evenings(
    client, province, team, village, leader, weeks, django_assert_max_num_queries
):
    campaign = CampaignFactory(place=province, first_day=WINTER, length=weeks * 7)
    group = create_class(
        campaign, team, village, "Lớp", by=leader, weekly_times=[(5, dt.time(19), 90)]
    )
    ResidentFactory(village=village)
    client.force_login(leader)
    url = reverse("campaigns:class_group", args=[group.pk])
    client.get(url)

    with django_assert_max_num_queries(12):
        client.get(url)


def _filled_in(campaign):
    return {
        "campaign": campaign.pk,
        "name": "Lớp tối thứ bảy",
        "since": "2026-12-01",
        "skips_holidays": "on",
        "times-TOTAL_FORMS": "3",
        "times-INITIAL_FORMS": "0",
        "times-0-weekday": "5",
        "times-0-begins": "19:30",
        "times-0-minutes": "90",
        "times-1-weekday": "",
        "times-1-begins": "",
        "times-2-weekday": "",
        "times-2-begins": "",
    }
