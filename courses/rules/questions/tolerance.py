"""Typed answers, compared as a kind teacher would: what is meant counts, not how it is written.

``judge.js`` does the same in the same steps; change both.
"""

import re
import unicodedata

# Numbers are compared as millionths, so that 0,3 ± 0,1 takes 0,4 exactly.
_DECIMALS = 6
_LONGEST = 21
_BARRED = str.maketrans({"đ": "d", "ƀ": "b", "ς": "σ"})
_MARKS = re.compile("[\u0300-\u036f]")
_ONE_NUMBER = re.compile("([^0-9]*?)([-\u2212]?)([0-9][0-9., \t\r\n]*)([^0-9]*)")
_BY_DOTS = re.compile(r"([1-9][0-9]{0,2}(?:\.[0-9]{3})+)(?:,([0-9]+))?")
_BY_COMMAS = re.compile(r"([1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.([0-9]+))?")
_WITH_COMMA = re.compile("([0-9]+),([0-9]+)")
_WITH_POINT = re.compile(r"([0-9]+)\.([0-9]+)")
_TIMES = {"nghin": 3, "ngan": 3, "k": 3, "trieu": 6, "tr": 6, "ty": 9, "ti": 9}

_MONTHS = {
    **{"gieng": 1, "mot": 1, "hai": 2, "ba": 3, "tu": 4, "bon": 4, "nam": 5, "sau": 6},
    **{"bay": 7, "tam": 8, "chin": 9, "muoi": 10, "muoi mot": 11, "muoi hai": 12, "chap": 12},
    **{"january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7},
    **{"august": 8, "september": 9, "october": 10, "november": 11, "december": 12},
}
_NAMES = "|".join(sorted(_MONTHS, key=lambda name: -len(name)))
# The order of the groups is told beside each pattern.
_DATES = (
    (re.compile("([0-9]{4}) ([0-9]{1,2}) ([0-9]{1,2})"), "ymd"),
    (re.compile("(?:ngay )?([0-9]{1,2}) ([0-9]{1,2})(?: (?:nam )?([0-9]{4}|[0-9]{2}))?"), "dmy"),
    (re.compile("([0-9]{2})([0-9]{2})([0-9]{4})"), "dmy"),
    (
        re.compile(
            f"(?:ngay )?(?:mung |mong )?([0-9]{{1,2}}) thang ([0-9]{{1,2}}|{_NAMES})"
            "(?: (?:nam )?([0-9]{4}|[0-9]{2}))?"
        ),
        "dmy",
    ),
    (re.compile(f"([0-9]{{1,2}}) ({_NAMES})(?: ([0-9]{{4}}|[0-9]{{2}}))?"), "dmy"),
    (re.compile(f"({_NAMES}) ([0-9]{{1,2}})(?: ([0-9]{{4}}|[0-9]{{2}}))?"), "mdy"),
)


def bare(text: str) -> str:
    """Return ``text`` in small letters without accents and signs, one space between words."""
    text = _MARKS.sub("", unicodedata.normalize("NFKD", text)).lower().translate(_BARRED)
    return " ".join(
        "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in text).split()
    )


def can_be_accepted(text: str) -> bool:
    """Tell whether an answer can be compared at all: signs alone count for nothing."""
    return bool(bare(text))


def is_same_text(said: str, accepted: str) -> bool:
    """Tell whether somebody who wrote ``said`` meant ``accepted``: words, or a date."""
    if date := read_date(accepted):
        return _is_same_date(read_date(said), date)
    wanted = bare(accepted).replace(" ", "")
    return bool(wanted) and bare(said).replace(" ", "") == wanted


def is_near(said: str, answer: str, tolerance: str) -> bool:
    """Tell whether a number that ``said`` can be read as is ``answer``, give or take."""
    wanted, room = _plain_number(answer), _plain_number(tolerance)
    if wanted is None or room is None:
        return False
    return any(abs(value - wanted) <= room for value in read_numbers(said))


def read_numbers(text: str) -> list[int]:
    """Return every number that ``text`` can mean, in millionths.

    1.000.000, 1 000 000 and "1 triệu đồng" are a million, 1,5 is one and a half; 1,500 may be the
    English way of writing 1500. Two numbers in one answer are none.
    """
    text = unicodedata.normalize("NFKC", text)
    found = _ONE_NUMBER.fullmatch(text)
    if not found:
        return []
    digits = re.sub("[ \t\r\n]", "", found[3]).rstrip(".,")
    if len(digits) > _LONGEST:
        return []
    values = []
    if re.fullmatch("[0-9]+", digits):
        values.append(_millionths(digits, ""))
    if way := _BY_DOTS.fullmatch(digits):
        values.append(_millionths(way[1].replace(".", ""), way[2] or ""))
    elif way := _WITH_POINT.fullmatch(digits):
        values.append(_millionths(way[1], way[2]))
    if way := _BY_COMMAS.fullmatch(digits):
        values.append(_millionths(way[1].replace(",", ""), way[2] or ""))
    if way := _WITH_COMMA.fullmatch(digits):
        values.append(_millionths(way[1], way[2]))
    power = _TIMES.get(bare(found[4]).split(" ")[0])
    if power:
        values += [value * 10**power for value in values]
    return [-value for value in values] if found[2] else values


def read_date(text: str) -> tuple[int, int, str] | None:
    """Return the day, the month and the digits of the year, "" where it is left out."""
    words = bare(text)
    for pattern, order in _DATES:
        found = pattern.fullmatch(words)
        if not found:
            continue
        part = dict(zip(order, found.groups(), strict=True))
        day = int(part["d"])
        month = _MONTHS.get(part["m"]) or int(part["m"])
        if 1 <= day <= 31 and 1 <= month <= 12:
            return day, month, part["y"] or ""
    return None


def _is_same_date(said, wanted) -> bool:
    if said is None or said[:2] != wanted[:2]:
        return False
    if not wanted[2]:
        return True
    if not said[2]:
        return False
    # "60" is 1960 where that was asked for.
    return said[2] == wanted[2] or (
        min(len(said[2]), len(wanted[2])) == 2 and said[2][-2:] == wanted[2][-2:]
    )


def _plain_number(text: object) -> int | None:
    found = re.fullmatch(r"(-?)([0-9]{1,15})(?:\.([0-9]+))?", text) if type(text) is str else None
    if not found:
        return None
    value = _millionths(found[2], found[3] or "")
    return -value if found[1] else value


def _millionths(whole: str, part: str) -> int:
    return int(whole + part[:_DECIMALS].ljust(_DECIMALS, "0"))
