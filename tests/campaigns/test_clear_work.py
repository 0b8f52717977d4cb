"""Work in five clear points: one person, one piece of work, progress, result, who answers."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from campaigns.models import OwnIndicator, WorkItem
from campaigns.reports import (
    my_work,
    my_work_count,
    narrow_work,
    open_work,
    owners_at,
    work_at,
    work_below,
    work_board,
    work_history,
    work_message,
    work_summary,
)
from campaigns.services import (
    change_work,
    create_work,
    drop_work,
    finish_work,
    may_progress,
    progress_work,
    reassign_work,
    reopen_work,
)
from people.roles import Role
from places.services import merge_places
from tests.factories import (
    AssignmentFactory,
    CampaignFactory,
    MembershipFactory,
    PlaceFactory,
    ResidentFactory,
    TeamFactory,
)

pytestmark = pytest.mark.django_db

WORDS = {"title": "Thăm 3 người chưa tới", "expected": "2 người tới lớp thứ Bảy"}


@pytest.fixture
def campaign(province):
    return CampaignFactory(place=province)


@pytest.fixture
def member(village):
    """A volunteer of the village's team, without an account."""
    return MembershipFactory(team=TeamFactory(place=village), name="Lê Văn Nam")


@pytest.fixture
def give(campaign, village, member, leader):
    def give(**more):
        values = {"by": leader, "due": _in(5), "member": member} | WORDS | more
        if "person" in more:
            values.pop("member")
        return create_work(values.pop("campaign", campaign), values.pop("place", village), **values)

    return give


@pytest.fixture
def item(give):
    return give()


def _in(days):
    return timezone.localdate() + dt.timedelta(days=days)


# The rule


def test_work_has_all_five_points_from_the_beginning(item, member, leader):
    assert (item.owner, item.title) == ("Lê Văn Nam", "Thăm 3 người chưa tới")
    assert (item.state, item.percent) == ("planned", 0)
    assert item.expected == "2 người tới lớp thứ Bảy"
    assert item.responsible == leader
    assert item.changes.get().by == leader


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        pytest.param({"member": None}, "no_owner", id="nobody does it"),
        pytest.param({"due": _in(-1)}, "due_in_the_past", id="due yesterday"),
        pytest.param({"due": _in(60)}, "due_after_the_end", id="due after the campaign"),
        pytest.param({"indicator": "o9"}, "no_indicator", id="a figure that is not counted"),
        pytest.param({"title": ""}, "blank", id="no words"),
        pytest.param({"expected": ""}, "blank", id="no result expected"),
        pytest.param({"title": "Thăm bác 001199000123"}, "citizen_number", id="a card's number"),
    ],
)
def test_work_is_refused_when(give, wrong, code):
    with pytest.raises(ValidationError) as refusal:
        give(**wrong)

    assert _code(refusal) == code
    assert not WorkItem.objects.exists()


def test_work_is_given_only_to_whoever_serves_there(give, stranger, instructor):
    elsewhere = MembershipFactory(team=TeamFactory())
    gone = MembershipFactory(team=elsewhere.team, until=_in(-1))

    for owner in ({"member": elsewhere}, {"member": gone}, {"person": stranger}):
        with pytest.raises(ValidationError) as refusal:
            give(**owner)
        assert _code(refusal) == "elsewhere"

    assert give(person=instructor).owner == str(instructor)


def test_only_whoever_organises_the_place_can_answer_for_work(give, instructor):
    with pytest.raises(ValidationError) as refusal:
        give(responsible=instructor)

    assert _code(refusal) == "cannot_answer"


def test_a_place_elsewhere_and_a_closed_campaign_have_no_work(give, campaign):
    with pytest.raises(ValidationError) as refusal:
        give(place=PlaceFactory())
    assert _code(refusal) == "outside"

    campaign.state = "closed"
    campaign.save()
    with pytest.raises(ValidationError) as refusal:
        give()
    assert _code(refusal) == "closed"


