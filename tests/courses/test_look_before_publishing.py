"""Authors see a draft as a learner's phone shows it, and what a reader may stumble over."""

import json
from copy import deepcopy

import pytest
from django.urls import reverse
from wagtail.admin.userbar import ContentCheckerItem
from wagtail.blocks import StreamValue

from courses.models import LessonPage
from courses.services import advise, in_words
from courses.views.checker import KINDS, LessonCheckerItem
from tests.courses.editor import finished


def with_body(lesson, change):
    raw = deepcopy(list(lesson.body.raw_data))
    change(raw)
    lesson.body = StreamValue(LessonPage._meta.get_field("body").stream_block, raw, is_lazy=True)
    return lesson


def kinds(lesson):
    return {complaint.kind for _where, complaint in advise(lesson)}


def preview(client, lesson, mode=""):
    """Send the form as the editor does, and look at what the panel shows."""
    url = reverse("wagtailadmin_pages:preview_on_edit", args=[lesson.pk])
    client.post(f"{url}?mode={mode}", finished(lesson, title="Tên đang gõ"))
    return client.get(f"{url}?mode={mode}&in_preview_panel=true")


# The rule


def test_a_lesson_in_order_lacks_only_its_voice(lesson):
    assert kinds(lesson) == {"no_audio"}


def narrow_zone(raw):
    zone = {
        "label": "Gọi",
        "left": 0,
        "top": 0,
        "width": 16,
        "height": 16,
        "to": "xong",
        "says": "",
    }
    picture = {**raw[0]["value"]["picture"]}
    screens = [
        {"name": "dau", "outcome": "", "picture": picture, "words": "Gọi.", "zones": [zone]},
        {"name": "xong", "outcome": "done", "picture": picture, "words": "Xong.", "zones": []},
    ]
    value = {"heading": "Tập gọi", "screens": [{"hint": "", **screen} for screen in screens]}
    raw.append({"type": "practice", "id": raw[0]["id"][::-1], "value": value})


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda raw: raw[0]["value"].update(words="Click vào đây."), "banned"),
        (lambda raw: raw[0]["value"].update(words="một " * 13 + "."), "long"),
        (lambda raw: raw[0]["value"]["picture"].update(alt=" "), "no_words"),
        (narrow_zone, "narrow"),
    ],
)
def test_what_a_reader_may_stumble_over_is_named(lesson, change, kind):
    found = advise(with_body(lesson, change))

    assert kind in {complaint.kind for _where, complaint in found}
    for where, complaint in found:
        assert where
        assert in_words(complaint)


def test_too_few_questions_and_too_much_weight_concern_the_whole(lesson):
    stream = LessonPage._meta.get_field("questions").stream_block
    lesson.questions = StreamValue(stream, list(lesson.questions.raw_data)[:2], is_lazy=True)
    lesson.weight_kb = 301

    assert {"few_questions", "heavy"} <= kinds(lesson)


def test_every_kind_of_advice_has_its_words_in_the_checker():
    assert {f"our-{kind}" for kind in KINDS} <= set(LessonCheckerItem.axe_messages)
    assert set(ContentCheckerItem.axe_run_only) < set(LessonCheckerItem.axe_run_only)


# The screen


def test_the_preview_shows_what_is_being_typed(client, lesson, author):
    client.force_login(author)

    page = preview(client, lesson)

    assert page.status_code == 200
    assert "Tên đang gõ" in page.text
    assert 'data-advice="no_audio"' in page.text
    assert "wagtail-userbar" in page.text


def test_the_other_language_is_shown_as_it_was_last_saved(client, lesson, author):
    english = lesson.get_translations().get()
    english.title = "Dialling, a draft"
    english.save_revision()
    client.force_login(author)

    page = preview(client, lesson, "en").text

    assert "Dialling, a draft" in page
    assert '<html lang="en"' in page


def test_without_a_translation_the_preview_says_so(client, lesson, author):
    lesson.get_translations().get().delete()
    client.force_login(author)

    assert "not been translated" in preview(client, lesson, "en").text


def test_step_by_step_every_screen_is_a_phone_high(client, lesson, author):
    client.force_login(author)

    page = preview(client, lesson, "steps").text

    assert 'id="step-1"' in page
    assert 'href="#question-1"' in page


def test_the_panel_opens_at_the_size_of_a_phone(lesson):
    sizes = {size["name"]: size["device_width"] for size in lesson.preview_sizes}

    assert sizes[lesson.default_preview_size] == 360


def test_the_editor_lists_our_advice_among_its_checks(client, lesson, author):
    client.force_login(author)

    page = client.get(reverse("wagtailadmin_pages:edit", args=[lesson.pk])).text

    assert "our-long" in page
    assert json.dumps("Câu dài") in page
