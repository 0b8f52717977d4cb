"""What follows from marks and lessons, worked out from the values in hand."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

PRESENT, LATE, EXCUSED, ABSENT = "present", "late", "excused", "absent"
STATUSES = (PRESENT, LATE, EXCUSED, ABSENT)
# Who came late came.
CAME = (PRESENT, LATE)
# A mark that takes back what was marked before.
NOTHING = ""


# A mark: its id, base, device, seq, status, observed_at and observed_by_id are looked at.
T = TypeVar("T", bound=Any)


class Fold(NamedTuple, Generic[T]):
    """What a person's marks of one evening come to."""

    winner: T | None
    # The marks that nobody has decided about; two people disagree if their statuses differ.
    heads: tuple[T, ...]

    @property
    def status(self) -> str:
        return self.winner.status if self.winner else NOTHING

    @property
    def is_disputed(self) -> bool:
        return len({mark.status for mark in self.heads}) > 1


def fold(marks: Iterable[T]) -> Fold[T]:
    """Return the mark that holds, and those that speak against it.

    Marks arrive in any order, late and twice; the answer depends only on which marks there are.
    What somebody saw and decided anew no longer counts, whatever the clocks say, nor does an
    earlier tap of the same device (or, on a screen, of the same person). Only between marks that
    knew nothing of one another does the later observation win.
    """
    every = {mark.id: mark for mark in marks}
    seen = {mark.base for mark in every.values() if mark.base and mark.base != mark.id}
    last: dict[str, T] = {}
    for mark in every.values():
        hand = _hand(mark)
        if hand not in last or _order(mark) > _order(last[hand]):
            last[hand] = mark
    heads = [mark for mark in last.values() if mark.id not in seen]
    if not heads:
        # Marks that each claim to have seen the other can only be forged.
        heads = list(every.values())
    if not heads:
        return Fold(None, ())
    heads.sort(key=lambda mark: (mark.observed_at, mark.device, mark.seq, str(mark.id)))
    return Fold(heads[-1], tuple(heads))


def _hand(mark: Any) -> str:
    return mark.device or f"user {mark.observed_by_id}"


def _order(mark: Any) -> tuple[int, datetime, str]:
    return mark.seq, mark.observed_at, str(mark.id)


def latest(noted: Iterable[T]) -> T:
    """Return what was noted last; between what was noted at one moment, always the same one.

    For remarks, observations and the like, of which the latest holds whatever came before.
    """
    return max(noted, key=lambda one: (one.observed_at, one.device, one.seq, str(one.id)))


class CompletionRule(Protocol):
    """A campaign, as far as completing it is concerned."""

    evenings_required: int
    lessons_required: int | None


def lessons_needed(rule: CompletionRule, required_lessons: Collection[int]) -> int:
    """Return how many of the required lessons must be passed."""
    if rule.lessons_required is None:
        return len(required_lessons)
    # A rule cannot ask for more lessons than there are.
    return min(rule.lessons_required, len(required_lessons))


def is_complete(
    rule: CompletionRule,
    evenings: int,
    passed_lessons: Collection[int],
    required_lessons: Collection[int],
) -> bool:
    """Tell whether so many evenings and these lessons complete the campaign."""
    passed = len(set(passed_lessons) & set(required_lessons))
    return evenings >= rule.evenings_required and passed >= lessons_needed(rule, required_lessons)


def first_answers(answers: dict[str, list]) -> dict[str, object]:
    """Return what was answered at the first try; only that counts for the score."""
    return {question: given[0] for question, given in answers.items() if given}


def next_unanswered(questions: Sequence[dict], answers: dict[str, list]) -> int | None:
    """Return the number of the first question without an answer, counted from 1."""
    for number, question in enumerate(questions, start=1):
        if not answers.get(question["id"]):
            return number
    return None
