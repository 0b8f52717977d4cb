"""Organisers rename units, note how many people live there, and read how a unit came to be."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from people.roles import Role
from places.models import Place
from places.services import merge_places, note_population, split_place
from tests.factories import AssignmentFactory, PlaceFactory, UserFactory

pytestmark = pytest.mark.django_db

MAY_DAY = dt.date(2026, 5, 1)


@pytest.fixture
def boss(client, province):
    user = AssignmentFactory(place=province, role=Role.PROVINCE_ORGANISER).user
    client.force_login(user)
    return user


def page_of(client, place):
    return client.get(reverse("places:detail", args=[place.pk]))


# Names


def test_a_commune_gets_another_name_from_a_day_on(client, boss, commune):
    url = reverse("places:edit", args=[commune.pk])

    answer = client.post(url, {"designation": "phuong", "name": "Hùng Vương", "on": "2026-05-01"})

    assert answer.status_code == 302
    commune.refresh_from_db()
    assert commune.full_name == "phường Hùng Vương"
    assert commune.legacy_names.get().until == dt.date(2026, 4, 30)
    assert "Lâm Thao" in page_of(client, commune).content.decode()


@pytest.mark.parametrize(
    "said", [{"designation": "thon"}, {"name": ""}, {"on": "2099-01-01"}, {"name": "Ba"}]
)
def test_a_name_without_sense_is_refused(client, boss, commune, said):
    PlaceFactory(kind="commune", parent=commune.parent, name="Ba")

    answer = client.post(
        reverse("places:edit", args=[commune.pk]), {"designation": "xa", "name": "Mới", **said}
    )

    assert answer.status_code == 422
    commune.refresh_from_db()
    assert commune.name == "Lâm Thao"


# Population


@pytest.mark.parametrize(
    ("text", "people"), [("12480", 12480), ("12.480", 12480), ("1 200", 1200), ("0", 0), ("", None)]
)
def test_a_population_is_read_as_people_write_it(client, boss, commune, text, people):
    answer = client.post(
        reverse("places:population", args=[commune.pk]),
        {"population": text, "as_of": "2026-04-01"},
    )

    assert answer.status_code == 302
    commune.refresh_from_db()
    assert commune.population == people
    assert commune.population_as_of == (None if people is None else dt.date(2026, 4, 1))


@pytest.mark.parametrize(
    ("people", "as_of", "code"),
    [
        (-1, MAY_DAY, "population"),
        (10**9, MAY_DAY, "population"),
        (5, None, "undated"),
        (5, dt.date(2099, 1, 1), "future"),
    ],
)
def test_a_population_is_refused(commune, people, as_of, code):
    with pytest.raises(ValidationError) as refusal:
        note_population(commune, people, as_of, by=UserFactory())

    assert refusal.value.code == code


@pytest.mark.parametrize("text", ["many", "1.2", "12,5", "-3", "9" * 12])
def test_what_is_no_number_is_not_guessed(client, boss, commune, text):
    answer = client.post(
        reverse("places:population", args=[commune.pk]),
        {"population": text, "as_of": "2026-04-01"},
    )

    assert answer.status_code == 422


def test_the_page_shows_the_population_and_its_day(client, boss, commune):
    note_population(commune, 12480, MAY_DAY, by=boss)

    page = page_of(client, commune).content.decode()

    assert "12.480" in page
    assert "1/5/2026" in page or "01/05/2026" in page


# How a unit came to be


def test_the_page_tells_what_went_into_it_and_what_it_was_split_into(client, boss, province):
    old, new = (PlaceFactory(kind="commune", parent=province, name=n) for n in ("Cũ", "Mới"))
    village = PlaceFactory(parent=old, name="Cao Xá")
    merge_places([old], new, by=boss, on=MAY_DAY)
    first, _second = split_place(village, [("thon", "1"), ("thon", "2")], by=boss)

    assert page_of(client, new).context["predecessors"] == [(old, False)]
    # The villages of the old commune lie in the new one.
    assert [place.name for place in page_of(client, new).context["inside"]] == ["1", "2"]
    assert page_of(client, first).context["predecessors"] == [(village, True)]
    assert len(page_of(client, village).context["successors"]) == 2


def test_what_has_ended_is_not_changed_any_more(client, boss, province):
    old, new = (PlaceFactory(kind="commune", parent=province, name=n) for n in ("Cũ", "Mới"))
    merge_places([old], new, by=boss)

    for name, args in (
        ("campaigns:merge_units", [old.pk]),
        ("campaigns:split_village", [new.pk]),
        ("campaigns:merge_units", [province.pk]),
        ("places:edit", [province.pk]),
    ):
        assert client.get(reverse(name, args=args)).status_code == 404
    refused = client.post(
        reverse("places:edit", args=[old.pk]), {"designation": "xa", "name": "Khác"}
    )
    assert refused.status_code == 422


def test_a_commune_organiser_finds_the_buttons_that_are_for_him(client, commune, village):
    client.force_login(AssignmentFactory(place=commune, role=Role.COMMUNE_ORGANISER).user)

    of_commune, of_village = page_of(client, commune).context, page_of(client, village).context

    assert not of_commune["may_merge"]
    assert not of_commune["may_draw"]
    assert of_commune["may_change"]
    assert of_village["may_merge"]


def test_a_place_page_costs_the_same_after_many_mergers(
    client, boss, province, django_assert_num_queries
):
    heir = PlaceFactory(kind="commune", parent=province, name="Mới")
    for n in range(4):
        old = PlaceFactory(kind="commune", parent=province, name=f"Cũ {n}")
        PlaceFactory(parent=old)
        merge_places([old], heir, by=boss, on=timezone.localdate())
    page_of(client, heir)

    with django_assert_num_queries(17):
        page_of(client, heir)
    assert Place.objects.communes().count() == 5
