"""What a lesson weighs and what it costs, beside a bare Django page on the same machine.

Run: python benchmarks/lessons.py [rounds]
"""

import gzip
import logging
import os
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
# Plain names of static files: what is measured is ours.
os.environ["DJANGO_SETTINGS_MODULE"] = "lms.settings.test"
os.environ.setdefault("TRAMNGAY_DATA", tempfile.mkdtemp(prefix="tramngay-bench-"))

import django

django.setup()

# Django has to be set up first.
from django.conf import settings  # noqa: E402
from django.contrib.staticfiles import finders  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpResponse, HttpResponseRedirect  # noqa: E402
from django.template import engines  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
from django.test.utils import CaptureQueriesContext, setup_test_environment  # noqa: E402
from django.urls import path, reverse  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402

from courses.imports import import_pack  # noqa: E402
from courses.models import Drawing, LessonPage  # noqa: E402
from people.roles import Role  # noqa: E402
from people.services import issue_card  # noqa: E402
from progress.models import Attempt  # noqa: E402
from progress.services import enrol, start_attempt  # noqa: E402
from tests import factories  # noqa: E402

FIRST_VIEW, WHOLE_LESSON = 100, 300
_FILES = re.compile(r'(?:href|src)="(/static/[^"]+)"')
_PICTURES = re.compile(r"/courses/pictures/(\w+)\.svg")
BARE_MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]


def main(rounds: int) -> None:
    logging.disable(logging.WARNING)
    setup_test_environment()
    call_command("migrate", verbosity=0)
    import_pack(settings.BASE_DIR / "courses" / "content")
    weigh()
    measure_requests(rounds)


# What it weighs


def weigh() -> None:
    """Print each shipped lesson's bytes on the way to a phone, in both languages."""
    client = Client()
    drawings = dict(Drawing.objects.values_list("digest", "weight"))
    lessons = LessonPage.objects.live().select_related("locale").order_by("path")
    print(f"KB gzipped; budgets: first view {FIRST_VIEW}, whole lesson {WHOLE_LESSON}")
    print(f"{'first':>6} {'whole':>6}  lesson")
    worst_first = worst_whole = 0.0
    for lesson in lessons:
        address = lesson.get_url()
        first = page_of(client, f"{address}?step=1")
        shared = sum(static_weight(name) for name in set(_FILES.findall(first)))
        first_view = weight(first) + shared + pictures_weight(first, drawings)
        steps = len(lesson.body) + len(lesson.questions) + 1
        pages = [page_of(client, f"{address}?step={step}") for step in range(steps + 1)]
        everything = "".join(pages) + str(lesson.body.raw_data) + lesson_pictures(lesson)
        # Each screen is a page of its own here; the whole lesson in one document is lighter.
        whole = sum(map(weight, pages)) + shared + pictures_weight(everything, drawings)
        worst_first, worst_whole = max(worst_first, first_view), max(worst_whole, whole)
        print(f"{first_view / 1024:6.1f} {whole / 1024:6.1f}  {address}")
    print(f"{worst_first / 1024:6.1f} {worst_whole / 1024:6.1f}  the heaviest of {len(lessons)}")


