"""The colours of the map can be told apart by whoever sees fewer colours, and on grey paper."""

from itertools import combinations

import pytest

from tests.design.test_colours import PAIRS, contrast, luminance

# Machado, Oliveira, Fernandes (2009), complete loss of one kind of cone; on linear light.
SIMULATIONS = {
    "all colours": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
    "grey paper": ((0.2126, 0.7152, 0.0722),) * 3,
}
FRESH = ("tile-good", "tile-warn", "tile-bad", "tile-none")
STALE = ("tile-good-old", "tile-warn-old", "tile-bad-old")
# Steps of lightness and hue together (CIE 1976); from ten on two areas are plainly different.
PLAIN = 12


def linear(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]


def lab(light):
    red, green, blue = light

    def root(t):
        return t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116

    x = root((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505)
    y = root(0.2126 * red + 0.7152 * green + 0.0722 * blue)
    z = root((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def seen(colour, simulation):
    light = linear(colour)
    return [
        min(1, max(0, sum(share * part for share, part in zip(row, light, strict=True))))
        for row in SIMULATIONS[simulation]
    ]


def distance(one, other, simulation):
    pairs = zip(lab(seen(one, simulation)), lab(seen(other, simulation)), strict=True)
    return sum((a - b) ** 2 for a, b in pairs) ** 0.5


@pytest.mark.parametrize("simulation", SIMULATIONS)
@pytest.mark.parametrize("time", ["day", "night"])
@pytest.mark.parametrize("colours", [FRESH, STALE])
def test_each_state_can_be_told_from_each_other(colours, time, simulation):
    alike = {
        pair: round(distance(*(PAIRS[name][time] for name in pair), simulation))
        for pair in combinations(colours, 2)
        if distance(*(PAIRS[name][time] for name in pair), simulation) < PLAIN
    }
    assert alike == {}


@pytest.mark.parametrize("simulation", SIMULATIONS)
@pytest.mark.parametrize("state", ["good", "bad"])
def test_what_is_old_is_paler(state, simulation):
    fresh, old = PAIRS[f"tile-{state}"]["day"], PAIRS[f"tile-{state}-old"]["day"]

    assert distance(fresh, old, simulation) >= 2 * PLAIN
    assert luminance(old) > luminance(fresh)


def test_on_grey_paper_the_states_stand_in_a_row_from_dark_to_light():
    order = sorted(FRESH, key=lambda name: luminance(PAIRS[name]["day"]))

    assert order == ["tile-good", "tile-bad", "tile-none", "tile-warn"]


@pytest.mark.parametrize("name", STALE)
def test_signs_can_be_read_on_what_is_old(name):
    assert contrast(PAIRS["on-tile-light"]["day"], PAIRS[name]["day"]) >= 4.5


def test_the_former_colours_were_not_told_apart():
    """Looks at the test itself: red and green of old were one to whoever lacks green."""
    assert distance("#1b7837", "#b2182b", "deuteranopia") < PLAIN + 1
    assert distance("#1b7837", "#b2182b", "grey paper") < PLAIN
