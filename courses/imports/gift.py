"""Questions from a Moodle GIFT file."""

import re
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

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

# What a backslash protects stands apart while the signs are looked for.
_PROTECTED = {sign: chr(0xE100 + number) for number, sign in enumerate(":#={}~*\\")}
_BREAK = chr(0xE100 + 20)
_ESCAPE = re.compile(r"\\([:#={}~*\\n])")
_TITLE = re.compile(r"\s*::(.*?)::\s*", re.DOTALL)
_MARKUP = re.compile(r"\s*\[(html|moodle|plain|markdown)\]", re.IGNORECASE)
_WEIGHT = re.compile(r"\s*%(-?\d{1,3}(?:\.\d+)?)%")
_TRUTH = re.compile(r"(TRUE|FALSE|T|F)\s*(?:#|$)", re.IGNORECASE)


def read_gift(text: str) -> Findings:
    """Return every question in ``text``."""
    findings = Findings()
    for line, chunk in _chunks(text, findings):
        if len(findings.found) >= MAX_QUESTIONS:
            raise FileRefused(
                _("The file has more than %(most)d questions.") % {"most": MAX_QUESTIONS}, line
            )
        findings.found.append(finish(_question(line, chunk)))
    return findings


def _chunks(text: str, findings: Findings):
    """Yield (line, text) for whatever stands between empty lines."""
    start, rows = 0, []
    for number, row in enumerate([*re.split(r"\r\n|\r|\n", text), ""], start=1):
        bare = row.strip()
        if bare.startswith("//"):
            continue
        if bare.upper().startswith("$CATEGORY:"):
            name = bare.partition(":")[2].strip()
            findings.notes.append(
                _("Line %(line)d: the category “%(name)s” is not kept.")
                % {"line": number, "name": name}
            )
            continue
        if bare:
            start = start or number
            rows.append(bare)
        elif rows:
            yield start, "\n".join(rows)
            start, rows = 0, []


def _question(line: int, chunk: str) -> Found:
    one = Found(line)
    text = _ESCAPE.sub(lambda m: _BREAK if m[1] == "n" else _PROTECTED[m[1]], chunk)
    if title := _TITLE.match(text):
        one.title = _plain(title[1]).strip()
        text = text[title.end() :]
    markup = "html"
    if prefix := _MARKUP.match(text):
        markup = prefix[1].lower()
        text = text[prefix.end() :]
    markup = "html" if markup == "moodle" else markup
    opens, closes = text.find("{"), text.rfind("}")
    if opens < 0 and closes < 0:
        one.title = one.title or _plain(text)[:60]
        return one.refuse(_("It is a description, not a question."))
    if opens < 0 or closes < opens or "{" in text[opens + 1 : closes] or "}" in text[opens:closes]:
        one.title = one.title or _plain(text)[:60]
        return one.refuse(_("Its brackets { } do not fit together."))
    before, inner, after = text[:opens], text[opens + 1 : closes], text[closes + 1 :]
    asked = one.line_of_words(_plain(before), markup)
    if after.strip():
        asked = f"{asked} ____ {one.line_of_words(_plain(after), markup)}".strip()
        one.note(_("The missing word is shown as a line."))
    one.title = one.title or asked[:60]
    if not asked:
        return one.refuse(_("The question has no words."))
    inner, _sign, general = inner.partition("####")
    said = one.words(_plain(general), markup)
    one.question = {"text": asked, "explanation": said} | _answers(one, inner.strip(), markup)
    return one


def _answers(one: Found, inner: str, markup: str) -> dict[str, Any]:
    if not inner:
        one.refuse(_("It asks for an essay, which nobody could judge here."))
        return {}
    if _TRUTH.match(inner):
        return _true_false(one, inner, markup)
    if inner.startswith("#"):
        return _number(one, inner[1:], markup)
    rows = _rows(one, inner, markup)
    if not rows:
        one.refuse(_("Its answers cannot be read."))
        return {}
    if any("->" in row["raw"] for row in rows) and all(row["sign"] == "=" for row in rows):
        return _match(one, rows, markup)
    if all(row["sign"] == "=" for row in rows):
        return _text(one, rows)
    return _choice(one, rows)


