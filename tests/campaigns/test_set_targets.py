"""What each place is to reach: typed, split from above, or from an Excel file; never guessed."""

import datetime as dt
import io
import random
import time
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.formula import ArrayFormula

from campaigns.exports import targets_xlsx
from campaigns.imports import read_targets
from campaigns.imports.naming import PlaceNames
from campaigns.imports.workbook import read_sheets
from campaigns.models import Target, TargetChange
from campaigns.reports import indicators_of, propose, target_table
from campaigns.rules.reading import whole_number
from campaigns.rules.splitting import split
from campaigns.services import (
    TargetEntry,
    add_indicator,
    drop_target,
    refused_targets,
    save_targets,
    set_target,
)
from people.roles import Role
from places.models import LegacyName
from tests.factories import AssignmentFactory, PlaceFactory

TODAY = dt.date(2026, 11, 22)


@pytest.fixture
def communes(province, commune):
    """Lâm Thao, Tam Nông and Tân Thanh, with 1,000, 2,000 and 3,001 people."""
    places = [
        commune,
        PlaceFactory(kind="commune", name="Tam Nông", parent=province, code="08002"),
        PlaceFactory(kind="commune", name="Tân Thanh", parent=province, code="08003"),
    ]
    for place, population in zip(places, (1000, 2000, 3001), strict=True):
        place.population = population
        place.save()
    return places


# The rule


weights = st.lists(st.integers(0, 5_000_000), min_size=1, max_size=150).filter(any)


@given(total=st.integers(0, 10_000_000), weights=weights)
def test_a_split_loses_nothing_and_each_part_is_its_share_up_to_one(total, weights):
    parts = split(total, weights)

    assert sum(parts) == total
    together = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * together - total * weight) < together
        assert weight or not part


@given(data=st.data(), weights=st.lists(st.integers(1, 1000), min_size=1, max_size=40))
def test_a_split_respects_what_each_can_take(data, weights):
    at_most = [data.draw(st.one_of(st.none(), st.integers(0, 500))) for _ in weights]
    room = None if None in at_most else sum(at_most)
    total = data.draw(st.integers(0, 20_000 if room is None else room))

    parts = split(total, weights, at_most)

    assert sum(parts) == total
    assert all(m is None or part <= m for part, m in zip(parts, at_most, strict=True))


def test_what_does_not_fit_is_not_split():
    with pytest.raises(ValueError, match="nobody"):
        split(10, [1, 1], [4, 5])


def test_whoever_lost_most_by_rounding_gets_what_is_left():
    assert split(100, [1000, 2000, 3001]) == [17, 33, 50]
    assert split(7, [1, 1, 1]) == [3, 2, 2]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.200", 1200),
        ("1,200", 1200),
        (" 1 200\u00a0", 1200),
        ("1.200.000", 1_200_000),
        ("1200", 1200),
        ("'0045", 45),
        ("1.200,0", 1200),
        ("12.0", 12),
    ],
)
def test_a_number_is_read_as_people_write_it(text, number):
    assert whole_number(text) == number


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("70%", "percent"),
        ("70 %", "percent"),
        ("-3", "negative"),
        ("1,5", "not_whole"),
        ("1.2", "not_whole"),
        ("1.20.000", "not_a_number"),
        ("nhiều", "not_a_number"),
        ("1.200 người", "not_a_number"),
        ("", "not_a_number"),
        ("9" * 12, "too_large"),
    ],
)
def test_what_is_no_number_of_people_is_refused(text, code):
    with pytest.raises(ValidationError) as refusal:
        whole_number(text)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("entry", "field", "code"),
    [
        ({"goal": 0, "denominator": 10}, "goal", "goal_out_of_range"),
        ({"goal": 11, "denominator": 10}, "goal", "goal_out_of_range"),
        ({"goal": 10, "denominator": None}, "denominator", "required"),
        ({"goal": None, "denominator": 10}, "goal", "required"),
        ({"goal": 10, "denominator": 1001}, "denominator", "above_population"),
        ({"goal": 10, "denominator": 20, "source": " "}, "source", "required"),
        ({"goal": 10, "denominator": 20, "as_of": dt.date(2100, 1, 1)}, "as_of", "future"),
    ],
)
def test_a_target_that_cannot_be_is_refused_at_its_field(campaign, communes, entry, field, code):
    said = TargetEntry(communes[0], **({"source": "Kế hoạch 45"} | entry))

    refused = refused_targets(campaign, "reached", [said])

    assert refused[communes[0].pk][field].code == code


