"""Names as they are heard in the villages of Phú Thọ and Đắk Lắk."""

import random
from dataclasses import dataclass

FAMILY = (
    "Nguyễn Nguyễn Nguyễn Nguyễn Nguyễn Trần Trần Lê Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ "
    "Hồ Ngô Dương Lý Đinh Hà Tạ Cao Lương Quách Triệu Mai"
).split()
FEMALE_MIDDLE = ["Thị"] * 8 + ["Thị Thu", "Thị Kim", "Thị Ngọc", "Thị Minh", "Thị Thanh"]
MALE_MIDDLE = ["Văn"] * 6 + ["Đình", "Xuân", "Quang", "Hữu", "Đức", "Công", "Ngọc", "Thế", "Bá"]
FEMALE_GIVEN = (
    "Lan Hoa Hương Mai Cúc Liên Nga Hằng Thảo Hạnh Phượng Tuyết Nhung Loan Yến Oanh Thơm Nụ Bưởi "
    "Na Mận Đào Huệ Sen Thắm Nhàn Hiền Thục Tâm Lành Hợi Tý Thìn Sửu Ngọ Mùi Dần Ngưỡng Gái Xuyến "
    "Chắt Vân Nguyệt Thủy Tình Nghĩa Bé Út Chín Tư"
).split()
MALE_GIVEN = (
    "Hùng Dũng Cường Thắng Lợi Bình Minh Sơn Hải Long Quân Tuấn Toàn Thành Đạt Khoa Phúc Lộc Thọ "
    "Khang An Hòa Chiến Công Trường Khải Nam Hậu Thuận Tiến Quyết Ninh Vinh Quý Sáng Tự Lập Kiên "
    "Trung Tín Đông Bắc Xuân Hạ Thu Ký Chính Điền Ruộng Mười"
).split()
EDE_CLAN = [
    "Niê", "Mlô", "Êban", "Ayŭn", "Kbuôr", "Knul", "Byă", "Adrơng", "Hmok", "Kpă", "Ksơr",
    "Niê Kđăm", "Mlô Duôn Du", "Buôn Yă", "Êñuôl",
]  # fmt: skip
EDE_FEMALE = "H'Bia H'Lan H'Nga H'Ruăn H'Yŏ H'Đơk H'Wiêt H'Blui H'Mơn H'Ngăm H'Bêč H'Ƀhăr".split()
EDE_MALE = "Bhăm Ƀlŭ Nuê Thuñ Wang Dhăn Kŏ Sŭt Ngông Moan Jŭt Hăm Đhiêu".split()


@dataclass
class Person:
    """Somebody of the demo, before being registered."""

    full_name: str
    sort_name: str
    sex: str
    language: str = "vi"


def kinh(rng: random.Random, sex: str) -> Person:
    family = rng.choice(FAMILY)
    middle, given = (
        (rng.choice(FEMALE_MIDDLE), rng.choice(FEMALE_GIVEN))
        if sex == "f"
        else (rng.choice(MALE_MIDDLE), rng.choice(MALE_GIVEN))
    )
    return Person(f"{family} {middle} {given}", "", sex)


def ede(rng: random.Random, sex: str) -> Person:
    """An Ê Đê name ends with the clan; it is sorted by the given name all the same."""
    clan = rng.choice(EDE_CLAN)
    given = rng.choice(EDE_FEMALE) if sex == "f" else f"Y {rng.choice(EDE_MALE)}"
    return Person(f"{given} {clan}", f"{clan} {given}", sex, "rad")


def volunteer(rng: random.Random) -> str:
    """The name of somebody young."""
    if rng.random() < 0.5:
        given = rng.choice("Linh Trang Hà Ngân Phương Quỳnh Thư My Vy Châu Anh Giang Dung".split())
        return f"{rng.choice(FAMILY)} {rng.choice(('Thị', 'Thùy', 'Khánh', 'Ngọc'))} {given}"
    given = rng.choice("Nam Hoàng Đức Huy Khánh Việt Tú Bảo Kiệt Phong Thịnh Tùng Duy".split())
    return f"{rng.choice(FAMILY)} {rng.choice(('Văn', 'Minh', 'Quốc', 'Anh'))} {given}"
