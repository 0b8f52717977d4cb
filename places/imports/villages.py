"""Villages from an organiser's CSV: read, shown, and then loaded all or not at all.

Nothing is stored between the preview and the confirmation. The checked rows travel in the page,
signed and bound to the person, and are checked again under the communes' locks when they come
back: the world may have changed, and the page works without JavaScript and on any server.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import astuple, dataclass, field

from django.contrib.auth.models import AbstractBaseUser
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from places.models import Place
from places.rules import fold, nfc
from places.services import create_villages, names_taken, new_village

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 5000
# After that many wrong lines the file itself is wrong.
MAX_ERRORS = 100
PREVIEW_LASTS = 24 * 60 * 60
SALT = "places.imports.villages"

# The columns, and the headings under which we know them (folded).
COLUMNS = {
    "commune_code": ("ma xa", "ma xa phuong", "commune code", "commune_code", "ma_xa"),
    "name": ("ten thon", "ten", "thon", "ten_thon", "village", "name", "ten thon buon"),
    "designation": ("loai", "loai hinh", "designation", "kind"),
    "latitude": ("vi do", "vi_do", "latitude", "lat"),
    "longitude": ("kinh do", "kinh_do", "longitude", "lon", "lng"),
}


@dataclass(frozen=True)
class VillageRow:
    """One good line of the file."""

    line: int
    commune_code: str
    designation: str
    name: str
    latitude: float | None = None
    longitude: float | None = None

    def village(self) -> Place:
        return new_village(
            self.name, self.designation, latitude=self.latitude, longitude=self.longitude
        )

    @property
    def full_name(self) -> str:
        return f"{Place.Designation(self.designation).label} {self.name}"


@dataclass(frozen=True)
class RowError:
    """What is wrong with one line; line 0 is the file as a whole."""

    line: int
    message: str


@dataclass
class Preview:
    """What a file would do, and what is wrong with it."""

    rows: list[VillageRow] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    communes: dict[str, Place] = field(default_factory=dict)

    @property
    def by_commune(self) -> list[tuple[Place, list[VillageRow]]]:
        groups = defaultdict(list)
        for row in self.rows:
            groups[row.commune_code].append(row)
        return [(self.communes[code], rows) for code, rows in sorted(groups.items())]


def preview_villages(content: bytes, place: Place, communes: Iterable[Place]) -> Preview:
    """Read a CSV file of villages below ``place`` and say what it would add.

    ``communes`` are those that the person may add villages to; a code of another is refused.
    When ``place`` is itself a commune, lines need no code.
    """
    try:
        text = _decode(content)
        rows = _rows(text)
    except ValidationError as refusal:
        return Preview(errors=[RowError(0, refusal.messages[0])])
    preview = Preview(communes={commune.code: commune for commune in communes})
    own_code = place.code if place.kind == Place.Kind.COMMUNE else ""
    for line, cells in rows:
        if len(preview.errors) >= MAX_ERRORS:
            preview.errors.append(
                RowError(line, _("There are more mistakes below; correct these first."))
            )
            break
        try:
            preview.rows.append(_row(line, cells, own_code))
        except ValidationError as refusal:
            preview.errors.append(RowError(line, " ".join(refusal.messages)))
    _check(preview)
    if not preview.rows and not preview.errors:
        preview.errors.append(RowError(0, _("The file holds no villages.")))
    return preview


def pack_preview(preview: Preview, user: AbstractBaseUser, place: Place) -> str:
    """Return the rows of ``preview`` as a signed text for a hidden field."""
    rows = [list(astuple(row)) for row in preview.rows]
    return signing.dumps([user.pk, place.pk, rows], salt=SALT, compress=True)


def unpack_preview(
    packed: str, user: AbstractBaseUser, place: Place, communes: Iterable[Place]
) -> Preview:
    """Return the preview that `pack_preview` packed, checked against the world of now."""
    try:
        owner, place_id, rows = signing.loads(packed, salt=SALT, max_age=PREVIEW_LASTS)
    except signing.BadSignature:
        owner = place_id = None
    if (owner, place_id) != (user.pk, place.pk):
        refusal = _("This preview is too old or incomplete. Choose the file again.")
        return Preview(errors=[RowError(0, refusal)])
    preview = Preview(
        rows=[VillageRow(*row) for row in rows],
        communes={commune.code: commune for commune in communes},
    )
    _check(preview)
    return preview


@transaction.atomic
def load_villages(preview: Preview, *, by: AbstractBaseUser) -> int:
    """Create every village of ``preview``, or none; return how many."""
    if preview.errors:
        line = _("Line %(line)d: %(what)s")
        raise ValidationError(
            [
                ValidationError(line % {"line": e.line, "what": e.message}, code="errors")
                for e in preview.errors
            ]
        )
    for commune, rows in preview.by_commune:
        create_villages(commune, [row.village() for row in rows], by=by)
    return len(preview.rows)


# Reading


def _decode(content):
    """Return the text of an uploaded file, or refuse it in words that help."""
    if len(content) > MAX_BYTES:
        raise ValidationError(_("The file is larger than 5 MB."), code="too_large")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ValidationError(
            _('The file is stored as UTF-16. Save it again as "CSV UTF-8".'), code="encoding"
        )
    if content.startswith(b"PK") or content.startswith(b"\xd0\xcf\x11\xe0"):
        raise ValidationError(
            _('This is an Excel file. Open it and save it as "CSV UTF-8".'), code="not_csv"
        )
    if b"\x00" in content:
        raise ValidationError(_("This is not a CSV file."), code="not_csv")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValidationError(
            _(
                "The letters of the file cannot be read (an old encoding such as Windows-1258)."
                ' Save it again as "CSV UTF-8".'
            ),
            code="encoding",
        ) from None


def _rows(text):
    """Return (line, cells by column) for each line that is not blank."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows, columns = [], None
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if columns is None:
                columns = _columns(cells)
                continue
            if len(rows) == MAX_ROWS:
                raise ValidationError(
                    _("The file has more than %(rows)d lines. Split it.") % {"rows": MAX_ROWS},
                    code="too_long",
                )
            named = {c: cells[at] if at < len(cells) else "" for c, at in columns.items()}
            rows.append((reader.line_num, named))
    except csv.Error:
        raise ValidationError(
            _("Line %(line)d cannot be read. Is a quotation mark missing?")
            % {"line": reader.line_num},
            code="not_csv",
        ) from None
    if columns is None:
        raise ValidationError(_("The file is empty."), code="empty")
    return rows