def test_evenings_may_be_more_than_people_and_need_no_total(campaign, communes, chief):
    set_target(campaign, communes[0], "visits", 5000, None, source="Kế hoạch", by=chief)

    assert Target.objects.get().denominator is None


def test_what_the_campaign_does_not_count_has_no_target(campaign, communes, chief):
    for indicator in ("o1", "o", "rubbish", "o99999999999"):
        with pytest.raises(ValidationError) as refusal:
            set_target(campaign, communes[0], indicator, 5, 10, source="Kế hoạch", by=chief)
        assert refusal.value.code == "indicator"
    add_indicator(campaign, "Định danh mức 2", "người", by=chief)

    set_target(campaign, communes[0], "o1", 5, 10, source="Kế hoạch", by=chief)

    assert Target.objects.get().indicator == "o1"


def test_many_targets_are_saved_together_or_not_at_all(campaign, communes, chief):
    good = TargetEntry(communes[0], 10, 20, source="Kế hoạch")

    with pytest.raises(ValidationError) as refusal:
        save_targets(campaign, "reached", [good, TargetEntry(communes[1], 30, 20)], by=chief)

    assert "xã Tam Nông" in refusal.value.messages[0]
    assert not Target.objects.exists()
    assert not TargetChange.objects.exists()


def test_every_change_leaves_a_line_and_saying_the_same_leaves_none(campaign, communes, chief):
    lam_thao = communes[0]
    for goal in (10, 10, 12):
        set_target(campaign, lam_thao, "reached", goal, 20, source="KH 45", by=chief, as_of=TODAY)
    drop_target(campaign, lam_thao, "reached", by=chief)
    drop_target(campaign, lam_thao, "reached", by=chief)

    lines = TargetChange.objects.order_by("pk").values_list("goal_before", "goal", "by")
    assert list(lines) == [(None, 10, chief.pk), (10, 12, chief.pk), (12, None, chief.pk)]


@pytest.mark.parametrize(
    ("way", "parts"),
    [("population", [17, 33, 50]), ("evenly", [34, 33, 33])],
)
def test_a_goal_is_split_so_that_the_sum_is_exact(campaign, province, communes, way, parts):
    proposal = propose(target_table(campaign, province, "reached"), 100, 600, way)

    goals = [proposal.parts[place.pk][0] for place in communes]
    assert goals == parts
    assert sum(proposal.parts[place.pk][1] for place in communes) == 600


def test_no_part_exceeds_the_people_who_live_there(campaign, province, communes):
    proposal = propose(target_table(campaign, province, "reached"), 5000, 6001, "evenly")

    assert [proposal.parts[p.pk][1] for p in communes] == [1000, 2000, 3001]
    assert all(goal <= total for goal, total in proposal.parts.values())
    assert propose(target_table(campaign, province, "reached"), 5000, 6002, "evenly").does_not_fit


def test_a_split_names_the_places_of_which_too_little_is_known(campaign, province, communes):
    communes[1].population = None
    communes[1].save()

    proposal = propose(target_table(campaign, province, "reached"), 100, None, "population")

    assert proposal.unknown == (communes[1],)
    assert not proposal.parts


def test_the_sum_stands_beside_the_whole_and_is_never_mended(campaign, province, communes, chief):
    for place, goal in zip([province, *communes], (100, 30, 30, 35), strict=True):
        set_target(campaign, place, "reached", goal, 900, source="KH", by=chief)

    table = target_table(campaign, province, "reached")

    assert (table.goals.below, table.goals.own, table.goals.difference) == (95, 100, -5)
    assert Target.objects.get(place=province).goal == 100


