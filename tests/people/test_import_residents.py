"""A list of residents comes in: previewed, judged line by line, loaded whole or not at all."""

import csv
import io
import struct
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from people.exports.residents import safe_cell
from people.imports import load, plan_import, refuse_bombs, store_file
from people.imports.residents import read_birth
from people.models import Resident, ResidentFile
from people.roles import Role
from tests.factories import AssignmentFactory, PlaceFactory, ResidentFactory

pytestmark = pytest.mark.django_db

UPLOAD = "/people/import/"
HEAD = "Họ và tên,Năm sinh,Giới tính,Thôn,Điện thoại\n"


# What is read


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("1955", (1955, False)),
        ("12/03/1955", (1955, False)),
        ("1955-03-12", (1955, False)),
        ("1955-03-12 00:00:00", (1955, False)),
        ("khoảng 1950", (1950, True)),
        ("1950?", (1950, True)),
        ("~1950", (1950, True)),
        ("", (None, False)),
    ],
)
def test_of_a_birth_only_the_year_is_kept(text, read):
    assert read_birth(text) == read


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("31/02/1955", "no_such_day"),
        ("00/01/1955", "no_such_day"),
        ("2999", "birth_year"),
        ("1/1/2999", "birth_year"),
        ("1850", "birth_year"),
        ("năm mươi", "birth_year"),
        ("19555", "birth_year"),
        ("-1955", "birth_year"),
        ("=1955", "birth_year"),
    ],
)
def test_a_birth_is_refused_when(text, code):
    with pytest.raises(ValidationError) as refusal:
        read_birth(text)

    assert refusal.value.code == code


def test_a_list_is_loaded_through_its_preview(commune, village, organiser):
    file = _file("Bùi Thi\u0323 Hoa,khoảng 1950,nữ,cao xa,912345678\n", commune, organiser)

    assert load(file, by=organiser, ticked=set()) == 1

    person = Resident.objects.get()
    assert person.full_name == "Bùi Thị Hoa"
    assert (person.birth_year, person.birth_year_is_about) == (1950, True)
    assert (person.sex, person.village, person.phone) == ("f", village, "+84912345678")
    assert person.source == Resident.Source.IMPORTED
    assert list(Resident.objects.search("hoa")) == [person]
    assert person.changes.count() == 1


def test_an_excel_file_reads_the_same(commune, village, organiser):
    book = Workbook()
    book.active.append(["DANH SÁCH HỌC VIÊN"])
    book.active.append([])
    book.active.append(["STT", "Họ tên", "Ngày sinh", "Thôn"])
    book.active.append([1, "Bùi Thị Hoa", 1950.0, "Thôn Cao Xá"])
    content = io.BytesIO()
    book.save(content)

    plan = plan_import(store_file("ds.xlsx", content.getvalue(), commune, by=organiser))

    assert [(row.line, row.full_name, row.birth_year) for row in plan.new] == [
        (4, "Bùi Thị Hoa", 1950)
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_whatever_a_spreadsheet_made_of_it(commune, village, organiser, separator, encoding):
    text = (HEAD + "Bùi Thị Hoa,1950,nữ,Cao Xá,\n").replace(",", separator)

    plan = plan_import(store_file("a.csv", text.encode(encoding), commune, by=organiser))

    assert [row.full_name for row in plan.new] == ["Bùi Thị Hoa"]


# What is wrong


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("A,1950,nữ,Cao Xá,", id="name"),
        pytest.param("=HYPERLINK(1),1950,nữ,Cao Xá,", id="formula"),
        pytest.param(",1950,nữ,Cao Xá,", id="no name"),
        pytest.param("Bùi Thị Hoa,31/02/1950,nữ,Cao Xá,", id="day"),
        pytest.param("Bùi Thị Hoa,2950,nữ,Cao Xá,", id="future"),
        pytest.param("Bùi Thị Hoa,1950,khác,Cao Xá,", id="sex"),
        pytest.param("Bùi Thị Hoa,1950,nữ,Nơi Khác,", id="village"),
        pytest.param("Bùi Thị Hoa,1950,nữ,,", id="no village"),
        pytest.param("Bùi Thị Hoa,1950,nữ,Cao Xá,12", id="telephone"),
    ],
)
def test_one_wrong_line_keeps_the_whole_list_outside(commune, village, organiser, line):
    file = _file(f"Trần Văn Tốt,1950,nam,Cao Xá,\n{line}\n", commune, organiser)

    assert [row.line for row in plan_import(file).wrong] == [3]
    with pytest.raises(ValidationError) as refusal:
        load(file, by=organiser, ticked=set())
    assert refusal.value.code == "wrong_lines"
    assert not Resident.objects.exists()


