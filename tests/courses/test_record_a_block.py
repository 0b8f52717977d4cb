"""A volunteer reads a block of a lesson aloud; whoever speaks is asked first."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from courses.models import AudioClip, LessonPage
from courses.reports import missing_audio
from courses.rules.sound import NotSound, look_at
from courses.services import clips_of, is_stale, keep_recording, spoken_words, withdraw_consent
from courses.services.audio import audio_url
from tests.courses import sounds

FORMS = {
    "wav": (sounds.wav, "audio/wav"),
    "mp3": (sounds.mp3, "audio/mpeg"),
    "ogg": (sounds.ogg, "audio/ogg"),
    "m4a": (sounds.m4a, "audio/mp4"),
    "webm": (sounds.webm, "audio/webm"),
}


@pytest.fixture
def lesson(lesson_of_this_test):
    return lesson_of_this_test


@pytest.fixture
def record(lesson, instructor):
    """Keep a recording of the first screen; a test names what is different."""

    def keep(content=None, language="vi", block=None, **more):
        words = spoken_words(lesson, language)
        details = {"speaker": "Bùi Thị Mơ", "consented": True, "by": instructor, **more}
        return keep_recording(
            lesson, block or words[0].block, language, content or sounds.wav(), **details
        )

    return keep


@pytest.fixture
def desk(client, instructor, lesson):
    """The page on which the lesson is recorded."""
    client.force_login(instructor)

    class Desk:
        url = reverse("courses:audio_record", args=[lesson.pk])
        block = str(spoken_words(lesson, "vi")[0].block)

        def open(self, language="vi"):
            return client.get(self.url, {"language": language})

        def send(self, content=None, name="loi.wav", **more):
            data = {
                "language": "vi",
                "block": self.block,
                "speaker": "Bùi Thị Mơ",
                "consent": "on",
                "sound": SimpleUploadedFile(name, content or sounds.wav()),
                **more,
            }
            return client.post(self.url, {k: v for k, v in data.items() if v is not None})

    return Desk()


# What is sound


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seconds", [1, 2, 61])
def test_the_bytes_say_what_it_is_and_how_long(form, seconds):
    make, mime = FORMS[form]

    sound = look_at(make(seconds))

    assert sound.mime == mime
    assert sound.seconds == pytest.approx(seconds, abs=0.1)


def test_a_recorder_that_writes_in_pieces_is_measured_by_its_pieces():
    assert look_at(sounds.m4a(10, pieces=True)).seconds == pytest.approx(10, abs=0.1)


def test_a_declared_length_hides_nothing():
    assert look_at(sounds.webm(200, duration=1)).seconds == pytest.approx(200, abs=1)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"#!AMR\n" + b"\x3c" * 500,
        sounds.webm(kind=1),
        sounds.webm(codec=b"A_VORBIS"),
        sounds.webm(doc=b"matroska"),
        sounds.ogg(codec=b"\x01vorbis "),
        sounds.m4a(kind=b"vide"),
        sounds.m4a(codec=b"samr"),
        sounds.wav()[:30],
        sounds.webm()[:20],
        b"\xff\xf3\x28\xc0" + b"hello " * 900,
    ],
)
def test_what_is_no_speech_of_a_known_form_is_refused(content):
    with pytest.raises(NotSound):
        look_at(content)


@given(
    start=st.sampled_from([make(1)[:400] for make, _mime in FORMS.values()]),
    cut=st.integers(0, 400),
    rest=st.binary(max_size=300),
)
def test_broken_bytes_are_refused_or_read_and_never_an_error(start, cut, rest):
    try:
        sound = look_at(start[:cut] + rest)
    except NotSound:
        return
    assert sound.seconds > 0


@pytest.mark.parametrize(
    "content",
    [
        sounds.webm(more=[sounds._part("2ad7b1", b"\xff" * 300)]),
        sounds.webm(duration=2, more=[sounds._part("2ad7b1", b"\xff" * 300)]),
        sounds.webm(more=[sounds._part("e7", b"\xff" * 300)]),
    ],
)
def test_a_number_too_large_for_any_clock_is_refused(content):
    with pytest.raises(NotSound):
        look_at(content)


# The rule


def test_a_recording_speaks_the_words_that_stand_there(record, lesson):
    clip = record()

    words = spoken_words(lesson, "vi")[0]
    assert words.parts == ("Bấm số", "Bấm chậm từng số.", "Xem lại số.")
    assert (clip.words_digest, clip.language, clip.seconds) == (words.digest, "vi", 2)
    assert clip.file.name == f"audio/{clip.digest}.wav"


def test_a_question_is_spoken_with_its_answers_and_without_what_is_right(lesson):
    question = spoken_words(lesson, "vi")[3]

    assert set(question.parts) == {"Bấm thế nào?", "Nhanh", "Chậm"}


def test_local_figures_are_spoken_by_nobody(lesson):
    assert len(spoken_words(lesson, "vi")) == len(lesson.body) - 1 + len(lesson.questions)


def test_the_block_is_the_same_in_every_language(lesson):
    blocks = {
        language: [words.block for words in spoken_words(lesson, language)]
        for language in ("vi", "en", "mtq", "rad")
    }

    assert blocks["vi"] == blocks["en"] == blocks["mtq"] == blocks["rad"]
    assert spoken_words(lesson, "en")[0].parts[0] == "Dial"
    assert spoken_words(lesson, "mtq") == spoken_words(lesson, "vi")


def test_without_a_yes_no_voice_is_kept(record):
    with pytest.raises(ValidationError) as refusal:
        record(consented=False)

    assert refusal.value.code == "consent"
    assert not AudioClip.objects.exists()


def test_when_the_speaker_agreed_is_kept(record, instructor):
    agreed_at = timezone.now() - dt.timedelta(hours=1)

    clip = record(at=agreed_at)

    assert (clip.consented_at, clip.recorded_by) == (agreed_at, instructor)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"hello", "unsupported"),
        (sounds.mp3(181), "too_long"),
        (sounds.wav(10) + b"\0" * 2 * 1024 * 1024, "too_big"),
    ],
)
def test_what_cannot_be_played_is_refused_and_says_why(record, content, code):
    with pytest.raises(ValidationError) as refusal:
        record(content)

    assert refusal.value.code == code
    assert any(part in refusal.value.message for part in ("MP3", "3", "2"))


def test_a_block_that_is_gone_cannot_be_recorded(record):
    with pytest.raises(ValidationError) as refusal:
        record(block="11111111-1111-1111-1111-111111111111")

    assert refusal.value.code == "gone"


def test_a_new_recording_takes_the_place_of_the_former(record, lesson):
    former, latter = record(sounds.wav(2)), record(sounds.wav(3))

    former.refresh_from_db()
    assert former.replaced_at is not None
    assert clips_of(lesson, "vi") == {latter.block: latter}


def test_sending_twice_is_once(record):
    assert record() == record()
    assert AudioClip.objects.count() == 1


def test_changed_words_make_it_stale(record, lesson):
    clip = record()
    lesson.body[0].value["words"] = "Bấm thật chậm."
    lesson.save_revision().publish()
    words = spoken_words(LessonPage.objects.get(pk=lesson.pk), "vi")[0]

    assert is_stale(clip, words)


def test_another_picture_makes_nothing_stale(record, lesson):
    clip = record()
    lesson.body[0].value["picture"]["alt"] = "Hình khác"
    lesson.save_revision().publish()

    assert not is_stale(clip, spoken_words(LessonPage.objects.get(pk=lesson.pk), "vi")[0])


def test_who_takes_the_voice_back_is_heard_no_more(
    record, client, instructor, django_capture_on_commit_callbacks
):
    former, clip = record(sounds.wav(2)), record(sounds.wav(3))
    urls = [
        reverse("courses:audio", args=[digest, "wav"]) for digest in (former.digest, clip.digest)
    ]
    storage, names = clip.file.storage, [former.file.name, clip.file.name]
    assert [client.get(url).status_code for url in urls] == [200, 200]

    with django_capture_on_commit_callbacks(execute=True):
        withdraw_consent(clip, by=instructor)

    assert [client.get(url).status_code for url in urls] == [404, 404]
    assert [storage.exists(name) for name in names] == [False, False]
    assert AudioClip.objects.filter(withdrawn_at=None).count() == 0
    assert AudioClip.objects.count() == 2


def test_the_same_sound_elsewhere_is_still_heard(
    record, lesson, instructor, django_capture_on_commit_callbacks
):
    clip = record()
    other = record(block=spoken_words(lesson, "vi")[1].block)

    with django_capture_on_commit_callbacks(execute=True):
        withdraw_consent(clip, by=instructor)

    assert other.file.storage.exists(other.file.name)


# The address of a recording


def test_a_recording_is_for_everybody_and_for_good(client, record):
    clip = record()

    answer = client.get(reverse("courses:audio", args=[clip.digest, "wav"]))

    assert answer["Content-Type"] == "audio/wav"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert b"".join(answer.streaming_content) == sounds.wav()


@pytest.mark.parametrize(
    ("asked", "status", "start", "end"),
    [
        ("bytes=0-99", 206, 0, 100),
        ("bytes=100-", 206, 100, None),
        ("bytes=-50", 206, -50, None),
        ("bytes=10-99999999", 206, 10, None),
        ("bytes=0-9,20-29", 200, 0, None),
        ("nonsense", 200, 0, None),
    ],
)
def test_a_telephone_may_ask_for_a_part(client, record, asked, status, start, end):
    url = reverse("courses:audio", args=[record().digest, "wav"])

    answer = client.get(url, headers={"range": asked})

    content = b"".join(answer.streaming_content)
    assert answer.status_code == status
    assert content == sounds.wav()[start:end]
    assert int(answer["Content-Length"]) == len(content)


def test_what_lies_behind_the_end_is_refused(client, record):
    url = reverse("courses:audio", args=[record().digest, "wav"])

    answer = client.get(url, headers={"range": "bytes=99999999-"})

    assert answer.status_code == 416
    assert answer["Content-Range"].startswith("bytes */")


@pytest.mark.parametrize("way", ["", "/", "./", "images/../", "/./"])
def test_a_recording_has_no_second_door(client, settings, tmp_path, way):
    settings.MEDIA_ROOT = tmp_path
    for folder in ("audio", "images"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.wav").write_bytes(sounds.wav())

    assert client.get("/media/images/a.wav").status_code == 200
    assert client.get(f"/media/{way}audio/a.wav").status_code == 404


def test_a_number_too_long_to_be_read_asks_for_the_whole(client, record):
    answer = client.get(audio_url(record()), headers={"range": f"bytes={'9' * 5000}-"})

    assert answer.status_code == 200


# Who may


@pytest.mark.parametrize("who", ["instructor", "leader", "organiser", "author"])
def test_who_teaches_or_writes_may_record(client, request, lesson, who):
    client.force_login(request.getfixturevalue(who))

    assert client.get(reverse("courses:audio_record", args=[lesson.pk])).status_code == 200
    assert client.get(reverse("courses:audio_report")).status_code == 200


def test_a_draft_is_recorded_by_those_who_write(client, lesson, instructor, author):
    lesson.unpublish()
    url = reverse("courses:audio_record", args=[lesson.pk])

    answers = []
    for user in (instructor, author):
        client.force_login(user)
        answers.append(client.get(url).status_code)

    assert answers == [404, 200]


def test_who_recorded_or_writes_takes_it_back_and_only_who_recorded_sees_the_name(
    client, record, leader, instructor, author, desk
):
    clip = record()
    url = reverse("courses:audio_withdraw", args=[clip.uuid])

    answers = {}
    for user in (leader, instructor, author):
        client.force_login(user)
        answers[user.username] = (client.get(url).status_code, "Bùi Thị Mơ" in desk.open().text)

    assert answers == {"ha": (404, False), "minh": (200, True), "soan": (200, False)}


# The screen


def test_first_the_speaker_is_asked(desk, client):
    before = desk.open().text
    answer = client.post(desk.url, {"language": "vi", "speaker": "Bùi Thị Mơ"})
    assert answer.status_code == 422

    client.post(desk.url, {"language": "vi", "speaker": " Bùi  Thị Mơ", "consent": "on"})
    after = desk.open().text

    assert 'name="sound"' not in before
    assert 'name="speaker" value="Bùi Thị Mơ"' in after
    assert after.count('name="sound"') == len(spoken_words(LessonPage.objects.first(), "vi"))


def test_one_yes_counts_for_one_evening(desk, client, time_machine):
    client.post(desk.url, {"language": "vi", "speaker": "Bùi Thị Mơ", "consent": "on"})
    time_machine.move_to(timezone.now() + dt.timedelta(hours=5))

    assert 'name="sound"' not in desk.open().text


def test_a_file_is_kept_and_the_next_block_is_shown(desk, lesson):
    answer = desk.send()

    clip = AudioClip.objects.get()
    following = spoken_words(lesson, "vi")[1].block
    assert answer.url.endswith(f"?language=vi#b-{following}")
    assert clip.speaker == "Bùi Thị Mơ"
    assert reverse("courses:audio", args=[clip.digest, "wav"]) in desk.open().text


def test_the_name_of_a_file_says_nothing(desk):
    assert desk.send(sounds.webm(), name="x.exe").status_code == 302
    assert AudioClip.objects.get().mime == "audio/webm"


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"content": b"#!AMR\n" * 9}, "MP3, M4A (AAC), WAV, WebM (Opus), Ogg (Opus)"),
        ({"content": b"\0" * (2 * 1024 * 1024 + 1)}, "2 MB"),
        ({"consent": None}, "chưa đồng ý"),
        ({"sound": None}, "chọn tệp"),
    ],
)
def test_a_refusal_stands_beside_the_block_and_says_what_to_do(desk, client, more, says):
    client.post(desk.url, {"language": "vi", "speaker": "Bùi Thị Mơ", "consent": "on"})

    answer = desk.send(**more)

    assert answer.status_code == 422
    assert says in answer.text
    assert not AudioClip.objects.exists()


def test_only_this_page_may_listen(client, desk, lesson):
    here = desk.open()["Permissions-Policy"]
    elsewhere = [
        client.get(url)["Permissions-Policy"]
        for url in ("/", reverse("courses:audio_report"), lesson.get_url())
    ]

    assert "microphone=(self)" in here
    assert all("microphone=()" in policy for policy in elsewhere)


def test_taking_it_back_asks_once_more(client, record, instructor):
    client.force_login(instructor)
    url = reverse("courses:audio_withdraw", args=[record().uuid])

    assert "Bùi Thị Mơ" in client.get(url).text
    assert AudioClip.objects.current().exists()
    assert client.post(url).status_code == 302
    assert not AudioClip.objects.current().exists()


# What is missing


def test_the_report_counts_what_is_there_what_is_old_and_what_is_missing(record, lesson):
    record()
    record(block=spoken_words(lesson, "vi")[1].block)
    lesson.body[0].value["words"] = "Bấm thật chậm."
    lesson.save_revision().publish()

    counts = {
        language: [
            (s.heard, s.stale, s.missing) for c in missing_audio(language) for s in c.lessons
        ]
        for language in ("vi", "en", "mtq")
    }

    assert counts == {"vi": [(1, 1, 6)], "en": [(0, 0, 8)], "mtq": [(0, 0, 8)]}


def test_the_report_leads_to_the_page_on_which_it_can_be_mended(client, instructor, lesson):
    client.force_login(instructor)

    page = client.get(reverse("courses:audio_report"), {"language": "mtq"}).text

    assert f"{reverse('courses:audio_record', args=[lesson.pk])}?language=mtq" in page


# What it costs


@pytest.mark.parametrize("clips", [1, 3])
def test_the_report_costs_the_same_however_much_was_recorded(
    record, lesson, clips, django_assert_num_queries
):
    for words in spoken_words(lesson, "vi")[:clips]:
        record(block=words.block)

    with django_assert_num_queries(3):
        missing_audio("vi")
