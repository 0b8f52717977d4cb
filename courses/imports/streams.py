"""From a pack's words to the blocks of a page, and to what each of them is called in English.

Blocks get ids made from where they stand, so that importing again gives the same blocks, and a
translation finds them.
"""

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from courses.imports.fields import Words, build_parts
from courses.imports.pack import LessonPlan
from courses.imports.shapes import QUESTIONS, SCREENS

_NAMESPACE = uuid.UUID("6b1f5a0e-3c44-4c8f-9a2c-7d0f4f0b100d")


@dataclass
class Known:
    """What the blocks of a lesson point to, as it is called in the database."""

    drawings: dict[str, int] = field(default_factory=dict)
    photos: dict[str, int] = field(default_factory=dict)
    figures: dict[str, int] = field(default_factory=dict)


class Streams:
    """The raw streams of one lesson in Vietnamese, and its other words by their path."""

    def __init__(self, course_slug: str, plan: LessonPlan, known: Known):
        self.prefix = f"{course_slug}/{plan['slug']}"
        self.plan = plan
        self.known = known
        # Path as wagtail-localize knows it -> {language: text}.
        self.words: dict[str, Words] = {}

    def body(self) -> list[dict]:
        return self._blocks("body", SCREENS)

    def questions(self) -> list[dict]:
        return self._blocks("questions", QUESTIONS)

    def _blocks(self, name, kinds) -> list[dict]:
        blocks = []
        for number, row in enumerate(self.plan[name] or [], start=1):
            place = f"{name}/{number}"
            block_id = self.id(place)
            value = build_parts(kinds[row["type"]], row, place, f"{name}.{block_id}", self)
            blocks.append({"type": row["type"], "value": value, "id": block_id})
        return blocks

    # What the parts ask for

    @property
    def figures(self) -> dict[str, int]:
        return self.known.figures

    def picture(self, name: str) -> dict[str, Any]:
        drawing, photo = self.known.drawings.get(name), self.known.photos.get(name)
        return {**self.no_picture(), "drawing": drawing, "photo": photo}

    def no_picture(self) -> dict[str, Any]:
        return {
            **{"drawing": None, "photo": None, "alt": ""},
            **{"app": "", "version": "", "taken_on": None},
        }

    def say(self, words: Words, path: str) -> str:
        self.words[path] = words
        return words[settings.LANGUAGE_CODE]

    def id(self, place: str) -> str:
        return str(uuid.uuid5(_NAMESPACE, f"{self.prefix}/{place}"))
