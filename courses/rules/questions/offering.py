"""How a question's options lie on the screen."""

import hashlib

from courses.rules.questions.judging import Question, explain

# What stands in an order that means something: true before false, a message from its beginning.
_AS_WRITTEN = ("true_false", "spot")


def offered(question: Question) -> list[dict]:
    """Return the options as the learner sees them first.

    Mixed, so that where an option stands says nothing about it; but always in the same way, so
    that a learner who comes back finds what he or she left.
    """
    options = list(question.get("options") or [])
    if question.get("kind") in _AS_WRITTEN:
        return options
    mixed = sorted(options, key=lambda option: dice(question.get("id"), option["id"]))
    if question.get("kind") == "order" and mixed == options and len(options) > 1:
        mixed = [*mixed[1:], mixed[0]]
    return mixed


def partners(question: Question) -> list[dict]:
    """Return what can be chosen as a partner, mixed; each text once, under one option's id."""
    first: dict[str, str] = {}
    for option in question.get("options") or []:
        first.setdefault(option.get("match", ""), option["id"])
    mixed = sorted(first.items(), key=lambda item: dice(question.get("id"), "partner", item[1]))
    return [{"id": option, "text": text} for text, option in mixed]


def as_shown(question: Question, reply=None) -> dict:
    """Return what `courses/_question.html`, or after an answer `_feedback.html`, needs."""
    options = offered(question)
    if question["kind"] == "order" and reply and reply.order:
        by_id = {option["id"]: option for option in options}
        options = [by_id[row] for row in reply.order if row in by_id]
    shown = {"question": question, "options": options, "reply": reply}
    if question["kind"] == "match":
        shown["partners"] = partners(question)
        text = {option["id"]: option.get("match", "") for option in options}
        pairs = reply.pairs if reply else {}
        shown["paired"] = [
            (o, pairs[o["id"]], text[pairs[o["id"]]]) for o in options if o["id"] in pairs
        ]
        shown["left"] = next((o for o in options if o["id"] not in pairs), None)
    if reply and reply.answer is not None:
        shown["feedback"] = explain(question, reply.answer)
    return shown


def dice(*words: object) -> str:
    """Return what looks thrown, and always falls the same way."""
    return hashlib.sha256(":".join(map(str, words)).encode()).hexdigest()
