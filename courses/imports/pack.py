"""Read a content pack into plain data, and say everything that is wrong with it at once."""

import hashlib
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from courses.blocks.practice import reason
from courses.imports import fields as parts_of
from courses.imports.drawings import CleanDrawing, DrawingRefused, clean_drawing
from courses.imports.fields import Path as Where
from courses.imports.fields import Words, is_day, plain
from courses.imports.marks import MarksRefused, Names, line_of, read_marked
from courses.imports.photos import PHOTOS, Photo, PhotoRefused, read_photo
from courses.imports.shapes import QUESTIONS, SCREENS
from courses.rules.practice import problems as problems_of

LANGUAGES = ("vi", "en")
MAX_LESSONS = 60
MAX_ROWS = 60
# A name and nothing else: no way out of the folder, on no system.
_FILE_NAME = re.compile(r"[A-Za-z0-9][\w-]*(\.[\w-]+)*", re.ASCII)
_BARE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_COMMON = ("slug", "title", "summary", "checked_on", "review_by", "skills", "sources", "languages")
_COURSE = (*_COMMON, "pack", "audience", "icon", "lessons", "figures", "test_size")
_LESSON = (*_COMMON, "minutes", "asked", "pass_per_cent", "body", "questions")


class PackRefused(ValueError):
    """The pack cannot be imported; ``problems`` are lines of "file:line: what is wrong"."""

    def __init__(self, problems: list[str]):
        self.problems = problems
        super().__init__("\n".join(problems))


