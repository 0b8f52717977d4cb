"""The shapes of curves: sums by day as lines, for a page and for paper."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate

from campaigns.reports.pace import Pace, PlacePace


@dataclass(frozen=True)
class Chart:
    """Sums by day as a line, drawn in a box of WIDTH × HEIGHT."""

    WIDTH = 600
    HEIGHT = 180

    length: int
    day: int
    highest: int
    # (measure, points of a polyline, the last value, its y)
    lines: list[tuple[str, str, int, float]]
    # Where the pace would be: from nothing on day 0 to the goal on the last day.
    pace: tuple[float, float] | None
    today_x: float


def chart(curves: dict[str, list[int]], length: int, day: int, goal: int | None = None) -> Chart:
    """Return the curves of a campaign, with the straight line of the pace to the goal."""
    highest = max([goal or 0, 1, *(values[-1] for values in curves.values() if values)])

    def x(number):
        return round(number * Chart.WIDTH / length, 1)

    def y(value):
        return round(Chart.HEIGHT - value * Chart.HEIGHT / highest, 1)

    return Chart(
        length=length,
        day=day,
        highest=highest,
        lines=[
            (
                measure,
                " ".join(f"{x(number)},{y(value)}" for number, value in enumerate(values)),
                values[-1],
                y(values[-1]),
            )
            for measure, values in curves.items()
            if values
        ],
        pace=(y(0), y(goal)) if goal else None,
        today_x=x(day),
    )


@dataclass(frozen=True)
class PaceChart:
    """What was reached, what is probable and what is needed, in a box of WIDTH × HEIGHT."""

    WIDTH = 600
    HEIGHT = 240

    length: int
    day: int
    # Points of polylines and of the band; empty where there is nothing to draw.
    reached: str
    middle: str
    band: str
    today_x: float
    reached_y: float
    # The goal as a height, and the line that leads to it from today.
    goal_y: float | None
    needed: str
    # (height, words) of a few steps up the left side.
    steps: list[tuple[float, int]]


def pace_chart(found: Pace, today: int) -> PaceChart:
    """Return the drawing of one place's pace: past, band, goal and the way to it."""
    length = found.campaign.length
    sums = cumulated(found.whole.by_day, today)
    last = found.forecast.last if found.forecast else None
    top = max(found.goal or 0, sums[-1], last.high if last else 0, 1)
    step = _round_step(top)
    highest = max(top, step) * 1.04

    def at(day, value):
        return f"{round(day * PaceChart.WIDTH / length, 1)},{y(value)}"

    def y(value):
        return round(PaceChart.HEIGHT - value * PaceChart.HEIGHT / highest, 1)

    days = found.forecast.days[max(0, today - found.through) :] if found.forecast else []
    start = at(today, sums[-1])
    return PaceChart(
        length=length,
        day=today,
        reached=" ".join(at(day, value) for day, value in enumerate(sums)),
        middle=" ".join([start, *(at(d.day, d.middle) for d in days)]) if days else "",
        band=" ".join(
            [start, *(at(d.day, d.high) for d in days), *(at(d.day, d.low) for d in days[::-1])]
        )
        if days
        else "",
        today_x=round(today * PaceChart.WIDTH / length, 1),
        reached_y=y(sums[-1]),
        goal_y=y(found.goal) if found.goal else None,
        needed=(
            f"{start} {at(length, found.goal)}"
            if found.goal and sums[-1] < found.goal and today < length
            else ""
        ),
        steps=[(y(n), n) for n in range(step, int(highest) + 1, step)],
    )


@dataclass(frozen=True)
class Small:
    """One of many little curves, all on the same scale: the share of the own goal."""

    WIDTH = 100
    HEIGHT = 60

    row: PlacePace
    points: str


def small_multiples(found: Pace, today: int) -> list[Small]:
    """Return the little curves of the places below, those that fall short most first.

    They share one scale, the share of the own goal, so that a steep line is steep everywhere; one
    that passes the goal is cut off at its upper edge. A place without a goal has no line.
    """
    length = found.campaign.length
    # A line of 25 corners looks like one of a hundred, and weighs a quarter.
    days = sorted({*range(0, today, max(1, length // 25)), today})
    curves = []
    for row in found.by_need:
        points = ""
        if row.goal and row.by_day:
            sums = cumulated(row.by_day, today)
            points = " ".join(
                f"{round(day * Small.WIDTH / length)},"
                f"{round(Small.HEIGHT * (1 - min(1.0, sums[day] / row.goal)))}"
                for day in days
            )
        curves.append(Small(row, points))
    return curves


def cumulated(by_day: Mapping[int, int], until: int) -> list[int]:
    """Return what was reached by day 0, day 1 … ``until``; what came later stands on the last."""
    sums = list(accumulate(by_day.get(day, 0) for day in range(until + 1)))
    sums[-1] += sum(n for day, n in by_day.items() if day > until)
    return sums


def _round_step(top: int) -> int:
    """Return a round number that goes into ``top`` two to five times."""
    size = 1
    while True:
        for factor in (1, 2, 5):
            if top <= factor * size * 5:
                return factor * size
        size *= 10
