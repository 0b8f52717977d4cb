"""What is wrong with records of people: gaps, look-alikes, years that cannot be, forgotten ones."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from people.models import Change, QualityCount, Resident
from people.reports import gaps_of, incomplete, look_alikes, odd_years, tally, untouched
from people.services import (
    change_resident,
    confirm_resident,
    erase_resident,
    give_consent,
    keep_counts,
    register_resident,
    tell_apart,
    withdraw_consent,
)
from tests.factories import PlaceFactory, ResidentFactory

pytestmark = pytest.mark.django_db

EVERYBODY = Resident.objects.current


@pytest.fixture
def whole(village, instructor):
    """Somebody of whom all is known."""
    return register_resident(
        full_name="Hà Văn Tư",
        birth_year=1950,
        sex="m",
        village=village,
        phone_kind="none",
        consent="spoken",
        by=instructor,
    )


# Đủ


def test_a_record_that_tells_everything_has_no_gaps(whole):
    assert not incomplete(EVERYBODY()).exists()


@pytest.mark.parametrize(
    ("field", "value", "gap"),
    [("birth_year", None, "birth_year"), ("sex", "", "sex"), ("phone_kind", "", "phone")],
)
def test_each_thing_that_nobody_asked_is_a_gap(whole, field, value, gap):
    change_resident(whole, by=None, **{field: value})

    assert gaps_of(incomplete(EVERYBODY()).get()) == [gap]


def test_a_number_is_a_way_to_reach_somebody_and_so_is_the_answer_that_there_is_none(whole):
    change_resident(whole, by=None, phone_kind="", phone="0912 345 678")

    assert not incomplete(EVERYBODY()).exists()


def test_whoever_took_consent_back_has_been_asked(whole, lan):
    withdraw_consent(whole.consents.get(), by=None)

    assert "consent" in gaps_of(incomplete(EVERYBODY()).get())
    assert incomplete(EVERYBODY()).get() == lan


def test_what_is_filled_in_is_no_gap_any_more(lan):
    assert gaps_of(incomplete(EVERYBODY()).get()) == ["sex", "phone", "consent"]

    change_resident(lan, by=None, sex="f", phone_kind="basic", phone="0912 345 678")
    give_consent(lan, by=None)

    assert not incomplete(EVERYBODY()).exists()


# Đúng


@pytest.mark.parametrize(("age", "is_odd"), [(5, True), (6, False), (110, False), (111, True)])
def test_a_learner_is_at_least_six_and_hardly_older_than_a_hundred_and_ten(lan, age, is_odd):
    Resident.objects.update(birth_year=timezone.localdate().year - age)

    assert odd_years(EVERYBODY()).exists() == is_odd


# Sạch


def test_the_same_name_and_about_the_same_year_may_be_one_person(lan, village):
    twin = ResidentFactory(full_name="Tran Thi Lan", birth_year=1956, village=village)

    assert look_alikes([village.pk]) == [(lan.pk, twin.pk)]


def test_another_year_or_another_commune_is_somebody_else(lan, village):
    ResidentFactory(full_name="Trần Thị Lan", birth_year=1970, village=village)
    elsewhere = ResidentFactory(full_name="Trần Thị Lan").village

    assert look_alikes([village.pk]) == []
    assert look_alikes([elsewhere.pk]) == []


def test_who_was_told_apart_or_erased_is_not_suspected(lan, village):
    twin = ResidentFactory(full_name="Trần Thị Lan", village=village)
    erase_resident(ResidentFactory(full_name="Trần Thị Lan", village=village), by=None)

    tell_apart(lan, twin, by=None)

    assert look_alikes([village.pk]) == []


def test_neighbours_of_the_same_year_come_first(lan, village, commune):
    afar = ResidentFactory(
        full_name="Trần Thị Lan", village=PlaceFactory(kind="village", parent=commune)
    )
    near = ResidentFactory(full_name="Trần Thị Lan", village=village)

    found = look_alikes([village.pk, afar.village_id])

    assert found[0] == (lan.pk, near.pk)
    assert len(found) == 3


def test_doubles_of_a_commune_are_found_in_as_many_queries_as_of_a_village(
    lan, village, django_assert_num_queries
):
    ResidentFactory.create_batch(30, full_name="Trần Thị Lan", village=village)

    with django_assert_num_queries(2):
        assert len(look_alikes([village.pk])) == 31 * 30 / 2


# Sống


def test_half_a_year_without_a_word_makes_a_record_a_forgotten_one(whole):
    with time_machine.travel(timezone.now() + dt.timedelta(days=179)):
        assert not untouched(EVERYBODY()).exists()

    with time_machine.travel(timezone.now() + dt.timedelta(days=181)):
        assert untouched(EVERYBODY()).get() == whole


def test_whoever_looks_at_a_forgotten_record_can_say_that_it_still_holds(whole, instructor):
    with time_machine.travel(timezone.now() + dt.timedelta(days=200)):
        confirm_resident(whole, by=instructor)

        assert not untouched(EVERYBODY()).exists()
        last = whole.changes.latest("pk")
        assert (last.verb, last.by) == (Change.Verb.CONFIRMED, instructor)


def test_an_erased_record_cannot_be_confirmed(whole, instructor):
    erase_resident(whole, by=instructor)

    with pytest.raises(ValidationError) as refusal:
        confirm_resident(whole, by=instructor)

    assert refusal.value.code == "erased"


# What was counted


def test_people_are_tallied_by_village_in_one_query(lan, commune, django_assert_num_queries):
    other = PlaceFactory(kind="village", parent=commune)
    ResidentFactory.create_batch(2, village=other)

    with django_assert_num_queries(1):
        assert tally(EVERYBODY()) == {lan.village_id: 1, other.pk: 2}


def test_a_new_count_takes_the_place_of_the_old_one(village):
    zero = dict.fromkeys(
        ("residents", "incomplete", "doubles", "contradictions", "untouched", "odd_evenings"), 0
    )
    keep_counts({village.pk: {**zero, "residents": 3}})

    keep_counts({village.pk: {**zero, "residents": 5}})

    assert QualityCount.objects.get(place=village).residents == 5
