"""A report for those who must edit it: the same content and layout as the PDF, in Word's words.

The letters are named, not embedded: Times New Roman, which the decree asks for.
"""

import io

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as Align
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from campaigns.exports.report_paper import (
    MOTTO,
    NATION,
    Appendix,
    PaperTable,
    ReportPaper,
    Section,
    in_vietnamese,
    paper_of,
    shown,
)
from campaigns.models import Report
from places.rules import writable

FONT = "Times New Roman"
# Of the text between the margins of an upright page.
WIDTH = 165


@in_vietnamese
def report_docx(report: Report, *, names_teams: bool = True) -> bytes:
    """Return the report as an editable document: real headings, real tables."""
    paper = paper_of(report, names_teams=names_teams)
    document = Document()
    _dress(document, paper)
    _head(document, paper)
    _body(document, paper)
    _foot(document, paper)
    for appendix in paper.appendices:
        _appendix(document, appendix, paper.attached_to)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _dress(document, paper: ReportPaper) -> None:
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    _margins(page, top=20, right=15, bottom=20, left=30)
    page.different_first_page_header_footer = True
    _page_number(page.header.paragraphs[0])
    normal = document.styles["Normal"]
    _letters(normal, 13)
    normal.paragraph_format.space_after = Pt(0)
    for name, size in (("Title", 14), ("Heading 1", 13.5), ("Heading 2", 13)):
        style = document.styles[name]
        _letters(style, size)
        style.font.bold, style.font.italic = True, False
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.paragraph_format.space_before = Pt(8)
        style.paragraph_format.space_after = Pt(3)
        style.paragraph_format.keep_with_next = True
    borders = document.styles["Title"].element.find(".//" + qn("w:pBdr"))
    if borders is not None:
        borders.getparent().remove(borders)
    document.core_properties.title = writable(f"{paper.title}: {paper.subject}")[:255]
    document.core_properties.language = "vi-VN"
    document.core_properties.author = writable(" ".join(paper.organ))[:255]


def _head(document, paper: ReportPaper) -> None:
    table = _bare_table(document, 2, (WIDTH * 0.41, WIDTH * 0.59))
    left, right = table.cell(0, 0), table.cell(0, 1)
    lines = [(paper.organ_above, False)] if paper.organ_above else []
    _lines(left, [*lines, *((line, True) for line in paper.organ)], 12)
    _ruled(left.paragraphs[-1])
    _lines(right, [(NATION.upper(), True)], 12)
    motto = right.add_paragraph()
    motto.alignment = Align.CENTER
    _run(motto, MOTTO, 13, bold=True)
    _ruled(motto)
    _lines(table.cell(1, 0), [(paper.number, False)], 13)
    day = table.cell(1, 1).paragraphs[0]
    day.alignment = Align.CENTER
    _run(day, paper.place_and_day, 13, italic=True)
    for cell in table.rows[1].cells:
        cell.paragraphs[0].paragraph_format.space_before = Pt(6)
    if paper.is_draft:
        _run(_centred(document, before=8), _("DRAFT, not approved"), 11, bold=True)


def _body(document, paper: ReportPaper) -> None:
    title = document.add_paragraph(paper.title, style="Title")
    title.alignment = Align.CENTER
    title.paragraph_format.space_before = Pt(16)
    _run(_centred(document), paper.subject, 14, bold=True)
    _ruled(document.paragraphs[-1])
    for base in paper.bases:
        _run(_justified(document), base, italic=True)
    _run(_justified(document), paper.opening)
    for section in paper.sections:
        _section(document, section)
    _run(_justified(document), paper.closing)


def _section(document, section: Section) -> None:
    heading = document.add_heading(writable(section.heading), level=1)
    heading.paragraph_format.first_line_indent = Mm(12.7)
    for line in section.paragraphs:
        _run(_justified(document), line)
    if section.table:
        _table(document, section.table, WIDTH)
    for note in section.notes:
        _run(document.add_paragraph(), note, 12)
    if section.curves:
        _table(document, _curve_table(section.curves), WIDTH)


def _curve_table(curves) -> PaperTable:
    """Return the drawing's figures week by week: a table can be edited, and drawn in Word."""
    last = max(len(values) for _label, values in curves.values()) - 1
    days = sorted({*range(7, last + 1, 7), last})
    return PaperTable(
        _("Sums by day of the campaign"),
        [pgettext("report", "Day"), *(label for label, _values in curves.values())],
        [[str(day), *(values[day] for _label, values in curves.values())] for day in days],
    )


def _foot(document, paper: ReportPaper) -> None:
    document.add_paragraph()
    table = _bare_table(document, 1, (WIDTH / 2, WIDTH / 2))
    left, right = table.cell(0, 0), table.cell(0, 1)
    _run(left.paragraphs[0], _("Recipients:"), 12, bold=True, italic=True)
    for line in paper.recipients:
        _run(left.add_paragraph(), line, 11)
    _lines(right, [(line, True) for line in paper.signer], 13.5)
    for _number in range(4):
        right.add_paragraph()
    _lines(right, [(paper.signer_name, True)], 13.5, fresh=True)


