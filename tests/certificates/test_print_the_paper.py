"""The paper: every name can be read again, nothing overflows, nothing leaves the machine."""

import io
import os
import re
import socket
import subprocess
import sys
import unicodedata
from pathlib import Path

import pikepdf
import pytest
import zxingcpp
from django.utils import translation
from django.utils.html import escape
from fontTools.ttLib import TTFont
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from weasyprint.urls import FatalURLFetchingError

from certificates.pdf import render_certificate
from certificates.rules import courses_shown, is_crowded, name_size
from people import pdf as paper
from people.pdf import render
from tests.certificates.papers import (
    ADDRESS,
    FACTS,
    LETTERS,
    TWO_IN_ONE,
    as_one_line,
    people,
    tool,
    words_of,
)

letters = st.sampled_from([*LETTERS, *TWO_IN_ONE])
words = st.lists(letters, min_size=1, max_size=9).map("".join)
names = st.lists(words, min_size=1, max_size=9).map(" ".join).filter(lambda name: len(name) <= 100)


def draw(**facts):
    return render_certificate(FACTS | facts, address=ADDRESS)


# The rule: names


@pytest.mark.parametrize("style", ["Regular", "SemiBold"])
def test_every_letter_of_a_name_is_one_glyph(style):
    (file,) = (Path(paper.__file__).parent / "fonts").glob(f"*{style}.ttf")
    known = TTFont(file).getBestCmap()

    assert [letter for letter in LETTERS + "'’-. " if ord(letter) not in known] == []


def test_two_hundred_real_names_are_read_again_as_they_were_written():
    items = "".join(f'<p class="name">{escape(name)}</p>' for name in people())
    css = 'body { font-family: "Tram Ngay Paper"; } .name { font-weight: 600; font-size: 20pt; }'
    pdf = render(f'<html lang="vi"><title>Tên</title><body>{items}</body></html>', css=css)

    read = tool("pdftotext", "-raw", "-", "-", pdf=pdf).split("\n")

    assert [line.strip("\f") for line in read if line.strip("\f")] == people()


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(name=names)
def test_any_name_is_read_again_from_its_certificate(name):
    pdf = draw(name=unicodedata.normalize("NFC", name))

    # A name of two lines comes back with a line's end where it had a space, or was too long.
    assert as_one_line(name).replace(" ", "") in words_of(pdf).replace(" ", "")
    assert len(pikepdf.open(io.BytesIO(pdf)).pages) == 1


@pytest.mark.parametrize("name", ["Hà An", "Nguyễn Thị Thùy Dương", *people()[-10:]])
def test_a_name_of_one_line_comes_back_with_its_spaces(name):
    assert as_one_line(name) in words_of(draw(name=name))


@pytest.mark.parametrize(
    ("letters", "size"), [(5, "large"), (24, "large"), (25, "medium"), (46, "small"), (60, "tiny")]
)
def test_a_longer_name_is_set_smaller(letters, size):
    assert name_size("Ơ" * letters) == size


def test_more_courses_than_fit_are_counted():
    shown, size = courses_shown([f"{'Dịch vụ công trực tuyến ' * 4} {n}" for n in range(9)])

    assert 1 <= len(shown) < 9
    assert size == "many"


# The rule: the sheet


CROWDED = {
    "name": "Nguyễn Phước Bảo Quý Hoàng Thị Thùy Dương Phương Nghiêng Ngượng " * 2,
    "campaign": "Chiến dịch 100 ngày đêm Bình dân học vụ số cho mọi người dân " * 2,
    "team": "Tổ công nghệ số cộng đồng khu dân cư số mười bảy " * 3,
    "courses": ["Định danh điện tử mức 2 và dịch vụ công cho người cao tuổi"] * 12,
    "village": "tổ dân phố " + "Nguyễn Trãi Phường Hưng " * 5,
    "commune": "đặc khu Phú Quốc Thổ Chu Quần Đảo",
    "province": "thành phố Hồ Chí Minh",
    "birth_year_is_about": True,
}


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"name": "W" * 60},
        {"name": "NGUYỄN THỊ THÙY DƯƠNG HM"},
        {"name": "Ư" * 100},
        {"courses": [], "team": "", "birth_year": None, "evenings": 0, "lessons": 0},
        {key: value[:120] if isinstance(value, str) else value for key, value in CROWDED.items()}
        | {"name": CROWDED["name"][:100]},
    ],
    ids=["usual", "wide", "capitals", "one long word", "bare", "crowded"],
)
def test_nothing_overflows_and_nothing_overlaps(facts):
    pdf = draw(**facts)
    page = tool("pdftotext", "-bbox-layout", "-", "-", pdf=pdf)
    lines = [
        [float(number) for number in found]
        for found in re.findall(
            r'<line xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">', page
        )
    ]
    points = 72 / 25.4

    assert page.count("<page ") == 1
    assert all(20 * points < left and right < 277 * points for left, _t, right, _b in lines)
    assert all(21 * points < top and bottom < 189 * points for _l, top, _r, bottom in lines)
    for number, (left, top, right, bottom) in enumerate(lines):
        for other_left, other_top, other_right, other_bottom in lines[number + 1 :]:
            beside = min(right, other_right) - max(left, other_left) > 1
            # Lines of one paragraph may share the white above and below their letters.
            over = min(bottom, other_bottom) - max(top, other_top)
            assert not (beside and over > 0.35 * min(bottom - top, other_bottom - other_top))


