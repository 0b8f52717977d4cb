"""Questions from other systems: each is accepted or refused with its line, and none is lost."""

import re
import time
import unicodedata

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.exports import write_gift
from courses.imports import FileRefused, add_questions, pack_findings, read_questions
from courses.imports.fields import plain
from courses.models import LessonPage
from courses.services import questions_of
from people.roles import Role
from tests.factories import AssignmentFactory, UserFactory

CHOICE = "Gọi cấp cứu số mấy? {=115#Đúng rồi. ~113#Đó là công an. ####Nhớ số 115.}"
XML = """<?xml version="1.0" encoding="UTF-8"?>
<quiz>
  <question type="category"><category><text>$course$/Bảo hiểm</text></category></question>
  <question type="{kind}">
    <name><text>Câu một</text></name>
    <questiontext format="html"><text><![CDATA[<p>Số <b>nào</b>?</p>]]></text></questiontext>
    <generalfeedback format="html"><text>Nhớ nhé.</text></generalfeedback>
    {more}
  </question>
</quiz>
"""


@pytest.fixture
def lesson(lesson_of_this_test):
    return lesson_of_this_test


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def only(text):
    """Return the one question of a file."""
    raw = text if isinstance(text, bytes) else text.encode()
    [one] = read_questions(raw).found
    return one


def xml(kind, more):
    return only(XML.format(kind=kind, more=more))


def answer(fraction, text, feedback="", more=""):
    return (
        f'<answer fraction="{fraction}"><text>{text}</text>{more}'
        f"<feedback><text>{feedback}</text></feedback></answer>"
    )


def in_cp1258(text):
    """Write Vietnamese as Windows did: the letter, then its tone."""
    written = b""
    for letter in unicodedata.normalize("NFC", text):
        parts = unicodedata.normalize("NFD", letter)
        tones = "".join(part for part in parts if part in "\u0300\u0301\u0303\u0309\u0323")
        bare = "".join(part for part in parts if part not in tones)
        written += (unicodedata.normalize("NFC", bare) + tones).encode("cp1258")
    return written


# The rule: GIFT


