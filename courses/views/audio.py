"""Recordings: heard by everybody, made by volunteers who have no desk to write at."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin.widgets.button import Button

from courses.forms import RecordingForm, SpeakerForm
from courses.models import AudioClip, LessonPage
from courses.models.audio import written_language
from courses.reports import missing_audio
from courses.rules.speech import Spoken, block_id
from courses.services import clips_of, is_stale, keep_recording, spoken_words, withdraw_consent
from courses.services.audio import MOST_BYTES, MOST_MEGABYTES, MOST_SECONDS, audio_url
from courses.views.own import demand
from courses.views.ranges import part_of

PERMISSION = "courses.record_audio"
# Only sound may come out of it, and as sound it can do nothing.
SOUND_POLICY = "default-src 'none'; media-src 'self'; sandbox"
MICROPHONE = "microphone=(self), camera=(), geolocation=()"
A_YEAR = 365 * 24 * 60 * 60
# For so long one yes counts: an evening at the table with the speaker.
ONE_SITTING = dt.timedelta(hours=4)


@login_not_required
@require_safe
def audio(request, digest, ending):
    """Send a recording, whole or in part; its address never sends another, so it may be kept."""
    clips = AudioClip.objects.filter(digest=digest, withdrawn_at=None, file__endswith=f".{ending}")
    clip = clips.exclude(file="").first()
    if clip is None:
        raise Http404
    try:
        file = clip.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = part_of(request, FileResponse(file, content_type=clip.mime), clip.size)
    response["Content-Security-Policy"] = SOUND_POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    return response


@require_safe
def audio_report(request):
    """List what nobody has read aloud yet."""
    demand(request.user, PERMISSION)
    language = _language(request.GET)
    courses = missing_audio(language)
    wanted = request.GET.get("show", "")
    if wanted != "all":
        for course in courses:
            course.lessons = [lesson for lesson in course.lessons if not lesson.is_whole]
    context = {
        "courses": [course for course in courses if course.lessons],
        "language": language,
        "languages": settings.SPOKEN_LANGUAGES,
        "shows_all": wanted == "all",
        "crumbs": [(_("Home"), reverse("home")), (_("Missing recordings"), "")],
    }
    return render(request, "courses/audio_report.html", context)


@dataclass(frozen=True)
class Row:
    """One block on the screen of whoever records."""

    number: int
    spoken: Spoken
    clip: AudioClip | None
    # none, stale or there
    state: str
    is_mine: bool
    error: str = ""

    @property
    def url(self) -> str:
        return audio_url(self.clip) if self.clip else ""


@require_http_methods(["GET", "POST"])
def audio_record(request, lesson_id):
    """Read a lesson aloud, block by block: into the telephone, or from a file."""
    demand(request.user, PERMISSION)
    lesson = _lesson(request.user, lesson_id)
    language = _language(request.POST if request.method == "POST" else request.GET)
    here = f"{reverse('courses:audio_record', args=[lesson_id])}?language={language}"
    speaker = _speaker(request)
    form, errors = SpeakerForm(initial={"speaker": speaker.get("name", "")}), {}
    if request.method == "POST" and "block" in request.POST:
        answer = _keep(request, lesson, language, speaker)
        if isinstance(answer, AudioClip):
            messages.success(request, _("Saved. Thank you!"))
            return redirect(f"{here}#b-{_following(lesson, language, answer)}")
        errors = {block_id(request.POST["block"]): answer}
    elif request.method == "POST":
        if "leave" in request.POST:
            request.session.pop("speaker", None)
            return redirect(here)
        form = SpeakerForm(request.POST)
        if form.is_valid():
            request.session["speaker"] = {
                "name": " ".join(form.cleaned_data["speaker"].split()),
                "at": timezone.now().isoformat(),
            }
            return redirect(here)
    rows = _rows(request.user, lesson, language, errors)
    context = {
        "lesson": lesson,
        "language": language,
        "languages": settings.SPOKEN_LANGUAGES,
        "language_name": dict(settings.SPOKEN_LANGUAGES)[language],
        "text_language": written_language(language),
        "rows": rows,
        "heard": sum(row.state == "there" for row in rows),
        "speaker": speaker,
        "form": form,
        "most_seconds": MOST_SECONDS,
        "most_megabytes": MOST_MEGABYTES,
        "crumbs": [
            (_("Home"), reverse("home")),
            (
                _("Missing recordings"),
                f"{reverse('courses:audio_report')}?language={language}",
            ),
            (lesson.title, ""),
        ],
    }
    response = render(
        request, "courses/audio_record.html", context, status=422 if errors or form.errors else 200
    )
    # Here, and nowhere else, a page of ours may listen.
    response["Permissions-Policy"] = MICROPHONE
    return response


@require_http_methods(["GET", "POST"])
def audio_withdraw(request, uuid):
    """A speaker no longer agrees: the recording is heard no more.

    Any author may see to that; the speaker's name is shown only to whoever recorded it.
    """
    demand(request.user, PERMISSION)
    clips = AudioClip.objects.current().select_related("lesson__locale")
    if not request.user.has_perm("courses.write"):
        clips = clips.filter(recorded_by=request.user)
    clip = get_object_or_404(clips, uuid=uuid)
    back = f"{reverse('courses:audio_record', args=[clip.lesson_id])}?language={clip.language}"
    if request.method == "POST":
        withdraw_consent(clip, by=request.user)
        messages.success(request, _("The recording is deleted and is heard no more."))
        return redirect(back)
    context = {
        "clip": clip,
        "language_name": dict(settings.SPOKEN_LANGUAGES)[clip.language],
        "back": back,
        "crumbs": [(_("Home"), reverse("home")), (clip.lesson.title, back), (_("Withdraw"), "")],
    }
    return render(request, "courses/audio_withdraw.html", context)


def recording_button(page, user, view_name, next_url=None):
    """Lead an author from a lesson to the page on which it is read aloud."""
    if isinstance(page, LessonPage) and user.has_perm(PERMISSION):
        address = reverse("courses:audio_record", args=[page.pk])
        yield Button(_("Read this lesson aloud"), address, icon_name="media", priority=70)


def _lesson(user, pk) -> LessonPage:
    """Return a published lesson; who writes may also read drafts aloud."""
    lessons = LessonPage.objects.select_related("locale")
    if not user.has_perm("courses.write"):
        lessons = lessons.live()
    return get_object_or_404(lessons, pk=pk)


def _language(data) -> str:
    language = data.get("language", "")
    return language if language in dict(settings.SPOKEN_LANGUAGES) else settings.LANGUAGE_CODE


def _speaker(request) -> dict:
    """Return who sits at the table and has said yes, and when; empty when that was long ago."""
    speaker = request.session.get("speaker") or {}
    try:
        is_here = timezone.now() - dt.datetime.fromisoformat(speaker["at"]) < ONE_SITTING
    except (KeyError, TypeError, ValueError):
        is_here = False
    return speaker if is_here else {}


def _keep(request, lesson, language, speaker) -> AudioClip | str:
    """Keep what was sent; return the recording, or why not."""
    form = RecordingForm(request.POST, request.FILES)
    if "sound" not in request.FILES:
        return _("Record these words, or choose a file with them.")
    if not form.is_valid():
        return _("Say who speaks, and that the speaker agrees.")
    said = form.cleaned_data
    known = speaker.get("name") == said["speaker"]
    try:
        return keep_recording(
            lesson,
            said["block"],
            language,
            # Never more of it than what shows that it is too much.
            said["sound"].read(MOST_BYTES + 1),
            speaker=said["speaker"],
            consented=said["consent"],
            by=request.user,
            at=dt.datetime.fromisoformat(speaker["at"]) if known else None,
        )
    except ValidationError as refusal:
        return " ".join(refusal.messages)


def _rows(user, lesson, language, errors) -> list[Row]:
    clips = clips_of(lesson, language)
    rows = []
    for number, spoken in enumerate(spoken_words(lesson, language), start=1):
        clip = clips.get(spoken.block)
        state = "none" if clip is None else "stale" if is_stale(clip, spoken) else "there"
        is_mine = clip is not None and (
            clip.recorded_by_id == user.pk or user.has_perm("courses.write")
        )
        rows.append(Row(number, spoken, clip, state, is_mine, errors.get(spoken.block, "")))
    return rows


def _following(lesson, language, clip):
    """Return the block to go on with: the next one that nobody has read."""
    words, clips = spoken_words(lesson, language), clips_of(lesson, language)
    after = [spoken.block for spoken in words].index(clip.block) + 1
    for spoken in words[after:]:
        known = clips.get(spoken.block)
        if known is None or is_stale(known, spoken):
            return spoken.block
    return clip.block
