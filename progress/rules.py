"""What follows from marks and lessons, worked out from the values in hand."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

PRESENT, LATE, EXCUSED, ABSENT = "present", "late", "excused", "absent"
STATUSES = (PRESENT, LATE, EXCUSED, ABSENT)
# Who came late came.
CAME = (PRESENT, LATE)
# A mark that takes back what was marked before.
NOTHING = ""
# Levels of a skill that nobody had to help with.
MASTERED = ("alone", "done")


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
    return max(noted, key=_noted)


def observed_in_order(noted: Iterable[T]) -> list[T]:
    """Return what was noted from the first to the last, in the order in which ``latest`` looks."""
    return sorted(noted, key=_noted)


def mastered_since(observed: Iterable[T]) -> dict[int, dict[int, datetime]]:
    """Return {enrolment: {lesson: when it was first seen done without help, as it is now}}.

    Who could do it, then no longer, and then again, can do it since the last time.
    """
    since: dict[int, dict[int, datetime]] = {}
    for one in observed_in_order(observed):
        skills = since.setdefault(one.enrolment_id, {})
        if one.level in MASTERED:
            skills.setdefault(one.lesson_id, one.observed_at)
        else:
            skills.pop(one.lesson_id, None)
    return since


def _noted(one: Any) -> tuple[datetime, str, int, str]:
    return one.observed_at, one.device, one.seq, str(one.id)


class CompletionRule(Protocol):
    """A campaign, as far as completing it is concerned."""

    evenings_required: int
    lessons_required: int | None
    skills_required: int


def lessons_needed(rule: CompletionRule, required_lessons: Collection[int]) -> int:
    """Return how many of the required lessons must be passed."""
    if rule.lessons_required is None:
        return len(required_lessons)
    # A rule cannot ask for more lessons than there are.
    return min(rule.lessons_required, len(required_lessons))


def skills_needed(rule: CompletionRule, required_lessons: Collection[int]) -> int:
    """Return how many of the required lessons must have been seen done without help."""
    return min(rule.skills_required, len(required_lessons))


def is_complete(
    rule: CompletionRule,
    evenings: int,
    passed_lessons: Collection[int],
    required_lessons: Collection[int],
    mastered: Collection[int] = (),
) -> bool:
    """Tell whether so many evenings, these lessons and these skills complete the campaign.

    ``mastered``: the lessons that a volunteer saw done alone, or really done.
    """
    required = set(required_lessons)
    return (
        evenings >= rule.evenings_required
        and len(set(passed_lessons) & required) >= lessons_needed(rule, required)
        and len(set(mastered) & required) >= skills_needed(rule, required)
    )


class Due(NamedTuple):
    """A re-check that is to be made: which one, and since when it may be."""

    days: int
    since: date
    # Until when it still tells something.
    until: date
    is_overdue: bool


# After completion people are asked twice whether they still can; (see `progress.Recheck.ROUNDS`).
RECHECK_ROUNDS = (14, 30)
# So long each time, and from its eighth day on it presses.
RECHECK_WINDOW = timedelta(days=21)
RECHECK_PRESSES = timedelta(days=7)
# Nobody is asked again in the week after he was.
RECHECK_REST = timedelta(days=7)


def recheck_due(completed_on: date, today: date, asked: Mapping[int, date]) -> Due | None:
    """Return the re-check that somebody who completed on a day is due for, if any.

    ``asked``: {round: the day on which the person was met and asked}. Of two rounds the later one
    is due: what is left after a month also tells of a fortnight.
    """
    for days in sorted(RECHECK_ROUNDS, reverse=True):
        since = completed_on + timedelta(days=days)
        until = since + RECHECK_WINDOW
        if today < since:
            continue
        last = max(asked.values(), default=None)
        if days in asked or today > until or (last and today < last + RECHECK_REST):
            return None
        return Due(days, since, until, today >= since + RECHECK_PRESSES)
    return None


def kept_rate(kept: int, helped: int, lost: int) -> int | None:
    """Return how many in a hundred of those who were asked can still do it alone."""
    asked = kept + helped + lost
    return round(100 * kept / asked) if asked else None


def helpers_wanted(not_yet: int, helped: int) -> int:
    """Return how many should help people of whom so many cannot do it yet, or only with help.

    One beside every three beginners, one between every six who need a hand now and then.
    """
    return -(-(2 * not_yet + helped) // 6)


def first_answers(answers: dict[str, list]) -> dict[str, object]:
    """Return what was answered at the first try; only that counts for the score."""
    return {question: given[0] for question, given in answers.items() if given}


def next_unanswered(questions: Sequence[dict], answers: dict[str, list]) -> int | None:
    """Return the number of the first question without an answer, counted from 1."""
    for number, question in enumerate(questions, start=1):
        if not answers.get(question["id"]):
            return number
    return None
