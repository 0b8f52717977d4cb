"""A lesson's questions as a Moodle GIFT file; what GIFT cannot say is named."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from courses.imports.fields import plain
from courses.rules import Question

_SIGNS = "\\:#={}~*"


@dataclass
class GiftFile:
    """The file, and what is missing in it."""

    text: str = ""
    written: int = 0
    left_out: list[str] = field(default_factory=list)
    # Questions that are written, but lose something.
    lost: list[str] = field(default_factory=list)


def write_gift(questions: Sequence[Question], title: str = "") -> GiftFile:
    """Return ``questions`` as a GIFT file."""
    file = GiftFile()
    parts = []
    for number, question in enumerate(questions, start=1):
        name = _("Question %(number)d") % {"number": number}
        write = _KINDS.get(question["kind"])
        reason = _("this kind of question does not exist there") if write is None else ""
        if write and _has_arrow(question):
            reason = _("“->” means something else there")
        if reason or write is None:
            file.left_out.append(f"{name} “{question['text']}”: {reason}")
            continue
        if lost := _lost(question):
            file.lost.append(f"{name} “{question['text']}”: {lost}")
        answers = write(question)
        explanation = _said(question["explanation"])
        general = f"####{explanation}" if explanation else ""
        head = f"::{_said(name)}::[plain]{_said(question['text'])}"
        parts.append(f"{head} {{{answers}{general}\n}}\n")
        file.written += 1
    comments = [f"// {_one_line(line)}" for line in (title, *_notes(file)) if line]
    file.text = "\n".join([*comments, "", *parts])
    return file


def _has_arrow(question: Question) -> bool:
    """Tell whether an answer would be taken for a pair."""
    if question["kind"] == "match":
        return any("->" in option["text"] + option["match"] for option in question["options"])
    return question["kind"] == "text" and any("->" in text for text in question["accepted"])


def _notes(file: GiftFile) -> list[str]:
    return [
        *(_("Left out: %(what)s") % {"what": what} for what in file.left_out),
        *(_("Not whole: %(what)s") % {"what": what} for what in file.lost),
    ]


def _lost(question: Question) -> str:
    if question["kind"] == "match":
        return _("what is said to a wrong partner")
    if question["kind"] == "number" and question.get("unit"):
        return _("the unit “%(unit)s”") % {"unit": question["unit"]}
    if question["kind"] == "true_false" and not _is_plain_truth(question):
        return _("it becomes a question with one right answer")
    return ""


def _said(text: str) -> str:
    text = plain(text or "")
    for sign in _SIGNS:
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", "\\n")


def _one_line(text: str) -> str:
    return " ".join(plain(text).split())


def _is_plain_truth(question: Question) -> bool:
    texts = [option["text"] for option in question["options"]]
    return texts == [_("True"), _("False")]


def _truth(question: Question) -> str:
    if not _is_plain_truth(question):
        return _choice(question)
    is_true = question["options"][0]["correct"]
    said = {option["correct"]: _said(option["feedback"]) for option in question["options"]}
    return f"{'TRUE' if is_true else 'FALSE'}#{said[False]}#{said[True]}"


def _choice(question: Question) -> str:
    options = question["options"]
    right = sum(option["correct"] for option in options)
    rows = []
    for option in options:
        if question["kind"] != "several":
            sign = "=" if option["correct"] else "~"
            sign += ("%100%" if option["correct"] else "%0%") * option["text"].startswith("%")
        else:
            share = f"{100 / right:.5f}".rstrip("0").rstrip(".")
            sign = f"~%{share}%" if option["correct"] else "~%-100%"
        rows.append(f"\n\t{sign}{_said(option['text'])}#{_said(option['feedback'])}")
    return "".join(rows)


def _match(question: Question) -> str:
    rows = [f"\n\t={_said(o['text'])} -> {_said(o['match'])}" for o in question["options"]]
    return "".join(rows)


def _number(question: Question) -> str:
    tolerance = question.get("tolerance") or "0"
    return f"#={question['answer']}:{tolerance}\n\t~#{_said(question['feedback'])}"


def _text(question: Question) -> str:
    rows = [f"\n\t={'%100%' * text.startswith('%')}{_said(text)}" for text in question["accepted"]]
    return "".join(rows) + f"\n\t=%0%*#{_said(question['feedback'])}"


_KINDS: dict[str, Any] = {
    "single": _choice,
    "several": _choice,
    "true_false": _truth,
    "match": _match,
    "number": _number,
    "text": _text,
}
