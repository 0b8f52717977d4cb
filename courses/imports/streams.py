"""From a pack's words to the blocks of a page, and to what each of them is called in English.

Blocks get ids made from where they stand, so that importing again gives the same blocks, and a
translation finds them.
"""

import uuid
from typing import Any

from courses.imports.pack import LessonPlan

_NAMESPACE = uuid.UUID("6b1f5a0e-3c44-4c8f-9a2c-7d0f4f0b100d")


class Streams:
    """The raw streams of one lesson in Vietnamese, and its other words by their path."""

    def __init__(self, course_slug: str, plan: LessonPlan, drawings: dict, figures: dict):
        self.prefix = f"{course_slug}/{plan['slug']}"
        self.plan = plan
        self.drawings = drawings
        self.figures = figures
        # Path as wagtail-localize knows it -> {language: text}.
        self.words: dict[str, dict[str, str]] = {}

    def body(self) -> list[dict]:
        return [
            self._screen(screen, f"body/{number}")
            for number, screen in enumerate(self.plan["body"] or [], start=1)
        ]

    def questions(self) -> list[dict]:
        return [
            self._question(question, f"questions/{number}")
            for number, question in enumerate(self.plan["questions"] or [], start=1)
        ]

    def _screen(self, screen, place):
        kind, block_id = screen["type"], self._id(place)
        path = f"body.{block_id}"
        value: dict[str, Any] = {"heading": self._say(screen["heading"], f"{path}.heading")}
        if "words" in screen:
            value["words"] = self._say(screen["words"], f"{path}.words")
        if kind == "step":
            value["picture"] = self._picture(screen, f"{path}.picture")
        if kind == "checklist":
            value["items"] = []
            for number, item in enumerate(screen["items"], start=1):
                item_id = self._id(f"{place}/{number}")
                text = self._say(item, f"{path}.items.{item_id}")
                value["items"].append({"type": "item", "value": text, "id": item_id})
        if kind == "figures":
            value["figures"] = [
                {"type": "item", "value": self.figures[key], "id": self._id(f"{place}/{key}")}
                for key in screen["keys"]
            ]
        return {"type": kind, "value": value, "id": block_id}

    def _question(self, question, place):
        kind, block_id = question["type"], self._id(place)
        path = f"questions.{block_id}"
        options = []
        for number, option in enumerate(question["options"], start=1):
            option_id = self._id(f"{place}/{number}")
            here = f"{path}.options.{option_id}"
            value: dict[str, Any] = {
                "text": self._say(option["text"], f"{here}.text"),
                "feedback": self._say(option["feedback"], f"{here}.feedback"),
            }
            if kind != "order":
                value["is_right"] = option["correct"]
            if kind == "picture":
                value["picture"] = self._picture(option, f"{here}.picture")
            options.append({"type": "item", "value": value, "id": option_id})
        return {
            "type": kind,
            "value": {
                "text": self._say(question["text"], f"{path}.text"),
                "options": options,
                "explanation": self._say(question["explanation"], f"{path}.explanation"),
            },
            "id": block_id,
        }

    def _picture(self, node, path):
        if "picture" not in node:
            return {"drawing": None, "photo": None, "alt": ""}
        return {
            "drawing": self.drawings[node["picture"]],
            "photo": None,
            "alt": self._say(node["alt"], f"{path}.alt"),
        }

    def _say(self, words, path) -> str:
        self.words[path] = {language: text.strip() for language, text in words.items()}
        return self.words[path]["vi"]

    def _id(self, place) -> str:
        return str(uuid.uuid5(_NAMESPACE, f"{self.prefix}/{place}"))
