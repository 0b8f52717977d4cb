"""Two hundred photographed registers are read: what is certain is right, the rest is shown.

The page is printed by the product, ticked and photographed by ``photographs``. Every photograph
is another one: turned, seen at an angle, bent, blurred, shaded, noisy, squeezed.
"""

import os
import subprocess
import sys

import cv2
import numpy as np
import pytest

from progress.imports.sheets import Unreadable, read_sheet
from tests.progress.photographs import (
    DOUBTFUL,
    fill_in,
    on_table,
    page_picture,
    photograph,
    printed_page,
)

PHOTOGRAPHS = 200
PARTS = 8


@pytest.fixture(scope="module")
def page():
    cv2.setNumThreads(1)
    return page_picture(printed_page())


@pytest.mark.parametrize("part", range(PARTS))
def test_what_is_certain_is_right(page, part, record_property):
    cells = wrong = certain = silent = unreadable = 0
    first = part * PHOTOGRAPHS // PARTS

    for number in range(first, first + PHOTOGRAPHS // PARTS):
        luck = np.random.default_rng(number)
        filled, truth = fill_in(page, luck)
        try:
            reading = read_sheet(photograph(filled, luck))
        except Unreadable:
            unreadable += 1
            continue
        for line, habit, status, ticked in zip(
            reading.lines, truth.habits, truth.statuses, truth.ticked, strict=True
        ):
            cells += len(ticked)
            wrong += sum(seen != meant for seen, meant in zip(line.ticked, ticked, strict=True))
            certain += line.is_certain
            silent += line.is_certain and (habit in DOUBTFUL or line.status != status)

    print(
        f"{PHOTOGRAPHS // PARTS} photographs, {unreadable} refused; {cells} boxes, {wrong} wrong; "
        f"{certain} lines certain, {silent} of them wrong"
    )
    assert silent == 0
    assert unreadable == 0
    assert wrong <= cells * 0.005
    # Else a person would have to look at nearly everything.
    assert certain >= 0.7 * cells / 4


def test_no_web_process_carries_the_reader():
    code = "import django, sys; django.setup(); import lms.urls; assert 'cv2' not in sys.modules"

    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_the_code_names_the_sheet_and_the_page(page):
    reading = read_sheet(photograph(page, np.random.default_rng(1)))

    assert (reading.code.sheet, reading.code.page) == (1234567890, 1)


def test_of_an_empty_page_nothing_is_certain(page):
    reading = read_sheet(photograph(page, np.random.default_rng(2)))

    assert {line.looks for line in reading.lines} == {"none"}
    assert not any(line.is_certain for line in reading.lines)


def test_a_hidden_corner_is_forgiven_and_two_are_not(page):
    one, two = page.copy(), page.copy()
    height, width = page.shape
    one[-height // 8 :, : width // 8] = 120
    two[-height // 8 :, :] = 120

    assert read_sheet(on_table(one)).lines
    with pytest.raises(Unreadable) as refusal:
        read_sheet(on_table(two))
    assert refusal.value.code == "corners"


def test_two_sheets_in_one_photograph_are_refused(page):
    with pytest.raises(Unreadable) as refusal:
        read_sheet(on_table(np.hstack([page, page])))

    assert refusal.value.code == "several"


def test_a_photograph_in_the_dark_says_so(page):
    with pytest.raises(Unreadable) as refusal:
        read_sheet(on_table((page * 0.05).astype(np.uint8), table=3))

    assert refusal.value.code == "dark"


@pytest.mark.parametrize("content", [b"", b"no picture", os.urandom(2000)])
def test_what_is_no_photograph_is_refused(content):
    with pytest.raises(Unreadable):
        read_sheet(content)


def test_a_photograph_of_something_else_is_refused():
    noise = np.random.default_rng(3).integers(0, 255, (1500, 1100), dtype=np.uint8)

    with pytest.raises(Unreadable) as refusal:
        read_sheet(on_table(noise))

    assert refusal.value.code == "corners"