def test_a_unit_that_has_ended_keeps_its_line(campaign, province, communes, chief):
    old, new, _other = communes
    set_target(campaign, old, "reached", 10, 20, source="KH", by=chief)
    old.valid_to = timezone.localdate() - dt.timedelta(days=1)
    old.save()
    old.successors.add(new)

    rows = {row.place: row for row in target_table(campaign, province, "reached").below}

    assert rows[old].now == (new,)
    assert rows[old].goal == 10
    # Nothing more is split to it.
    proposal = propose(target_table(campaign, province, "reached"), 100, None, "evenly")
    assert old.pk not in proposal.parts


# The file


def filled(*rows, headings=("Mã", "Địa bàn", "Chỉ tiêu", "Trên tổng số", "Tính đến", "Nguồn")):
    """A file of somebody's own, its headings in line 1."""
    book = Workbook()
    book.active.append(headings)
    for row in rows:
        book.active.append(row)
    return book


def content_of(book):
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def plan_of(campaign, province, book, name="chi-tieu.xlsx"):
    content = book if isinstance(book, bytes) else content_of(book)
    table = target_table(campaign, province, "reached")
    return read_targets(name, content, table, indicators_of(campaign))


def test_what_is_taken_out_comes_back_the_same(campaign, province, communes, chief):
    for place, goal in zip([province, *communes[:2]], (600, 300, 300), strict=True):
        set_target(campaign, place, "reached", goal, 900, source="=KH 45", by=chief, as_of=TODAY)
    info = indicators_of(campaign)["reached"]
    content = targets_xlsx(target_table(campaign, province, "reached"), info)

    plan = plan_of(campaign, province, content)

    assert plan.problems == []
    assert len(plan.lines) == 4
    sheet = load_workbook(io.BytesIO(content)).active
    assert "'=KH 45" in [cell.value for row in sheet for cell in row]
    assert plan.changed == 0


def test_what_no_document_can_hold_keeps_nobody_from_the_file(campaign, province, communes, chief):
    set_target(campaign, communes[0], "reached", 5, 9, source="KH\uffff 45", by=chief)
    assert Target.objects.get().source == "KH 45"
    # Such a row may have been stored before anybody looked.
    Target.objects.update(source="KH\uffff\x0b 45")
    info = indicators_of(campaign)["reached"]

    content = targets_xlsx(target_table(campaign, province, "reached"), info)

    sheet = load_workbook(io.BytesIO(content)).active
    assert "KH 45" in [cell.value for row in sheet for cell in row]


@pytest.mark.parametrize(
    "name",
    [
        "xã Tam Nông",
        "Tam Nông",
        " tam   nông\u00a0",
        "TAM NONG",
        "Xã Tam Nông",
        "X. Tam Nông",
        "2. Xã Tam Nông",
        "phường Tam Nông",
        "thị trấn Hưng Hóa",
        "Hung Hoa",
    ],
)
def test_a_place_is_found_as_people_write_it(campaign, province, communes, name):
    LegacyName.objects.create(
        place=communes[1], level=LegacyName.Level.COMMUNE, designation="thị trấn", name="Hưng Hóa"
    )

    plan = plan_of(campaign, province, filled(("", name, "1.000", 2000, "01/09/2026", "KH")))

    assert plan.problems == []
    (line,) = plan.lines
    assert (line.place, line.goal, line.as_of) == (communes[1].pk, 1000, "2026-09-01")


GOOD = ("08002", "Tam Nông", 10, 20, dt.date(2026, 9, 1), "KH 45")


