"""How good the forecast is, on campaigns that were made up and whose end is therefore known.

Run: python benchmarks/forecast.py [campaigns]

Held against the naive straight line ("as much a day as so far"): the mean error of the figure of
the last day, as a share of the truth, and how often the truth lay inside the band of eight in ten.
"""

import datetime as dt
import math
import random
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from campaigns.rules.calendar import holidays_between
from campaigns.rules.forecast import foresee, straight_line

LENGTH = 100
ASKED_ON = (30, 50, 63, 80)
SHAPES = ("steady", "s-curve", "late start", "stall", "dying away", "last-minute rush")


@dataclass(frozen=True)
class Made:
    """One campaign that was made up."""

    shape: str
    first_day: dt.date
    most: int
    by_day: dict[int, int]

    @property
    def truth(self) -> int:
        return sum(self.by_day.values())

    def until(self, day: int) -> dict[int, int]:
        """What was known on the evening of a day."""
        return {d: n for d, n in self.by_day.items() if d <= day}


def make(seed: int) -> Made:
    """Make up one campaign; the same for the same seed."""
    dice = random.Random(seed)
    shape = SHAPES[seed % len(SHAPES)]
    # Every other one meets Tết or the days around 30 April and 2 September.
    first_day = dt.date(2026, 1, 1) + dt.timedelta(days=dice.randrange(365))
    most = round(math.exp(dice.uniform(math.log(150), math.log(60_000))))
    aims_at = most * dice.uniform(0.25, 0.95)
    pace = _pace(shape, dice)
    weekday = [1.0] * 5 + [dice.uniform(1, 6), dice.uniform(1, 6)]
    off = holidays_between(first_day, first_day + dt.timedelta(days=LENGTH))
    rest = dice.choice((0.0, 0.1, 0.5))
    groups = dice.uniform(1, 8)
    mood, moods = 0.0, []
    for day in range(1, LENGTH + 1):
        if day % 7 == 1:
            mood = 0.85 * mood + dice.gauss(0, 0.18)
        moods.append(mood)
    shares = []
    for day in range(1, LENGTH + 1):
        date = first_day + dt.timedelta(days=day - 1)
        share = pace(day / LENGTH) * weekday[date.weekday()] * math.exp(moods[day - 1])
        shares.append(share * (rest if date in off else 1))
    scale = aims_at / sum(shares)
    by_day, left = {}, most
    for day, share in enumerate(shares, start=1):
        found = min(left, _groups(share * scale, groups, dice))
        if found:
            by_day[day] = found
            left -= found
    return Made(shape, first_day, most, by_day)


def _pace(shape, dice):
    """Return the pace as a function of the share of the days that are over."""
    if shape == "s-curve":
        middle, steep = dice.uniform(0.35, 0.65), dice.uniform(5, 12)
        return lambda t: 1 / math.cosh(steep * (t - middle) / 2) ** 2 + 0.03
    if shape == "late start":
        begins = dice.uniform(0.1, 0.4)
        return lambda t: 0 if t < begins else min(1, (t - begins) / 0.15 + 0.2)
    if shape == "stall":
        begins = dice.uniform(0.25, 0.8)
        ends = begins + dice.uniform(0.08, 0.3)
        return lambda t: 0.05 if begins < t < ends else 1
    if shape == "dying away":
        falls = dice.uniform(0.8, 2.5)
        return lambda t: math.exp(-falls * t)
    if shape == "last-minute rush":
        grows = dice.uniform(0.5, 1.8)
        return lambda t: math.exp(grows * t)
    return lambda t: 1


def _groups(mean, size, dice):
    """Return a number that scatters ``size`` times as much as chance: people come in groups."""
    if mean <= 0:
        return 0
    drawn = dice.gammavariate(mean / size, size) if mean < 5_000 else mean
    # Poisson; by the normal curve where numbers are large.
    if drawn > 200:
        return max(0, round(dice.gauss(drawn, math.sqrt(drawn))))
    limit, n, product = math.exp(-drawn), 0, dice.random()
    while product > limit:
        n += 1
        product *= dice.random()
    return n


@dataclass
class Score:
    """How a forecast did, over many campaigns."""

    asked: int = 0
    answered: int = 0
    inside: int = 0
    ours: float = 0.0
    naive: float = 0.0
    wide: float = 0.0

    def add(self, made: Made, on: int) -> None:
        self.asked += 1
        found = foresee(made.until(on), on, LENGTH, made.first_day, made.most)
        if found is None:
            return
        truth, last = made.truth, found.last
        self.answered += 1
        self.inside += last.low <= truth <= last.high
        self.ours += abs(last.middle - truth) / truth
        self.naive += abs(straight_line(made.by_day, on, LENGTH) - truth) / truth
        self.wide += (last.high - last.low) / truth

    @property
    def line(self) -> str:
        n = max(1, self.answered)
        return (
            f"{self.answered:5}/{self.asked:<5} {self.ours / n:8.1%} {self.naive / n:8.1%} "
            f"{self.inside / n:8.1%} {self.wide / n:8.1%}"
        )


def compare(campaigns: range) -> dict[tuple[str, int], Score]:
    """Ask about each made-up campaign on several days; return {(shape, day): score}."""
    scores: dict[tuple[str, int], Score] = defaultdict(Score)
    for seed in campaigns:
        made = make(seed)
        for on in ASKED_ON:
            for shape in (made.shape, "all"):
                scores[shape, on].add(made, on)
                scores[shape, 0].add(made, on)
    return scores


def main() -> None:
    campaigns = int(sys.argv[1]) if len(sys.argv) > 1 else 600
    scores = compare(range(campaigns))
    print(f"{campaigns} made-up campaigns; errors are shares of the true figure of day {LENGTH}")
    print(
        f"{'':18} {'day':>4} {'answered':>11} {'ours':>8} {'naive':>8} {'in band':>8} {'width':>8}"
    )
    for shape in (*SHAPES, "all"):
        for on in (*ASKED_ON, 0):
            print(f"{shape:18} {on or 'all':>4} {scores[shape, on].line}")


if __name__ == "__main__":
    main()
