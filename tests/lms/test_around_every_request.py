"""Language, look, caches and odd addresses: what holds on every page."""

import pytest
from django.http import HttpResponse
from django.urls import reverse

from lms.demo import world
from lms.middleware import PrivatePagesMiddleware
from tests.factories import AssignmentFactory

pytestmark = pytest.mark.django_db


def test_a_browser_that_speaks_english_still_gets_vietnamese(client):
    page = client.get("/", headers={"accept-language": "en-US,en"})

    assert page["Content-Language"] == "vi"
    assert "Đăng nhập" in page.text


def test_english_is_chosen_once_and_stays(client):
    client.post(reverse("set_language"), {"language": "en", "next": "/"})

    assert client.get("/")["Content-Language"] == "en"
    assert "Sign in" in client.get("/").text


def test_a_page_that_says_it_is_nobodys_is_left_alone(rf, commune):
    request = rf.get("/")
    request.user, request.learner = AssignmentFactory(place=commune).user, None
    drawing = HttpResponse(headers={"Cache-Control": "public, max-age=31536000, immutable"})

    answer = PrivatePagesMiddleware(lambda request: drawing)(request)

    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    ("before", "pressed", "after"),
    [("0", "+", "1"), ("1", "-", "0"), ("0", "-", "0"), ("4", "+", "4"), ("x", "+", "1")],
)
def test_letters_grow_and_shrink_within_bounds(client, before, pressed, after):
    client.cookies["look_size"] = before

    answer = client.post(reverse("look"), {"size": pressed, "next": "/courses/"})

    assert answer.url == "/courses/"
    assert answer.cookies["look_size"].value == after


def test_a_made_up_theme_or_size_changes_nothing(client):
    answer = client.post(reverse("look"), {"size": "999", "theme": "neon", "next": "//x.example"})

    assert answer.url == "/"
    assert not {"look_size", "look_theme"} & set(answer.cookies)


def test_the_watch_is_told_that_all_is_well(client):
    answer = client.get(reverse("health"))

    assert answer.json() == {"app": "tramngay", "status": "ok"}


def test_a_null_character_in_an_address_does_no_harm(client, organiser):
    client.force_login(organiser)

    answer = client.get(reverse("people:staff") + "?q=%00ly")

    assert answer.status_code == 200
    assert "\x00" not in answer.text


def test_pages_of_people_stay_in_no_cache(client, commune):
    client.force_login(AssignmentFactory(place=commune).user)

    assert "no-store" in client.get("/")["Cache-Control"]


def test_the_writing_desk_has_a_policy_of_its_own(client, admin_client):
    policy = admin_client.get("/cms/")["Content-Security-Policy"]

    assert "object-src 'none'" in policy
    assert "unsafe-eval" not in policy


def test_htmx_is_sent_to_the_sign_in_as_a_whole_page(client):
    answer = client.get(reverse("people:residents"), headers={"hx-request": "true"})

    assert answer.status_code == 204
    assert answer["HX-Redirect"].startswith(reverse("account_login"))


def test_the_demo_is_refused_where_it_is_not_allowed(settings):
    settings.DEMO_ALLOWED = False

    with pytest.raises(world.ImproperlyConfigured):
        world.load()
