"""Read a content pack into plain data, and say everything that is wrong with it at once."""

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from courses.imports.drawings import CleanDrawing, DrawingRefused, clean_drawing

LANGUAGES = ("vi", "en")
SCREENS = {
    "step": ("heading", "words"),
    "tip": ("heading", "words"),
    "warning": ("heading", "words"),
    "checklist": ("heading",),
    "figures": ("heading",),
}
QUESTIONS = ("single", "several", "true_false", "picture", "order")

Words = dict[str, str]


class PackRefused(ValueError):
    """The pack cannot be imported; ``problems`` are lines of "file: what is wrong"."""

    def __init__(self, problems: list[str]):
        self.problems = problems
        super().__init__("\n".join(problems))


@dataclass
class LessonPlan:
    """A lesson as its folder says it."""

    folder: str
    content: dict[str, Any]
    drawings: dict[str, CleanDrawing]
    digest: str

    def __getitem__(self, name: str):
        return self.content.get(name)


@dataclass
class CoursePlan:
    """A course as its folder says it."""

    folder: str
    content: dict[str, Any]
    digest: str
    lessons: list[LessonPlan] = field(default_factory=list)

    def __getitem__(self, name: str):
        return self.content.get(name)


@dataclass
class Pack:
    """All courses of a folder."""

    name: str
    courses: list[CoursePlan]


def read_pack(folder: Path) -> Pack:
    """Read every course below ``folder``, or the one that it is; refuse with all problems."""
    problems: list[str] = []
    if (folder / "course.yaml").exists():
        homes = [folder]
    else:
        homes = sorted(path.parent for path in folder.glob("*/course.yaml"))
    if not homes:
        raise PackRefused([_("%(folder)s: there is no course.yaml.") % {"folder": folder.name}])
    courses = [_Reader(home, problems).course() for home in homes]
    slugs = [course["slug"] for course in courses if course]
    problems += [
        _("%(slug)s: two courses have this address.") % {"slug": slug}
        for slug in sorted({slug for slug in slugs if slugs.count(slug) > 1})
    ]
    if problems:
        raise PackRefused(problems)
    return Pack(folder.name, [course for course in courses if course])


