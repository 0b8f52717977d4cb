"""The paper of a report: PDF and DOCX say what was frozen, in the layout of the decree."""

import io

import pytest
from docx import Document

from campaigns.exports.report_docx import report_docx
from campaigns.models import Journal, Report
from campaigns.pdf import report_pdf
from campaigns.reports.reporting import (
    Unit,
    label_of,
    period_of,
    periods_of,
    rows_now,
    unit_of,
    whole_of,
)
from campaigns.services import reporting
from tests.campaigns.reported import after, brought_to, target, two_weeks_of_class
from tests.certificates.papers import tool, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(campaign, commune, village, team, leader, organiser, chief):
    """The second week of a commune, accepted; its own count of evenings differs."""
    two_weeks_of_class(campaign, village, team)
    target(campaign, village)
    target(campaign, commune, goal=1200)
    week = periods_of(campaign)[1]
    found = brought_to(
        "draft", campaign, Unit(commune), week, writer=leader, head=organiser, above=chief
    )
    with after(week):
        reporting.write_report(
            found,
            by=leader,
            narrative="Mở lớp ở nhà văn hóa.\nThăm 12 hộ tại thôn Cao Xá.",
            difficulties="Điện yếu, mất sóng.",
            number="12/BC-UBND",
            declared={"visits": 1234},
            explanations={"visits": "Tính cả lớp ngoài sổ"},
        )
        reporting.submit_report(found, by=leader)
        reporting.approve_report(found, by=organiser)
    return Report.objects.select_related("campaign__place", "team", "place").get(pk=found.pk)


def test_the_pdf_has_every_part_that_the_decree_asks_for(report):
    words = words_of(report_pdf(report))

    sent = report.sent_at.date()
    for part in (
        "ỦY BAN NHÂN DÂN",
        "XÃ LÂM THAO",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Số: 12/BC-UBND",
        f"Lâm Thao, ngày {sent.day:02} tháng",
        "BÁO CÁO",
        "Căn cứ Kế hoạch 45/KH-UBND;",
        "Thăm 12 hộ tại thôn Cao Xá.",
        "Điện yếu, mất sóng.",
        "Nơi nhận:",
        "- Ủy ban nhân dân tỉnh Phú Thọ;",
        "TM. ỦY BAN NHÂN DÂN",
        "CHỦ TỊCH",
        "Phụ lục I",
        "thôn Cao Xá",
    ):
        assert part in words, part
    assert "DỰ THẢO" not in words


def test_the_pdf_is_a4_tagged_with_its_own_letters_and_numbers_pages_from_the_second(report):
    pdf = report_pdf(report)
    info = tool("pdfinfo", "-", pdf=pdf)
    pages = tool("pdftotext", "-layout", "-", "-", pdf=pdf).split("\f")[:-1]
    fonts = tool("pdffonts", "-", pdf=pdf)

    assert "A4" in info
    assert "Tagged:          yes" in info
    assert "Tram-Ngay-Paper" in fonts.replace(" ", "-") or "TramNgayPaper" in fonts
    assert len(pages) > 1
    assert pages[0].strip().splitlines()[0].strip() != "1"
    assert pages[1].strip().splitlines()[0].strip() == "2"


def test_pdf_and_docx_say_the_frozen_figures(report):
    pdf = words_of(report_pdf(report))
    document = Document(io.BytesIO(report_docx(report)))
    (table,) = [t for t in document.tables if t.cell(0, 1).text == "Chỉ số"]
    cells = {row.cells[1].text: [cell.text for cell in row.cells[2:]] for row in table.rows[1:]}

    assert len(cells) == len(report.figures["rows"])
    for row in report.figures["rows"]:
        label = label_of(row)
        label = label[0].upper() + label[1:]
        own = "1.234" if row["key"] == "visits" else "–"
        goal = "1.200" if row["key"] == "reached" else "–"
        share = str(row["share"]) if row["goal"] else "–"
        line = [str(row["period"]), own, str(row["total"]), goal, share]
        assert cells[label] == line
        assert f"{label} {' '.join(line)}" in pdf
    assert "Tính cả lớp ngoài sổ" in pdf
    rows = {row["key"]: row for row in report.figures["rows"]}
    assert (rows["visits"]["period"], rows["visits"]["total"]) == (2, 4)


def rows_now_of(report):
    return rows_now(report.campaign, unit_of(report), period_of(report))


def test_what_is_counted_later_does_not_reach_the_paper(report):
    before = words_of(report_pdf(report))
    Journal.objects.all().delete()
    assert {row["key"]: row["period"] for row in rows_now_of(report)}["visits"] == 0

    assert words_of(report_pdf(report)) == before


