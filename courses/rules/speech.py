"""What of a lesson is read aloud: the words of each block, in the order in which they are heard.

Works on a block as it is stored, so that a whole shelf can be asked at once without fetching a
picture. One recording holds what stands on the screen when it opens: what a learner hears only
after an answer or a wrong tap would give the answer away.
"""

import hashlib
import unicodedata
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from courses.rules.questions import offered, partners

# Made of the ids of blocks that have no proper one.
_NAMESPACE = uuid.UUID("c0a4c4c8-7d3e-4b57-9a61-0f5b6a0b7a11")


@dataclass(frozen=True)
class Spoken:
    """What somebody reads aloud for one block, part by part."""

    block: uuid.UUID
    parts: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.parts)

    @property
    def digest(self) -> str:
        """Change when, and only when, other words have to be spoken."""
        words = "\n".join(" ".join(part.split()) for part in self.parts)
        return hashlib.sha256(unicodedata.normalize("NFC", words).encode()).hexdigest()


def block_id(name: object) -> uuid.UUID:
    """Return the id of a block as a recording knows it."""
    try:
        return uuid.UUID(str(name))
    except ValueError:
        return uuid.uuid5(_NAMESPACE, str(name))


def spoken_lesson(body: Iterable[Mapping], questions: Iterable[Mapping]) -> list[Spoken]:
    """Return all that is read aloud in a lesson, in its order, from its stored streams."""
    found: list[Spoken] = []
    for screen in body:
        found += spoken_screen(screen)
    found += [spoken_question(_plain(question)) for question in questions]
    return found


def spoken_screen(screen: Mapping[str, Any]) -> list[Spoken]:
    """Return what is read aloud on a screen: mostly one thing, in a practice one for each step.

    Local figures are left to the voice of the telephone: they differ from place to place.
    """
    kind, value = screen.get("type"), screen.get("value") or {}
    heading = _text(value, "heading")
    match kind:
        case "figures":
            return []
        case "practice":
            steps = [
                _spoken(name, [_text(step, "words")]) for name, step in _items(value.get("screens"))
            ]
            return [_spoken(screen.get("id"), [heading]), *steps]
        case "checklist":
            items = [str(item) for _name, item in _items(value.get("items"))]
            return [_spoken(screen.get("id"), [heading, *items])]
        case "video":
            # The film speaks for itself; what it says can be read below it.
            return [_spoken(screen.get("id"), [heading])]
    return [_spoken(screen.get("id"), [heading, *_paragraphs(_text(value, "words"))])]


def spoken_question(question: Mapping[str, Any]) -> Spoken:
    """Return what is read aloud of a question: itself, then its answers as they are shown."""
    parts = [_text(question, "text"), *(_text(option, "text") for option in offered(question))]
    if question.get("kind") == "match":
        # Not beside what they belong to: that is the answer.
        parts += [_text(partner, "text") for partner in partners(question)]
    return _spoken(question.get("id"), parts)


def _spoken(name: object, parts: Iterable[str]) -> Spoken:
    return Spoken(block_id(name), tuple(part for part in parts if part))


def _plain(question: Mapping[str, Any]) -> dict:
    """Return a stored question as `offered` wants it."""
    value = question.get("value") or {}
    return {
        "id": question.get("id"),
        "kind": question.get("type"),
        "text": value.get("text"),
        "options": [
            {"id": name, "text": _text(option, "text"), "match": _text(option, "match")}
            for name, option in _items(value.get("options"))
        ],
    }


def _items(stored: Any) -> Iterator[tuple[object, Any]]:
    """Yield (id, value) of a stored list, whose items were once stored without their ids."""
    for item in stored or []:
        if isinstance(item, Mapping) and "value" in item:
            yield item.get("id"), item["value"]
        else:
            yield None, item


def _text(value: Any, name: str) -> str:
    text = value.get(name) if isinstance(value, Mapping) else ""
    return text.strip() if isinstance(text, str) else ""


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]