def _delimiter(text):
    """Spreadsheets in Vietnamese write semicolons, in English commas, some tabs."""
    heading = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=heading.count)


def _columns(heading):
    """Return the position of each column that we know."""
    folded = [fold(cell) for cell in heading]
    columns = {}
    for column, headings in COLUMNS.items():
        found = [at for at, cell in enumerate(folded) if cell in headings]
        if found:
            columns[column] = found[0]
    if "name" not in columns:
        raise ValidationError(
            _('The first line must name the columns: "%(columns)s".')
            % {"columns": "ma_xa,ten_thon"},
            code="header",
        )
    return columns


def _row(line, cells, own_code):
    code = nfc(cells.get("commune_code", "")).strip("'")
    if code.isdecimal():
        # A spreadsheet takes the code for a number and drops the zeros in front.
        code = code.zfill(5)
    village = new_village(
        cells["name"],
        _designation(cells.get("designation", "")),
        latitude=_degrees(cells.get("latitude", "")),
        longitude=_degrees(cells.get("longitude", "")),
    )
    if not (code or own_code):
        raise ValidationError(_("The commune's code is missing."), code="commune")
    return VillageRow(
        line,
        code or own_code,
        village.designation,
        village.name,
        village.latitude,
        village.longitude,
    )


def _designation(text):
    text = nfc(text).lower()
    if not text:
        return ""
    for designation in Place.Designation.for_kind(Place.Kind.VILLAGE):
        if fold(text) == fold(designation.label):
            return designation
    raise ValidationError(
        _('A village is not called "%(text)s".') % {"text": text[:30]}, code="designation"
    )


def _degrees(text):
    text = nfc(text).replace(",", ".")
    if not text:
        return None
    try:
        degrees = float(text)
    except ValueError:
        degrees = float("nan")
    # Also refuses "nan" and "inf", which Python would take for numbers.
    if not -180 <= degrees <= 180:
        raise ValidationError(
            _('"%(text)s" is not a position in degrees.') % {"text": text[:30]}, code="position"
        )
    return degrees


def _check(preview):
    """Move the rows that the tree would refuse to the errors."""
    taken, first_line, good = {}, {}, []
    for row in preview.rows:
        commune = preview.communes.get(row.commune_code)
        if commune is None:
            message = _("There is no commune with the code %(code)s in your area.")
            preview.errors.append(RowError(row.line, message % {"code": row.commune_code[:12]}))
            continue
        if commune.code not in taken:
            taken[commune.code] = names_taken(commune)
        name, key = fold(row.full_name), (commune.code, fold(row.full_name))
        if name in taken[commune.code]:
            message = _("%(name)s is already in %(commune)s.")
            values = {"name": row.full_name, "commune": commune.full_name}
        elif key in first_line:
            message = _("%(name)s stands in line %(line)d already.")
            values = {"name": row.full_name, "line": first_line[key]}
        else:
            first_line[key] = row.line
            good.append(row)
            continue
        preview.errors.append(RowError(row.line, message % values))
    preview.rows = good
    preview.errors.sort(key=lambda error: error.line)
