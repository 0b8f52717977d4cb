"""Which of a lesson's questions are asked."""

from courses.rules.questions.offering import dice


def draw(count: int, asked: int, who: object = "", turn: int = 0) -> list[int]:
    """Return the numbers, from 0, of the questions that are asked out of ``count``.

    0 asks them all. ``who`` tells one learner's draw from another's; whoever tries again, with the
    next ``turn``, meets those first that he or she has not met.
    """
    if not 0 < asked < count:
        return list(range(count))
    mixed = sorted(range(count), key=lambda number: dice("draw", who, number))
    return sorted(mixed[(turn * asked + place) % count] for place in range(asked))
