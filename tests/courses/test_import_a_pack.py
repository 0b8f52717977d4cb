"""A content pack becomes pages, in Vietnamese and English, and never overwrites an author."""

import re
import shutil
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from wagtail_localize.models import (
    OverridableSegment,
    StringSegment,
    TranslationContext,
    TranslationSource,
)

from courses.imports import (
    DrawingRefused,
    PackRefused,
    clean_drawing,
    import_pack,
    import_skills,
    read_pack,
)
from courses.management.commands.import_courses import SHIPPED
from courses.models import CoursePage, Drawing, LessonPage, LocalFigure, PackPage, Skill
from courses.services import check, lessons_of, published_courses, questions_of

DESCRIPTION = Path(__file__).parents[2] / "docs" / "content-packs.md"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 30">{}</svg>'


@pytest.fixture
def lesson(lesson_of_this_test):
    return lesson_of_this_test


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
        (lambda lesson: lesson["title"].pop("en"), ": title en: is missing"),
        (lambda lesson: lesson.update(checked_on="soon"), "checked_on: must be a date"),
        (lambda lesson: lesson.update(slug="Bấm số"), "slug: must be bare letters"),
        (lambda lesson: lesson["body"][0].update(type="game"), "body 1 type: unknown: game"),
        (
            lambda lesson: lesson["body"][0].update(picture="../a.svg"),
            "body 1 picture: there is no",
        ),
        (lambda lesson: lesson["body"][3].update(keys=["x"]), "body 4 keys 1: unknown: x"),
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

    with pytest.raises(PackRefused, match=r"goi-dien/course\.yaml:3: "):
        import_pack(pack.path)


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b"slug: a\nslug: b\n", 2, "written twice"),
        (b"slug: a\ntitle:\n\tvi: b\n", 3, "YAML"),
        ("slug: a\ntitle: T\u1eadp\n".encode("cp1258", "replace") + b"\xe3\x80", 3, "UTF-8"),
        ("slug: a\ntitle: Ti\xeang".encode("latin-1"), 2, "UTF-8"),
        ("slug: a".encode("utf-16"), 1, "UTF-8"),
        (b"a: &a [1]\nb: *a\n", 1, "not allowed"),
        (b"a: [" * 60, 1, "YAML"),
        (b"[" * 50_000, 1, "YAML"),
        (b"# " + b"x" * 600_000, 1, "512 KB"),
        (b"- a\n- b\n", 1, "names and values"),
        (b"", 1, "names and values"),
        (b"slug: a\nslog: b\n", 2, "slog: means nothing here"),
        (b"slug: !!python/object/apply:os.system [ls]\n", 1, ""),
        (b"slug: a\nchecked_on: 2026-02-31\n", 2, "YAML"),
        (b"slug: a\nlessons: [../b]\n", 2, "no such folder: ../b"),
        (b"slug: a\nlessons: [/etc]\n", 2, "no such folder: /etc"),
        (b"slug: a\nlanguages: [en]\n", 2, "begins with vi"),
    ],
    ids=range(17),
)
def test_a_file_that_misleads_is_refused_by_its_line(pack, content, line, reason):
    (pack.path / "goi-dien" / "course.yaml").write_bytes(content)

    with translation.override("en"), pytest.raises(PackRefused) as refusal:
        read_pack(pack.path)

    start = f"goi-dien/course.yaml:{line}: "
    assert any(
        problem.startswith(start) and reason in problem for problem in refusal.value.problems
    )


def test_nothing_is_read_from_outside_the_folder(pack, tmp_path):
    outside = tmp_path / "secret.svg"
    outside.write_text(SVG.format("<rect/>"))
    picture = pack.path / "goi-dien/01-bam-so/pictures/step-1.svg"
    picture.unlink()
    picture.symlink_to(outside)
    shutil.move(pack.path / "goi-dien/01-bam-so", tmp_path / "elsewhere")

    (pack.path / "goi-dien/01-bam-so").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PackRefused, match=r"course\.yaml:\d+: lessons 1"):
        read_pack(pack.path)

    (pack.path / "goi-dien/01-bam-so").unlink()
    shutil.move(tmp_path / "elsewhere", pack.path / "goi-dien/01-bam-so")
    with pytest.raises(PackRefused, match=r"lesson\.yaml:\d+: body 1 picture: .*step-1\.svg"):
        read_pack(pack.path)


@pytest.mark.parametrize("name", ["a.jpg", "a.png"])
def test_a_photo_that_is_none_is_refused_by_its_line(pack, name):
    (pack.path / "goi-dien/01-bam-so/pictures" / name).write_bytes(b"<script>alert(1)</script>")
    pack.lesson["body"][0]["picture"] = name
    pack.write()

    with translation.override("en"), pytest.raises(PackRefused, match=r":\d+: body 1 picture: a"):
        read_pack(pack.path)