def page_of(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def weight(text: str) -> int:
    return len(gzip.compress(text.encode(), mtime=0))


def static_weight(address: str) -> int:
    found = finders.find(address.removeprefix(settings.STATIC_URL))
    assert found, address
    content = Path(found).read_bytes()
    return len(content) if address.endswith((".woff2", ".png")) else len(gzip.compress(content))


def pictures_weight(text: str, drawings: dict[str, int]) -> int:
    return sum(drawings[digest] for digest in set(_PICTURES.findall(text)))


def lesson_pictures(lesson) -> str:
    return " ".join(picture["url"] for picture in lesson.pictures)


# What it costs


def measure_requests(rounds: int) -> None:
    lesson = LessonPage.objects.live().filter(locale__language_code="vi").order_by("path").first()
    address = lesson.get_url()
    page = page_of(Client(), f"{address}?step=1")
    print(f"\n{connection.vendor}, median of {rounds} requests in one process")
    print(f"{'CPU ms':>7} {'a second':>9} {'queries':>8}")

    with bare(len(page), lesson.pk):
        browser = Client()
        base = measure(
            "bare Django: a page of that length, one query", lambda n: browser.get("/p"), rounds
        )
        posted = measure(
            "bare Django: one row written, redirect", lambda n: browser.post("/a"), rounds
        )

    stranger = Client()
    cached = measure(
        "a lesson's page, from the cache", lambda n: stranger.get(f"{address}?step=1"), rounds
    )
    fresh = measure(
        "a lesson's page, made anew", lambda n: stranger.get(f"{address}?step=1&n={n}"), rounds
    )
    phone, attempt = learner_with_attempt(lesson)
    own = reverse("progress:lesson", args=[lesson.pk, 1])
    kept = measure("a learner's lesson page, remembered", lambda n: phone.get(own), rounds)
    question = reverse("progress:question", args=[attempt.uuid, 1])
    asked = attempt.questions[0]["options"]

    def answer(number):
        return phone.post(question, {"answer": asked[number % 2]["id"]})

    answered = measure("an answer to a question", answer, rounds)
    print("\nagainst bare Django (CPU):")
    for name, ours, theirs in (
        ("page from the cache", cached, base),
        ("page made anew", fresh, base),
        ("learner's own page", kept, base),
        ("answer", answered, posted),
    ):
        print(f"  {name:24} {ours / theirs:5.1f} ×")


def learner_with_attempt(lesson) -> tuple[Client, Attempt]:
    province = factories.PlaceFactory(kind="province")
    village = factories.PlaceFactory(parent=factories.PlaceFactory(kind="commune", parent=province))
    session = factories.ClassSessionFactory(class_group__place=village)
    session.campaign.required_courses.set([lesson.course])
    teacher = factories.AssignmentFactory(place=village.get_parent(), role=Role.INSTRUCTOR).user
    enrolment = enrol(
        factories.ResidentFactory(village=village),
        session.campaign,
        by=teacher,
        class_group=session.class_group,
    )
    _card, token = issue_card(enrolment.resident, by=teacher)
    phone = Client()
    phone.post(reverse("people:card_open"), {"token": token})
    return phone, start_attempt(enrolment, lesson)


def bare(length: int, pk: int):
    """Return settings under which Django serves nothing but two views, as bare as they can be."""
    template = engines["django"].from_string("<h1>{{ title }}</h1>{{ body }}")

    def page(request):
        title = LessonPage.objects.values_list("title", flat=True).get(pk=pk)
        return HttpResponse(template.render({"title": title, "body": "a" * length}, request))

    @csrf_exempt
    def answer(request):
        Drawing.objects.filter(pk=0).update(name="a")
        return HttpResponseRedirect("/p")

    class urls:
        urlpatterns = [path("p", page), path("a", answer)]

    return override_settings(MIDDLEWARE=BARE_MIDDLEWARE, ROOT_URLCONF=urls)


def measure(name: str, act, rounds: int) -> float:
    """Print and return the median CPU milliseconds of ``act``."""
    for number in range(3):
        assert act(-1 - number).status_code in (200, 302), name
    with CaptureQueriesContext(connection) as queries:
        act(-4)
        count = len(queries)
    cpu, wall = [], []
    for number in range(rounds):
        began, busy = time.perf_counter(), time.process_time()
        act(number)
        cpu.append((time.process_time() - busy) * 1000)
        wall.append((time.perf_counter() - began) * 1000)
    median = statistics.median(cpu)
    print(f"{median:7.2f} {1000 / statistics.median(wall):9.0f} {count:8}  {name}")
    return median


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
