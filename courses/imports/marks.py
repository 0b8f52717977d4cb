"""YAML that remembers on which line everything stands.

Written for files that people type by hand, and that may come from anywhere: a key given twice is
refused instead of forgotten, references are refused because a small file could unfold to gigabytes,
and only plain values are made.
"""

from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

MAX_BYTES = 512 * 1024
MAX_DEPTH = 20
# The one in C is ten times faster; it is not everywhere.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class MarksRefused(ValueError):
    """The file cannot be read; ``line`` says where, 0 where that says nothing."""

    def __init__(self, message: str, line: int = 0):
        self.line = line
        super().__init__(message)


class Names(dict):
    """Names and values, and the line of each name."""

    def __init__(self, line: int):
        super().__init__()
        self.line = line
        self.lines: dict[Any, int] = {}


class Rows(list):
    """A list, and the line of each of its rows."""

    def __init__(self, line: int):
        super().__init__()
        self.line = line
        self.lines: list[int] = []


def read_marked(file: Path) -> Any:
    """Read a YAML file into `Names`, `Rows` and plain values."""
    if file.is_symlink() or not file.is_file():
        raise MarksRefused(_("there is no such file"))
    if file.stat().st_size > MAX_BYTES:
        raise MarksRefused(
            _("is larger than %(most)d KB") % {"most": MAX_BYTES // 1024},
        )
    raw = file.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise MarksRefused(_("is not written in UTF-8"), line) from None
    return parse_marked(text)


def parse_marked(text: str) -> Any:
    """Read YAML into `Names`, `Rows` and plain values."""
    try:
        _refuse_what_unfolds(text)
        loader = _LOADER(text)
        try:
            node = loader.get_single_node()
            return _build(loader, node) if node else None
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise MarksRefused(_("cannot be read as YAML"), mark.line + 1 if mark else 0) from None


def _refuse_what_unfolds(text):
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise MarksRefused(_("uses & or *, which is not allowed"), line)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise MarksRefused(_("cannot be read as YAML"), line)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _build(loader, node) -> Any:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        names = Names(line)
        for key_node, value_node in node.value:
            key, key_line = _build(loader, key_node), key_node.start_mark.line + 1
            if not isinstance(key, str):
                raise MarksRefused(_("must hold names and values"), key_line)
            if key in names:
                raise MarksRefused(_("“%(name)s” is written twice") % {"name": key}, key_line)
            names[key] = _build(loader, value_node)
            names.lines[key] = key_line
        return names
    if isinstance(node, yaml.SequenceNode):
        rows = Rows(line)
        for child in node.value:
            rows.append(_build(loader, child))
            rows.lines.append(child.start_mark.line + 1)
        return rows
    try:
        return loader.construct_object(node)
    except (ValueError, OverflowError):  # 2026-02-30
        raise MarksRefused(_("cannot be read as YAML"), line) from None


def line_of(content: Any, path: tuple) -> int:
    """Return the line of what ``path`` leads to, or of the nearest thing around it.

    A path is of names, and of numbers counted from 1.
    """
    line = getattr(content, "line", 1)
    for step in path:
        if isinstance(content, Names) and step in content:
            line, content = content.lines[step], content[step]
        elif isinstance(content, Rows) and isinstance(step, int) and 0 < step <= len(content):
            line, content = content.lines[step - 1], content[step - 1]
        else:
            break
    return line
