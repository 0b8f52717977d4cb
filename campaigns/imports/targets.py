"""A table of targets from an Excel file: read, shown, then saved whole or not at all.

Every problem is named by its cell. Nothing is stored between the preview and the confirmation: the
rows travel in the page, signed and bound to the person, and are judged again when they come back.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import astuple, dataclass, field, replace

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.imports.headings import refuse_other_indicator, table_in
from campaigns.imports.naming import PlaceNames
from campaigns.imports.workbook import Cell, read_sheets
from campaigns.models import TargetChange
from campaigns.reports import IndicatorInfo, TargetRow, TargetTable
from campaigns.services import TargetEntry, refused_targets, save_targets
from people.models import User
from places.rules import fold
from places.services import set_populations

PREVIEW_LASTS = 24 * 60 * 60
SALT = "campaigns.imports.targets"
# After that many the file itself is wrong.
MOST_PROBLEMS = 100
_SUMS = ("cong", "tong", "tong cong", "tong so", "toan tinh", "toan xa", "total", "sum")
# Written once for several lines, these are meant for each of them.
_SHARED = ("source", "as_of", "population_as_of")


@dataclass(frozen=True)
class Problem:
    """What is wrong, and in which cell; without one it is the file as a whole."""

    cell: str
    message: str


@dataclass(frozen=True)
class TargetLine:
    """One good line of the file."""

    line: int
    place: int
    # What the file calls the place.
    called: str
    goal: int | None = None
    denominator: int | None = None
    as_of: str = ""
    source: str = ""
    population: int | None = None
    population_as_of: str = ""


@dataclass
class TargetPlan:
    """What a file would do, and what is wrong with it."""

    table: TargetTable
    lines: list[TargetLine] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    # Where each column stands: {"goal": "E"}.
    columns: dict[str, str] = field(default_factory=dict)

    @property
    def rows(self) -> list[tuple[TargetLine, TargetRow, TargetEntry]]:
        """(what the file says, what there is now, what there will be)."""
        known = {row.place.pk: row for row in self.table.rows}
        return [
            (line, known[line.place], _entry(line, known[line.place]))
            for line in self.lines
            if line.place in known
        ]

    @property
    def changed(self) -> int:
        return sum(_differs(row, entry) for _line, row, entry in self.rows)

    @property
    def goals_below(self) -> int:
        """What the places below will have together, those that the file leaves out as well."""
        goals = {row.place.pk: row.goal for row in self.table.below}
        goals |= {row.place.pk: entry.goal for _l, row, entry in self.rows if row.place.pk in goals}
        return sum(goal or 0 for goal in goals.values())

    @property
    def own_goal(self) -> int | None:
        own = [entry.goal for _l, row, entry in self.rows if row.place == self.table.place]
        return own[0] if own else self.table.own.goal

    @property
    def difference(self) -> int | None:
        return None if self.own_goal is None else self.goals_below - self.own_goal

    @property
    def missing(self) -> int:
        """How much the places below will lack of the whole."""
        return max(0, -(self.difference or 0))

    @property
    def brings_population(self) -> bool:
        return any(line.population is not None for line in self.lines)

    def check(self) -> None:
        """Find what the world of now refuses, cell by cell."""
        rows = self.rows
        for line, row, _entry in rows:
            if line.population:
                # What the file says of the population holds for its own totals.
                row.place.population = line.population
        refused = refused_targets(
            self.table.campaign, self.table.indicator, [entry for _l, _r, entry in rows]
        )
        for line, row, _entry in rows:
            for name, refusal in refused.get(row.place.pk, {}).items():
                column = self.columns.get(name) or self.columns.get("name", "A")
                self.problems.append(Problem(f"{column}{line.line}", refusal.messages[0]))

    def refuse(self, refusal: ValidationError) -> None:
        self.problems += [Problem("", message) for message in refusal.messages]

    @transaction.atomic
    def save(self, *, by: User) -> int:
        """Save everything or nothing; return how many targets are another one now."""
        if self.problems:
            raise ValidationError(_("Correct the file first."), code="problems")
        if by.has_perm("places.change_place", self.table.place):
            set_populations(self._populations(), by=by)
        entries = [entry for _line, _row, entry in self.rows]
        return save_targets(
            self.table.campaign,
            self.table.indicator,
            entries,
            by=by,
            how=TargetChange.How.IMPORTED,
        )

    def _populations(self):
        """Return {place: (people, as of)} of the places of which the file says something new."""
        said = {}
        for line, row, _entry in self.rows:
            day = line.population_as_of or line.as_of
            as_of = dt.date.fromisoformat(day) if day else timezone.localdate()
            if line.population and (line.population_as_of or line.population != row.population):
                said[row.place.pk] = line.population, as_of
        return said


def read_targets(
    name: str,
    content: bytes,
    table: TargetTable,
    indicators: Mapping[str, IndicatorInfo],
    *,
    source: str = "",
) -> TargetPlan:
    """Read a file for the table of a place; ``source`` holds where the file names none."""
    plan = TargetPlan(table)
    try:
        sheet, head, columns = table_in(read_sheets(name, content))
        refuse_other_indicator(sheet, head, table.indicator, indicators)
    except ValidationError as refusal:
        plan.refuse(refusal)
        return plan
    plan.columns = {column: cell.name.rstrip("0123456789") for column, cell in columns.items()}
    _read_lines(plan, sheet, head, columns, source)
    if not plan.problems:
        plan.check()
    if not plan.lines and not plan.problems:
        plan.problems.append(Problem("", _("The table holds no places.")))
    if len(plan.problems) > MOST_PROBLEMS:
        del plan.problems[MOST_PROBLEMS:]
        plan.problems.append(Problem("", _("There are more mistakes; correct these first.")))
    return plan


def pack_targets(plan: TargetPlan, user: User) -> str:
    """Return what a plan would do as a signed text for a hidden field."""
    table = plan.table
    about = [user.pk, table.campaign.pk, table.place.pk, table.indicator]
    rows = [list(astuple(line)) for line in plan.lines]
    return signing.dumps([about, plan.columns, rows], salt=SALT, compress=True)


def unpack_targets(packed: str, user: User, table: TargetTable) -> TargetPlan:
    """Return the plan that `pack_targets` packed, judged against the world of now."""
    about = [user.pk, table.campaign.pk, table.place.pk, table.indicator]
    plan = TargetPlan(table)
    try:
        owner, columns, rows = signing.loads(packed, salt=SALT, max_age=PREVIEW_LASTS)
    except signing.BadSignature:
        owner = None
    if owner != about:
        words = _("This preview is too old or incomplete. Choose the file again.")
        plan.problems.append(Problem("", words))
        return plan
    plan.columns, plan.lines = columns, [TargetLine(*row) for row in rows]
    plan.check()
    return plan


# Reading


def _read_lines(plan, sheet, head, columns, source):
    names = PlaceNames(row.place for row in plan.table.rows)
    at = {name: cell.column for name, cell in columns.items()}
    seen: dict[int, Cell] = {}
    shared: dict[tuple, Cell] = {}
    complained = set()
    for cells in sheet.lines:
        if len(plan.problems) > MOST_PROBLEMS:
            return
        line = cells[0].line
        if line <= head:
            continue
        by_column = {cell.column: cell for cell in cells}
        said = {name: by_column.get(column, Cell(line, column)) for name, column in at.items()}
        if all(cell.is_empty for cell in said.values()) or _is_sum(said):
            continue
        before = len(plan.problems)
        for merged in sheet.merged:
            names_in = [name for name, column in at.items() if merged.covers(line, column)]
            if not names_in:
                continue
            if len(names_in) == 1 and names_in[0] in _SHARED:
                _share(merged, names_in[0], said, shared)
            elif merged.ref not in complained:
                complained.add(merged.ref)
                words = _("These cells are merged. Part them, and write into each.")
                plan.problems.append(Problem(merged.ref, words))
        found = _line(plan, said, names, seen, source)
        if found and len(plan.problems) == before:
            plan.lines.append(found)


def _share(merged, name, said, shared):
    """Let what stands in merged cells hold for each of their lines."""
    key = merged.ref, name
    if not said[name].is_empty:
        shared[key] = said[name]
    elif key in shared:
        said[name] = replace(said[name], value=shared[key].value)


def _is_sum(said):
    """Whether a line only adds up the others."""
    name = said.get("name")
    if name is None or not isinstance(name.value, str):
        return False
    words = fold(name.value).strip(" :.")
    return words in _SUMS or words.startswith(("tong cong", "cong cac", "tong cac", "sum of"))


def _line(plan, said, names, seen, source):
    """Return what one line says, having put down everything that is wrong with it."""

    def read(name, how):
        if name not in said:
            return None
        try:
            return how(said[name])
        except ValidationError as refusal:
            plan.problems.append(Problem(said[name].name, refusal.messages[0]))
            return None

    place = _place(plan, said, names)
    goal, denominator = read("goal", Cell.number), read("denominator", Cell.number)
    as_of, words = read("as_of", Cell.day), read("source", Cell.text)
    population = read("population", Cell.number)
    population_as_of = read("population_as_of", Cell.day)
    if place is None:
        return None
    where = said.get("name") or said["code"]
    if place.pk in seen:
        problem = _("%(place)s stands in cell %(cell)s already.")
        values = {"place": place.full_name, "cell": seen[place.pk].name}
        plan.problems.append(Problem(where.name, problem % values))
    seen.setdefault(place.pk, where)
    says_something = goal is not None or denominator is not None
    return TargetLine(
        line=where.line,
        place=place.pk,
        called=where.text(),
        goal=goal,
        denominator=denominator,
        as_of=as_of.isoformat() if as_of and says_something else "",
        source=(words or source) if says_something else "",
        population=population,
        population_as_of=population_as_of.isoformat() if population_as_of else "",
    )


def _place(plan, said, names):
    """Return the place that a line is about; its code and its name must mean the same."""
    found = {}
    for name, how in (("code", names.coded), ("name", names.find)):
        cell = said.get(name)
        if cell is None or cell.is_empty:
            continue
        try:
            found[name] = how(cell.text())
        except ValidationError as refusal:
            plan.problems.append(Problem(cell.name, refusal.messages[0]))
            return None
    if not found:
        cell = said.get("name") or said["code"]
        words = _("Which place is this? The name is missing.")
        plan.problems.append(Problem(cell.name, words))
        return None
    if len(set(found.values())) > 1:
        words = _("The code %(code)s is %(place)s, not “%(name)s”.") % {
            "code": said["code"].text()[:12],
            "place": found["code"].full_name,
            "name": said["name"].text()[:40],
        }
        plan.problems.append(Problem(said["code"].name, words))
        return None
    return next(iter(found.values()))


def _entry(line: TargetLine, row: TargetRow) -> TargetEntry:
    """Return what a line means; a day that it does not say stays when nothing else changes."""
    if line.goal is None and line.denominator is None:
        return TargetEntry(row.place)
    as_of = dt.date.fromisoformat(line.as_of) if line.as_of else None
    if as_of is None:
        same = row.target and (row.goal, row.denominator) == (line.goal, line.denominator)
        as_of = row.target.as_of if row.target and same else timezone.localdate()
    return TargetEntry(row.place, line.goal, line.denominator, as_of, line.source)


def _differs(row: TargetRow, entry: TargetEntry) -> bool:
    if row.target is None or entry.goal is None:
        return (row.target is None) != (entry.goal is None)
    target = row.target
    return (target.goal, target.denominator, target.as_of, target.source) != (
        entry.goal,
        entry.denominator,
        entry.as_of,
        entry.source,
    )
