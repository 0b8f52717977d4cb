"""Organisers make accounts and give roles: none above their own, none outside their places."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from people.models import Assignment, StaffChange, User
from people.roles import GRANTS, PERMISSIONS, Role
from people.services import (
    assign_role,
    create_staff,
    deactivate_staff,
    end_assignment,
    may_manage,
    renew_password,
)
from tests.factories import AssignmentFactory, PlaceFactory, UserFactory

pytestmark = pytest.mark.django_db

STAFF = "/people/staff/"


@pytest.fixture
def chief(province):
    """The organiser of the province."""
    return AssignmentFactory(place=province, role=Role.PROVINCE_ORGANISER).user


@pytest.fixture
def ngoc(db):
    return UserFactory(username="ngoc", full_name="Bùi Thị Ngọc")


# The table


def test_nobody_can_give_what_would_let_others_do_more_than_he_may():
    for role, granted in GRANTS.items():
        # Writing lessons is another kind of work; it shows nobody's data.
        for other in set(granted) - {Role.AUTHOR, Role.REVIEWER}:
            assert PERMISSIONS[other] <= PERMISSIONS[role]


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.PROVINCE_ORGANISER, False),
        (Role.COMMUNE_ORGANISER, True),
        (Role.TEAM_LEADER, True),
        (Role.INSTRUCTOR, True),
        (Role.OBSERVER, True),
        (Role.AUTHOR, False),
        (Role.REVIEWER, False),
    ],
)
def test_what_the_organiser_of_a_commune_may_give(organiser, commune, ngoc, role, allowed):
    if allowed:
        assert assign_role(ngoc, role, commune, by=organiser).given_by == organiser
    else:
        with pytest.raises(ValidationError):
            assign_role(ngoc, role, commune, by=organiser)
    assert ngoc.has_role(role) == allowed


def test_a_role_holds_only_where_the_giver_has_his_own(organiser, province, ngoc):
    for place in (PlaceFactory(kind="commune", parent=province), PlaceFactory(kind="commune")):
        with pytest.raises(ValidationError) as refusal:
            assign_role(ngoc, Role.INSTRUCTOR, place, by=organiser)
        assert refusal.value.code == "beyond"


@pytest.mark.parametrize("who", ["instructor", "leader"])
def test_who_teaches_gives_no_roles(request, commune, ngoc, who):
    with pytest.raises(ValidationError):
        assign_role(ngoc, Role.OBSERVER, commune, by=request.getfixturevalue(who))


def test_the_organiser_of_the_province_gives_in_every_commune(chief, commune, ngoc):
    assert assign_role(ngoc, Role.COMMUNE_ORGANISER, commune, by=chief)


def test_a_whole_province_is_nobodys_class(chief, province, ngoc):
    with pytest.raises(ValidationError) as refusal:
        assign_role(ngoc, Role.INSTRUCTOR, province, by=chief)

    assert refusal.value.code == "unfitting"


def test_nobody_changes_his_own_roles(organiser, commune):
    with pytest.raises(ValidationError) as refusal:
        assign_role(organiser, Role.TEAM_LEADER, commune, by=organiser)

    assert refusal.value.code == "own"


def test_giving_twice_is_giving_once(organiser, commune, ngoc):
    first = assign_role(ngoc, Role.INSTRUCTOR, commune, by=organiser)

    assert assign_role(ngoc, Role.INSTRUCTOR, commune, by=organiser) == first


def test_a_role_ends_at_once_and_stays_on_record(organiser, commune, ngoc):
    held = assign_role(ngoc, Role.INSTRUCTOR, commune, by=organiser)
    end_assignment(held, by=organiser)

    ngoc = User.objects.get(pk=ngoc.pk)
    assert not ngoc.has_role(Role.INSTRUCTOR)
    assert ngoc.assignments.get().until < timezone.localdate()
    assert assign_role(ngoc, Role.INSTRUCTOR, commune, by=organiser)


def test_what_was_given_and_taken_is_on_record(organiser, commune, ngoc):
    end_assignment(assign_role(ngoc, Role.INSTRUCTOR, commune, by=organiser), by=organiser)

    assert list(
        StaffChange.objects.filter(about=ngoc).order_by("pk").values_list("verb", "role", "by")
    ) == [
        ("role_given", "instructor", organiser.pk),
        ("role_ended", "instructor", organiser.pk),
    ]


def test_a_role_that_ended_yesterday_shows_nothing_today(client, commune):
    held = AssignmentFactory(
        place=commune,
        role=Role.COMMUNE_ORGANISER,
        until=timezone.localdate() - dt.timedelta(days=1),
    )
    client.force_login(held.user)

    assert client.get(STAFF).status_code == 403


# Accounts


def test_a_new_account_works_with_the_password_that_is_shown(client, organiser, commune):
    client.force_login(organiser)
    page = client.post(
        f"{STAFF}add/",
        {"full_name": "Bùi Thị Ngọc", "username": "ngoc", "phone": "0912 345 678",
         "role": Role.INSTRUCTOR, "place": commune.pk},
    )  # fmt: skip

    user = User.objects.get(username="ngoc")
    assert page.context["password"] in page.text
    assert user.check_password(page.context["password"])
    assert user.phone == "+84912345678"
    assert "no-store" in page.headers["Cache-Control"]
    assert page.context["password"] not in client.get(f"{STAFF}{user.pk}/").text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"username": "LY"}, "username"),
        ({"username": "có dấu cách"}, "username"),
        ({"phone": "0987654321"}, "phone"),
        ({"email": "LY@example.vn"}, "email"),
        ({"full_name": "x"}, "full_name"),
        ({"role": Role.PROVINCE_ORGANISER}, "role"),
        ({"place": "999999"}, "place"),
    ],
)
def test_a_mistake_is_shown_at_its_field(client, organiser, commune, changes, field):
    organiser.phone, organiser.email = "+84987654321", "ly@example.vn"
    organiser.save()
    client.force_login(organiser)
    fields = {"full_name": "Bùi Thị Ngọc", "username": "ngoc", "role": Role.INSTRUCTOR,
              "place": commune.pk} | changes  # fmt: skip

    page = client.post(f"{STAFF}add/", fields)

    assert list(page.context["form"].errors) == [field]
    assert not User.objects.filter(username="ngoc").exists()
    assert not Assignment.objects.filter(role=Role.PROVINCE_ORGANISER).exists()


def test_a_closed_account_is_out_at_once(client, organiser, instructor):
    client.force_login(instructor)
    assert client.get("/people/").status_code == 200

    deactivate_staff(instructor, by=organiser)

    assert client.get("/people/").status_code == 302


def test_a_new_password_ends_the_open_sessions(client, organiser, instructor):
    client.force_login(instructor)
    renew_password(instructor, by=organiser)

    assert client.get("/people/").status_code == 302


# Nobody takes over the account of somebody above


def test_an_account_with_a_wider_role_is_not_touched(client, organiser, chief, commune):
    assign_role(chief, Role.INSTRUCTOR, commune, by=None)
    client.force_login(organiser)

    assert not may_manage(organiser, chief)
    for name in ("password", "open", "second-step", "edit"):
        assert client.post(f"{STAFF}{chief.pk}/{name}/").status_code == 403
    chief.refresh_from_db()
    assert chief.is_active


def test_an_account_that_also_works_elsewhere_is_not_touched(organiser, ngoc, commune):
    assign_role(ngoc, Role.INSTRUCTOR, commune, by=organiser)
    AssignmentFactory(user=ngoc, role=Role.INSTRUCTOR)

    assert not may_manage(organiser, ngoc)
    with pytest.raises(ValidationError):
        renew_password(ngoc, by=organiser)


def test_nobody_closes_himself_out(client, organiser):
    client.force_login(organiser)

    assert client.post(f"{STAFF}{organiser.pk}/open/", {"open": "0"}).status_code == 403


# Who sees whom


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.COMMUNE_ORGANISER, 200),
        (Role.TEAM_LEADER, 403),
        (Role.INSTRUCTOR, 403),
        (Role.OBSERVER, 403),
    ],
)
def test_who_sees_the_staff(client, commune, role, status):
    client.force_login(AssignmentFactory(place=commune, role=role).user)

    assert client.get(STAFF).status_code == status
    assert client.get(f"{STAFF}add/").status_code == status


def test_the_organiser_of_one_commune_sees_nothing_of_another(client, organiser, province):
    other = AssignmentFactory(
        place=PlaceFactory(kind="commune", parent=province),
        user__full_name="Người Xã Khác",
        user__username="xakhac",
    )
    client.force_login(organiser)

    assert "Người Xã Khác" not in client.get(STAFF).text
    assert "Người Xã Khác" not in client.get(STAFF, {"q": "xakhac"}).text
    assert client.get(f"{STAFF}{other.user.pk}/").status_code == 404
    assert client.post(f"{STAFF}{other.user.pk}/roles/{other.pk}/end/").status_code == 404


def test_of_somebody_who_works_in_two_communes_each_organiser_sees_his_part(
    client, organiser, commune, ngoc
):
    far = PlaceFactory(kind="commune", name="Nơi Xa")
    assign_role(ngoc, Role.INSTRUCTOR, commune, by=organiser)
    assign_role(ngoc, Role.INSTRUCTOR, far, by=None)
    client.force_login(organiser)

    page = client.get(f"{STAFF}{ngoc.pk}/").text

    assert "Lâm Thao" in page
    assert "Nơi Xa" not in page


def test_a_role_is_given_and_ended_on_the_screen(client, organiser, commune, ngoc):
    assign_role(ngoc, Role.OBSERVER, commune, by=None)
    client.force_login(organiser)
    url = f"{STAFF}{ngoc.pk}/"

    client.post(f"{url}roles/", {"role": Role.INSTRUCTOR, "place": commune.pk})
    held = ngoc.assignments.get(role=Role.INSTRUCTOR)
    client.post(f"{url}roles/{held.pk}/end/")

    held.refresh_from_db()
    assert held.until


@pytest.mark.parametrize("number", [1, 4])
def test_the_list_costs_the_same_however_long(
    client, organiser, commune, number, django_assert_num_queries
):
    for _number in range(number):
        create_staff(
            username=f"u{_number}xyz", full_name="Bùi Thị Ngọc", role=Role.INSTRUCTOR,
            place=commune, by=organiser,
        )  # fmt: skip
    client.force_login(organiser)

    with django_assert_num_queries(7):
        client.get(STAFF)
