"""One number parted among many so that nothing is lost. Pure."""

from collections.abc import Sequence


def split(
    total: int, weights: Sequence[int], at_most: Sequence[int | None] | None = None
) -> list[int]:
    """Part ``total`` in proportion to ``weights``; the parts are whole and sum up to it exactly.

    Each part is its share rounded down, and what is left over goes one by one to those who lost
    most by rounding (the largest remainder); among equals to the first. No part exceeds its
    ``at_most``: what it cannot take goes to the others, in proportion. Whoever weighs nothing gets
    nothing. Refuses with ``ValueError`` what does not fit.
    """
    limits = list(at_most) if at_most is not None else [None] * len(weights)
    parts = [0] * len(weights)
    takers = [number for number, weight in enumerate(weights) if weight > 0]
    left = total
    while full := _overfull(left, weights, limits, takers):
        for number in full:
            parts[number] = limits[number] or 0
            left -= parts[number]
        takers = [number for number in takers if number not in full]
    if left and not takers:
        raise ValueError("There is nobody to give the rest to.")
    together = sum(weights[number] for number in takers)
    for number in takers:
        parts[number] = left * weights[number] // together
    missing = left - sum(parts[number] for number in takers)
    by_loss = sorted(takers, key=lambda number: -(left * weights[number] % together))
    for number in by_loss[:missing]:
        parts[number] += 1
    return parts


def _overfull(left, weights, limits, takers):
    """Return those whose share of what is left is more than they may take."""
    together = sum(weights[number] for number in takers)
    return {
        number
        for number in takers
        if limits[number] is not None and left * weights[number] > limits[number] * together
    }
