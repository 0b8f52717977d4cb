"""Photos of a content pack: looked at before they are believed."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from courses.services.photos import NotAPhoto, opened

MAX_BYTES = 2 * 1024 * 1024
MAX_SIDE = 6000
PHOTOS = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG", ".webp": "WEBP"}


class PhotoRefused(ValueError):
    """The file is not a photo that we show; the message says why."""


@dataclass(frozen=True)
class Photo:
    """The bytes of a photo, and its size."""

    content: bytes
    width: int
    height: int

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()[:24]


def read_photo(path: Path) -> Photo:
    """Return the photo in ``path``, or refuse it."""
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise PhotoRefused(
            _("The photo has %(size)d KB; at most %(most)d KB are allowed.")
            % {"size": size // 1024, "most": MAX_BYTES // 1024}
        )
    content = path.read_bytes()
    try:
        with opened(content, [PHOTOS[path.suffix.lower()]]) as photo:
            width, height = photo.size
            photo.verify()
    except NotAPhoto as error:
        raise PhotoRefused(_("The file is not a photo.")) from error
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
        raise PhotoRefused(_("The photo has no sensible size."))
    return Photo(content, width, height)
