"""YAML as a person would have typed it, and always in the same way."""

from pathlib import Path
from typing import Any

import yaml

WIDTH = 96


class Flow(list):
    """A list on one line."""


class _Writer(yaml.SafeDumper):
    def ignore_aliases(self, data):
        return True

    def increase_indent(self, flow=False, indentless=False):
        # Rows stand further in than the name of their list.
        return super().increase_indent(flow, False)


def _text(writer, text: str):
    """Words are quoted, so that “no” and “12:30” stay words; paragraphs stand as they are."""
    if "\n" in text:
        return writer.represent_scalar("tag:yaml.org,2002:str", text, style="|")
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style='"')


def _names(writer, names: dict):
    return writer.represent_mapping("tag:yaml.org,2002:map", names.items(), flow_style=False)


class _Bare(str):
    """A name that needs no quotes."""


class _Line(dict):
    """Names and values on one line."""


_Writer.add_representer(str, _text)
_Writer.add_representer(dict, _names)
_Writer.add_representer(
    _Bare, lambda writer, text: writer.represent_scalar("tag:yaml.org,2002:str", str(text))
)
_Writer.add_representer(
    _Line,
    lambda writer, names: writer.represent_mapping(
        "tag:yaml.org,2002:map", names.items(), flow_style=True
    ),
)
_Writer.add_representer(
    Flow,
    lambda writer, rows: writer.represent_sequence("tag:yaml.org,2002:seq", rows, flow_style=True),
)


def write_yaml(file: Path, content: dict[str, Any]) -> None:
    """Write ``content`` into ``file``, making its folder."""
    file.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.dump(
        _dressed(content, 0),
        Dumper=_Writer,
        allow_unicode=True,
        sort_keys=False,
        width=10**6,
        indent=2,
    )
    file.write_text(text, encoding="utf-8", newline="\n")


# What stands under these names is no text, and needs no quotes.
_PLAIN = {
    *("type", "slug", "pack", "icon", "picture", "key", "keys", "lessons", "name", "to", "outcome"),
}


def _dressed(content: Any, depth: int, name: str = "") -> Any:
    """Return the content with a style for each of its parts."""
    if isinstance(content, Flow):
        return content
    if isinstance(content, list):
        if name in ("at", "keys"):
            return Flow(_dressed(row, depth, name) for row in content)
        return [_dressed(row, depth + 1, name) for row in content]
    if isinstance(content, dict):
        made = {_Bare(key): _dressed(value, depth + 1, key) for key, value in content.items()}
        if _fits(content, depth * 2 + len(name)):
            return _Line(made)
        return made
    if isinstance(content, str):
        return _Bare(content) if name in _PLAIN else content
    return content


def _fits(content: dict, before: int) -> bool:
    """Tell whether these are short words in a few languages."""
    if not content or not all(
        len(key) == 2 and isinstance(text, str) for key, text in content.items()
    ):
        return False
    if any("\n" in text for text in content.values()):
        return False
    return before + sum(len(text) + 8 for text in content.values()) <= WIDTH
