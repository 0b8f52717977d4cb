"""Words of a lesson, spoken by somebody who agreed to be heard."""

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.models import AudioClip, LessonPage
from courses.models.audio import audio_path, written_language
from courses.rules.sound import SUPPORTED, NotSound, look_at
from courses.rules.speech import Spoken, block_id
from people.models import User

MOST_MEGABYTES = 2
MOST_BYTES = MOST_MEGABYTES * 1024 * 1024
MOST_SECONDS = 180


def spoken_words(lesson: LessonPage, language: str) -> list[Spoken]:
    """Return what is read aloud of ``lesson`` in ``language``, in the order of its screens.

    A language that is only spoken (Mường, Ê Đê) tells the Vietnamese words. A lesson that has not
    been translated has nothing to read in that language.
    """
    page = page_read_in(lesson, language)
    return page.spoken if page else []


def page_read_in(lesson: LessonPage, language: str) -> LessonPage | None:
    """Return the page whose words a speaker of ``language`` has before the eyes."""
    written = written_language(language)
    if lesson.locale.language_code == written:
        return lesson
    pages = LessonPage.objects.filter(
        translation_key=lesson.translation_key, locale__language_code=written
    )
    return pages.select_related("locale").first()


def clips_of(lesson: LessonPage, language: str) -> dict[uuid.UUID, AudioClip]:
    """Return the current recordings of ``lesson`` in ``language``, stale ones too, by block."""
    clips = AudioClip.objects.current().filter(
        lesson__translation_key=lesson.translation_key, language=language
    )
    return {clip.block: clip for clip in clips}


def is_stale(clip: AudioClip, spoken: Spoken) -> bool:
    """Tell whether ``clip`` says other words than those which stand there now."""
    return clip.words_digest != spoken.digest


@dataclass(frozen=True)
class Voice:
    """One recording that can be heard beside the words it speaks."""

    language: str
    label: str
    url: str
    seconds: int

    @property
    def plain(self) -> dict:
        """As `listen.js` wants it."""
        return {"language": self.language, "url": self.url, "seconds": self.seconds}


def voices(spoken: Iterable[Spoken], preferred: str = "") -> dict[uuid.UUID, list[Voice]]:
    """Return who can be heard on each block, ``preferred`` first. One query for all of them.

    Asked by the words: a recording of other words is none, for it would say one thing while the
    screen says another; and the same words in a copy of the lesson need no second recording.
    """
    wanted = {words.block: words.digest for words in spoken if words.parts}
    if not wanted:
        return {}
    clips = AudioClip.objects.current().filter(
        block__in=wanted, words_digest__in=set(wanted.values())
    )
    languages = dict(settings.SPOKEN_LANGUAGES)
    order = [preferred, *languages]
    heard: dict[uuid.UUID, list[Voice]] = {}
    for clip in sorted(clips, key=lambda clip: (order.index(clip.language), -clip.pk)):
        there = heard.setdefault(clip.block, [])
        if clip.words_digest != wanted[clip.block]:
            continue
        if clip.language not in [voice.language for voice in there]:
            label = str(languages[clip.language])
            there.append(Voice(clip.language, label, audio_url(clip), clip.seconds))
    return {block: there for block, there in heard.items() if there}


def audio_url(clip: AudioClip) -> str:
    """Return where a recording is heard; never anything else is heard there."""
    return reverse("courses:audio", args=[clip.digest, str(clip.file.name).rpartition(".")[2]])


def keep_recording(
    lesson: LessonPage,
    block: uuid.UUID | str,
    language: str,
    content: bytes,
    *,
    speaker: str,
    consented: bool,
    by: User,
    at: datetime | None = None,
) -> AudioClip:
    """Keep ``content`` as what is heard on ``block`` in ``language``; a former one makes way.

    ``at`` is when the speaker agreed. Sending the same recording twice keeps it once.
    """
    speaker = " ".join(speaker.split())
    if not consented:
        raise ValidationError(
            _("Nobody's voice is kept without a yes. Ask the speaker first."), code="consent"
        )
    if not speaker:
        raise ValidationError(_("Say who speaks."), code="speaker")
    seconds, mime, ending = _examine(content)
    source = lesson.source()
    block = block_id(block)
    words = {spoken.block: spoken for spoken in spoken_words(source, language)}.get(block)
    if words is None:
        raise ValidationError(
            _("This part of the lesson is no longer there. Open the page again."), code="gone"
        )
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        # Two who read the same words at once take turns; the later one is heard.
        LessonPage.objects.select_for_update(of=("self",)).only("pk").get(pk=source.pk)
        current = AudioClip.objects.current().filter(lesson=source, block=block, language=language)
        former = current.first()
        if former and former.digest == digest and former.words_digest == words.digest:
            return former
        current.update(replaced_at=timezone.now())
        clip = AudioClip(
            lesson=source,
            block=block,
            language=language,
            mime=mime,
            digest=digest,
            size=len(content),
            seconds=max(round(seconds), 1),
            words_digest=words.digest,
            speaker=speaker,
            consented_at=at or timezone.now(),
            recorded_by=by,
        )
        clip.clean_fields(exclude=["file", "lesson", "recorded_by"])
        _store(clip, content, ending)
        clip.save()
    return clip


@transaction.atomic
def withdraw_consent(clip: AudioClip, *, by: User) -> AudioClip:
    """Let ``clip`` be heard no more, because its speaker no longer agrees; the row stays.

    What the same person had recorded before for the same words goes as well.
    """
    clip = AudioClip.objects.select_for_update(of=("self",)).get(pk=clip.pk)
    taken_back = AudioClip.objects.filter(
        lesson=clip.lesson_id,
        block=clip.block,
        language=clip.language,
        speaker=clip.speaker,
        withdrawn_at=None,
    )
    names = set()
    for former in taken_back:
        # One by one: pages kept for strangers hear of each that is saved.
        names.add(former.file.name)
        former.file, former.withdrawn_at = "", timezone.now()
        former.save(update_fields=["file", "withdrawn_at"])
    storage = AudioClip._meta.get_field("file").storage
    for name in names - {""}:
        # The same sound may be heard elsewhere, with another speaker's consent.
        if not AudioClip.objects.filter(file=name).exists():
            transaction.on_commit(partial(storage.delete, str(name)))
    clip.refresh_from_db()
    return clip


def _examine(content: bytes) -> tuple[float, str, str]:
    if len(content) > MOST_BYTES:
        raise ValidationError(
            _("This file is too large: a recording may have %(limit)d MB.")
            % {"limit": MOST_MEGABYTES},
            code="too_big",
        )
    try:
        sound = look_at(content)
    except NotSound:
        raise ValidationError(
            _("This is no sound that telephones can play. These are: %(forms)s.")
            % {"forms": SUPPORTED},
            code="unsupported",
        ) from None
    if sound.seconds > MOST_SECONDS:
        raise ValidationError(
            _("This recording is too long: it may take %(minutes)d minutes.")
            % {"minutes": MOST_SECONDS // 60},
            code="too_long",
        )
    return sound.seconds, sound.mime, sound.ending


def _store(clip: AudioClip, content: bytes, ending: str) -> None:
    """Put the bytes where their digest says, once however many clips share them."""
    name = audio_path(clip, f"clip.{ending}")
    storage = AudioClip._meta.get_field("file").storage
    if storage.exists(name):
        clip.file.name = name
    else:
        clip.file.save(name, ContentFile(content), save=False)
