"""Files that somebody had made in the background, kept for a day where no address leads."""

import datetime as dt

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.utils import timezone

KEPT = dt.timedelta(days=1)


def sheet_files() -> FileSystemStorage:
    """Return where the files lie: outside the media, so only a view that asks hands them out."""
    return FileSystemStorage(location=settings.DATA_DIR / "sheets", base_url=None)


def sheet_name(job: int) -> str:
    """Return the name of the file that a job makes."""
    return f"{job}.xlsx"


def forget_sheets(older_than: dt.timedelta = KEPT) -> int:
    """Delete the files that are older than a day; return how many there were."""
    files = sheet_files()
    if not files.exists(""):
        return 0
    old = [
        name
        for name in files.listdir("")[1]
        if files.get_modified_time(name) < timezone.now() - older_than
    ]
    for name in old:
        files.delete(name)
    return len(old)
