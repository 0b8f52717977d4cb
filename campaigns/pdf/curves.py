"""Curves as drawings, sharp in any size and readable without colours."""

from collections.abc import Mapping
from html import escape

from django.utils.formats import number_format

WIDTH, HEIGHT = 620, 165
LEFT, RIGHT, TOP, BOTTOM = 52, 8, 10, 26
# Told apart by their strokes first, so that they survive a photocopier.
_STROKES = (
    ("#0b4d3c", "", "2.4"),
    ("#8c1d12", "7 4", "2.4"),
    ("#1d3f72", "2 3", "2.4"),
)


def curves_svg(
    curves: Mapping[str, tuple[str, list[int]]], length: int, goal: int | None = None
) -> bytes:
    """Return sums by day as lines over the whole campaign; ``goal`` draws the even pace to it."""
    highest = max([goal or 0, 1, *(values[-1] for _label, values in curves.values() if values)])
    step = _step(highest)
    top = -(-highest // step) * step
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(day):
        return f"{LEFT + day * wide / length:.1f}"

    def y(value):
        return f"{TOP + high - value * high / top:.1f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="Tram Ngay Paper" font-size="12">'
    ]
    for value in range(0, top + 1, step):
        parts.append(
            f'<path d="M{LEFT} {y(value)}H{WIDTH - RIGHT}" stroke="#bbb" stroke-width="0.6"/>'
            f'<text x="{LEFT - 6}" y="{float(y(value)) + 4:.1f}" text-anchor="end">'
            f"{_number(value)}</text>"
        )
    for day in sorted({1, length // 4, length // 2, length * 3 // 4, length}):
        parts.append(
            f'<text x="{x(day)}" y="{HEIGHT - 8}" text-anchor="middle">{day}</text>'
            f'<path d="M{x(day)} {y(0)}v4" stroke="#000" stroke-width="0.8"/>'
        )
    if goal:
        parts.append(
            f'<path d="M{x(0)} {y(0)}L{x(length)} {y(goal)}" stroke="#555" stroke-width="1.2" '
            'stroke-dasharray="1 4" fill="none"/>'
        )
    for (_label, values), (colour, dashes, stroke) in zip(curves.values(), _STROKES, strict=False):
        points = " ".join(f"{x(day)},{y(value)}" for day, value in enumerate(values))
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" '
            f'stroke-width="{stroke}"{dashed}/>'
        )
    parts.append(
        f'<path d="M{LEFT} {TOP}V{y(0)}H{WIDTH - RIGHT}" fill="none" stroke="#000"/></svg>'
    )
    return "".join(parts).encode()


def key_svg(number: int) -> bytes:
    """Return the stroke of one curve, for the words below the drawing."""
    colour, dashes, stroke = _STROKES[number]
    dashed = f' stroke-dasharray="{escape(dashes)}"' if dashes else ""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 36 8">'
        f'<path d="M0 4H36" stroke="{colour}" stroke-width="{stroke}"{dashed}/></svg>'
    ).encode()


def pace_key_svg() -> bytes:
    """Return the stroke of the even pace."""
    return (
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 36 8">'
        b'<path d="M0 4H36" stroke="#555" stroke-width="1.2" stroke-dasharray="1 4"/></svg>'
    )


def _step(highest: int) -> int:
    """Return the distance of the lines: a round number, three to five of them."""
    ten = 1
    while ten * 10 <= highest:
        ten *= 10
    return next(
        (step for step in (ten // 5, ten // 2, ten, ten * 2) if step and highest <= step * 5),
        ten * 2,
    )


def _number(value: int) -> str:
    return number_format(value, use_l10n=True, force_grouping=True)