def test_the_people_whom_it_is_about_live_there(give, lan):
    far = ResidentFactory()

    with pytest.raises(ValidationError) as refusal:
        give(residents=[lan, far])
    assert _code(refusal) == "live_elsewhere"
    assert not WorkItem.objects.exists()

    assert list(give(residents=[lan]).residents.all()) == [lan]


def test_an_indicator_of_the_campaigns_own_will_do(give, campaign):
    OwnIndicator.objects.create(campaign=campaign, number=1, name="Gian hàng", unit="gian hàng")

    assert give(indicator="o1").indicator == "o1"


def test_progress_is_written_down_with_what_it_was_before(item, leader):
    progress_work(item, 40, by=leader, remark="Đã gặp một bác")

    change, fields = work_history(WorkItem.objects.get())[0]
    assert (change.by, change.remark) == (leader, "Đã gặp một bác")
    assert [(before, after) for _name, before, after in fields] == [
        ("0 %", "40 %"),
        (WorkItem.State.PLANNED.label, WorkItem.State.DOING.label),
    ]


def test_saying_the_same_again_writes_nothing(item, leader):
    progress_work(item, 40, by=leader)
    progress_work(item, 40, by=leader)

    assert item.changes.count() == 2


def test_work_is_done_only_with_a_result(item, leader):
    with pytest.raises(ValidationError) as refusal:
        finish_work(item, " ", by=leader)
    assert _code(refusal) == "no_result"

    done = finish_work(item, "Ba người tới lớp", by=leader, evidence="Sổ điểm danh 21/11")

    assert (done.state, done.percent, done.evidence) == ("done", 100, "Sổ điểm danh 21/11")
    assert done.finished_at


def test_more_than_everything_is_no_progress(item, leader):
    with pytest.raises(ValidationError):
        progress_work(item, 101, by=leader)


def test_work_that_is_over_stands_until_it_is_taken_up_with_a_reason(item, leader):
    drop_work(item, "Các bác đã chuyển đi", by=leader)

    with pytest.raises(ValidationError) as refusal:
        progress_work(item, 50, by=leader)
    assert _code(refusal) == "not_open"
    with pytest.raises(ValidationError) as refusal:
        reopen_work(item, "", by=leader)
    assert _code(refusal) == "why"

    assert reopen_work(item, "Các bác đã về", by=leader).is_open
    assert [change.remark for change in item.changes.all()] == [
        "",
        "Các bác đã chuyển đi",
        "Các bác đã về",
    ]


def test_somebody_else_takes_it_over(item, instructor, leader):
    reassign_work(item, by=leader, person=instructor, remark="Nam đi vắng")

    changed = WorkItem.objects.get()
    assert (changed.person, changed.member) == (instructor, None)
    _change, fields = work_history(changed)[0]
    assert {(before, after) for _name, before, after in fields} == {
        ("", str(instructor)),
        ("Lê Văn Nam", ""),
    }


def test_a_day_that_has_passed_may_stay_but_not_be_chosen_anew(item, leader):
    WorkItem.objects.update(due=_in(-3))

    change_work(item, by=leader, title="Thăm 4 người", expected=item.expected, due=_in(-3))
    with pytest.raises(ValidationError) as refusal:
        change_work(item, by=leader, title="Thăm", expected=item.expected, due=_in(-2))

    assert _code(refusal) == "due_in_the_past"
    assert WorkItem.objects.get().title == "Thăm 4 người"


# What is seen where


def test_what_is_overdue_rolls_up_to_the_tier_above(
    give, campaign, province, commune, village, organiser
):
    other = PlaceFactory(kind="commune", parent=province, name="Bản Nguyên")
    give()
    late = give()
    WorkItem.objects.filter(pk=late.pk).update(due=_in(-1))

    rows = {row.place: (row.open, row.overdue) for row in work_below(campaign, province)}

    assert rows == {commune: (2, 1), other: (0, 0)}
    assert open_work(campaign, [commune, other, village]) == {
        commune.pk: 2,
        other.pk: 0,
        village.pk: 2,
    }
    assert work_summary(campaign, province).overdue == 1
    assert open_work(campaign, []) == {}


