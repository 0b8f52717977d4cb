"""What a page is made of: its fields in Vietnamese, and its words in every other language."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from wagtail.blocks import StreamValue

from courses.imports.faults import faults
from courses.imports.fields import Words
from courses.imports.pack import CoursePlan, LessonPlan, Plan
from courses.imports.streams import Known, Streams
from courses.models import CoursePage, LessonPage

_COURSE_WORDS = ("title", "summary", "audience")
_LESSON_WORDS = ("title", "summary")
_STREAMS = ("body", "questions", "sources")


@dataclass
class Content:
    """A page to be: what the original says, and its words by the path that localize gives them."""

    model: Any
    plan: Plan
    fields: dict[str, Any]
    words: dict[str, Words]

    def in_language(self, language: str) -> dict[str, str]:
        """Return the words by their paths."""
        return {path: text[language] for path, text in self.words.items() if language in text}

    def field(self, name: str, language: str = settings.LANGUAGE_CODE):
        """Return a field as the page takes it."""
        value = self.fields[name]
        if name not in _STREAMS:
            return self.words[name].get(language, "") if name in self.words else value
        block = self.model._meta.get_field(name).stream_block
        if language != settings.LANGUAGE_CODE:
            value = _said_in(value, self.in_language(language), name)
        return StreamValue(block, value, is_lazy=True)

    def problems(self) -> list[str]:
        """Return what an author could not have published, by the plan's lines."""
        found = []
        for language in self.plan.languages:
            for where, what in self._faults(language):
                # What is wrong in every language is said once.
                line = self.plan.complaint(where, what)
                if line not in found:
                    found.append(line)
        return found

    def _faults(self, language) -> Iterator[tuple[tuple, str]]:
        for name in self.fields:
            if name == "skills":
                continue
            if name in _STREAMS:
                if name != "sources":
                    yield from faults(name, self.field(name, language))
                continue
            try:
                self.model._meta.get_field(name).clean(self.field(name, language), None)
            except ValidationError as refusal:
                where = (name, language) if name in self.words else (name,)
                yield from ((where, message) for message in refusal.messages)


def course_content(plan: CoursePlan) -> Content:
    """Return what the course's page is made of."""
    return Content(
        CoursePage,
        plan,
        {
            **{name: _first(plan[name]) for name in _COURSE_WORDS},
            **{name: plan[name] for name in ("icon", "test_size")},
            **_common(plan),
        },
        {name: plan[name] for name in _COURSE_WORDS},
    )


def lesson_content(course: CoursePlan, plan: LessonPlan, known: Known) -> Content:
    """Return what the lesson's page is made of."""
    streams = Streams(course["slug"], plan, known)
    fields = {
        **{name: _first(plan[name]) for name in _LESSON_WORDS},
        "audience": _first(course["audience"]),
        **{name: plan[name] for name in ("minutes", "asked", "pass_per_cent")},
        "body": streams.body(),
        "questions": streams.questions(),
        **_common(plan),
    }
    words = {
        **streams.words,
        **{name: plan[name] for name in _LESSON_WORDS},
        "audience": course["audience"],
    }
    return Content(LessonPage, plan, fields, words)


def _first(words: Words) -> str:
    return words.get(settings.LANGUAGE_CODE, "")


def _common(plan: Plan) -> dict[str, Any]:
    return {
        "checked_on": plan["checked_on"],
        "review_by": plan["review_by"],
        "sources": [
            {"type": "source", "value": {"title": row["title"], "url": row.get("url", "")}}
            for row in plan["sources"]
        ],
        "skills": plan["skills"],
    }


def _said_in(raw, words: dict[str, str], path: str):
    """Return a raw value with the words that stand under each path instead of its own."""
    if isinstance(raw, list):
        return [_said_in(row, words, f"{path}.{row['id']}") for row in raw]
    if isinstance(raw, dict) and "id" in raw:
        return {**raw, "value": _said_in(raw["value"], words, path)}
    if isinstance(raw, dict):
        return {name: _said_in(value, words, f"{path}.{name}") for name, value in raw.items()}
    return words.get(path, raw)
