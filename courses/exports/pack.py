"""Write published courses as a content pack, in the form in which `courses.imports` reads it.

What learners see is written: the published pages, in every language in which they are published.
Whatever does not fit into a pack is named, never passed over.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from courses.exports.pictures import Pictures
from courses.exports.written import Flow, write_yaml
from courses.imports.fields import plain, write_parts
from courses.imports.shapes import QUESTIONS, SCREENS
from courses.models import CoursePage, LessonPage, LocalFigure, PackPage

_FIRST = settings.LANGUAGE_CODE


class ExportRefused(ValueError):
    """Nothing was written; the message says why."""


@dataclass
class Exported:
    """The folders that were written, and what could not be."""

    written: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def export_courses(folder: Path, slugs: list[str] | None = None) -> Exported:
    """Write the published courses, or those called ``slugs``, below ``folder``."""
    courses = CoursePage.objects.filter(locale__language_code=_FIRST).order_by("path")
    if slugs:
        missing = set(slugs) - set(courses.values_list("slug", flat=True))
        if missing:
            what = _("There is no such course: %(name)s.")
            raise ExportRefused(what % {"name": ", ".join(sorted(missing))})
        courses = courses.filter(slug__in=slugs)
    report = Exported()
    for course in courses:
        if not course.live:
            report.left_out.append(_("%(name)s: is not published") % {"name": course.slug})
        elif (folder / course.slug).exists():
            what = _("%(folder)s is already there. Choose an empty folder.")
            raise ExportRefused(what % {"folder": course.slug})
    for course in courses.live():
        _Course(course, folder / course.slug, report).write()
    return report


class _Pages:
    """A page in every language in which it is published."""

    def __init__(self, page):
        pages = {other.locale.language_code: other for other in page.live_translations}
        self.by_language = {_FIRST: page}
        for code, _name in settings.LANGUAGES:
            if code in pages:
                self.by_language.setdefault(code, pages[code])

    @property
    def languages(self) -> list[str]:
        return list(self.by_language)

    def field(self, name: str) -> dict[str, Any]:
        return {language: getattr(page, name) for language, page in self.by_language.items()}


class _Course:
    def __init__(self, course: CoursePage, home: Path, report: Exported):
        self.course = course
        self.home = home
        self.report = report
        self.figures: dict[int, LocalFigure] = {}

    def write(self) -> None:
        pages = _Pages(self.course)
        folders: list[str] = []
        lessons = LessonPage.objects.child_of(self.course).order_by("path")
        for lesson in lessons.live():
            number = len(folders) + 1
            folder = f"{number:02d}-{lesson.slug}"
            folders.append(folder)
            _Lesson(self, lesson, self.home / folder, pages.languages).write()
        for lesson in lessons.not_live():
            name = f"{self.course.slug}/{lesson.slug}"
            self.report.left_out.append(_("%(name)s: is not published") % {"name": name})
        words = _Words(pages.languages, self.course.slug, self.report)
        content = _common(self.course, pages, words)
        record = PackPage.objects.filter(page=self.course.pk).first()
        content |= {"pack": record.pack} if record else {}
        if pages.languages != [code for code, _name in settings.LANGUAGES]:
            content["languages"] = Flow(pages.languages)
        content["audience"] = words.words(pages.field("audience"))
        content["icon"] = self.course.icon
        if self.course.test_size:
            content["test_size"] = self.course.test_size
        content["lessons"] = folders
        content["figures"] = [self._figure(figure, words) for figure in self.figures.values()]
        write_yaml(self.home / "course.yaml", {k: content[k] for k in _COURSE if content.get(k)})
        self.report.written.append(self.course.slug)

    def _figure(self, figure: LocalFigure, words: "_Words") -> dict[str, Any]:
        found = {language: figure.words_in(language) for language in words.languages}
        return {
            "key": figure.key,
            "label": words.words({lang: row.label for lang, row in found.items() if row}),
            "unknown": words.words({lang: row.unknown for lang, row in found.items() if row}),
        }


_COURSE = (
    *("slug", "pack", "languages", "title", "summary", "audience", "icon"),
    *("checked_on", "review_by", "skills", "sources", "test_size", "lessons", "figures"),
)
_LESSON = (
    *("slug", "languages", "title", "summary", "minutes", "skills", "checked_on", "review_by"),
    *("sources", "asked", "pass_per_cent", "body", "questions"),
)


def _common(page, pages: _Pages, words: "_Words") -> dict[str, Any]:
    return {
        "slug": page.slug,
        **{name: words.words(pages.field(name)) for name in ("title", "summary")},
        **{name: getattr(page, name) for name in ("checked_on", "review_by")},
        "skills": Flow(sorted({skill.code for skill in page.skills.all()})),
        "sources": [
            {name: plain(row.value[name]) for name in ("title", "url") if row.value[name]}
            for row in page.sources
        ],
    }


class _Words:
    """What the parts ask for when they write themselves down."""

    def __init__(self, languages: list[str], name: str, report: Exported):
        self.languages = languages
        self.name = name
        self.report = report

    def words(self, texts: dict[str, str | None]) -> dict[str, str]:
        """Return a text in every language; the original where it is not translated."""
        first = plain(texts.get(_FIRST) or "")
        if not first:
            return {}
        found = {}
        for language in self.languages:
            found[language] = plain(texts.get(language) or "")
            if not found[language]:
                found[language] = first
                what = _("%(name)s: not translated (%(language)s): %(text)s")
                self.report.left_out.append(
                    what % {"name": self.name, "language": language, "text": first[:60]}
                )
        return found

    def first(self, raw: dict[str, dict]) -> dict:
        return raw[_FIRST]

    def rows(self, raw: dict[str, dict], name: str) -> list[dict[str, dict]]:
        """Return each row of a list, with what stands in its place in the other languages."""
        by_id = {
            language: {row["id"]: row for row in value.get(name) or []}
            for language, value in raw.items()
        }
        found = []
        for row in raw[_FIRST].get(name) or []:
            nothing: dict[str, Any] = {"value": {} if isinstance(row["value"], dict) else None}
            found.append(
                {language: rows.get(row["id"], nothing) for language, rows in by_id.items()}
            )
        return found


class _Lesson(_Words):
    def __init__(self, course: _Course, lesson: LessonPage, home: Path, languages: list[str]):
        self.pages = _Pages(lesson)
        published = [code for code in languages if code in self.pages.languages]
        super().__init__(published, f"{course.course.slug}/{lesson.slug}", course.report)
        self.is_partly = published != languages
        self.course = course
        self.lesson = lesson
        self.home = home
        self.pictures = Pictures(home / "pictures")

    def write(self) -> None:
        content = _common(self.lesson, self.pages, self)
        if self.is_partly:
            content["languages"] = Flow(self.languages)
        content["minutes"] = self.lesson.minutes
        for name, default in (("asked", 0), ("pass_per_cent", 60)):
            if getattr(self.lesson, name) != default:
                content[name] = getattr(self.lesson, name)
        content["body"] = self._blocks("body", SCREENS)
        content["questions"] = self._blocks("questions", QUESTIONS)
        write_yaml(self.home / "lesson.yaml", {k: content[k] for k in _LESSON if content.get(k)})
        self.pictures.write()
        self.report.left_out += [f"{self.name}: {what}" for what in self.pictures.notes]

    def _blocks(self, name: str, kinds) -> list[dict[str, Any]]:
        streams = {
            language: getattr(self.pages.by_language[language], name).get_prep_value()
            for language in self.languages
        }
        by_id = {lang: {row["id"]: row for row in rows} for lang, rows in streams.items()}
        blocks = []
        for number, row in enumerate(streams[_FIRST], start=1):
            kind = row["type"]
            if kind not in kinds:
                what = _("%(name)s: screen %(number)d (%(kind)s) does not fit into a pack")
                self.report.left_out.append(
                    what % {"name": self.name, "number": number, "kind": kind}
                )
                continue
            raw = {
                lang: rows.get(row["id"], {"value": {}})["value"] for lang, rows in by_id.items()
            }
            blocks.append({"type": kind, **write_parts(kinds[kind], raw, self)})
        return blocks

    # What the parts ask for

    def picture(self, raw: dict[str, Any]) -> str:
        return self.pictures.name(raw)

    def figure(self, pk: int) -> str:
        figures = self.course.figures
        if pk not in figures:
            figure = LocalFigure.objects.filter(pk=pk).first()
            if figure is None:
                return ""
            figures[pk] = figure
        return figures[pk].key