def test_a_choice_is_read_with_what_is_said_to_each_answer():
    question = only(CHOICE).question

    assert (question["kind"], question["text"]) == ("single", "Gọi cấp cứu số mấy?")
    assert [(o["text"], o["correct"], o["feedback"]) for o in question["options"]] == [
        ("115", True, "Đúng rồi."),
        ("113", False, "Đó là công an."),
    ]
    assert question["explanation"] == "Nhớ số 115."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A? {T#no#yes}", {"kind": "true_false"}),
        ("A? {FALSE}", {"kind": "true_false"}),
        ("A? {~%50%a ~%50%b ~%-100%c}", {"kind": "several"}),
        ("A? {#3.5:0.25~#far}", {"kind": "number", "answer": "3.5", "tolerance": "0.25"}),
        ("A? {#1..5}", {"kind": "number", "answer": "3", "tolerance": "2"}),
        ("A? {=one =two}", {"kind": "text", "accepted": ["one", "two"]}),
        ("A? {=one =%0%*#wrong}", {"kind": "text", "feedback": "wrong"}),
        ("A? {=a -> 1 =b -> 2 =c -> 1}", {"kind": "match"}),
        ("::T:: [html]<p>A &amp; <b>b</b></p> {=x ~y}", {"text": "A & b"}),
        ("[plain]2 < 3 <b> {=x ~y}", {"text": "2 < 3 <b>"}),
        ("The {=sun ~moon} shines.", {"text": "The ____ shines."}),
        (r"A\: \{b\} \= c \# d \~ {=x\\y ~y}", {"text": "A: {b} = c # d ~"}),
    ],
)
def test_what_gift_can_say_is_understood(text, expected):
    one = only(text)

    assert one.refusals == []
    assert expected.items() <= one.question.items()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Just a text", "a description"),
        ("Write. {}", "an essay"),
        ("A? {=a ~b ~c ~d}", "at most 3"),
        ("A? {=a =b ~c}", "wholly right"),
        ("A? {~a ~b}", "No answer is right"),
        ("A? {~%30%a ~%70%b ~c}", "part of the marks"),
        ("A? {=a ~%50%b}", "part of the marks"),
        ("A? {=%50%a =b}", "part of the marks"),
        ("A? {=a* =b}", "anything in place of a *"),
        ("A? {=a -> 1 =b -> 2}", "at least 3"),
        ("A? {=a -> 1 =b -> 2 =c -> 3 = -> 4}", "belongs to nothing"),
        ("A? {=a ~b", "brackets"),
        ("A? {=a {~b}}", "brackets"),
        ("A? {#x}", "number cannot be read"),
        ("A? {#1.23456}", "too long"),
        ("A? {#=1 =2}", "more than one right number"),
        ("{=a ~b}", "no words"),
        ("A? {=a ~}", "empty"),
        ("[html]A <img src=x> {=a ~b}", "a picture"),
        ("A <script>x</script> {=a ~b}", "a picture"),
        (f"{'Long ' * 40}? {{=a ~b}}", "too long for a telephone"),
        (f"A? {{={'a' * 81} ~b}}", "too long for a telephone"),
        (f"A? {{=a#{'b' * 201} ~b}}", "too long for a telephone"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_line_and_reason(text, reason):
    found = read_questions(f"// by hand\n\n{CHOICE}\n\n{text}\n".encode()).found

    assert [one.is_accepted for one in found] == [True, False]
    assert found[1].line == 5
    assert reason in " ".join(found[1].refusals)


def test_a_category_is_told_and_is_no_question():
    findings = read_questions(f"$CATEGORY: top/Bảo hiểm\n\n{CHOICE}".encode())

    assert len(findings.found) == 1
    assert findings.notes == ["Line 1: the category “top/Bảo hiểm” is not kept."]


def test_where_the_file_says_nothing_a_neutral_sentence_stands_and_is_told():
    with translation.override("vi"):
        one = only("Số mấy? {=115 ~113}")

    assert all(option["feedback"] for option in one.question["options"])
    assert "115" in one.question["explanation"]
    assert len(one.notes) == 1


@settings(deadline=None)
@given(st.text(alphabet="ab =~#{}\\:%>-*[]/\n$TF.1", max_size=80))
def test_nothing_is_lost_whatever_is_in_the_file(text):
    try:
        findings = read_questions(text.encode())
    except FileRefused:
        return
    assert len(findings.accepted) + len(findings.refused) == len(findings.found)
    for one in findings.refused:
        assert one.line > 0
        assert all(one.refusals)
    # Every line with something on it belongs to a question, a comment or a category.
    lines = [line.strip() for line in text.split("\n")]
    starts = {
        number
        for number, line in enumerate(lines, start=1)
        if line
        and not line.startswith("//")
        and not _before(lines, number)
        and not line.upper().startswith("$CATEGORY:")
    }
    assert {one.line for one in findings.found} == starts


def _before(lines, number):
    """Return the text that the line continues."""
    for line in reversed(lines[: number - 1]):
        if line.startswith("//") or line.upper().startswith("$CATEGORY:"):
            continue
        return line
    return ""


# The rule: Moodle XML


@pytest.mark.parametrize(
    ("kind", "more", "expected"),
    [
        (
            "multichoice",
            "<single>true</single>" + answer(100, "115", "Đúng.") + answer(0, "113"),
            {"kind": "single", "text": "Số nào?"},
        ),
        (
            "multichoice",
            "<single>false</single>"
            + answer("33.33333", "a")
            + answer("33.33333", "b")
            + answer("33.33333", "c"),
            {"kind": "several"},
        ),
        ("truefalse", answer(100, "true") + answer(0, "false"), {"kind": "true_false"}),
        ("shortanswer", answer(100, "mot") + answer(0, "*", "Chưa."), {"feedback": "Chưa."}),
        (
            "numerical",
            answer(100, "12", more="<tolerance>0.5</tolerance>")
            + "<units><unit><unit_name>tháng</unit_name></unit></units>",
            {"answer": "12", "tolerance": "0.5", "unit": "tháng"},
        ),
        (
            "matching",
            "".join(
                f"<subquestion><text>{a}</text><answer><text>{b}</text></answer></subquestion>"
                for a, b in (("Công an", 113), ("Cháy", 114), ("Ốm", 115))
            ),
            {"kind": "match"},
        ),
    ],
)
def test_what_moodle_says_in_xml_is_understood(kind, more, expected):
    one = xml(kind, more)

    assert one.refusals == []
    assert one.line == 4
    assert expected.items() <= one.question.items()
    assert one.question["explanation"].endswith("Nhớ nhé.")


@pytest.mark.parametrize(
    ("kind", "more", "reason"),
    [
        ("essay", "", "an essay"),
        ("description", "", "a description"),
        ("cloze", "", "“cloze” are not known"),
        ("calculated", "", "not known"),
        ("multichoice", answer(50, "a") + answer(100, "b"), "part of the marks"),
        ("multichoice", answer(0, "a") + answer(0, "b"), "No answer is right"),
        ("shortanswer", answer(100, "a*"), "in place of a *"),
        ("truefalse", answer(100, "yes") + answer(0, "no"), "cannot be read"),
        (
            "multichoice",
            answer(100, "a") + answer(0, "b") + '<file name="x.png">AAAA</file>',
            "a picture",
        ),
    ],
)
def test_what_moodle_says_and_we_cannot_is_refused_by_its_line(kind, more, reason):
    one = xml(kind, more)

    assert one.line == 4
    assert reason in " ".join(one.refusals)


@pytest.mark.parametrize(
    "text",
    [
        "<quiz><question></quiz>",
        '<?xml version="1.0"?><!DOCTYPE q [<!ENTITY a "b">]><quiz>&a;</quiz>',
        "<quiz>" + "<a>" * 50 + "</a>" * 50 + "</quiz>",
        '<?xml version="1.0"?><html/>',
        '<?xml version="1.0" encoding="shift_jis"?><quiz/>',
        "<quiz></quiz>",
        "",
        "// only a comment",
    ],
    ids=range(8),
)
def test_a_file_that_is_no_file_of_questions_is_refused(text):
    with pytest.raises(FileRefused):
        read_questions(text.encode())


def test_a_file_too_large_is_refused():
    with pytest.raises(FileRefused, match="1024 KB"):
        read_questions(b"a" * 2_000_000)


@pytest.mark.parametrize(
    "number", ["1e30", "9e999999..9e999999", "1e999999", "1:1e40", "1" * 5000, "1e-99999"]
)
def test_a_number_that_nobody_would_ask_for_is_refused(number):
    assert not only(f"Bao nhiêu? {{#{number}}}").is_accepted


@pytest.mark.parametrize(
    "text",
    [
        "a" + " " * 500_000 + "b {T}",
        "a <" + " " * 500_000 + "b {T}",
        "a" + "\t " * 250_000 + "b {T}",
    ],
)
def test_a_file_made_to_keep_us_busy_does_not(text):
    begun = time.monotonic()

    read_questions(text.encode())

    assert time.monotonic() - begun < 2


def test_ever_so_many_lines_of_xml_do_not_keep_us_busy():
    begun = time.monotonic()

    xml("essay", "<x><text>" + "\n" * 900_000 + "</text></x>")

    assert time.monotonic() - begun < 3


# The rule: letters


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(lambda: CHOICE.encode(), id="UTF-8"),
        pytest.param(lambda: b"\xef\xbb\xbf" + CHOICE.encode(), id="UTF-8 with a mark"),
        pytest.param(lambda: in_cp1258(CHOICE), id="Windows-1258"),
    ],
)
def test_letters_arrive_as_they_were_typed(raw):
    assert only(raw()).question["text"] == "Gọi cấp cứu số mấy?"


