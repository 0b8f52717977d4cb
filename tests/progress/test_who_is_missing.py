"""From any number down to names, for whoever may see them, and straight on to something done."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns.models import ClassSession, WorkItem
from campaigns.services import counting
from people.roles import Role
from people.services import erase_resident
from progress.reports.missing import (
    MissingKind,
    invitation,
    lists,
    names,
    rows_below,
    rows_of_communes,
)
from progress.services import close_register, mark_attendance, mark_rest
from progress.services.enrolling import withdraw
from tests.factories import (
    AssignmentFactory,
    CampaignFactory,
    ClassGroupFactory,
    ClassSessionFactory,
    CourseFactory,
    EnrolmentFactory,
    MembershipFactory,
    PlaceFactory,
    ResidentFactory,
    TeamFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(province):
    return CampaignFactory(place=province, evenings_required=2)


@pytest.fixture
def group(campaign, village):
    return ClassGroupFactory(campaign=campaign, place=village)


@pytest.fixture
def learner(campaign, village, group):
    """Make somebody who has enrolled in the class."""

    def learner(name="Trần Văn Bình", **more):
        resident = ResidentFactory(full_name=name, village=village)
        return EnrolmentFactory(
            resident=resident, campaign=campaign, **({"class_group": group} | more)
        )

    return learner


@pytest.fixture
def evening(group, instructor):
    """Hold an evening so many days ago, to which these people came and the others did not."""

    def evening(days, *came, excused=()):
        session = ClassSessionFactory(
            class_group=group, starts_at=timezone.now() - dt.timedelta(days=days, hours=3)
        )
        for enrolment in came:
            mark_attendance(session, enrolment, "present", by=instructor)
        for enrolment in excused:
            mark_attendance(session, enrolment, "excused", by=instructor)
        mark_rest(session, "absent", by=instructor)
        close_register(session, by=instructor)
        return session

    return evening


@pytest.fixture
def named(campaign, organiser):
    """Tell who is missing in a sense at a place, by name."""

    def named(kind, place, user=organiser):
        below = rows_below(campaign, place, user, kind)
        found = [one.resident.full_name for one in names(kind, campaign, below, user).people]
        assert below.total(kind) == len(found)
        return found

    return named


# The rule


def test_whoever_came_to_no_evening_is_not_reached(named, lan, learner, evening, village):
    came, waits = learner("Trần Văn Bình"), learner("Bùi Thị Cúc")
    evening(1, came)

    assert named("unreached", village) == [waits.resident.full_name, lan.full_name]
    assert named("never_came", village) == [waits.resident.full_name]


def test_nobody_who_is_gone_is_missing(named, lan, learner, village, organiser):
    left = learner("Bùi Thị Cúc")
    withdraw(left, by=organiser)
    erase_resident(lan, by=organiser)

    assert named("never_came", village) == []
    assert named("unreached", village) == ["Bùi Thị Cúc"]


def test_absent_twice_means_the_last_two_evenings_without_excuse(named, learner, evening, village):
    twice, once, excused = learner("Một Hai"), learner("Chỉ Một"), learner("Có Phép")
    evening(9, twice, once, excused)
    evening(5, once, excused)
    evening(2, excused=[excused])

    assert named("absent", village) == ["Một Hai"]


def test_whoever_came_to_another_class_since_is_not_missing(
    named, learner, evening, village, campaign, instructor
):
    guest = learner("Khách Quen")
    evening(9)
    evening(5)
    other = ClassGroupFactory(campaign=campaign, place=village)
    session = ClassSessionFactory(
        class_group=other, starts_at=timezone.now() - dt.timedelta(days=1)
    )
    mark_attendance(session, guest, "present", by=instructor)

    assert named("absent", village) == []


def test_near_the_goal_is_one_step_short(named, learner, evening, village, campaign):
    near, far = learner("Còn Một"), learner("Còn Hai")
    evening(2, near)

    assert named("near", village) == ["Còn Một"]
    campaign.required_courses.set([CourseFactory(lessons=1)])
    assert named("near", village) == []
    assert far.resident.full_name in named("unreached", village)


def test_completed_and_not_certified_and_due_to_be_asked_again(named, learner, village):
    done = learner("Đã Xong")
    with counting([done.pk]) as rows:
        rows[done.pk].completed_at = timezone.now() - dt.timedelta(days=15)
        rows[done.pk].completed_day = 48

    assert named("uncertified", village) == ["Đã Xong"]
    assert named("recheck", village) == ["Đã Xong"]


def test_numbers_of_villages_add_up_to_the_commune_and_those_of_communes_come_from_counters(
    campaign, province, commune, village, learner, evening, organiser
):
    came, _waits = learner(), learner("Bùi Thị Cúc")
    evening(1, came)
    ResidentFactory(village=PlaceFactory(parent=commune, name="Kinh Kệ"))

    below = rows_below(campaign, commune, organiser, "unreached")
    row = next(row for row in rows_of_communes(campaign, province) if row.place == commune)

    assert [row.numbers["unreached"] for row in below.rows] == [1, 1]
    assert below.total("never_came") == row.numbers["never_came"] == 1


def test_pages_of_names_leave_nobody_out_and_show_nobody_twice(
    monkeypatch, campaign, commune, village, organiser
):
    other = PlaceFactory(parent=commune, name="Kinh Kệ")
    for number in range(5):
        ResidentFactory(village=village, full_name=f"Trần Thị {chr(65 + number)}")
        ResidentFactory(village=other, full_name="Trần Thị Lan")
    monkeypatch.setattr(lists, "PAGE", 3)
    below = rows_below(campaign, commune, organiser, "unreached")
    shown, after = [], None

    for _page in range(4):
        page = names("unreached", campaign, below, organiser, after)
        shown += [one.resident.pk for one in page.people]
        after = page.after

    assert after is None
    assert len(shown) == len(set(shown)) == 10


def test_a_page_goes_on_even_when_whoever_stood_last_has_left_the_list(
    monkeypatch, campaign, village, learner, evening, organiser
):
    first, _second = learner("An An"), learner("Bé Bé")
    monkeypatch.setattr(lists, "PAGE", 1)
    below = rows_below(campaign, village, organiser, "never_came")
    after = names("never_came", campaign, below, organiser).after
    evening(1, first)

    below = rows_below(campaign, village, organiser, "never_came")
    page = names("never_came", campaign, below, organiser, after)

    assert after == first.resident_id
    assert [one.resident.full_name for one in page.people] == ["Bé Bé"]


def test_the_message_names_nobody_and_says_when_and_where(campaign, village, lan, group):
    begins = timezone.now() + dt.timedelta(days=2)
    ClassSession.objects.create(class_group=group, campaign=campaign, starts_at=begins)
    MembershipFactory(team=group.team, name="Lê Văn Nam", leads=True, phone="+84912345678")

    text = invitation("unreached", campaign, village)

    assert f"{timezone.localtime(begins):%H:%M}" in text
    assert village.full_name in text
    assert "0912 345 678" in text
    assert lan.full_name not in text
    assert all(invitation(kind, campaign, village) for kind in MissingKind)


# Who may


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.COMMUNE_ORGANISER, 200),
        (Role.TEAM_LEADER, 200),
        (Role.INSTRUCTOR, 200),
        (Role.OBSERVER, 403),
    ],
)
def test_names_are_for_whoever_may_see_residents(client, campaign, commune, lan, role, status):
    client.force_login(AssignmentFactory(place=commune, role=role).user)

    answer = client.get(_url(campaign, commune))

    assert answer.status_code == status
    assert (lan.full_name in answer.text) == (status == 200)


def test_a_place_out_of_scope_is_not_there(client, campaign, organiser, province):
    client.force_login(organiser)
    other = PlaceFactory(kind="commune", parent=province)

    assert client.get(_url(campaign, other)).status_code == 404
    assert client.get(_url(campaign, province)).status_code == 404


def test_the_page_is_kept_by_no_cache(client, campaign, commune, organiser):
    client.force_login(organiser)

    assert "no-store" in client.get(_url(campaign, commune))["Cache-Control"]


# The screen


def test_the_province_shows_numbers_and_no_names(client, campaign, province, commune, lan):
    client.force_login(AssignmentFactory(place=province, role=Role.PROVINCE_ORGANISER).user)

    page = client.get(_url(campaign, province)).text

    assert commune.full_name in page
    assert lan.full_name not in page


@pytest.mark.parametrize("kind", MissingKind)
def test_every_kind_has_its_page(client, campaign, commune, organiser, learner, kind):
    learner()
    client.force_login(organiser)

    assert client.get(_url(campaign, commune, kind=kind)).status_code == 200


def test_whoever_is_ticked_is_given_a_visit(client, campaign, village, leader, lan):
    other = ResidentFactory(village=village)
    member = MembershipFactory(team=TeamFactory(place=village))
    client.force_login(leader)
    url = reverse("campaigns:new_work", args=[campaign.pk], query={"place": village.pk})

    ticked = {"all": "1", "shown": [str(lan.uuid), str(other.uuid)], "resident": [str(lan.uuid)]}
    form = client.post(url, ticked).context["form"]
    client.post(
        url,
        {
            "title": form["title"].value(),
            "expected": form["expected"].value(),
            "owner": f"m{member.pk}",
            "due": timezone.localdate().isoformat(),
            "responsible": leader.pk,
            "resident": [str(lan.uuid), str(other.uuid)],
        },
    )

    assert set(WorkItem.objects.get().residents.all()) == {lan, other}


@pytest.mark.parametrize("name", ["progress:missing_message", "progress:missing_sheet"])
def test_only_who_was_ticked_and_lives_there_is_written_to(
    client, campaign, village, instructor, lan, name
):
    other = ResidentFactory(village=village, full_name="Bùi Thị Cúc")
    far = ResidentFactory(full_name="Người Xa")
    client.force_login(instructor)
    url = reverse(name, args=[campaign.pk], query={"place": village.pk, "kind": "unreached"})

    page = client.post(url, {"resident": [str(lan.uuid), str(far.uuid), "x"]})
    nobody = client.post(url, {})

    assert lan.full_name in page.text
    assert other.full_name not in page.text
    assert far.full_name not in page.text
    assert nobody.url == _url(campaign, village, kind="unreached")
    assert client.get(url).status_code == 405


def test_a_list_that_is_printed_leaves_a_line_in_the_log_and_no_name(
    client, campaign, village, instructor, lan, caplog
):
    caplog.set_level("INFO")
    client.force_login(instructor)
    url = reverse("progress:missing_sheet", args=[campaign.pk], query={"place": village.pk})

    client.post(url, {"resident": [str(lan.uuid)]})

    assert f"1 people of place {village.pk} by {instructor.pk}" in caplog.text
    assert lan.full_name not in caplog.text


def test_a_class_is_begun_with_the_village_filled_in(client, campaign, village, leader, group):
    client.force_login(leader)
    query = {"campaign": campaign.pk, "village": village.pk}

    page = client.get(reverse("campaigns:new_class", args=[group.team.pk], query=query))

    assert page.context["form"]["campaign"].value() == campaign.pk
    assert village.full_name in page.context["form"]["name"].value()


# The cost


@pytest.mark.parametrize("kind", MissingKind)
def test_a_page_costs_the_same_for_one_village_and_for_many(
    client, campaign, commune, village, organiser, learner, evening, kind
):
    learner()
    evening(1)
    client.force_login(organiser)
    client.get(_url(campaign, commune, kind=kind))
    few = _cost(client, _url(campaign, commune, kind=kind))
    for number in range(4):
        more = PlaceFactory(parent=commune, name=f"Đồi {number}")
        for _person in range(3):
            group = ClassGroupFactory(campaign=campaign, place=more)
            EnrolmentFactory(
                resident=ResidentFactory(village=more), campaign=campaign, class_group=group
            )

    assert _cost(client, _url(campaign, commune, kind=kind)) <= few + 1
    assert few < 45


def _cost(client, url):
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    return len(queries)


def _url(campaign, place, **query):
    return reverse("progress:missing", args=[campaign.pk], query={"place": place.pk, **query})
