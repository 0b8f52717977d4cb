"""Names, telephones, years and codes: what is acceptable and how it is shown. Pure."""

import hashlib
import re
import secrets
import unicodedata
from calendar import monthrange
from datetime import date

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from places.rules import fold, nfc

# The version of the words that are read aloud before a resident agrees; change it with them.
CONSENT_WORDING = "2026-11"

EARLIEST_BIRTH_YEAR = 1900

# No letter or digit that can be taken for another (0 O, 1 I L, 2 Z, 5 S, 8 B, U V, D).
CODE_LETTERS = "ACEFGHJKMNPQRTWXY34679"
CODE_LENGTH = 8

# Twelve digits, with or without spaces between them: a citizen number.
_CITIZEN_NUMBER = re.compile(r"(?<!\d)\d(?:[ .\-]?\d){11}(?!\d)")
# How people say that they do not know the year for certain; folded.
_ABOUT_WORDS = {"khoang", "tam", "chung", "gan", "ngoai", "hon", "do", "doan", "about", "around"}
_ABOUT_SIGNS = "~≈?"
_AGE = re.compile(r"(?<![0-9])([0-9]{1,3}) ?(?:tuoi|t|years?)(?![a-z])")
_DAY = re.compile(r"(?<![0-9])([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})(?![0-9])")
_NAME_SIGNS = set(" '’-.")


def clean_name(text: str) -> str:
    """Return a person's name as it is stored, or refuse it.

    Letters of any language with their marks, spaces, apostrophes (Y H'Linh), hyphens and dots.
    """
    refuse_citizen_number(text)
    name = nfc(text)
    if not 2 <= len(name) <= 100:
        raise ValidationError(_("A name has from 2 to 100 letters."), code="name_length")
    if any(unicodedata.category(sign)[0] not in "LM" and sign not in _NAME_SIGNS for sign in name):
        raise ValidationError(
            _("A name has only letters, spaces, hyphens and apostrophes."), code="name_signs"
        )
    if not any(unicodedata.category(sign)[0] == "L" for sign in name):
        raise ValidationError(_("A name has letters."), code="name_signs")
    return name


def name_key(name: str) -> str:
    """Return what two spellings of one person's name have in common.

    Accents, capitals, the order of the words and i or y do not count: "Lý Thị Hoa" is found as
    "hoa lí thi".
    """
    return folded_name_key(fold(name))


def folded_name_key(folded: str) -> str:
    """Return the same of a name that is folded already, which for a whole commune is quicker."""
    words = re.findall(r"\w+", folded.replace("'", ""))
    return " ".join(sorted(word.replace("y", "i") for word in words))


def refuse_citizen_number(text: str) -> None:
    """Refuse twelve digits in a row: we never keep the number of anybody's ID card."""
    if _CITIZEN_NUMBER.search(text):
        raise ValidationError(
            _(
                "This looks like the number of an ID card. Please leave it out: "
                "Trăm Ngày never keeps it."
            ),
            code="citizen_number",
        )


def clean_phone(text: str) -> str:
    """Return a Vietnamese telephone number as it is stored (+84…), or refuse it."""
    if not text.strip():
        return ""
    phone = find_phone(text)
    if phone is None:
        refuse_citizen_number(text)
        raise ValidationError(
            _("Enter a Vietnamese telephone number, for example 0912 345 678."), code="phone"
        )
    return phone


def find_phone(text: str) -> str | None:
    """Return the number that ``text`` is, whatever way it is written, or None if it is none."""
    if len(text) > 40 or sum(sign.isdigit() for sign in text) < 8:
        return None
    try:
        number = phonenumbers.parse(text, "VN")
    except phonenumbers.NumberParseException:
        return None
    if number.country_code != 84 or not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def shown_phone(phone: str) -> str:
    """Return a stored number as people write it: 0912 345 678."""
    try:
        number = phonenumbers.parse(phone, "VN")
    except phonenumbers.NumberParseException:
        return phone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)


def shown_birth_year(year: int | None, is_about: bool) -> str:
    """Return a year of birth in words: "1955", "about 1950" or nothing."""
    if year is None:
        return ""
    return _("about %(year)s") % {"year": year} if is_about else str(year)


def check_birth_year(year: int | None, today: date) -> None:
    """Refuse a year in which nobody alive was born."""
    if year is not None and not EARLIEST_BIRTH_YEAR <= year <= today.year:
        raise ValidationError(
            _("Enter a year of birth between %(first)s and %(last)s.")
            % {"first": EARLIEST_BIRTH_YEAR, "last": today.year},
            code="birth_year",
        )


def read_birth_year(text: str, today: date) -> tuple[int | None, bool]:
    """Return the year of birth that somebody says, and whether it is only roughly known.

    "1950", "khoảng 1950", "50", "75 tuổi", "1/7/1950", "1950 hay 1951". The phone without network
    reads it alike (`names.js`); a test compares the two.
    """
    said = fold(text)
    if not said:
        return None, False
    is_about = any(sign in said for sign in _ABOUT_SIGNS) or not _ABOUT_WORDS.isdisjoint(
        re.findall("[a-z]+", said)
    )
    numbers = re.findall("[0-9]+", said)
    if age := _AGE.search(said):
        year, is_about = today.year - int(age[1]), True
    elif (day := _DAY.search(said)) and _exists(int(day[4]), int(day[3]), int(day[1])):
        year = int(day[4])
    elif [len(number) for number in numbers] == [4]:
        year = int(numbers[0])
    elif [len(number) for number in numbers] == [2] and today.year - 1900 - int(numbers[0]) <= 100:
        year = 1900 + int(numbers[0])
    elif [len(number) for number in numbers] == [4, 4] and years_are_close(
        int(numbers[0]), int(numbers[1]), slack=10
    ):
        year, is_about = (int(numbers[0]) + int(numbers[1])) // 2, True
    else:
        raise ValidationError(
            _("Write the year of birth, for example 1955 or “about 1950”."), code="birth_year"
        )
    check_birth_year(year, today)
    return year, is_about


def _exists(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and year > 0 and 1 <= day <= monthrange(year, month)[1]


def years_are_close(one: int | None, other: int | None, *, slack: int = 1) -> bool:
    """Tell whether two years of birth may be the same person's; nobody's year is everyone's."""
    return one is None or other is None or abs(one - other) <= slack


def new_token() -> str:
    """Make the secret of a card: 128 random bits, in letters that a QR packs well."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    return "".join(secrets.choice(alphabet) for _number in range(26))


def new_code() -> str:
    """Make a card's printed code, for those who must type."""
    return "".join(secrets.choice(CODE_LETTERS) for _number in range(CODE_LENGTH))


def clean_code(text: str) -> str:
    """Return a typed code as it is stored: capitals, without the space in its middle."""
    return "".join(sign for sign in text.upper() if sign.isalnum())[:40]


def shown_code(code: str) -> str:
    """Return a code as it is printed, in two halves: "ACEF 3479"."""
    return f"{code[:4]} {code[4:]}"


def hash_of(token: str) -> str:
    """Return what the database keeps of a card's secret."""
    return hashlib.sha256(token.strip().upper().encode()).hexdigest()


def new_password() -> str:
    """Make a first password that can be read out on the telephone: three groups of four."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _n in range(4)) for _group in range(3))
