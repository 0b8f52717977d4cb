"""Who does what: the handlers of each kind of job, and the chores done every so often.

Every app says so in its ``tasks.py``, which is read when Django starts.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Handler:
    """What does one kind of job."""

    kind: str
    function: Callable[..., Any]
    in_steps: bool
    wants_job: bool


@dataclass(frozen=True)
class Chore:
    """What is done every so many seconds, whether there are jobs or not."""

    name: str
    seconds: float
    function: Callable[[], Any]


HANDLERS: dict[str, Handler] = {}
CHORES: dict[str, Chore] = {}


def handler(kind: str, *, in_steps: bool = False) -> Callable[[F], F]:
    """Make the decorated function do the jobs of a kind.

    It gets the job's arguments, and the job itself when its first parameter is called ``job``.
    With ``in_steps`` it commits its own work, item by item, through ``step``.
    """

    def register(function: F) -> F:
        wants_job = next(iter(inspect.signature(function).parameters), None) == "job"
        known = HANDLERS.get(kind)
        if known and known.function.__module__ != function.__module__:
            raise ValueError(f"two handlers for jobs of kind {kind!r}")
        HANDLERS[kind] = Handler(kind, function, in_steps, wants_job)
        return function

    return register


def every(seconds: float) -> Callable[[F], F]:
    """Make the decorated function a chore.

    Several workers may do it at the same time, so it has to bear that.
    """

    def register(function: F) -> F:
        name = f"{function.__module__}.{function.__name__}"
        CHORES[name] = Chore(name, seconds, function)
        return function

    return register
