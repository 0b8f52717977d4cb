"""Who lives in which part of a village that is split, from a list that somebody has filled in."""

from collections import defaultdict
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from people.imports.reader import read_rows
from people.models import Resident
from places.rules import fold, split_village

_NAME = ("ho va ten", "ho ten", "full name", "name", "ten")
_YEAR = ("nam sinh", "year of birth", "birth year")
_PART = ("thon moi", "phan", "thon", "buon", "to dan pho", "new village", "part", "village")
MOST_PROBLEMS = 30


def read_parts(
    name: str, content: bytes, people: Sequence[Resident], parts: Sequence[tuple[str, str]]
) -> tuple[dict[int, int], list[str]]:
    """Return {resident: number of the part}, and what could not be understood, line by line."""
    (_line, head), *rows = read_rows(name, content)
    columns = [fold(cell) for cell in head]
    at = {key: _column(columns, known) for key, known in (("n", _NAME), ("y", _YEAR), ("p", _PART))}
    if at["n"] is None or at["p"] is None:
        raise ValidationError(
            _("The first line must name the columns: name, year of birth, new village."),
            code="columns",
        )
    by_name: dict[str, list[Resident]] = defaultdict(list)
    for resident in people:
        by_name[fold(resident.full_name)].append(resident)
    known = _known(parts)
    found: dict[int, int] = {}
    problems = []
    for line, cells in rows:
        cells = cells + [""] * (len(columns) - len(cells))
        part = known.get(fold(cells[at["p"]]))
        year = cells[at["y"]].strip()[-4:] if at["y"] is not None else ""
        meant = [
            resident
            for resident in by_name.get(fold(cells[at["n"]]), [])
            if not year or not resident.birth_year or str(resident.birth_year) == year
        ]
        if part is None:
            problem = _("line %(line)d: no part is called “%(part)s”")
        elif not meant:
            problem = _("line %(line)d: nobody of this name lives in the village")
        elif len(meant) > 1:
            problem = _("line %(line)d: several people are called so; choose them below")
        else:
            found[meant[0].pk] = part
            continue
        problems.append(problem % {"line": line, "part": cells[at["p"]][:40]})
    return found, problems[:MOST_PROBLEMS]


def _column(columns, known):
    """Return where a heading stands; the first that is known wins."""
    for heading in known:
        if heading in columns:
            return columns.index(heading)
    return None


def _known(parts) -> dict[str, int]:
    """Return the numbers of the parts by every way in which they are written."""
    known: dict[str, int] = {}
    for number, (designation, name) in enumerate(parts):
        _word, bare = split_village(f"{designation.replace('_', ' ')} {name}")
        for text in (name, f"{designation.replace('_', ' ')} {name}", bare, str(number + 1)):
            known.setdefault(fold(text), number)
    return known
