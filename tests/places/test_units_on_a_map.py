"""The units of a day, and whose figures belong to each: the old map and the new one."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from places.reports import Rest, days_of_change, members_of, unit_of, units_below
from places.services import create_village, merge_places, split_place
from tests.factories import PlaceFactory, UserFactory

pytestmark = pytest.mark.django_db

MAY_DAY = dt.date(2026, 5, 1)
BEFORE = MAY_DAY - dt.timedelta(days=1)
JUNE = dt.date(2026, 6, 1)


def read(units):
    return {called(unit): sorted(p.full_name for p in unit.members) for unit in units}


def called(unit):
    return f"{unit.place.full_name} ({unit.rest.value})" if unit.rest else unit.name


@pytest.fixture
def organiser():
    return UserFactory()


@pytest.fixture
def three(province):
    return [
        PlaceFactory(kind="commune", name=name, parent=province) for name in ("Ba", "Hai", "Một")
    ]


# Without a history


def test_each_unit_is_read_in_itself(province, three, django_assert_num_queries):
    with django_assert_num_queries(1):
        units = units_below(province, MAY_DAY)

    assert read(units) == {"xã Ba": ["xã Ba"], "xã Hai": ["xã Hai"], "xã Một": ["xã Một"]}
    assert not any(unit.rest for unit in units)


def test_a_village_written_down_later_stands_on_every_map(commune):
    PlaceFactory(parent=commune, name="Mới", valid_from=JUNE)

    assert read(units_below(commune, MAY_DAY)) == {"thôn Mới": ["thôn Mới"]}


def test_what_ended_without_a_successor_keeps_its_figures(commune):
    PlaceFactory(parent=commune, name="Cũ", valid_to=BEFORE)

    (unit,) = units_below(commune, MAY_DAY)

    assert (unit.rest, unit.name) == (Rest.ENDED, "thôn Cũ (đã thôi)")


# Communes that merge


def test_on_the_new_map_a_merged_unit_is_read_in_its_successor(province, three, organiser):
    ba, hai, _mot = three
    merge_places([ba], hai, by=organiser, on=MAY_DAY)

    assert read(units_below(province, MAY_DAY)) == {
        "xã Hai": ["xã Ba", "xã Hai"],
        "xã Một": ["xã Một"],
    }
    assert members_of(hai, MAY_DAY) == (hai, ba)
    ba.refresh_from_db()
    assert unit_of(ba, MAY_DAY) == hai


def test_on_the_old_map_the_units_are_as_they_were(province, three, organiser):
    ba, hai, _mot = three
    merge_places([ba], hai, by=organiser, on=MAY_DAY)

    assert len(units_below(province, BEFORE)) == 3
    assert members_of(ba, BEFORE) == (ba,)
    assert members_of(hai, BEFORE) == (hai,)


def test_mergers_follow_one_another(province, three, organiser):
    ba, hai, mot = three
    merge_places([ba], hai, by=organiser, on=MAY_DAY)
    merge_places([hai], mot, by=organiser, on=JUNE)

    assert read(units_below(province, JUNE)) == {"xã Một": ["xã Ba", "xã Hai", "xã Một"]}
    assert read(units_below(province, MAY_DAY)) == {
        "xã Hai": ["xã Ba", "xã Hai"],
        "xã Một": ["xã Một"],
    }
    assert days_of_change(province, BEFORE, JUNE) == [MAY_DAY, JUNE]
    assert days_of_change(province, MAY_DAY, JUNE) == [JUNE]


def test_a_unit_made_by_a_merger_stands_on_the_old_map_for_what_came_after(
    province, three, organiser
):
    ba, hai, _mot = three
    new = PlaceFactory(kind="commune", name="Mới", parent=province, valid_from=MAY_DAY)
    merge_places([ba, hai], new, by=organiser, on=MAY_DAY)

    units = {called(unit): unit.rest for unit in units_below(province, BEFORE)}

    assert units["xã Mới (formed_later)"] == Rest.FORMED_LATER
    assert units["xã Ba"] is None


def test_the_villages_of_every_member_lie_in_a_merged_commune(
    province, three, organiser, django_assert_num_queries
):
    ba, hai, _mot = three
    PlaceFactory(parent=ba, name="1")
    PlaceFactory(parent=hai, name="2")
    merge_places([ba], hai, by=organiser, on=MAY_DAY)

    with django_assert_num_queries(3):
        units = units_below(hai, MAY_DAY)

    assert read(units) == {"thôn 1": ["thôn 1"], "thôn 2": ["thôn 2"]}
    assert read(units_below(hai, BEFORE)) == {"thôn 2": ["thôn 2"]}
    assert read(units_below(ba, BEFORE)) == {"thôn 1": ["thôn 1"]}


def test_provinces_merge_too(province, three, organiser):
    other = PlaceFactory(kind="province", name="Vĩnh Phúc")
    a, b = (PlaceFactory(kind="commune", name=name, parent=other) for name in ("Tam", "Đảo"))
    merge_places([a], b, by=organiser, on=MAY_DAY)
    merge_places([other], province, by=organiser, on=MAY_DAY)

    assert read(units_below(province, MAY_DAY))["xã Đảo"] == ["xã Tam", "xã Đảo"]
    assert len(units_below(province, MAY_DAY)) == 4


# Villages that are split


def test_the_parts_are_read_in_the_old_village_on_the_old_map(commune, village, organiser):
    split_place(village, [("thon", "1"), ("thon", "2")], by=organiser, on=MAY_DAY)

    assert read(units_below(commune, BEFORE)) == {
        "thôn Cao Xá": ["thôn 1", "thôn 2", "thôn Cao Xá"]
    }


def test_what_was_not_assigned_stays_its_own_line_on_the_new_map(commune, village, organiser):
    split_place(village, [("thon", "1"), ("thon", "2")], by=organiser, on=MAY_DAY)

    assert read(units_below(commune, MAY_DAY)) == {
        "thôn 1": ["thôn 1"],
        "thôn 2": ["thôn 2"],
        "thôn Cao Xá (split)": ["thôn Cao Xá"],
    }


def test_villages_merge_and_split_inside_communes_that_merged(province, three, organiser):
    ba, hai, _mot = three
    split = PlaceFactory(parent=ba, name="Chia")
    merged, kept = PlaceFactory(parent=ba, name="Nhập"), PlaceFactory(parent=hai, name="Giữ")
    merge_places([ba], hai, by=organiser, on=MAY_DAY)
    split_place(split, [("thon", "1"), ("thon", "2")], by=organiser, on=JUNE)
    merge_places([merged], kept, by=organiser, on=JUNE)

    assert read(units_below(hai, JUNE)) == {
        "thôn 1": ["thôn 1"],
        "thôn 2": ["thôn 2"],
        "thôn Chia (split)": ["thôn Chia"],
        "thôn Giữ": ["thôn Giữ", "thôn Nhập"],
    }
    assert read(units_below(ba, BEFORE)) == {
        "thôn Chia": ["thôn 1", "thôn 2", "thôn Chia"],
        "thôn Nhập": ["thôn Nhập"],
    }
    assert read(units_below(hai, BEFORE)) == {"thôn Giữ": ["thôn Giữ"]}


@pytest.mark.parametrize("on", [BEFORE, MAY_DAY, JUNE, JUNE + dt.timedelta(days=300)])
def test_every_place_belongs_to_one_unit_of_each_map(province, three, organiser, on):
    ba, hai, mot = three
    merge_places([ba], hai, by=organiser, on=MAY_DAY)
    merge_places([hai], mot, by=organiser, on=JUNE)

    members = [p.pk for unit in units_below(province, on) for p in unit.members]

    assert sorted(members) == sorted(p.pk for p in three)


# What a split refuses


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([("thon", "1")], "too_few_parts"),
        ([("thon", "1"), ("thon", "1")], "duplicate"),
        ([("thon", "1"), ("thon", "Đồng Xuân")], "duplicate"),
        ([("thon", "1"), ("thon", " ")], "empty"),
        ([("thon", "1"), ("xa", "2")], "designation"),
    ],
)
def test_a_split_is_refused(commune, village, organiser, parts, code):
    PlaceFactory(parent=commune, name="Đồng Xuân")

    with pytest.raises(ValidationError) as refusal:
        split_place(village, parts, by=organiser, on=MAY_DAY)

    assert refusal.value.code == code
    village.refresh_from_db()
    assert village.valid_to is None


def test_only_villages_are_split_and_only_once(commune, village, organiser):
    parts = [("thon", "1"), ("thon", "2")]
    split_place(village, parts, by=organiser, on=MAY_DAY)
    for place, code in ((commune, "kind"), (village, "ended")):
        with pytest.raises(ValidationError) as refusal:
            split_place(place, parts, by=organiser, on=JUNE)
        assert refusal.value.code == code


def test_one_part_may_keep_the_name(commune, village, organiser):
    parts = split_place(village, [("thon", "Cao Xá"), ("thon", "2")], by=organiser, on=MAY_DAY)

    assert [part.full_name for part in parts] == ["thôn Cao Xá", "thôn 2"]


def test_villages_merge_only_within_one_commune(province, three, organiser):
    here = create_village(three[0], "Gần", by=organiser)
    there = create_village(three[1], "Xa", by=organiser)

    with pytest.raises(ValidationError) as refusal:
        merge_places([there], here, by=organiser, on=dt.date(2027, 5, 1))

    assert refusal.value.code == "apart"
