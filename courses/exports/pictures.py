"""The pictures of a lesson as files, each under a name that says a little."""

from pathlib import Path
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.images import get_image_model

from courses.imports.photos import MAX_BYTES, MAX_SIDE, PHOTOS
from courses.models import Drawing
from places.rules import fold

# For photos that a pack does not take: too large, or of a rarer kind.
_SMALLER = "max-1600x1600|format-jpeg|jpegquality-85"


class Pictures:
    """Collects the pictures of one lesson."""

    def __init__(self, home: Path):
        self.home = home
        self.notes: list[str] = []
        self._names: dict[tuple[str, int], str] = {}
        self._files: dict[str, bytes] = {}

    def name(self, raw: dict[str, Any]) -> str:
        """Return the file name of a picture block's picture; empty if it shows none."""
        for kind, take in (("drawing", self._drawing), ("photo", self._photo)):
            if pk := raw.get(kind):
                key = (kind, pk)
                if key not in self._names:
                    self._names[key] = take(pk)
                if self._names[key]:
                    return self._names[key]
        return ""

    def write(self) -> None:
        """Write the files."""
        if self._files:
            self.home.mkdir(parents=True, exist_ok=True)
        for name, content in self._files.items():
            (self.home / name).write_bytes(content)

    def _drawing(self, pk: int) -> str:
        drawing = Drawing.objects.filter(pk=pk).first()
        if drawing is None:
            return ""
        return self._keep(drawing.name, ".svg", f"{drawing.svg}\n".encode())

    def _photo(self, pk: int) -> str:
        photo = get_image_model().objects.filter(pk=pk).first()
        if photo is None:
            return ""
        suffix = Path(photo.file.name).suffix.lower()
        try:
            with photo.open_file() as file:
                content = file.read()
            if suffix not in PHOTOS or len(content) > MAX_BYTES or photo.width > MAX_SIDE:
                suffix = ".jpg"
                with photo.get_rendition(_SMALLER).file.open("rb") as file:
                    content = file.read()
                self.notes.append(_("“%(name)s” is exported smaller") % {"name": photo.title})
        except OSError:
            self.notes.append(_("the file of “%(name)s” is missing") % {"name": photo.title})
            return ""
        return self._keep(photo.title, suffix, content)

    def _keep(self, title: str, suffix: str, content: bytes) -> str:
        stem = title.rsplit("/", 1)[-1]
        if stem.lower().endswith(suffix):
            stem = stem[: -len(suffix)]
        stem = slugify(fold(stem))[:60].strip("-_") or "hinh"
        name, number = f"{stem}{suffix}", 1
        while name in self._files:
            number += 1
            name = f"{stem}-{number}{suffix}"
        self._files[name] = content
        return name
