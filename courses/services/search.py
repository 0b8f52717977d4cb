"""Looking for a lesson."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q

from courses.models import CoursePage, LessonPage
from courses.rules.finding import rank, searchable, wanted

MOST_HITS = 20


@dataclass(frozen=True)
class Hit:
    """A course or a lesson in which all the words are to be found."""

    page: CoursePage | LessonPage
    course: str = ""

    @property
    def is_course(self) -> bool:
        return isinstance(self.page, CoursePage)


def find_lessons(query: str, language: str | None = None) -> list[Hit]:
    """Return the published courses and lessons with all the words of ``query``, the best first.

    Accents do not matter, nor does the order, and the beginning of a word is enough. Two queries.
    """
    words = wanted(query)
    if not words:
        return []
    found = Q(live=True, locale__language_code=language or settings.LANGUAGE_CODE)
    for word in words:
        found &= Q(search_text__contains=f" {word}")
    every_course = {
        page.path: page
        for page in CoursePage.objects.filter(
            live=True, locale__language_code=language or settings.LANGUAGE_CODE
        ).defer("sources")
    }
    lessons = (
        LessonPage.objects.filter(found).defer("body", "questions", "sources").order_by("path")
    )
    hits = [
        Hit(page)
        for page in every_course.values()
        if all(f" {word}" in page.search_text for word in words)
    ]
    for lesson in lessons:
        # A lesson of a course that is not published cannot be read yet.
        if course := every_course.get(lesson.path[: -lesson.steplen]):
            hits.append(Hit(lesson, course.title))
    hits.sort(key=lambda hit: (-rank(words, hit.page.title, hit.page.summary), hit.page.path))
    return hits[:MOST_HITS]


def fill_search() -> None:
    """Write down the words of pages from before there was anything to search."""
    for model in (CoursePage, LessonPage):
        for page in model.objects.filter(search_text=""):
            text = searchable(page.words_to_find())
            model.objects.filter(pk=page.pk).update(search_text=text)
