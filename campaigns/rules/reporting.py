"""Periods of a campaign, and every step that a report can take. Pure."""

import calendar
import datetime as dt
from dataclasses import dataclass

# The whole campaign is a period as well: its closing report.
WHOLE = "campaign"

_DAYS = {"week": 7, "fortnight": 14}


@dataclass(frozen=True)
class Period:
    """Some days of a campaign about which units report."""

    kind: str
    # Counts from 1 among the periods of its kind.
    number: int
    first_day: dt.date
    last_day: dt.date
    # The last day on which a report is on time.
    due: dt.date

    def is_over(self, on: dt.date) -> bool:
        """Whether its last day has passed: before that, figures are not complete."""
        return on > self.last_day


def periods(first_day: dt.date, length: int, every: str, due_days: int) -> list[Period]:
    """Return the periods of a campaign, in order; none where it wants no reports.

    Weeks and fortnights count from the campaign's first day, months are those of the calendar; the
    campaign's ends cut both.
    """
    last_day = first_day + dt.timedelta(days=length - 1)
    found: list[Period] = []
    begins = first_day
    while every in (*_DAYS, "month") and begins <= last_day:
        ends = min(_end_of(begins, every), last_day)
        due = ends + dt.timedelta(days=due_days)
        found.append(Period(every, len(found) + 1, begins, ends, due))
        begins = ends + dt.timedelta(days=1)
    return found


def whole_campaign(first_day: dt.date, length: int, due_days: int) -> Period:
    """Return the period of the closing report."""
    last_day = first_day + dt.timedelta(days=length - 1)
    return Period(WHOLE, 1, first_day, last_day, last_day + dt.timedelta(days=due_days))


def _end_of(day, every):
    if every == "month":
        return day.replace(day=calendar.monthrange(day.year, day.month)[1])
    return day + dt.timedelta(days=_DAYS[every] - 1)


# Every step of a report: (state, verb, who) → state. What is not here is refused; and only a
# reopening leads out of "accepted", so what was accepted can be changed in no other way.
#
# "writer": who writes for the unit; "head": who answers for the unit (of a team its leader, of a
# commune or a province its organiser); "above": who accepts for the tier above.
STEPS: dict[tuple[str, str, str], str] = {
    ("draft", "write", "writer"): "draft",
    ("returned", "write", "writer"): "returned",
    ("draft", "submit", "writer"): "submitted",
    ("returned", "submit", "writer"): "submitted",
    ("submitted", "withdraw", "writer"): "draft",
    ("submitted", "approve", "head"): "approved",
    ("submitted", "return", "head"): "returned",
    ("approved", "return", "above"): "returned",
    ("approved", "accept", "above"): "accepted",
    ("accepted", "reopen", "above"): "returned",
}

VERBS = ("write", "submit", "withdraw", "approve", "return", "accept", "reopen")
PARTIES = ("writer", "head", "above")
# Steps that are worth nothing without saying why.
WITH_REASON = ("return", "reopen")


def parties_for(state: str, verb: str) -> set[str]:
    """Return who may take a step in this state; nobody where the step is not there."""
    return {who for s, v, who in STEPS if (s, v) == (state, verb)}


def after(state: str, verb: str) -> str | None:
    """Return the state to which a step leads, or None where there is no such step."""
    return next((new for (s, v, _who), new in STEPS.items() if (s, v) == (state, verb)), None)


def steps_open_to(state: str, parties: set[str]) -> list[str]:
    """Return the steps that these people may take, in the order of a report's life."""
    return [verb for verb in VERBS if parties_for(state, verb) & parties]


def punctuality(sent_on: dt.date | None, last_day: dt.date, due: dt.date, on: dt.date) -> str:
    """Return how a unit stands with one period.

    "on_time" and "late": it has reported; "missing": the day has passed; "open": the period is
    over, there is still time; "running": the period is not over.
    """
    if sent_on is not None:
        return "on_time" if sent_on <= due else "late"
    if on > due:
        return "missing"
    return "open" if on > last_day else "running"


@dataclass(frozen=True)
class OnTime:
    """How many of the reports that should be there came when."""

    on_time: int = 0
    late: int = 0
    missing: int = 0

    @property
    def expected(self) -> int:
        return self.on_time + self.late + self.missing

    @property
    def rate(self) -> int | None:
        """Percent on time, rounded down: 100 only when all were; None where none was due yet."""
        return self.on_time * 100 // self.expected if self.expected else None

    def __add__(self, other: "OnTime") -> "OnTime":
        return OnTime(
            self.on_time + other.on_time, self.late + other.late, self.missing + other.missing
        )


def on_time_of(statuses: list[str]) -> OnTime:
    """Count what ``punctuality`` said of many periods; what is not due yet does not count."""
    return OnTime(statuses.count("on_time"), statuses.count("late"), statuses.count("missing"))