def test_work_of_somebody_who_has_left_stands_out(item, campaign, village, member):
    member.until = _in(-1)
    member.save()

    assert work_summary(campaign, village).forsaken == 1


def test_the_board_has_what_is_not_begun_being_done_and_done_this_week(
    give, campaign, village, leader
):
    planned, doing, done, old = give(), give(), give(), give()
    progress_work(doing, 10, by=leader)
    finish_work(done, "Xong", by=leader)
    finish_work(old, "Xong từ lâu", by=leader)
    WorkItem.objects.filter(pk=old.pk).update(finished_at=timezone.now() - dt.timedelta(days=8))

    columns = work_board(work_at(campaign, village))

    assert [(column.number, column.items) for column in columns] == [
        (1, [planned]),
        (1, [doing]),
        (1, [done]),
    ]


def test_the_list_can_be_narrowed(give, campaign, village, instructor, member):
    mine = give(person=instructor, indicator="reached")
    late = give()
    WorkItem.objects.filter(pk=late.pk).update(due=_in(-1))
    items = work_at(campaign, village)

    assert list(narrow_work(items, late=True)) == [late]
    assert list(narrow_work(items, owner=f"u{instructor.pk}")) == [mine]
    assert list(narrow_work(items, owner=f"m{member.pk}")) == [late]
    assert list(narrow_work(items, indicator="reached")) == [mine]
    assert list(narrow_work(items, state="done")) == []
    assert list(narrow_work(items, owner="x'; --")) == []


def test_the_reminder_names_who_works_and_never_whom_it_is_about(give, lan, village, member):
    item = give(residents=[lan])
    WorkItem.objects.filter(pk=item.pk).update(due=_in(-1))

    text = work_message(village, WorkItem.objects.all())

    assert member.name in text
    assert item.title in text
    assert lan.full_name not in text


def test_ones_own_work_is_what_one_does_or_answers_for(give, instructor, leader):
    for_him, for_another = give(person=instructor), give()

    assert list(my_work(instructor)) == [for_him]
    assert set(my_work(leader)) == {for_him, for_another}


def test_the_members_of_the_commune_s_teams_may_be_given_work(village, member, instructor):
    MembershipFactory(team=TeamFactory(place=PlaceFactory()))

    assert [owner.key for owner in owners_at(village)] == [f"m{member.pk}", f"u{instructor.pk}"]


# Who may


@pytest.mark.parametrize(
    ("role", "sees", "gives"),
    [
        (Role.PROVINCE_ORGANISER, 200, 200),
        (Role.COMMUNE_ORGANISER, 200, 200),
        (Role.TEAM_LEADER, 200, 200),
        (Role.INSTRUCTOR, 200, 403),
        (Role.OBSERVER, 403, 403),
    ],
)
def test_who_may_see_and_give_work(client, campaign, province, commune, item, role, sees, gives):
    place = province if role == Role.PROVINCE_ORGANISER else commune
    client.force_login(AssignmentFactory(place=place, role=role).user)
    query = {"place": commune.pk}

    assert client.get(reverse("campaigns:work", args=[campaign.pk]), query).status_code == sees
    assert client.get(reverse("campaigns:work_item", args=[item.pk])).status_code == sees
    assert client.get(reverse("campaigns:new_work", args=[campaign.pk]), query).status_code == gives


