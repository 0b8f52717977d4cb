"""The parts of which a content pack's screens and questions are made.

Each part knows its way in and its way out: `read` takes it from a file and complains of what is
wrong, `build` makes a block's value of it, `write` makes it again of what stands in the database.
What `read` returns is the part in its plainest form, so that two files which say the same are
the same.
"""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufeff\ufffe\uffff]")

Words = dict[str, str]
Path = tuple[str | int, ...]


def plain(text: str) -> str:
    """Return ``text`` as we keep it: composed letters, line feeds, no space around it."""
    text = _BREAKS.sub("\n", unicodedata.normalize("NFC", text))
    return _CONTROLS.sub("", text).strip()


@dataclass(frozen=True)
class Part:
    """Something with a name, in a file and in a block."""

    key: str
    # What the block calls it, where that differs.
    name: str = ""
    required: bool = True

    @property
    def field(self) -> str:
        return self.name or self.key

    @property
    def keys(self) -> tuple[str, ...]:
        """The names in the file that belong to this part."""
        return (self.key,)

    def read(self, node: dict, here: Path, reader) -> dict:
        raise NotImplementedError

    def build(self, value: dict, place: str, path: str, builder) -> dict:
        raise NotImplementedError

    def write(self, raw: dict[str, dict], writer) -> dict:
        """``raw`` holds the block's raw value in every language."""
        raise NotImplementedError

    def names(self) -> dict[str, "Part"]:
        """Return this part by each of the block's names that it fills."""
        return {self.field: self}


class Said(Part):
    """Words in every language."""

    def read(self, node, here, reader):
        if not self.required and node.get(self.key) is None:
            return {}
        words = reader.words(node, self.key, here)
        return {self.key: words} if words else {}

    def build(self, value, place, path, builder):
        if self.key not in value:
            return {self.field: ""}
        return {self.field: builder.say(value[self.key], f"{path}.{self.field}")}

    def write(self, raw, writer):
        words = writer.words({language: row.get(self.field) for language, row in raw.items()})
        return {self.key: words} if words else {}


@dataclass(frozen=True)
class Lines(Part):
    """Several short texts in every language, of which each may have another number."""

    most: int = 20

    def read(self, node, here, reader):
        given = node.get(self.key)
        here = (*here, self.key)
        if not isinstance(given, dict):
            reader.complain(here, _("must be written in every language"))
            return {}
        found = {}
        reader.only(given, here, reader.languages)
        for language in reader.languages:
            rows = given.get(language)
            if not isinstance(rows, list) or not rows or len(rows) > self.most:
                reader.complain((*here, language), _("must be a list"))
                continue
            texts = [plain(str(row)) for row in rows]
            for number, row in enumerate(texts, start=1):
                if not row or "\n" in row:
                    reader.complain((*here, language, number), _("must be one line"))
            found[language] = texts
        return {self.key: found}

    def build(self, value, place, path, builder):
        words = {language: "\n".join(rows) for language, rows in value[self.key].items()}
        return {self.field: builder.say(words, f"{path}.{self.field}")}

    def write(self, raw, writer):
        words = writer.words({language: row.get(self.field) for language, row in raw.items()})
        rows = {
            language: [line for line in map(plain, text.split("\n")) if line]
            for language, text in words.items()
        }
        return {self.key: rows}


@dataclass(frozen=True)
class Code(Part):
    """A name that is the same in every language."""

    most: int = 40
    allowed: tuple[str, ...] = ()
    is_bare: bool = False

    def read(self, node, here, reader):
        value = node.get(self.key)
        here = (*here, self.key)
        if value is None and not self.required:
            return {}
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str) or not plain(value):
            reader.complain(here, _("is missing"))
            return {}
        value = plain(value)
        if len(value) > self.most or "\n" in value:
            reader.complain(here, _("is longer than %(most)d letters") % {"most": self.most})
        elif self.allowed and value not in self.allowed:
            reader.complain(here, _("unknown: %(kind)s") % {"kind": value})
        elif self.is_bare and not reader.is_bare(value):
            reader.complain(here, _("must be bare letters, digits and hyphens"))
        return {self.key: value}

    def build(self, value, place, path, builder):
        return {self.field: value.get(self.key, "")}

    def write(self, raw, writer):
        value = plain(writer.first(raw).get(self.field) or "")
        return {self.key: value} if value or self.required else {}


