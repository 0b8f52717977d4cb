"""The people of a village are found as one types, and only by those whom they concern."""

import pytest
from django.urls import reverse

from people.models import Resident
from people.roles import Role
from tests.factories import AssignmentFactory, PlaceFactory, ResidentFactory

pytestmark = pytest.mark.django_db

LIST = "/people/"


# The rule


@pytest.mark.parametrize("words", ["lan", "LAN", "tran lan", "trần thị lan", "thi", "la"])
def test_somebody_is_found_by_the_beginning_of_each_word(lan, words):
    assert list(Resident.objects.search(words)) == [lan]


@pytest.mark.parametrize("words", ["an", "lam", "tran hoa", "%", "_"])
def test_nobody_is_found_by_the_middle_of_a_word(lan, words):
    assert list(Resident.objects.search(words)) == []


def test_a_list_goes_by_given_name(village):
    for name in ("Đỗ Thị Ánh", "Trần Văn An", "Lê Thị Ấm", "Bùi Văn Đạt", "Cao Thị Dung"):
        ResidentFactory(full_name=name, village=village)

    given = [str(person).split()[-1] for person in Resident.objects.in_order()]

    assert given == ["An", "Ánh", "Ấm", "Dung", "Đạt"]


def test_an_e_de_name_goes_by_the_name_that_was_given_for_it(village):
    nie = ResidentFactory(full_name="Y Bhăm Niê", sort_name="Bhăm", village=village)
    an = ResidentFactory(full_name="Trần Văn An", village=village)
    cuc = ResidentFactory(full_name="Trần Thị Cúc", village=village)

    assert list(Resident.objects.in_order()) == [an, nie, cuc]


# Who may see them


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.COMMUNE_ORGANISER, 200),
        (Role.TEAM_LEADER, 200),
        (Role.INSTRUCTOR, 200),
        (Role.OBSERVER, 403),
    ],
)
def test_who_may_see_people(client, lan, commune, role, status):
    client.force_login(AssignmentFactory(place=commune, role=role).user)

    assert client.get(LIST).status_code == status
    assert client.get(reverse("people:resident", args=[lan.uuid])).status_code == status


def test_the_organiser_of_the_province_sees_them_as_well(client, lan, province):
    client.force_login(AssignmentFactory(place=province, role=Role.PROVINCE_ORGANISER).user)

    assert "Trần Thị Lan" in client.get(LIST).text


def test_a_stranger_finds_nobody(client, lan, stranger):
    client.force_login(stranger)

    assert "Trần Thị Lan" not in client.get(LIST).text
    assert "Trần Thị Lan" not in client.get(f"{LIST}?village={lan.village.pk}").text
    assert client.get(reverse("people:resident", args=[lan.uuid])).status_code == 404


def test_watching_one_commune_shows_no_people_of_it_to_who_teaches_in_another(client, lan, commune):
    elsewhere = AssignmentFactory(role=Role.INSTRUCTOR)
    AssignmentFactory(place=commune, role=Role.OBSERVER, user=elsewhere.user)
    client.force_login(elsewhere.user)

    assert "Trần Thị Lan" not in client.get(LIST).text
    assert client.get(reverse("people:resident", args=[lan.uuid])).status_code == 403


def test_who_teaches_in_one_village_sees_that_village(client, lan, village, commune):
    neighbour = ResidentFactory(village=PlaceFactory(parent=commune))
    client.force_login(AssignmentFactory(place=village, role=Role.INSTRUCTOR).user)

    page = client.get(LIST).text

    assert "Trần Thị Lan" in page
    assert neighbour.full_name not in page


# The screen


def test_htmx_gets_back_only_the_list(client, lan, instructor):
    client.force_login(instructor)

    page = client.get(LIST, {"q": "lan"}, headers={"hx-request": "true"}).text

    assert page.strip().startswith('<section id="residents"')
    assert "Trần Thị Lan" in page


def test_turning_the_page_keeps_what_was_asked(client, village, instructor):
    ResidentFactory.create_batch(51, village=village)
    client.force_login(instructor)

    page = client.get(LIST, {"q": "hoa", "village": village.pk}).text

    assert f"?q=hoa&amp;village={village.pk}&amp;page=2" in page


@pytest.mark.parametrize("page", ["0", "99", "x", "-1"])
def test_a_page_that_is_not_there_shows_one_that_is(client, lan, instructor, page):
    client.force_login(instructor)

    assert "Trần Thị Lan" in client.get(LIST, {"page": page}).text


@pytest.mark.parametrize("query", ["village=abc", "village=99999", "commune=x", "q=%00%ff", "q="])
def test_nonsense_in_the_address_does_no_harm(client, lan, instructor, query):
    client.force_login(instructor)

    assert client.get(f"{LIST}?{query}").status_code == 200


def test_a_merged_record_leads_to_the_one_that_was_kept(client, lan, instructor, village):
    kept = ResidentFactory(village=village)
    Resident.objects.filter(pk=lan.pk).update(merged_into=kept)
    client.force_login(instructor)

    answer = client.get(reverse("people:resident", args=[lan.uuid]))

    assert answer.url == reverse("people:resident", args=[kept.uuid])
    assert "Trần Thị Lan" not in client.get(LIST).text


# The cost


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_however_long_it_is(
    client, village, instructor, number, django_assert_num_queries
):
    ResidentFactory.create_batch(number, village=village)
    client.force_login(instructor)
    client.get(LIST)

    with django_assert_num_queries(10):
        client.get(LIST)


def test_one_person_costs_the_same_however_much_happened(
    client, lan, instructor, django_assert_num_queries
):
    client.force_login(instructor)
    with django_assert_num_queries(8):
        client.get(reverse("people:resident", args=[lan.uuid]))