@pytest.mark.parametrize(
    ("row", "cell", "words"),
    [
        (("", "Tam Nôm", 10, 20, None, "KH"), "B2", "Có phải là xã Tam Nông"),
        (("", "Hà Nội", 10, 20, None, "KH"), "B2", "Không có địa bàn"),
        (("", "Tan Thanh", 10, 20, None, "KH"), "B2", "xã Tân Thanh hoặc xã Tân Thạnh"),
        (("99999", "Tam Nông", 10, 20, None, "KH"), "A2", "99999"),
        (("08003", "Tam Nông", 10, 20, None, "KH"), "A2", "xã Tân Thanh"),
        (("", "", 10, 20, None, "KH"), "B2", "thiếu tên"),
        (("", "Tam Nông", "70%", 20, None, "KH"), "C2", "phần trăm"),
        (("", "Tam Nông", "nhiều", 20, None, "KH"), "C2", "không phải là số"),
        (("", "Tam Nông", 1.2, 20, None, "KH"), "C2", "số nguyên"),
        (("", "Tam Nông", -5, 20, None, "KH"), "C2", "nhỏ hơn 0"),
        (("", "Tam Nông", 0, 20, None, "KH"), "C2", "ít nhất"),
        (("", "Tam Nông", dt.date(2026, 1, 1), 20, None, "KH"), "C2", "ngày"),
        (("", "Tam Nông", 30, 20, None, "KH"), "C2", "lớn hơn"),
        (("", "Tam Nông", 10, 2001, None, "KH"), "D2", "2.000"),
        (("", "Tam Nông", 10, None, None, "KH"), "D2", "bao nhiêu"),
        (("", "Tam Nông", 10, 20, "31/02/2026", "KH"), "E2", "31/02/2026"),
        (("", "Tam Nông", 10, 20, "tháng 9", "KH"), "E2", "tháng 9"),
        (("", "Tam Nông", 10, 20, None, ""), "F2", "lấy từ đâu"),
        (("", "Tam Nông", "#REF!", 20, None, "KH"), "C2", "#REF!"),
        (("", "Tam Nông", "=D2/2", 20, None, "KH"), "C2", "công thức"),
    ],
)
def test_each_problem_is_named_by_its_cell(campaign, province, communes, row, cell, words):
    PlaceFactory(kind="commune", name="Tân Thạnh", parent=province)

    plan = plan_of(campaign, province, filled(row))

    assert [problem.cell for problem in plan.problems] == [cell]
    assert words in plan.problems[0].message


def test_an_old_and_a_new_name_of_one_place_are_told_as_twice(campaign, province, communes):
    plan = plan_of(campaign, province, filled(GOOD, GOOD))

    assert [p.cell for p in plan.problems] == ["B3"]
    assert "B2" in plan.problems[0].message


def test_a_percentage_that_only_looks_like_a_number_is_refused(campaign, province, communes):
    book = filled(("", "Tam Nông", 0.7, 20, None, "KH"))
    book.active["C2"].number_format = "0%"

    (problem,) = plan_of(campaign, province, book).problems

    assert problem.cell == "C2"
    assert "70%" in problem.message


def test_merged_cells_hold_for_a_source_and_for_nothing_else(campaign, province, communes):
    book = filled(
        GOOD, ("", "Tân Thanh", 10, 20, None, None), ("", "Lâm Thao", None, 30, None, "K")
    )
    book.active.merge_cells("F2:F3")
    assert plan_of(campaign, province, filled(GOOD)).problems == []
    book.active.merge_cells("C3:C4")

    plan = plan_of(campaign, province, book)

    assert [p.cell for p in plan.problems] == ["C3:C4"]
    assert plan.lines[0].source == "KH 45"


def test_merged_sources_are_read_for_each_line(campaign, province, communes):
    book = filled(GOOD, ("", "Tân Thanh", 10, 20, None, None))
    book.active.merge_cells("F2:F3")

    plan = plan_of(campaign, province, book)

    assert plan.problems == []
    assert [line.source for line in plan.lines] == ["KH 45", "KH 45"]


