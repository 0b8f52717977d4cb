"""Extract the official units, their former names and their tile positions into places/data.

Run once by a maintainer, after a change of the official list, in a throw-away environment:

    python -m venv /tmp/units && /tmp/units/bin/pip install vietnamadminunits numpy scipy
    /tmp/units/bin/python scripts/extract_places.py

The package is MIT, but pulls in a GPL library; that is why it is no dependency of ours and only
its facts live here. The same package gives the same files, byte for byte.
"""

import argparse
import collections
import csv
import importlib.metadata
import importlib.util
import json
import math
import sqlite3
import unicodedata
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment

PACKAGE = "vietnamadminunits"
OUT = Path(__file__).resolve().parent.parent / "places" / "data"
KINDS = {
    "tỉnh": "tinh",
    "thành phố": "thanh_pho",
    "xã": "xa",
    "phường": "phuong",
    "đặc khu": "dac_khu",
}
# What the list must contain; a package that disagrees is not the list of July 2025.
EXPECTED = {"provinces": 34, "communes": 3321, "66": 102, "25": 148}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--out", type=Path, default=OUT)
    out = options.parse_args().out
    source = Path(importlib.util.find_spec(PACKAGE).origin).parent

    new, old = read_units(source)
    predecessors = read_predecessors(source, new, old)
    moved = mend_positions(new, old, predecessors)
    provinces = build_provinces(new)
    check(provinces, new)

    place_provinces(provinces)
    for code in sorted(provinces):
        place_communes([unit for unit in new.values() if unit["province"] == code])

    out.mkdir(parents=True, exist_ok=True)
    fields = ["code", "kind", "name", "lat", "lon", "area", "col", "row"]
    write(out / "provinces.csv", fields, provinces.values())
    write(out / "communes.csv", ["code", "province", *fields[1:]], new.values())
    write(
        out / "former_provinces.csv",
        ["place", "kind", "name"],
        former_provinces(source, old),
    )
    write(
        out / "former_communes.csv",
        ["place", "province", "district", "communes"],
        former_communes(new, old, predecessors),
    )
    write_licence(out, moved)
    print(f"{len(provinces)} provinces, {len(new)} communes; {len(moved)} positions mended")


# Reading


def read_units(source):
    """Return the present communes and the former ones, by the package's own keys."""
    with sqlite3.connect(source / "data" / "dataset.db") as database:
        database.row_factory = sqlite3.Row
        present = database.execute("SELECT * FROM admin_units ORDER BY wardCode").fetchall()
        former = database.execute(
            "SELECT * FROM admin_units_legacy ORDER BY provinceCode, districtCode, wardCode"
        ).fetchall()
    new = {}
    for row in present:
        kind, name = split_kind(row["ward"])
        new[row["provinceKey"], row["wardKey"]] = {
            "code": row["wardCode"],
            "province": row["provinceCode"],
            "province_name": row["province"],
            "kind": kind,
            "name": name,
            "lat": row["wardLat"],
            "lon": row["wardLon"],
            "area": row["wardAreaKm2"] or "",
        }
    old = {}
    for row in former:
        # Five island districts had no communes; they count as one commune each.
        old[f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey'] or ''}"] = {
            "province": row["provinceCode"],
            "province_name": nfc(row["province"]),
            "province_key": row["provinceKey"],
            "district": plain_kind(row["district"]),
            "name": plain_kind(row["ward"] or ""),
            "code": row["wardCode"] or row["districtCode"],
            "point": (row["wardLat"], row["wardLon"]) if row["wardLat"] else None,
        }
    return new, old


