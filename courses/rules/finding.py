"""Finding a lesson by words that are typed without accents, half, or in another order. Pure."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from places.rules import fold

MOST_WORDS = 6
# What in a stored stream is not words.
_NOT_WORDS = {"id", "type", "name", "to", "url", "outcome", "app", "version", "taken_on"}
_WORD = re.compile(r"\w+")


def searchable(parts: Iterable[Any]) -> str:
    """Return the words of texts and stored streams: bare letters, a blank before each word."""
    return " " + " ".join(_words(" ".join(_texts(list(parts)))))


def wanted(query: str) -> list[str]:
    """Return the words that somebody looks for; the first few, and no word twice."""
    return list(dict.fromkeys(_words(query)))[:MOST_WORDS]


def rank(words: list[str], title: str, summary: str = "") -> int:
    """Tell how well a page fits: words in its title count most."""
    here, below = searchable([title]), searchable([summary])
    return sum(4 * (f" {word}" in here) + (f" {word}" in below) for word in words)


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, part in value.items():
            if name not in _NOT_WORDS:
                yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