class Flag(Part):
    """Yes or no; has to be said."""

    def read(self, node, here, reader):
        if not isinstance(node.get(self.key), bool):
            reader.complain((*here, self.key), _("must be true or false"))
        return {self.key: bool(node.get(self.key))}

    def build(self, value, place, path, builder):
        return {self.field: value[self.key]}

    def write(self, raw, writer):
        return {self.key: bool(writer.first(raw).get(self.field))}


@dataclass(frozen=True)
class Number(Part):
    """A number, which may have a fraction."""

    least: int = -(10**11)
    most: int = 10**11
    default: int | None = None

    def read(self, node, here, reader):
        value = node.get(self.key, self.default)
        number = decimal(value)
        if number is None or not self.least <= number <= self.most or number != round(number, 4):
            reader.complain((*here, self.key), _("must be a number"))
            return {}
        return {} if number == self.default else {self.key: shortest(number)}

    def build(self, value, place, path, builder):
        return {self.field: str(value.get(self.key, self.default))}

    def write(self, raw, writer):
        number = decimal(writer.first(raw).get(self.field))
        if number is None or number == self.default:
            return {}
        return {self.key: shortest(number)}


class At(Part):
    """Where a place to tap lies: left, top, width and height in per cent of the picture."""

    sides = ("left", "top", "width", "height")

    def read(self, node, here, reader):
        value = node.get(self.key)
        numbers = [decimal(one) for one in value] if isinstance(value, list) else []
        if len(numbers) != len(self.sides) or not all(
            one is not None and 0 <= one <= 100 for one in numbers
        ):
            reader.complain(
                (*here, self.key),
                _("must be left, top, width and height in per cent: [8, 78, 22, 14]"),
            )
            return {}
        return {self.key: [shortest(round(one, 1)) for one in numbers]}

    def build(self, value, place, path, builder):
        numbers = value[self.key]
        return {side: str(number) for side, number in zip(self.sides, numbers, strict=True)}

    def write(self, raw, writer):
        row = writer.first(raw)
        numbers = [decimal(row.get(side)) or Decimal(0) for side in self.sides]
        return {self.key: [shortest(number) for number in numbers]}

    def names(self):
        return dict.fromkeys(self.sides, self)


class Picture(Part):
    """A picture of the pack and its words; of an app's screen also which, and when it was seen."""

    keys = ("picture", "alt", "app", "version", "taken_on")
    _codes = (Code("app", most=40, required=False), Code("version", most=20, required=False))

    def read(self, node, here, reader):
        if not self.required and "picture" not in node:
            for key in self.keys[1:]:
                if key in node:
                    reader.complain((*here, key), _("there is no picture to it"))
            return {}
        found = {}
        if name := reader.picture(node.get("picture"), (*here, "picture")):
            found["picture"] = name
        if alt := reader.words(node, "alt", here):
            found["alt"] = alt
        for code in self._codes:
            found |= code.read(node, here, reader)
        if (taken_on := node.get("taken_on")) is not None:
            if is_day(taken_on):
                found["taken_on"] = taken_on.isoformat()
            else:
                reader.complain((*here, "taken_on"), _("must be a date such as 2026-11-01"))
        return found

    def build(self, value, place, path, builder):
        if "picture" not in value:
            return {"picture": builder.no_picture()}
        return {
            "picture": {
                **builder.picture(value["picture"]),
                "alt": builder.say(value["alt"], f"{path}.picture.alt"),
                "app": value.get("app", ""),
                "version": value.get("version", ""),
                "taken_on": value.get("taken_on"),
            }
        }

    def write(self, raw, writer):
        pictures = {language: row.get("picture") or {} for language, row in raw.items()}
        first = writer.first(pictures)
        name = writer.picture(first)
        if not name:
            return {}
        found = {"picture": name, "alt": writer.words(_each(pictures, "alt"))}
        for code in self._codes:
            found |= code.write(pictures, writer)
        if first.get("taken_on"):
            found["taken_on"] = dt.date.fromisoformat(str(first["taken_on"])[:10])
        return found

    def names(self):
        return {"picture": self}


