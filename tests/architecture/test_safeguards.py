"""What holds for every page at once: headers, redirects, uploads, files, tries."""

import datetime as dt
import io
import json
import re

import pytest
from django.conf import settings as current
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from people.models import ResidentFile, User
from people.tasks import forget_lists
from places.models import Place
from tests.architecture.doors import ANYWHERE, FENCED, LEARNER
from tests.architecture.world import nothing_changes
from tests.factories import AssignmentFactory

pytestmark = pytest.mark.django_db

PUBLIC = {
    "home": [],
    "verify_form": [],
    "people:card_open": [],
    "people:card_entry": [],
    "progress:names": [],
    "account_login": [],
    "account_reset_password": [],
}
ELSEWHERE = ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
SCRIPT = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


def directives(answer) -> dict:
    parts = (part.split() for part in answer["Content-Security-Policy"].split(";") if part.strip())
    return {name: values for name, *values in parts}


# Inside Wagtail's admin, which keeps a policy of its own.
DESK = ("courses_review", "courses_questions", "courses_questions_gift")


def is_guarded(answer):
    policy = directives(answer)
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == ["'self'"]
    assert policy["base-uri"] == ["'none'"]
    assert policy["frame-ancestors"] == ["'self'"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


def is_without_inline_code(answer):
    page = answer.content.decode()
    scripts = re.findall(r"<script\b(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>", page)
    assert scripts == []
    assert re.findall(r"<style\b|\sstyle=\"|\son[a-z]+=\"|href=\"javascript:", page) == []


# Pages


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_page_is_guarded(world, name):
    answer = Client().get(reverse(name, args=PUBLIC[name]))

    assert answer.status_code == 200
    is_guarded(answer)
    is_without_inline_code(answer)


@pytest.mark.parametrize(
    "name",
    [name for name, door in (FENCED | ANYWHERE).items() if door.shows and name not in DESK],
)
def test_a_page_of_staff_is_guarded(world, as_staff, name):
    door = (FENCED | ANYWHERE)[name]

    answer = as_staff(getattr(world.home, door.by)).get(door.url(name, world.home))

    is_guarded(answer)
    if answer["Content-Type"].startswith("text/html"):
        is_without_inline_code(answer)


@pytest.mark.parametrize("name", LEARNER)
def test_a_page_of_a_learner_is_guarded_and_kept_by_no_cache(world, as_learner, name):
    answer = as_learner(world.home.kim).get(LEARNER[name].url(name, world.home))

    is_guarded(answer)
    is_without_inline_code(answer)
    assert "no-store" in answer["Cache-Control"]


def test_a_refusal_is_guarded(world, as_staff):
    browser = as_staff(world.home.observer)
    pages = [reverse("people:residents"), reverse("people:resident", args=[world.away.lan.uuid])]

    answers = [browser.get(page) for page in pages]

    assert [answer.status_code for answer in answers] == [403, 404]
    for answer in answers:
        is_guarded(answer)
        is_without_inline_code(answer)


# Addresses that lead elsewhere


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_led_to_another_site(world, target):
    user = User.objects.get(pk=world.home.observer.pk)
    user.set_password("mot-hai-ba-bon")
    user.save()
    signs_in = {"login": user.username, "password": "mot-hai-ba-bon"}

    answers = [
        Client().post(reverse("look"), {"next": target, "size": "1"}),
        Client().post(reverse("set_language"), {"next": target, "language": "en"}),
        Client().post(reverse("account_login"), {**signs_in, "next": target}),
        Client().post(f"{reverse('account_login')}?next={target}", signs_in),
    ]

    assert [answer.status_code for answer in answers] == [302] * 4
    assert [answer.url for answer in answers if not re.match(r"/(?![/\\])", answer.url)] == []


# How often one may try


@pytest.mark.usefixtures("one_minute")
def test_cards_cannot_be_guessed_without_end(world):
    browser = Client()

    answers = [
        browser.post(reverse("people:card_open"), {"token": f"{n:026}"}).status_code
        for n in range(62)
    ]

    assert answers[:60] == [422] * 60
    assert answers[60:] == [429, 429]


@pytest.mark.usefixtures("one_minute")
def test_certificates_cannot_be_looked_through(world):
    browser = Client()

    answers = [
        browser.get(reverse("verify", args=[f"TN-0000-0000-{n:04}"])).status_code for n in range(62)
    ]

    assert answers[:60] == [404] * 60
    assert answers[60:] == [429, 429]


def test_a_checked_certificate_is_found_by_no_search_engine(world):
    answer = Client().get(reverse("verify", args=[world.home.certificate.number]))

    assert answer.status_code == 200
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Cache-Control"] == "no-store"


# Sessions


def test_a_card_begins_a_new_session(world):
    home = world.home
    browser = Client()
    browser.get(reverse("people:card_entry"))
    planted = browser.session
    planted["planted"] = "by somebody else"
    planted.save()
    browser.cookies[current.SESSION_COOKIE_NAME] = planted.session_key

    browser.post(reverse("people:card_open"), {"token": home.token_of_lan})

    assert browser.session["learner"]["resident"] == str(home.lan.uuid)
    assert browser.session.session_key != planted.session_key
    assert "planted" not in browser.session


def test_a_withdrawn_card_ends_what_it_began(world, as_learner):
    browser = as_learner(world.home.kim)
    world.home.kim.cards.update(revoked_at=world.home.certificate.issued_at)

    answer = browser.get(reverse("progress:learn"))

    assert answer.url == reverse("people:card_entry")


# Files


@pytest.mark.parametrize(
    "path",
    [
        "",
        "inside/",
        "inside",
        "../secret-key",
        "..%2fsecret-key",
        "%2e%2e/secret-key",
        "inside/../../secret-key",
        "/etc/passwd",
        "..\\secret-key",
    ],
)
def test_only_what_lies_on_the_shelf_is_handed_out(client, settings, tmp_path, path):
    settings.MEDIA_ROOT = tmp_path / "media"
    (tmp_path / "media/inside").mkdir(parents=True)
    (tmp_path / "media/inside/picture.txt").write_text("a picture")
    (tmp_path / "secret-key").write_text("the key")

    assert client.get("/media/inside/picture.txt").status_code == 200
    answer = client.get(f"/media/{path}", follow=True)
    assert answer.status_code in (400, 404)
    assert b"the key" not in answer.content
    assert b"picture.txt" not in answer.content


@pytest.mark.parametrize(
    ("url", "name", "content"),
    [
        ("wagtaildocs:add_multiple", "page.html", b"<script>alert(1)</script>"),
        ("wagtaildocs:add_multiple", "picture.svg", SCRIPT),
        ("wagtaildocs:add_multiple", "code.js", b"alert(1)"),
        ("wagtaildocs:add_multiple", "sheet.xhtml", SCRIPT),
        ("wagtailimages:add_multiple", "picture.svg", SCRIPT),
        ("wagtailimages:add_multiple", "picture.png", SCRIPT),
        ("wagtailimages:add_multiple", "page.html", b"<script>alert(1)</script>"),
    ],
)
def test_nothing_that_runs_is_taken_in(world, as_staff, url, name, content):
    file = io.BytesIO(content)
    file.name = name

    answer = as_staff(world.home.author).post(
        reverse(url), {"files[]": file, "title": "x", "collection": 1}
    )

    assert answer.status_code == 200
    assert json.loads(answer.content)["success"] is False


def test_what_is_handed_out_for_saving_has_a_plain_name(world, as_staff):
    """A place may be called anything; its name must not write headers."""
    home = world.home
    Place.objects.filter(pk=home.village.pk).update(name='Đồng "x"; filename="y.html\u2028')

    answer = as_staff(home.organiser).get(
        reverse("campaigns:coverage_csv", args=[home.campaign.pk]), {"place": home.village.pk}
    )

    said = re.fullmatch(r'attachment; filename="([^"]+)"', answer["Content-Disposition"])
    assert said
    assert re.fullmatch(r"[a-z0-9.-]+", said[1])


# What is kept


def test_a_list_that_nobody_confirms_is_forgotten_after_a_day(world):
    ResidentFile.objects.filter(pk__in=[world.home.list.pk, world.near.list.pk]).update(
        uploaded_at=timezone.now() - dt.timedelta(hours=25)
    )

    forget_lists()

    assert [kept.place for kept in ResidentFile.objects.all()] == [world.away.commune]


# Roles


def test_nobody_takes_over_who_has_more_than_himself(world, as_staff):
    """The province's organiser also teaches in the commune, so its organiser knows the account."""
    home = world.home
    AssignmentFactory(user=home.province_organiser, place=home.commune, role="instructor")
    browser = as_staff(home.organiser)
    pk = home.province_organiser.pk

    with nothing_changes():
        answers = [
            browser.post(reverse(f"people:{name}", args=[pk]), {"full_name": "Lê Thị Mới"})
            for name in ("staff_password", "staff_second_step", "staff_open", "staff_edit")
        ]
        raised = browser.post(
            reverse("people:staff_give_role", args=[home.instructor.pk]),
            {"role": "province_organiser", "place": home.province.pk},
        )

    assert [answer.status_code for answer in answers] == [403] * 4
    assert raised.status_code == 422
