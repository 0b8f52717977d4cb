"""Staff sign in with a user name, a telephone or an e-mail, and organisers with a second step."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core import mail
from django.test import Client
from django.urls import reverse

from people.services import deactivate_staff

PASSWORD = "mat-khau-dai-9"
LOGIN = "/accounts/login/"
WHOAMI = "/progress/whoami/"
SECRET = "JBSWY3DPEHPK3PXP"

pytestmark = pytest.mark.django_db


@pytest.fixture
def ly(organiser):
    """The organiser of the commune, with a telephone and an e-mail address."""
    organiser.set_password(PASSWORD)
    organiser.phone, organiser.email = "+84912345678", "ly@example.vn"
    organiser.save()
    return organiser


@pytest.fixture
def must_show_two(settings):
    """As in production."""
    settings.SECOND_FACTOR_ROLES = ["province_organiser", "commune_organiser"]


# One field


@pytest.mark.parametrize(
    "login",
    ["ly", "LY", "0912345678", "0912 345 678", "+84 912 345 678", "84912345678", "ly@example.vn",
     " LY@example.vn "],
)  # fmt: skip
def test_one_field_takes_all_three(client, ly, login):
    _sign_in(client, login)

    assert _who(client) == ly


@pytest.mark.parametrize("login", ["ly", "0912345679", "nobody@example.vn", "0912345678", ""])
def test_a_wrong_password_or_person_opens_nothing(client, ly, login):
    answer = _sign_in(client, login, "sai-mat-khau")

    assert answer.status_code == 200
    assert _who(client).is_anonymous


def test_whether_a_number_is_known_cannot_be_told(client, ly):
    known = _sign_in(client, "0912345678", "sai").context["form"].errors
    unknown = _sign_in(client, "0912345679", "sai").context["form"].errors

    assert known == unknown


def test_a_closed_account_says_so(client, ly):
    ly.is_active = False
    ly.save()

    answer = client.post(LOGIN, {"login": "ly", "password": PASSWORD}, follow=True)

    assert answer.redirect_chain[-1][0] == reverse("account_inactive")
    assert _who(client).is_anonymous


def test_signing_in_lasts_thirty_days_only_for_who_wants_it(client, ly):
    _sign_in(client, "ly")
    assert client.session.get_expire_at_browser_close()
    client.post(reverse("account_logout"))

    client.post(LOGIN, {"login": "ly", "password": PASSWORD, "remember": "on"})
    assert client.session.get_expiry_age() > 29 * 24 * 3600


# How often


def test_sixty_people_of_one_cultural_house_sign_in_within_a_minute(client, ly, django_user_model):
    names = [f"tinh_nguyen_{number}" for number in range(60)]
    for name in names:
        django_user_model.objects.create_user(name, password=PASSWORD)

    for name in names:
        client.cookies.clear()
        assert _sign_in(client, name).status_code == 302


def test_a_hundred_wrong_passwords_are_too_many(client, ly):
    answers = [_sign_in(client, f"ai-do-{number}", "sai") for number in range(102)]

    assert "quá nhiều lần" in answers[-1].text
    assert "quá nhiều lần" not in answers[50].text


# Nobody signs up


@pytest.mark.parametrize(
    "path",
    ["signup/", "email/", "confirm-email/", "confirm-email/abc/", "login/code/confirm/",
     "password/set/"],
)  # fmt: skip
def test_what_organisers_do_has_no_page(client, ly, path):
    client.force_login(ly)

    assert client.get(f"/accounts/{path}").status_code == 404


# Forgotten


def test_without_e_mail_the_page_says_who_can_help(client, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

    page = client.get(reverse("account_reset_password"))

    assert '<input type="email"' not in page.text
    assert client.post(reverse("account_reset_password"), {"email": "x@y.vn"}).status_code == 200
    assert not mail.outbox


def test_a_link_by_e_mail_leads_to_a_new_password(client, ly):
    client.post(reverse("account_reset_password"), {"email": "ly@example.vn"})
    link = next(word for word in mail.outbox[0].body.split() if "/password/reset/key/" in word)
    page = client.get(link[link.index("/accounts") :], follow=True)

    client.post(
        page.redirect_chain[-1][0],
        {"password1": "mot-mat-khau-khac-7", "password2": "mot-mat-khau-khac-7"},
    )
    _sign_in(client, "ly", "mot-mat-khau-khac-7")

    assert _who(client) == ly


def test_an_unknown_address_is_answered_alike(client, ly):
    known = client.post(reverse("account_reset_password"), {"email": "ly@example.vn"})
    unknown = client.post(reverse("account_reset_password"), {"email": "ai@example.vn"})

    assert known.url == unknown.url


# The second step


def test_an_organiser_without_a_second_step_is_sent_to_set_one_up(client, ly, must_show_two):
    _sign_in(client, "ly")

    answer = client.get(reverse("people:residents"))

    assert answer.status_code == 302
    assert answer.url == reverse("mfa_index")
    assert client.get(reverse("mfa_index")).status_code == 200


def test_having_set_one_up_is_not_having_shown_it(client, ly, must_show_two):
    _sign_in(client, "ly")
    TOTP.activate(ly, SECRET)

    assert client.get(reverse("people:residents")).status_code == 302


def test_the_password_alone_opens_nothing_once_there_is_a_second_step(client, ly):
    TOTP.activate(ly, SECRET)

    answer = _sign_in(client, "ly")

    assert answer.url.startswith(reverse("mfa_authenticate"))
    assert _who(client).is_anonymous


def test_password_and_code_open_the_house(client, ly, must_show_two):
    TOTP.activate(ly, SECRET)
    _sign_in(client, "ly")
    client.post(reverse("mfa_authenticate"), {"code": _code()})

    assert client.get(reverse("people:residents")).status_code == 200


def test_a_session_that_never_saw_the_second_step_stays_outside(client, ly, must_show_two):
    TOTP.activate(ly, SECRET)
    client.force_login(ly)

    assert client.get(reverse("people:residents")).status_code == 302


def test_an_instructor_needs_no_second_step(client, instructor, must_show_two):
    client.force_login(instructor)

    assert client.get(reverse("people:residents")).status_code == 200


def test_in_the_demo_nobody_must(client, ly):
    _sign_in(client, "ly")

    assert client.get(reverse("people:residents")).status_code == 200


def test_the_app_is_set_up_with_a_code_from_it(client, ly):
    _sign_in(client, "ly")
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.get(reverse("mfa_activate_totp"))
    secret = client.session["mfa.totp.secret"]

    client.post(reverse("mfa_activate_totp"), {"code": _code(secret)})

    assert Authenticator.objects.filter(user=ly, type="totp").exists()


@pytest.mark.parametrize("name", ["account_login", "mfa_add_webauthn", "mfa_index"])
def test_no_page_of_accounts_needs_a_script_within_it(client, ly, name):
    if name != "account_login":
        _sign_in(client, "ly")
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})

    page = client.get(reverse(name), follow=True).text

    for script in page.split("<script")[1:]:
        head = script.split(">", 1)[0]
        assert "src=" in head or "application/json" in head
    assert "style=" not in page
    assert "onclick" not in page


def _sign_in(client, login, password=PASSWORD):
    return client.post(LOGIN, {"login": login, "password": password})


def _who(client):
    return client.get("/health/").wsgi_request.user


def _code(secret=SECRET):
    return format_hotp_value(hotp_value(secret, int(time.time() // 30)))


# Lost phones


def test_a_phone_that_is_signed_out_from_elsewhere_is_told_to_forget(client, ly):
    lost = Client()
    for device in (lost, client):
        _sign_in(device, "ly")
        device.get("/")

    client.post(reverse("usersessions_list"))

    assert lost.get(WHOAMI).json() | {"csrf": "", "now": 0} == {
        "app": "tramngay", "now": 0, "csrf": "", "person": None, "forget": True
    }  # fmt: skip
    assert _who(lost).is_anonymous
    assert "forget" not in client.get(WHOAMI).json()
    # Whoever finds it and signs in there is told nothing of the kind, nor when signing out again.
    _sign_in(lost, "ly")
    assert "forget" not in lost.get(WHOAMI).json()
    lost.post(reverse("account_logout"))
    assert "forget" not in lost.get(WHOAMI).json()


def test_the_phone_of_a_closed_account_is_told_to_forget(client, instructor, ly):
    client.force_login(instructor)
    assert "forget" not in client.get(WHOAMI).json()

    deactivate_staff(instructor, by=ly)

    assert client.get(WHOAMI).json()["forget"] is True


def test_the_phone_of_whose_password_is_renewed_is_told_to_forget(client, instructor, ly):
    lost = Client()
    instructor.set_password(PASSWORD)
    instructor.save()
    _sign_in(lost, instructor.username)
    lost.get("/")
    client.force_login(ly)

    client.post(reverse("people:staff_password", args=[instructor.pk]))

    assert lost.get(WHOAMI).json()["forget"] is True
    assert _who(client) == ly


def test_signing_out_oneself_is_no_loss(client, ly):
    _sign_in(client, "ly")
    client.post(reverse("account_logout"))

    assert "forget" not in client.get(WHOAMI).json()
