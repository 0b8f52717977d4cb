"""The take-home sheet: a lesson on one A5 page, to hang beside the telephone."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.images.models import Image

from courses.models import Drawing, LessonPage, Screen
from people.pdf import qr, render

# More pictures than this would be too small for old eyes.
MOST_STEPS = 7
# Millimetres between the title and the foot of a page.
_ROOM = 128
# For paper a photo may be larger than for a phone.
PAPER_SIZE = "max-600x600|format-jpeg|jpegquality-80"


@dataclass(frozen=True)
class Helper:
    """Whom to call when the sheet does not help; empty: a line to write on."""

    name: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Sheet:
    """One page: a lesson, in the language of its page, and for whom it is printed."""

    lesson: LessonPage
    helper: Helper = Helper()
    name: str = ""


def sheets(pages: Iterable[Sheet], *, on_a4: bool = False) -> bytes:
    """Return the PDF of take-home sheets, A5 each; ``on_a4`` puts two on a landscape A4 to cut."""
    shelf = _Shelf()
    shown = [shelf.page(sheet) for sheet in pages]
    languages = {page["language"] for page in shown}
    context = {
        "pages": shown,
        "on_a4": on_a4,
        "rows": [_row(number) for number in range(1, MOST_STEPS + 1)],
        "lang": languages.pop() if len(languages) == 1 else settings.LANGUAGE_CODE,
        "title": shown[0]["lesson"].title if len(shown) == 1 else _("Take-home sheets"),
    }
    html = render_to_string("courses/paper/sheets.html", context)
    css = render_to_string("courses/paper/sheets.css", context)
    return render(html, css=css, files=shelf.files)


def steps_of(lesson: LessonPage) -> list[Screen]:
    """Return the screens that go on the sheet: the steps with a picture, at most seven."""
    steps = [screen for screen in lesson.screens if screen.kind == "step" and screen.picture]
    return steps[:MOST_STEPS]


def _row(steps: int) -> tuple[int, int, int]:
    """Return how high a row is when there are so many, and where its words begin, in millimetres.

    A picture is four wide to three high, and stands behind the number.
    """
    height = min(34, _ROOM // steps)
    return steps, height, 12 + (height - 2) * 4 // 3 + 5


class _Shelf:
    """The pictures of all pages, each once."""

    def __init__(self):
        self.files: dict[str, tuple[str, bytes]] = {}
        self.pages: dict[int, dict] = {}

    def page(self, sheet: Sheet) -> dict:
        lesson = sheet.lesson
        if lesson.pk not in self.pages:
            self.pages[lesson.pk] = self._of_lesson(lesson)
        # A page in English speaks English, whoever prints it.
        with translation.override(self.pages[lesson.pk]["language"]):
            body = render_to_string(
                "courses/paper/_sheet.html",
                {**self.pages[lesson.pk], "helper": sheet.helper, "name": sheet.name},
            )
        return {**self.pages[lesson.pk], "body": body}

    def _of_lesson(self, lesson) -> dict:
        steps = steps_of(lesson)
        address = settings.SITE_ADDRESS + (lesson.get_url() or "")
        return {
            "lesson": lesson,
            "language": lesson.locale.language_code,
            "course": lesson.course,
            "steps": [
                {
                    "heading": screen.heading,
                    "alt": screen.picture["alt"],
                    "picture": self._picture(screen.value["picture"]),
                }
                for screen in steps
            ],
            "address": address.partition("://")[2].rstrip("/"),
            "qr": self._keep(f"file:qr-{lesson.pk}.svg", "image/svg+xml", qr(address, border=2)),
        }

    def _picture(self, picture) -> str:
        if drawing := picture.get("drawing"):
            svg = Drawing.objects.defer(None).values_list("svg", flat=True).get(pk=drawing.pk)
            return self._keep(f"file:{drawing.digest}.svg", "image/svg+xml", svg.encode())
        photo: Image = picture["photo"]
        rendition = photo.get_rendition(PAPER_SIZE)
        with rendition.file.open() as file:
            return self._keep(f"file:photo-{photo.pk}.jpg", "image/jpeg", file.read())

    def _keep(self, url: str, mime: str, content: bytes) -> str:
        self.files[url] = (mime, content)
        return url
