"""Read the letters of a file that may have been typed anywhere, or refuse; never guess.

Vietnamese was typed for twenty years in fonts that showed Latin letters as Vietnamese ones. A file
of that kind can be told by its words: they are Vietnamese syllables in one reading and in no other.
"""

import codecs
import re
import unicodedata
from contextlib import suppress

from django.utils.translation import gettext as _

_TONES = {0x300, 0x301, 0x303, 0x309, 0x323}
_SYLLABLE = re.compile(
    r"(ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnprstvx])?"
    r"[aăâeêioôơuưy]{1,3}(ch|ng|nh|[cmnpt])?"
)
_WORD = re.compile(r"[^\W\d_]+")
# The font encoding of the offices in the nineties, "ABC"; capitals with tones lie in a second font.
_TCVN3_LETTERS = (
    "à:b5 á:b8 ả:b6 ã:b7 ạ:b9 ă:a8 ằ:bb ắ:be ẳ:bc ẵ:bd ặ:c6 â:a9 ầ:c7 ấ:ca ẩ:c8 ẫ:c9 ậ:cb đ:ae "
    "è:cc é:d0 ẻ:ce ẽ:cf ẹ:d1 ê:aa ề:d2 ế:d5 ể:d3 ễ:d4 ệ:d6 ì:d7 í:dd ỉ:d8 ĩ:dc ị:de "
    "ò:df ó:e3 ỏ:e1 õ:e2 ọ:e4 ô:ab ồ:e5 ố:e8 ổ:e6 ỗ:e7 ộ:e9 ơ:ac ờ:ea ớ:ed ở:eb ỡ:ec ợ:ee "
    "ù:ef ú:f3 ủ:f1 ũ:f2 ụ:f4 ư:ad ừ:f5 ứ:f8 ử:f6 ữ:f7 ự:f9 ỳ:fa ý:fd ỷ:fb ỹ:fc ỵ:fe "
    "Ă:a1 Â:a2 Đ:a7 Ê:a3 Ô:a4 Ơ:a5 Ư:a6"
)
_TCVN3 = {
    int(code, 16): letter for letter, code in (pair.split(":") for pair in _TCVN3_LETTERS.split())
}
# Fewer words than this prove nothing.
_ENOUGH = 2
_VNI_MARKS = re.compile(r"[aeiouy][äëïöüåûîøñ]", re.IGNORECASE)
_OURS = re.compile("[\u1ea0-\u1ef9]")


class LettersRefused(ValueError):
    """Nobody can say for certain what stands in the file."""


def read_letters(raw: bytes) -> str:
    """Return the text in ``raw`` with composed letters, or refuse it."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if raw.startswith(mark):
            return _checked(_decoded(raw, name))
    if b"\x00" in raw:
        return _checked(_decoded(raw, "utf-16-le" if raw[1:2] == b"\x00" else "utf-16-be"))
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return _old(raw)
    return _checked(text)


def _decoded(raw: bytes, name: str) -> str:
    try:
        return raw.decode(name)
    except UnicodeDecodeError:
        raise _refused() from None


def _refused() -> LettersRefused:
    return LettersRefused(
        _(
            "Nobody can tell for certain which letters are meant. "
            "Open the file, save it as UTF-8, then send it again."
        )
    )


def _checked(text: str) -> str:
    """Refuse what was typed in an old font and only looks like other letters."""
    if "\x00" in text or "\ufffd" in text:
        raise _refused()
    text = unicodedata.normalize("NFC", text)
    if not _OURS.search(text):
        strange = [word for word in _special_words(text) if not _is_syllable(word)]
        is_abc = len(strange) >= _ENOUGH and _reads_well(_tcvn3(text.encode("latin-1", "ignore")))
        if is_abc or len(_VNI_MARKS.findall(text)) > _ENOUGH:
            raise _refused()
    return text


def _old(raw: bytes) -> str:
    """Read one of the older ways of writing Vietnamese, if only one makes sense."""
    readings = [_tcvn3(raw)]
    with suppress(UnicodeDecodeError):
        readings.append(unicodedata.normalize("NFC", raw.decode("cp1258")))
    good = [text for text in readings if _reads_well(text)]
    if len(good) != 1:
        raise _refused()
    return good[0]


def _tcvn3(raw: bytes) -> str:
    return "".join(_TCVN3.get(byte, chr(byte) if byte < 0x80 else "\ufffd") for byte in raw)


def _reads_well(text: str) -> bool:
    """Tell whether every word with a special letter is a Vietnamese syllable."""
    words = _special_words(text)
    outside = [letter for letter in text if ord(letter) > 0x7F and not letter.isalpha()]
    is_clean = all(letter in "“”‘’–—…•°\xa0" for letter in outside)
    return is_clean and len(words) >= _ENOUGH and all(map(_is_syllable, words))


def _special_words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text) if not word.isascii()]


def _is_syllable(word: str) -> bool:
    if not (word.islower() or word.isupper() or word.istitle()):
        return False
    parts = unicodedata.normalize("NFD", word.lower())
    bare = "".join(letter for letter in parts if ord(letter) not in _TONES)
    if len(parts) - len(bare) > 1:
        return False
    return bool(_SYLLABLE.fullmatch(unicodedata.normalize("NFC", bare)))
