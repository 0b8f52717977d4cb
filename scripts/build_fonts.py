"""Cut our two web fonts out of Noto Sans.

Noto Sans has every Vietnamese letter and every letter of Ê Đê, and marks that sit where they
should; whole, it is far too heavy for a slow telephone. This keeps the characters that our
screens write, with the layout features that place the marks, and writes one small woff2 file
per weight. Run it again after adding a character to `characters()`:

    apt-get install fonts-noto-core
    python scripts/build_fonts.py
"""

from __future__ import annotations

import itertools
import re
import shutil
import sys
import unicodedata
from pathlib import Path

from fontTools.subset import Options, Subsetter, load_font, save_font
from fontTools.ttLib import TTFont

SOURCE = Path("/usr/share/fonts/truetype/noto")
COPYRIGHT = Path("/usr/share/doc/fonts-noto-core/copyright")
TARGET = Path(__file__).resolve().parent.parent / "lms" / "static" / "lms" / "fonts"
WEIGHTS = ("Regular", "Bold")

TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
VOWELS = "aăâeêioôơuưy"
EDE = "ƀčĕĭñŏŭ"
COMBINING = "\u0300\u0301\u0302\u0303\u0306\u0308\u0309\u030c\u031b\u0323"
# What names and loan words on our screens bring along: Bru, Hrê, Gia Rai, French.
NEIGHBOURS = "äçèéëïîñöøüœæěǎǐǒǔ"
PUNCTUATION = "\u00a0\u2009\u202f\u2010\u2011–—‘’‚“”„†•…‰‹›«»¡¿·°©®§¶±×÷¼½¾¹²³µªº₫€£¥™№¬¦¨¯´¸"


def vietnamese_letters() -> set[str]:
    """The 134 letters that Vietnamese adds to ASCII: toned vowels of both cases, and đ."""
    lower = {
        unicodedata.normalize("NFC", vowel + tone)
        for vowel, tone in itertools.product(VOWELS, TONES)
    } | {"đ"}
    return {letter for letter in lower | {c.upper() for c in lower} if not letter.isascii()}


def ede_letters() -> set[str]:
    """The letters that Ê Đê adds to Vietnamese; the others are written with combining marks."""
    return set(EDE) | set(EDE.upper())


def characters() -> set[str]:
    ascii_printable = {chr(code) for code in range(0x20, 0x7F)}
    neighbours = set(NEIGHBOURS) | set(NEIGHBOURS.upper())
    return (
        ascii_printable
        | vietnamese_letters()
        | ede_letters()
        | neighbours
        | set(COMBINING)
        | set(PUNCTUATION)
    )


def cut(weight: str) -> Path:
    options = Options()
    options.flavor = "woff2"
    options.layout_features = ["ccmp", "locl", "mark", "mkmk", "kern", "liga", "tnum", "lnum"]
    options.hinting = False
    options.desubroutinize = True
    options.name_IDs = [0, 1, 2, 4, 6, 13, 14]
    options.notdef_outline = True
    options.recalc_timestamp = False
    font: TTFont = load_font(str(SOURCE / f"NotoSans-{weight}.ttf"), options)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[ord(character) for character in characters()])
    subsetter.subset(font)
    target = TARGET / f"noto-sans-{weight.lower()}.woff2"
    save_font(font, str(target), options)
    return target


def copy_licence() -> None:
    """The OFL asks that its text travels with the font."""
    text = COPYRIGHT.read_text(encoding="utf-8")
    body = re.search(r"^License: OFL-1\.1\n(?P<body>(?: .*\n)+)", text, re.MULTILINE)
    if body is None:
        sys.exit("The Debian copyright file no longer holds the OFL text where we look for it.")
    lines = [line[1:] if line != " ." else "" for line in body["body"].splitlines()]
    (TARGET / "OFL.txt").write_text(
        "Noto Sans (subset). Copyright 2010-2020 Google LLC.\n"
        "This Font Software is licensed under the SIL Open Font License, Version 1.1.\n\n"
        + "\n".join(lines)
        + "\n",
        encoding="utf-8",
    )


def main() -> None:
    if not SOURCE.exists() or shutil.which("dpkg") is None:
        sys.exit("Needs the Debian package fonts-noto-core.")
    TARGET.mkdir(parents=True, exist_ok=True)
    for weight in WEIGHTS:
        target = cut(weight)
        have = TTFont(target).getBestCmap()
        missing = sorted(c for c in characters() if ord(c) not in have)
        print(f"{target.name}: {target.stat().st_size:,} bytes, {len(have)} characters")
        if missing:
            print("  not in Noto Sans:", " ".join(f"U+{ord(c):04X}" for c in missing))
    copy_licence()


if __name__ == "__main__":
    main()
