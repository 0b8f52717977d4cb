"""What is printed on a believable certificate, and how a paper is read again."""

import subprocess
import unicodedata

FACTS = {
    "number": "TN-7K3Q-X9P2-MD0W",
    "name": "Nguyễn Thị Thùy Dương",
    "birth_year": 1955,
    "birth_year_is_about": False,
    "village": "thôn Cao Xá",
    "commune": "xã Lâm Thao",
    "province": "tỉnh Phú Thọ",
    "campaign": "100 ngày Bình dân học vụ số",
    "courses": ["Định danh điện tử mức 2"],
    "evenings": 6,
    "lessons": 4,
    "completed_on": "2026-11-20",
    "issued_on": "2026-11-21",
    "team": "Tổ công nghệ số cộng đồng thôn Cao Xá",
}
ADDRESS = "https://tramngay.example/xac-minh/TN-7K3Q-X9P2-MD0W/"

TONED = (
    "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệfghiìíỉĩịjklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvwxyỳýỷỹỵz"
)
EDE = "ƀčĕĭñŏŭ"
LETTERS = TONED + EDE + (TONED + EDE).upper()
# Letters of Ê Đê that Unicode knows only as two characters.
TWO_IN_ONE = [base + "\u0306" for base in "êôơưÊÔƠƯ"]

_FAMILY = "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Hà Quách Mạc"
_MIDDLE = "Văn Thị Hữu Đức Ngọc Thùy Phương Bảo Quý Thanh Minh Xuân Mỹ Kim Nguyệt Tuấn Quốc Thế"
_GIVEN = (
    "Lan Hoa Huệ Dũng Nghĩa Ngượng Thuỷ Yến Ửng Ỷ Ẩn Ệt Ọt Ị Bưởi Khuyên Nghiêng Quỳnh Sương Tưởng "
    "Vượng Xoan Ẵm Ất Ổn Ở Ước Hạnh Chiến Thắng"
)
EDE_NAMES = [
    "Y Ƀhăm Niê Kđăm",
    "H'Hŏ Ẽban",
    "H’Bia Niê",
    "Y Ƀlŭ Mlô",
    "H'Wĭ Ayŭn",
    "Y Čơ̆k Êban",
    "H'Niê̆ Kbuôr",
    "Y Ngô̆ Čư̆ Ayŭn",
    "A Ma Bhŏng",
    "Y Bliêo-Niê",
]


def people():
    """Two hundred names such as are in the villages' lists."""
    family, middle, given = _FAMILY.split(), _MIDDLE.split(), _GIVEN.split()
    names = [
        f"{family[n % len(family)]} {middle[n * 7 % len(middle)]} {given[n * 11 % len(given)]}"
        for n in range(190)
    ]
    return names + EDE_NAMES


def tool(*command, pdf):
    """Ask one of poppler's tools about a PDF that it reads from its input."""
    answer = subprocess.run([*command], input=pdf, capture_output=True, check=True, timeout=60)
    return answer.stdout.decode()


def words_of(pdf):
    """Return the text of a PDF as one line."""
    return " ".join(tool("pdftotext", "-raw", "-", "-", pdf=pdf).split())


def as_one_line(text):
    return " ".join(unicodedata.normalize("NFC", text).split())
