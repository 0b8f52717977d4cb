"""Photographs on their way in: made small, grey and free of where and when they were taken."""

import io
import warnings

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

# What a phone may send; the proxy stops at 12 MB.
MOST_BYTES = 11 * 1024 * 1024
# More pixels than any phone makes are an attack on the memory. A plain JPEG is decoded at a part of
# its size; of everything else the whole has to be unfolded, several bytes for each pixel.
MOST_PIXELS = 120_000_000
MOST_UNFOLDED = 24_000_000
# A letter of the register is then still ten pixels high.
LONGEST_SIDE = 2000
SHORTEST_SIDE = 600
MOST_KEPT = 600 * 1024
_FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITIES = (82, 70, 55, 40)


def take_in(content: bytes) -> bytes:
    """Return a photograph as we keep it: grey, at most 600 KB, with nothing else in the file."""
    if len(content) > MOST_BYTES:
        raise ValidationError(
            _("This photo is larger than %(most)d MB."),
            code="too_large",
            params={"most": MOST_BYTES // 1024 // 1024},
        )
    try:
        with warnings.catch_warnings():
            # We judge the size ourselves.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            file = Image.open(io.BytesIO(content), formats=_FORMATS)
        is_plain = file.format == "JPEG" and not file.info.get("progressive")
        if file.width * file.height > (MOST_PIXELS if is_plain else MOST_UNFOLDED):
            raise ValidationError(_("This photo has too many pixels."), code="too_large")
        # A JPEG is decoded small at once.
        file.draft("L", (LONGEST_SIDE, LONGEST_SIDE))
        photo = file.convert("L")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise ValidationError(
            _("This is not a photo that we can open. Take a JPEG or PNG photo."), code="no_photo"
        ) from error
    except Image.DecompressionBombError as error:
        raise ValidationError(_("This photo has too many pixels."), code="too_large") from error
    if min(photo.size) < SHORTEST_SIDE:
        raise ValidationError(
            _("This photo is too small to be read. Take it anew with the camera."), code="small"
        )
    photo.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    for quality in _QUALITIES:
        kept = _jpeg(photo, quality)
        if len(kept) <= MOST_KEPT:
            return kept
    photo.thumbnail((LONGEST_SIDE * 3 // 4, LONGEST_SIDE * 3 // 4))
    return _jpeg(photo, _QUALITIES[-1])


def cut_out(picture: bytes, box: tuple[int, int, int, int]) -> bytes:
    """Return a part of a kept picture (left, top, width, height) as a picture of its own."""
    left, top, width, height = box
    with Image.open(io.BytesIO(picture), formats=("JPEG",)) as page:
        return _jpeg(page.crop((left, top, left + width, top + height)), 80)


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return file.getvalue()
