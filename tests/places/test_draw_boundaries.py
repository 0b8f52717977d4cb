"""Boundaries from an organiser's GeoJSON: checked, looked at, drawn, and taken away again."""

import datetime as dt
import gzip
import json
import random
import re
import time

import numpy
import pytest
import shapely
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from shapely import Point, Polygon

from people.roles import Role
from places.forms import BoundaryFileForm
from places.imports.boundaries import (
    load_boundaries,
    pack_boundaries,
    preview_boundaries,
    reading,
)
from places.models import LegacyName, MapSheet, Place
from places.reports import units_below
from places.services import merge_places, remove_boundaries
from tests.factories import AssignmentFactory, PlaceFactory
from tests.places.maps import geojson, middle, square, wiggly_land


def unit(province, number, shape, **fields):
    return PlaceFactory(
        kind="commune",
        parent=province,
        code=f"{number:05}",
        latitude=middle(shape).y,
        longitude=middle(shape).x,
        **{"name": f"Bình {number}", **fields},
    )


@pytest.fixture
def land(province):
    """Three communes side by side, and their shapes."""
    return [(unit(province, n, square(n)), square(n)) for n in (1, 2, 3)]


@pytest.fixture
def organiser(province):
    return AssignmentFactory(place=province, role=Role.PROVINCE_ORGANISER).user


@pytest.fixture
def content(land):
    return geojson([({"ma": place.code}, shape) for place, shape in land])


def refused(content, place) -> ValidationError:
    with pytest.raises(ValidationError) as refusal:
        preview_boundaries(content, place)
    return refusal.value


def numbers(path):
    return [int(n) for n in re.findall(r"-?\d+", path)]


# What is drawn


@pytest.mark.django_db
def test_units_are_drawn_as_svg_paths_in_one_sheet(province, land, content):
    drawing = preview_boundaries(content, province)

    assert [one.unit for one in drawing.drawn] == [place for place, _shape in land]
    assert drawing.sheet.width == 4000
    # A degree of longitude is shorter than one of latitude: 0.1° high, 0.3° wide.
    assert drawing.sheet.height == pytest.approx(4000 / 3 / 0.933, rel=0.01)
    first, second, _third = (one.outline for one in drawing.drawn)
    assert re.fullmatch(r"M\d+ \d+l[-\d ]+z", first.path)
    assert 0 < first.label_x < 4000 / 3 < second.label_x


@pytest.mark.django_db
def test_north_is_up(province, land):
    content = geojson([({"ma": "00001"}, square(1, 1)), ({"ma": "00002"}, square(2, 0))])
    Place.objects.filter(code="00001").update(latitude=middle(square(1, 1)).y)

    north, south = (one.outline for one in preview_boundaries(content, province).drawn)

    assert north.label_y < south.label_y


@pytest.mark.django_db
@pytest.mark.parametrize(
    "properties",
    [
        lambda place: {"code": place.code},
        lambda place: {"MaXa": int(place.code)},
        lambda place: {"MaXa": float(place.code)},
        lambda place: {"ten": place.full_name.upper()},
        lambda place: {"ten": place.name},
        lambda place: {"gid": 7, "NAME_3": f"Xã {place.name}", "x": None, "y": [1]},
        lambda place: {"ten": f"{place.full_name}, tỉnh Phú Thọ"},
        lambda place: {"ten": f"X. {place.name}"},
    ],
)
def test_units_are_known_by_code_or_by_name(province, land, properties):
    content = geojson([(properties(place), shape) for place, shape in land])

    drawing = preview_boundaries(content, province)

    assert len(drawing.drawn) == 3
    assert not drawing.missing
    assert not drawing.unknown


