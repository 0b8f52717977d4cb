"""Units change their names and go into others; nothing recorded is moved or lost."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from places.models import LegacyName, Place
from places.services import (
    create_venue,
    create_village,
    merge_places,
    rename_place,
    update_venue,
)
from tests.factories import PlaceFactory, VenueFactory

pytestmark = pytest.mark.django_db

MAY_DAY = dt.date(2026, 5, 1)


# A new village


@pytest.mark.parametrize(
    ("name", "designation", "full_name"),
    [
        ("Cao Xá", "", "thôn Cao Xá"),
        ("Buôn Ea Kmát", "", "buôn Ea Kmát"),
        ("TDP 4", "", "tổ dân phố 4"),
        ("TỔ DÂN PHỐ Hòa Bình", "", "tổ dân phố Hòa Bình"),
        ("Khu dân cư 7", "", "khu 7"),
        ("Bản", "", "thôn Bản"),
        ("Bản Đôn", "buon", "buôn Bản Đôn"),
        ("Cao  Xa\u0301\u200b ", "", "thôn Cao Xá"),
    ],
)
def test_a_village_is_called_as_people_write_it(commune, organiser, name, designation, full_name):
    village = create_village(commune, name, designation, by=organiser)

    assert village.full_name == full_name
    assert village.get_parent() == commune


def test_villages_of_one_number_may_differ_in_kind(commune, organiser):
    create_village(commune, "Thôn 1", by=organiser)
    create_village(commune, "Tổ dân phố 1", by=organiser)

    assert Place.objects.children_of(commune).count() == 2


@pytest.mark.parametrize(
    ("name", "designation", "code"),
    [
        ("  ", "", "empty"),
        ("\u200b", "", "empty"),
        ("---", "", "empty"),
        ("x" * 121, "", "too_long"),
        ("DONG XUAN", "thon", "duplicate"),
        ("Thôn Đồng  Xuân", "", "duplicate"),
        ("Cao Xá", "tinh", "designation"),
    ],
)
def test_a_village_is_refused(commune, organiser, name, designation, code):
    PlaceFactory(parent=commune, name="Đồng Xuân")

    with pytest.raises(ValidationError) as refusal:
        create_village(commune, name, designation, by=organiser)

    assert refusal.value.code == code
    assert Place.objects.villages().count() == 1


def test_villages_lie_in_communes_that_exist(province, commune, organiser):
    Place.objects.filter(pk=commune.pk).update(valid_to=dt.date(2026, 1, 1))
    for place, code in ((province, "not_commune"), (commune, "ended")):
        with pytest.raises(ValidationError) as refusal:
            create_village(place, "Cao Xá", by=organiser)
        assert refusal.value.code == code


# Rename


def test_a_renamed_place_is_found_by_both_names(village, organiser):
    rename_place(village, "Đồng Tâm", by=organiser, on=MAY_DAY)

    assert Place.objects.search("dong tam").get() == village
    assert Place.objects.search("cao xá").get().former_name == "thôn Cao Xá"
    assert village.legacy_names.get().until == dt.date(2026, 4, 30)


def test_a_rename_keeps_the_place_where_it_is(village, organiser):
    renamed = rename_place(village, "Đồng Tâm", by=organiser, designation="khu")

    assert (renamed.pk, renamed.path, str(renamed)) == (village.pk, village.path, "khu Đồng Tâm")


def test_the_same_name_again_changes_nothing(village, organiser):
    rename_place(village, " Cao Xa\u0301", by=organiser)

    assert not LegacyName.objects.exists()


def test_renaming_to_and_fro_leaves_one_former_name(village, organiser):
    for name in ("Đồng Tâm", "Cao Xá", "Đồng Tâm", "Cao Xá"):
        rename_place(village, name, by=organiser)

    assert [str(name) for name in village.legacy_names.all()] == ["thôn Đồng Tâm"]


def test_accents_may_be_corrected(village, organiser):
    assert rename_place(village, "Cao Xà", by=organiser).name == "Cao Xà"


@pytest.mark.parametrize(
    ("name", "designation", "code"),
    [
        ("", "", "empty"),
        ("x" * 121, "", "too_long"),
        ("dong xuan", "", "duplicate"),
        ("Đồng Tâm", "tinh", "designation"),
    ],
)
def test_a_rename_is_refused(village, commune, organiser, name, designation, code):
    PlaceFactory(parent=commune, name="Đồng Xuân")

    with pytest.raises(ValidationError) as refusal:
        rename_place(village, name, by=organiser, designation=designation)

    assert refusal.value.code == code
    village.refresh_from_db()
    assert village.full_name == "thôn Cao Xá"


# Merge


def test_merged_places_end_and_have_a_successor(commune, village, organiser):
    other = PlaceFactory(parent=commune, name="Đồng Xuân")
    heir = create_village(commune, "Đồng Tâm", by=organiser)

    merge_places([village, other], heir, by=organiser, on=MAY_DAY)

    for place in (village, other):
        place.refresh_from_db()
        assert place.valid_to == dt.date(2026, 4, 30)
        assert list(place.successors.all()) == [heir]
    assert list(Place.objects.villages().current(MAY_DAY - dt.timedelta(1))) == [village, other]


def test_the_successor_is_found_by_every_name_that_went_into_it(commune, village, organiser):
    rename_place(village, "Sông Thao", by=organiser, on=dt.date(2026, 2, 1))
    heir = create_village(commune, "Đồng Tâm", by=organiser)

    merge_places([village], heir, by=organiser, on=dt.date(2026, 11, 1))

    for q in ("song thao", "cao xa"):
        assert list(Place.objects.current().search(q)) == [heir]


def test_one_of_the_merged_may_go_on(commune, village, organiser):
    other = PlaceFactory(parent=commune)

    merge_places([village, other], village, by=organiser, on=MAY_DAY)

    assert list(Place.objects.children_of(commune).current()) == [village]


def test_nothing_recorded_is_moved(commune, village, organiser):
    venue = VenueFactory(place=village)
    heir = create_village(commune, "Đồng Tâm", by=organiser)
    path = village.path

    merge_places([village], heir, by=organiser)

    venue.refresh_from_db()
    assert venue.place == village
    assert venue.place.path == path


@pytest.mark.parametrize("case", ["empty", "kind", "ended", "early"])
def test_a_merge_is_refused(case, commune, village, organiser):
    heir = create_village(commune, "Đồng Tâm", by=organiser)
    ended = PlaceFactory(parent=commune, valid_to=dt.date(2026, 1, 1))
    new = PlaceFactory(parent=commune, valid_from=MAY_DAY)
    places = {"empty": [heir], "kind": [commune], "ended": [ended], "early": [new]}[case]

    with pytest.raises(ValidationError) as refusal:
        merge_places([*places, *([village] if places != [heir] else [])], heir, by=organiser,
                     on=MAY_DAY)  # fmt: skip

    assert refusal.value.code == case
    village.refresh_from_db()
    assert village.valid_to is None


def test_the_database_itself_refuses_an_end_before_the_beginning(village):
    with pytest.raises(IntegrityError), transaction.atomic():
        Place.objects.filter(pk=village.pk).update(
            valid_from=MAY_DAY, valid_to=MAY_DAY - dt.timedelta(days=1)
        )


# Venues


def test_a_venue_is_noted_and_corrected(village, organiser):
    venue = create_venue(village, " Nhà văn hóa ", by=organiser, computers=4, has_network=True)
    venue = update_venue(venue, by=organiser, computers=6)

    assert (venue.name, venue.computers, venue.has_network) == ("Nhà văn hóa", 6, True)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"name": " "}, "empty"),
        ({"name": "nha van hoa"}, "duplicate"),
        ({"name": "x" * 121}, "too_long"),
    ],
)
def test_a_venue_is_refused(village, organiser, facts, code):
    create_venue(village, "Nhà văn hóa", by=organiser)

    with pytest.raises(ValidationError) as refusal:
        create_venue(village, by=organiser, **facts)

    assert refusal.value.code == code
    assert village.venues.count() == 1


def test_a_venue_with_impossible_numbers_is_refused(village, organiser):
    with pytest.raises(ValidationError) as refusal:
        create_venue(village, "Nhà văn hóa", by=organiser, computers=-1, printers=1000)

    assert set(refusal.value.error_dict) == {"computers", "printers"}


def test_a_venue_stands_in_a_commune_or_village(province, organiser):
    with pytest.raises(ValidationError) as refusal:
        create_venue(province, "Nhà văn hóa", by=organiser)

    assert refusal.value.code == "province"
