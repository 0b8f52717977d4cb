"""What an author could not have published either, said of the pack's lines."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from wagtail.blocks import StreamValue

from courses.imports.fields import Path
from courses.imports.shapes import QUESTIONS, SCREENS

_KINDS = {"body": SCREENS, "questions": QUESTIONS}


def faults(name: str, stream: StreamValue) -> list[tuple[Path, str]]:
    """Return (where, what) for everything that is wrong with the stream called ``name``."""
    try:
        stream.stream_block.clean(stream)
    except ValidationError as refusal:
        kinds = [row["type"] for row in stream.raw_data]
        return [
            ((name, *_as_written(path, name, kinds)), what) for path, what in _flat(refusal, ())
        ]
    return []


def _flat(refusal: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Yield (path as the blocks have it, what) for each error, however deep it lies."""
    inner = getattr(refusal, "block_errors", {})
    for key, error in inner.items():
        yield from _flat(error, (*path, key))
    own = getattr(refusal, "non_block_errors", None)
    if own:
        for error in own.as_data():
            yield from ((path, message) for message in error.messages)
    elif not inner:
        yield from ((path, message) for message in refusal.messages)


def _as_written(path: Path, name: str, kinds: list[str]) -> Path:
    """Return the path with the names and numbers of the file."""
    if not path or not isinstance(path[0], int):
        return ()
    parts = _KINDS[name].get(kinds[path[0]], ())
    written: list[str | int] = [path[0] + 1]
    for step in path[1:]:
        if isinstance(step, int):
            written.append(step + 1)
        elif step == "drawing":
            written.append("picture")
        elif part := next((part for part in parts if step in part.names()), None):
            if step != "picture":  # its words stand beside it
                written.append(part.key)
            parts = getattr(part, "parts", ())
        else:
            written.append(step)
    return tuple(written)
