"""Finding a place by the name that people still use."""

import datetime as dt

import pytest
from django.urls import reverse

from people.roles import Role
from places.models import Place, attach_ancestors
from places.services import create_village
from tests.factories import AssignmentFactory, PlaceFactory, UserFactory

pytestmark = pytest.mark.django_db


def labels(q):
    places = Place.objects.current()
    return [place.label for place in places.search(q).with_ancestors()]


# The rule


def test_exact_accents_come_first(commune):
    for name in ("Lan", "Lận", "Lân Lan", "Lân"):
        PlaceFactory(name=name, parent=commune)

    found = [place.name for place in Place.objects.villages().search("lân")]

    assert found == ["Lân", "Lân Lan", "Lan", "Lận"]


@pytest.mark.parametrize("q", ["", "   ", ",", "%", "_", "|", "\\", "zzzz", ", phú thọ", "'"])
def test_nothing_is_found_by(commune, q):
    assert labels(q) == []


def test_a_unit_that_has_ended_is_not_current(commune):
    commune.valid_from, commune.valid_to = dt.date(2025, 7, 1), dt.date(2026, 4, 29)
    commune.save()

    assert not Place.objects.current().communes().exists()
    assert Place.objects.current(dt.date(2026, 4, 29)).communes().get() == commune
    assert not Place.objects.current(dt.date(2025, 6, 30)).communes().exists()


# What it is called


def test_a_commune_is_always_named_with_its_province(commune):
    assert commune.label == "xã Lâm Thao, tỉnh Phú Thọ"


def test_a_village_is_named_with_its_commune(village):
    assert village.label == "thôn Cao Xá, xã Lâm Thao"


def test_a_place_knows_its_commune_and_its_province(province, commune, village):
    assert [village.commune, village.province] == [commune, province]
    assert [commune.commune, commune.province] == [commune, province]
    assert [province.commune, province.province] == [None, province]


# The cost


@pytest.mark.parametrize("number", [1, 3])
def test_labels_cost_one_question_more_however_many(number, django_assert_num_queries):
    for _ in range(number):
        PlaceFactory()

    with django_assert_num_queries(2):
        assert len([p.label for p in Place.objects.villages().with_ancestors()]) == number


@pytest.mark.parametrize("number", [1, 3])
def test_places_that_came_with_something_else_cost_one_question(number, django_assert_num_queries):
    places = [Place.objects.get(pk=PlaceFactory().pk) for _ in range(number)]

    with django_assert_num_queries(1):
        attach_ancestors(places)
        assert all(place.province.name in place.commune.label for place in places)


def test_ancestors_survive_further_filtering(commune, django_assert_num_queries):
    PlaceFactory(parent=commune)

    with django_assert_num_queries(2):
        village = Place.objects.with_ancestors().villages().in_order()[:5][0]
        assert village.province.name == "Phú Thọ"


# The screen


def test_the_search_shows_only_ones_own_area(client, organiser, commune):
    create_village(commune, "Cao Xá", by=organiser)
    create_village(PlaceFactory(kind="commune"), "Cao Xá", by=organiser)
    client.force_login(organiser)

    answer = client.get(reverse("places:browse"), {"q": "cao xa"})

    assert [place.label for place in answer.context["found"]] == ["thôn Cao Xá, xã Lâm Thao"]


def test_htmx_gets_only_what_was_found(client, organiser, commune):
    client.force_login(organiser)

    answer = client.get(reverse("places:browse"), {"q": "lam thao"}, headers={"hx-request": "true"})

    assert answer.text.strip().startswith('<section id="found"')
    assert "xã Lâm Thao, tỉnh Phú Thọ" in answer.text


def test_a_search_that_finds_nothing_says_so(client, organiser):
    client.force_login(organiser)

    page = client.get(reverse("places:browse"), {"q": "Nơi Khác"})

    assert page.context["found"] == []
    assert 'class="empty"' in page.text


def test_what_is_typed_is_shown_as_text(client, organiser):
    client.force_login(organiser)

    page = client.get(reverse("places:browse"), {"q": '"><script>alert(1)</script>\x00'}).text

    assert "<script>alert(1)" not in page


def test_someone_who_only_writes_lessons_has_no_places(client, commune):
    client.force_login(AssignmentFactory(place=commune, role=Role.AUTHOR).user)

    assert client.get(reverse("places:browse")).status_code == 403


def test_someone_without_an_area_sees_none(client):
    client.force_login(UserFactory())

    assert client.get(reverse("places:browse")).status_code == 403


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("q", "queries"), [("", 6), ("dong xuan", 5)])
def test_browsing_costs_the_same_however_many(
    client, organiser, commune, number, q, queries, django_assert_num_queries
):
    for _ in range(number):
        PlaceFactory(parent=commune)
    client.force_login(organiser)

    with django_assert_num_queries(queries):
        client.get(reverse("places:browse"), {"q": q})
