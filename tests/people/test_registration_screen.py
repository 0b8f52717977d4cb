"""The form on which a volunteer writes somebody down."""

import uuid

import pytest
from django.urls import reverse

from people.models import Resident
from people.roles import Role
from people.signals import resident_changed
from tests.factories import AssignmentFactory, PlaceFactory, ResidentFactory

pytestmark = pytest.mark.django_db

REGISTER = "/people/register/"


def _fields(at, **changes):
    return {
        "uuid": str(uuid.uuid4()),
        "full_name": "Nguyễn Thị Hoa",
        "birth_year": "1950",
        "village": at.pk,
        "learning_language": "vi",
        "consent": "on",
    } | changes


def test_somebody_is_written_down_with_what_was_agreed(client, village, instructor):
    client.force_login(instructor)

    answer = client.post(REGISTER, _fields(village, birth_year_is_about="on"))

    person = Resident.objects.get()
    assert answer.url == reverse("people:resident", args=[person.uuid])
    assert person.birth_year_is_about
    assert person.consents.get().witnessed_by == instructor


def test_without_a_year_of_birth_it_works_as_well(client, village, instructor):
    client.force_login(instructor)
    client.post(REGISTER, _fields(village, birth_year=""))

    assert Resident.objects.get().birth_year is None


def test_pressing_twice_registers_once(client, village, instructor):
    client.force_login(instructor)
    fields = _fields(village)
    client.post(REGISTER, fields)
    client.post(REGISTER, fields)

    assert Resident.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"full_name": ""}, "full_name"),
        ({"full_name": "Lan 001055123456"}, "full_name"),
        ({"birth_year": "2999"}, "birth_year"),
        ({"birth_year": "năm mươi"}, "birth_year"),
        ({"birth_year": "31/02/1950"}, "birth_year"),
        ({"village": ""}, "village"),
        ({"village": "999999"}, "village"),
        ({"phone": "12"}, "phone"),
        ({"sex": "x"}, "sex"),
        ({"consent": ""}, "consent"),
        ({"uuid": "x"}, "uuid"),
    ],
)
def test_a_mistake_is_shown_at_its_field_and_nothing_is_lost(
    client, village, instructor, changes, field
):
    client.force_login(instructor)

    answer = client.post(REGISTER, _fields(village, **changes))

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Resident.objects.exists()
    if field != "full_name":
        assert "Nguyễn Thị Hoa" in answer.text


def test_a_likely_double_is_shown_before_anything_is_saved(client, village, instructor):
    known = ResidentFactory(full_name="Nguyễn Thị Hoa", birth_year=1951, village=village)
    client.force_login(instructor)

    answer = client.post(REGISTER, _fields(village))

    assert answer.status_code == 422
    assert reverse("people:resident", args=[known.uuid]) in answer.text
    assert Resident.objects.count() == 1


def test_somebody_else_of_the_same_name_is_registered_all_the_same(client, village, instructor):
    ResidentFactory(full_name="Nguyễn Thị Hoa", birth_year=1950, village=village)
    client.force_login(instructor)

    client.post(REGISTER, _fields(village, all_the_same="1"))

    assert Resident.objects.count() == 2


def test_a_double_in_a_village_that_one_may_not_see_is_told_without_a_name(
    client, village, commune
):
    ResidentFactory(
        full_name="Nguyễn Thị Hoa",
        birth_year=1950,
        phone="+84912345678",
        village=PlaceFactory(parent=commune, name="Bí Mật"),
    )
    client.force_login(AssignmentFactory(place=village, role=Role.INSTRUCTOR).user)

    answer = client.post(REGISTER, _fields(village))

    assert answer.status_code == 422
    assert answer.context["hidden"] == 1
    assert "Bí Mật" not in answer.text
    assert "0912 345 678" not in answer.text


def test_nobody_is_registered_in_somebody_elses_village(client, stranger, village, province):
    client.force_login(stranger)

    client.post(REGISTER, _fields(village))

    assert not Resident.objects.exists()


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.COMMUNE_ORGANISER, True),
        (Role.TEAM_LEADER, True),
        (Role.INSTRUCTOR, True),
        (Role.OBSERVER, False),
    ],
)
def test_who_may_register(client, commune, village, role, allowed):
    client.force_login(AssignmentFactory(place=commune, role=role).user)

    answer = client.post(REGISTER, _fields(village))

    assert answer.status_code == (302 if allowed else 403)
    assert Resident.objects.exists() == allowed


def test_a_correction_is_announced_to_those_who_count(client, lan, instructor, commune):
    heard = []

    def listen(sender, resident, fields, by, **more):
        heard.append((resident, fields, by))

    resident_changed.connect(listen)
    other = PlaceFactory(parent=commune)
    client.force_login(instructor)
    try:
        client.post(
            reverse("people:edit", args=[lan.uuid]),
            {"full_name": lan.full_name, "birth_year": "1956", "village": other.pk,
             "learning_language": "vi"},
        )  # fmt: skip
    finally:
        resident_changed.disconnect(listen)

    assert heard == [(lan, ["birth_year", "village"], instructor)]


def test_a_telephone_is_shown_and_saved_as_people_write_it(client, lan, instructor):
    lan.phone = "+84912345678"
    lan.save()
    client.force_login(instructor)
    url = reverse("people:edit", args=[lan.uuid])

    assert "0912 345 678" in client.get(url).text


def test_the_form_costs_the_same_however_many_villages_there_are(
    client, instructor, commune, village, django_assert_num_queries
):
    PlaceFactory.create_batch(3, parent=commune)
    client.force_login(instructor)

    with django_assert_num_queries(7):
        client.get(REGISTER)
