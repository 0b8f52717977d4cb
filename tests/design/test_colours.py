"""Every pair of ink and ground that the screens use can be read, by day and by night."""

import re
from itertools import product
from pathlib import Path

import pytest
from django.conf import settings

CSS = Path(settings.BASE_DIR) / "lms" / "static" / "lms" / "css"
TOKENS = (CSS / "tokens.css").read_text(encoding="utf-8")
PAIRS = {
    name: {"day": day, "night": night}
    for name, day, night in re.findall(
        r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", TOKENS
    )
}
OLD_BROWSERS = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", TOKENS))

GROUNDS = ("paper", "surface", "sunk")
LEARNER_PAIRS = [
    *product(("ink", "ink-soft", "leaf", "lacquer"), GROUNDS),
    *product(("ink", "leaf"), ("good-tint",)),
    *((kind, f"{kind}-tint") for kind in ("good", "warn", "bad", "info")),
    *((f"on-{kind}", kind) for kind in ("leaf", "lacquer", "indigo")),
    ("on-leaf", "leaf-deep"),
]
STAFF_PAIRS = [
    ("on-ochre", "ochre"),
    ("on-tile-dark", "tile-good"),
    ("on-tile-dark", "tile-bad"),
    ("on-tile-light", "tile-warn"),
    ("on-tile-light", "tile-none"),
]
CONTROL_PAIRS = [*product(("edge", "focus"), GROUNDS)]


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_formula_agrees_with_the_standard():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("time", ["day", "night"])
@pytest.mark.parametrize(
    ("pairs", "least"), [(LEARNER_PAIRS, 7), (STAFF_PAIRS, 4.5), (CONTROL_PAIRS, 3)]
)
def test_ink_can_be_read_on_its_ground(pairs, least, time):
    weak = {
        (ink, ground): round(contrast(PAIRS[ink][time], PAIRS[ground][time]), 2)
        for ink, ground in pairs
        if contrast(PAIRS[ink][time], PAIRS[ground][time]) < least
    }
    assert weak == {}


def test_a_browser_without_light_dark_gets_the_same_day():
    assert {name: pair["day"] for name, pair in PAIRS.items()} == OLD_BROWSERS


def test_colours_are_named_in_the_tokens_only():
    allowed = {"#fff", "#000", "#fffdf6", "#d7707c"}  # paper, pictures' ground, a printed hatch
    # The rehearsed phone is a picture and has no night: its ring, its hint, its zones.
    allowed |= {"#1140c4", "#8c1d12", "#0b4d3c", "#0b4d3c40", "#573b00"}
    # So are the zones on the authors' desk, which knows none of our tokens.
    allowed |= {"#7d160c", "#7d160c40", "#1140c433"}
    strays = {
        f"{sheet.name}: {colour}"
        for sheet in CSS.glob("*.css")
        if sheet.name != "tokens.css"
        for colour in re.findall(r"#[0-9a-fA-F]{3,8}\b(?!-)", sheet.read_text(encoding="utf-8"))
        if colour.lower() not in allowed
    }
    assert strays == set()


def test_every_colour_that_a_sheet_uses_is_a_token():
    known = set(re.findall(r"--([\w-]+):", TOKENS))
    used = {
        name
        for sheet in CSS.glob("*.css")
        for name in re.findall(r"var\(--([\w-]+)", sheet.read_text(encoding="utf-8"))
    }
    assert used - known == set()
