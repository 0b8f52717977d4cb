"""The page of one place: what is in it, and what each role may do there."""

import pytest
from django.urls import reverse

from people.roles import Role
from places.models import Place
from places.services import create_venue, create_village, merge_places, rename_place
from tests.factories import AssignmentFactory, PlaceFactory, VenueFactory

pytestmark = pytest.mark.django_db

CHANGE = ["places:edit", "places:add_village", "places:import_villages", "places:add_venue"]


# What it shows


def test_a_commune_lists_its_villages_in_the_order_of_their_numbers(client, organiser, commune):
    for name in ("thôn 10", "thôn 2", "tổ dân phố 1", "buôn Ea Kmát"):
        create_village(commune, name, by=organiser)
    client.force_login(organiser)

    page = client.get(reverse("places:detail", args=[commune.pk]))

    assert [v.full_name for v in page.context["inside"]] == [
        "buôn Ea Kmát",
        "thôn 2",
        "thôn 10",
        "tổ dân phố 1",
    ]


def test_a_commune_lists_the_venues_of_its_villages(client, organiser, commune, village):
    create_venue(village, "Nhà văn hóa", by=organiser, computers=4, has_network=True)
    create_venue(commune, "Hội trường", by=organiser)
    client.force_login(organiser)

    page = client.get(reverse("places:detail", args=[commune.pk]))

    assert {venue.name for venue in page.context["venues"]} == {"Nhà văn hóa", "Hội trường"}
    assert "thôn Cao Xá" in page.text


def test_a_village_tells_what_it_was_called(client, organiser, village):
    rename_place(village, "Đồng Tâm", by=organiser)
    client.force_login(organiser)

    page = client.get(reverse("places:detail", args=[village.pk])).text

    assert "thôn Đồng Tâm, xã Lâm Thao" in page
    assert "thôn Cao Xá" in page


def test_a_unit_that_ended_tells_where_it_went(client, organiser, commune, village):
    heir = create_village(commune, "Đồng Tâm", by=organiser)
    merge_places([village], heir, by=organiser)
    client.force_login(organiser)

    page = client.get(reverse("places:detail", args=[village.pk])).text

    assert "thôn Đồng Tâm, xã Lâm Thao" in page


def test_the_way_up_is_linked_only_inside_ones_own_area(client, organiser, province, commune):
    client.force_login(organiser)

    page = client.get(reverse("places:detail", args=[commune.pk])).text

    assert "tỉnh Phú Thọ" in page
    assert reverse("places:detail", args=[province.pk]) + '"' not in page


# Who may


@pytest.mark.parametrize("name", ["places:detail", *CHANGE])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_place_elsewhere_is_not_found(client, organiser, name, method):
    elsewhere = PlaceFactory(kind="commune")
    client.force_login(organiser)

    assert getattr(client, method)(reverse(name, args=[elsewhere.pk])).status_code == 404


def test_a_venue_elsewhere_is_not_found(client, organiser):
    client.force_login(organiser)

    answer = client.get(reverse("places:edit_venue", args=[VenueFactory().pk]))

    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.PROVINCE_ORGANISER, {*CHANGE}),
        (Role.COMMUNE_ORGANISER, {*CHANGE}),
        (Role.TEAM_LEADER, {"places:add_venue"}),
        (Role.INSTRUCTOR, set()),
        (Role.OBSERVER, set()),
    ],
)
def test_who_may_change_what(client, commune, village, role, allowed):
    client.force_login(AssignmentFactory(place=commune, role=role).user)
    target = {"places:edit": village}
    urls = {name: reverse(name, args=[target.get(name, commune).pk]) for name in CHANGE}

    assert {name for name, url in urls.items() if client.get(url).status_code == 200} == allowed
    assert {name for name, url in urls.items() if client.get(url).status_code == 403} == (
        set(CHANGE) - allowed
    )


@pytest.mark.parametrize("role", [Role.OBSERVER, Role.INSTRUCTOR])
def test_nobody_is_offered_what_he_may_not_do(client, commune, village, role):
    VenueFactory(place=village)
    client.force_login(AssignmentFactory(place=commune, role=role).user)

    page = client.get(reverse("places:detail", args=[commune.pk])).text

    for name in CHANGE[1:]:
        assert reverse(name, args=[commune.pk]) not in page


def test_the_name_of_an_official_unit_is_not_for_changing_here(client, organiser, commune):
    client.force_login(organiser)

    assert client.get(reverse("places:edit", args=[commune.pk])).status_code == 403


# The forms


def test_a_village_is_added(client, organiser, commune):
    client.force_login(organiser)

    answer = client.post(
        reverse("places:add_village", args=[commune.pk]),
        {"designation": "buon", "name": "Ea Kmát"},
    )

    assert answer.url == reverse("places:detail", args=[commune.pk])
    villages = Place.objects.children_of(commune)
    assert [village.full_name for village in villages] == ["buôn Ea Kmát"]


def test_a_refused_name_is_explained_at_the_field_and_kept(client, organiser, commune, village):
    client.force_login(organiser)

    answer = client.post(
        reverse("places:add_village", args=[commune.pk]),
        {"designation": "thon", "name": "cao xa"},
    )

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["name"]
    assert 'value="cao xa"' in answer.text
    assert Place.objects.children_of(commune).get() == village


def test_a_village_is_renamed(client, organiser, village):
    client.force_login(organiser)

    client.post(
        reverse("places:edit", args=[village.pk]), {"designation": "khu", "name": "Đồng Tâm"}
    )

    village.refresh_from_db()
    assert village.full_name == "khu Đồng Tâm"


def test_a_venue_is_added_and_corrected(client, leader, village):
    client.force_login(leader)
    facts = {"name": "Nhà văn hóa", "computers": 3, "printers": 1, "has_network": "on"}

    client.post(reverse("places:add_venue", args=[village.pk]), facts)
    venue = village.venues.get()
    client.post(
        reverse("places:edit_venue", args=[venue.pk]), {**facts, "computers": 5, "has_network": ""}
    )

    venue.refresh_from_db()
    assert (venue.name, venue.computers, venue.has_network) == ("Nhà văn hóa", 5, False)


@pytest.mark.parametrize("computers", ["-1", "99999", "ba", ""])
def test_a_number_that_is_none_is_refused_at_its_field(client, leader, village, computers):
    client.force_login(leader)

    answer = client.post(
        reverse("places:add_venue", args=[village.pk]),
        {"name": "Nhà văn hóa", "computers": computers, "printers": 0},
    )

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["computers"]
    assert not village.venues.exists()


# The cost


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_however_much_is_there(
    client, organiser, commune, number, django_assert_num_queries
):
    for _ in range(number):
        VenueFactory(place=PlaceFactory(parent=commune))
    client.force_login(organiser)

    with django_assert_num_queries(12):
        client.get(reverse("places:detail", args=[commune.pk]))
