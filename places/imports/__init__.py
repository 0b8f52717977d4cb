"""What comes in from outside: the official list of units, and organisers' lists of villages."""

from places.imports.official import Outcome, import_official
from places.imports.villages import (
    MAX_BYTES,
    MAX_ROWS,
    Preview,
    RowError,
    VillageRow,
    load_villages,
    pack_preview,
    preview_villages,
    unpack_preview,
)

__all__ = [
    "MAX_BYTES",
    "MAX_ROWS",
    "Outcome",
    "Preview",
    "RowError",
    "VillageRow",
    "import_official",
    "load_villages",
    "pack_preview",
    "preview_villages",
    "unpack_preview",
]
