"""Two campaigns on a day like today: a province on its 63rd day, a commune on its 35th."""

import datetime as dt
import random
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone, translation

from campaigns.models import Campaign
from courses.models import CoursePage
from courses.services import lessons_of
from lms.demo import daklak, lamthao, organisers
from lms.demo.clock import at, clock_of
from people.models import User
from people.roles import Role
from people.services import assign_role, create_staff
from places.models import Place

PASSWORD = "tramngay-demo"
ACCOUNTS = ("tinh", "xa", "xa2", "totruong", "giaovien", "quansat", "soanbai", "duyetbai")
SEED = 20251  # 2025, the year of the movement, and its first province.


def is_loaded() -> bool:
    """Tell whether this database already holds the demo."""
    return User.objects.filter(username=ACCOUNTS[0]).exists()


def load() -> None:
    """Make the demo world, or nothing of it; its certificates are left to the jobs."""
    if not settings.DEMO_ALLOWED:
        raise ImproperlyConfigured("The demo world is not for a real province's server.")
    # A past made of services: what they write is what a real hundred days would have written.
    with translation.override("vi"), transaction.atomic():
        call_command("import_places", verbosity=0)
        call_command("import_courses", verbosity=0)
        _build(timezone.now(), random.Random(SEED))


def _build(now: dt.datetime, rng: random.Random) -> None:
    today = timezone.localtime(now).date()
    course = CoursePage.objects.get(
        slug="dinh-danh-dien-tu", locale__language_code=settings.LANGUAGE_CODE
    )
    lessons = list(lessons_of(course))
    province = Place.objects.provinces().get(name="Đắk Lắk")
    commune = Place.objects.communes().get(name="Lâm Thao", code__in=_communes_of("Phú Thọ"))
    with at(clock_of(today - dt.timedelta(days=70), 9)):
        staff = _staff(province, commune)
    campaign = daklak.tell(province, course, lessons, staff, today=today, now=now, rng=rng)
    card = lamthao.tell(commune, course, lessons, staff, today=today, now=now, rng=rng)
    organisers.tell(
        campaign, Campaign.objects.get(place=commune), staff, password=PASSWORD, now=now
    )
    _keep_card(card)


def _communes_of(province):
    place = Place.objects.provinces().get(name=province)
    return place.get_children().values_list("code", flat=True)


def _staff(province: Place, commune: Place) -> dict[str, User]:
    """Make the accounts, one per role."""
    phu_tho = commune.province
    rows = [
        ("tinh", "Nguyễn Thị Minh Tâm", Role.PROVINCE_ORGANISER, province),
        ("xa", "Trần Quang Vinh", Role.COMMUNE_ORGANISER, commune),
        ("totruong", "Lê Thị Thanh Hà", Role.TEAM_LEADER, commune),
        ("giaovien", "Đỗ Khánh Linh", Role.INSTRUCTOR, commune),
        ("soanbai", "Phạm Ngọc Anh", Role.AUTHOR, phu_tho),
        ("duyetbai", "Hà Thị Thu Hương", Role.REVIEWER, phu_tho),
    ]
    staff = {}
    for username, full_name, role, place in rows:
        staff[username], _password = create_staff(
            username=username,
            full_name=full_name,
            role=role,
            place=place,
            by=None,
            password=PASSWORD,
        )
    # One demo organiser looks at both provinces, so that one sign-in shows both campaigns.
    assign_role(staff["tinh"], Role.PROVINCE_ORGANISER, phu_tho, by=None)
    return staff


def _keep_card(token: str) -> None:
    """Keep the address of the one demo card where `serve` finds it; only hashes are in the data."""
    path = card_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(token)


def card_path() -> Path:
    """Return where the token of the demo's card is kept."""
    return settings.DATA_DIR / "demo-card.txt"
