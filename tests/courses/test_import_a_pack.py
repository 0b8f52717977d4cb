"""A content pack becomes pages, in Vietnamese and English, and never overwrites an author."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from courses.imports import (
    DrawingRefused,
    PackRefused,
    clean_drawing,
    import_pack,
    import_skills,
)
from courses.management.commands.import_courses import SHIPPED
from courses.models import CoursePage, Drawing, LessonPage, LocalFigure, PackPage, Skill
from courses.services import check, lessons_of, published_courses, questions_of

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 30">{}</svg>'


def english(lesson):
    return LessonPage.objects.get(
        translation_key=lesson.translation_key, locale__language_code="en"
    )


# The rule


def test_a_pack_is_published_in_both_languages(lesson):
    other = english(lesson)

    assert (lesson.live, other.live) == (True, True)
    assert (lesson.title, other.title) == ("Bấm số đường dài", "Dialling")
    assert other.body[0].value["words"] == "Dial slowly.\n\nLook again."
    assert other.body[0].value["picture"]["alt"] == "A finger dials"
    assert list(other.body[2].value["items"]) == ["Glasses", "Notebook"]
    assert other.questions[4].value["options"][2]["text"] == "Speak"
    assert other.course.title == "Making a call"


def test_blocks_and_options_keep_their_ids_in_every_language(lesson):
    vietnamese, translated = questions_of(lesson), questions_of(english(lesson))

    for here, there in zip(vietnamese, translated, strict=True):
        assert here["id"] == there["id"]
        assert [o["id"] for o in here["options"]] == [o["id"] for o in there["options"]]
        assert here["text"] != there["text"]


def test_what_is_learnt_in_english_is_learnt(lesson):
    assert english(lesson).source() == lesson
    assert lesson.source() == lesson


def test_importing_twice_changes_nothing(lesson, pack):
    before = list(LessonPage.objects.values_list("pk", "latest_revision_id"))
    outcome = import_pack(pack.path)

    assert (outcome.created, outcome.updated, outcome.kept) == ([], [], [])
    assert len(outcome.unchanged) == 4
    assert list(LessonPage.objects.values_list("pk", "latest_revision_id")) == before


def test_a_changed_lesson_is_brought_up_to_date_in_both_languages(lesson, pack):
    pack.lesson["body"][0]["words"] = {"vi": "Bấm thật chậm.", "en": "Dial very slowly."}
    pack.write()

    outcome = import_pack(pack.path)

    assert outcome.updated == ["goi-dien/bam-so (vi)", "goi-dien/bam-so (en)"]
    lesson = LessonPage.objects.get(pk=lesson.pk)
    assert lesson.body[0].value["words"] == "Bấm thật chậm."
    assert english(lesson).body[0].value["words"] == "Dial very slowly."


def test_an_authors_work_is_kept_and_reported(lesson, pack):
    lesson.minutes = 25
    lesson.save_revision().publish()
    pack.lesson["minutes"] = 7
    pack.write()

    outcome = import_pack(pack.path)

    assert outcome.kept == ["goi-dien/bam-so (vi)", "goi-dien/bam-so (en)"]
    assert LessonPage.objects.get(pk=lesson.pk).minutes == 25


def test_an_authors_draft_is_kept_too(lesson, pack):
    lesson.minutes = 25
    lesson.save_revision()
    pack.lesson["minutes"] = 7
    pack.write()

    import_pack(pack.path)

    assert LessonPage.objects.get(pk=lesson.pk).minutes == 5


def test_an_import_may_be_forced(lesson, pack):
    lesson.minutes = 25
    lesson.save_revision().publish()

    import_pack(pack.path, force=True)

    assert LessonPage.objects.get(pk=lesson.pk).minutes == 5


def test_a_page_that_no_pack_made_is_left_alone(lesson, pack):
    PackPage.objects.all().delete()
    outcome = import_pack(pack.path)

    assert len(outcome.kept) == 4


def test_other_apps_find_courses_and_lessons(lesson):
    course = published_courses().get()

    assert course.title == "Gọi điện"
    assert course.lesson_count == 1
    assert list(lessons_of(course)) == [lesson]
    assert published_courses("en").get().title == "Making a call"


def test_the_address_is_written_in_bare_letters(lesson):
    page = LessonPage(
        title="Đặng Thị Ngượng đi chợ",
        body=lesson.body,
        questions=lesson.questions,
        locale=lesson.locale,
    )
    lesson.course.add_child(instance=page)

    assert page.slug == "dang-thi-nguong-di-cho"


def test_figures_of_a_pack_keep_what_was_said_of_them(lesson, pack):
    words = LocalFigure.objects.get().words.get(language="vi")
    words.label = "Số điện thoại tổ công nghệ"
    words.save()
    pack.course["audience"] = {"vi": "Mọi người", "en": "Everybody"}
    pack.write()

    import_pack(pack.path)

    assert LocalFigure.objects.get().words.get(language="vi").label == "Số điện thoại tổ công nghệ"


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda lesson: lesson["title"].pop("en"), "lesson.yaml: title en: is missing"),
        (lambda lesson: lesson.update(checked_on="soon"), "checked_on: must be a date"),
        (lambda lesson: lesson.update(slug="Bấm số"), "slug: must be bare letters"),
        (lambda lesson: lesson["body"][0].update(type="game"), "body 1 type: unknown: game"),
        (
            lambda lesson: lesson["body"][0].update(picture="../a.svg"),
            "body 1 picture: there is no",
        ),
        (lambda lesson: lesson["body"][3].update(keys=["x"]), "body 4 keys: unknown: x"),
        (lambda lesson: lesson.update(questions="none"), "questions: must be a list"),
        (
            lambda lesson: lesson["questions"][0]["options"][0].update(correct="yes"),
            "questions 1 options 1 correct: must be true or false",
        ),
        (lambda lesson: lesson["questions"].__delitem__(slice(2, 9)), "at least three questions"),
        (
            lambda lesson: lesson["questions"][0]["options"][0].update(correct=True),
            "Mark exactly one answer as right.",
        ),
    ],
)
def test_a_broken_pack_is_refused_whole_with_file_and_reason(db, pack, spoil, problem):
    spoil(pack.lesson)
    pack.write()

    with translation.override("en"), pytest.raises(PackRefused) as refusal:
        import_pack(pack.path)

    assert problem in str(refusal.value)
    assert not LessonPage.objects.exists()
    assert not Drawing.objects.exists()


def test_yaml_that_cannot_be_read_is_refused_by_its_line(db, pack):
    (pack.path / "goi-dien" / "course.yaml").write_text("slug: goi-dien\ntitle: {vi: [\n")

    with pytest.raises(PackRefused, match=r"goi-dien/course\.yaml: .*3"):
        import_pack(pack.path)


def test_a_folder_without_courses_is_refused(db, tmp_path):
    with pytest.raises(CommandError):
        call_command("import_courses", str(tmp_path))


@pytest.mark.parametrize(
    "content",
    [
        SVG.format("<script>alert(1)</script>"),
        SVG.format('<rect onload="alert(1)"/>'),
        SVG.format('<a href="javascript:alert(1)"><rect/></a>'),
        SVG.format('<image href="https://example.org/x.png"/>'),
        SVG.format("<style>* { fill: url(https://example.org) }</style>"),
        SVG.format('<rect style="fill: red"/>'),
        SVG.format('<rect fill="url(https://example.org/#a)"/>'),
        SVG.format("<foreignObject><b>x</b></foreignObject>"),
        SVG.format('<use href="#a"/>'),
        SVG.format('<animate attributeName="href" to="javascript:alert(1)"/>'),
        '<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.format("<text>&a;</text>"),
        "<svg><rect/></svg>",
        '<html xmlns="http://www.w3.org/1999/xhtml"/>',
        "not a picture",
        '<svg xmlns="http://www.w3.org/2000/svg"/>',
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 nan 3"/>',
        SVG.format("<g>" * 9 + " " * 70_000 + "</g>" * 9),
    ],
    ids=range(17),
)
def test_a_drawing_that_could_do_anything_is_refused(content):
    with pytest.raises(DrawingRefused):
        clean_drawing(content.encode())


def test_a_plain_drawing_is_kept_and_weighed():
    drawing = clean_drawing(SVG.format('<circle r="3" fill="url(#a)"/><text>Ế</text>').encode())

    assert (drawing.width, drawing.height) == (40, 30)
    assert "Ế" in drawing.svg
    assert 0 < drawing.weight < 300


def test_skills_are_imported_and_named_again(db):
    import_skills("framework,code,title\nDigComp,2.6,Managing identity\n")
    import_skills("framework,code,title\nDigComp,2.6,Managing digital identity\n")

    assert Skill.objects.get().title == "Managing digital identity"


# The screen and the cost


def test_the_shipped_courses_are_complete_in_both_languages(db):
    outcome = import_pack(SHIPPED)

    assert outcome.kept == outcome.updated == outcome.unchanged == []
    for course in CoursePage.objects.all():
        assert course.lessons().count() >= 4
    for lesson in LessonPage.objects.all():
        assert check(lesson) == []
        assert lesson.weight_kb <= 300
    for lesson in LessonPage.objects.filter(locale__language_code="vi"):
        for here, there in zip(lesson.screens, english(lesson).screens, strict=True):
            assert here.heading != there.heading
            assert here.value.get("words") != there.value.get("words") or "words" not in here.value
