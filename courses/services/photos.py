"""Photos that people send in: looked at, turned upright, and without what the camera noted.

A telephone writes into its photos where they were taken. Nobody who sends one in means to tell, so
every photo is written anew, and nothing but the picture is kept.
"""

import io
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.utils.translation import gettext as _
from PIL import Image as Picture
from PIL import ImageOps, UnidentifiedImageError

MAX_BYTES = 5 * 1024 * 1024
MAX_SIDE = 1600
FORMATS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
# What a telephone's camera makes; unfolded, each point takes four bytes, more than once. A JPEG can
# be unfolded at a part of its size.
MAX_POINTS = {"JPEG": 52_000_000, "PNG": 24_000_000, "WEBP": 24_000_000}


class NotAPhoto(ValueError):
    """It cannot be opened, or nobody should."""


@contextmanager
def opened(content: bytes, formats: Iterable[str]) -> Iterator[Picture.Image]:
    """Open what somebody says is a photo; whatever goes wrong with it is `NotAPhoto`."""
    try:
        with warnings.catch_warnings():
            # A small file that unfolds to a giant picture.
            warnings.simplefilter("error", Picture.DecompressionBombWarning)
            with Picture.open(io.BytesIO(content), formats=[*formats]) as photo:
                yield photo
    except (
        UnidentifiedImageError,
        Picture.DecompressionBombError,
        Picture.DecompressionBombWarning,
        OSError,
        SyntaxError,
        ValueError,
    ) as error:
        raise NotAPhoto from error


def clean_photo(file: File) -> ContentFile:
    """Return the photo in ``file`` written anew, or refuse it with the reason."""
    if file.size > MAX_BYTES:
        message = _("The photo has %(size)s MB; at most %(most)d MB are taken.")
        params = {"size": f"{file.size / 1024**2:.1f}", "most": MAX_BYTES // 1024**2}
        raise ValidationError(message, code="too_large", params=params)
    file.seek(0)
    content = file.read()
    file.seek(0)
    try:
        with opened(content, FORMATS) as photo:
            kind = photo.format or ""
            if photo.width * photo.height > MAX_POINTS[kind]:
                raise NotAPhoto("too many points")
            # Smaller first: turning makes a second one of the same size.
            photo.thumbnail((MAX_SIDE, MAX_SIDE))
            upright = ImageOps.exif_transpose(photo)
    except NotAPhoto as error:
        message = _("This is not a photo that we can show. Send JPEG, PNG or WebP.")
        raise ValidationError(message, code="not_a_photo") from error
    return _write(upright, kind)


def _write(picture: Picture.Image, kind: str) -> ContentFile:
    mode = "RGB" if kind == "JPEG" or "A" not in picture.getbands() else "RGBA"
    # A new picture has the points of the old one and none of its notes.
    bare = Picture.new(mode, picture.size)
    bare.paste(picture.convert(mode))
    written = io.BytesIO()
    bare.save(written, kind, **({} if kind == "PNG" else {"quality": 85}))
    return ContentFile(written.getvalue(), name=f"photo.{FORMATS[kind]}")