@pytest.mark.parametrize("name", ["utf-16", "utf-16-le", "utf-16-be"])
def test_sixteen_bits_are_read_too(name):
    assert only(CHOICE.encode(name)).question["text"] == "Gọi cấp cứu số mấy?"


def test_accents_that_stand_apart_are_put_together():
    assert only(unicodedata.normalize("NFD", CHOICE)).question["text"] == "Gọi cấp cứu số mấy?"


def test_the_old_font_of_the_offices_is_read():
    text = "G\xe4i c\xcap c\xf8u s\xe8 m\xcay? {=115 ~113}".encode("latin-1")

    assert only(text).question["text"] == "Gọi cấp cứu số mấy?"


@pytest.mark.parametrize(
    "raw",
    [
        "G\xe4i c\xcap c\xf8u s\xe8 m\xcay? {=115 ~113}".encode(),
        "Goïi caáp cöùu soá maáy, goïi cho ai, löøa ñaûo? {=115 ~113}".encode(),
        "Goïi caáp cöùu soá maáy? {=115 ~113}".encode("latin-1"),
        "Größe über Maß? {=115 ~113}".encode("latin-1"),
        b"A \xff\xfe\x01 b? {=115 ~113}",
        "Gọi? {=115 ~113}".encode("utf-16")[:-1],
    ],
    ids=range(6),
)
def test_letters_of_which_nobody_is_certain_are_refused(raw):
    with pytest.raises(FileRefused):
        read_questions(raw)