def test_a_crowded_sheet_sets_the_other_lines_smaller():
    assert not is_crowded(FACTS["name"], FACTS["courses"], FACTS["campaign"], FACTS["team"])
    assert is_crowded(FACTS["name"], ["x" * 80], FACTS["campaign"], FACTS["team"])


def test_it_says_what_it_is_and_what_it_is_not():
    text = words_of(draw())

    assert "GIẤY CHỨNG NHẬN hoàn thành lớp học" in text
    assert "không phải là văn bằng, chứng chỉ hay xác nhận của cơ quan nhà nước" in text
    assert "Xã Lâm Thao, ngày 21 tháng 11 năm 2026" in text
    assert "sinh năm 1955 · thôn Cao Xá, xã Lâm Thao, tỉnh Phú Thọ" in text
    # What the state prints on its papers.
    for words_of_the_state in ("CỘNG HÒA", "Độc lập", "Chứng chỉ", "Văn bằng"):
        assert words_of_the_state not in text


def test_it_is_vietnamese_whatever_language_the_screen_has():
    with translation.override("vi"):
        vietnamese = draw()
    with translation.override("en"):
        english = draw()

    assert vietnamese == english


def test_it_is_tagged_titled_and_speaks_vietnamese():
    document = pikepdf.open(io.BytesIO(draw()))
    info = tool("pdfinfo", "-", pdf=draw())

    assert str(document.Root.Lang) == "vi"
    assert document.Root.MarkInfo.Marked
    assert re.search(r"Title:\s+Giấy chứng nhận hoàn thành lớp học TN-7K3Q-X9P2-MD0W", info)
    assert re.search(r"Tagged:\s+yes", info)
    alternatives = [str(item.Alt) for item in document.objects if _is_figure(item)]
    assert alternatives == ["Mã vuông mở trang kiểm tra giấy chứng nhận số TN-7K3Q-X9P2-MD0W"]


def test_every_face_is_embedded():
    fonts = tool("pdffonts", "-", pdf=draw()).splitlines()[2:]

    assert fonts
    assert all(re.search(r"yes +yes +yes", line) for line in fonts)


def test_the_square_code_opens_the_public_page():
    picture = subprocess.run(
        ["pdftoppm", "-r", "100", "-png", "-"], input=draw(), capture_output=True, check=True
    ).stdout

    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))

    assert code.text == ADDRESS


def test_it_can_be_printed_in_black_and_white():
    picture = subprocess.run(
        ["pdftoppm", "-r", "40", "-gray", "-"], input=draw(), capture_output=True, check=True
    ).stdout
    grey = Image.open(io.BytesIO(picture))
    shades = grey.histogram()

    # White paper, little toner; and the letters are dark without their colour.
    assert sum(shades[250:]) > 0.85 * sum(shades)
    assert sum(shades[:110]) > 0.01 * sum(shades)


def test_the_same_facts_give_the_same_bytes_in_another_process():
    program = (
        "import django, hashlib; django.setup()\n"
        "from tests.certificates.papers import ADDRESS, FACTS\n"
        "from certificates.pdf import render_certificate\n"
        "print(hashlib.sha256(render_certificate(FACTS, address=ADDRESS)).hexdigest())"
    )
    root = Path(paper.__file__).parent.parent
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={
                **os.environ,
                "PYTHONHASHSEED": seed,
                "DJANGO_SETTINGS_MODULE": "lms.settings.test",
                "PYTHONPATH": str(root),
            },
            cwd=root,
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(digests) == 1


# Bad input


MARKUP = [
    '<img src="{address}">',
    '<link rel="stylesheet" href="{address}">',
    '<link rel="attachment" href="file:///etc/passwd">',
    '<style>@import url("{address}");</style>',
    '<style>@font-face {{ font-family: F; src: url("{address}"); }} p {{ font-family: F }}</style>',
    '<p style="background: url({address})">x</p>',
    '<object data="{address}"></object>',
    '<embed src="{address}">',
    '<svg xmlns="http://www.w3.org/2000/svg"><image href="{address}" width="9" height="9"/></svg>',
    '<img src="file:///etc/passwd">',
]


@pytest.fixture
def no_line_out(monkeypatch):
    """Note every attempt to reach another machine."""
    attempts = []

    def connect(self, address):
        attempts.append(address)
        raise OSError("no line out")

    monkeypatch.setattr(socket.socket, "connect", connect)
    return attempts


@pytest.mark.parametrize("markup", MARKUP)
def test_markup_in_a_name_is_printed_and_not_obeyed(no_line_out, markup):
    name = markup.format(address="http://192.0.2.1/x")

    pdf = draw(name=name)

    assert name.replace(" ", "") in words_of(pdf).replace(" ", "")
    assert no_line_out == []


@pytest.mark.parametrize("markup", MARKUP)
def test_even_unescaped_markup_reaches_neither_the_network_nor_a_file(no_line_out, markup):
    html = (
        f"<html><title>x</title><body>{markup.format(address='http://192.0.2.1/x')}</body></html>"
    )

    try:
        pdf = render(html, css="")
    except (FatalURLFetchingError, ValueError):
        pdf = b""

    assert no_line_out == []
    assert b"EmbeddedFile" not in pdf


def _is_figure(item):
    return isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Figure"
