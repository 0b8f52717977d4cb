"""The official provinces and communes, and what they were before, from the files in places/data.

Safe to repeat: what is there already stays where it is in the tree, since every scope and every
figure hangs on its path; only facts that differ are written.
"""

import csv
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction

from places.models import LegacyName, Place

DATA = Path(__file__).resolve().parent.parent / "data"
# The day on which the two-tier units came into being, and the last day of the former ones.
SINCE = dt.date(2025, 7, 1)
UNTIL = dt.date(2025, 6, 30)

FACTS = ("designation", "name", "latitude", "longitude", "area_km2", "tile_col", "tile_row")
COMPUTED = ("search_text", "sort_key")
LEGACY_KEY = ("place_id", "level", "designation", "name", "within")

# Former kinds of units, the longest first, as they stand in front of a name.
FORMER_KINDS = ("Thành phố", "Thị trấn", "Thị xã", "Phường", "Huyện", "Quận", "Tỉnh", "Xã")


@dataclass
class Outcome:
    """What an import did."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    legacy_names: int = 0
    # Codes that we hold as valid and the list does not; a human decides what became of them.
    unlisted: list[str] = field(default_factory=list)


@transaction.atomic
def import_official(data: Path = DATA) -> Outcome:
    """Bring the tree into agreement with the official list, and say what that took."""
    outcome = Outcome()
    known = {p.code: p for p in Place.objects.exclude(kind=Place.Kind.VILLAGE).select_for_update()}
    renamed = set(
        LegacyName.objects.filter(level=LegacyName.Level.OWN).values_list(
            "place_id", "designation", "name"
        )
    )
    provinces = list(_read(data / "provinces.csv"))
    communes = list(_read(data / "communes.csv"))
    _bring(Place.Kind.PROVINCE, provinces, known, renamed, outcome)
    _bring(Place.Kind.COMMUNE, communes, known, renamed, outcome)
    listed = {row["code"] for row in (*provinces, *communes)}
    outcome.unlisted = sorted(
        code for code, place in known.items() if code not in listed and place.valid_to is None
    )
    outcome.legacy_names = _bring_legacy_names(data, known)
    return outcome


def _bring(kind, rows, known, renamed, outcome):
    """Create the missing units of one level below their parents, and mend the others."""
    updated, children = [], {}
    for row in rows:
        facts = _facts(row)
        place = known.get(row["code"])
        if place is None:
            place = known[row["code"]] = Place(
                kind=kind, code=row["code"], valid_from=SINCE, **facts
            )
            children.setdefault(row.get("province"), []).append(place)
            continue
        if (place.pk, Place.Designation(facts["designation"]).label, facts["name"]) in renamed:
            # The place was renamed here after this list was made: the newer name stays.
            del facts["designation"], facts["name"]
        if all(getattr(place, name) == value for name, value in facts.items()):
            outcome.unchanged += 1
            continue
        for name, value in facts.items():
            setattr(place, name, value)
        place.refresh_words()
        updated.append(place)

    for province, units in children.items():
        Place.objects.append(known[province] if province else None, units)
        outcome.created += len(units)
    Place.objects.bulk_update(updated, [*FACTS, *COMPUTED], batch_size=200)
    outcome.updated += len(updated)


def _bring_legacy_names(data, known) -> int:
    """Add the former names that are missing; return how many."""
    there = set(LegacyName.objects.values_list(*LEGACY_KEY))
    missing = {}
    for legacy in _legacy_names(data, known):
        key = tuple(getattr(legacy, name) for name in LEGACY_KEY)
        if key not in there and key not in missing:
            legacy.refresh_words()
            missing[key] = legacy
    LegacyName.objects.bulk_create(missing.values(), batch_size=500)
    return len(missing)


def _legacy_names(data, known) -> Iterator[LegacyName]:
    level = LegacyName.Level
    for row in _read(data / "former_provinces.csv"):
        yield _legacy(known[row["place"]], level.PROVINCE, f"{row['kind']} {row['name']}")
    for row in _read(data / "former_communes.csv"):
        place, province, district = known[row["place"]], row["province"], row["district"]
        province = _lower_kind(province)
        yield _legacy(place, level.DISTRICT, district, within=province)
        for commune in filter(None, row["communes"].split("|")):
            yield _legacy(
                place,
                level.COMMUNE,
                commune.removesuffix("*"),
                within=f"{_lower_kind(district)}, {province}",
                is_part=commune.endswith("*"),
            )


def _legacy(place, level, full_name, *, within="", is_part=False):
    designation, name = _split_former(full_name)
    return LegacyName(
        place=place,
        level=level,
        designation=designation,
        name=name,
        within=within,
        is_part=is_part,
        until=UNTIL,
    )


def _split_former(full_name):
    for kind in FORMER_KINDS:
        if full_name.startswith(kind + " "):
            return kind.lower(), full_name[len(kind) + 1 :]
    raise ValueError(full_name)


def _lower_kind(full_name):
    return " ".join(_split_former(full_name))


def _facts(row):
    return {
        "designation": row["kind"],
        "name": row["name"],
        "latitude": float(row["lat"]),
        "longitude": float(row["lon"]),
        "area_km2": float(row["area"]) if row["area"] else None,
        "tile_col": int(row["col"]),
        "tile_row": int(row["row"]),
    }


def _read(path: Path):
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
