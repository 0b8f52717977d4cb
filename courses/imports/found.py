"""Questions from other systems' files, on their way to becoming ours.

Every question that a file holds comes out of it: accepted, or refused with its line and reason.
"""

import html
import re
import uuid
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from courses.blocks import QuestionBody
from courses.imports.fields import plain

MAX_BYTES = 1024 * 1024
MAX_QUESTIONS = 200
_LENGTHS = {"text": 160, "feedback": 200, "explanation": 300, "match": 60, "unit": 20}
_OPTION_LENGTH = {"spot": 120}
_TAG = re.compile(
    r"</?(?:p|br|b|strong|i|em|u|span|div|font|sub|sup|ul|ol|li|h[1-6]|tt|code|pre|small|big|"
    r"table|tbody|thead|tr|td|th|center|blockquote|o:p)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/h[1-6]|/tr)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_LIVE = re.compile(
    r"<\s{0,9}/?\s{0,9}(?:img|audio|video|source|embed|object|iframe|script|style|svg|math|form|input|"
    r"link|meta|a)\b|@@PLUGINFILE@@|\$\$",
    re.IGNORECASE,
)
# Moodle's own thirds and sixths do not add up to a hundred exactly.
_NEARLY = Decimal("0.5")


@dataclass
class Found:
    """One question of a file."""

    line: int
    title: str = ""
    # Plain data as `courses.rules.questions` knows it, as far as it could be read.
    question: dict[str, Any] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def is_accepted(self) -> bool:
        return not self.refusals

    def refuse(self, reason: str) -> "Found":
        if reason not in self.refusals:
            self.refusals.append(reason)
        return self

    def note(self, what: str) -> None:
        if what not in self.notes:
            self.notes.append(what)

    def words(self, text: str, markup: str = "html") -> str:
        """Return ``text`` as bare words: markup goes, and what is more than words is refused."""
        if markup == "html":
            if _LIVE.search(text):
                self.refuse(_("It holds a picture, a sound, a formula or a link."))
            bare = _TAG.sub("", _BREAK.sub("\n", text))
            if bare != text:
                self.note(_("Bold, colours and the like are left out."))
            text = html.unescape(bare).replace("\xa0", " ")
        # Spaces first: looking for a line's end behind ever so many of them would take for ever.
        return re.sub(r" ?\n\s*", "\n", re.sub(r"[^\S\n]+", " ", plain(text)))

    def line_of_words(self, text: str, markup: str = "html") -> str:
        return self.words(text, markup).replace("\n", " ")


@dataclass
class Findings:
    """Everything that a file holds."""

    found: list[Found] = field(default_factory=list)
    # What is no question: categories.
    notes: list[str] = field(default_factory=list)

    @property
    def accepted(self) -> list[Found]:
        return [one for one in self.found if one.is_accepted]

    @property
    def refused(self) -> list[Found]:
        return [one for one in self.found if not one.is_accepted]


class FileRefused(ValueError):
    """Nothing of the file can be read; ``line`` says where, if that is known."""

    def __init__(self, message: str, line: int = 0):
        self.line = line
        super().__init__(message)


def true_false(is_true: bool, right: str, wrong: str) -> dict[str, Any]:
    """Return the rest of a question about true and false."""
    return {
        "kind": "true_false",
        "options": [
            {"text": text, "correct": good, "feedback": right if good else wrong}
            for text, good in ((_("True"), is_true), (_("False"), not is_true))
        ],
    }


def number_question(one: Found, answer: Decimal | None, tolerance: Decimal | None):
    """Return the rest of a question about a number."""
    if answer is None or tolerance is None or tolerance < 0:
        one.refuse(_("Its number cannot be read."))
        return {}
    # In this order: what is much too large cannot be rounded either.
    if any(abs(number) >= 10**11 or number != round(number, 4) for number in (answer, tolerance)):
        one.refuse(_("Its number is too long: at most four digits after the point."))
        return {}
    shown = [format(number.normalize(), "f") for number in (answer, tolerance)]
    return {"kind": "number", "answer": shown[0], "tolerance": shown[1], "unit": ""}


def text_question(
    one: Found, accepted: list[str], praise: list[str], feedback: str
) -> dict[str, Any]:
    """Return the rest of a question whose answer is typed."""
    if not accepted or not all(accepted):
        one.refuse(_("An answer is empty."))
    if len(set(praise)) > 1:
        one.refuse(_("Different right answers have different words to them."))
    praised = praise[0] if praise else ""
    return {"kind": "text", "accepted": accepted, "feedback": feedback, "praise": praised}


def even(weights_: list[Decimal]) -> bool:
    """Tell whether the weights are equal shares of a hundred."""
    share = Decimal(100) / len(weights_)
    return all(abs(weight - share) <= _NEARLY for weight in weights_)


def weights() -> str:
    return _("It gives a part of the marks for a part of the answer.")


