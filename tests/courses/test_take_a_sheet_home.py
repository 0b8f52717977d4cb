"""A lesson on paper: one page, large letters, and the way back to the lesson."""

import io
import re
import shutil
import subprocess

import pikepdf
import pytest
import zxingcpp
from django.conf import settings
from django.core.cache import cache, caches
from django.urls import reverse
from PIL import Image

from courses.imports import import_pack
from courses.models import LessonPage
from courses.pdf import MOST_STEPS, Helper, Sheet, sheets, steps_of

pytestmark = pytest.mark.django_db

A5, A4_LANDSCAPE = (420, 595), (842, 595)


def text_of(paper: bytes) -> str:
    tool = shutil.which("pdftotext")
    assert tool, "poppler-utils is missing"
    read = subprocess.run([tool, "-", "-"], input=paper, capture_output=True, check=True)
    return re.sub(r"\s+", " ", read.stdout.decode())


def sizes_of(paper: bytes) -> list[tuple[int, int]]:
    return [
        (round(float(page.mediabox[2])), round(float(page.mediabox[3])))
        for page in pikepdf.open(io.BytesIO(paper)).pages
    ]


def letters_of(paper: bytes) -> set[float]:
    """Return every size of the page's own letters in points; those in pictures are drawings."""
    document = pikepdf.open(io.BytesIO(paper))
    scales, found = [1.0], set()
    for operands, operator in pikepdf.parse_content_stream(document.pages[0]):
        match str(operator):
            case "q":
                scales.append(scales[-1])
            case "Q":
                scales.pop()
            case "cm":
                scales[-1] *= abs(float(operands[3]))
            case "Tf" if scales[-1] == 0.75:
                found.add(round(float(operands[1]) * 0.75, 1))
    return found


# What it shows


def test_a_lesson_is_one_page_that_says_its_steps(lesson):
    paper = sheets([Sheet(lesson)])

    assert sizes_of(paper) == [A5]
    text = text_of(paper)
    assert "Bấm số đường dài" in text
    assert "Gọi điện" in text
    assert "1 Bấm số" in text


def test_no_letter_is_smaller_than_eighteen_points(lesson):
    sizes = letters_of(sheets([Sheet(lesson, Helper("Lan", "0912 345 678"), "Trần Thị Hoa")]))

    assert len(sizes) >= 3
    assert min(sizes) >= 18


def test_its_code_opens_the_lesson(lesson, tmp_path):
    (tmp_path / "sheet.pdf").write_bytes(sheets([Sheet(lesson)]))
    tool = shutil.which("pdftoppm")
    assert tool, "poppler-utils is missing"
    subprocess.run(
        [tool, "-r", "100", "-png", "-singlefile", "sheet.pdf", "sheet"], cwd=tmp_path, check=True
    )

    codes = zxingcpp.read_barcodes(Image.open(tmp_path / "sheet.png"))

    assert [code.text for code in codes] == [settings.SITE_ADDRESS + lesson.get_url()]


def test_it_names_the_helper_or_leaves_a_line(lesson):
    named = text_of(sheets([Sheet(lesson, Helper("Chị Lan", "0912 345 678"))]))
    blank = text_of(sheets([Sheet(lesson)]))

    assert "Khi vướng, bác gọi: Chị Lan 0912 345 678" in named
    assert "Khi vướng, bác gọi:" in blank
    assert "0912" not in blank


def test_an_english_lesson_makes_an_english_sheet(lesson):
    english = LessonPage.objects.get(
        translation_key=lesson.translation_key, locale__language_code="en"
    )

    text = text_of(sheets([Sheet(english)]))

    assert "If you are stuck, call:" in text
    assert "1 Dial" in text


def test_two_share_a_sheet_of_a4(lesson):
    paper = sheets([Sheet(lesson, name=name) for name in ("Lan", "Hoa", "Cúc")], on_a4=True)

    assert sizes_of(paper) == [A4_LANDSCAPE] * 2
    text = text_of(paper)
    assert all(f"Của {name}" in text for name in ("Lan", "Hoa", "Cúc"))


def test_a_name_with_markup_in_it_is_only_a_name(lesson):
    trick = '<img src="file:///etc/passwd">'

    assert trick in text_of(sheets([Sheet(lesson, name=trick)]))


@pytest.mark.laptop
def test_every_shipped_lesson_fits_on_one_page_in_both_languages(db):
    others = list(LessonPage.objects.values_list("pk", flat=True))
    import_pack(settings.BASE_DIR / "courses" / "content")
    lessons = list(LessonPage.objects.live().exclude(pk__in=others).select_related("locale"))

    assert len(lessons) >= 64
    for lesson in lessons:
        steps = steps_of(lesson)
        assert 3 <= len(steps) <= MOST_STEPS, lesson.title
    paper = sheets([Sheet(lesson) for lesson in lessons])
    assert sizes_of(paper) == [A5] * len(lessons)


# Who may


def test_everybody_may_have_it(client, lesson):
    answer = client.get(reverse("courses:sheet", args=[lesson.pk]))

    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_a_draft_has_no_sheet(client, lesson):
    lesson.unpublish()

    assert client.get(reverse("courses:sheet", args=[lesson.pk])).status_code == 404


def test_the_lesson_leads_to_its_sheet(client, lesson):
    page = client.get(lesson.get_url()).content.decode()

    assert reverse("courses:sheet", args=[lesson.pk]) in page


# What it costs


def test_it_is_laid_out_only_once(client, lesson, monkeypatch):
    address = reverse("courses:sheet", args=[lesson.pk])
    first = client.get(address).content

    def fail(pages):
        raise AssertionError("laid out twice")

    monkeypatch.setattr("courses.views.sheets.sheets", fail)

    assert client.get(address).content == first


@pytest.mark.usefixtures("one_minute")
def test_nobody_keeps_the_printer_busy(client, lesson, monkeypatch):
    cache.clear()
    monkeypatch.setattr("courses.views.sheets.sheets", lambda pages: b"%PDF")
    monkeypatch.setattr(caches["pages"], "get", lambda name: None)
    address = reverse("courses:sheet", args=[lesson.pk])

    answers = [client.get(address).status_code for _try in range(22)]

    assert answers == [200] * 20 + [429] * 2
