"""Paper for an evening: the register to tick, the quiz to take without a phone."""

from collections.abc import Sequence

from django.template.loader import render_to_string
from django.utils.translation import get_language

from people.pdf import render
from progress.models import RegisterSheet
from progress.pdf.quizzes import QuizSheet, quiz_sections
from progress.pdf.registers import register_css, register_sections

__all__ = ["QuizSheet", "paper"]


def paper(title: str, sheets: Sequence[RegisterSheet | QuizSheet]) -> bytes:
    """Return one PDF with all these sheets, in this order."""
    files: dict[str, tuple[str, bytes]] = {}
    sections = [
        section
        for sheet in sheets
        for section in (
            quiz_sections(sheet, files)
            if isinstance(sheet, QuizSheet)
            else register_sections(sheet, files)
        )
    ]
    html = render_to_string(
        "progress/paper/paper.html",
        {"title": title, "sections": sections, "lang": get_language()},
    )
    css = register_css() + render_to_string("progress/paper/quizzes.css")
    return render(html, css=css, files=files)