def read_predecessors(source, new, old):
    """Return, for each present commune, the keys of the former ones that went into it."""
    table = json.loads((source / "data" / "converter_2025.json").read_text(encoding="utf-8"))
    found = collections.defaultdict(list)
    for province, communes in table["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for commune, former in communes.items():
            found[province, commune].extend((key, "") for key in former)
    for province, former in table["DICT_PROVINCE_WARD_DIVIDED"].items():
        for key, heirs in former.items():
            for heir in heirs:
                found[province, heir["newWardKey"]].append((key, "*"))
    unknown = {key for keys in found.values() for key, part in keys} - set(old)
    if unknown or set(found) != set(new):
        raise SystemExit(f"The package's tables do not fit together: {sorted(unknown)[:5]}")
    return found


def mend_positions(new, old, predecessors):
    """Move centroids that a geocoder put into a namesake's place; return what was moved.

    A commune lies among those that it was made of. Where the package's point is far from
    all of them, the middle of their own points is nearer to the truth. A point that several
    former communes share is only a geocoder's fallback and says nothing.
    """
    shared = collections.Counter(unit["point"] for unit in old.values())
    moved = []
    for key, unit in new.items():
        points = [old[k]["point"] for k, part in predecessors[key]]
        points = [p for p in points if p and shared[p] == 1]
        if not points or unit["kind"] == "dac_khu":
            continue
        here = (unit["lat"], unit["lon"])
        radius = math.sqrt((unit["area"] or 50) / math.pi)
        excess = min(kilometres(here, point) for point in points) - 2 * radius
        if excess > (10 if len(points) > 1 else 40):
            unit["lat"] = round(sum(p[0] for p in points) / len(points), 4)
            unit["lon"] = round(sum(p[1] for p in points) / len(points), 4)
            moved.append(f"{unit['code']} {unit['name']}")
    return moved


def build_provinces(new):
    """Return the provinces with the middle (weighted by area) of their communes.

    Islands far out would pull the middle into the sea, so special zones do not count.
    """
    provinces = {}
    for unit in new.values():
        code, (kind, name) = unit["province"], split_kind(unit["province_name"])
        provinces[code] = {"code": code, "kind": kind, "name": name}
    for code, province in provinces.items():
        members = [u for u in new.values() if u["province"] == code]
        inland = [u for u in members if u["kind"] != "dac_khu"]
        weights = [u["area"] or 50 for u in inland]
        for axis in ("lat", "lon"):
            middle = sum(u[axis] * w for u, w in zip(inland, weights, strict=True)) / sum(weights)
            province[axis] = round(middle, 4)
        province["area"] = round(sum(u["area"] or 0 for u in members), 1)
    return dict(sorted(provinces.items()))


def check(provinces, new):
    found = {"provinces": len(provinces), "communes": len({u["code"] for u in new.values()})}
    found |= {c: sum(u["province"] == c for u in new.values()) for c in EXPECTED if c in provinces}
    if found != EXPECTED:
        raise SystemExit(f"Expected {EXPECTED}, found {found}")


# Former names


def former_provinces(source, old):
    table = json.loads((source / "data" / "converter_2025.json").read_text(encoding="utf-8"))
    by_key = {u["province_key"]: u for u in old.values()}
    present = {}
    with sqlite3.connect(source / "data" / "dataset.db") as database:
        present.update(database.execute("SELECT provinceKey, provinceCode FROM admin_units"))
    for heir, former in table["DICT_PROVINCE"].items():
        for key in former:
            full_name = by_key[key]["province_name"]
            kind = "Thành phố" if full_name.startswith("Thành phố ") else "Tỉnh"
            name = full_name.removeprefix(kind + " ")
            yield {"place": present[heir], "kind": kind, "name": name}


def former_communes(new, old, predecessors):
    """One line per present commune and former district; a star marks a commune that was split."""
    for key, unit in new.items():
        lines = collections.defaultdict(list)
        for former, part in predecessors[key]:
            was = old[former]
            lines[was["province_name"], was["district"]].append((was["code"], was["name"] + part))
        for (province, district), communes in sorted(lines.items()):
            yield {
                "place": unit["code"],
                "province": province,
                "district": district,
                "communes": "|".join(name for code, name in sorted(communes) if name != "*"),
            }


# Tiles


def place_provinces(provinces):
    assign_tiles(list(provinces.values()), blend=0.0, room=3.3)


def place_communes(communes):
    assign_tiles(communes, blend=0.5, room=1.5)


def assign_tiles(units, *, blend, room):
    """Give each unit a cell of its own, near its true position on an equal-area grid.

    The box around the units has ``room`` times as many cells as there are units: one and a half
    for a province, whose outline fills its box; more for the long, bent country. Towns are much
    denser than the land around them, so ``blend`` moves each unit part of the way to its rank
    along the axis. Then the assignment with the least sum of squared distances is taken, and
    rows and columns that stayed empty are left out.
    """
    units = sorted(units, key=lambda unit: unit["code"])
    inland = np.array([u["kind"] != "dac_khu" for u in units])
    lat = np.array([u["lat"] for u in units])
    lon = np.array([u["lon"] for u in units])
    squeeze = math.cos(math.radians(lat[inland].mean()))
    axes, spans = [], []
    for values in (lon * squeeze, -lat):
        low, high = values[inland].min(), values[inland].max()
        # Islands far out at sea stand at the border of the land, one cell away.
        margin = 0.03 * (high - low)
        values = np.clip(values, low - margin, high + margin)
        ranks = values.argsort(kind="stable").argsort(kind="stable") / (len(values) - 1)
        straight = (values - values.min()) / (values.max() - values.min())
        axes.append((1 - blend) * straight + blend * ranks)
        spans.append(high - low)
    cells = len(units) * room
    cols = max(1, round(math.sqrt(cells * spans[0] / spans[1])))
    rows = max(1, math.ceil(cells / cols))
    grid = [(c, r) for r in range(rows) for c in range(cols)]
    targets = np.column_stack([axes[0] * (cols - 1), axes[1] * (rows - 1)])
    cost = ((targets[:, None, :] - np.array(grid)[None, :, :]) ** 2).sum(axis=2)
    chosen = [grid[i] for i in linear_sum_assignment(cost.round(6))[1]]
    used_cols = {c: i for i, c in enumerate(sorted({c for c, _ in chosen}))}
    used_rows = {r: i for i, r in enumerate(sorted({r for _, r in chosen}))}
    for unit, (col, row) in zip(units, chosen, strict=True):
        unit["col"], unit["row"] = used_cols[col], used_rows[row]


# Writing


def write(path, fields, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fields, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda row: [str(row[f]) for f in fields[:3]]))