def test_titles_empty_lines_and_sums_are_no_places(campaign, province, communes):
    book = Workbook()
    sheet = book.active
    sheet.append(["ỦY BAN NHÂN DÂN TỈNH"])
    sheet.merge_cells("A1:F1")
    sheet.append([])
    sheet.append(["STT", "Tên  xã ", "Dân số", "Chỉ tiêu (người)", "Trên tổng số", "Nguồn"])
    sheet.append([1, "Tam Nông", "2.000", "1.000", "1.500", "KH 45"])
    sheet.append([])
    sheet.append([2, "Lâm Thao", 1000, 500, 800, "KH 45"])
    sheet.append(["", "Tổng cộng", "=SUM(C4:C6)", "=SUM(D4:D6)", "", ""])

    plan = plan_of(campaign, province, book)

    assert plan.problems == []
    assert [(line.goal, line.population) for line in plan.lines] == [(1000, 2000), (500, 1000)]
    assert plan.goals_below == 1500


def _bomb():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", b"0" * (60 * 1024 * 1024))
    return file.getvalue()


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.xlsx", b"", "trống"),
        ("a.csv", b"xa,chi tieu\n", ".xlsx"),
        ("a.xlsx", b"hello", "đọc được"),
        ("a.xls", _OLE + b"\0" * 600, ".xls"),
        ("a.xlsx", _OLE + "EncryptedPackage".encode("utf-16-le"), "mật khẩu"),
        ("a.xlsx", b"PK\x03\x04" + b"\0" * 100, "đọc được"),
        ("a.xlsx", b"0" * (3 * 1024 * 1024 + 1), "3 MB"),
    ],
)
def test_another_kind_of_file_is_refused_in_words(
    campaign, province, communes, name, content, words
):
    (problem,) = plan_of(campaign, province, content, name).problems

    assert problem.cell == ""
    assert words in problem.message


def test_a_file_that_would_grow_beyond_measure_is_refused(campaign, province, communes):
    (problem,) = plan_of(campaign, province, _bomb()).problems

    assert "bảng chỉ tiêu" in problem.message


