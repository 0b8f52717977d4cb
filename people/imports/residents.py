"""What a list would do: judged row by row for the preview, and again when it is confirmed."""

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from people.imports.reader import read_rows
from people.models import Change, Resident, ResidentFile, User
from people.rules import (
    check_birth_year,
    clean_name,
    clean_phone,
    refuse_citizen_number,
    shown_phone,
)
from people.services import DuplicateFinder, announce_heads, head_of
from places.models import Place
from places.rules import fold

KEPT_FOR = dt.timedelta(days=1)
HEADINGS_WITHIN = 10

# What a heading may be, without accents; the first words of a longer one count as well.
_HEADINGS = {
    "full_name": ("ho va ten", "ho ten", "ho, ten", "ten hoc vien", "full name", "name"),
    "birth": ("nam sinh", "ngay sinh", "ngay, thang", "ngay thang nam sinh", "year of birth",
              "birth year", "date of birth"),
    "sex": ("gioi tinh", "gioi", "sex"),
    "village": ("thon", "buon", "ban", "lang", "ap", "xom", "khu", "to dan pho", "to", "dia ban",
                "noi o", "village"),
    # Before the next one, whose headings it contains.
    "phone_kind": ("loai dien thoai", "loai may", "dung may", "kind of telephone", "phone kind",
                   "phone type"),
    "phone": ("dien thoai", "so dien thoai", "sdt", "so dt", "telephone", "phone"),
}  # fmt: skip
_SEXES = {
    "nu": "f", "f": "f", "female": "f", "ba": "f", "x nu": "f",
    "nam": "m", "m": "m", "male": "m", "ong": "m",
    "": "", "khong ro": "", "not said": "",
}  # fmt: skip
# A word that tells the kind wherever it stands in the cell.
_PHONE_KINDS = {
    "android": ("android", "samsung", "oppo", "xiaomi", "vivo", "realme"),
    "iphone": ("iphone", "ios", "apple"),
    "basic": ("phim", "cuc gach", "keys", "nut bam"),
    "none": ("khong co", "chua co", "none", "no telephone"),
}
_ABOUT = re.compile(r"^(khoang|chung|about|~|≈|c\.)\s*|\?$")
_DAY = re.compile(r"^(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})$")
_ISO_DAY = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?: 00:00:00)?$")


@dataclass
class Row:
    """One line of the list: who it is, and what would happen to it."""

    line: int
    full_name: str = ""
    birth_year: int | None = None
    birth_year_is_about: bool = False
    sex: str = ""
    phone: str = ""
    phone_kind: str = ""
    village: Place | None = None
    errors: list[str] = field(default_factory=list)
    # Somebody here already, word for word; left out.
    is_known: bool = False
    # People who may be the same, and an earlier line that may be; left out unless ticked.
    likely: list[Resident] = field(default_factory=list)
    twin_line: int | None = None

    @property
    def shown_phone(self) -> str:
        return shown_phone(self.phone) if self.phone else ""

    @property
    def is_doubtful(self) -> bool:
        return bool(self.likely or self.twin_line) and not self.is_known and not self.errors

    @property
    def is_new(self) -> bool:
        return not (self.errors or self.is_known or self.is_doubtful)

    def _key(self):
        return self.full_name, self.birth_year, self.village.pk if self.village else None


@dataclass
class Plan:
    """What would happen to every line of a list."""

    rows: list[Row]
    ignored: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> list[Row]:
        return [row for row in self.rows if row.errors]

    @property
    def new(self) -> list[Row]:
        return [row for row in self.rows if row.is_new]

    @property
    def known(self) -> list[Row]:
        return [row for row in self.rows if row.is_known]

    @property
    def doubtful(self) -> list[Row]:
        return [row for row in self.rows if row.is_doubtful]


def store_file(name: str, content: bytes, commune: Place, *, by: User) -> ResidentFile:
    """Keep an uploaded list for its preview, and forget the lists of yesterday.

    A list that cannot be read, or in which citizen numbers stand, is refused before it is kept.
    """
    for line, cells in read_rows(name, content):
        for cell in cells:
            try:
                refuse_citizen_number(cell)
            except ValidationError as refusal:
                raise ValidationError(
                    _("Line %(line)s: %(problem)s")
                    % {"line": line, "problem": refusal.messages[0]},
                    code=refusal.code,
                ) from refusal
    forget_old_lists()
    return ResidentFile.objects.create(
        name=name[-120:], content=content, place=commune, uploaded_by=by
    )


