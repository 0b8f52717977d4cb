"""Words spoken by people of the region, to be heard beside the words on the screen."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def spoken_languages():
    """The languages in which a lesson may be heard: more than those in which it is written."""
    return settings.SPOKEN_LANGUAGES


def written_language(language: str) -> str:
    """Return the language of the words that a speaker of ``language`` has before the eyes."""
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def audio_path(clip: "AudioClip", name: str) -> str:
    """Name the file after what is in it: a phone keeps it for good."""
    return f"audio/{clip.digest}.{name.rpartition('.')[2]}"


class AudioClipQuerySet(models.QuerySet):
    def current(self):
        """Keep what is played now: not replaced, and still agreed to by who speaks."""
        return self.filter(replaced_at=None, withdrawn_at=None)


class AudioClip(models.Model):
    """One block of a lesson, read aloud by somebody who agreed to it.

    A clip belongs to the lesson as it was first written. It speaks the words of the page in its
    own language, and where that language is only spoken here (Mường, Ê Đê), those of the original.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lesson = models.ForeignKey("courses.LessonPage", models.CASCADE, related_name="audio_clips")
    # The id of the screen or question; the same in every language.
    block = models.UUIDField(_("block"))
    language = models.CharField(_("language"), max_length=8, choices=spoken_languages)
    file = models.FileField(_("recording"), upload_to=audio_path, max_length=160)
    mime = models.CharField(_("kind of file"), max_length=40)
    digest = models.CharField(_("digest of the file"), max_length=64, editable=False)
    size = models.PositiveIntegerField(_("bytes"), default=0)
    seconds = models.PositiveSmallIntegerField(_("seconds"), default=0)
    # Of the words that were on the screen when it was recorded: other words make it stale.
    words_digest = models.CharField(max_length=64, editable=False)
    speaker = models.CharField(_("who speaks"), max_length=120)
    # Nobody's voice is kept without a yes; when, and in whose presence.
    consented_at = models.DateTimeField(_("agreed at"), default=timezone.now)
    recorded_by = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now)
    replaced_at = models.DateTimeField(_("replaced at"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("consent withdrawn at"), null=True, blank=True)

    objects = AudioClipQuerySet.as_manager()

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        indexes = [
            models.Index(fields=["lesson", "language"], name="clip_of_lesson"),
            # What a learner's screen asks: who has read these words of this block?
            models.Index(fields=["block", "words_digest"], name="clip_of_words"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["lesson", "block", "language"],
                condition=models.Q(replaced_at=None, withdrawn_at=None),
                name="clip_one_current_per_block",
            ),
        ]

    def __str__(self):
        return f"{self.lesson_id}: {self.language}"
