"""Who has read aloud what stands on a learner's screen."""

import json
from dataclasses import dataclass, field

from django import template

from courses.rules import offered
from courses.rules.speech import Spoken, spoken_question, spoken_screen
from courses.services import Voice, voices

register = template.Library()


@dataclass(frozen=True)
class Heard:
    """The recordings of a screen: of all its words, and of words that change in place."""

    voices: list[Voice] = field(default_factory=list)
    # {words: recordings}, for the steps of a practice.
    by_words: dict[str, list[dict]] = field(default_factory=dict)
    # Only the heading was read: the rest is a film, or changes.
    is_heading: bool = False

    @property
    def json(self) -> str:
        return json.dumps([voice.plain for voice in self.voices])


@register.simple_tag(takes_context=True)
def heard_on(context, screen) -> Heard:
    """Return what can be heard on a screen of a lesson, in the learner's language first."""
    spoken = spoken_screen(screen.block.get_prep_value())
    return _heard(context, spoken, is_heading=screen.kind in ("practice", "video"))


@register.simple_tag(takes_context=True)
def heard_of(context, question) -> Heard:
    """Return what can be heard of a question, in the learner's language first."""
    return _heard(context, [spoken_question(question)])


@register.simple_tag
def spoken_place(question, option) -> int:
    """Return where a row is heard among the others, wherever it lies now."""
    rows = [row["id"] for row in offered(question)]
    return rows.index(option["id"]) + 1 if option["id"] in rows else 0


def _heard(context, spoken: list[Spoken], *, is_heading: bool = False) -> Heard:
    found = context.get("recordings")
    if found is None:
        # A page with a whole lesson on it has asked for all of them at once.
        learner = context.get("learner")
        found = voices(spoken, learner.learning_language if learner else "")
    first = spoken[0] if spoken else None
    steps = spoken[1:]
    by_words = {
        step.text: [voice.plain for voice in found[step.block]]
        for step in steps
        if step.block in found
    }
    return Heard(found.get(first.block, []) if first else [], by_words, is_heading)
