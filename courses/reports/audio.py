"""Which words nobody has read aloud yet, or not as they stand now."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from wagtail.models import Page

from courses.models import AudioClip, LessonPage
from courses.models.audio import written_language
from courses.rules.speech import Spoken


@dataclass(frozen=True)
class LessonSound:
    """How much of a lesson can be heard in one language."""

    pk: int
    title: str
    # Words that somebody has read; words read before they were changed; all words.
    heard: int
    stale: int
    total: int

    @property
    def missing(self) -> int:
        return self.total - self.heard - self.stale

    @property
    def is_whole(self) -> bool:
        return self.heard == self.total


@dataclass
class CourseSound:
    """How much of a course can be heard in one language, lesson by lesson."""

    title: str
    lessons: list[LessonSound] = field(default_factory=list)

    @property
    def heard(self) -> int:
        return sum(lesson.heard for lesson in self.lessons)

    @property
    def total(self) -> int:
        return sum(lesson.total for lesson in self.lessons)


def missing_audio(language: str) -> list[CourseSound]:
    """Return what can be heard in ``language`` of each published course, in the shelf's order.

    Three queries, however many lessons there are. A lesson that is not written in the language
    in question is left out: it must be translated before it can be read aloud.
    """
    pages = list(
        LessonPage.objects.live()
        .filter(locale__language_code=written_language(language))
        .defer("sources")
        .order_by("path")
    )
    spoken_of = {page.translation_key: page.spoken for page in pages}
    clips: dict[object, dict] = defaultdict(dict)
    for key, block, digest in (
        AudioClip.objects.current()
        .filter(language=language, lesson__translation_key__in=spoken_of)
        .values_list("lesson__translation_key", "block", "words_digest")
    ):
        clips[key][block] = digest
    courses = {
        page.path: CourseSound(page.title)
        for page in Page.objects.filter(
            path__in={page.path[: -page.steplen] for page in pages}
        ).order_by("path")
    }
    for page in pages:
        course = courses[page.path[: -page.steplen]]
        course.lessons.append(
            _count(page, spoken_of[page.translation_key], clips[page.translation_key])
        )
    return list(courses.values())


def _count(page: LessonPage, spoken: Iterable[Spoken], clips: dict) -> LessonSound:
    heard = stale = total = 0
    for words in spoken:
        total += 1
        if words.block in clips:
            heard += clips[words.block] == words.digest
            stale += clips[words.block] != words.digest
    return LessonSound(page.pk, page.title, heard, stale, total)
