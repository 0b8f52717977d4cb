"""Right or not, and what to say to it. ``judge.js`` does the same; change both."""

from collections.abc import Mapping, Sequence
from typing import Any

from courses.rules.questions.tolerance import is_near, is_same_text

ONE_OF_THEM = ("single", "true_false", "picture")
# Answered by writing, not by choosing.
TYPED = ("number", "text")
# What "I am not sure yet" sends. It is never right, and never scolded.
UNSURE = "unsure"
PASS_PER_CENT = 60

Question = Mapping[str, Any]


def grade(question: Question, answer: object) -> bool:
    """Tell whether ``answer`` is right."""
    options = question.get("options") or []
    right = [option["id"] for option in options if option.get("correct")]
    chosen = ids(answer)
    if chosen == [UNSURE]:
        return False
    match question.get("kind"):
        case kind if kind in ONE_OF_THEM:
            return len(chosen) == 1 and chosen[0] in right
        case "several" | "spot":
            return bool(right) and len(chosen) == len(right) and set(chosen) == set(right)
        case "order":
            return bool(options) and chosen == [option["id"] for option in options]
        case "match":
            return (
                bool(options) and len(chosen) == len(options) and not _mismatched(options, chosen)
            )
        case "number":
            said = chosen[0] if len(chosen) == 1 else ""
            return is_near(said, question.get("answer", ""), question.get("tolerance") or "0")
        case "text":
            said = chosen[0] if len(chosen) == 1 else ""
            return any(is_same_text(said, spelling) for spelling in question.get("accepted") or [])
    return False


def score(questions: Sequence[Question], answers: object) -> int:
    """Return how many questions are answered rightly in ``answers``, {question id: answer}."""
    given = answers if isinstance(answers, Mapping) else {}
    return sum(grade(question, given.get(question.get("id"))) for question in questions)


def has_passed(
    questions: Sequence[Question], answers: object, per_cent: int = PASS_PER_CENT
) -> bool:
    """Tell whether enough answers are right; a lesson without questions cannot be passed."""
    return bool(questions) and score(questions, answers) >= pass_mark(len(questions), per_cent)


def pass_mark(count: int, per_cent: int = PASS_PER_CENT) -> int:
    """Return how many of ``count`` questions must be right."""
    return -(-count * per_cent // 100)


def explain(question: Question, answer: object) -> dict:
    """Return what to tell the learner: whether it was right, why, and the author's words on it."""
    chosen = ids(answer)
    is_right = grade(question, answer)
    is_unsure = chosen == [UNSURE]
    options = question.get("options") or []
    right = {option["id"] for option in options if option.get("correct")}
    return {
        "is_right": is_right,
        "is_unsure": is_unsure,
        # All that was chosen is right, but something is still to be found.
        "is_incomplete": bool(chosen) and set(chosen) < right,
        "remarks": [
            {"text": text, "feedback": feedback}
            for text, feedback in _remarks(question, options, chosen, is_right, is_unsure)
            if feedback
        ],
        "explanation": question.get("explanation", ""),
    }


def ids(answer: object) -> list[str]:
    """Return an answer as a list, whatever a phone has sent."""
    if isinstance(answer, str):
        return [answer]
    if isinstance(answer, list | tuple):
        return [value for value in answer if isinstance(value, str)]
    return []


def _remarks(question, options, chosen, is_right, is_unsure):
    kind = question.get("kind")
    if kind in TYPED:
        said = chosen[0] if chosen else ""
        told = "" if is_right or is_unsure else question.get("feedback", "")
        return [(said, told)]
    if kind == "order":
        # Only the rows that lie wrong need a word.
        wrong = [row for row, option in zip(chosen, options, strict=False) if row != option["id"]]
        told = [] if is_right else [option for option in options if option["id"] in wrong]
    elif kind == "match":
        told = [] if is_right or is_unsure else _mismatched(options, chosen)
    else:
        told = [option for option in options if option["id"] in chosen]
    return [(option["text"], option.get("feedback")) for option in told]


def _mismatched(options, chosen):
    """Return the options that were given a wrong partner."""
    partner = {option["id"]: option.get("match") for option in options}
    return [
        option
        for option, row in zip(options, chosen, strict=False)
        if row not in partner or partner[row] != option.get("match")
    ]