@pytest.mark.django_db
def test_former_communes_are_put_together_into_the_unit_they_went_into(province, land):
    (place, shape), *others = land
    west, south, east, north = shape.bounds
    half = (west + east) / 2
    for name in ("Cũ Tây", "Cũ Đông"):
        LegacyName.objects.create(
            place=place, level=LegacyName.Level.COMMUNE, designation="xã", name=name
        )
    content = geojson(
        [
            ({"ten": "xã Cũ Tây"}, shapely.box(west, south, half, north)),
            ({"ten": "xã Cũ Đông"}, shapely.box(half, south, east, north)),
            *(({"ten": other.full_name}, outline) for other, outline in others),
        ]
    )

    whole = preview_boundaries(content, province).drawn[0].outline

    assert whole.path.count("M") == 1


@pytest.mark.django_db
def test_what_is_missing_and_what_is_unknown_is_named(province, land):
    (_a, first), (_b, second), _c = land
    content = geojson([({"ma": "00001"}, first), ({"ma": "99999", "ten": "Nơi lạ"}, second)])

    drawing = preview_boundaries(content, province)

    assert [place.name for place in drawing.missing] == ["Bình 2", "Bình 3"]
    assert [shape.title.split(" ", 1)[1] for shape in drawing.unknown] == ["2 (Nơi lạ)"]


@pytest.mark.django_db
def test_an_outline_that_crosses_itself_a_little_is_mended_and_named(province, land):
    (_a, shape), *others = land
    west, south, east, north = shape.bounds
    # A loop of a few metres on the northern border.
    looped = Polygon(
        [(west, south), (east, south), (east, north), (west + 0.05, north),
         (west + 0.0499, north + 0.0001), (west + 0.0501, north + 0.0001), (west, north)]
    )  # fmt: skip
    assert not looped.is_valid
    content = geojson([({"ma": "00001"}, looped), *(({"ma": p.code}, s) for p, s in others)])

    drawing = preview_boundaries(content, province)

    assert [place.name for place in drawing.mended] == ["Bình 1"]


@pytest.mark.django_db
def test_a_unit_too_small_for_the_sheet_is_still_there(province, land):
    tiny = square(1, size=0.1).centroid.buffer(0.00001)
    Place.objects.filter(code="00001").update(latitude=tiny.centroid.y, longitude=tiny.centroid.x)
    content = geojson([({"ma": "00001"}, tiny), *(({"ma": p.code}, s) for p, s in land[1:])])

    assert all(one.outline.path for one in preview_boundaries(content, province).drawn)


# The weight, and common borders


@pytest.fixture(scope="module")
def big_land():
    return wiggly_land(units=120, steps=200)


@pytest.mark.django_db
def test_a_province_of_wiggly_borders_becomes_light_and_neighbours_still_touch(province, big_land):
    units = [unit(province, n, shape) for n, shape in enumerate(big_land, start=1)]
    content = geojson([({"ma": u.code}, shape) for u, shape in zip(units, big_land, strict=True)])

    drawing = preview_boundaries(content, province)

    paths = "".join(f'<path d="{one.outline.path}"/>' for one in drawing.drawn)
    assert len(gzip.compress(paths.encode())) < 48 * 1024
    assert drawing.sheet.points_before > 4 * drawing.sheet.points_after
    # As much as the weight allows: not a caricature.
    assert drawing.sheet.bytes_sent > 30 * 1024
    drawn = [outline(one.outline.path) for one in drawing.drawn]
    whole = shapely.union_all([shape.buffer(0) for shape in drawn])
    gaps = sum(Polygon(ring).area for part in shapely.get_parts(whole) for ring in part.interiors)
    assert gaps < 0.001 * whole.area
    assert sum(shape.area for shape in drawn) == pytest.approx(whole.area, rel=0.005)


def outline(path):
    """Draw a path as a browser would, and return its shape."""
    rings = []
    for text in path.split("z")[:-1]:
        begin, steps = text.removeprefix("M").split("l")
        x, y = map(int, begin.split())
        ring = [(x, y)]
        moves = numbers(steps)
        for dx, dy in zip(moves[::2], moves[1::2], strict=True):
            x, y = x + dx, y + dy
            ring.append((x, y))
        rings.append(ring)
    return shapely.union_all([Polygon(ring).buffer(0) for ring in rings])