def write_licence(out, moved):
    package = importlib.metadata.distribution(PACKAGE)
    licence = next(f for f in package.files if f.name == "LICENSE").read_text(encoding="utf-8")
    (out / "LICENSE.txt").write_text(licence.replace("\r\n", "\n"), encoding="utf-8")
    (out / "README.md").write_text(
        README.format(version=package.version, moved="\n".join(f"- {m}" for m in sorted(moved))),
        encoding="utf-8",
    )


README = """\
# The official list of units

34 provinces and 3,321 communes, wards and special zones as of 1 July 2025, with what was merged
into each. Written by `scripts/extract_places.py`; do not edit by hand, run the script again.

Facts taken from the Python package `vietnamadminunits` {version}, © 2025 Tran Ngoc Minh Hieu,
MIT licence (`LICENSE.txt` beside this file applies to the data in this folder).

| file | one line is |
|---|---|
| `provinces.csv` | a province: 2-digit code, kind, name, centre, area in km², tile |
| `communes.csv` | a commune: 5-digit code, province, kind, name, centroid, area in km², tile |
| `former_provinces.csv` | a province before July 2025 and the one that it is in now |
| `former_communes.csv` | a commune, and the former communes of one former district in it |

A star after a former commune says that only a part of it went there. Tiles (`col`, `row`) are
computed by us: every unit one cell of the same size, near its true position.

## Positions that we mended
The source put these communes into the place of a namesake; they stand in the middle of the
communes that they were made of.

{moved}
"""


def split_kind(text):
    text = nfc(text)
    for words, kind in KINDS.items():
        if text.lower().startswith(words + " "):
            return kind, text[len(words) + 1 :]
    raise SystemExit(f"Unknown kind of unit: {text}")


def plain_kind(text):
    """Return a former name with its kind as it is written: Thị xã, not Thị Xã."""
    text = nfc(text)
    for kind in ("Thành phố", "Thị trấn", "Thị xã"):
        if text.lower().startswith(kind.lower()):
            return kind + text[len(kind) :]
    return text


def nfc(text):
    return " ".join(unicodedata.normalize("NFC", text).split())


def kilometres(a, b):
    east = (a[1] - b[1]) * math.cos(math.radians(a[0]))
    return 111.2 * math.hypot(a[0] - b[0], east)


if __name__ == "__main__":
    main()
