"""What is on the shelf goes into a folder and comes back the same."""

import io
import shutil
import tempfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from PIL import Image as Picture
from wagtail.models import Page

from courses.exports import ExportRefused, export_courses
from courses.exports.written import write_yaml
from courses.imports import PackRefused, import_pack, read_pack
from courses.imports.fields import plain
from courses.management.commands.import_courses import SHIPPED
from courses.models import CoursePage, LessonPage, PackPage
from courses.services import ensure_shelf

PHONE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 312 416"><text>{}</text></svg>'


@pytest.fixture
def lesson(lesson_of_this_test):
    return lesson_of_this_test


def files(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def said_by(pack):
    """Return what a pack says, without how its files are called."""
    return [
        (course.digest, [lesson.digest for lesson in course.lessons]) for course in pack.courses
    ]


# The rule


def test_what_is_exported_says_what_was_imported(db, rehearsed, tmp_path):
    import_pack(rehearsed.path)
    report = export_courses(tmp_path / "out")

    assert (report.written, report.left_out) == (["goi-dien"], [])
    assert said_by(read_pack(tmp_path / "out")) == said_by(read_pack(rehearsed.path))


def test_importing_what_was_exported_changes_nothing(db, rehearsed, tmp_path):
    import_pack(rehearsed.path)
    export_courses(tmp_path / "out")
    outcome = import_pack(tmp_path / "out")

    assert (outcome.created, outcome.updated, outcome.kept) == ([], [], [])
    assert len(outcome.unchanged) == 4


def test_what_was_exported_and_imported_elsewhere_is_exported_the_same(db, rehearsed, tmp_path):
    import_pack(rehearsed.path)
    export_courses(tmp_path / "out")
    for page in CoursePage.objects.all():
        Page.objects.get(pk=page.pk).delete()
    import_pack(tmp_path / "out")
    export_courses(tmp_path / "again")

    assert files(tmp_path / "again") == files(tmp_path / "out")


def test_what_an_author_wrote_is_exported_as_it_is_published(lesson, tmp_path):
    lesson.title = "Bấm số: mau lên"
    lesson.summary = ""
    lesson.checked_on = None
    lesson.save_revision().publish()
    lesson.title = "Chỉ là nháp"
    lesson.save_revision()
    export_courses(tmp_path / "out")

    plan = read_pack(tmp_path / "out").courses[0].lessons[0]
    assert plan["title"]["vi"] == "Bấm số: mau lên"
    assert (plan["summary"], plan["checked_on"]) == ({}, None)


def test_a_lesson_in_one_language_stays_in_one_language(lesson, tmp_path):
    lesson.get_translations().get().unpublish()
    export_courses(tmp_path / "out")
    plan = read_pack(tmp_path / "out").courses[0].lessons[0]

    assert plan.languages == ("vi",)
    Page.objects.get(pk=lesson.course.pk).delete()
    CoursePage.objects.all().delete()
    import_pack(tmp_path / "out")
    assert LessonPage.objects.count() == 1


def test_a_photo_goes_along_as_a_file(db, pack, tmp_path):
    photo = io.BytesIO()
    Picture.new("RGB", (40, 30), "red").save(photo, "JPEG")
    pack.lesson["body"][0]["picture"] = "nha-van-hoa.jpg"
    (pack.path / "goi-dien/01-bam-so/pictures/nha-van-hoa.jpg").write_bytes(photo.getvalue())
    pack.write()
    import_pack(pack.path)
    export_courses(tmp_path / "out")

    found = files(tmp_path / "out")["goi-dien/01-bam-so/pictures/nha-van-hoa.jpg"]
    assert found == photo.getvalue()
    outcome = import_pack(tmp_path / "out")
    assert len(outcome.unchanged) == 4


def test_what_is_not_published_is_named(lesson, tmp_path):
    lesson.unpublish()
    report = export_courses(tmp_path / "out")

    assert len(report.left_out) == 1
    assert "goi-dien/bam-so" in report.left_out[0]


def test_a_pack_of_another_province_may_not_take_over_an_address(lesson, pack, tmp_path):
    other = tmp_path / "tinh-khac"
    shutil.copytree(pack.path, other)
    course = other / "goi-dien" / "course.yaml"
    course.write_text(course.read_text().replace("Gọi cho con cháu.", "Gọi cho nhau."))

    with translation.override("en"), pytest.raises(PackRefused) as refusal:
        import_pack(other)
    assert refusal.value.problems[0].startswith(
        "goi-dien/course.yaml:1: slug: the pack “pack” already has a course with this address"
    )

    course.write_text(course.read_text() + "pack: pack\n")
    assert "goi-dien (vi)" in import_pack(other).updated


def test_nothing_is_written_over(lesson, tmp_path):
    export_courses(tmp_path)

    with pytest.raises(ExportRefused):
        export_courses(tmp_path)
    with pytest.raises(CommandError):
        call_command("export_courses", str(tmp_path / "new"), courses=["khong-co"])
    assert not (tmp_path / "new").exists()


# Any pack there and back

TEXT = st.text(
    st.one_of(
        st.sampled_from(list("aếữđ .:-#'\"{}[]|>&*!%@`\n,?~\\\u00a0“”😀no1")),
        st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Co", "Cn")),
    ),
    min_size=1,
    max_size=30,
).map(lambda text: plain(text) or "x")
LINE = TEXT.map(lambda text: " ".join(text.split()) or "x")
WORDS = st.fixed_dictionaries({"vi": TEXT, "en": TEXT})
NAMES = st.fixed_dictionaries({"vi": LINE, "en": LINE})
# What is counted or measured: “đồng”.
UNITS = st.fixed_dictionaries(
    dict.fromkeys(("vi", "en"), LINE.map(lambda text: text[:20].strip() or "x"))
)


def block(kind, **parts):
    return st.fixed_dictionaries({"type": st.just(kind)} | parts)


def rows(least, most, **parts):
    return st.lists(st.fixed_dictionaries(parts), min_size=least, max_size=most)


def one_right(most):
    def mark(options):
        return [{**option, "correct": n == 0} for n, option in enumerate(options)]

    return rows(2, most, text=NAMES, feedback=NAMES).map(mark)


PICTURE = {"picture": st.sampled_from(["a.svg", "b.svg"]), "alt": NAMES}
AGED = {
    "app": st.sampled_from(["VNeID", "no"]),
    "version": st.sampled_from(["2.1", "3"]),
    "taken_on": st.dates(),
}
PRACTICE = st.builds(
    lambda heading, pictures, words, at, labels, says, hint: {
        "type": "practice",
        "heading": heading,
        "screens": [
            {
                "name": "dau",
                **pictures[0],
                "words": words[0],
                **({"hint": hint} if hint else {}),
                "zones": [
                    {"label": labels[0], "at": at, "to": "xong"},
                    {"label": labels[1], "at": [60, 70, 30, 20], "says": says},
                ],
            },
            {"name": "xong", "outcome": "done", **pictures[1], "words": words[1]},
        ],
    },
    NAMES,
    st.tuples(st.fixed_dictionaries(PICTURE, optional=AGED), st.fixed_dictionaries(PICTURE)),
    st.tuples(WORDS, WORDS),
    st.sampled_from([[1, 2, 30, 20], [0.5, 10.2, 33.3, 15.5]]),
    st.tuples(NAMES, NAMES),
    NAMES,
    st.none() | NAMES,
)
BODY = st.one_of(
    st.fixed_dictionaries(
        {"type": st.just("step"), "heading": NAMES, "words": WORDS} | PICTURE, optional=AGED
    ),
    block("step", heading=NAMES, words=WORDS),
    block("tip", heading=NAMES, words=WORDS),
    block("warning", heading=NAMES, words=WORDS),
    block("checklist", heading=NAMES, items=st.lists(NAMES, min_size=2, max_size=3)),
    block("figures", heading=NAMES, keys=st.just(["help_line"])),
    PRACTICE,
)
SAID = {"text": NAMES, "explanation": WORDS}
ANY_WORD = st.lists(LINE.map("a".__add__), min_size=1, max_size=3)
QUESTION = st.one_of(
    block("single", options=one_right(3), **SAID),
    block("several", options=one_right(3), **SAID),
    block("true_false", options=one_right(2), **SAID),
    block(
        "picture",
        options=one_right(3).map(
            lambda options: [
                {**option, "picture": "b.svg", "alt": option["text"]} for option in options
            ]
        ),
        **SAID,
    ),
    block("order", options=rows(3, 4, text=NAMES, feedback=NAMES), **SAID),
    block(
        "match",
        options=rows(3, 3, text=NAMES, feedback=NAMES).map(
            lambda options: [
                {**option, "match": {"vi": f"số {n}", "en": f"{n}"}}
                for n, option in enumerate(options)
            ]
        ),
        **SAID,
    ),
    block("spot", options=one_right(3).filter(lambda options: len(options) == 3), **SAID),
    st.fixed_dictionaries(
        {
            "type": st.just("number"),
            "answer": st.sampled_from([115, -2, 0.25]),
            "feedback": NAMES,
            **SAID,
        },
        optional={"tolerance": st.sampled_from([1, 0.5]), "unit": UNITS},
    ),
    block(
        "text",
        accepted=st.fixed_dictionaries({"vi": ANY_WORD, "en": ANY_WORD}),
        feedback=NAMES,
        **SAID,
    ),
)
LESSON = st.fixed_dictionaries(
    {
        "title": NAMES,
        "summary": NAMES,
        "minutes": st.integers(1, 60),
        "skills": st.lists(st.sampled_from(["2.6", "4.2", "no"]), unique=True),
        "sources": st.lists(st.fixed_dictionaries({"title": LINE}), max_size=2),
        "body": st.lists(BODY, min_size=1, max_size=4),
        "questions": st.lists(QUESTION, min_size=3, max_size=4),
    },
    optional={
        "asked": st.just(3),
        "pass_per_cent": st.integers(1, 100),
        "checked_on": st.dates(),
        "review_by": st.dates(),
    },
)


def write_pack(home, lesson, course):
    """Write a course of one lesson, as someone might have typed it."""
    pictures = home / "bai" / "pictures"
    pictures.mkdir(parents=True)
    for name in "ab":
        (pictures / f"{name}.svg").write_text(PHONE.format(name))
    write_yaml(home / "course.yaml", {**course, "slug": "khoa", "lessons": ["bai"]})
    write_yaml(home / "bai" / "lesson.yaml", {"slug": "bai", **lesson})


COURSE = {
    "title": {"vi": "Khóa", "en": "Course"},
    "audience": {"vi": "Mọi người", "en": "All"},
    "figures": [
        {
            "key": "help_line",
            "label": {"vi": "Số giúp đỡ", "en": "Help line"},
            "unknown": {"vi": "Hỏi xã", "en": "Ask"},
        }
    ],
}


# Each example writes pages in two languages; shrinking one would take minutes.
@settings(
    max_examples=6,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(LESSON)
def test_any_pack_comes_back_as_it_went(db, lesson):
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        write_pack(home / "in" / "khoa", lesson, COURSE)
        import_pack(home / "in", force=True)
        report = export_courses(home / "out")

        assert report.left_out == []
        assert said_by(read_pack(home / "out")) == said_by(read_pack(home / "in"))
        assert len(import_pack(home / "out").unchanged) == 4
        export_courses(home / "again")
        assert files(home / "again") == files(home / "out")


# The cost


@pytest.mark.laptop
def test_the_shipped_courses_come_back_as_they_went(db, tmp_path):
    import_pack(SHIPPED)
    report = export_courses(tmp_path / "out")

    assert report.left_out == []
    assert sorted(said_by(read_pack(tmp_path / "out"))) == sorted(said_by(read_pack(SHIPPED)))
    outcome = import_pack(tmp_path / "out")
    assert (outcome.created, outcome.updated, outcome.kept) == ([], [], [])


def test_looking_at_a_pack_keeps_nothing(db, rehearsed, capsys):
    call_command("check_pack", str(rehearsed.path))

    assert "goi-dien/bam-so" in capsys.readouterr().out
    assert not CoursePage.objects.exists()
    assert not PackPage.objects.exists()
    ensure_shelf()