# What is refused


def collection(**members):
    return json.dumps({"type": "FeatureCollection", "features": [], **members}).encode()


VN2000 = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::9210"}}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_json"),
        (b"<kml></kml>", "not_json"),
        (b"PK\x03\x04 shapes.zip", "archive"),
        (b"\xff\xfe{\x00}\x00", "not_json"),
        (b"[]", "not_a_collection"),
        (b'{"type": "Feature"}', "not_a_collection"),
        (collection(), "empty"),
        (collection(features={}), "empty"),
        (collection(crs=VN2000), "projection"),
        (collection(features=[7]), "not_an_area"),
        (b'{"a":' * 60 + b"1" + b"}" * 60, "too_deep"),
        (b"[" * 100_000, "too_deep"),
        (b'{"type": "FeatureCollection", "features": NaN}', "not_json"),
        (geojson([({"ten": "Lâm Thao"}, None)]), "not_an_area"),
        (
            geojson([({}, {"type": "LineString", "coordinates": [[105, 21], [106, 22]]})]),
            "not_an_area",
        ),
        (geojson([({}, {"type": "Polygon", "coordinates": [[[105, 21], [106, 22]]]})]),
         "unreadable"),
        (geojson([({}, {"type": "Polygon", "coordinates": "a lot"})]), "unreadable"),
        (geojson([({}, {"type": "MultiPolygon", "coordinates": []})]), "unreadable"),
        (geojson([({}, {"type": "Polygon", "coordinates": [[[1e400, 1]] * 4]})]), "not_json"),
    ],
)  # fmt: skip
def test_what_is_no_map_is_refused(content, code):
    with pytest.raises(ValidationError) as refusal:
        reading.read_shapes(content)

    assert refusal.value.code == code


def test_metres_are_told_from_degrees():
    metres = shapely.box(560_000, 2_340_000, 580_000, 2_360_000)

    with pytest.raises(ValidationError) as refusal:
        reading.read_shapes(geojson([({"ten": "Lâm Thao"}, metres)]))

    assert refusal.value.code == "projection"
    assert "VN-2000" in refusal.value.messages[0]


def test_swapped_positions_are_told():
    with pytest.raises(ValidationError) as refusal:
        reading.read_shapes(geojson([({}, shapely.box(21.0, 105.0, 21.1, 105.1))]))

    assert refusal.value.code == "swapped"


def test_a_bow_tie_is_refused_and_the_shape_named():
    tie = {
        "type": "Polygon",
        "coordinates": [[[105, 21], [105.1, 21.1], [105.1, 21], [105, 21.1], [105, 21]]],
    }
    with pytest.raises(ValidationError) as refusal:
        reading.read_shapes(geojson([({"ten": "Lâm Thao"}, tie)]))

    assert refusal.value.code == "crossed"
    assert "Lâm Thao" in refusal.value.messages[0]


def test_an_outline_that_crosses_itself_all_over_is_refused_at_once():
    dice = random.Random(1)
    points = [[105 + dice.random(), 21 + dice.random()] for _ in range(3000)]
    star = {"type": "Polygon", "coordinates": [[*points, points[0]]]}
    began = time.process_time()

    with pytest.raises(ValidationError) as refusal:
        reading.read_shapes(geojson([({"ten": "Lâm Thao"}, star)]))

    assert refusal.value.code == "crossed"
    assert time.process_time() - began < 3


def test_a_long_outline_with_one_small_loop_is_mended():
    shape = Point(105, 21).buffer(0.1, quad_segs=1500)
    points = [*shape.exterior.coords]
    points[10], points[11] = points[11], points[10]
    looped = Polygon(points)
    assert not looped.is_valid

    (found,) = reading.read_shapes(geojson([({"ten": "Lâm Thao"}, looped)]))

    assert found.is_mended


