"""Where a class stumbles on the simulated phone: each practice's screens, the hardest first."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median

from campaigns.models import ClassGroup
from courses.services import Practice, practices_of
from progress.models import Enrolment, PracticeRun
from progress.reports.journey import LessonState, lessons_of_campaign

# On average this many wrong taps a run, or a hint in every second: worth showing once more.
HARD_FROM = 1.0


@dataclass
class ScreenLine:
    """One screen of a practice, and how a class fared on it."""

    screen: dict
    number: int
    # How many runs came by, and over all of them: wrong taps, hints, seconds of each visit.
    runs: int = 0
    wrong: int = 0
    hints: int = 0
    seconds: list[int] = field(default_factory=list)

    @property
    def wrong_each(self) -> float:
        return self.wrong / self.runs if self.runs else 0.0

    @property
    def median_seconds(self) -> int:
        return round(median(self.seconds)) if self.seconds else 0

    @property
    def is_hard(self) -> bool:
        return bool(self.runs) and (self.wrong_each >= HARD_FROM or self.hints * 2 >= self.runs)

    @property
    def pain(self) -> tuple:
        """Sorts the worst first, and equals as they are met."""
        return (-self.wrong_each, -self.hints / max(self.runs, 1), -self.median_seconds)


@dataclass
class PracticeLine:
    """One practice, who of a class ran it, and its screens."""

    practice: Practice
    learners: int = 0
    runs: int = 0
    median_seconds: int = 0
    screens: list[ScreenLine] = field(default_factory=list)


def stumbles(class_group: ClassGroup) -> list[PracticeLine]:
    """Return how a class fared on each practice that it ran, in the order of its lessons.

    Everybody's last run of a practice counts, so that whoever repeats it gladly does not outweigh
    the others. Steps on screens that have been taken out since are left out.
    """
    enrolments = Enrolment.objects.active().filter(class_group=class_group)
    runs = defaultdict(list)
    for run in _last_runs(PracticeRun.objects.filter(enrolment__in=enrolments)):
        runs[run.block].append(run)
    run_in = {run.lesson_id for of_one in runs.values() for run in of_one}
    return [
        _line(practice, runs[practice.block])
        for state in lessons_of_campaign(class_group.campaign, class_group)
        if state.source_id in run_in
        for practice in practices_of(state.lesson)
        if practice.block in runs
    ]


def last_runs(
    enrolment: Enrolment, lessons: Iterable[LessonState]
) -> list[tuple[Practice, PracticeRun]]:
    """Return a learner's last run of every practice that he ran."""
    runs = {run.block: run for run in _last_runs(enrolment.practice_runs.all())}
    run_in = {run.lesson_id for run in runs.values()}
    return [
        (practice, runs[practice.block])
        for state in lessons
        if state.source_id in run_in
        for practice in practices_of(state.lesson)
        if practice.block in runs
    ]


def _last_runs(runs) -> list[PracticeRun]:
    latest = {}
    for run in runs.order_by("finished_at", "arrived_at", "pk"):
        latest[run.enrolment_id, run.block] = run
    return list(latest.values())


def _line(practice: Practice, runs: list[PracticeRun]) -> PracticeLine:
    lines = {
        screen["name"]: ScreenLine(screen, number)
        for number, screen in enumerate(practice.screens, start=1)
        if not screen["outcome"]
    }
    for run in runs:
        visits = defaultdict(list)
        for step in run.steps:
            visits[step["screen"]].append(step)
        for name, steps in visits.items():
            if line := lines.get(name):
                line.runs += 1
                line.wrong += sum(step["wrong"] for step in steps)
                line.hints += any(step["hints"] for step in steps)
                line.seconds.append(sum(step["seconds"] for step in steps))
    return PracticeLine(
        practice,
        learners=len({run.enrolment_id for run in runs}),
        runs=len(runs),
        median_seconds=round(median([run.seconds for run in runs])) if runs else 0,
        screens=sorted(lines.values(), key=lambda line: line.pain),
    )