def _written_by_hand(book, *changes):
    """The file with other words in its sheet than Excel would write; large enough to be trusted."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content_of(book))) as read,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in read.namelist():
            content = read.read(name)
            for old, new in changes:
                content = content.replace(old, new)
            archive.writestr(name, content)
        archive.writestr("xl/media/noise.bin", random.Random(1).randbytes(400_000))
    return out.getvalue()


def test_merged_cells_without_an_end_are_not_searched_for_ever(campaign, province, communes):
    endless = b"<!--" + b"<mergeCell " * 20_000 + b"--></worksheet>"
    content = _written_by_hand(filled(GOOD), (b"</worksheet>", endless))
    began = time.process_time()

    plan = plan_of(campaign, province, content)

    # It was quadratic: many times as long.
    assert time.process_time() - began < 4
    assert [line.goal for line in plan.lines] == [10]


def test_endless_names_are_cut_before_they_are_compared(campaign, province, communes):
    content = _written_by_hand(
        filled(*[("", f"LONG{n}", 10, 20, dt.date(2026, 9, 1), "KH 45") for n in range(10)]),
        (b"LONG", ("ắ b" * 100_000).encode()),
    )
    began = time.process_time()

    plan = plan_of(campaign, province, content)

    assert time.process_time() - began < 4
    assert len(plan.problems) == 10
    (sheet,) = read_sheets("a.xlsx", content)
    assert {len(line[0].text()) for line in sheet.lines[1:]} == {300}


def test_a_file_of_mistakes_is_not_read_to_its_end(campaign, province, communes, monkeypatch):
    asked, find = [], PlaceNames.find
    monkeypatch.setattr(
        PlaceNames, "find", lambda names, text: asked.append(text) or find(names, text)
    )

    plan = plan_of(campaign, province, filled(*[("", f"Ở đâu {n}", 10) for n in range(1000)]))

    assert len(plan.problems) == 101
    assert plan.problems[-1].cell == ""
    assert len(asked) < 150


def test_a_damaged_file_is_refused(campaign, province, communes):
    content = bytearray(content_of(filled(GOOD)))
    content[len(content) // 2 :] = b"\0" * (len(content) - len(content) // 2)

    (problem,) = plan_of(campaign, province, bytes(content)).problems

    assert "đọc được" in problem.message


def test_the_wrong_sheet_and_two_right_ones_are_told(campaign, province, communes):
    wrong = filled(headings=("Họ tên", "Năm sinh"))
    wrong.active.title = "Danh sách"
    assert "Danh sách" in plan_of(campaign, province, wrong).problems[0].message

    twice = filled(GOOD)
    twice.copy_worksheet(twice.active).title = "Bản sao"
    assert "Bản sao" in plan_of(campaign, province, twice).problems[0].message

    twice["Bản sao"].sheet_state = "hidden"
    assert plan_of(campaign, province, twice).problems == []


def test_a_table_of_something_else_is_refused(campaign, province, communes):
    table = target_table(campaign, province, "completed")
    content = targets_xlsx(table, indicators_of(campaign)["completed"])

    (problem,) = plan_of(campaign, province, content).problems

    assert "hoàn thành" in problem.message


def test_formulas_count_with_what_excel_has_computed(campaign, province, communes):
    book = filled(GOOD)
    book.active["C2"] = ArrayFormula("C2", "=D2/2")

    (problem,) = plan_of(campaign, province, book).problems

    assert problem.cell == "C2"


# Who may: see tests/architecture/doors.py; and


def test_an_organiser_sets_nothing_for_the_neighbours(client, campaign, communes, organiser):
    client.force_login(organiser)
    url = reverse("campaigns:targets", args=[campaign.pk])

    assert client.post(f"{url}?place={communes[1].pk}", {}).status_code == 404


# The screen


@pytest.fixture
def at_the_table(client, campaign, province, communes, chief):
    client.force_login(chief)
    return lambda name="targets": (
        f"{reverse(f'campaigns:{name}', args=[campaign.pk])}?place={province.pk}&indicator=reached"
    )


@pytest.mark.parametrize(
    ("own", "goals", "words"),
    [
        (100, (30, 30, 40), "đúng bằng chỉ tiêu"),
        (100, (30, 30, 35), "ít hơn chỉ tiêu"),
        (100, (30, 30, 45), "nhiều hơn chỉ tiêu"),
        (None, (30, 30, 45), "chưa có chỉ tiêu riêng"),
    ],
)
def test_the_difference_is_said_in_words(
    client, campaign, province, communes, chief, at_the_table, own, goals, words
):
    for place, goal in zip([province, *communes], (own, *goals), strict=True):
        if goal:
            set_target(campaign, place, "reached", goal, 900, source="KH", by=chief)

    assert words in client.get(at_the_table()).text


def test_a_split_is_looked_at_changed_by_hand_and_saved(
    client, campaign, province, communes, at_the_table
):
    page = client.get(at_the_table() + "&total=1.000&total_of=6000&by=population")
    assert not Target.objects.exists()
    rows = {row.place: form for row, form in page.context["rows"]}
    values = {"source": "Kế hoạch 45", "how": "split"}
    for place, form in rows.items():
        for name in ("goal", "denominator"):
            values[f"p{place.pk}-{name}"] = number_format(form.initial[name], force_grouping=True)

    client.post(at_the_table(), values)

    saved = dict(Target.objects.values_list("place", "goal"))
    assert saved[province.pk] == sum(saved[place.pk] for place in communes) == 1000
    assert set(TargetChange.objects.values_list("how", flat=True)) == {"split"}


def test_a_split_that_cannot_be_says_why(client, communes, at_the_table):
    communes[1].population = None
    communes[1].save()

    page = client.get(at_the_table() + "&total=1000&total_of=&by=population").text
    assert "xã Tam Nông" in page[page.index("Chưa biết đủ") :][:200]
    page = client.get(at_the_table() + "&total=1000&total_of=900&by=evenly").text
    assert "Chỉ tiêu lớn hơn tổng số." in page


def test_a_file_is_looked_at_and_then_saved(client, campaign, communes, at_the_table):
    file = SimpleUploadedFile("ct.xlsx", content_of(filled(GOOD)))

    page = client.post(at_the_table("import_targets"), {"file": file})

    assert page.status_code == 200
    assert "xã Tam Nông" in page.text
    assert not Target.objects.exists()
    client.post(at_the_table("import_targets"), {"rows": page.context["packed"]})
    assert Target.objects.get().goal == 10
    assert TargetChange.objects.get().how == "imported"


def test_a_file_brings_the_population_along(client, campaign, communes, at_the_table):
    headings = ("Địa bàn", "Dân số", "Dân số tính đến", "Chỉ tiêu", "Trên tổng số", "Nguồn")
    book = filled(("Tam Nông", "2.500", "01/10/2026", 10, 2400, "KH"), headings=headings)
    page = client.post(
        at_the_table("import_targets"), {"file": SimpleUploadedFile("a.xlsx", content_of(book))}
    )

    client.post(at_the_table("import_targets"), {"rows": page.context["packed"]})

    communes[1].refresh_from_db()
    assert (communes[1].population, communes[1].population_as_of) == (2500, dt.date(2026, 10, 1))


def test_a_bad_file_saves_nothing_and_names_the_cell(client, communes, at_the_table):
    bad = filled(GOOD, ("", "Ở đâu đó", "70%", 20, None, "KH"))
    file = SimpleUploadedFile("ct.xlsx", content_of(bad))

    page = client.post(at_the_table("import_targets"), {"file": file})

    assert page.status_code == 422
    assert "ô B3" in page.text
    assert not page.context["packed"]
    assert not Target.objects.exists()


@pytest.mark.parametrize("how", ["cut", "another place", "another person"])
def test_a_preview_is_good_only_for_whom_and_what_it_was_made(
    client, campaign, commune, communes, at_the_table, how
):
    file = SimpleUploadedFile("ct.xlsx", content_of(filled(GOOD)))
    packed = client.post(at_the_table("import_targets"), {"file": file}).context["packed"]
    url = at_the_table("import_targets")
    if how == "cut":
        packed = packed[:-3]
    elif how == "another place":
        url = url.replace("place=", f"place={commune.pk}&was=")
    else:
        other = AssignmentFactory(place=campaign.place, role=Role.PROVINCE_ORGANISER)
        client.force_login(other.user)

    answer = client.post(url, {"rows": packed})

    assert answer.status_code == 422
    assert not Target.objects.exists()


def test_the_world_of_now_judges_a_preview_again(client, communes, at_the_table):
    file = SimpleUploadedFile("ct.xlsx", content_of(filled(GOOD)))
    packed = client.post(at_the_table("import_targets"), {"file": file}).context["packed"]
    communes[1].population = 15
    communes[1].save()

    answer = client.post(at_the_table("import_targets"), {"rows": packed})

    assert "ô D2" in answer.text
    assert not Target.objects.exists()


def test_the_history_shows_what_stood_there_before(client, campaign, communes, chief, at_the_table):
    for goal in (110, 120):
        set_target(campaign, communes[1], "reached", goal, 900, source="KH", by=chief)

    page = client.get(at_the_table("target_history")).text

    assert "<del>110</del> 120" in page
    assert chief.full_name in page


# What it costs


@pytest.mark.parametrize("many", [1, 4])
def test_the_table_costs_the_same_however_many_places(
    client, campaign, province, chief, many, django_assert_max_num_queries
):
    for number in range(many):
        place = PlaceFactory(kind="commune", name=f"Xã {number}", parent=province)
        set_target(campaign, place, "reached", 10, 20, source="KH", by=chief)
    client.force_login(chief)
    url = reverse("campaigns:targets", args=[campaign.pk]) + "?indicator=reached"
    client.get(url)

    with django_assert_max_num_queries(12):
        client.get(url)
