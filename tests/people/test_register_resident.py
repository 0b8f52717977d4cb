"""A volunteer writes down somebody who came."""

import uuid

import pytest
from django.core.exceptions import ValidationError

from people.models import Change, Consent, Resident
from people.services import change_resident, find_duplicates, register_resident
from tests.factories import PlaceFactory, ResidentFactory

pytestmark = pytest.mark.django_db

HOA = {"full_name": "Đặng Thị Hoà", "birth_year": 1950}


# The rule


def test_a_name_is_kept_in_one_form_however_it_was_typed(village, instructor):
    resident = register_resident(full_name="  Đặng  Thị Hoa\u0300 ", village=village, by=instructor)

    assert resident.full_name == "Đặng Thị Hoà"
    assert resident.search_text == "dang thi hoa"


def test_the_consent_is_kept_with_its_wording_and_its_witness(village, instructor):
    resident = register_resident(
        **HOA, village=village, by=instructor, consent=Consent.Manner.SPOKEN
    )

    consent = resident.consents.get()
    assert consent.witnessed_by == instructor
    assert consent.wording
    assert consent.withdrawn_at is None


def test_without_a_word_no_consent_is_invented(village, instructor):
    assert not register_resident(**HOA, village=village, by=instructor).consents.exists()


def test_a_registration_sent_twice_is_one_person(village, instructor):
    made_on_the_phone = uuid.uuid4()
    first = register_resident(**HOA, village=village, by=instructor, uuid=made_on_the_phone)
    second = register_resident(**HOA, village=village, by=instructor, uuid=made_on_the_phone)

    assert first == second
    assert Change.objects.filter(verb=Change.Verb.REGISTERED).count() == 1


def test_nobody_else_can_use_the_number_of_a_registration(village, instructor, stranger):
    made_on_the_phone = uuid.uuid4()
    register_resident(**HOA, village=village, by=instructor, uuid=made_on_the_phone)

    with pytest.raises(ValidationError) as refusal:
        register_resident(**HOA, village=village, by=stranger, uuid=made_on_the_phone)

    assert refusal.value.code == "id_reused"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"full_name": "A"}, "name_length", id="one letter"),
        pytest.param({"full_name": "A" * 101}, "name_length", id="too long"),
        pytest.param({"full_name": "Lan <b>"}, "name_signs", id="markup"),
        pytest.param({"full_name": "Lan 2"}, "name_signs", id="a digit"),
        pytest.param({"full_name": "--"}, "name_signs", id="no letter"),
        pytest.param({"full_name": "Lan 001055 123456"}, "citizen_number", id="an ID card"),
        pytest.param({"phone": "123"}, "phone", id="no telephone"),
        pytest.param({"phone": "001055123456"}, "citizen_number", id="an ID card as telephone"),
        pytest.param({"birth_year": 2999}, "birth_year", id="not born yet"),
        pytest.param({"birth_year": 1850}, "birth_year", id="too old"),
    ],
)
def test_a_registration_is_refused_with(changes, code, village, instructor):
    with pytest.raises(ValidationError) as refusal:
        register_resident(**{**HOA, **changes}, village=village, by=instructor)

    assert refusal.value.code == code
    assert not Resident.objects.exists()


def test_nobody_lives_in_a_whole_commune(commune, instructor):
    with pytest.raises(ValidationError) as refusal:
        register_resident(**HOA, village=commune, by=instructor)

    assert refusal.value.code == "not_a_village"


@pytest.mark.parametrize(
    "name", ["Y Bhăm Niê", "H'Linh Ƀuôn Yă", "Nguyễn-Lê Thị Ánh", "Bùi Thị É."]
)
def test_names_of_every_people_are_welcome(name, village, instructor):
    assert register_resident(full_name=name, village=village, by=instructor).full_name == name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0912 345 678", "+84912345678"),
        ("+84 912.345.678", "+84912345678"),
        ("84912345678", "+84912345678"),
        ("(024) 3825 1234", "+842438251234"),
        ("", ""),
    ],
)
def test_a_telephone_is_kept_in_one_form(typed, kept, village, instructor):
    assert register_resident(**HOA, phone=typed, village=village, by=instructor).phone == kept


# Who is it?


@pytest.mark.parametrize(
    ("name", "year"),
    [
        pytest.param("Đặng Thị Hoà", 1950, id="the same"),
        pytest.param("dang thi hoa", 1950, id="without accents"),
        pytest.param("Hoà Đặng Thị", 1950, id="words in another order"),
        pytest.param("Đặng Thị Hoà", 1951, id="a year off"),
        pytest.param("Đặng Thị Hoà", None, id="year not known"),
    ],
)
def test_somebody_known_is_recognised(name, year, village):
    known = ResidentFactory(**HOA, village=village)

    assert find_duplicates(name, year, village) == [known]


def test_i_and_y_are_heard_alike(village):
    known = ResidentFactory(full_name="Lý Thị Mỹ", birth_year=1950, village=village)

    assert find_duplicates("Lí Thị Mĩ", 1950, village) == [known]


def test_a_guessed_year_may_be_further_off(village):
    known = ResidentFactory(**HOA, birth_year_is_about=True, village=village)

    assert find_duplicates("Đặng Thị Hoà", 1954, village) == [known]
    assert find_duplicates("Đặng Thị Hoà", 1964, village) == []


def test_namesakes_of_another_age_or_another_commune_are_other_people(village):
    ResidentFactory(**HOA, village=village)

    assert find_duplicates("Đặng Thị Hoà", 1960, village) == []
    assert find_duplicates("Đặng Thị Hoà", 1950, PlaceFactory()) == []


def test_the_own_village_comes_first(commune, village):
    next_door = ResidentFactory(**HOA, village=PlaceFactory(parent=commune))
    here = ResidentFactory(**HOA, village=village)

    assert find_duplicates("Đặng Thị Hoà", 1950, village) == [here, next_door]


# Corrections


def test_a_correction_is_noted_by_field_and_never_by_value(lan, instructor):
    change_resident(lan, by=instructor, full_name="Trần Thị Lân", birth_year=1956)

    change = lan.changes.get(verb=Change.Verb.CHANGED)
    assert change.fields == ["birth_year", "full_name"]
    assert change.by == instructor
    assert "1956" not in str(change.fields)


def test_saving_what_was_there_changes_nothing(lan, instructor):
    change_resident(lan, by=instructor, full_name=lan.full_name, birth_year=lan.birth_year)

    assert not lan.changes.exists()


def test_a_corrected_name_is_found_and_sorted_by_the_new_one(lan, instructor):
    lan = change_resident(lan, by=instructor, full_name="Trần Thị Ánh")

    assert list(Resident.objects.search("anh tran")) == [lan]