def test_two_villages_of_one_name_must_be_told_apart(commune, village, organiser):
    PlaceFactory(parent=commune, name="Cao Xá", designation="xom")
    file = _file(
        "Bùi Thị Hoa,1950,nữ,Cao Xá,\nBùi Thị Na,1950,nữ,xóm Cao Xá,\n", commune, organiser
    )

    plan = plan_import(file)

    assert [row.line for row in plan.wrong] == [2]
    assert [row.line for row in plan.new] == [3]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", b"", "empty"),
        ("a.csv", HEAD.encode(), "empty"),
        ("a.csv", "Tên gì đó,cột khác\nx,y\n".encode(), "missing_heading"),
        ("a.csv", "Họ tên,Năm sinh\nBùi Thị Hoa,1950\n".encode(), "missing_heading"),
        ("a.csv", (HEAD + "Hoa,1950,nữ,Cao Xá,001055123456\n").encode(), "citizen_number"),
        ("a.csv", (HEAD + "Hoa,1950,nữ,Cao Xá,,0010 5512 3456\n").encode(), "citizen_number"),
        ("a.csv", b"PK\x03\x04\x00\x00", "wrong_type"),
        ("a.csv", ("a," * 60 + "\n").encode() + b"x," * 60, "too_wide"),
        ("a.csv", HEAD.encode() + b"x,y\n" * 10_001, "too_many"),
        ("a.csv", HEAD.encode() + b'"' + b"x" * 140_000, "unreadable"),
        ("a.pdf", b"%PDF-1.7", "wrong_type"),
        ("a.exe", b"MZ", "wrong_type"),
        ("a.xlsx", b"not a zip", "not_xlsx"),
        ("a.xlsx", b"PK\x05\x06" + b"\x00" * 18, "not_xlsx"),
    ],
)
def test_a_file_is_refused_when(commune, village, organiser, name, content, code):
    with pytest.raises(ValidationError) as refusal:
        plan_import(store_file(name, content, commune, by=organiser))

    assert refusal.value.code == code


# Bombs


def test_a_small_file_that_would_grow_beyond_measure_is_refused():
    with pytest.raises(ValidationError) as refusal:
        refuse_bombs(_zip({"xl/worksheets/sheet1.xml": b"0" * (60 * 1024 * 1024)}))

    assert refusal.value.code == "bomb"


def test_a_directory_that_lies_about_the_size_is_found_out():
    content = bytearray(_zip({"xl/worksheets/sheet1.xml": b"0" * (60 * 1024 * 1024)}))
    # The size before packing stands 24 bytes into each entry of the directory at the end.
    at = content.rindex(b"PK\x01\x02")
    while at >= 0:
        content[at + 24 : at + 28] = struct.pack("<I", 100)
        at = content.rfind(b"PK\x01\x02", 0, at)

    with pytest.raises(ValidationError) as refusal:
        refuse_bombs(bytes(content))

    assert refusal.value.code in ("bomb", "not_xlsx")


def test_a_file_of_thousands_of_parts_is_refused():
    with pytest.raises(ValidationError) as refusal:
        refuse_bombs(_zip({f"xl/{number}.xml": b"" for number in range(300)}))

    assert refusal.value.code == "bomb"


def test_entities_that_grow_are_refused():
    with pytest.raises(ValidationError) as refusal:
        refuse_bombs(_zip({"xl/workbook.xml": b'<!DOCTYPE a [<!ENTITY b "c">]>'}))

    assert refusal.value.code == "bomb"


def test_one_cell_in_the_last_corner_costs_nothing(commune, village, organiser):
    book = Workbook()
    book.active.append(["Họ tên", "Năm sinh", "Thôn"])
    book.active.append(["Bùi Thị Hoa", 1950, "Cao Xá"])
    book.active["XFD1048576"] = "x"
    content = io.BytesIO()
    book.save(content)

    plan = plan_import(store_file("a.xlsx", content.getvalue(), commune, by=organiser))

    assert len(plan.rows) == 1


# Who is here already


def test_loading_the_same_list_again_loads_nobody(commune, village, organiser):
    lines = "Bùi Thị Hoa,1950,nữ,Cao Xá,\nTrần Văn An,,nam,Cao Xá,\n"
    load(_file(lines, commune, organiser), by=organiser, ticked=set())

    again = _file(lines, commune, organiser)

    assert len(plan_import(again).known) == 2
    assert load(again, by=organiser, ticked=set()) == 0
    assert Resident.objects.count() == 2


def test_pressing_the_button_twice_loads_once(commune, village, organiser):
    file = _file("Bùi Thị Hoa,1950,nữ,Cao Xá,\n", commune, organiser)

    assert load(file, by=organiser, ticked=set()) == load(file, by=organiser, ticked=set()) == 1
    assert Resident.objects.count() == 1


def test_a_likely_double_is_left_out_unless_ticked(commune, village, organiser):
    ResidentFactory(full_name="Bùi Thị Hoà", birth_year=1951, village=village)
    lines = "Bùi Thị Hoa,1950,nữ,Cao Xá,\n"

    assert load(_file(lines, commune, organiser), by=organiser, ticked=set()) == 0
    assert load(_file(lines, commune, organiser), by=organiser, ticked={2}) == 1