def wildcard() -> str:
    return _("It accepts anything in place of a *.")


def finish(one: Found) -> Found:
    """Fill in what our questions need and the file does not say; refuse what does not fit."""
    if not one.question or one.refusals:
        return one if one.refusals else one.refuse(_("It is empty."))
    question = one.question
    # Words to the right answer stand before what is said to everybody.
    said = (question.pop("praise", ""), question.get("explanation", ""))
    question["explanation"] = " ".join(filter(None, said))
    for name, most in _LENGTHS.items():
        _check_length(one, question.get(name, ""), most)
    most = _OPTION_LENGTH.get(question["kind"], 80)
    for option in question.get("options", []):
        _check_length(one, option["text"], most)
        _check_length(one, option.get("match", ""), _LENGTHS["match"])
        _check_length(one, option.get("feedback", ""), _LENGTHS["feedback"])
    _count_options(one)
    if not one.refusals:
        _fill(one)
        _ask_the_block(one)
    return one


def _check_length(one: Found, text: str, most: int) -> None:
    if len(text) > most:
        one.refuse(
            _("“%(text)s…” is too long for a telephone: %(length)d letters, at most %(most)d.")
            % {"text": text[:40], "length": len(text), "most": most}
        )


def _count_options(one: Found) -> None:
    kind, options = one.question["kind"], one.question.get("options", [])
    most = {"single": 3, "several": 3, "match": 4}.get(kind)
    least = {"single": 2, "several": 2, "match": 3}.get(kind, 0)
    if most and len(options) > most:
        one.refuse(
            _("It has %(count)d answers; at most %(most)d fit on a telephone.")
            % {"count": len(options), "most": most}
        )
    if len(options) < least:
        one.refuse(
            _("It has %(count)d answers; there must be at least %(least)d.")
            % {"count": len(options), "least": least}
        )
    if any(not option["text"] for option in options):
        one.refuse(_("An answer is empty."))


def _fill(one: Found) -> None:
    question = one.question
    filled = False
    for option in question.get("options", []):
        if not option.get("feedback"):
            right = option.get("correct") and question["kind"] != "match"
            option["feedback"] = _("That is right.") if right else neutral()
            filled = True
    if question["kind"] in ("number", "text") and not question.get("feedback"):
        question["feedback"] = neutral()
        filled = True
    if not question.get("explanation"):
        question["explanation"] = _explanation(question)
        filled = True
    if filled:
        one.note(_("The file says nothing to some answers, so a neutral sentence stands there."))


def neutral() -> str:
    """What is said to a wrong answer when nobody has written anything better."""
    return _("Not quite. Look at the lesson once more.")


def _explanation(question: dict[str, Any]) -> str:
    right = [option["text"] for option in question.get("options", []) if option.get("correct")]
    if question["kind"] == "number":
        right = [question["answer"]]
    elif question["kind"] == "text":
        right = question["accepted"][:1]
    elif question["kind"] == "match":
        right = [f"{option['text']}: {option['match']}" for option in question["options"]]
    said = _("The right answer: %(answer)s") % {"answer": "; ".join(right)}
    return said if right and len(said) <= _LENGTHS["explanation"] else neutral()


def raw_block(question: dict[str, Any]) -> dict[str, Any]:
    """Return the question as a block of a lesson, with ids of its own."""
    value: dict[str, Any] = {"text": question["text"], "explanation": question["explanation"]}
    if question["kind"] == "number":
        value |= {"answer": question["answer"], "tolerance": question["tolerance"]}
        value |= {"unit": question.get("unit", ""), "feedback": question["feedback"]}
    elif question["kind"] == "text":
        value |= {"accepted": "\n".join(question["accepted"]), "feedback": question["feedback"]}
    else:
        value["options"] = [
            {"type": "item", "value": _raw_option(option, question["kind"]), "id": _new_id()}
            for option in question["options"]
        ]
    return {"type": question["kind"], "value": value, "id": _new_id()}


def _raw_option(option: dict[str, Any], kind: str) -> dict[str, Any]:
    raw = {"text": option["text"], "feedback": option["feedback"]}
    if kind == "match":
        return raw | {"match": option["match"]}
    return raw | {"is_right": option["correct"]}


def _new_id() -> str:
    return str(uuid.uuid4())


def _ask_the_block(one: Found) -> None:
    """The last word has the block that an author would have filled in."""
    raw = raw_block(one.question)
    block = QuestionBody().child_blocks[raw["type"]]
    try:
        block.clean(block.to_python(raw["value"]))
    except ValidationError as refusal:
        for message in _messages(refusal):
            one.refuse(message)


def _messages(refusal: Any) -> list[str]:
    own = getattr(refusal, "non_block_errors", None)
    found = [message for error in (own.as_data() if own else []) for message in error.messages]
    inner = getattr(refusal, "block_errors", {})
    for error in inner.values():
        found += _messages(error)
    return found or refusal.messages
