"""The register on paper: twenty-two lines a page, to be ticked, photographed and read back."""

import io
from collections.abc import Mapping

import segno
from django.template.loader import render_to_string

from people.models import Resident
from places.models import attach_ancestors
from progress.models import Attendance, RegisterSheet
from progress.services import paper_form as form


def register_sections(sheet: RegisterSheet, files: dict) -> list[str]:
    """Return the pages of a printed register as HTML; ``files`` takes what is drawn on them."""
    attach_ancestors([sheet.session.place])
    people = Resident.objects.select_related("village").in_bulk(sheet.rows)
    return register_pages(sheet, people, files)


def register_pages(sheet: RegisterSheet, people: Mapping[int, Resident], files: dict) -> list[str]:
    """Return the pages of a register with these people's names on its lines."""
    files["file:frame.svg"] = ("image/svg+xml", _frame().encode())
    count = form.pages_of(sheet.rows)
    pages: list[str] = []
    for page in range(1, count + 1):
        url = f"file:code-{sheet.code}-{page}.svg"
        files[url] = ("image/svg+xml", _code(form.SheetCode(sheet.code, page)))
        first = (page - 1) * form.ROWS
        rows = [
            {"number": number, "resident": people.get(pk) if pk else None}
            for number, pk in enumerate(form.on_page(sheet.rows, page), start=first + 1)
        ]
        context = {
            "session": sheet.session,
            "page": page,
            "count": count,
            "code": url,
            "rows": rows,
            "statuses": _labels(),
        }
        pages.append(render_to_string("progress/paper/_register.html", context))
    return pages


def _code(code: form.SheetCode) -> bytes:
    """Return a QR of the smallest size, of which nearly a third may be hidden."""
    picture = io.BytesIO()
    segno.make(str(code), version=1, error="h", micro=False).save(
        picture, kind="svg", border=2, xmldecl=False, svgns=True, nl=False
    )
    return picture.getvalue()


def _labels() -> list[str]:
    return [str(Attendance.Status(status).label) for status in form.STATUSES]


def _frame() -> str:
    """Return what is the same on every page: the six marks and the tick boxes."""
    width, height = form.PAGE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}mm" height="{height:g}mm">'
    ]
    cell = form.MARK_SIZE / 8
    for mark, (left, top) in form.MARKS.items():
        squares = [(left, top, form.MARK_SIZE, "#000")]
        squares += [
            (left + (x + 1) * cell, top + (y + 1) * cell, cell, "#fff")
            for y, line in enumerate(form.MARK_PATTERNS[mark])
            for x, bit in enumerate(line)
            if bit == "1"
        ]
        parts += [
            f'<rect x="{x:g}" y="{y:g}" width="{size:g}" height="{size:g}" fill="{fill}"/>'
            for x, y, size, fill in squares
        ]
    for row in range(form.ROWS):
        for column in range(len(form.STATUSES)):
            left, top = form.box(row, column)
            parts.append(
                f'<rect x="{left:.3f}" y="{top:.3f}" width="{form.BOX:g}" height="{form.BOX:g}" '
                'fill="none" stroke="#555" stroke-width="0.3"/>'
            )
    return "".join(parts) + "</svg>"


def register_css() -> str:
    """Return the style sheet with the measures of the form."""
    # As text: a number in a template is written with the comma of the language.
    measures = {
        "left": form.NUMBER,
        "top": form.FIRST_ROW,
        "width": form.END - form.NUMBER,
        "row": form.ROW_HEIGHT,
        "number": form.NAME - form.NUMBER,
        "name": form.YEAR - form.NAME,
        "year": form.BOXES - form.YEAR,
        "column": form.COLUMN,
        "code_left": form.CODE_AT[0],
        "code_top": form.CODE_AT[1],
        "code": form.CODE_SIZE,
    }
    shown = {name: f"{value:g}mm" for name, value in measures.items()}
    return render_to_string("progress/paper/registers.css", shown)
