"""Photographed registers: how many boxes are read rightly, how long a photograph takes."""

import time
from collections import Counter

import cv2
import django
import numpy as np

django.setup()

from progress.imports.sheets import Unreadable, read_sheet  # noqa: E402
from tests.progress.photographs import (  # noqa: E402
    DOUBTFUL,
    fill_in,
    page_picture,
    photograph,
    printed_page,
)

PHOTOGRAPHS = 400
# Others than those of the tests.
FIRST = 10_000


def main() -> None:
    cv2.setNumThreads(1)
    page = page_picture(printed_page())
    sums: Counter = Counter()
    seconds = []
    for number in range(FIRST, FIRST + PHOTOGRAPHS):
        luck = np.random.default_rng(number)
        filled, truth = fill_in(page, luck)
        photo = photograph(filled, luck)
        begun = time.process_time()
        try:
            reading = read_sheet(photo)
        except Unreadable as reason:
            sums[f"refused: {reason.code}"] += 1
            continue
        seconds.append(time.process_time() - begun)
        for line, habit, status, ticked in zip(
            reading.lines, truth.habits, truth.statuses, truth.ticked, strict=True
        ):
            sums["boxes"] += len(ticked)
            sums["wrong"] += sum(a != b for a, b in zip(line.ticked, ticked, strict=True))
            sums["lines"] += 1
            sums["certain"] += line.is_certain
            sums["silent"] += line.is_certain and (habit in DOUBTFUL or line.status != status)
    right = 100 * (1 - sums["wrong"] / sums["boxes"])
    print(f"{PHOTOGRAPHS} photographs, {sum(n for s, n in sums.items() if ':' in s)} refused")
    print(f"{sums['boxes']:,} boxes, {right:.2f} % right")
    print(f"{sums['certain']:,} of {sums['lines']:,} lines certain, {sums['silent']} of them wrong")
    print(f"{1000 * np.median(seconds):.0f} ms of a processor for each, in the middle")


main()
