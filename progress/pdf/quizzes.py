"""A lesson's questions on paper, for those who come without a phone, and the key to them."""

from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.images.models import Image

from campaigns.models import ClassSession
from courses.models import Drawing, LessonPage
from courses.pdf import PAPER_SIZE
from courses.rules import draw, offered, partners, pass_mark

_LETTERS = "ABCDEFGHIJKLMNOPQRST"


@dataclass(frozen=True)
class QuizSheet:
    """The questions of a lesson as they are asked in one evening."""

    session: ClassSession
    lesson: LessonPage


def quiz_sections(quiz: QuizSheet, files: dict) -> list[str]:
    """Return the pages to hand out and the key, as HTML; ``files`` takes the pictures."""
    lesson = quiz.lesson
    questions = list(lesson.plain_questions)
    asked = draw(len(questions), lesson.asked, f"paper {quiz.session.pk}")
    pictures = _pictures(lesson, files)
    shown = [
        _shown(number, questions[place], pictures) for number, place in enumerate(asked, start=1)
    ]
    context = {
        "session": quiz.session,
        "lesson": lesson,
        "questions": shown,
        "needed": pass_mark(len(shown), lesson.pass_per_cent),
        "asked": len(shown),
        "language": lesson.locale.language_code,
    }
    # The sheet speaks the language of the lesson, whoever prints it.
    with translation.override(context["language"]):
        return [
            render_to_string("progress/paper/_quiz.html", context),
            render_to_string("progress/paper/_key.html", context),
        ]


def _shown(number: int, question: dict, pictures: dict[str, str]) -> dict:
    """Return a question with a letter before each option, and what is right."""
    kind = question["kind"]
    options = [
        {**option, "letter": letter, "drawn": pictures.get(option["id"], "")}
        for letter, option in zip(_LETTERS, offered(question), strict=False)
    ]
    shown = {**question, "number": number, "kind": kind, "options": options}
    if kind == "match":
        shown["partners"] = [
            {**partner, "letter": letter}
            for letter, partner in zip(_LETTERS, partners(question), strict=False)
        ]
        by_text = {partner["text"]: partner["letter"] for partner in shown["partners"]}
        shown["right"] = [f"{o['text']} → {by_text[o['match']]}" for o in options]
    elif kind == "order":
        order = [option["id"] for option in question["options"]]
        shown["right"] = [f"{order.index(o['id']) + 1} – {o['text']}" for o in options]
    elif kind == "number":
        answer = f"{question['answer']} {question.get('unit', '')}".strip()
        near = question.get("tolerance") or "0"
        if near != "0":
            answer = _("%(answer)s, give or take %(near)s") % {"answer": answer, "near": near}
        shown["right"] = [answer]
    elif kind == "text":
        shown["right"] = [" / ".join(question.get("accepted") or [])]
    else:
        shown["right"] = [
            f"{o['letter']}. {o['text'] or o['alt']}" for o in options if o["correct"]
        ]
    return shown


def _pictures(lesson: LessonPage, files: dict) -> dict[str, str]:
    """Return {option: its picture's address among ``files``}."""
    found = {}
    for question in lesson.questions:
        for option in question.value.get("options") or []:
            picture = getattr(option, "get", lambda _name: None)("picture")
            if picture:
                found[_id_of(question, option)] = _keep(picture, files)
    return found


def _id_of(question, option) -> str:
    blocks = question.value["options"].bound_blocks
    return next(block.id for block in blocks if block.value is option)


def _keep(picture, files: dict) -> str:
    if drawing := picture.get("drawing"):
        svg = Drawing.objects.defer(None).values_list("svg", flat=True).get(pk=drawing.pk)
        files[f"file:{drawing.digest}.svg"] = ("image/svg+xml", svg.encode())
        return f"file:{drawing.digest}.svg"
    photo: Image = picture["photo"]
    with photo.get_rendition(PAPER_SIZE).file.open() as file:
        files[f"file:photo-{photo.pk}.jpg"] = ("image/jpeg", file.read())
    return f"file:photo-{photo.pk}.jpg"
