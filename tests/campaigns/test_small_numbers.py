"""Strangers learn of no handful of people, however they add, subtract and compare.

The attacker here knows every published figure and the rule itself, and tries every world: he
keeps those in which exactly the same would have been published.
"""

from itertools import pairwise, product

from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.rules.disclosure import (
    Counted,
    protect,
    protect_groups,
    rough_share,
    rounded,
)

SMALL = st.integers(0, 9)
# Every world of every example is tried.
some = settings(max_examples=40, deadline=None)


def commune(key, villages):
    parts = [Counted(f"{key}.{n}", count) for n, count in enumerate(villages)]
    return Counted(key, sum(villages), parts)


def province(communes):
    parts = [commune(f"c{n}", villages) for n, villages in enumerate(communes)]
    return Counted("p", sum(map(sum, communes)), parts)


def worlds(told):
    """Every number that a village can have, given what is told of it."""
    return range(told, told + 5)


def possible(whole, build, leaves):
    """Return {village: every number it has in some world that would look the same}."""
    told = protect(whole)
    found = {leaf: set() for leaf in leaves}
    for counts in product(*(worlds(told[leaf]) for leaf in leaves)):
        if protect(build(counts)) == told:
            for leaf, n in zip(leaves, counts, strict=True):
                found[leaf].add(n)
    return found


@some
@given(st.lists(SMALL, min_size=1, max_size=5))
def test_no_neighbours_and_no_parent_give_a_village_away(villages):
    leaves = [f"c.{n}" for n in range(len(villages))]

    found = possible(commune("c", villages), lambda counts: commune("c", counts), leaves)

    assert all(len(numbers) >= 3 for numbers in found.values())
    assert all(n in found[leaf] for leaf, n in zip(leaves, villages, strict=True))


@some
@given(
    st.sampled_from([[2, 2], [1, 3], [1, 1, 2], [3, 2]]).flatmap(
        lambda sizes: st.tuples(*(st.lists(SMALL, min_size=n, max_size=n) for n in sizes))
    )
)
def test_no_grandparent_gives_a_village_away(communes):
    sizes = [len(villages) for villages in communes]
    leaves = [f"c{c}.{v}" for c, size in enumerate(sizes) for v in range(size)]

    def build(counts):
        rest = iter(counts)
        return province([[next(rest) for _ in range(size)] for size in sizes])

    found = possible(province(communes), build, leaves)

    assert all(len(numbers) >= 3 for numbers in found.values())


@some
@given(
    st.lists(st.integers(0, 6), min_size=2, max_size=3).flatmap(
        lambda day: st.tuples(
            st.just(day), st.lists(st.integers(0, 4), min_size=len(day), max_size=len(day))
        )
    )
)
def test_no_two_days_give_a_village_away(two_days):
    """He also knows that figures only grow."""
    before, more = two_days
    after = [n + added for n, added in zip(before, more, strict=True)]
    told = [protect(commune("c", day)) for day in (before, after)]
    leaves = [f"c.{n}" for n in range(len(before))]
    fitting = [
        [
            counts
            for counts in product(*(worlds(day[leaf]) for leaf in leaves))
            if protect(commune("c", counts)) == day
        ]
        for day in told
    ]

    pairs = [
        (one, two)
        for one, two in product(*fitting)
        if all(n <= m for n, m in zip(one, two, strict=True))
    ]

    for number in range(len(before)):
        assert len({one[number] for one, _two in pairs}) >= 2
        assert len({two[number] for _one, two in pairs}) >= 2
        # And how many came in between is never known, unless the fives themselves moved.
        gained = {two[number] - one[number] for one, two in pairs}
        assert len(gained) >= 2


@some
@given(st.lists(SMALL, min_size=2, max_size=3), st.data())
def test_no_groups_give_one_another_or_a_village_away(villages, data):
    """The same people twice: by village, and by group."""
    total = sum(villages)
    one = data.draw(st.integers(0, total))
    two = data.draw(st.integers(0, total - one))
    groups = {"a": one, "b": two, "c": total - one - two}
    told = protect(commune("c", villages))
    told_groups = protect_groups(groups, told["c"])
    if told_groups is None:
        return
    leaves = [f"c.{n}" for n in range(len(villages))]

    by_village, by_group = {}, {}
    for counts in product(*(worlds(told[leaf]) for leaf in leaves)):
        if protect(commune("c", counts)) == told:
            by_village.setdefault(sum(counts), []).append(counts)
    for counts in product(*(worlds(n) for n in told_groups.values())):
        by_group.setdefault(sum(counts), []).append(counts)
    both = by_village.keys() & by_group.keys()

    for number in range(len(villages)):
        assert len({c[number] for n in both for c in by_village[n]}) >= 3
    for number in range(len(groups)):
        assert len({c[number] for n in both for c in by_group[n]}) >= 3


def test_five_villages_of_four_do_not_tell_that_they_are_all_four():
    told = protect(commune("c", [4, 4, 4, 4, 4]))

    assert told == {"c": 15, **{f"c.{n}": 0 for n in range(5)}}


def test_what_is_told_is_never_too_much_and_usually_no_more_than_four_too_little():
    villages = [37, 12, 4, 0, 61, 25]
    told = protect(commune("c", villages))

    assert told["c"] == 135  # of 139
    assert [told[f"c.{n}"] for n in range(6)] == [35, 10, 0, 0, 60, 25]


@some
@given(st.lists(st.lists(st.integers(0, 400), min_size=1, max_size=6), min_size=1, max_size=6))
def test_a_told_figure_is_true_as_at_least_and_as_the_sum_of_those_below(communes):
    whole = province(communes)
    told = protect(whole)

    for place in (whole, *whole.parts):
        assert told[place.key] <= place.n
        assert told[place.key] >= sum(told[part.key] for part in place.parts)
        assert told[place.key] % 5 == 0


@some
@given(st.lists(st.integers(0, 30), min_size=3, max_size=8), st.lists(st.integers(0, 9)))
def test_figures_never_fall_while_the_truth_grows(villages, more):
    days = [villages]
    for number, added in enumerate(more):
        day = list(days[-1])
        day[number % len(day)] += added
        days.append(day)

    for before, after in pairwise(protect(commune("c", day)) for day in days):
        assert all(before[key] <= after[key] for key in before)


def test_the_shares_of_strangers_move_in_steps_of_five():
    assert rough_share(rounded(123), 200) == 60
    assert rough_share(0, 200) == 0
    assert rough_share(120, None) is None


def test_groups_are_not_told_where_their_sum_would_correct_the_place():
    # Told 15 of the place, and 20 of its only group: that would undo the cap.
    assert protect_groups({"vi": 20}, 15) is None
    assert protect_groups({"vi": 20}, 20) == {"vi": 20}
    # Four in each of five, and all of them together twenty.
    assert protect_groups(dict.fromkeys("abcde", 4), 20) is None
