"""A practice on a simulated phone: is it whole, and what does a tap do? Pure.

A practice is a list of screens, the first of which is the start: ``{"name", "outcome", "picture":
{"url", "alt", "width", "height"}, "words", "hint", "zones": [{"id", "label", "left", "top",
"width", "height", "to", "says"}]}``, places in per cent of the picture. A zone with ``to`` leads
on, perhaps into a story that ends badly; without, it was the wrong place and ``says`` why. The
outcome *done* is a good end, *again* a bad one, from which one starts over.

`lms/static/lms/js/practice.js` does the same on a phone; a journey compares the two. What a phone
sends may be anything: a tap that makes no sense lies beside all zones, a run that makes no sense
starts over.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

DONE, AGAIN = "done", "again"
BESIDE, HINT = "beside", "hint"
# How wide the picture is in a window of 360 px, and how big a place to tap must be there.
PICTURE_WIDTH = 312
MIN_ZONE = 48
# Of a picture whose size is not known yet: the usual drawing's, 312 by 416.
USUAL_SHAPE = 416 / 312
WRONG_BEFORE_HINT = 2
MAX_STEPS = 60
MAX_WRONG = 99
MAX_SECONDS = 3600
# Longer than this nobody looks at one screen; he has put the phone away.
LONGEST_LOOK = 600
_NAME = re.compile(r"[a-z0-9-]{1,20}\Z")
_STEP = re.compile(r"([a-z0-9-]{1,20})\.(\d{1,2})\.([01])\.(\d{1,4})\Z", re.ASCII)
# Zones that share less than this, in per cent, only touch.
_TOUCH = 0.05

Screen = Mapping[str, Any]
Zone = Mapping[str, Any]


# Is it whole?


@dataclass(frozen=True)
class Problem:
    """One reason why a practice cannot be walked, and where."""

    code: str
    # The screen's name and number, from 1; the zone's name; what else the sentence needs.
    screen: str = ""
    number: int = 0
    zone: str = ""
    other: str = ""


def problems(screens: Sequence[Screen]) -> list[Problem]:
    """Return everything that a learner would stumble over; empty when the practice is whole."""
    if not screens:
        return [Problem("no_screens")]
    names = [screen["name"] for screen in screens]
    found = []
    for number, screen in enumerate(screens, start=1):
        found += [
            replace(problem, screen=screen["name"], number=number)
            for problem in _of_screen(screen, names)
        ]
        if screen["name"] in names[: number - 1]:
            found.append(Problem("double_name", screen["name"], number))
    if screens[0].get("outcome"):
        found.append(Problem("start_is_end", names[0], 1))
    found += _of_ways(screens)
    return found


def _of_screen(screen: Screen, names: Sequence[str]):
    zones = screen.get("zones") or []
    if not _NAME.match(screen["name"]):
        yield Problem("bad_name")
    if screen.get("outcome"):
        if zones:
            yield Problem("end_with_zones")
    elif not any(zone.get("to") for zone in zones):
        yield Problem("dead_screen")
    for zone in zones:
        name = (zone.get("label") or "").strip()
        if not name:
            yield Problem("zone_without_name")
        if zone.get("to") and zone["to"] not in names:
            yield Problem("unknown_screen", zone=name, other=zone["to"])
        if not zone.get("to") and not (zone.get("says") or "").strip():
            yield Problem("zone_without_words", zone=name)
        left, top, right, bottom = _box(zone)
        if left < 0 or top < 0 or right > 100 + _TOUCH or bottom > 100 + _TOUCH:
            yield Problem("zone_outside", zone=name)
        wide, high = size(screen, zone)
        if min(wide, high) < MIN_ZONE:
            yield Problem("zone_small", zone=name, other=f"{int(wide)} × {int(high)}")
    for one, other in combinations(zones, 2):
        if _overlap(one, other):
            yield Problem("zones_overlap", zone=one.get("label", ""), other=other.get("label", ""))


def _of_ways(screens: Sequence[Screen]):
    """Every screen can be reached, and from everyone that can, a good end."""
    seen = _reached(screens)
    far = distances(screens)
    told = set()
    for number, screen in enumerate(screens, start=1):
        name = screen["name"]
        if name in told:
            continue
        told.add(name)
        if name not in seen:
            yield Problem("unreachable", name, number)
        elif name not in far and (screen.get("outcome") or _next(screens, screen)):
            # A dead screen has been named as such already.
            yield Problem("no_good_end", name, number)


def _box(zone: Zone) -> tuple[float, float, float, float]:
    left, top = zone["left"], zone["top"]
    return left, top, left + zone["width"], top + zone["height"]


def _overlap(one: Zone, other: Zone) -> bool:
    a, b = _box(one), _box(other)
    across = min(a[2], b[2]) - max(a[0], b[0])
    down = min(a[3], b[3]) - max(a[1], b[1])
    return across > _TOUCH and down > _TOUCH


def size(screen: Screen, zone: Zone) -> tuple[float, float]:
    """Return how wide and how high ``zone`` is for a finger, in pixels of a window of 360 px."""
    return _pixels(screen, zone["width"], zone["height"])


def _pixels(screen: Screen, across: float, down: float) -> tuple[float, float]:
    return across * PICTURE_WIDTH / 100, down * PICTURE_WIDTH * _tall(screen) / 100


def _tall(screen: Screen) -> float:
    picture = screen.get("picture") or {}
    width, height = picture.get("width"), picture.get("height")
    return height / width if width and height else USUAL_SHAPE


# The graph


def _by_name(screens: Sequence[Screen]) -> dict[str, Screen]:
    """Where two screens share a name, the first one counts."""
    return {screen["name"]: screen for screen in reversed(screens)}


def _next(screens: Sequence[Screen], screen: Screen) -> list[str]:
    """Return where one can go from ``screen``; from a bad end, back to the start."""
    if screen.get("outcome") == DONE:
        return []
    if screen.get("outcome") == AGAIN:
        return [screens[0]["name"]]
    names = {other["name"] for other in screens}
    return [zone["to"] for zone in screen.get("zones") or [] if zone.get("to") in names]


def _reached(screens: Sequence[Screen]) -> set[str]:
    by_name = _by_name(screens)
    seen, ahead = set(), [screens[0]["name"]]
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            ahead += _next(screens, by_name[name])
    return seen


def distances(screens: Sequence[Screen]) -> dict[str, int]:
    """Return how many taps each screen is from a good end; who cannot get there is not in it."""
    far = {screen["name"]: 0 for screen in screens if screen.get("outcome") == DONE}
    has_grown = True
    while has_grown:
        has_grown = False
        for screen in screens:
            if screen.get("outcome") == DONE:
                continue
            for to in _next(screens, screen):
                if to in far and far[to] + 1 < far.get(screen["name"], len(screens) + 1):
                    far[screen["name"]] = far[to] + 1
                    has_grown = True
    return far


def right_zone(screens: Sequence[Screen], screen: Screen) -> Zone | None:
    """Return the zone to point at: the shortest way to a good end."""
    if screen.get("outcome"):
        return None
    far = distances(screens)
    known = [zone for zone in screen.get("zones") or [] if zone.get("to") in far]
    return min(known, key=lambda zone: far[zone["to"]], default=None)


# A run


@dataclass(frozen=True)
class Step:
    """One visit to one screen."""

    screen: str
    wrong: int = 0
    # 1 once the hint was shown.
    hints: int = 0
    seconds: int = 0


@dataclass(frozen=True)
class Run:
    """One go at a practice, as far as it has come."""

    steps: tuple[Step, ...]
    # What happened last: "", "on", "wrong", "beside", "hint" or "again"; and what is said to it.
    event: str = ""
    says: str = ""

    @property
    def plain(self) -> list[dict]:
        """The steps as they are kept; see `progress.models.PracticeRun`."""
        return [
            {"screen": s.screen, "wrong": s.wrong, "hints": s.hints, "seconds": s.seconds}
            for s in self.steps
        ]

    @property
    def seconds(self) -> int:
        return sum(step.seconds for step in self.steps)


def start(screens: Sequence[Screen]) -> Run:
    """Begin a run on the first screen."""
    return Run((Step(screens[0]["name"]),))


def screen_of(screens: Sequence[Screen], run: Run) -> Screen:
    """Return the screen on which ``run`` stands."""
    return _by_name(screens).get(run.steps[-1].screen, screens[0])


def is_done(screens: Sequence[Screen], run: Run) -> bool:
    return screen_of(screens, run).get("outcome") == DONE


def tap(screens: Sequence[Screen], run: Run, zone_id: object, seconds: float = 0) -> Run:
    """Tap a zone; an id that is not on the screen is a tap beside all of them."""
    screen = screen_of(screens, run)
    if screen.get("outcome"):
        return run
    run = _spend(run, seconds)
    zone = next((zone for zone in screen["zones"] if zone["id"] == zone_id), None)
    if zone and zone.get("to") in _by_name(screens):
        return _go(run, zone["to"], "on", zone.get("says") or "")
    last = run.steps[-1]
    wrong = min(last.wrong + 1, MAX_WRONG)
    hints = 1 if wrong >= WRONG_BEFORE_HINT else last.hints
    says = (zone.get("says") or "") if zone else ""
    return _change(run, replace(last, wrong=wrong, hints=hints), "wrong" if zone else BESIDE, says)


def hint(screens: Sequence[Screen], run: Run, seconds: float = 0) -> Run:
    """Show the hint and the right zone."""
    if screen_of(screens, run).get("outcome"):
        return run
    run = _spend(run, seconds)
    return _change(run, replace(run.steps[-1], hints=1), HINT)


def restart(screens: Sequence[Screen], run: Run, seconds: float = 0) -> Run:
    """Go back to the first screen; after a good end that is a new run."""
    if is_done(screens, run):
        return start(screens)
    return _go(_spend(run, seconds), screens[0]["name"], AGAIN)


def _change(run: Run, last: Step, event: str, says: str = "") -> Run:
    return Run((*run.steps[:-1], last), event, says)


def _spend(run: Run, seconds: float) -> Run:
    last = run.steps[-1]
    spent = min(last.seconds + max(0, int(seconds)), MAX_SECONDS)
    return _change(run, replace(last, seconds=spent), run.event, run.says)


def _go(run: Run, name: str, event: str, says: str = "") -> Run:
    # Whoever walks in circles for ever keeps the beginning and the end of the way.
    return Run((*run.steps[: MAX_STEPS - 1], Step(name)), event, says)


# In an address


def write(run: Run) -> str:
    """Return ``run`` as one word for an address or a hidden field."""
    return "~".join(f"{s.screen}.{s.wrong}.{s.hints}.{s.seconds}" for s in run.steps)


def read(screens: Sequence[Screen], text: str) -> Run:
    """Read what `write` wrote; what makes no sense starts over."""
    names = {screen["name"] for screen in screens}
    steps = []
    for part in text.split("~")[: MAX_STEPS + 1]:
        match = _STEP.match(part)
        if not match or match[1] not in names:
            return start(screens)
        wrong, hints, seconds = map(int, match.groups()[1:])
        steps.append(Step(match[1], wrong, hints, min(seconds, MAX_SECONDS)))
    return Run(tuple(steps)) if len(steps) <= MAX_STEPS else start(screens)


def play(screens: Sequence[Screen], data: Any, *, now: float | None = None) -> Run:
    """Read from an address, a ``QueryDict``, how far somebody is and what was tapped just now.

    ``p`` is the run before the tap; ``tap`` a zone's id, *beside*, *hint* or *again*; ``t`` when
    that screen was shown, in seconds, where time is kept.
    """
    run = read(screens, data.get("p") or "")
    seconds = 0.0
    shown = data.get("t") or ""
    if now is not None and shown.isascii() and shown.isdigit() and len(shown) < 12:
        seconds = min(max(now - int(shown), 0), LONGEST_LOOK)
    match data.get("tap"):
        case None | "":
            return run
        case "hint":
            return hint(screens, run, seconds)
        case "again":
            return restart(screens, run, seconds)
        case zone_id:
            return tap(screens, run, zone_id, seconds)


def stage(screens: Sequence[Screen], run: Run) -> dict:
    """Return what a page needs to show where ``run`` stands."""
    screen = screen_of(screens, run)
    outcome = screen.get("outcome") or ""
    right = right_zone(screens, screen) if run.steps[-1].hints else None
    return {
        "screen": screen,
        "outcome": outcome,
        "event": run.event,
        "says": run.says,
        "has_words": bool(outcome or run.says or run.event == BESIDE or right),
        # The zone to point at, once the hint is shown.
        "right": right,
        "is_hinted": bool(run.steps[-1].hints) and not outcome,
        "box": view_box(screen),
        "zones": [(zone, place(screen, zone), zone is right) for zone in screen["zones"]],
        "state": write(run),
        "data": {"screens": list(screens)},
    }


def view_box(screen: Screen) -> str:
    """Return the frame of an SVG that lies over the picture: one unit is a pixel at 360 px."""
    return f"0 0 {PICTURE_WIDTH} {_number(PICTURE_WIDTH * _tall(screen))}"


def place(screen: Screen, zone: Zone) -> dict[str, str]:
    """Return where ``zone`` lies in that frame, whatever language the page speaks."""
    left, top = _pixels(screen, zone["left"], zone["top"])
    wide, high = size(screen, zone)
    return {
        "x": _number(left),
        "y": _number(top),
        "width": _number(wide),
        "height": _number(high),
    }


def _number(value: float) -> str:
    return f"{round(value, 2):g}"