@given(st.sampled_from(["Bác gọi số nào khi ốm?", "Đường dây nóng của xã", "TIẾNG VIỆT ĐẸP"]))
def test_windows_letters_are_never_taken_for_others(text):
    found = only(in_cp1258(f"{text} {{=115 ~113}}"))

    assert found.question["text"] == text


# The rule: there and back


def _one_gap(found):
    """Of spaces and of empty lines a file keeps one."""
    return "\n" if "\n" in found[0] else " "


WORDS = st.text(
    alphabet=st.sampled_from(list("abcđơữ \\:#={}~*%0()[]<>/-.\n$T")), min_size=1, max_size=40
).map(lambda text: plain(re.sub(r"\s+", _one_gap, text)) or "x")
LINES = WORDS.map(lambda text: " ".join(text.split()))
# Two lines with an arrow would be a pair.
ACCEPTED = LINES.map("a".__add__).filter(lambda text: "->" not in text)


def _options(rights):
    return st.tuples(*(st.tuples(LINES, st.just(right), LINES) for right in rights)).map(
        lambda rows: [
            {"id": str(n), "text": text, "correct": right, "feedback": feedback}
            for n, (text, right, feedback) in enumerate(rows)
        ]
    )


def _question(kind, **more):
    return st.fixed_dictionaries(
        {"kind": st.just(kind), "text": LINES, "explanation": WORDS, "options": st.just([])} | more
    )


TRUTH = st.tuples(st.booleans(), LINES, LINES).map(
    lambda row: [
        {"id": "1", "text": "True", "correct": row[0], "feedback": row[1]},
        {"id": "2", "text": "False", "correct": not row[0], "feedback": row[2]},
    ]
)
SAYABLE = st.one_of(
    _question("single", options=_options([False, True, False])),
    _question("several", options=_options([True, False, True])),
    _question("several", options=_options([True, True, True])),
    _question("true_false", options=TRUTH),
    _question(
        "number",
        answer=st.sampled_from(["115", "-3.25", "0.0001", "99999999999"]),
        tolerance=st.sampled_from(["0", "0.5"]),
        unit=st.just(""),
        feedback=LINES,
    ),
    _question(
        "text",
        accepted=st.lists(ACCEPTED, min_size=1, max_size=3),
        feedback=LINES,
    ),
)


def _same(question):
    """Return what has to be the same there and back."""
    options = [(o["text"], o["correct"], o["feedback"]) for o in question.get("options", [])]
    rest = {
        name: question[name]
        for name in ("kind", "text", "explanation", "answer", "tolerance", "accepted", "feedback")
        if name in question
    }
    return rest, options