def forget_old_lists() -> int:
    """Forget the lists that nobody has confirmed within a day; return how many."""
    old = ResidentFile.objects.filter(uploaded_at__lt=timezone.now() - KEPT_FOR, loaded_at=None)
    return old.delete()[0]


def plan_import(file: ResidentFile) -> Plan:
    """Judge every line of a list; nothing is written."""
    rows = read_rows(file.name, bytes(file.content))
    columns, start, ignored = _find_headings(rows)
    villages = _villages_by_name(file.place)
    planned = [
        _read(line, {name: cells[at] if at < len(cells) else "" for name, at in columns.items()},
              villages)
        for line, cells in rows[start:]
    ]  # fmt: skip
    if not planned:
        raise ValidationError(_("Nobody stands below the headings."), code="empty")
    _compare(planned, file.place)
    return Plan(planned, ignored)


@transaction.atomic
def load(file: ResidentFile, *, by: User, ticked: set[int]) -> int:
    """Write down everybody who is new, and the doubtful lines that somebody ticked.

    All of them or none; loading a list twice loads it once.
    """
    file = ResidentFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
    if file.loaded_at:
        return file.loaded_count
    plan = plan_import(file)
    if plan.wrong:
        raise ValidationError(
            _("Some lines are wrong. Correct the file and choose it again."), code="wrong_lines"
        )
    people = []
    for row in plan.rows:
        if row.is_new or (row.is_doubtful and row.line in ticked):
            person = Resident(
                full_name=row.full_name,
                birth_year=row.birth_year,
                birth_year_is_about=row.birth_year_is_about,
                sex=row.sex,
                phone=row.phone,
                phone_kind=row.phone_kind,
                village=row.village,
                source=Resident.Source.IMPORTED,
                registered_by=by,
            )
            person.refresh_words()
            people.append(person)
    people = Resident.objects.bulk_create(people, batch_size=500)
    Change.objects.bulk_create(
        (Change(about=person, verb=Change.Verb.REGISTERED, by=by) for person in people),
        batch_size=500,
    )
    announce_heads([], map(head_of, people))
    file.loaded_at, file.loaded_count, file.content = timezone.now(), len(people), b""
    file.save(update_fields=["loaded_at", "loaded_count", "content"])
    return len(people)


def _find_headings(rows) -> tuple[dict[str, int], int, list[str]]:
    """Return where the columns are, where the people begin, and what is not read."""
    for number, (_line, cells) in enumerate(rows[:HEADINGS_WITHIN]):
        columns: dict[str, int] = {}
        ignored = []
        for at, cell in enumerate(cells):
            name = _heading(cell)
            if name and name not in columns:
                columns[name] = at
            elif cell and fold(cell) not in ("stt", "tt", "no", "no."):
                ignored.append(cell)
        if "full_name" in columns and len(columns) > 1:
            if "village" not in columns:
                raise ValidationError(
                    _("The heading “Village” is missing."), code="missing_heading"
                )
            return columns, number + 1, ignored
    raise ValidationError(
        _("The first line must hold the headings: full name, year of birth, village."),
        code="missing_heading",
    )


def _heading(cell: str) -> str | None:
    words = fold(cell)
    for name, headings in _HEADINGS.items():
        for heading in headings:
            if words == heading or re.match(rf"{re.escape(heading)}\b", words):
                return name
    return None


def _villages_by_name(commune: Place) -> dict[str, list[Place]]:
    known: dict[str, list[Place]] = {}
    for village in Place.objects.villages().below(commune).current():
        village._above = [*commune.above, commune]
        for name in {fold(village.name), fold(village.full_name)}:
            known.setdefault(name, []).append(village)
    return known


