"""Write a content pack: the Vietnamese pages, then each in its other languages.

Importing twice changes nothing. A page on which an author has written since is left alone, and
the report says so.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Page, ReferenceIndex
from wagtail.signal_handlers import disable_reference_index_auto_update

from courses.imports.contents import Content, course_content, lesson_content
from courses.imports.keep import Keeper
from courses.imports.pack import CoursePlan, LessonPlan, Pack, PackRefused, read_pack
from courses.imports.translate import translate
from courses.models import CoursePage, LessonPage, PackPage
from courses.services import ensure_shelf


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
    keeper = Keeper()
    try:
        with transaction.atomic():
            loader = Loader(pack, force=force, keeper=keeper)
            loader.check()
            # Each page is saved some five times; who points to whom is written down once.
            with disable_reference_index_auto_update():
                for course in pack.courses:
                    loader.course(course)
            loader.note_references()
    except BaseException:
        keeper.take_back()
        raise
    return loader.outcome


class Loader:
    """Writes a pack that has been read."""

    def __init__(self, pack: Pack, *, force: bool, keeper: Keeper):
        self.pack = pack
        self.force = force
        self.keeper = keeper
        self.outcome = Outcome()
        self.shelf = ensure_shelf()
        self.contents: dict[str, Content] = {}
        self.touched: list[Page] = []

    def check(self, *, all_of_it: bool = False) -> None:
        """Refuse the pack, with everything that is wrong in it, before a page is written."""
        problems = []
        # What has been imported as it is was looked at then.
        known = set() if all_of_it else set(PackPage.objects.values_list("digest", flat=True))
        for course in self.pack.courses:
            problems += self._address_problems(course)
            if course.digest not in known:
                problems += self.course_content(course).problems()
            for lesson in course.lessons:
                if lesson.digest not in known:
                    problems += self.lesson_content(course, lesson).problems()
        if problems:
            raise PackRefused(problems)

    def course(self, plan: CoursePlan) -> None:
        page = self._page(
            self._course_page(plan),
            self.shelf,
            plan,
            plan["slug"],
            plan.pack,
            lambda: self.course_content(plan),
        )
        for lesson in plan.lessons:
            self._page(
                LessonPage.objects.child_of(page).filter(slug=lesson["slug"]).first(),
                page,
                lesson,
                f"{plan['slug']}/{lesson['slug']}",
                plan.pack,
                partial(self.lesson_content, plan, lesson),
            )

    def note_references(self) -> None:
        """Write down which pictures and figures the pages show."""
        for page in self.touched:
            ReferenceIndex.create_or_update_for_object(page.specific)
            ReferenceIndex.create_or_update_for_object(page.latest_revision)

    def _course_page(self, plan: CoursePlan) -> CoursePage | None:
        return CoursePage.objects.child_of(self.shelf).filter(slug=plan["slug"]).first()

    def course_content(self, plan: CoursePlan) -> Content:
        if plan.file not in self.contents:
            self.contents[plan.file] = course_content(plan)
        return self.contents[plan.file]

    def lesson_content(self, course: CoursePlan, plan: LessonPlan) -> Content:
        if plan.file not in self.contents:
            name = f"{course['slug']}/{plan['slug']}"
            known = self.keeper.known(name, plan, self.keeper.figures(course))
            self.contents[plan.file] = lesson_content(course, plan, known)
        return self.contents[plan.file]

    def _address_problems(self, plan: CoursePlan) -> list[str]:
        """Explain when the address is taken by a course of another pack."""
        record = self._record(self._course_page(plan))
        is_ours = record is None or record.pack == plan.pack or record.digest == plan.digest
        if record is None or is_ours or self.force:
            return []
        what = _(
            "the pack “%(pack)s” already has a course with this address; "
            "choose another one, or write the pack’s name here: “pack: %(pack)s”"
        )
        return [plan.complaint(("slug",), what % {"pack": record.pack})]

    def _page(self, page, parent, plan, name, pack, content: Callable[[], Content]) -> Page:
        """Create or update one page and its translations; return the Vietnamese one."""
        digest, slug = plan.digest, plan["slug"]
        label = f"{name} ({settings.LANGUAGE_CODE})"
        record = self._record(page)
        if page and self._stands(record, digest, label):
            fresh = not self._is_edited(record)
        else:
            try:
                page = self._write(page, parent, slug, content(), label)
            except ValidationError as refusal:
                # What only the whole page knows: more questions asked than there are.
                raise PackRefused(
                    [
                        plan.complaint((field_name,) if field_name in plan.content else (), message)
                        for field_name, messages in refusal.message_dict.items()
                        for message in messages
                    ]
                ) from None
            self._remember(page, pack, digest)
            fresh = True
        for language in plan.languages[1:]:
            locale = ensure_shelf(language).locale
            translated = page.get_translation_or_none(locale)
            record = self._record(translated)
            label = f"{name} ({language})"
            if translated and self._stands(record, digest, label):
                continue
            if not fresh:
                # The Vietnamese has gone its own way; an author will translate it.
                self.outcome.kept.append(label)
                continue
            made = translate(page, locale, {**content().in_language(language), "slug": slug})
            self._remember(made, pack, digest)
            (self.outcome.updated if translated else self.outcome.created).append(label)
        return page

    def _write(self, page, parent, slug, content: Content, label) -> Page:
        is_new = page is None
        page = page or content.model(slug=slug, locale=parent.locale)
        for name in content.fields:
            if name != "skills":
                setattr(page, name, content.field(name))
        if is_new:
            page.live = False
            parent.add_child(instance=page)
        page.skills.set(self.keeper.skills(content.fields["skills"]))
        page.save_revision().publish()
        (self.outcome.created if is_new else self.outcome.updated).append(label)
        return content.model.objects.get(pk=page.pk)

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

    def _remember(self, page, pack, digest):
        page = Page.objects.select_related("latest_revision").get(pk=page.pk)
        self.touched.append(page)
        PackPage.objects.update_or_create(
            page=page,
            defaults={"pack": pack, "digest": digest, "revision": page.latest_revision},
        )


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
