"""Write a content pack: the Vietnamese pages, then each in its other languages.

Importing twice changes nothing. A page on which an author has written since is left alone, and
the report says so.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.blocks import StreamValue
from wagtail.models import Page

from courses.imports.pack import CoursePlan, LessonPlan, PackRefused, read_pack
from courses.imports.streams import Streams
from courses.imports.translate import translate
from courses.models import (
    CoursePage,
    Drawing,
    FigureWords,
    LessonPage,
    LocalFigure,
    PackPage,
    Skill,
)
from courses.services import check, ensure_shelf

OTHERS = ("en",)


@dataclass
class Outcome:
    """What an import did, page by page: "course/lesson (language)"."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    # Written on by an author since the last import.
    kept: list[str] = field(default_factory=list)


def import_pack(folder: Path, *, force: bool = False) -> Outcome:
    """Bring the courses below ``folder`` onto the shelf; ``force`` overwrites authors' work."""
    pack = read_pack(folder)
    with transaction.atomic():
        loader = _Loader(pack.name, force)
        for course in pack.courses:
            loader.course(course)
        if loader.problems:
            raise PackRefused(loader.problems)
    return loader.outcome


class _Loader:
    def __init__(self, pack: str, force: bool):
        self.pack = pack
        self.force = force
        self.problems: list[str] = []
        self.outcome = Outcome()
        self.shelf = ensure_shelf()
        self.others = [ensure_shelf(language).locale for language in OTHERS]

    def course(self, plan: CoursePlan) -> None:
        figures = self._figures(plan)
        fields = {
            "title": plan["title"]["vi"],
            "summary": plan["summary"]["vi"],
            "audience": plan["audience"]["vi"],
            "icon": plan["icon"] or CoursePage.Icon.BOOK,
            **self._common(plan),
        }
        words = {name: plan[name] for name in ("title", "summary", "audience")}
        page = self._page(
            CoursePage, self.shelf, plan["slug"], plan.digest, plan["slug"], lambda: (fields, words)
        )
        for lesson in plan.lessons:
            self._lesson(page, plan, lesson, figures)

    def _lesson(self, course, course_plan: CoursePlan, plan: LessonPlan, figures) -> None:
        name = f"{course_plan['slug']}/{plan['slug']}"

        def content():
            streams = Streams(course_plan["slug"], plan, self._drawings(name, plan), figures)
            fields = {
                "title": plan["title"]["vi"],
                "summary": plan["summary"]["vi"],
                "audience": course_plan["audience"]["vi"],
                "minutes": plan["minutes"] or 10,
                "body": streams.body(),
                "questions": streams.questions(),
                **self._common(plan),
            }
            words = {
                **streams.words,
                **{field: plan[field] for field in ("title", "summary")},
                "audience": course_plan["audience"],
            }
            return fields, words

        self._page(LessonPage, course, plan["slug"], plan.digest, name, content)

    def _page(self, model, parent, slug, digest, name, content: Callable) -> Page:
        """Create or update one page and its translations; return the Vietnamese one."""
        page = model.objects.child_of(parent).filter(slug=slug).first()
        label = f"{name} ({settings.LANGUAGE_CODE})"
        record = self._record(page)
        if page and self._stands(record, digest, label):
            fresh = not self._is_edited(record)
        else:
            fields, words = content()
            page = self._write(model, page, parent, slug, fields, label)
            self._remember(page, digest)
            fresh = True
        for locale in self.others:
            translated = page.get_translation_or_none(locale)
            record = self._record(translated)
            label = f"{name} ({locale.language_code})"
            if translated and self._stands(record, digest, label):
                continue
            if not fresh:
                # The Vietnamese has gone its own way; an author will translate it.
                self.outcome.kept.append(label)
                continue
            _fields, words = content()
            english = {path: text[locale.language_code] for path, text in words.items()}
            made = translate(page, locale, {**english, "slug": slug})
            self._remember(made, digest)
            (self.outcome.updated if translated else self.outcome.created).append(label)
        return page

    def _write(self, model, page, parent, slug, fields: dict[str, Any], label) -> Page:
        is_new = page is None
        page = page or model(slug=slug, locale=parent.locale)
        skills = fields.pop("skills")
        for name, value in fields.items():
            field = model._meta.get_field(name)
            if isinstance(value, list):
                value = StreamValue(field.stream_block, value, is_lazy=True)
            setattr(page, name, value)
        if is_new:
            page.live = False
            parent.add_child(instance=page)
        page.skills.set(skills)
        if isinstance(page, LessonPage):
            self.problems += [f"{label}: {problem.messages[0]}" for problem in check(page)]
        page.save_revision().publish()
        (self.outcome.created if is_new else self.outcome.updated).append(label)
        return model.objects.get(pk=page.pk)

    def _stands(self, record, digest, label) -> bool:
        """Tell whether a page that is already there stays as it is, and note why."""
        if self._is_edited(record) and not self.force:
            self.outcome.kept.append(label)
            return True
        if record and record.digest == digest and not self._is_edited(record):
            self.outcome.unchanged.append(label)
            return True
        return False

    def _is_edited(self, record) -> bool:
        """A page that no pack has made is an author's own."""
        return record is None or not record.is_as_imported()

    def _record(self, page) -> PackPage | None:
        return page and PackPage.objects.filter(page=page.pk).select_related("page").first()

    def _remember(self, page, digest):
        page = Page.objects.get(pk=page.pk)
        PackPage.objects.update_or_create(
            page=page,
            defaults={"pack": self.pack, "digest": digest, "revision": page.latest_revision},
        )

    def _common(self, plan) -> dict[str, Any]:
        return {
            "checked_on": plan["checked_on"],
            "review_by": plan["review_by"],
            "sources": [
                {"type": "source", "value": {"title": s["title"], "url": s.get("url", "")}}
                for s in plan["sources"] or []
            ],
            "skills": [self._skill(str(code)) for code in plan["skills"] or []],
        }

    def _skill(self, code: str) -> Skill:
        return Skill.objects.filter(code=code).first() or Skill.objects.create(code=code)

    def _figures(self, plan: CoursePlan) -> dict[str, int]:
        """Make the figures that are not there yet; return their ids by key."""
        for figure in plan["figures"] or []:
            row, is_new = LocalFigure.objects.get_or_create(key=figure["key"])
            if is_new:
                FigureWords.objects.bulk_create(
                    FigureWords(
                        figure=row,
                        language=language,
                        label=label,
                        unknown=figure["unknown"][language],
                    )
                    for language, label in figure["label"].items()
                )
        return dict(LocalFigure.objects.values_list("key", "pk"))

    def _drawings(self, name: str, plan: LessonPlan) -> dict[str, int]:
        """Keep the drawings of a lesson; return their ids by file name."""
        found = {}
        for file, drawing in plan.drawings.items():
            row, _is_new = Drawing.objects.get_or_create(
                digest=drawing.digest,
                defaults={
                    "name": f"{name}/{file.removesuffix('.svg')}",
                    "svg": drawing.svg,
                    "width": drawing.width,
                    "height": drawing.height,
                    "weight": drawing.weight,
                },
            )
            found[file] = row.pk
        return found


def summary(outcome: Outcome) -> str:
    """Return the report in one line."""
    return _(
        "%(created)d pages created, %(updated)d updated, %(unchanged)d unchanged, "
        "%(kept)d left as authors wrote them"
    ) % {
        "created": len(outcome.created),
        "updated": len(outcome.updated),
        "unchanged": len(outcome.unchanged),
        "kept": len(outcome.kept),
    }