@pytest.mark.parametrize(
    ("filler", "code"),
    [(b'{"a":0},' * 30_000, "too_many"), (b"0," * 2_100_000, "too_many_points")],
)
def test_a_file_of_something_else_is_refused_before_it_is_read(monkeypatch, filler, code):
    monkeypatch.setattr(reading.json, "loads", lambda *args, **kwargs: pytest.fail("it was read"))

    with pytest.raises(ValidationError) as refusal:
        reading.read_shapes(b'{"type":"FeatureCollection","features":[' + filler + b"0]}")

    assert refusal.value.code == code


def test_a_file_in_wgs_84_may_say_so():
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    content = json.loads(geojson([({"ten": "Lâm Thao"}, square(0))])) | {"crs": crs}

    assert len(reading.read_shapes(json.dumps(content).encode())) == 1


def test_too_many_points_are_refused_before_the_file_is_read():
    with pytest.raises(ValidationError) as refusal:
        reading.read_shapes(b"[" + b"[1,2]," * 700_000 + b"]")

    assert refusal.value.code == "too_many_points"


@pytest.mark.django_db
def test_a_map_of_another_place_is_refused(province, land):
    content = geojson(
        [
            ({"ma": p.code}, shapely.transform(s, lambda points: numpy.add(points, (2, -8))))
            for p, s in land
        ]
    )

    refusal = refused(content, province)

    assert refusal.code == "elsewhere"
    assert "tỉnh Phú Thọ" in refusal.messages[0]


@pytest.mark.django_db
def test_a_unit_that_lies_where_another_one_is_is_named(province, land):
    (a, first), (b, _second), (c, third) = land
    content = geojson(
        [({"ma": a.code}, first), ({"ma": b.code}, third), ({"ma": c.code}, square(9))]
    )
    Place.objects.filter(pk=c.pk).update(longitude=middle(square(9)).x)

    refusal = refused(content, province)

    assert refusal.code == "far"
    assert "xã Bình 2" in refusal.messages[0]
    assert "Bình 1" not in refusal.messages[0]


@pytest.mark.django_db
def test_units_on_top_of_each_other_are_refused(province, land):
    (a, first), (b, second), _c = land
    wide = shapely.union(first, second)
    content = geojson([({"ma": a.code}, first), ({"ma": b.code}, wide)])

    assert refused(content, province).code == "overlap"


@pytest.mark.django_db
def test_shapes_without_a_known_name_are_refused(province, land):
    assert refused(geojson([({"ten": "Atlantis"}, square(1))]), province).code == "nothing_known"


@pytest.mark.django_db
def test_a_commune_without_villages_has_nothing_to_draw(province, land, content):
    assert refused(content, land[0][0]).code == "no_units"


@pytest.mark.django_db
def test_villages_must_lie_near_their_commune(province, land):
    commune, shape = land[0]
    PlaceFactory(parent=commune, name="Cao Xá")
    near, far = geojson([({"ten": "Cao Xá"}, shape)]), geojson([({"ten": "Cao Xá"}, square(9, 9))])

    assert len(preview_boundaries(near, commune).drawn) == 1
    assert refused(far, commune).code == "elsewhere"


# Stored, replaced, removed


def draw(content, province, by):
    packed = pack_boundaries(preview_boundaries(content, province), by, province, ("Bộ", "2025"))
    return load_boundaries(packed, province, by=by)


@pytest.mark.django_db
def test_the_lines_are_stored_with_who_made_them(province, land, content, organiser):
    sheet = draw(content, province, organiser)

    assert (sheet.units, sheet.attribution, sheet.source) == (3, "Bộ", "2025")
    assert sheet.uploaded_by == organiser.get_full_name()
    place = Place.objects.get(pk=land[0][0].pk)
    assert place.boundary.startswith("M")
    assert None not in (place.label_x, place.label_y)


