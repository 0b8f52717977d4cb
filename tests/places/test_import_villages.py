"""Villages from an organiser's file: preview, mistakes by line, all or nothing."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from people.roles import Role
from places.imports import MAX_BYTES, MAX_ROWS, load_villages, preview_villages
from places.models import Place
from tests.factories import AssignmentFactory, PlaceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def province_organiser(province):
    return AssignmentFactory(place=province, role=Role.PROVINCE_ORGANISER).user


@pytest.fixture
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def codes(province, commune):
    """The commune has its official code, and a neighbour."""
    Place.objects.filter(pk=commune.pk).update(code="08494")
    commune.refresh_from_db()
    PlaceFactory(kind="commune", name="Phùng Nguyên", code="08515", parent=province)


def preview(text, place):
    content = text if isinstance(text, bytes) else text.encode()
    return preview_villages(content, place, Place.objects.below(place).communes().with_ancestors())


def found(result):
    return [(row.line, row.commune_code, row.full_name) for row in result.rows]


# The rule


def test_a_file_is_read_and_nothing_is_loaded_yet(province):
    result = preview("ma_xa,ten_thon\n08494,Thôn Cao Xá\n08515,Khu 3\n", province)

    assert result.errors == []
    assert found(result) == [(2, "08494", "thôn Cao Xá"), (3, "08515", "khu 3")]
    assert not Place.objects.villages().exists()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Mã xã;Tên thôn\n08494;Cao Xá", id="semicolons and accents in the heading"),
        pytest.param("ma_xa\tten_thon\n08494\tthôn Cao Xá", id="tabs"),
        pytest.param("\ufeffma_xa,ten_thon\r\n08494,Cao Xá\r\n", id="as Excel writes it"),
        pytest.param("ten_thon,ghi chú,ma_xa\nCao Xá,x,08494", id="other order and columns"),
        pytest.param("ma_xa,ten_thon\n\n8494,Cao Xá\n,\n", id="zeros lost, blank lines"),
        pytest.param("ma_xa,ten_thon\n'08494,  Cao   Xa\u0301 ", id="combining accents"),
        pytest.param('ma_xa,ten_thon\n"08494","Cao Xá"', id="quotation marks"),
        pytest.param("commune_code,designation,name\n08494,Thôn,Cao Xá", id="in English"),
    ],
)
def test_a_file_may_be_written_so(province, text):
    result = preview(text, province)

    assert result.errors == []
    assert [row.full_name for row in result.rows] == ["thôn Cao Xá"]


def test_a_commune_needs_no_codes(commune):
    result = preview("ten_thon\nThôn 1\nTổ dân phố 2", commune)

    assert found(result) == [(2, "08494", "thôn 1"), (3, "08494", "tổ dân phố 2")]


def test_positions_are_kept(commune, organiser):
    load_villages(preview("ten;vi do;kinh do\nCao Xá;21,2871;105.3012", commune), by=organiser)

    village = Place.objects.villages().get()
    assert (village.latitude, village.longitude) == (21.2871, 105.3012)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"", "is empty", id="empty"),
        pytest.param(b"ten_thon\n", "holds no villages", id="only a heading"),
        pytest.param(b"a,b\n1,2", "name the columns", id="wrong heading"),
        pytest.param("ten_thon\nCao Xá".encode("utf-16"), "UTF-16", id="UTF-16"),
        pytest.param("ten_thon\nTh\xf4n Cao X\xe1".encode("cp1258"), "1258", id="Windows-1258"),
        pytest.param(b"PK\x03\x04\x14\x00" + b"\x00" * 50, "Excel", id="XLSX"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1" + b"\x00" * 50, "Excel", id="XLS"),
        pytest.param(b"ten_thon\nCao\x00Xa", "not a CSV", id="binary"),
        pytest.param(b'ten_thon\n"Cao Xa\n', "Line 2", id="open quotation mark"),
        pytest.param(b"ten_thon\n" + b"x" * 200_000, "Line 2", id="endless cell"),
        pytest.param(b"x" * (MAX_BYTES + 1), "5 MB", id="too large"),
        pytest.param(b"ten_thon\n" + b"x\n" * (MAX_ROWS + 1), "Split it", id="too many lines"),
    ],
)
@pytest.mark.usefixtures("in_english")
def test_a_file_as_a_whole_is_refused(commune, content, words):
    result = preview(content, commune)

    assert [error.line for error in result.errors] == [0]
    assert words in result.errors[0].message
    assert result.rows == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        pytest.param("99999,Cao Xá", "no commune with the code 99999", id="unknown code"),
        pytest.param(",Cao Xá", "code is missing", id="no code"),
        pytest.param("08494,", "name is missing", id="no name"),
        pytest.param("08494, -", "name is missing", id="only a sign"),
        pytest.param("08494", "name is missing", id="a cell too few"),
        pytest.param(f"08494,{'x' * 121}", "more than 120", id="name too long"),
        pytest.param("08494,thon dong xuan", "already in", id="is there already"),
        pytest.param("08494,Thôn Một", "in line 2", id="twice in the file"),
        pytest.param("08494,X,tỉnh", 'not called "tỉnh"', id="unknown kind"),
        pytest.param("08494,X,thôn,đây,105", "not a position", id="no number"),
        pytest.param("08494,X,thôn,nan,105", "not a position", id="not a number"),
        pytest.param("08494,X,thôn,95,105", "no such position", id="beyond the pole"),
    ],
)
@pytest.mark.usefixtures("in_english")
def test_a_line_is_refused_by_its_number(province, commune, line, words):
    PlaceFactory(parent=commune, name="Đồng Xuân")

    result = preview(f"ma_xa,ten,loai,vi_do,kinh_do\n08494,thôn một\n{line}\n", province)

    assert [error.line for error in result.errors] == [3]
    assert words in result.errors[0].message
    assert found(result) == [(2, "08494", "thôn một")]


@pytest.mark.usefixtures("in_english")
def test_the_commune_of_another_area_is_refused(commune):
    result = preview("ma_xa,ten\n08515,Cao Xá", commune)

    assert "no commune with the code 08515 in your area" in result.errors[0].message


def test_a_file_full_of_mistakes_is_not_reported_without_end(commune):
    result = preview("ten\n" + "-\n" * 1000, commune)

    assert len(result.errors) == 101


def test_a_file_with_a_mistake_loads_nothing(commune, organiser):
    result = preview("ten\nThôn 1\n-\n", commune)

    with pytest.raises(ValidationError) as refusal:
        load_villages(result, by=organiser)

    assert refusal.value.error_list[0].code == "errors"
    assert not Place.objects.villages().exists()


def test_many_villages_are_loaded_with_sound_paths(province, commune, province_organiser):
    rows = [f"{code},Thôn {n}" for n in range(1, 101) for code in ("08494", "08515")]

    number = load_villages(
        preview("ma_xa,ten\n" + "\n".join(rows), province), by=province_organiser
    )

    assert number == 200
    assert Place.objects.children_of(commune).count() == 100
    assert Place.find_problems() == ([], [], [], [], [])
    commune.refresh_from_db()
    assert commune.numchild == 100


# The screen


def url(place):
    return reverse("places:import_villages", args=[place.pk])


def upload(client, place, text, name="thon.csv"):
    content = text if isinstance(text, bytes) else text.encode()
    return client.post(url(place), {"file": SimpleUploadedFile(name, content)})


def test_from_file_through_preview_to_villages(client, organiser, commune):
    client.force_login(organiser)

    page = upload(client, commune, "ten\nThôn 1\nThôn 2\n")
    assert page.status_code == 200
    assert "thôn 2" in page.text
    assert not Place.objects.villages().exists()

    answer = client.post(url(commune), {"rows": page.context["packed"]})
    assert answer.url == reverse("places:detail", args=[commune.pk])
    assert [v.full_name for v in Place.objects.villages()] == ["thôn 1", "thôn 2"]


def test_confirming_twice_adds_nothing_twice(client, organiser, commune):
    client.force_login(organiser)
    packed = upload(client, commune, "ten\nThôn 1\n").context["packed"]
    client.post(url(commune), {"rows": packed})

    answer = client.post(url(commune), {"rows": packed})

    assert answer.status_code == 422
    assert Place.objects.villages().count() == 1


def test_what_changed_since_the_preview_is_told_by_line(client, organiser, commune):
    client.force_login(organiser)
    packed = upload(client, commune, "ten\nThôn 1\nThôn 2\n").context["packed"]
    PlaceFactory(parent=commune, name="2")

    answer = client.post(url(commune), {"rows": packed})

    assert [error.line for error in answer.context["preview"].errors] == [3]
    assert Place.objects.villages().count() == 1


@pytest.mark.parametrize("packed", ["", "nonsense", "a:b:c", "\x00", "x" * 10_000])
def test_a_preview_that_was_tampered_with_is_refused(client, organiser, commune, packed):
    client.force_login(organiser)

    answer = client.post(url(commune), {"rows": packed})

    assert answer.status_code == 422
    assert not Place.objects.villages().exists()


def test_a_preview_belongs_to_one_person_and_one_place(
    client, organiser, commune, province, province_organiser
):
    client.force_login(organiser)
    packed = upload(client, commune, "ten\nThôn 1\n").context["packed"]

    assert client.post(url(province), {"rows": packed}).status_code == 404
    client.force_login(province_organiser)
    assert client.post(url(commune), {"rows": packed}).status_code == 422
    assert client.post(url(province), {"rows": packed}).status_code == 422
    assert not Place.objects.villages().exists()


def test_an_old_preview_is_refused(client, organiser, commune, time_machine):
    client.force_login(organiser)
    time_machine.move_to("2026-11-20 08:00:00+07:00")
    packed = upload(client, commune, "ten\nThôn 1\n").context["packed"]
    time_machine.move_to("2026-11-21 09:00:00+07:00")

    assert client.post(url(commune), {"rows": packed}).status_code == 422


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("thon.xlsx", b"PK\x03\x04"),
        ("thon.csv", b"PK\x03\x04"),
        ("thon.csv", b""),
        ("thon.exe", b"ten\nThon 1"),
        ("thon.csv", b"x" * (MAX_BYTES + 1)),
    ],
)
def test_a_wrong_file_is_refused_on_the_page(client, organiser, commune, name, content):
    client.force_login(organiser)

    answer = upload(client, commune, content, name)

    assert answer.status_code == 422
    assert 'name="rows"' not in answer.text


def test_no_file_at_all_is_refused_at_the_field(client, organiser, commune):
    client.force_login(organiser)

    answer = client.post(url(commune))

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["file"]


def test_mistakes_are_shown_as_text(client, organiser, commune):
    client.force_login(organiser)

    page = upload(client, commune, "ma_xa,ten\n<b>1</b>,<script>x</script>\n").text

    assert "<script>x" not in page
    assert "<b>1" not in page


# The cost


@pytest.mark.parametrize("number", [1, 300])
def test_loading_asks_no_more_for_many(commune, organiser, number, django_assert_max_num_queries):
    result = preview("ten\n" + "".join(f"Thôn {n}\n" for n in range(number)), commune)

    with django_assert_max_num_queries(20):
        load_villages(result, by=organiser)
