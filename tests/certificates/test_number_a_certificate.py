import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.rules import ALPHABET, corrections, make_number, normal_number

# The rule


def test_a_number_can_be_read_aloud():
    for _try in range(50):
        assert re.fullmatch(rf"TN(-[{ALPHABET}]{{4}}){{3}}", make_number())
    assert not set("ILOU") & set(ALPHABET)


def test_two_numbers_are_never_the_same():
    assert len({make_number() for _try in range(5000)}) == 5000


@pytest.mark.parametrize(
    "typed",
    [
        "TN-7K3Q-X9P2-MD0W",
        "tn-7k3q-x9p2-md0w",
        " TN 7K3Q X9P2 MD0W ",
        "TN7K3QX9P2MD0W",
        "TN-7K3Q-X9P2-MDOW",
        "7K3Q-X9P2-MD0W",
        "TN–7K3Q–X9P2–MD0W.",
        "https://tramngay.example/xac-minh/TN-7K3Q-X9P2-MD0W/",
    ],
)
def test_what_was_meant_is_understood(typed):
    assert normal_number(typed) == "TN-7K3Q-X9P2-MD0W"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "TN",
        "TN-7K3Q-X9P2-MD0",
        "TN-7K3Q-X9P2-MD0W5",
        "TN-7K3Q-X9P2-MDUW",
        "' OR 1=1 --",
        "TN-7K3Q-X9P2-MD0\x00",
        "Nguyễn Thị Lan",
        "٣" * 12,
        "A" * 10_000,
    ],
)
def test_what_cannot_be_a_number_is_none(typed):
    assert normal_number(typed) is None


@given(st.text(max_size=60))
def test_any_text_is_answered_with_a_number_or_nothing(typed):
    number = normal_number(typed)

    assert number is None or normal_number(number) == number


def test_a_correction_is_whatever_is_no_longer_as_printed():
    printed = {"name": "Trần Thị Lan", "village": "thôn 1", "issued_on": "2026-11-20"}

    now = {"name": "Trần Thị Lán", "village": "thôn 1", "issued_on": "2026-11-21"}

    assert corrections(printed, now) == ["name"]