class _Reader:
    """Reads one course; whatever is wrong goes to ``problems`` and reading goes on."""

    def __init__(self, home: Path, problems: list[str]):
        self.home = home
        self.problems = problems
        self.file = home / "course.yaml"

    def course(self) -> CoursePlan | None:
        content, raw = self._load(self.home / "course.yaml")
        if content is None:
            return None
        self._slug(content)
        for name in ("title", "summary", "audience"):
            self._words(content, name)
        self._dates_and_sources(content)
        for number, figure in enumerate(self._list(content, "figures"), start=1):
            where = f"figures {number}"
            if self._is_map(figure, where):
                self._text(figure, "key", where)
                self._words(figure, "label", where)
                self._words(figure, "unknown", where)
        known = {f.get("key") for f in self._list(content, "figures") if isinstance(f, dict)}
        plan = CoursePlan(self.home.name, content, hashlib.sha256(raw).hexdigest())
        for folder in self._list(content, "lessons"):
            if lesson := self._lesson(self.home / str(folder), known):
                plan.lessons.append(lesson)
        if not content.get("lessons"):
            self._complain("lessons", _("there is none"))
        return plan

    def _lesson(self, home: Path, known_figures: set) -> LessonPlan | None:
        self.file = home / "lesson.yaml"
        content, raw = self._load(self.file)
        if content is None:
            return None
        self._slug(content)
        for name in ("title", "summary"):
            self._words(content, name)
        self._dates_and_sources(content)
        drawings: dict[str, CleanDrawing] = {}
        for number, screen in enumerate(self._list(content, "body"), start=1):
            self._screen(screen, f"body {number}", home, drawings, known_figures)
        for number, question in enumerate(self._list(content, "questions"), start=1):
            self._question(question, f"questions {number}", home, drawings)
        digest = hashlib.sha256(raw)
        for name in sorted(drawings):
            digest.update(f"{name}:{drawings[name].digest}".encode())
        return LessonPlan(home.name, content, drawings, digest.hexdigest())

    def _screen(self, screen, where, home, drawings, known_figures):
        if not self._is_map(screen, where):
            return
        kind = screen.get("type")
        if kind not in SCREENS:
            self._complain(f"{where} type", _("unknown: %(kind)s") % {"kind": kind})
            return
        for name in SCREENS[kind]:
            self._words(screen, name, where)
        if kind == "step" and "picture" in screen:
            self._picture(screen, where, home, drawings)
        if kind == "checklist":
            for number, item in enumerate(self._list(screen, "items"), start=1):
                self._words({"item": item}, "item", f"{where} items {number}")
        if kind == "figures":
            for key in self._list(screen, "keys"):
                if key not in known_figures:
                    self._complain(f"{where} keys", _("unknown: %(kind)s") % {"kind": key})

    def _question(self, question, where, home, drawings):
        if not self._is_map(question, where):
            return
        kind = question.get("type")
        if kind not in QUESTIONS:
            self._complain(f"{where} type", _("unknown: %(kind)s") % {"kind": kind})
            return
        self._words(question, "text", where)
        self._words(question, "explanation", where)
        for number, option in enumerate(self._list(question, "options"), start=1):
            here = f"{where} options {number}"
            if not self._is_map(option, here):
                continue
            self._words(option, "text", here)
            self._words(option, "feedback", here)
            if kind != "order" and not isinstance(option.get("correct"), bool):
                self._complain(f"{here} correct", _("must be true or false"))
            if kind == "picture":
                self._picture(option, here, home, drawings)

    def _picture(self, node, where, home, drawings):
        name = node.get("picture")
        self._words(node, "alt", where)
        path = home / "pictures" / str(name)
        # A name, not a path: a pack reads nothing from outside its folder.
        if not isinstance(name, str) or Path(name).name != name or not path.is_file():
            self._complain(
                f"{where} picture", _("there is no such file: %(name)s") % {"name": name}
            )
            return
        try:
            drawings[name] = clean_drawing(path.read_bytes())
        except DrawingRefused as refusal:
            self._complain(f"{where} picture {name}", str(refusal))

    def _load(self, file: Path):
        self.file = file
        try:
            raw = file.read_bytes()
            content = yaml.safe_load(raw)
        except FileNotFoundError:
            self._complain("", _("there is no such file"))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            mark = getattr(error, "problem_mark", None)
            line = _("line %(number)d") % {"number": mark.line + 1} if mark else ""
            self._complain(line, _("cannot be read as YAML"))
        else:
            if isinstance(content, dict):
                return content, raw
            self._complain("", _("must hold names and values"))
        return None, b""

    def _dates_and_sources(self, content):
        for name in ("checked_on", "review_by"):
            if not isinstance(content.get(name), dt.date):
                self._complain(name, _("must be a date such as 2026-11-01"))
        for number, source in enumerate(self._list(content, "sources"), start=1):
            if self._is_map(source, f"sources {number}"):
                self._text(source, "title", f"sources {number}")

    def _slug(self, content):
        slug = content.get("slug")
        if not isinstance(slug, str) or not slug.replace("-", "").isalnum() or not slug.isascii():
            self._complain("slug", _("must be bare letters, digits and hyphens"))

    def _words(self, node, name, where=""):
        value = node.get(name)
        place = f"{where} {name}".strip()
        if not isinstance(value, dict):
            self._complain(place, _("must be written in every language"))
            return
        for language in LANGUAGES:
            text = value.get(language)
            if not isinstance(text, str) or not text.strip():
                self._complain(f"{place} {language}", _("is missing"))

    def _text(self, node, name, where):
        if not isinstance(node.get(name), str) or not node[name].strip():
            self._complain(f"{where} {name}", _("is missing"))

    def _list(self, node, name) -> list:
        value = node.get(name, [])
        if isinstance(value, list):
            return value
        self._complain(name, _("must be a list"))
        return []

    def _is_map(self, node, where) -> bool:
        if isinstance(node, dict):
            return True
        self._complain(where, _("must hold names and values"))
        return False

    def _complain(self, where: str, what: str) -> None:
        file = self.file.relative_to(self.home.parent)
        self.problems.append(": ".join(filter(None, [str(file), where, what])))
