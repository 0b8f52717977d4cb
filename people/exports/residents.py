"""Lists of residents as files: all of the list on the screen, and never a formula."""

import csv
import io
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _
from openpyxl import Workbook

from people.models import Resident
from people.rules import shown_phone

# A cell that begins so is a formula to a spreadsheet.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def residents_file(people: Iterable[Resident], kind: str) -> bytes:
    """Return a CSV or XLSX file of people, whose villages know the places above them."""
    return _write(_rows(people), kind)


def example_file(kind: str) -> bytes:
    """Return a file to fill in for the import: the headings and two people as an example."""
    return _write(
        [
            [
                _("Full name"),
                _("Year of birth"),
                _("Sex"),
                _("Village"),
                _("Telephone"),
                _("Kind of telephone"),
            ],
            ["Nguyễn Thị Hoa", "1955", _("female"), "Cao Xá", "0912 345 678", "Android"],
            ["Trần Văn Bình", _("about %(year)s") % {"year": 1950}, _("male"), "Thôn 3", "", ""],
        ],
        kind,
    )


def safe_cell(text: str) -> str:
    """Return ``text`` as a cell that no spreadsheet will compute."""
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text


def _rows(people: Iterable[Resident]) -> Iterator[list[str]]:
    yield [
        _("Full name"),
        _("Year of birth"),
        _("Sex"),
        _("Village"),
        _("Commune"),
        _("Province"),
        _("Telephone"),
        _("Kind of telephone"),
        _("Learns in"),
        _("Needs"),
    ]
    for person in people:
        village = person.village
        yield [
            person.full_name,
            person.shown_birth_year,
            person.get_sex_display(),
            village.full_name,
            village.commune.full_name if village.commune else "",
            village.province.full_name,
            shown_phone(person.phone) if person.phone else "",
            person.get_phone_kind_display() if person.phone_kind else "",
            person.get_learning_language_display(),
            ", ".join(person.needs),
        ]


def _write(rows: Iterable[list[str]], kind: str) -> bytes:
    if kind == "csv":
        text = io.StringIO()
        writer = csv.writer(text)
        for row in rows:
            writer.writerow([safe_cell(cell) for cell in row])
        # The mark at the beginning tells Excel that the letters are UTF-8.
        return text.getvalue().encode("utf-8-sig")
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("People"))
    for row in rows:
        sheet.append([safe_cell(cell) for cell in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