@pytest.mark.parametrize("of", ["commune", "team"])
def test_what_is_called_otherwise_later_does_not_reach_the_paper_of_an_accepted_report(
    campaign, province, commune, village, team, leader, organiser, chief, of
):
    two_weeks_of_class(campaign, village, team)
    goal = target(campaign, commune)
    team.memberships.create(name="Phạm Thị Nguyệt", leads=True)
    unit = Unit(village, team) if of == "team" else Unit(commune)
    week = periods_of(campaign)[0]
    above = organiser if of == "team" else chief
    report = brought_to(
        "accepted", campaign, unit, week, writer=leader, head=organiser, above=above
    )
    before = words_of(report_pdf(report))
    assert ("Phạm Thị Nguyệt" if of == "team" else "Kế hoạch 45/KH-UBND") in before

    goal.source = "Kế hoạch 99/KH-UBND"
    goal.save()
    target(campaign, province).save()
    team.memberships.update(name="Đỗ Văn Thay")
    for thing in (campaign, province, commune, village, team):
        type(thing).objects.filter(pk=thing.pk).update(name=f"Tên Mới {thing.pk}")
    type(campaign).objects.update(report_every="month")
    again = Report.objects.select_related("campaign__place", "team", "place").get(pk=report.pk)

    assert words_of(report_pdf(again)) == before
    again.state = Report.State.RETURNED
    assert f"Tên Mới {campaign.pk}" in words_of(report_pdf(again))


def test_a_report_handed_in_before_its_words_were_frozen_still_has_a_paper(report):
    before = words_of(report_pdf(report))
    del report.figures["paper"]

    assert words_of(report_pdf(report)) == before


def test_what_no_document_can_hold_keeps_nobody_from_the_paper(report, campaign):
    # Such rows may have been stored before anybody looked.
    Report.objects.filter(pk=report.pk).update(narrative="Mở\uffff lớp.", number="1\ufffe2")
    type(campaign).objects.filter(pk=campaign.pk).update(name="100\uffff ngày")
    report = Report.objects.select_related("campaign__place", "team", "place").get(pk=report.pk)

    document = Document(io.BytesIO(report_docx(report)))

    assert "Mở lớp." in [paragraph.text for paragraph in document.paragraphs]
    assert "Mở lớp" in words_of(report_pdf(report))


def test_the_docx_can_be_edited_headings_tables_and_named_letters(report):
    document = Document(io.BytesIO(report_docx(report)))
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    page = document.sections[0]

    assert document.styles["Normal"].font.name == "Times New Roman"
    assert [round(x.mm) for x in (page.page_width, page.page_height)] == [210, 297]
    assert [round(x.mm) for x in (page.top_margin, page.left_margin)] == [20, 30]
    assert headings[:3] == [
        "I. KẾT QUẢ THỰC HIỆN",
        "II. KHÓ KHĂN, VƯỚNG MẮC",
        "III. KIẾN NGHỊ, ĐỀ XUẤT",
    ]
    text = "\n".join(p.text for p in document.paragraphs)
    assert "\nMở lớp ở nhà văn hóa.\nThăm 12 hộ tại thôn Cao Xá.\n" in text
    assert "Phụ lục I" in headings


def test_a_draft_says_so_and_shows_what_is_counted_now(campaign, commune, village, team, leader):
    two_weeks_of_class(campaign, village, team)
    week = periods_of(campaign)[0]
    with after(week):
        draft = reporting.begin_report(campaign, Unit(commune), week, by=leader)

    words = words_of(report_pdf(draft))
    assert "DỰ THẢO" in words
    assert "……/BC-UBND" in words
    assert "ngày …… tháng …… năm ……" in words


def test_a_teams_paper_is_signed_by_its_head(campaign, commune, village, team, leader):
    two_weeks_of_class(campaign, village, team)
    team.memberships.create(name="Phạm Thị Nguyệt", leads=True)
    week = periods_of(campaign)[0]
    with after(week):
        draft = reporting.begin_report(campaign, Unit(village, team), week, by=leader)

    words = words_of(report_pdf(draft))
    assert team.name.upper() in words
    assert "ỦY BAN NHÂN DÂN XÃ LÂM THAO" in words
    assert "TỔ TRƯỞNG Phạm Thị Nguyệt" in words


def test_the_closing_report_says_what_remains_and_who_reported_in_time(
    campaign, commune, village, team, leader, organiser, chief
):
    two_weeks_of_class(campaign, village, team)
    target(campaign, commune, goal=50)
    target(campaign, village, goal=50)
    whole = whole_of(campaign)
    report = brought_to(
        "submitted", campaign, Unit(commune), whole, writer=leader, head=organiser, above=chief
    )

    words = words_of(report_pdf(report))
    assert "VIỆC CÒN LẠI" in words
    assert "3 trên 50; còn 47" in words
    # The team was to report fourteen times so far, and never did; the fifteenth is not yet due.
    assert f"1 {team.name} 0 0 14 0" in words


def test_markup_in_what_people_wrote_is_only_text(campaign, commune, village, team, leader):
    two_weeks_of_class(campaign, village, team)
    week = periods_of(campaign)[0]
    evil = '<img src="file:///etc/passwd"> & <b>đậm</b>'
    with after(week):
        draft = reporting.begin_report(campaign, Unit(commune), week, by=leader)
        draft = reporting.write_report(draft, by=leader, narrative=evil)

    assert evil in words_of(report_pdf(draft))
    document = Document(io.BytesIO(report_docx(draft)))
    assert evil in [p.text for p in document.paragraphs]