@dataclass(frozen=True)
class Each(Part):
    """A list; each of its rows has parts of its own."""

    parts: tuple[Part, ...] = field(default=())

    def read(self, node, here, reader):
        rows = reader.list(node, self.key, here)
        if self.required and not rows:
            reader.complain((*here, self.key), _("there is none"))
        found = []
        for number, row in enumerate(rows, start=1):
            place = (*here, self.key, number)
            if reader.is_map(row, place):
                found.append(read_parts(self.parts, row, place, reader))
        return {self.key: found} if found else {}

    def build(self, value, place, path, builder):
        rows = []
        for number, row in enumerate(value.get(self.key, []), start=1):
            row_place = self._place(place, number)
            row_id = builder.id(row_place)
            row_path = f"{path}.{self.field}.{row_id}"
            made = build_parts(self.parts, row, row_place, row_path, builder)
            rows.append({"type": "item", "value": made, "id": row_id})
        return {self.field: rows}

    def _place(self, place, number):
        return f"{place}/{number}"

    def write(self, raw, writer):
        rows = [
            write_parts(self.parts, {lang: one["value"] for lang, one in row.items()}, writer)
            for row in writer.rows(raw, self.field)
        ]
        return {self.key: rows} if rows else {}


class EachSaid(Part):
    """A list of words in every language."""

    def read(self, node, here, reader):
        rows = reader.list(node, self.key, here)
        found = [
            reader.words(rows, number, (*here, self.key), index=number - 1)
            for number in range(1, len(rows) + 1)
        ]
        return {self.key: found}

    def build(self, value, place, path, builder):
        rows = []
        for number, words in enumerate(value[self.key], start=1):
            row_id = builder.id(f"{place}/{number}")
            text = builder.say(words, f"{path}.{self.field}.{row_id}")
            rows.append({"type": "item", "value": text, "id": row_id})
        return {self.field: rows}

    def write(self, raw, writer):
        rows = writer.rows(raw, self.field)
        return {self.key: [writer.words(_each(row, "value")) for row in rows]}


class Figures(Part):
    """Local figures, by their keys."""

    def read(self, node, here, reader):
        found = []
        for number, key in enumerate(reader.list(node, self.key, here), start=1):
            if isinstance(key, str) and key in reader.figures:
                found.append(key)
            else:
                reader.complain((*here, self.key, number), _("unknown: %(kind)s") % {"kind": key})
        return {self.key: found}

    def build(self, value, place, path, builder):
        return {
            self.field: [
                {"type": "item", "value": builder.figures[key], "id": builder.id(f"{place}/{key}")}
                for key in value[self.key]
            ]
        }

    def write(self, raw, writer):
        rows = writer.first(raw).get(self.field) or []
        return {self.key: [key for row in rows if (key := writer.figure(row["value"]))]}


def read_parts(parts, node: dict, here: Path, reader, also: tuple[str, ...] = ()) -> dict:
    """Read every part of ``node``, and complain of names that mean nothing."""
    reader.only(node, here, [*also, *(key for part in parts for key in part.keys)])
    found: dict[str, Any] = {}
    for part in parts:
        found |= part.read(node, here, reader)
    return found


def build_parts(parts, value: dict, place: str, path: str, builder) -> dict:
    """Return a block's raw value."""
    made: dict[str, Any] = {}
    for part in parts:
        made |= part.build(value, place, path, builder)
    return made


def write_parts(parts, raw: dict[str, dict], writer) -> dict:
    """Return what a file says of a block."""
    written: dict[str, Any] = {}
    for part in parts:
        written |= part.write(raw, writer)
    return written


def is_day(value) -> bool:
    return isinstance(value, dt.date) and not isinstance(value, dt.datetime)


def decimal(value) -> Decimal | None:
    """Return ``value`` as a number if it is one."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    # Nobody asks for a number of forty digits; one of a million would keep us busy.
    return number if number.is_finite() and abs(number.adjusted()) <= 40 else None


def shortest(number: Decimal) -> int | float:
    """Return a whole number as one, any other as a fraction."""
    return int(number) if number == number.to_integral_value() else float(number)


def _each(raw: dict[str, dict], name: str) -> dict[str, str | None]:
    return {language: row.get(name) for language, row in raw.items()}
