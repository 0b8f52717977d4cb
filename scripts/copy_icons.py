"""Copy Lucide icons into templates/icons, cleaned for inlining.

    npm pack lucide-static && tar xzf lucide-static-*.tgz
    python scripts/copy_icons.py package house book-open …

Each becomes one line without size or comment: it is 1.25em through the class `icon`, takes the
colour of the text beside it, and is silent to a screen reader, since a text always stands by it.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "templates" / "icons"


def clean(svg: str) -> str:
    inner = re.search(r"<svg[^>]*>(?P<inner>.*)</svg>", svg, re.DOTALL)
    if inner is None:
        raise ValueError("not an SVG file")
    shapes = "".join(line.strip() for line in inner["inner"].splitlines()).replace(" />", "/>")
    return (
        '<svg class="icon" viewBox="0 0 24 24" width="20" height="20" fill="none" '
        'stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" '
        f'aria-hidden="true" focusable="false">{shapes}</svg>\n'
    )


def main() -> None:
    package, names = Path(sys.argv[1]), sys.argv[2:]
    TARGET.mkdir(parents=True, exist_ok=True)
    for name in names:
        source = package / "icons" / f"{name}.svg"
        if not source.exists():
            print(f"no such icon: {name}")
            continue
        (TARGET / f"{name}.svg").write_text(clean(source.read_text()), encoding="utf-8")
    shutil.copy(package / "LICENSE", TARGET / "LICENSE.txt")


if __name__ == "__main__":
    main()