@dataclass
class Plan:
    """What a file of a pack says, in its plainest form; and how to point at a line of it."""

    file: str
    source: Any
    languages: tuple[str, ...] = LANGUAGES
    content: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str):
        return self.content.get(name)

    def complaint(self, where: Where, what: str) -> str:
        """Return "file:line: where: what"."""
        place = f"{self.file}:{line_of(self.source, where)}"
        return ": ".join(filter(None, [place, " ".join(map(str, where)), what]))

    def _digest(self, content) -> str:
        text = json.dumps([content, self.languages], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass
class LessonPlan(Plan):
    """A lesson as its folder says it."""

    folder: str = ""
    drawings: dict[str, CleanDrawing] = field(default_factory=dict)
    photos: dict[str, Photo] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """The same for all that says the same, however the files are written and called."""
        pictures = {name: picture.digest for name, picture in self.drawings.items()}
        pictures |= {name: picture.digest for name, picture in self.photos.items()}
        return self._digest(_shown(self.content, pictures))


@dataclass
class CoursePlan(Plan):
    """A course as its folder says it."""

    folder: str = ""
    pack: str = ""
    lessons: list[LessonPlan] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """Of what the course's page shows; figures are kept apart from pages."""
        apart = ("lessons", "figures")
        content = {name: value for name, value in self.content.items() if name not in apart}
        return self._digest([content, [lesson["slug"] for lesson in self.lessons]])


def _shown(content, pictures: dict[str, str]):
    """Return the content with each picture instead of the picture's name."""
    if isinstance(content, list):
        return [_shown(row, pictures) for row in content]
    if isinstance(content, dict):
        return {
            name: pictures.get(value, "") if name == "picture" else _shown(value, pictures)
            for name, value in content.items()
        }
    return content


@dataclass
class Pack:
    """All courses of a folder."""

    courses: list[CoursePlan]


def read_pack(folder: Path) -> Pack:
    """Read every course below ``folder``, or the one that it is; refuse with all problems."""
    folder = Path(folder)
    problems: list[str] = []
    if (folder / "course.yaml").exists():
        homes = [folder]
    else:
        homes = sorted(path.parent for path in folder.glob("*/course.yaml"))
    if not homes:
        raise PackRefused([_("%(folder)s: there is no course.yaml.") % {"folder": folder.name}])
    courses = [course for home in homes if (course := _Course(home, problems).read())]
    first: dict[str, CoursePlan] = {}
    for course in courses:
        if not course["slug"]:
            continue
        if other := first.get(course["slug"]):
            what = _("%(file)s has the same address") % {"file": other.file}
            problems.append(course.complaint(("slug",), what))
        first.setdefault(course["slug"], course)
    if problems:
        raise PackRefused(problems)
    return Pack(courses)


def _at(file: str, refusal: MarksRefused) -> str:
    return f"{file}:{refusal.line or 1}: {refusal}"


class _Reader:
    """Reads one file; whatever is wrong goes to ``problems`` and reading goes on."""

    def __init__(self, file: Path, label: str, problems: list[str]):
        self.file = file
        self.problems = problems
        self.languages: tuple[str, ...] = LANGUAGES
        self.figures: set[str] = set()
        self.plan: Any = Plan(label, None)

    def load(self) -> Names | None:
        try:
            content = read_marked(self.file)
        except MarksRefused as refusal:
            self.problems.append(_at(self.plan.file, refusal))
            return None
        if not isinstance(content, Names):
            self.complain((), _("must hold names and values"))
            return None
        self.plan.source = content
        return content

    def complain(self, where: Where, what: str) -> None:
        self.problems.append(self.plan.complaint(where, what))

    # What the parts ask for

    def words(self, node, name, here: Where, index=None) -> Words:
        """Return the words called ``name`` in every language, or complain."""
        where = (*here, name)
        value = node[index] if index is not None else node.get(name)
        if not isinstance(value, dict):
            self.complain(where, _("must be written in every language"))
            return {}
        self.only(value, where, self.languages)
        found = {}
        for language in self.languages:
            text = value.get(language)
            if isinstance(text, str) and plain(text):
                found[language] = plain(text)
            else:
                self.complain((*where, language), _("is missing"))
        return found if len(found) == len(self.languages) else {}

    def words_if_any(self, content, name) -> Words:
        return self.words(content, name, ()) if content.get(name) is not None else {}

    def list(self, node, name, here: Where = ()) -> list:
        value = node.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self.complain((*here, name), _("must be a list"))
            return []
        if len(value) > MAX_ROWS:
            self.complain((*here, name), _("has more than %(most)d rows") % {"most": MAX_ROWS})
            return []
        return value

    def is_map(self, node, where: Where) -> bool:
        if isinstance(node, dict):
            return True
        self.complain(where, _("must hold names and values"))
        return False

    def is_bare(self, value) -> bool:
        return isinstance(value, str) and bool(_BARE.fullmatch(value))

    def only(self, node: dict, where: Where, known) -> None:
        """Complain of every name that nobody reads: most likely it is a slip of the pen."""
        for name in node:
            if name not in known:
                self.complain((*where, name), _("means nothing here"))

    def picture(self, name, where: Where) -> str:
        raise NotImplementedError

    # What courses and lessons have in common

    def common(self, content) -> dict[str, Any]:
        self._languages(content)
        found: dict[str, Any] = {}
        if self.is_bare(content.get("slug")):
            found["slug"] = content["slug"]
        else:
            self.complain(("slug",), _("must be bare letters, digits and hyphens"))
        found["title"] = self.words(content, "title", ())
        found["summary"] = self.words_if_any(content, "summary")
        for name in ("checked_on", "review_by"):
            if content.get(name) is None or is_day(content[name]):
                found[name] = content.get(name)
            else:
                self.complain((name,), _("must be a date such as 2026-11-01"))
        found["skills"] = sorted({str(code)[:20] for code in self.list(content, "skills")})
        found["sources"] = [
            source
            for number, row in enumerate(self.list(content, "sources"), start=1)
            if (source := self._source(row, ("sources", number)))
        ]
        return found

    def number(self, content, name, least, most, default: int) -> int:
        value = content.get(name, default)
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        what = _("must be a whole number from %(least)d to %(most)d")
        self.complain((name,), what % {"least": least, "most": most})
        return default

    def _languages(self, content) -> None:
        given = content.get("languages")
        if given is None:
            return
        known = [code for code, _name in settings.LANGUAGES]
        if (
            isinstance(given, list)
            and given[:1] == [settings.LANGUAGE_CODE]
            and len(set(given)) == len(given)
            and set(given) <= set(known)
        ):
            self.languages = self.plan.languages = tuple(given)
            return
        what = _("must be a list of %(known)s that begins with %(first)s")
        self.complain(
            ("languages",),
            what % {"known": ", ".join(known), "first": settings.LANGUAGE_CODE},
        )

    def _source(self, row, where: Where) -> dict[str, str]:
        if not self.is_map(row, where):
            return {}
        self.only(row, where, ("title", "url"))
        found = {}
        for name, most in (("title", 200), ("url", 2000)):
            value = row.get(name, "")
            if not isinstance(value, str) or (name == "title" and not plain(value)):
                self.complain((*where, name), _("is missing"))
            elif len(plain(value)) > most:
                what = _("is longer than %(most)d letters")
                self.complain((*where, name), what % {"most": most})
            elif plain(value):
                found[name] = plain(value)
        return found


class _Course(_Reader):
    def __init__(self, home: Path, problems: list[str]):
        super().__init__(home / "course.yaml", f"{home.name}/course.yaml", problems)
        self.home = home
        self.plan = CoursePlan(self.plan.file, None, folder=home.name)

    def read(self) -> CoursePlan | None:
        content = self.load()
        if content is None:
            return None
        plan = self.plan
        self.only(content, (), _COURSE)
        plan.content = self.common(content)
        plan.pack = self._pack(content)
        plan.content["audience"] = self.words_if_any(content, "audience")
        plan.content["icon"] = self._icon(content)
        plan.content["test_size"] = self.number(content, "test_size", 0, 20, 0)
        plan.content["figures"] = [
            figure
            for number, row in enumerate(self.list(content, "figures"), start=1)
            if (figure := self._figure(row, ("figures", number)))
        ]
        plan.content["lessons"] = []
        self._lessons(content)
        return plan

    def _pack(self, content) -> str:
        """Return what the pack calls itself, so that it is the same pack in another folder."""
        name = content.get("pack", self.home.resolve().parent.name[:80])
        if isinstance(name, str) and plain(name) and len(name) <= 80:
            return plain(name)
        self.complain(("pack",), _("is longer than %(most)d letters") % {"most": 80})
        return ""

    def _icon(self, content) -> str:
        icon = content.get("icon", "book-open")
        if isinstance(icon, str) and re.fullmatch(r"[a-z-]{1,20}", icon):
            return icon
        self.complain(("icon",), _("unknown: %(kind)s") % {"kind": icon})
        return ""

    def _figure(self, row, where: Where) -> dict[str, Any]:
        if not self.is_map(row, where):
            return {}
        self.only(row, where, ("key", "label", "unknown"))
        key = row.get("key")
        if not isinstance(key, str) or not re.fullmatch(r"[\w-]{1,60}", key, re.ASCII):
            self.complain((*where, "key"), _("must be bare letters, digits and hyphens"))
            return {}
        if key in self.figures:
            self.complain((*where, "key"), _("“%(name)s” is written twice") % {"name": key})
        self.figures.add(key)
        return {
            "key": key,
            "label": self.words(row, "label", where),
            "unknown": self.words(row, "unknown", where),
        }

    def _lessons(self, content) -> None:
        folders = self.list(content, "lessons")
        if not folders:
            self.complain(("lessons",), _("there is none"))
        seen: dict[str, LessonPlan] = {}
        for number, folder in enumerate(folders, start=1):
            where: Where = ("lessons", number)
            if not _is_inside(self.home, folder) or not (self.home / folder).is_dir():
                self.complain(where, _("there is no such folder: %(name)s") % {"name": folder})
                continue
            if folder in self.plan.content["lessons"]:
                self.complain(where, _("“%(name)s” is written twice") % {"name": folder})
                continue
            self.plan.content["lessons"].append(folder)
            lesson = _Lesson(self, self.home / folder).read()
            if lesson is None:
                continue
            if other := seen.get(lesson["slug"]):
                what = _("%(file)s has the same address") % {"file": other.file}
                self.problems.append(lesson.complaint(("slug",), what))
            seen[lesson["slug"]] = lesson
            self.plan.lessons.append(lesson)


class _Lesson(_Reader):
    def __init__(self, course: _Course, home: Path):
        label = f"{course.home.name}/{home.name}/lesson.yaml"
        super().__init__(home / "lesson.yaml", label, course.problems)
        self.home = home
        self.figures = course.figures
        self.languages = course.languages
        self.plan = LessonPlan(label, None, course.languages, folder=home.name)

    def read(self) -> LessonPlan | None:
        content = self.load()
        if content is None:
            return None
        plan = self.plan
        self.only(content, (), _LESSON)
        plan.content = self.common(content)
        plan.content["minutes"] = self.number(content, "minutes", 0, 600, 10)
        plan.content["asked"] = self.number(content, "asked", 0, 20, 0)
        plan.content["pass_per_cent"] = self.number(content, "pass_per_cent", 1, 100, 60)
        plan.content["body"] = self._blocks(content, "body", SCREENS)
        plan.content["questions"] = self._blocks(content, "questions", QUESTIONS)
        return plan

    def _blocks(self, content, name, kinds) -> list[dict[str, Any]]:
        found = []
        for number, row in enumerate(self.list(content, name), start=1):
            where: Where = (name, number)
            if not self.is_map(row, where):
                continue
            kind = row.get("type")
            if not isinstance(kind, str) or kind not in kinds:
                self.complain((*where, "type"), _("unknown: %(kind)s") % {"kind": kind})
                continue
            before = len(self.problems)
            block = parts_of.read_parts(kinds[kind], row, where, self, also=("type",))
            found.append({"type": kind, **block})
            if kind == "practice" and len(self.problems) == before:
                self._practice(block, where)
        return found

    def _practice(self, block, where: Where) -> None:
        """Say what a learner would stumble over, where it is written."""
        screens = [self._plain_screen(screen) for screen in block["screens"]]
        for problem in problems_of(screens):
            place: Where = (*where, "screens")
            if problem.number:
                place = (*place, problem.number)
                labels = [zone["label"] for zone in screens[problem.number - 1]["zones"]]
                if problem.zone in labels:
                    place = (*place, "zones", labels.index(problem.zone) + 1)
            self.complain(place, reason(problem))

    def _plain_screen(self, screen) -> dict[str, Any]:
        drawing = self.plan.drawings.get(screen["picture"])
        picture = drawing or self.plan.photos[screen["picture"]]
        sides = parts_of.At.sides
        return {
            "name": screen["name"],
            "outcome": screen.get("outcome", ""),
            "picture": {"width": picture.width, "height": picture.height},
            "zones": [
                {
                    "label": zone["label"][settings.LANGUAGE_CODE],
                    **dict(zip(sides, map(float, zone["at"]), strict=True)),
                    "to": zone.get("to", ""),
                    "says": zone.get("says", {}).get(settings.LANGUAGE_CODE, ""),
                }
                for zone in screen.get("zones", [])
            ],
        }

    def picture(self, name, where: Where) -> str:
        """Take in a picture of the lesson's folder ``pictures``; return its name."""
        home = self.home / "pictures"
        if not _is_inside(home, name) or not (home / name).is_file():
            self.complain(where, _("there is no such file: %(name)s") % {"name": name})
            return ""
        if name in self.plan.drawings or name in self.plan.photos:
            return name
        path = home / name
        try:
            if path.suffix.lower() in PHOTOS:
                self.plan.photos[name] = read_photo(path)
            else:
                self.plan.drawings[name] = clean_drawing(_read(path))
        except (DrawingRefused, PhotoRefused) as refusal:
            self.complain(where, f"{name}: {refusal}")
        return name


def _read(path: Path) -> bytes:
    """Return the file, or just enough of a huge one to be refused."""
    with path.open("rb") as file:
        return file.read(1024 * 1024)


def _is_inside(home: Path, name) -> bool:
    """Tell whether ``name`` is a plain name, and what it names lies in ``home`` itself."""
    if not isinstance(name, str) or not _FILE_NAME.fullmatch(name):
        return False
    path = home / name
    return not path.is_symlink() and path.resolve().parent == home.resolve()