@settings(deadline=None)
@given(st.lists(SAYABLE, min_size=1, max_size=3))
def test_what_gift_can_say_comes_back_as_it_went(questions):
    file = write_gift(questions, "Bài // một\n{x}")
    found = read_questions(file.text.encode()).found

    assert (file.left_out, file.lost) == ([], [])
    assert [one.refusals for one in found] == [[] for _question in questions]
    assert [_same(one.question) for one in found] == [_same(question) for question in questions]


def test_what_gift_cannot_say_is_named(db, rehearsed):
    from courses.imports import import_pack  # noqa: PLC0415 - a fixture's neighbour

    import_pack(rehearsed.path)
    lesson = LessonPage.objects.get(slug="bam-so", locale__language_code="vi")
    asked = questions_of(lesson)
    file = write_gift(asked)

    assert file.written + len(file.left_out) == len(asked)
    assert len(file.left_out) == 3  # picture, order, spot
    assert len(file.lost) == 2  # the partner's words, and true and false in other words
    assert all(line in file.text for line in file.left_out)


# Who may, and the screen


def sent(text):
    return {"file": SimpleUploadedFile("cau-hoi.txt", text.encode())}


def test_an_author_looks_first_and_then_adds_to_the_draft(client, lesson, author):
    client.force_login(author)
    url = reverse("courses_questions", args=[lesson.pk])
    live = [question["text"] for question in questions_of(lesson)]

    page = client.post(url, sent(f"{CHOICE}\n\nWrite. {{}}"))

    assert page.status_code == 200
    assert "Gọi cấp cứu số mấy?" in page.text
    assert len(page.context["findings"].refused) == 1
    assert lesson.get_latest_revision_as_object().questions.raw_data == lesson.questions.raw_data

    answer = client.post(url, {"packed": page.context["packed"]})

    lesson = LessonPage.objects.get(pk=lesson.pk)
    draft = lesson.get_latest_revision_as_object()
    assert answer.url == reverse("wagtailadmin_pages:edit", args=[lesson.pk])
    assert questions_of(draft)[-1]["text"] == "Gọi cấp cứu số mấy?"
    assert [question["text"] for question in questions_of(lesson)] == live
    assert lesson.has_unpublished_changes


def test_a_file_that_is_refused_says_why_on_the_page(client, lesson, author):
    client.force_login(author)
    url = reverse("courses_questions", args=[lesson.pk])

    assert client.post(url, {}).status_code == 422
    page = client.post(url, sent("<quiz>\n<question>\n</quiz>"))
    assert (page.status_code, page.context["findings"]) == (422, None)
    assert "3" in page.context["refusal"]


def test_a_preview_is_good_for_one_person_and_one_lesson(lesson, author):
    findings = read_questions(CHOICE.encode())
    packed = pack_findings(findings, author, lesson)

    for text, user in ((packed, UserFactory()), (packed[:-2], author), ("", author)):
        with pytest.raises(ValidationError) as refusal:
            add_questions(text, lesson, by=user)
        assert refusal.value.code == "stale"


def test_who_may_not_write_may_not_add(client, lesson, province):
    observer = AssignmentFactory(place=province, role=Role.OBSERVER).user
    client.force_login(observer)

    for name in ("courses_questions", "courses_questions_gift"):
        assert client.get(reverse(name, args=[lesson.pk])).status_code in (302, 403)


def test_a_translation_gets_its_questions_from_the_original(client, lesson, author):
    english = lesson.get_translations().get()
    client.force_login(author)

    assert client.get(reverse("courses_questions", args=[english.pk])).status_code in (302, 403)


def test_the_file_can_be_taken_along(client, lesson, author):
    client.force_login(author)
    answer = client.get(reverse("courses_questions_gift", args=[lesson.pk]))

    assert answer["Content-Disposition"] == 'attachment; filename="bam-so.gift.txt"'
    assert "Bấm thế nào?" in answer.text