def test_twins_within_the_list_are_seen(commune, village, organiser):
    lines = "Bùi Thị Hoa,1950,nữ,Cao Xá,\n" * 2
    plan = plan_import(_file(lines, commune, organiser))

    assert [row.line for row in plan.new] == [2]
    assert [(row.line, row.twin_line) for row in plan.doubtful] == [(3, 2)]

    load(_file(lines, commune, organiser), by=organiser, ticked={3})
    assert len(plan_import(_file(lines, commune, organiser)).known) == 2


# Who may


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.COMMUNE_ORGANISER, 200), (Role.TEAM_LEADER, 403), (Role.INSTRUCTOR, 403)],
)
def test_who_may_import_and_export(client, commune, role, status):
    client.force_login(AssignmentFactory(place=commune, role=role).user)

    assert client.get(UPLOAD).status_code == status
    assert client.get("/people/export.csv").status_code == status
    assert client.get("/people/import/example.xlsx").status_code == status


def test_nobody_imports_into_another_commune(client, commune, village, stranger):
    PlaceFactory(kind="commune", parent=stranger.assignments.get().place)
    client.force_login(stranger)

    answer = _upload(client, HEAD + "Bùi Thị Hoa,1950,nữ,Cao Xá,\n", commune)

    assert answer.status_code == 422
    assert not ResidentFile.objects.exists()


def test_a_list_is_previewed_only_by_who_chose_it(client, commune, village, organiser, stranger):
    file = _file("Bùi Thị Hoa,1950,nữ,Cao Xá,\n", commune, organiser)
    client.force_login(stranger)

    url = reverse("people:import_preview", args=[file.uuid])

    assert client.get(url).status_code == 404
    assert client.post(url).status_code == 404
    assert not Resident.objects.exists()


# The screen


def test_from_the_file_to_the_people(client, commune, village, organiser):
    client.force_login(organiser)
    answer = _upload(client, HEAD + "Bùi Thị Hoa,1950,nữ,Cao Xá,\n", commune)
    assert "Bùi Thị Hoa" in client.get(answer.url).text
    assert not Resident.objects.exists()

    answer = client.post(answer.url, follow=True)

    assert "Bùi Thị Hoa" in answer.text
    assert bytes(ResidentFile.objects.get().content) == b""


def test_the_example_can_be_filled_in_and_read(client, commune, organiser):
    PlaceFactory(parent=commune, name="Cao Xá")
    PlaceFactory(parent=commune, name="3")
    client.force_login(organiser)
    example = client.get("/people/import/example.xlsx").content

    plan = plan_import(store_file("mau.xlsx", example, commune, by=organiser))

    assert [row.full_name for row in plan.new] == ["Nguyễn Thị Hoa", "Trần Văn Bình"]


def test_a_file_of_fifty_megabytes_is_refused_kindly(client, commune, organiser):
    client.force_login(organiser)

    answer = _upload(client, b"x" * (50 * 1024 * 1024), commune)

    assert answer.status_code == 422
    assert answer.context["form"].errors["file"].as_data()[0].code == "too_large"
    assert not ResidentFile.objects.exists()


# And out again


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_has_all_of_the_list_and_no_formula(client, commune, village, organiser, kind):
    ResidentFactory.create_batch(55, village=village)
    ResidentFactory(full_name="-Lan", village=village)
    ResidentFactory(village=PlaceFactory())
    client.force_login(organiser)

    answer = client.get(f"/people/export.{kind}")

    if kind == "csv":
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    else:
        sheet = load_workbook(io.BytesIO(answer.content)).active
        rows = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert len(rows) == 57
    assert "'-Lan" in [row[0] for row in rows]
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("text", ["=1+1", "+84", "-1", "@x", "\tx", "\rx"])
def test_what_looks_like_a_formula_is_text(text):
    assert safe_cell(text) == "'" + text


def test_an_unknown_kind_of_file_is_not_there(client, organiser):
    client.force_login(organiser)

    assert client.get("/people/export.exe").status_code == 404


@pytest.mark.parametrize("number", [1, 30])
def test_judging_a_list_costs_the_same_however_long(
    commune, village, organiser, number, django_assert_num_queries
):
    lines = "".join(f"Bùi Thị Hoa {'A' * at},1950,nữ,Cao Xá,\n" for at in range(1, number + 1))
    file = _file(lines, commune, organiser)

    with django_assert_num_queries(3):
        assert len(plan_import(file).new) == number


def _file(lines, commune, by):
    return store_file("ds.csv", (HEAD + lines).encode(), commune, by=by)


def _upload(client, content, commune):
    if isinstance(content, str):
        content = content.encode()
    return client.post(
        UPLOAD, {"commune": commune.pk, "file": SimpleUploadedFile("ds.csv", content)}
    )


def _zip(parts):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()
