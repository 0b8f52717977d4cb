"""How Vietnamese words are kept, searched and put in order. Pure; used by every app above.

Sorting and searching never lean on a database's collation: SQLite knows none, and the ones that
PostgreSQL knows differ from server to server. So both are columns, computed here.
"""

import re
import unicodedata

# The order of the alphabet; f, j, w and z are foreign, but stand in names.
LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
# Ngang, huyền, hỏi, ngã, sắc, nặng.
TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
# Marks that other languages of the country put on a letter: č, ĭ, ŭ, ƀ (a barred b).
OTHER_MARK = 6
# Marks that make another letter of the alphabet: â, ă, ơ.
LETTER_MARKS = {"\u0302", "\u0306", "\u031b"}

SORT_KEY_LENGTH = 400

# What people write in front of a village's name, folded, and what we call it.
VILLAGE_WORDS = {
    "to dan pho": "to_dan_pho",
    "tdp": "to_dan_pho",
    "to": "to_dan_pho",
    "khu pho": "khu_pho",
    "khu dan cu": "khu",
    "khu": "khu",
    "thon": "thon",
    "buon": "buon",
    "ban": "ban",
    "lang": "lang",
    "xom": "xom",
    "ap": "ap",
}

_LETTER_NUMBERS = {letter: number for number, letter in enumerate(LETTERS, start=20)}
_APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc\u02b9`\u00b4", "'"))
# Soft hyphens, joiners, marks of direction, byte-order marks, halves of letters and what is no
# letter at all; and what no keyboard types.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufffe\uffff]"
)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
# No XML may hold them, and so no document of an office.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_BETWEEN_WORDS = re.compile(r"[^\w\u0300-\u036f]+|_")
_BARRED = str.maketrans({"đ": "d", "Đ": "D", "ƀ": "b", "Ƀ": "B"})


def nfc(text: str) -> str:
    """Return ``text`` as it is stored: composed letters, single spaces, nothing invisible.

    Telephones and old word processors send "ệ" as one, two or three characters.
    """
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    return " ".join(_CONTROL.sub(" ", text).split())


def writable(text: str) -> str:
    """Return ``text`` without what no document can hold; for whoever writes what is stored.

    One such sign in an old row must not keep everybody from their paper.
    """
    return _UNWRITABLE.sub("", text)


def fold(text: str) -> str:
    """Return ``text`` without accents and capitals, for searching: "Đặng Thị Ngượng" is
    "dang thi nguong".
    """
    # The bar of đ and ƀ is part of the letter: stripping marks alone would leave it.
    text = nfc(text).translate(_BARRED).translate(_APOSTROPHES)
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return " ".join(bare.lower().split())


def sort_key(text: str) -> str:
    """Return a key whose order is the Vietnamese order of ``text``, word after word.

    Within a word letters count before tones (lan, làn, lân). Numbers count by their value, so
    that "thôn 2" comes before "thôn 10". The key has digits only, which every database orders
    alike.
    """
    return _join(_words(text))


def person_sort_key(name: str) -> str:
    """Return the key for a person's name: by given name, which is the last word, then the rest."""
    words = _words(name)
    return _join(words[-1:] + words[:-1])


def split_village(text: str) -> tuple[str, str]:
    """Return what a village is called and its bare name: "Thôn Đồng Xuân" is a thôn, Đồng Xuân.

    The first is empty when the text does not say.
    """
    words = nfc(text).split()
    for length in (3, 2, 1):
        designation = VILLAGE_WORDS.get(fold(" ".join(words[:length])).rstrip("."))
        if designation and len(words) > length:
            return designation, " ".join(words[length:])
    return "", " ".join(words)


def _join(words: list[str]) -> str:
    return "".join(map(_word_key, words))[:SORT_KEY_LENGTH]


def _words(text: str) -> list[str]:
    # M'Drắk and MDrắk are the same place; every other sign parts two words.
    text = nfc(text).lower().translate(_APOSTROPHES).replace("'", "")
    return [word for word in _BETWEEN_WORDS.split(text) if word]


def _word_key(word: str) -> str:
    letters, tones = [], []
    for number, letter, marks in _split(word):
        if number:
            value = number.lstrip("0") or "0"
            # Below every letter; a longer number is a greater one.
            letters.append(f"10{min(len(value), 99):02}{value}")
        elif letter in _LETTER_NUMBERS:
            letters.append(str(_LETTER_NUMBERS[letter]))
            tones.append(str(max((TONES.get(m, OTHER_MARK) for m in marks), default=0)))
        else:
            letters.append(f"99{ord(letter):07}")
    # "00" ends the letters, so that a word comes before the longer ones that begin with it.
    return "".join([*letters, "00", *tones])


def _split(word: str):
    """Yield (number, letter of the alphabet, remaining marks) for each sign of ``word``."""
    for found in re.finditer(r"\d+|.[\u0300-\u036f]*", unicodedata.normalize("NFD", word)):
        sign = found[0]
        if sign.isdecimal():
            yield "".join(str(unicodedata.decimal(digit)) for digit in sign), "", ""
            continue
        letter, marks = sign[0], list(sign[1:])
        if letter == "ƀ":
            letter, marks = "b", [*marks, "\u0335"]
        for mark in sign[1:]:
            made = unicodedata.normalize("NFC", letter + mark)
            if mark in LETTER_MARKS and made in _LETTER_NUMBERS:
                letter = made
                marks.remove(mark)
                break
        yield "", letter, marks
