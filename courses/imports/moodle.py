"""Questions from a Moodle XML file."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler

from defusedxml import DefusedXmlException
from defusedxml.sax import parseString
from django.utils.translation import gettext as _

from courses.imports.encodings import read_letters
from courses.imports.fields import decimal
from courses.imports.found import (
    MAX_QUESTIONS,
    FileRefused,
    Findings,
    Found,
    even,
    finish,
    number_question,
    text_question,
    true_false,
    weights,
    wildcard,
)

MAX_DEPTH = 30
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_NAMED = re.compile(rb"""encoding=["']([\w-]+)["']""")


@dataclass
class _Node:
    tag: str
    line: int
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["_Node"] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    @cached_property
    def text(self) -> str:
        return "".join(self.pieces)

    def all(self, tag: str) -> list["_Node"]:
        return [child for child in self.children if child.tag == tag]

    def first(self, tag: str) -> "_Node":
        return next(iter(self.all(tag)), _Node(tag, self.line))

    def every(self) -> Iterator["_Node"]:
        yield self
        for child in self.children:
            yield from child.every()


class _Handler(ContentHandler):
    def __init__(self):
        super().__init__()
        self.root = _Node("", 1)
        self.open = [self.root]

    def setDocumentLocator(self, locator):
        self.locator = locator

    def startElement(self, name, attrs):
        if len(self.open) > MAX_DEPTH:
            raise SAXException("too deep")
        node = _Node(name, self.locator.getLineNumber(), dict(attrs))
        self.open[-1].children.append(node)
        self.open.append(node)

    def endElement(self, name):
        self.open.pop()

    def characters(self, content):
        self.open[-1].pieces.append(content)


def read_moodle(raw: bytes) -> Findings:
    """Return every question in a Moodle XML file."""
    text = _text(raw)
    handler = _Handler()
    try:
        parseString(text.encode(), handler, forbid_dtd=True)
    except SAXParseException as error:
        raise FileRefused(
            _("The file cannot be read as XML."), error.getLineNumber() or 0
        ) from None
    except (SAXException, DefusedXmlException, ValueError):
        raise FileRefused(_("The file cannot be read as XML.")) from None
    quiz = handler.root.first("quiz")
    if not handler.root.all("quiz"):
        raise FileRefused(_("The file holds no Moodle questions."))
    findings = Findings()
    for node in quiz.all("question"):
        if node.attributes.get("type") == "category":
            name = node.first("category").first("text").text.strip()
            findings.notes.append(
                _("Line %(line)d: the category “%(name)s” is not kept.")
                % {"line": node.line, "name": name}
            )
            continue
        if len(findings.found) >= MAX_QUESTIONS:
            what = _("The file has more than %(most)d questions.")
            raise FileRefused(what % {"most": MAX_QUESTIONS}, node.line)
        findings.found.append(finish(_question(node)))
    return findings


def _text(raw: bytes) -> str:
    """Return the text; what the file says about its letters must be true."""
    named = _NAMED.search(raw[:200])
    name = named[1].decode().lower() if named else "utf-8"
    if name in ("windows-1258", "cp1258", "utf-8", "utf-16"):
        text = read_letters(raw)
    else:
        what = _("The file is written in %(name)s; only UTF-8, UTF-16 and Windows-1258 are read.")
        raise FileRefused(what % {"name": name})
    # It is decoded now, whatever it says; the lines stay where they are.
    return _DECLARATION.sub(lambda match: "\n" * match[0].count("\n"), text)


def _question(node: _Node) -> Found:
    kind = node.attributes.get("type", "")
    one = Found(node.line, node.first("name").first("text").text.strip()[:60])
    if any(inner.tag == "file" for inner in node.every()):
        one.refuse(_("It holds a picture, a sound, a formula or a link."))
    asked = _words(one, node.first("questiontext")).replace("\n", " ")
    one.title = one.title or asked[:60]
    if kind == "description":
        return one.refuse(_("It is a description, not a question."))
    if kind == "essay":
        return one.refuse(_("It asks for an essay, which nobody could judge here."))
    read = _KINDS.get(kind)
    if read is None:
        return one.refuse(
            _("Questions of the kind “%(kind)s” are not known here.") % {"kind": kind}
        )
    if not asked:
        return one.refuse(_("The question has no words."))
    general = _words(one, node.first("generalfeedback"))
    if node.all("hint"):
        one.note(_("Its hints are left out."))
    one.question = {"text": asked, "explanation": general} | read(one, node)
    return one


def _words(one: Found, node: _Node) -> str:
    markup = node.attributes.get("format", "html").lower()
    markup = "html" if markup in ("html", "moodle_auto_format", "") else "plain"
    return one.words(node.first("text").text, markup)


def _answers(one: Found, node: _Node) -> list[dict[str, Any]]:
    rows = []
    for answer in node.all("answer"):
        fraction = decimal(answer.attributes.get("fraction", "0"))
        if fraction is None:
            one.refuse(_("Its answers cannot be read."))
            fraction = Decimal(0)
        rows.append(
            {
                "text": _words(one, answer).replace("\n", " "),
                "bare": answer.first("text").text.strip(),
                "fraction": fraction,
                "feedback": _words(one, answer.first("feedback")).replace("\n", " "),
                "tolerance": answer.first("tolerance").text.strip(),
            }
        )
    return rows


def _choice(one: Found, node: _Node) -> dict[str, Any]:
    rows = _answers(one, node)
    is_single = node.first("single").text.strip().lower() not in ("false", "0")
    good = [row for row in rows if row["fraction"] > 0]
    if not good:
        one.refuse(_("No answer is right."))
    elif is_single and len(good) > 1 and all(row["fraction"] == 100 for row in good):
        one.refuse(_("Each of several answers is wholly right; here all of them must be found."))
    elif (is_single and [row["fraction"] for row in good] != [100]) or not even(
        [row["fraction"] for row in good]
    ):
        one.refuse(weights())
    said = {
        True: _words(one, node.first("correctfeedback")).replace("\n", " "),
        False: _words(one, node.first("incorrectfeedback")).replace("\n", " "),
    }
    if _words(one, node.first("partiallycorrectfeedback")):
        one.note(_("What is said to a half right answer is left out."))
    return {
        "kind": "single" if is_single else "several",
        "options": [
            {
                "text": row["text"],
                "correct": row in good,
                "feedback": row["feedback"] or said[row in good],
            }
            for row in rows
        ],
    }


def _truth(one: Found, node: _Node) -> dict[str, Any]:
    rows = {row["bare"].lower(): row for row in _answers(one, node)}
    if set(rows) != {"true", "false"}:
        one.refuse(_("Its answers cannot be read."))
        return {}
    right = [name for name, row in rows.items() if row["fraction"] == 100]
    if len(right) != 1:
        one.refuse(weights())
        return {}
    wrong = "false" if right == ["true"] else "true"
    return true_false(right == ["true"], rows[right[0]]["feedback"], rows[wrong]["feedback"])


def _short(one: Found, node: _Node) -> dict[str, Any]:
    accepted, praise, feedback = [], [], ""
    for row in _answers(one, node):
        if row["bare"] == "*" and row["fraction"] == 0:
            feedback = row["feedback"]
            continue
        if row["fraction"] != 100:
            one.refuse(weights())
        if re.search(r"(?<!\\)\*", row["bare"]):
            one.refuse(wildcard())
        praise += [row["feedback"]] if row["feedback"] else []
        accepted.append(row["text"].replace("\\*", "*"))
    return text_question(one, accepted, praise, feedback)


def _number(one: Found, node: _Node) -> dict[str, Any]:
    rows = _answers(one, node)
    right = [row for row in rows if row["bare"] != "*"]
    wrong = [row["feedback"] for row in rows if row["bare"] == "*"]
    if len(right) != 1:
        one.refuse(_("It has more than one right number."))
        return {}
    if right[0]["fraction"] != 100:
        one.refuse(weights())
    tolerance = decimal(right[0]["tolerance"] or "0")
    found = number_question(one, decimal(right[0]["bare"]), tolerance)
    units = [
        unit.first("unit_name").text.strip()
        for unit in node.first("units").all("unit")
        if unit.first("unit_name").text.strip()
    ]
    if len(units) > 1:
        one.refuse(_("It has more than one unit."))
    unit = {"unit": units[0]} if units else {}
    return found | unit | {"feedback": "".join(wrong[:1]), "praise": right[0]["feedback"]}


def _match(one: Found, node: _Node) -> dict[str, Any]:
    options = []
    for row in node.all("subquestion"):
        text = _words(one, row).replace("\n", " ")
        partner = one.line_of_words(row.first("answer").first("text").text)
        if not text:
            one.refuse(_("It has a partner that belongs to nothing."))
        if not partner:
            one.refuse(_("An answer is empty."))
        options.append({"text": text, "match": partner, "feedback": ""})
    said = _words(one, node.first("incorrectfeedback")).replace("\n", " ")
    for option in options:
        option["feedback"] = said
    return {"kind": "match", "options": options}


_KINDS = {
    "multichoice": _choice,
    "truefalse": _truth,
    "shortanswer": _short,
    "numerical": _number,
    "matching": _match,
}
