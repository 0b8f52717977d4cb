"""What a reader of eighty may stumble over. Advice, never a refusal: what stops a lesson is
`check`."""

from collections.abc import Iterator
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.blocks.questions import MIN_QUESTIONS
from courses.models import LessonPage
from courses.rules import Complaint, complaints_about
from courses.rules.practice import size
from courses.services.audio import clips_of, is_stale

# What a finger that trembles meets; below 48 px a practice is refused.
WIDE_ENOUGH = 56
BUDGET_KB = 300


def advise(lesson: LessonPage) -> list[tuple[str, Complaint]]:
    """Return (where, complaint) for all of ``lesson``, in its order; one query for its sound."""
    language = lesson.locale.language_code
    found = []
    for where, block, text in _texts(lesson):
        found += [
            (where, replace(complaint, block=block))
            for complaint in complaints_about(text or "", language)
        ]
    found += _pictures(lesson)
    found += _zones(lesson)
    found += _sound(lesson, language)
    found += _whole(lesson)
    return found


def in_words(complaint: Complaint) -> str:
    """Say a complaint in the reader's language, without where it is."""
    params = {"count": complaint.words, "text": complaint.text, "better": complaint.better}
    match complaint.kind:
        case "long":
            text = _("a sentence of %(count)d words: %(text)s")
        case "banned":
            text = _("write “%(better)s” instead of “%(text)s”")
        case "no_words":
            text = _("say in words what the picture shows")
        case "narrow":
            text = _("“%(text)s” is hard to hit: make it at least %(count)d px wide and high")
        case "stale_audio":
            text = _("the recording says other words now; record it again")
        case "no_audio":
            text = ngettext(
                "%(count)d part cannot be heard yet",
                "%(count)d parts cannot be heard yet",
                complaint.words,
            )
        case "heavy":
            text = _("the lesson weighs %(count)d KB; smaller pictures make it open faster")
        case _:
            text = _("ask at least three questions")
    return text % params


def _texts(lesson) -> Iterator[tuple[str, str, str]]:
    yield lesson.title, "", lesson.summary
    for screen in lesson.screens:
        for text in [*_strings(screen.value), *_practised(screen)]:
            yield screen.heading, screen.id, text
    for question in lesson.plain_questions:
        here = question["text"], question["id"]
        yield *here, question["text"]
        yield *here, question["explanation"]
        yield *here, question.get("feedback", "")
        for option in question["options"]:
            yield *here, option["text"]
            yield *here, option.get("match", "")
            yield *here, option["feedback"]


def _strings(value) -> Iterator[str]:
    for name, part in value.items():
        if isinstance(part, str):
            yield part
        elif name == "items":
            yield from part


def _practised(screen) -> Iterator[str]:
    """Everything that is said in a practice; the names of the screens are nobody's to read."""
    if screen.kind != "practice":
        return
    for part in screen.value["screens"]:
        yield from (part["words"], part["hint"])
        for zone in part["zones"]:
            yield from (zone["label"], zone["says"])


def _pictures(lesson):
    for screen in lesson.screens:
        for picture in screen.pictures:
            if picture.get("url") and not (picture.get("alt") or "").strip():
                yield screen.heading, Complaint("no_words", "", block=screen.id)
    for question in lesson.plain_questions:
        for option in question["options"]:
            if option.get("picture") and not (option.get("alt") or "").strip():
                yield question["text"], Complaint("no_words", "", block=question["id"])


def _zones(lesson):
    for screen in lesson.screens:
        if screen.kind != "practice":
            continue
        for part in screen.value.plain_screens:
            for zone in part["zones"]:
                if min(size(part, zone)) < WIDE_ENOUGH:
                    complaint = Complaint("narrow", zone["label"], words=WIDE_ENOUGH)
                    yield screen.heading, replace(complaint, block=screen.id)


def _sound(lesson, language):
    clips = clips_of(lesson, language)
    headings = {screen.id: screen.heading for screen in lesson.screens}
    silent = 0
    for spoken in lesson.spoken:
        clip = clips.get(spoken.block)
        if clip is None:
            silent += 1
        elif is_stale(clip, spoken):
            block = str(spoken.block)
            yield headings.get(block, lesson.title), Complaint("stale_audio", "", block=block)
    if silent:
        yield lesson.title, Complaint("no_audio", "", words=silent)


def _whole(lesson):
    if lesson.weight_kb > BUDGET_KB:
        yield lesson.title, Complaint("heavy", "", words=lesson.weight_kb)
    if len(lesson.questions) < MIN_QUESTIONS:
        yield lesson.title, Complaint("few_questions", "")
