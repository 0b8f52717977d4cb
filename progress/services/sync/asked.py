"""Which lesson, and which of its questions, a phone means; it may have had them for weeks."""

from collections.abc import Collection, Iterable, Sequence

from django.conf import settings
from wagtail.models import Page, PageLogEntry, Revision

from courses.models import LessonPage
from courses.services import questions_of
from progress.services.sync.registry import Item


class Questions:
    """The questions that phones had, by the revision of the lesson that they had them from."""

    def __init__(self, items: Collection[Item], lessons: dict[int, int]):
        self.lessons = lessons
        self.pages: dict[int, LessonPage] = {}
        if not items:
            return
        sources = {lessons[item.lesson] for item in items if item.lesson in lessons}
        self.current = LessonPage.objects.in_bulk(sources)
        keys = {page.translation_key: pk for pk, page in self.current.items()}
        translations = Page.objects.filter(translation_key__in=keys)
        # {page: the original whose translation it is}
        self.source_of = {
            str(pk): keys[key] for pk, key in translations.values_list("pk", "translation_key")
        }
        wanted = {item.revision for item in items if item.revision}
        self.revisions = Revision.page_revisions.filter(
            pk__in=wanted & self._published(wanted), object_id__in=self.source_of
        ).in_bulk()

    @staticmethod
    def _published(revisions: set[int]) -> set[int]:
        """Keep the revisions that learners have seen."""
        if not revisions:
            return set()
        logged = PageLogEntry.objects.filter(
            revision__in=revisions, action__in=("wagtail.publish", "wagtail.publish.scheduled")
        )
        live = Page.objects.filter(live_revision__in=revisions, live=True)
        return set(logged.values_list("revision_id", flat=True)) | set(
            live.values_list("live_revision_id", flat=True)
        )

    def page(self, item: Item, lesson: int) -> LessonPage | None:
        if not item.revision:
            page = self.current.get(lesson)
            return page if page and page.live_revision_id is None else None
        revision = self.revisions.get(item.revision)
        if revision is None or self.source_of.get(revision.object_id) != lesson:
            return None
        if item.revision not in self.pages:
            self.pages[item.revision] = revision.as_object()
        return self.pages[item.revision]


def asked_of(page: LessonPage, sent: Sequence[str]) -> list[dict] | None:
    """Return the questions that a phone says were asked, if the lesson could ask them so."""
    by_id = {question["id"]: question for question in questions_of(page)}
    count = min(page.asked or len(by_id), len(by_id))
    if len(sent) != count or len(set(sent)) != count or not set(sent) <= by_id.keys():
        return None
    return [question for key, question in by_id.items() if key in sent]


def originals_of(pks: Iterable[int]) -> dict[int, int]:
    """Return {lesson as sent: the original, on which progress is kept} of those that learners see.

    A lesson that was taken down since has been learnt all the same.
    """
    seen = LessonPage.objects.filter(pk__in=set(pks)).exclude(first_published_at=None, live=False)
    rows = list(seen.values_list("pk", "translation_key", "locale__language_code"))
    originals = _originals({key for _pk, key, _language in rows})
    return {pk: originals.get(key, pk) for pk, key, _language in rows}


def _originals(keys: set) -> dict:
    if not keys:
        return {}
    rows = Page.objects.filter(
        translation_key__in=keys, locale__language_code=settings.LANGUAGE_CODE
    )
    return dict(rows.values_list("translation_key", "pk"))