def _read(line: int, cells: dict[str, str], villages: dict[str, list[Place]]) -> Row:
    row = Row(line)

    def take(rule, value):
        try:
            return rule(value)
        except ValidationError as refusal:
            row.errors.append(refusal.messages[0])
            return None

    row.full_name = take(clean_name, cells["full_name"]) or cells["full_name"]
    year = take(read_birth, cells.get("birth", ""))
    if year:
        row.birth_year, row.birth_year_is_about = year
    row.sex = take(_read_sex, cells.get("sex", "")) or ""
    row.phone = take(clean_phone, _with_zero(cells.get("phone", ""))) or ""
    row.phone_kind = take(_read_phone_kind, cells.get("phone_kind", "")) or ""
    row.village = take(lambda name: _read_village(name, villages), cells.get("village", ""))
    return row


def read_birth(text: str) -> tuple[int | None, bool]:
    """Return the year of a birth, and whether it is only roughly known.

    Of a whole date only the year is kept, but the date must exist.
    """
    words = fold(text)
    if not words:
        return None, False
    bare = _ABOUT.sub("", words).strip()
    if found := _DAY.match(bare) or _ISO_DAY.match(bare):
        first, month, last = (int(part) for part in found.groups())
        year, day = (last, first) if last > 31 else (first, last)
        try:
            born = dt.date(year, month, day)
        except ValueError as error:
            raise ValidationError(
                _("There is no such day: %(day)s.") % {"day": text}, code="no_such_day"
            ) from error
        if born > timezone.localdate():
            raise ValidationError(_("This day is still to come."), code="birth_year")
        year = born.year
    elif re.fullmatch(r"\d{4}", bare):
        year = int(bare)
    else:
        raise ValidationError(
            _("“%(text)s” is no year of birth. Write four digits, for example 1955.")
            % {"text": text[:40]},
            code="birth_year",
        )
    check_birth_year(year, timezone.localdate())
    return year, bare != words


def _read_sex(text: str) -> str:
    try:
        return _SEXES[fold(text)]
    except KeyError as error:
        raise ValidationError(
            _("Write “female” or “male”, or leave it empty, instead of “%(text)s”.")
            % {"text": text[:40]},
            code="sex",
        ) from error


def _read_phone_kind(text: str) -> str:
    words = fold(text)
    if not words:
        return ""
    for kind, signs in _PHONE_KINDS.items():
        if any(sign in words for sign in signs):
            return kind
    if words in ("khong", "no", "0"):
        return Resident.PhoneKind.NONE
    raise ValidationError(
        _("Write “Android”, “iPhone”, “keys” or “none”, or leave it empty, not “%(text)s”.")
        % {"text": text[:40]},
        code="phone_kind",
    )


def _read_village(text: str, villages: dict[str, list[Place]]) -> Place:
    if not text:
        raise ValidationError(_("The village is missing."), code="village")
    found = villages.get(fold(text), [])
    if not found:
        raise ValidationError(
            _("No village of this commune is called “%(name)s”.") % {"name": text[:60]},
            code="village",
        )
    if len(found) > 1:
        raise ValidationError(
            _("Several villages are called “%(name)s”. Write it with “thôn”, “buôn” … before it.")
            % {"name": text[:60]},
            code="village",
        )
    return found[0]


def _with_zero(phone: str) -> str:
    """Give a number back the 0 that a spreadsheet took from it."""
    return f"0{phone}" if re.fullmatch(r"[1-9]\d{8}", phone) else phone


def _compare(rows: list[Row], commune: Place) -> None:
    """Find out who is here already, and who may be."""
    sound = [row for row in rows if not row.errors]
    finder = DuplicateFinder([row.village for row in sound if row.village])
    unclaimed: Counter = Counter()
    candidates: dict[int, list[Resident]] = {}
    for row in sound:
        candidates[row.line] = found = finder.find(
            row.full_name, row.birth_year, is_about=row.birth_year_is_about
        )
        # As many lines are the same people as there are such people; the next one is another.
        unclaimed[row._key()] = sum(
            (person.full_name, person.birth_year, person.village_id) == row._key()
            for person in found
        )
    first_line: dict[tuple, int] = {}
    for row in sound:
        key = row._key()
        if unclaimed[key]:
            unclaimed[key] -= 1
            row.is_known = True
        else:
            row.likely = candidates[row.line]
            row.twin_line = first_line.get(key)
        first_line.setdefault(key, row.line)
