"""The small fonts that we send hold every letter that our people write."""

import unicodedata
from pathlib import Path

import pytest
from django.conf import settings
from fontTools.ttLib import TTFont

FONTS = Path(settings.BASE_DIR) / "lms" / "static" / "lms" / "fonts"
TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
VIETNAMESE = {
    letter
    for vowel in "aăâeêioôơuưy"
    for tone in TONES
    for letter in unicodedata.normalize("NFC", vowel + tone)
    if not letter.isascii()
} | {"đ"}
EDE = set("ƀčĕĭñŏŭ")
MARKS = set("\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323")


@pytest.fixture(params=["regular", "bold"])
def font(request):
    return TTFont(FONTS / f"noto-sans-{request.param}.woff2")


def test_vietnamese_adds_134_letters():
    assert len(VIETNAMESE | {letter.upper() for letter in VIETNAMESE}) == 134


def test_every_letter_of_vietnamese_and_ede_is_there(font):
    letters = VIETNAMESE | EDE
    wanted = letters | {letter.upper() for letter in letters} | MARKS
    wanted |= {chr(code) for code in range(0x20, 0x7F)} | set("–—“”‘’…·₫×°")
    assert {c for c in wanted if ord(c) not in font.getBestCmap()} == set()


def test_marks_find_their_place_over_a_letter(font):
    features = {record.FeatureTag for record in font["GPOS"].table.FeatureList.FeatureRecord}
    assert {"mark", "kern"} <= features


@pytest.mark.parametrize("name", ["regular", "bold"])
def test_a_font_stays_small_enough_for_a_slow_telephone(name):
    assert (FONTS / f"noto-sans-{name}.woff2").stat().st_size < 15_000


def test_the_licence_travels_with_the_fonts():
    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL.txt").read_text(encoding="utf-8").upper()
