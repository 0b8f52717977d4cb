"""Volunteers are asked to evenings and shifts, answer, stand in for one another, and serve."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from campaigns.models import ClassSession, Reminder, Shift, Turn
from campaigns.reports import duty_of, may_be_asked, my_turns, roster_of
from campaigns.services import (
    add_session,
    answer_turn,
    cancel_shift,
    change_class,
    create_class,
    credit_turn,
    hold_shift,
    miss_turn,
    move_session,
    move_shift,
    offer_turns,
    plan_shifts,
    replace_turn,
    substitute_instructor,
    take_back_turn,
)
from progress.services import close_register
from tests.factories import (
    AssignmentFactory,
    MembershipFactory,
    PlaceFactory,
    ShiftFactory,
    TeamFactory,
)

pytestmark = pytest.mark.django_db

MORNING = dt.time(7, 30)


@pytest.fixture
def mai(team):
    """A volunteer without an account."""
    return MembershipFactory(team=team, name="Phạm Thị Mai")


@pytest.fixture
def minh(team, instructor):
    """The volunteer who is the instructor."""
    return MembershipFactory(team=team, name="Lê Văn Minh", user=instructor)


@pytest.fixture
def shift(team, campaign):
    return ShiftFactory(team=team, campaign=campaign)


def test_nobody_is_asked_to_what_was_called_off_a_moment_ago(shift, mai, leader):
    """The row counts as it is once its lock is held, not as the screen had read it."""
    type(shift).objects.update(state="cancelled")

    with pytest.raises(ValidationError) as refusal:
        offer_turns(shift, [mai], by=leader)
    assert refusal.value.code == "cancelled"


def begun(occasion, hours=1):
    """Let a shift or an evening have begun so many hours ago."""
    occasion.starts_at = timezone.now() - dt.timedelta(hours=hours)
    occasion.save()
    return occasion


def code_of(refusal):
    error = refusal.value
    return error.code if hasattr(error, "code") else next(iter(error.error_dict.values()))[0].code


# Planning: the rule


def test_a_weekly_pattern_is_planned_once(team, campaign, commune, leader):
    days = [campaign.last_day - dt.timedelta(days=n) for n in range(0, 21, 7)]
    plan_shifts(campaign, team, "duty", commune, days[:2], MORNING, by=leader, needed=4)

    made = plan_shifts(campaign, team, "duty", commune, days, MORNING, by=leader, needed=4)

    assert [timezone.localtime(shift.starts_at).date() for shift in made] == days[2:]
    assert team.shifts.count() == 3
    with pytest.raises(ValidationError) as refusal:
        plan_shifts(campaign, team, "duty", commune, days, MORNING, by=leader)
    assert code_of(refusal) == "twice"


def test_a_shift_lies_in_the_campaign_and_in_the_commune(team, campaign, commune, leader, province):
    late = campaign.last_day + dt.timedelta(days=1)
    near = PlaceFactory(kind="commune", parent=province)

    for place, day, code in (
        (commune, late, "outside_the_days"),
        (near, campaign.last_day, "elsewhere"),
        (PlaceFactory(kind="commune"), campaign.last_day, "outside"),
    ):
        with pytest.raises(ValidationError) as refusal:
            plan_shifts(campaign, team, "duty", place, [day], MORNING, by=leader)
        assert code_of(refusal) == code


def test_who_promised_is_asked_again_when_the_time_changes(shift, mai, minh, leader):
    offer_turns(shift, [mai], by=leader, agreed=True)
    offer_turns(shift, [minh], by=leader)
    turn = Turn.objects.get(membership=mai)
    Reminder.objects.create(turn=turn, membership=mai, channel="email", asked_by=leader)

    move_shift(shift, shift.starts_at, by=leader, needed=5)
    assert Turn.objects.get(membership=mai).state == Turn.State.ACCEPTED
    move_shift(shift, shift.starts_at + dt.timedelta(hours=2), by=leader)

    assert set(shift.turns.values_list("state", flat=True)) == {Turn.State.OFFERED}
    assert not Reminder.objects.exists()


def test_a_shift_is_called_off_with_a_reason_and_not_after_it_was_held(shift, mai, leader):
    with pytest.raises(ValidationError):
        cancel_shift(shift, " ", by=leader)
    hold_shift(begun(shift), by=leader, helped=12)
    with pytest.raises(ValidationError) as refusal:
        cancel_shift(shift, "mưa to", by=leader)
    assert code_of(refusal) == "held"


def test_a_held_shift_counts_people_and_credits_who_promised(shift, mai, minh, leader):
    offer_turns(shift, [mai], by=leader, agreed=True)
    offer_turns(shift, [minh], by=leader)
    with pytest.raises(ValidationError) as refusal:
        hold_shift(shift, by=leader, helped=3)
    assert code_of(refusal) == "early"

    held = hold_shift(begun(shift), by=leader, helped=12, note="Đông")

    assert (held.state, held.helped) == (Shift.State.HELD, 12)
    assert Turn.objects.get(membership=mai).state == Turn.State.SERVED
    assert Turn.objects.get(membership=minh).state == Turn.State.OFFERED


def test_a_note_takes_no_number_of_an_id_card(shift, leader):
    with pytest.raises(ValidationError) as refusal:
        hold_shift(begun(shift), by=leader, note="Giúp bà 025053001234")
    assert code_of(refusal) == "citizen_number"


# Asking and answering: the rule


def test_a_volunteer_is_asked_once_and_again_only_after_declining(shift, mai, leader):
    offer_turns(shift, [mai], by=leader)
    offer_turns(shift, [mai], by=leader)
    turn = shift.turns.get()
    answer_turn(turn, False, by=leader)

    offer_turns(shift, [mai], by=leader)

    turn = shift.turns.get()
    assert (turn.state, turn.answered_at) == (Turn.State.OFFERED, None)


def test_an_answer_may_be_changed_until_it_is_over(shift, mai, leader):
    turn = offer_turns(shift, [mai], by=leader)[0]

    assert answer_turn(turn, True, by=leader).state == Turn.State.ACCEPTED
    assert answer_turn(turn, False, by=leader).state == Turn.State.DECLINED
    begun(shift, hours=5)
    with pytest.raises(ValidationError) as refusal:
        answer_turn(turn, True, by=leader)
    assert code_of(refusal) == "over"


def test_neighbouring_teams_are_asked_and_teams_of_other_communes_are_not(
    shift, commune, province, leader
):
    near = MembershipFactory(team=TeamFactory(place=PlaceFactory(parent=commune)))
    far = MembershipFactory(
        team=TeamFactory(place=PlaceFactory(kind="commune", parent=province)), name="Người xa"
    )

    asked = [one.member for one in may_be_asked(shift, shift.team)]
    assert near in asked
    assert far not in asked
    offer_turns(shift, [near], by=leader)
    with pytest.raises(ValidationError) as refusal:
        offer_turns(shift, [far], by=leader)
    assert code_of(refusal) == "stranger"


def test_who_has_left_the_team_is_asked_no_more(shift, mai, leader):
    mai.until = timezone.localdate()
    mai.save()

    assert may_be_asked(shift, shift.team) == []
    with pytest.raises(ValidationError):
        offer_turns(shift, [mai], by=leader)


def test_two_things_at_once_are_told_and_not_refused(shift, team, mai, minh, leader, session):
    session.starts_at = shift.starts_at + dt.timedelta(hours=2)
    session.save()
    offer_turns(session, [mai], by=leader, agreed=True)

    candidates = {one.member: one.clashes for one in may_be_asked(shift, team)}
    offer_turns(shift, [mai, minh], by=leader)
    rows = {row.turn.membership: row.clashes for row in roster_of(shift).rows}

    assert [turn.occasion for turn in candidates[mai]] == [session]
    assert candidates[minh] == []
    assert [turn.occasion for turn in rows[mai]] == [session]
    assert rows[minh] == []


def test_one_account_in_two_teams_is_one_person(shift, commune, minh, leader):
    other = TeamFactory(place=PlaceFactory(parent=commune))
    again = MembershipFactory(team=other, user=minh.user)
    offer_turns(ShiftFactory(team=other, starts_at=shift.starts_at), [again], by=leader)

    assert [len(one.clashes) for one in may_be_asked(shift, shift.team)] == [1, 1]


def test_what_ends_when_the_other_begins_is_no_clash(shift, team, mai, leader):
    after = ShiftFactory(team=team, starts_at=shift.ends_at, campaign=shift.campaign)
    offer_turns(after, [mai], by=leader)

    assert may_be_asked(shift, team)[0].clashes == []


def test_somebody_stands_in(shift, mai, minh, leader):
    turn = offer_turns(shift, [mai], by=leader, agreed=True)[0]

    new = replace_turn(turn, minh, by=leader)

    turn.refresh_from_db()
    assert (turn.state, new.state, new.stands_in_for) == ("replaced", "accepted", turn)
    assert roster_of(shift).coming == 1
    with pytest.raises(ValidationError) as refusal:
        replace_turn(turn, mai, by=leader)
    assert code_of(refusal) == "settled"


def test_only_an_open_offer_is_taken_back(shift, mai, leader):
    turn = offer_turns(shift, [mai], by=leader)[0]
    answer_turn(turn, True, by=leader)
    with pytest.raises(ValidationError):
        take_back_turn(turn, by=leader)
    answer_turn(turn, False, by=leader)
    take_back_turn(turn, by=leader)

    assert not shift.turns.exists()


def test_missing_volunteers_are_counted_by_promises(shift, mai, minh, leader):
    offer_turns(shift, [mai], by=leader, agreed=True)
    offer_turns(shift, [minh], by=leader)

    roster = roster_of(shift)

    assert (roster.coming, roster.waiting, roster.missing) == (1, 1, 2)


def test_who_came_is_credited_after_it_began_and_may_be_corrected(shift, mai, leader):
    turn = offer_turns(shift, [mai], by=leader, agreed=True)[0]
    with pytest.raises(ValidationError) as refusal:
        credit_turn(turn, by=leader)
    assert code_of(refusal) == "early"
    begun(shift)

    assert credit_turn(turn, by=leader, minutes=90).minutes == 90
    assert miss_turn(turn, by=leader).state == Turn.State.MISSED
    assert credit_turn(turn, by=leader).minutes is None
    with pytest.raises(ValidationError):
        credit_turn(turn, by=leader, minutes=721)


def test_who_was_there_without_being_asked_is_added_afterwards(shift, mai, leader):
    begun(shift, hours=5)
    with pytest.raises(ValidationError) as refusal:
        offer_turns(shift, [mai], by=leader)
    assert code_of(refusal) == "over"

    turn = offer_turns(shift, [mai], by=leader, agreed=True)[0]

    assert credit_turn(turn, by=leader).state == Turn.State.SERVED


# Evenings: who teaches has a turn


@pytest.fixture
def group(campaign, team, village, leader, minh, saturday_evening):
    return create_class(
        campaign,
        team,
        village,
        "Lớp tối",
        by=leader,
        weekly_times=saturday_evening,
        instructors=[minh.user],
    )


def test_who_teaches_and_is_a_member_has_a_turn(group, minh):
    turns = Turn.objects.filter(membership=minh)

    assert turns.count() == group.sessions.count()
    assert set(turns.values_list("state", flat=True)) == {"accepted"}


def test_a_new_teacher_takes_the_turns_ahead_and_none_behind(group, minh, leader, team):
    behind = group.sessions.filter(starts_at__lt=timezone.now()).count()
    ha = MembershipFactory(team=team, user=leader)

    change_class(group, by=leader, instructors=[leader])

    assert Turn.objects.filter(membership=minh).count() == behind
    assert Turn.objects.filter(membership=ha).count() == group.sessions.ahead().count()


def test_a_substitute_teacher_is_in_the_roster(group, minh, leader, team):
    ha = MembershipFactory(team=team, user=leader)
    evening = group.sessions.ahead().first()

    substitute_instructor(evening, minh.user, leader, by=leader)

    states = {turn.membership: turn for turn in evening.turns.all()}
    assert states[minh].state == "replaced"
    assert states[ha].state == "accepted"
    assert states[ha].stands_in_for == states[minh]


def test_standing_in_for_a_teacher_is_teaching(group, minh, leader, team):
    ha = MembershipFactory(team=team, user=leader)
    evening = group.sessions.ahead().first()

    replace_turn(evening.turns.get(membership=minh), ha, by=leader)

    assert list(evening.instructors.all()) == [leader]


def test_a_helper_without_an_account_only_has_a_turn(group, minh, mai, leader):
    evening = add_session(group, timezone.now() + dt.timedelta(days=2), by=leader)
    offer_turns(evening, [mai], by=leader, agreed=True)

    move_session(evening, evening.starts_at + dt.timedelta(hours=1), by=leader)

    states = dict(evening.turns.values_list("membership", "state"))
    assert states == {minh.pk: "accepted", mai.pk: "offered"}
    assert list(evening.instructors.all()) == [minh.user]


def test_closing_the_register_credits_who_promised(group, minh, leader):
    evening = group.sessions.ahead().first()
    begun(evening)

    close_register(evening, by=leader)

    assert evening.turns.get().state == Turn.State.SERVED


# Who may


@pytest.mark.parametrize("name", ["new_shift", "move_shift", "offer_shift", "remind_shift"])
def test_only_who_plans_plans(client, shift, instructor, leader, name):
    url = reverse(f"campaigns:{name}", args=[shift.team_id if name == "new_shift" else shift.pk])

    for user, status in ((instructor, 403), (leader, 200)):
        client.force_login(user)
        assert client.get(url).status_code == status


def test_a_volunteer_answers_for_himself_and_for_nobody_else(client, shift, mai, minh, leader):
    own, others = offer_turns(shift, [minh, mai], by=leader)
    client.force_login(minh.user)

    for turn, status in ((own, 302), (others, 403)):
        url = reverse("campaigns:answer_turn", args=[turn.pk])
        assert client.post(url, {"answer": "yes"}).status_code == status

    assert Turn.objects.get(pk=own.pk).state == Turn.State.ACCEPTED
    assert Turn.objects.get(pk=others.pk).state == Turn.State.OFFERED


def test_a_volunteer_of_the_next_village_sees_and_answers_the_shift_he_is_asked_to(
    client, shift, commune, leader
):
    beyond = PlaceFactory(parent=commune)
    user = AssignmentFactory(place=beyond).user
    member = MembershipFactory(team=TeamFactory(place=beyond), user=user)
    stranger_to_it = AssignmentFactory(place=beyond).user
    turn = offer_turns(shift, [member], by=leader)[0]
    page = reverse("campaigns:shift", args=[shift.pk])

    client.force_login(user)
    assert client.get(page).status_code == 200
    answer = client.post(reverse("campaigns:answer_turn", args=[turn.pk]), {"answer": "yes"})
    assert answer.url == page
    client.force_login(stranger_to_it)
    assert client.get(page).status_code == 404


# The screen


def test_a_leader_plans_a_weekly_pattern_on_the_screen(client, team, campaign, commune, leader):
    client.force_login(leader)
    monday = timezone.localdate() - dt.timedelta(days=timezone.localdate().weekday())
    data = {
        "campaign": campaign.pk,
        "kind": "duty",
        "place": commune.pk,
        "day": monday.isoformat(),
        "begins": "07:30",
        "minutes": 210,
        "needed": 4,
        "weekdays": [0, 2],
        "weeks": 2,
    }

    answer = client.post(reverse("campaigns:new_shift", args=[team.pk]), data)
    again = client.post(reverse("campaigns:new_shift", args=[team.pk]), data)

    assert answer.status_code == 302
    assert team.shifts.count() == 4
    assert again.status_code == 422


def test_the_week_says_what_is_missing(client, shift, mai, leader):
    offer_turns(shift, [mai], by=leader, agreed=True)
    client.force_login(leader)
    day = timezone.localtime(shift.starts_at).date()

    page = client.get(
        reverse("campaigns:duty", args=[shift.team_id]), {"from": day.isoformat()}
    ).content.decode()

    assert "Phạm Thị Mai" in page
    assert "Còn thiếu 2 người" in page


@pytest.mark.parametrize("day", ["x", "2026-99-99", "0001-01-01", "9999-12-31", ""])
def test_a_week_far_away_is_an_empty_page(client, team, leader, day):
    client.force_login(leader)

    answer = client.get(reverse("campaigns:duty", args=[team.pk]), {"from": day, "span": "x"})

    assert answer.status_code == 200


def test_one_tap_at_home_accepts(client, shift, minh, leader):
    turn = offer_turns(shift, [minh], by=leader)[0]
    client.force_login(minh.user)
    url = reverse("campaigns:answer_turn", args=[turn.pk])

    assert url in client.get(reverse("home")).content.decode()
    answer = client.post(url, {"answer": "yes", "from": "home"})

    assert answer.url == reverse("home")
    assert [found.state for found in my_turns(minh.user)] == ["accepted"]


def test_a_leader_asks_on_the_screen_and_hears_of_clashes(client, shift, team, mai, leader):
    other = ShiftFactory(team=team, kind="visit", starts_at=shift.starts_at)
    offer_turns(other, [mai], by=leader)
    client.force_login(leader)

    answer = client.post(
        reverse("campaigns:offer_shift", args=[shift.pk]), {"members": mai.pk}, follow=True
    )
    nobody = client.post(reverse("campaigns:offer_shift", args=[shift.pk]), {})

    assert "còn có lịch khác cùng giờ" in answer.content.decode()
    assert shift.turns.get().state == "offered"
    assert nobody.status_code == 422


def test_the_leader_credits_minutes_on_the_screen(client, shift, mai, leader):
    turn = offer_turns(shift, [mai], by=leader, agreed=True)[0]
    begun(shift)
    client.force_login(leader)
    url = reverse("campaigns:credit_turn", args=[turn.pk])

    client.post(url, {"result": "served", "minutes": "x"})
    assert Turn.objects.get().state == "accepted"
    client.post(url, {"result": "served", "minutes": "100"})

    turn.refresh_from_db()
    assert (turn.state, turn.minutes) == ("served", 100)


def test_the_calendar_of_a_team_shows_its_shifts_and_that_of_a_member_his_own(
    client, shift, team, mai, minh, leader, campaign
):
    visit = ShiftFactory(
        team=team, kind="visit", campaign=campaign, starts_at=shift.starts_at, place=team.place
    )
    offer_turns(shift, [mai], by=leader)
    client.force_login(leader)
    client.post(reverse("campaigns:member_feed", args=[mai.pk]))
    mai.refresh_from_db()
    client.logout()

    whole = client.get(reverse("campaigns:calendar", args=[team.calendar_key])).content.decode()
    own = client.get(reverse("campaigns:member_calendar", args=[mai.calendar_key]))
    mine = own.content.decode()

    assert f"UID:shift-{shift.pk}@" in whole
    assert f"UID:shift-{visit.pk}@" in whole
    assert f"UID:shift-{shift.pk}@" in mine
    assert f"UID:shift-{visit.pk}@" not in mine
    assert "chưa trả lời" in mine
    old = mai.calendar_key
    client.force_login(leader)
    client.post(reverse("campaigns:member_feed", args=[mai.pk]))
    assert client.get(reverse("campaigns:member_calendar", args=[old])).status_code == 404


def test_a_member_without_a_key_has_no_calendar(client, mai):
    for key in ("", "x"):
        assert client.get(f"/campaigns/calendar/mine/{key}.ics").status_code == 404


# What it costs


@pytest.mark.parametrize("many", [3, 12])
def test_a_week_of_duty_costs_the_same_however_many_serve(
    django_assert_max_num_queries, team, campaign, leader, many
):
    members = [MembershipFactory(team=team) for _ in range(many)]
    today = timezone.localdate()
    for number in range(many):
        shift = ShiftFactory(
            team=team,
            campaign=campaign,
            starts_at=timezone.now() + dt.timedelta(hours=number % 5, minutes=number),
        )
        offer_turns(shift, members[: number + 1], by=leader)

    with django_assert_max_num_queries(8):
        days = duty_of(team, today, today + dt.timedelta(days=6))
        assert (
            sum(roster.waiting for day in days for roster in day.rosters) == many * (many + 1) / 2
        )


def test_planning_many_shifts_costs_what_one_costs(
    django_assert_max_num_queries, team, campaign, commune, leader
):
    days = [campaign.first_day + dt.timedelta(days=n) for n in range(90)]

    with django_assert_max_num_queries(8):
        plan_shifts(campaign, team, "duty", commune, days, MORNING, by=leader)

    assert not ClassSession.objects.exists()