def test_whoever_does_it_says_how_far_it_has_come_and_nobody_else_does(
    client, give, instructor, commune
):
    item = give(person=instructor)
    url = reverse("campaigns:work_item", args=[item.pk])

    client.force_login(AssignmentFactory(place=commune, role=Role.INSTRUCTOR).user)
    assert client.post(url, {"percent": 30}).status_code == 403
    client.force_login(instructor)
    client.post(url, {"percent": 30, "remark": "Đã gặp hai bác"})

    assert WorkItem.objects.get().percent == 30


@pytest.mark.parametrize("part", ["person", "member", "responsible"])
def test_whoever_has_left_neither_sees_nor_finishes_the_work(client, give, village, part):
    """An account outlives a role: what was given to its holder is then somebody else's."""
    role = Role.TEAM_LEADER if part == "responsible" else Role.INSTRUCTOR
    user = AssignmentFactory(place=village, role=role).user
    if part == "member":
        member = MembershipFactory(team=TeamFactory(place=village), user=user)
        item = give(member=member)
    else:
        item = give(**{part: user})
    url = reverse("campaigns:work_item", args=[item.pk])
    client.force_login(user)
    assert client.get(url).status_code == 200
    assert list(my_work(user)) == [item]

    user.assignments.update(since=_in(-9), until=_in(-1))
    user.memberships.update(until=_in(-1))
    user = type(user).objects.get(pk=user.pk)

    assert client.get(url).status_code == 404
    answer = client.post(url, {"percent": 100, "result": "Xong", "done": "1"})
    assert answer.status_code == 404
    assert WorkItem.objects.get().state == "planned"
    assert not may_progress(WorkItem.objects.get(), user)
    assert list(my_work(user)) == []
    assert my_work_count(user) == (0, 0)


def test_whoever_now_serves_elsewhere_in_the_commune_keeps_the_work(
    client, give, commune, province, village
):
    user = AssignmentFactory(place=village, role=Role.INSTRUCTOR).user
    item = give(person=user)
    client.force_login(user)
    url = reverse("campaigns:work_item", args=[item.pk])

    user.assignments.update(place=PlaceFactory(parent=commune))
    assert client.get(url).status_code == 200
    assert list(my_work(type(user).objects.get(pk=user.pk))) == [item]

    far = PlaceFactory(kind="commune", parent=province)
    user.assignments.update(place=PlaceFactory(parent=far))
    assert client.get(url).status_code == 404
    assert list(my_work(type(user).objects.get(pk=user.pk))) == []


def test_who_keeps_serving_after_a_merger_keeps_the_work(client, give, province, commune, village):
    chief = AssignmentFactory(place=commune, role=Role.COMMUNE_ORGANISER).user
    item = give(responsible=chief)
    boss = AssignmentFactory(place=province, role=Role.PROVINCE_ORGANISER).user
    into = PlaceFactory(kind="commune", name="Đoàn Kết", parent=province)
    merge_places([commune], into, by=boss)
    chief.assignments.update(place=into)

    chief = type(chief).objects.get(pk=chief.pk)
    assert list(my_work(chief)) == [item]
    assert may_progress(WorkItem.objects.get(), chief)


def test_work_elsewhere_is_not_there(client, item, stranger):
    client.force_login(stranger)

    assert client.get(reverse("campaigns:work_item", args=[item.pk])).status_code == 404


def test_the_people_are_shown_only_to_whoever_may_see_them(client, give, lan, instructor, village):
    item = give(residents=[lan])
    url = reverse("campaigns:work_item", args=[item.pk])
    # Does the work, and has no role that shows anybody's name.
    helper = AssignmentFactory(place=village, role=Role.OBSERVER).user
    item.member.user = helper
    item.member.save()

    client.force_login(instructor)
    assert lan.full_name in client.get(url).text
    client.force_login(helper)
    page = client.get(url).text
    assert item.title in page
    assert lan.full_name not in page


# The screen


