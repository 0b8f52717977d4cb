"""The official list: complete, in the tree, repeatable, each unit on a tile of its own."""

import csv
from collections import Counter

import pytest

from places.imports import import_official
from places.imports.official import DATA
from places.models import LegacyName, Place
from places.services import rename_place
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("official")]


# The rule


def test_the_list_has_34_provinces_and_3321_communes(official):
    assert Place.objects.provinces().count() == 34
    assert Place.objects.communes().count() == 3321
    assert official.created == 3355
    assert official.unlisted == []


@pytest.mark.parametrize(
    ("code", "name", "communes"), [("66", "Đắk Lắk", 102), ("25", "Phú Thọ", 148)]
)
def test_a_province_has_its_communes(code, name, communes):
    province = Place.objects.get(code=code)

    assert province.name == name
    assert province.numchild == Place.objects.children_of(province).communes().count() == communes


def test_codes_are_texts_of_two_and_five_digits():
    assert {len(p.code) for p in Place.objects.provinces()} == {2}
    assert {len(p.code) for p in Place.objects.communes()} == {5}
    assert Place.objects.get(code="01").full_name == "thành phố Hà Nội"


def test_the_tree_is_sound():
    assert Place.find_problems() == ([], [], [], [], [])


def test_every_unit_has_a_position_in_the_country():
    assert not Place.objects.exclude(latitude__range=(8, 24), longitude__range=(102, 118)).exists()


def test_every_unit_has_a_tile_of_its_own_and_no_row_or_column_is_empty():
    tiles = Counter(Place.objects.values_list("depth", "path", "tile_col", "tile_row"))
    maps = {}
    for depth, path, col, row in tiles:
        maps.setdefault((depth, path[: (depth - 1) * Place.steplen]), []).append((col, row))

    assert len(maps) == 35
    for cells in maps.values():
        assert len(set(cells)) == len(cells)
        for axis in (0, 1):
            used = {cell[axis] for cell in cells}
            assert used == set(range(max(used) + 1))


def test_the_licence_of_the_source_stands_beside_the_data():
    assert "Tran Ngoc Minh Hieu" in (DATA / "LICENSE.txt").read_text(encoding="utf-8")
    assert "vietnamadminunits" in (DATA / "README.md").read_text(encoding="utf-8")


# Repeating


def test_a_second_run_changes_nothing():
    before = list(Place.objects.values_list("pk", "path", "search_text"))

    outcome = import_official()

    assert (outcome.created, outcome.updated, outcome.legacy_names) == (0, 0, 0)
    assert outcome.unchanged == 3355
    assert list(Place.objects.values_list("pk", "path", "search_text")) == before


def test_a_second_run_costs_few_questions(django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        import_official()


def test_facts_that_differ_are_mended_where_the_unit_stands():
    place = Place.objects.get(code="24490")
    Place.objects.filter(pk=place.pk).update(latitude=0, name="Sai", search_text="|sai|")

    outcome = import_official()

    again = Place.objects.get(code="24490")
    assert outcome.updated == 1
    assert (again.path, again.name, again.search_text) == (
        place.path,
        place.name,
        place.search_text,
    )


def test_a_missing_unit_is_added_after_its_sisters_and_nothing_moves():
    Place.objects.get(code="24490").delete()
    before = dict(Place.objects.values_list("code", "path"))

    outcome = import_official()

    assert outcome.created == 1
    assert before.items() <= dict(Place.objects.values_list("code", "path")).items()
    assert Place.find_problems() == ([], [], [], [], [])


def test_a_unit_that_was_renamed_here_keeps_its_newer_name():
    place = Place.objects.get(code="24490")
    rename_place(place, "Krông Búk Mới", by=UserFactory())

    outcome = import_official()

    assert outcome.updated == 0
    assert Place.objects.get(code="24490").name == "Krông Búk Mới"


def test_a_unit_that_the_list_does_not_know_is_reported_and_kept(official):
    province = Place.objects.get(code="66")
    province.add_child(kind="commune", designation="xa", code="99999", name="Mới")

    assert import_official().unlisted == ["99999"]
    assert Place.objects.filter(code="99999").exists()


# What they were before


def test_every_commune_knows_what_it_was_made_of():
    level = LegacyName.Level.COMMUNE
    without = Place.objects.communes().exclude(
        pk__in=LegacyName.objects.filter(level=level).values("place")
    )

    # Five island districts had no communes.
    assert without.count() <= 5


def test_the_63_former_provinces_are_known():
    names = LegacyName.objects.filter(level=LegacyName.Level.PROVINCE)

    assert names.count() == 63
    assert list(names.filter(place__code="66").values_list("name", flat=True).order_by("pk")) == [
        "Phú Yên",
        "Đắk Lắk",
    ]


def test_the_names_in_the_files_are_composed_and_tidy():
    for file in DATA.glob("*.csv"):
        with file.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                for text in row.values():
                    assert text == " ".join(text.split())
                    assert all(ord(c) not in range(0x300, 0x370) for c in text)
