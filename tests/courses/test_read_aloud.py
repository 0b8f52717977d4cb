"""A learner hears what somebody has read aloud; what is heard is what stands there."""

import json
import re

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from courses.models import LessonPage
from courses.rules import offered
from courses.rules.speech import spoken_question, spoken_screen
from courses.services import keep_recording, spoken_words, voices
from tests.courses import sounds
from tests.factories import ResidentFactory

LESSON = "/vi/goi-dien/bam-so/"


@pytest.fixture
def record(lesson, instructor):
    """Record a block of the lesson, told by its number among those that are read aloud."""

    def keep(number=0, language="vi", seconds=2):
        block = spoken_words(lesson, language)[number].block
        return keep_recording(
            lesson,
            block,
            language,
            sounds.wav(seconds),
            speaker="Bùi Thị Mơ",
            consented=True,
            by=instructor,
        )

    return keep


def address(clip):
    return reverse("courses:audio", args=[clip.digest, "wav"])


# What is spoken


def test_a_checklist_is_spoken_item_by_item():
    stored = {
        "type": "checklist",
        "id": "a",
        "value": {"heading": "Chuẩn bị", "items": [{"value": "Kính", "id": "1"}, "Sổ tay"]},
    }

    assert spoken_screen(stored)[0].parts == ("Chuẩn bị", "Kính", "Sổ tay")


def test_each_step_of_a_practice_is_spoken_by_itself_and_no_hint_is():
    steps = [
        {"type": "item", "id": name, "value": {"words": f"Bấm {name}.", "hint": "Ở dưới."}}
        for name in ("một", "hai")
    ]
    stored = {"type": "practice", "id": "a", "value": {"heading": "Gọi cho con", "screens": steps}}

    spoken = spoken_screen(stored)

    assert [words.parts for words in spoken] == [("Gọi cho con",), ("Bấm một.",), ("Bấm hai.",)]
    assert len({words.block for words in spoken}) == 3


def test_answers_are_spoken_in_the_order_in_which_they_are_shown(lesson):
    for question in lesson.plain_questions:
        shown = [option["text"] for option in offered(question)]

        assert list(spoken_question(question).parts) == [question["text"], *shown]


def test_a_question_kept_with_an_attempt_is_spoken_as_on_the_page(lesson):
    kept = json.loads(json.dumps(list(lesson.plain_questions)))

    stored = spoken_words(lesson, "vi")[-len(kept) :]

    assert [spoken_question(question).digest for question in kept] == [s.digest for s in stored]


def test_spaces_and_ways_to_write_an_accent_are_no_other_words():
    one = spoken_screen({"type": "tip", "id": "a", "value": {"heading": "Ế", "words": "à  b"}})
    two = spoken_screen({"type": "tip", "id": "a", "value": {"heading": "Ế", "words": "à b\n"}})

    assert one[0].digest == two[0].digest


# The screen


def test_a_screen_names_the_recording_of_its_words(client, record):
    clip = record()

    first, second = client.get(f"{LESSON}?step=1").text, client.get(f"{LESSON}?step=2").text

    assert f'data-audio="{address(clip)}" data-seconds="2"' in first
    assert "data-audio" not in second


def test_a_question_names_its_own(client, record, lesson):
    clip = record(number=3)

    page = client.get(f"{LESSON}?step={len(lesson.body) + 1}").text

    assert f'<fieldset class="question" data-audio="{address(clip)}"' in page


def test_rows_that_were_moved_know_where_they_are_heard(client, record, lesson):
    record(number=7)
    question = list(lesson.plain_questions)[4]
    rows = [row["id"] for row in offered(question)]
    step = len(lesson.body) + 5

    page = client.get(LESSON, {"step": step, "order": rows, "move": f"{rows[1]}:up"}).text

    assert re.findall(r'data-spoken="(\d)"', page) == ["2", "1", "3"]


def test_changed_words_are_not_contradicted_by_an_old_voice(client, record, lesson):
    record()
    lesson.body[0].value["words"] = "Bấm thật chậm."
    lesson.save_revision().publish()

    assert "data-audio" not in client.get(f"{LESSON}?step=1").text


def test_english_pages_are_heard_in_english_only(client, record, lesson):
    record()
    clip = record(language="en", seconds=3)
    page = client.get("/en/goi-dien/bam-so/?step=1").text

    assert f'data-audio="{address(clip)}"' in page
    assert "data-voices" not in page


def test_where_two_languages_can_be_heard_one_may_choose(client, record):
    record()
    record(language="mtq", seconds=3)

    page = client.get(f"{LESSON}?step=1").text

    assert re.findall(r'data-voice="(\w+)"', page) == ["vi", "mtq"]
    assert "Tiếng Mường" in page


def test_a_learner_hears_the_own_language_first(client, record, village, lesson):
    record()
    clip = record(language="mtq", seconds=3)
    learner = ResidentFactory(village=village, learning_language="mtq")

    spoken = spoken_screen(lesson.body[0].get_prep_value())
    heard = voices(spoken, learner.learning_language)[clip.block]

    assert [voice.language for voice in heard] == ["mtq", "vi"]


def test_nothing_begins_to_speak_by_itself(client, record, lesson):
    record()
    pages = [client.get(f"{LESSON}?step={step}").text for step in range(1, 6)]

    assert not any("autoplay" in page for page in pages)


def test_a_film_shows_its_captions_and_can_be_read():
    class File:
        def __init__(self, url):
            self.file = type("F", (), {"url": url})()
            self.file_extension = url.rpartition(".")[2]

    value = {
        "video": File("/media/documents/phim.webm"),
        "captions": File("/media/documents/phim.vtt"),
        "transcript": "Bác cúp máy ngay.",
    }
    with translation.override("vi"):
        page = render_to_string("courses/screens/video.html", {"screen": {"value": value}})

    assert re.search(r'<track kind="captions" src="[^"]+\.vtt" srclang="vi"[^>]* default>', page)
    assert 'controls preload="none"' in page
    assert "Bác cúp máy ngay." in page


# What it costs


@pytest.mark.parametrize("languages", [[], ["vi"], ["vi", "mtq", "rad"]])
def test_it_costs_one_query_however_many_voices_there_are(
    record, lesson, languages, django_assert_num_queries
):
    for language in languages:
        record(language=language)
    page = LessonPage.objects.select_related("locale").get(pk=lesson.pk)
    spoken = spoken_screen(page.body[0].get_prep_value())

    with django_assert_num_queries(1):
        found = voices(spoken, "vi")

    assert [v.language for there in found.values() for v in there] == languages