def test_work_is_given_on_the_screen(client, campaign, village, member, leader, lan):
    client.force_login(leader)
    url = reverse("campaigns:new_work", args=[campaign.pk], query={"place": village.pk})

    answer = client.post(
        url,
        WORDS
        | {
            "owner": f"m{member.pk}",
            "due": _in(3).isoformat(),
            "responsible": leader.pk,
            "resident": str(lan.uuid),
        },
    )

    item = WorkItem.objects.get()
    assert answer.url == reverse("campaigns:work_item", args=[item.pk])
    assert list(item.residents.all()) == [lan]


def test_people_sent_from_a_list_stand_in_the_form_and_in_no_address(
    client, campaign, village, leader, lan
):
    client.force_login(leader)
    url = reverse("campaigns:new_work", args=[campaign.pk], query={"place": village.pk})

    page = client.post(url, {"resident": str(lan.uuid)})

    assert page.status_code == 200
    assert lan.full_name in page.text
    assert page.context["form"]["title"].value()
    assert not WorkItem.objects.exists()


def test_a_form_without_an_owner_says_so(client, campaign, village, leader):
    client.force_login(leader)
    url = reverse("campaigns:new_work", args=[campaign.pk], query={"place": village.pk})

    answer = client.post(url, WORDS | {"due": _in(3).isoformat(), "responsible": leader.pk})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["owner"]


def test_work_is_finished_on_the_screen_only_with_a_result(client, item, leader):
    client.force_login(leader)
    url = reverse("campaigns:work_item", args=[item.pk])

    refused = client.post(url, {"percent": 100, "done": "1"})
    client.post(url, {"percent": 100, "result": "Ba người tới lớp", "done": "1"})

    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["result"]
    assert WorkItem.objects.get().state == "done"


def test_the_owner_is_changed_on_the_screen(client, item, instructor, leader):
    client.force_login(leader)
    client.post(
        reverse("campaigns:edit_work", args=[item.pk]),
        WORDS
        | {
            "owner": f"u{instructor.pk}",
            "due": item.due.isoformat(),
            "responsible": leader.pk,
            "remark": "Nam đi vắng",
        },
    )

    changed = WorkItem.objects.get()
    assert (changed.person, changed.member) == (instructor, None)
    assert changed.changes.last().remark == "Nam đi vắng"


def test_one_s_own_work_stands_on_a_page(client, give, instructor):
    item = give(person=instructor)
    client.force_login(instructor)

    assert item.title in client.get(reverse("campaigns:my_work")).text


def test_work_of_a_merged_commune_is_work_of_the_one_it_went_into(
    campaign, give, province, commune, village
):
    """Nothing that was given is forgotten because its place has another name now."""
    into = PlaceFactory(kind="commune", name="Đoàn Kết", parent=province)
    item = give()
    merge_places([commune], into, by=item.responsible)

    assert [(row.place, row.open) for row in work_below(campaign, province)] == [(into, 1)]
    assert [(row.place, row.open) for row in work_below(campaign, into)] == [(village, 1)]
    assert work_summary(campaign, into).open == 1
    assert list(work_at(campaign, into)) == [item]


# The cost


@pytest.mark.parametrize("view", ["board", "list"])
def test_the_page_costs_the_same_however_much_there_is(
    client, give, campaign, province, view, django_assert_max_num_queries
):
    for _more in range(6):
        commune = PlaceFactory(kind="commune", parent=province)
        village = PlaceFactory(parent=commune)
        member = MembershipFactory(team=TeamFactory(place=village))
        chief = AssignmentFactory(place=commune, role=Role.TEAM_LEADER).user
        give(place=village, member=member, by=chief)
    client.force_login(AssignmentFactory(place=province, role=Role.PROVINCE_ORGANISER).user)
    url = reverse("campaigns:work", args=[campaign.pk], query={"place": province.pk, "view": view})

    with django_assert_max_num_queries(16):
        client.get(url)


def _code(refusal):
    error = refusal.value
    if hasattr(error, "error_dict"):
        return next(iter(error.error_dict.values()))[0].code
    return error.error_list[0].code
