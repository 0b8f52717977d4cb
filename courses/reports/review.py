"""The lessons that wait for an author, and why."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page

from courses.models import LessonPage, LocalPicture, ScreenReport
from courses.rules import AppPicture, StoredScreen, stored_screens

SOON = dt.timedelta(days=30)
# A translation published in the same breath as its original is not behind it.
GRACE = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Reason:
    """Why a lesson should be looked at. ``kind`` is the colour of a badge: bad, warn or info."""

    code: str
    kind: str
    label: str


@dataclass(frozen=True)
class ReportedScreen:
    """What volunteers said of one screen that looks different now."""

    block: str
    number: int
    heading: str
    reports: list[ScreenReport]

    @property
    def count(self) -> int:
        return len(self.reports)


@dataclass(frozen=True)
class OldPicture:
    """A picture of somebody's app that should be looked at again, and where it is shown."""

    number: int
    heading: str
    app: AppPicture


@dataclass(frozen=True)
class Review:
    """A lesson that waits for an author."""

    pk: int
    title: str
    course: str
    review_by: dt.date | None
    edit_url: str
    reasons: list[Reason] = field(default_factory=list)
    reported: list[ReportedScreen] = field(default_factory=list)
    old_pictures: list[OldPicture] = field(default_factory=list)
    changed: list[LocalPicture] = field(default_factory=list)


# The most urgent first.
_ORDER = (
    "reported",
    "overdue",
    "draft",
    "changed",
    "original",
    "old_picture",
    "soon",
    "no_date",
    "untranslated",
    "behind",
)


def to_review(user, *, on: dt.date | None = None) -> list[Review]:
    """Return the lessons that ``user`` should look at, the most urgent first.

    Whoever may not write gets an empty list. Five queries, however many lessons there are.
    """
    if not user.has_perm("courses.write"):
        return []
    on = on or timezone.localdate()
    lessons = list(
        LessonPage.objects.filter(locale__language_code=settings.LANGUAGE_CODE)
        .defer("questions", "sources")
        .order_by("path")
    )
    published = _published(lessons)
    courses = _courses(lessons)
    reports = _by_lesson(
        ScreenReport.objects.permitted_to(user, "courses.write")
        .open()
        .select_related("place")
        .order_by("-reported_at")
    )
    own = _by_lesson(
        LocalPicture.objects.permitted_to(user, "courses.write").select_related("place")
    )
    found = []
    for lesson in lessons:
        screens = stored_screens(lesson.body.raw_data)
        old = _old_pictures(screens, on)
        changed = [row for row in own.get(lesson.pk, []) if row.has_new_original(screens)]
        reported = _reported(reports.get(lesson.pk, []), screens)
        reasons = [
            *_reports_and_pictures(reported, old, changed),
            *_dates(lesson, on),
            *_languages(lesson, published.get(lesson.translation_key, {})),
        ]
        if reasons:
            found.append(
                Review(
                    lesson.pk,
                    lesson.draft_title or lesson.title,
                    courses.get(lesson.path[: -lesson.steplen], ""),
                    lesson.review_by,
                    reverse("wagtailadmin_pages:edit", args=[lesson.pk]),
                    sorted(reasons, key=lambda reason: _ORDER.index(reason.code)),
                    reported,
                    old,
                    changed,
                )
            )
    return sorted(
        found,
        key=lambda r: (_ORDER.index(r.reasons[0].code), r.review_by or dt.date.max, r.title),
    )


def narrowed(reviews: list[Review], course: str = "", reason: str = "") -> list[Review]:
    """Keep the reviews of one course, or for one reason."""
    return [
        review
        for review in reviews
        if (not course or review.course == course)
        and (not reason or reason in {r.code for r in review.reasons})
    ]


def reasons_in(reviews: list[Review]) -> list[tuple[str, str, int]]:
    """Return (code, name, how many lessons) of every reason there is, the most urgent first."""
    counts = Counter(code for review in reviews for code in {r.code for r in review.reasons})
    return [(code, _name(code), counts[code]) for code in _ORDER if counts[code]]


def _name(code: str) -> str:
    return {
        "reported": _("screens that look different"),
        "overdue": _("review overdue"),
        "draft": _("draft"),
        "changed": _("changes not published"),
        "original": _("the original of a place's picture has changed"),
        "old_picture": _("old pictures of apps"),
        "soon": _("review soon"),
        "no_date": _("no review date"),
        "untranslated": _("not translated"),
        "behind": _("translation behind"),
    }[code]


def _published(lessons) -> dict[object, dict[str, dt.datetime | None]]:
    pages = Page.objects.filter(
        translation_key__in=[lesson.translation_key for lesson in lessons], live=True
    )
    found: dict[object, dict[str, dt.datetime | None]] = {}
    for key, language, at in pages.values_list(
        "translation_key", "locale__language_code", "last_published_at"
    ):
        found.setdefault(key, {})[language] = at
    return found


def _courses(lessons) -> dict[str, str]:
    above = {lesson.path[: -lesson.steplen] for lesson in lessons}
    return dict(Page.objects.filter(path__in=above).values_list("path", "title"))


def _by_lesson(rows: Iterable) -> dict[int, list]:
    found: dict[int, list] = {}
    for row in rows:
        found.setdefault(row.lesson_id, []).append(row)
    return found


def _old_pictures(screens: list[StoredScreen], on) -> list[OldPicture]:
    return [
        OldPicture(screen.number, screen.heading, app)
        for screen in screens
        for app in dict.fromkeys(screen.apps)
        if app.is_old(on)
    ]


def _reported(reports, screens) -> list[ReportedScreen]:
    by_block: dict[str, list[ScreenReport]] = {}
    for report in reports:
        by_block.setdefault(str(report.block), []).append(report)
    known = {screen.block: screen for screen in screens}
    found = []
    for block, rows in by_block.items():
        screen = known.get(block)
        number, heading = (screen.number, screen.heading) if screen else (0, "")
        found.append(ReportedScreen(block, number, heading, rows))
    return sorted(found, key=lambda reported: reported.number)


def _reports_and_pictures(reported, old, changed):
    if reported:
        count = sum(screen.count for screen in reported)
        yield Reason("reported", "bad", _("seen different in class: %(count)d") % {"count": count})
    if old:
        yield Reason("old_picture", "warn", _("old pictures: %(count)d") % {"count": len(old)})
    if changed:
        yield Reason("original", "warn", _("a place's picture: the original has changed"))


def _dates(lesson, on):
    if lesson.review_by and lesson.review_by < on:
        yield Reason("overdue", "bad", _("review overdue"))
    if not lesson.live:
        yield Reason("draft", "info", _("draft"))
    elif lesson.has_unpublished_changes:
        yield Reason("changed", "info", _("changes not published"))
    if lesson.review_by and on <= lesson.review_by <= on + SOON:
        yield Reason("soon", "warn", _("review soon"))
    elif lesson.review_by is None:
        yield Reason("no_date", "warn", _("no review date"))


def _languages(lesson, published):
    if not lesson.live:
        return
    missing = [code for code, _name in settings.LANGUAGES if code not in published]
    if missing:
        label = _("not in: %(languages)s") % {"languages": ", ".join(missing)}
        yield Reason("untranslated", "warn", label)
    since = lesson.last_published_at
    behind = [code for code, at in published.items() if since and at and at + GRACE < since]
    if behind:
        label = _("older than the original: %(languages)s") % {"languages": ", ".join(behind)}
        yield Reason("behind", "warn", label)
