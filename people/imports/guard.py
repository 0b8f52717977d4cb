"""An XLSX file is a ZIP file, and a small ZIP file can hold a very large one.

What the directory says is checked first, because that costs nothing; then the bytes are counted
while they are inflated, because the directory can lie.
"""

import io
import zipfile
import zlib

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MOST_INFLATED = 50 * 1024 * 1024
MOST_RATIO = 100
MOST_FILES = 200
# Below this size a high ratio does no harm: empty tables compress well.
RATIO_COUNTS_FROM = 1024 * 1024
_CHUNK = 64 * 1024


def refuse_bombs(content: bytes) -> None:
    """Refuse an XLSX file that would grow beyond measure, or that is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _judge_directory(archive, len(content))
            _count(archive, len(content))
            names = set(archive.namelist())
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise ValidationError(
            _("This is not a readable Excel file (.xlsx)."), code="not_xlsx"
        ) from error
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise ValidationError(_("This is not a readable Excel file (.xlsx)."), code="not_xlsx")


def _judge_directory(archive: zipfile.ZipFile, size: int) -> None:
    entries = archive.infolist()
    total = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_FILES:
        raise _too_large()
    _judge(total, size)


def _count(archive: zipfile.ZipFile, size: int) -> None:
    inflated = 0
    for entry in archive.infolist():
        head = b""
        with archive.open(entry) as part:
            while chunk := part.read(_CHUNK):
                inflated += len(chunk)
                _judge(inflated, size)
                # Entities grow while they are read; a table has no use for them.
                if b"<!DOCTYPE" in head + chunk or b"<!ENTITY" in head + chunk:
                    raise _too_large()
                head = chunk[-16:]


def _judge(inflated: int, size: int) -> None:
    if inflated > MOST_INFLATED or (
        inflated > RATIO_COUNTS_FROM and inflated > MOST_RATIO * max(size, 1)
    ):
        raise _too_large()


def _too_large() -> ValidationError:
    return ValidationError(
        _("This file holds far more than a list of people. Save only the table and try again."),
        code="bomb",
    )
