"""What we ship of others is what its release holds, unchanged."""

import hashlib
import re
from pathlib import Path

from django.conf import settings

VENDOR = Path(settings.BASE_DIR) / "lms" / "static" / "vendor"


def test_every_file_is_the_one_that_was_looked_at_and_has_its_licence():
    said = dict(re.findall(r"- `(.+)` ([0-9a-f]{64})", (VENDOR / "README.md").read_text()))
    there = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*.js")
    }

    assert there == said
    assert all(any(folder.glob("LICENSE*")) for folder in VENDOR.iterdir() if folder.is_dir())
