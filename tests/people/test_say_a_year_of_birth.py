"""A year of birth as people say it at the door."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from people.rules import read_birth_year

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("said", "year", "is_about"),
    [
        ("", None, False),
        ("1950", 1950, False),
        (" Sinh năm 1950 ", 1950, False),
        ("khoảng 1950", 1950, True),
        ("KHOANG 1950", 1950, True),
        ("tầm 1950", 1950, True),
        ("1950?", 1950, True),
        ("~1950", 1950, True),
        ("1950 hay 1952", 1951, True),
        ("50", 1950, False),
        ("khoảng 50", 1950, True),
        ("26", 1926, False),
        ("75 tuổi", 1951, True),
        ("75t", 1951, True),
        ("gần 80 tuổi", 1946, True),
        ("1/7/1950", 1950, False),
        ("01.07.1950", 1950, False),
    ],
)
def test_it_is_understood(said, year, is_about):
    assert read_birth_year(said, TODAY) == (year, is_about)


@pytest.mark.parametrize(
    "said",
    ["19", "195", "9", "2999", "1899", "31/2/1950", "năm mươi", "200 tuổi", "1950 1990", "-"],
)
def test_what_is_no_year_is_refused(said):
    with pytest.raises(ValidationError):
        read_birth_year(said, TODAY)