@pytest.mark.django_db
def test_a_second_file_replaces_the_first(province, land, content, organiser):
    draw(content, province, organiser)

    sheet = draw(geojson([({"ma": "00002"}, land[1][1])]), province, organiser)

    assert sheet.units == 1
    assert MapSheet.objects.count() == 1
    assert list(Place.objects.exclude(boundary="")) == [land[1][0]]


@pytest.mark.django_db
def test_boundaries_can_be_removed_again(province, content, organiser):
    draw(content, province, organiser)

    remove_boundaries(province, by=organiser)

    assert not MapSheet.objects.exists()
    assert not Place.objects.exclude(boundary="", label_x=None).exists()


@pytest.mark.django_db
def test_a_preview_is_for_the_person_and_the_place_only(province, content, organiser):
    packed = pack_boundaries(preview_boundaries(content, province), organiser, province, ("a", ""))
    other = AssignmentFactory(place=province, role=Role.PROVINCE_ORGANISER).user

    for text, by in ((packed, other), (packed[:-3] + "abc", organiser), ("", organiser)):
        with pytest.raises(ValidationError) as refusal:
            load_boundaries(text, province, by=by)
        assert refusal.value.code == "stale"
    assert not MapSheet.objects.exists()


@pytest.mark.django_db
def test_a_merged_unit_is_drawn_with_the_lines_of_both(province, land, content, organiser):
    draw(content, province, organiser)
    (a, _), (b, _), _c = land
    merge_places([a], b, by=organiser, on=dt.date(2026, 5, 1))

    first = units_below(province, dt.date(2026, 5, 1), with_lines=True)[0]

    assert first.place == b
    assert first.outline.count("M") == 2


# The screen


def upload(client, province, content, name="ban-do.geojson", attribution="Bộ Nội vụ"):
    return client.post(
        reverse("places:boundaries", args=[province.pk]),
        {"file": SimpleUploadedFile(name, content), "attribution": attribution, "source": "2025"},
    )


@pytest.mark.django_db
def test_a_map_is_looked_at_and_then_used(client, province, content, organiser):
    client.force_login(organiser)
    page = upload(client, province, content)
    assert len(page.context["preview"].drawn) == 3
    assert "<path d=" in page.content.decode()
    assert not MapSheet.objects.exists()

    url = reverse("places:boundaries", args=[province.pk])
    answer = client.post(url, {"packed": page.context["packed"]}, follow=True)

    assert len(answer.context["lines"]) == 3
    assert "Bộ Nội vụ" in answer.content.decode()

    client.post(reverse("places:remove_boundaries", args=[province.pk]))
    assert not MapSheet.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content", "attribution", "code"),
    [
        ("ban-do.kml", b"<kml/>", "Bộ", "invalid_extension"),
        ("ban-do.geojson", b"<kml/>", "Bộ", "not_json"),
        ("ban-do.geojson", b"", "Bộ", "empty"),
        ("ban-do.geojson", b"{}", "", "required"),
    ],
)
def test_the_screen_says_what_is_wrong(
    client, province, organiser, name, content, attribution, code
):
    client.force_login(organiser)

    answer = upload(client, province, content, name, attribution)

    assert answer.status_code == 422
    errors = [e for found in answer.context["form"].errors.as_data().values() for e in found]
    assert [error.code for error in errors] == [code]


def test_a_file_of_100_mb_is_refused_by_its_size():
    file = SimpleUploadedFile("ban-do.geojson", b"{}")
    file.size = 100 * 1024 * 1024

    form = BoundaryFileForm({"attribution": "Bộ"}, {"file": file})

    assert not form.is_valid()
    assert form.errors.as_data()["file"][0].code == "too_large"
    assert "20 MB" in form.errors["file"][0]


@pytest.mark.django_db
def test_only_who_answers_for_the_province_draws(client, province, commune, content):
    user = AssignmentFactory(place=commune, role=Role.COMMUNE_ORGANISER).user
    client.force_login(user)

    assert client.get(reverse("places:boundaries", args=[province.pk])).status_code == 404
    assert client.get(reverse("places:boundaries", args=[commune.pk])).status_code == 403