def _appendix(document, appendix: Appendix, attached_to: str) -> None:
    is_wide = appendix.tables[0].is_wide
    page = document.add_section()
    page.different_first_page_header_footer = False
    if is_wide:
        page.orientation, page.page_width, page.page_height = WD_ORIENT.LANDSCAPE, Mm(297), Mm(210)
        _margins(page, top=20, right=20, bottom=20, left=20)
    else:
        page.orientation, page.page_width, page.page_height = WD_ORIENT.PORTRAIT, Mm(210), Mm(297)
        _margins(page, top=20, right=15, bottom=20, left=30)
    words = _("Appendix %(number)s") % {"number": appendix.number}
    heading = document.add_heading(words, level=1)
    heading.alignment = Align.CENTER
    _run(_centred(document), appendix.title, 14, bold=True)
    _run(_centred(document), attached_to, italic=True)
    for table in appendix.tables:
        _table(document, table, 257 if is_wide else WIDTH)


def _table(document, table: PaperTable, width: float) -> None:
    if table.heading:
        document.add_heading(writable(table.heading), level=2)
    made = document.add_table(rows=1, cols=len(table.columns), style="Table Grid")
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    size = 9.5 if table.is_wide else 11
    for cell, words in zip(made.rows[0].cells, table.columns, strict=True):
        cell.paragraphs[0].alignment = Align.CENTER
        _run(cell.paragraphs[0], words, size, bold=True)
    _repeated(made.rows[0])
    for row in table.rows:
        cells = made.add_row().cells
        for number, (cell, value) in enumerate(zip(cells, row, strict=True)):
            paragraph = cell.paragraphs[0]
            if number == 0:
                paragraph.alignment = Align.CENTER
            elif isinstance(value, int):
                paragraph.alignment = Align.RIGHT
            _run(paragraph, shown(value), size)
    _widths(made, table, width)


def _widths(made, table: PaperTable, width: float) -> None:
    """Give the number little, the name much, and the figures the rest in equal parts."""
    numbered = len(table.columns) > 2 and bool(table.rows) and isinstance(table.rows[0][0], int)
    first = [10, 42] if numbered else [20]
    rest = (width - sum(first)) / (len(table.columns) - len(first))
    made.autofit = False
    for column, wide in zip(
        made.columns, [*first, *[rest] * (len(table.columns) - len(first))], strict=True
    ):
        for cell in column.cells:
            cell.width = Mm(wide)


def _bare_table(document, rows: int, widths):
    table = document.add_table(rows=rows, cols=len(widths))
    table.autofit = False
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
    return table


def _lines(cell, lines, size: float, *, fresh: bool = False) -> None:
    """Write centred lines into a cell; its first paragraph is there already."""
    for number, (words, is_bold) in enumerate(lines):
        paragraph = cell.paragraphs[0] if number == 0 and not fresh else cell.add_paragraph()
        paragraph.alignment = Align.CENTER
        _run(paragraph, words, size, bold=is_bold)


def _centred(document, before: float = 0):
    paragraph = document.add_paragraph()
    paragraph.alignment = Align.CENTER
    paragraph.paragraph_format.space_before = Pt(before)
    return paragraph


def _justified(document):
    paragraph = document.add_paragraph()
    paragraph.alignment = Align.JUSTIFY
    paragraph.paragraph_format.first_line_indent = Mm(12.7)
    paragraph.paragraph_format.space_before = Pt(6)
    return paragraph


def _run(paragraph, words: str, size: float = 13, *, bold: bool = False, italic: bool = False):
    run = paragraph.add_run(writable(words))
    run.bold, run.italic, run.font.size = bold, italic, Pt(size)
    return run


def _letters(style, size: float) -> None:
    style.font.name, style.font.size = FONT, Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for which in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(which), FONT)
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(theme), None)


def _margins(page, *, top, right, bottom, left) -> None:
    page.top_margin, page.right_margin = Mm(top), Mm(right)
    page.bottom_margin, page.left_margin = Mm(bottom), Mm(left)
    page.header_distance = Mm(10)


def _ruled(paragraph) -> None:
    """Draw the short line that the decree asks for below these words."""
    paragraph.paragraph_format.space_after = Pt(2)
    line = paragraph._p.get_or_add_pPr()
    borders = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    line.insert_element_before(
        borders, *("w:shd", "w:tabs", "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:rPr")
    )
    paragraph.paragraph_format.left_indent = Mm(14)
    paragraph.paragraph_format.right_indent = Mm(14)


def _repeated(row) -> None:
    """Repeat a head of a table on every page."""
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _page_number(paragraph) -> None:
    paragraph.alignment = Align.CENTER
    run = _run(paragraph, "")
    for kind, words in (("begin", None), (None, "PAGE"), ("end", None)):
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = words
        run._r.append(mark)
