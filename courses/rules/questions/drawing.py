"""Which of a lesson's questions are asked."""

from collections.abc import Collection, Sequence

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


def draw_across(
    pools: Sequence[Sequence[str]], size: int, who: object = "", met: Collection[str] = ()
) -> list[str]:
    """Return ``size`` of the ids in ``pools``, from each pool as many as from the others.

    What somebody has ``met`` comes last. They stand in the order of the pools.
    """
    turns = [
        sorted(pool, key=lambda name: (name in met, dice("across", who, name))) for pool in pools
    ]
    # Where there are more pools than questions, who comes first is drawn, too.
    turns.sort(key=lambda pool: dice("pool", who, *sorted(pool)))
    longest = max(map(len, turns), default=0)
    taken = [pool[turn] for turn in range(longest) for pool in turns if turn < len(pool)][:size]
    return [name for pool in pools for name in pool if name in taken]
