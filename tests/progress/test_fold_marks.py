"""Marks arrive in any order, late and twice; what they come to does not depend on it."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from progress.rules import ABSENT, LATE, NOTHING, PRESENT, STATUSES, fold

EIGHT = dt.datetime(2026, 11, 21, 20, tzinfo=dt.UTC)


@dataclass
class Tap:
    id: UUID
    status: str = PRESENT
    base: UUID | None = None
    device: str = ""
    seq: int = 0
    observed_at: dt.datetime = EIGHT
    observed_by_id: int = 1


def tap(number, status=PRESENT, *, minute=0, base=None, **fields):
    return Tap(
        UUID(int=number),
        status,
        base=UUID(int=base) if base else None,
        observed_at=EIGHT + dt.timedelta(minutes=minute),
        **fields,
    )


def test_nothing_marked_is_nothing():
    assert fold([]).status == NOTHING
    assert not fold([]).is_disputed


def test_a_person_corrects_himself():
    folded = fold([tap(1, PRESENT), tap(2, LATE, minute=1)])

    assert (folded.status, folded.is_disputed) == (LATE, False)


def test_who_saw_a_mark_and_decided_anew_is_right_whatever_the_clocks_say():
    first = tap(1, PRESENT, minute=180, device="fast clock", seq=1)
    second = tap(2, ABSENT, base=1, device="slow clock", seq=1)

    assert fold([first, second]).status == ABSENT
    assert not fold([first, second]).is_disputed


def test_two_people_who_knew_nothing_of_one_another_disagree():
    folded = fold([tap(1, PRESENT), tap(2, ABSENT, minute=1, observed_by_id=2)])

    assert (folded.status, folded.is_disputed) == (ABSENT, True)


def test_two_people_who_say_the_same_agree():
    assert not fold([tap(1), tap(2, observed_by_id=2)]).is_disputed


def test_the_taps_of_one_device_are_in_the_order_of_its_numbers():
    later = tap(1, LATE, device="phone", seq=2)
    earlier = tap(2, PRESENT, minute=5, device="phone", seq=1)

    assert fold([later, earlier]).status == LATE


def test_a_mark_can_be_taken_back():
    assert fold([tap(1), tap(2, NOTHING, minute=1, base=1)]).status == NOTHING


def test_marks_that_each_claim_to_have_seen_the_other_still_come_to_something():
    forged = [tap(1, base=2, observed_by_id=1), tap(2, ABSENT, base=1, observed_by_id=2)]

    assert fold(forged).winner is not None


@st.composite
def histories(draw):
    """Marks of a few people and phones, some of which saw some others."""
    count = draw(st.integers(1, 8))
    marks = []
    numbers: dict[str, int] = {}
    for number in range(1, count + 1):
        device = draw(st.sampled_from(["", "", "phone", "tablet"]))
        numbers[device] = numbers.get(device, 0) + 1
        marks.append(
            tap(
                number,
                draw(st.sampled_from([*STATUSES, NOTHING])),
                minute=draw(st.integers(0, 3)),
                base=draw(st.none() | st.integers(1, count)),
                device=device,
                seq=numbers[device] if device else 0,
                observed_by_id=draw(st.integers(1, 3)),
            )
        )
    return marks


@given(histories(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_never_matters(marks, random):
    shuffled = random.sample(marks, len(marks))

    assert fold(shuffled) == fold(marks)


@given(histories(), st.data())
def test_sending_twice_is_sending_once(marks, data):
    again = data.draw(st.lists(st.sampled_from(marks)))

    assert fold(marks + again) == fold(marks)


@given(histories(), st.sampled_from(STATUSES))
def test_whoever_decides_after_seeing_every_mark_in_dispute_ends_the_dispute(marks, status):
    """As ``mark_attendance(settles=…)`` does: one line for each mark, then the decision."""
    before = fold(marks)
    lines = [
        tap(100 + n, status, minute=10, base=head.id.int, observed_by_id=9)
        for n, head in enumerate(before.heads)
        if head is not before.winner
    ]
    decision = tap(200, status, minute=11, base=before.winner.id.int, observed_by_id=9)
    after = fold([*marks, *lines, decision])

    assert (after.status, after.is_disputed) == (status, False)