def test_the_description_of_the_format_is_right(tmp_path):
    examples = re.findall(r"```yaml\n(.*?)```", DESCRIPTION.read_text(), re.DOTALL)
    course, lesson, practice = examples
    home = tmp_path / "calling" / "01-dial"
    (home / "pictures").mkdir(parents=True)
    for name in ("step-1", "practice-1", "practice-2"):
        (home / "pictures" / f"{name}.svg").write_text(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 312 416"/>'
        )
    before, questions, after = lesson.partition("questions:")
    (home.parent / "course.yaml").write_text(course)
    (home / "lesson.yaml").write_text(before + practice + questions + after)

    assert len(read_pack(tmp_path).courses[0].lessons[0]["body"]) == 2


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


def test_a_practice_arrives_with_its_branches_and_words_in_both_languages(db, rehearsed):
    import_pack(rehearsed.path)
    lesson = LessonPage.objects.get(slug="bam-so", locale__language_code="vi")
    here = lesson.body[4].value.plain_screens
    there = english(lesson).body[4].value.plain_screens

    assert [screen["name"] for screen in there] == ["dau", "xong"]
    assert there[0]["zones"][0]["to"] == here[0]["zones"][0]["to"] == "xong"
    assert there[1]["outcome"] == "done"
    assert [zone["id"] for zone in there[0]["zones"]] == [z["id"] for z in here[0]["zones"]]
    assert (here[0]["zones"][0]["width"], there[0]["zones"][0]["width"]) == (22.5, 22.5)
    assert [zone["label"] for zone in there[0]["zones"]] == ["Call", "Camera"]
    assert there[0]["zones"][1]["says"] == "This is the camera."
    assert there[0]["picture"]["alt"] == "A screen"
    assert (there[0]["hint"], there[1]["words"]) == ("At the bottom.", "You called!")
    assert check(lesson) == check(english(lesson)) == []


def test_the_kinds_that_are_typed_and_matched_arrive_in_both_languages(db, rehearsed):
    import_pack(rehearsed.path)
    lesson = LessonPage.objects.get(slug="bam-so", locale__language_code="vi")
    other = english(lesson)
    match, number, text, spot = questions_of(other)[5:]

    assert [option["match"] for option in match["options"]] == ["113", "114", "115"]
    assert number["answer"] == "115"
    assert text["accepted"] == ["2 September"]
    assert questions_of(lesson)[7]["accepted"] == ["hai tháng chín", "02/09"]
    assert [option["correct"] for option in spot["options"]] == [False, True, False]
    assert (other.asked, other.pass_per_cent, other.course.test_size) == (4, 75, 6)
    picture = other.body[0].value["picture"]
    assert (picture["app"], picture["version"], str(picture["taken_on"])) == (
        "VNeID",
        "2.1",
        "2026-11-01",
    )


@pytest.mark.parametrize(
    ("spoil", "line", "problem"),
    [
        (lambda s: s[0]["zones"][0].update(to="dau"), "name: xong", "nothing leads to it"),
        (lambda s: s[0]["zones"][0].update(to="nha"), "vi: Gọi", "the screen “nha”"),
        (lambda s: s[0]["zones"][1].update(at=[70, 78, 9, 14]), "vi: Máy ảnh", "too small"),
        (lambda s: s[0]["zones"][1].update(at=[70, 78, 9]), "at:", "per cent"),
        (lambda s: s[0]["zones"][1].pop("says"), "vi: Máy ảnh", "words that say why"),
        (lambda s: s[1].update(outcome="won"), "outcome: won", "unknown: won"),
        (lambda s: s[0].update(hnit="x"), "hnit: x", "means nothing here"),
    ],
)
def test_a_practice_that_cannot_be_walked_is_refused_by_its_line(
    db, rehearsed, spoil, line, problem
):
    spoil(rehearsed.lesson["body"][4]["screens"])
    rehearsed.write()

    with translation.override("en"), pytest.raises(PackRefused) as refusal:
        import_pack(rehearsed.path)

    [complaint] = [line for line in refusal.value.problems if problem in line]
    number = int(complaint.split(":")[1])
    lines = (rehearsed.path / "goi-dien/01-bam-so/lesson.yaml").read_text().splitlines()
    # The row, or the name on it.
    assert line in lines[number - 1] or line in lines[number]


# The screen and the cost


@pytest.mark.laptop
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


def test_localize_finds_everything_as_it_would_have_written_it(lesson):
    def written():
        return (
            sorted(StringSegment.objects.values_list("context__path", "string__data", "order")),
            sorted(OverridableSegment.objects.values_list("context__path", "data_json", "order")),
            sorted(TranslationContext.objects.values_list("path", "field_path")),
        )

    ours = written()
    for source in TranslationSource.objects.all():
        source.refresh_segments()

    assert len(ours[0]) > 50
    assert written() == ours
