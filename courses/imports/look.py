"""Look at a content pack as an author would: what is wrong, what could be said better."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from courses.imports.keep import Keeper
from courses.imports.load import Loader
from courses.imports.pack import LessonPlan, read_pack
from courses.models import LessonPage
from courses.rules import complaints_about

MOST_KB = 300


@dataclass
class Findings:
    """What nobody has to heed."""

    advice: list[str] = field(default_factory=list)
    weights: dict[str, int] = field(default_factory=dict)


def look_at_pack(folder: Path) -> Findings:
    """Return advice on the pack, or refuse it as an import would. Nothing is kept."""
    pack = read_pack(folder)
    findings = Findings()
    keeper = Keeper()
    try:
        with transaction.atomic():
            loader = Loader(pack, force=True, keeper=keeper)
            loader.check(all_of_it=True)
            for course in pack.courses:
                findings.advice += _advice(course)
                for lesson in course.lessons:
                    findings.advice += _advice(lesson)
                    weight = _weight(loader.lesson_content(course, lesson))
                    findings.weights[f"{course['slug']}/{lesson['slug']}"] = weight
                    if weight > MOST_KB:
                        findings.advice.append(_too_heavy(lesson, weight))
            transaction.set_rollback(True)
    finally:
        keeper.take_back()
    return findings


def _weight(content) -> int:
    page = LessonPage(**{name: content.field(name) for name in ("body", "questions")})
    return page.weight_kb


def _too_heavy(lesson: LessonPlan, weight: int) -> str:
    what = _("weighs %(weight)d KB; at most %(most)d KB are good")
    return lesson.complaint((), what % {"weight": weight, "most": MOST_KB})


def _advice(plan) -> list[str]:
    found = []
    for where, text in _texts(plan.source, ()):
        for complaint in complaints_about(text, where[-1]):
            if complaint.kind == "long":
                what = _("a sentence of %(count)d words: %(text)s") % {
                    "count": complaint.words,
                    "text": complaint.text,
                }
            else:
                what = _("write “%(better)s” instead of “%(text)s”") % {
                    "better": complaint.better,
                    "text": complaint.text,
                }
            found.append(plan.complaint(where, what))
    return found


def _texts(node: Any, where: tuple):
    """Yield (where, text) for all words that are written in a language."""
    if isinstance(node, dict):
        for name, inner in node.items():
            if name in dict(settings.LANGUAGES) and isinstance(inner, str):
                yield (*where, name), inner
            else:
                yield from _texts(inner, (*where, name))
    elif isinstance(node, list):
        for number, inner in enumerate(node, start=1):
            yield from _texts(inner, (*where, number))