def _rows(one: Found, inner: str, markup: str) -> list[dict[str, Any]]:
    """Return each answer with its sign, its weight in per cent and its feedback."""
    parts = re.split(r"([=~])", inner)
    if parts[0].strip():
        one.refuse(_("Its answers cannot be read."))
        return []
    rows = []
    for sign, body in zip(parts[1::2], parts[2::2], strict=True):
        weight = _WEIGHT.match(body)
        body = body[weight.end() :] if weight else body
        raw, _hash, feedback = body.partition("#")
        if prefix := _MARKUP.match(raw):
            raw = raw[prefix.end() :]
        rows.append(
            {
                "sign": sign,
                "raw": raw,
                "text": one.line_of_words(_plain(raw), markup),
                "weight": Decimal(weight[1]) if weight else None,
                "feedback": one.line_of_words(_plain(feedback), markup),
            }
        )
    return rows


def _true_false(one: Found, inner: str, markup: str) -> dict[str, Any]:
    word, *feedback = inner.split("#")
    is_true = word.strip().upper() in ("T", "TRUE")
    said = [one.line_of_words(_plain(text), markup) for text in feedback[:2]]
    wrong, right = [*said, "", ""][:2]
    if len(feedback) > 2:
        one.refuse(_("Its answers cannot be read."))
    return true_false(is_true, right, wrong)


def _number(one: Found, inner: str, markup: str) -> dict[str, Any]:
    inner, tilde, wrong = inner.partition("~")
    inner = inner.strip().removeprefix("=")
    if "=" in inner:
        one.refuse(_("It has more than one right number."))
        return {}
    if weight := _WEIGHT.match(inner):
        inner = inner[weight.end() :]
        if Decimal(weight[1]) != 100:
            one.refuse(weights())
    number, _hash, right = inner.partition("#")
    if tilde and "#" in wrong:
        wrong = wrong.partition("#")[2]
    said = one.line_of_words(_plain(right), markup)
    if ".." in number:
        low, high = (decimal(part.strip()) for part in number.split("..", 1))
        answer = (low + high) / 2 if low is not None and high is not None else None
        tolerance = abs(high - low) / 2 if low is not None and high is not None else None
        one.note(_("A range of numbers becomes its middle, give or take."))
    else:
        parts = number.split(":", 1)
        answer = decimal(parts[0].strip())
        tolerance = decimal(parts[1].strip()) if len(parts) > 1 else Decimal(0)
    found = number_question(one, answer, tolerance)
    found["feedback"] = one.line_of_words(_plain(wrong), markup) if tilde else ""
    return found | {"praise": said}


def _match(one: Found, rows, markup) -> dict[str, Any]:
    options = []
    for row in rows:
        left, arrow, right = row["raw"].partition("->")
        text = one.line_of_words(_plain(left), markup)
        if row["sign"] != "=" or not arrow:
            one.refuse(_("Its answers cannot be read."))
        elif not text:
            one.refuse(_("It has a partner that belongs to nothing."))
        partner = one.line_of_words(_plain(right), markup)
        if arrow and not partner:
            one.refuse(_("An answer is empty."))
        if row["weight"] is not None:
            one.refuse(weights())
        options.append({"text": text, "match": partner, "feedback": row["feedback"]})
    return {"kind": "match", "options": options}


def _text(one: Found, rows) -> dict[str, Any]:
    accepted, feedback, praise = [], "", []
    for row in rows:
        if row["raw"].strip() == "*" and row["weight"] == 0:
            feedback = row["feedback"]
            continue
        if row["weight"] not in (None, Decimal(100)):
            one.refuse(weights())
        if "*" in row["raw"]:
            one.refuse(wildcard())
        if row["feedback"]:
            praise.append(row["feedback"])
        accepted.append(row["text"])
    return text_question(one, accepted, praise, feedback)


def _choice(one: Found, rows) -> dict[str, Any]:
    right = [row for row in rows if row["sign"] == "=" and row["weight"] in (None, Decimal(100))]
    plus = [row for row in rows if row["weight"] is not None and row["weight"] > 0]
    plus = [row for row in plus if row not in right]
    if len(right) > 1:
        one.refuse(_("Each of several answers is wholly right; here all of them must be found."))
    elif right and plus:
        one.refuse(weights())
    elif not right and not plus:
        one.refuse(_("No answer is right."))
    elif not right and not even([row["weight"] for row in plus]):
        one.refuse(weights())
    good = right or plus
    kind = "several" if plus and len(plus) > 1 else "single"
    return {
        "kind": kind,
        "options": [
            {"text": row["text"], "correct": row in good, "feedback": row["feedback"]}
            for row in rows
        ],
    }


def _plain(text: str) -> str:
    """Return the text with what was protected in its place."""
    for sign, stand_in in _PROTECTED.items():
        text = text.replace(stand_in, sign)
    return text.replace(_BREAK, "\n")
