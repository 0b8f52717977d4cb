"""Every page of accounts that can be reached speaks Vietnamese, mistakes included.

allauth ships no Vietnamese. A text that is the same in both languages was not translated.
"""

import re
from html.parser import HTMLParser

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.urls import reverse
from django.utils.translation import gettext, override

from people.adapters import WORDS

pytestmark = pytest.mark.django_db

PASSWORD = "mat-khau-dai-9"
# The same in both languages, with the reason.
SAME = {
    "Trăm Ngày",  # the product's name
    "· Trăm Ngày",
    "E-mail",  # what Vietnamese people call it
    "English",
    "Tiếng Việt",
    "A+",
    "A−",
    "ly",  # data
    "Lý",
    "ai-do",
    "Excel",
    "CSV",
}


class _Texts(HTMLParser):
    """Collects what a person reads or hears on a page."""

    def __init__(self):
        super().__init__()
        self.texts, self._shut = set(), 0

    def handle_starttag(self, tag, attrs):
        self._shut += tag in ("script", "style", "code")
        for name, value in attrs:
            if name in ("placeholder", "aria-label", "alt", "title") and value:
                self.texts.add(value.strip())

    def handle_endtag(self, tag):
        self._shut -= tag in ("script", "style", "code")

    def handle_data(self, data):
        text = " ".join(data.split())
        if not self._shut and len(re.findall(r"[^\W\d_]", text)) > 1:
            self.texts.add(text)


def _get(name, **kwargs):
    return lambda client: client.get(reverse(name, **kwargs), follow=True)


def _post(name, fields, **kwargs):
    return lambda client: client.post(reverse(name, **kwargs), fields, follow=True)


STRANGER = {
    "sign in": _get("account_login"),
    "sign in with nothing": _post("account_login", {}),
    "sign in wrongly": _post("account_login", {"login": "ai-do", "password": "x"}),
    "sign in wrongly by e-mail": _post("account_login", {"login": "a@b.vn", "password": "x"}),
    "forgotten": _get("account_reset_password"),
    "forgotten with nothing": _post("account_reset_password", {}),
    "forgotten with nonsense": _post("account_reset_password", {"email": "x"}),
    "forgotten, sent": _get("account_reset_password_done"),
    "forgotten, old link": _get("account_reset_password_from_key", kwargs={
        "uidb36": "1", "key": "set-password"}),
    "forgotten, done": _get("account_reset_password_from_key_done"),
    "closed": _get("account_inactive"),
    "card": _get("people:card_open"),
    "code": _get("people:card_entry"),
    "made-up card": _post("people:card_open", {"token": "x"}),
}  # fmt: skip
SIGNED_IN = {
    "sign out": _get("account_logout"),
    "password": _get("account_change_password"),
    "password with nothing": _post("account_change_password", {}),
    "password wrongly": _post("account_change_password", {
        "oldpassword": "x", "password1": "123", "password2": "124"}),
    "password too simple": _post("account_change_password", {
        "oldpassword": PASSWORD, "password1": "12345678", "password2": "12345678"}),
    "sure": _get("account_reauthenticate"),
    "sure wrongly": _post("account_reauthenticate", {"password": "x"}),
    "second step": _get("mfa_index"),
    "app": _get("mfa_activate_totp"),
    "app wrongly": _post("mfa_activate_totp", {"code": "000000"}),
    "app with nothing": _post("mfa_activate_totp", {}),
    "key": _get("mfa_add_webauthn"),
    "key wrongly": _post("mfa_add_webauthn", {"name": "", "credential": "x"}),
    "keys": _get("mfa_list_webauthn"),
    "sessions": _get("usersessions_list"),
}  # fmt: skip
WITH_SECOND_STEP = {
    "second step": _get("mfa_index"),
    "off": _get("mfa_deactivate_totp"),
    "spare codes": _get("mfa_view_recovery_codes"),
    "new spare codes": _get("mfa_generate_recovery_codes"),
    "sure by app": _get("mfa_reauthenticate"),
    "sure by app wrongly": _post("mfa_reauthenticate", {"code": "1"}),
    "sure by key": _get("mfa_reauthenticate_webauthn"),
    "keys": _get("mfa_list_webauthn"),
    "rename a key": lambda client: client.get(
        reverse("mfa_edit_webauthn", args=[Authenticator.objects.get(type="webauthn").pk]),
        follow=True,
    ),
    "remove a key": lambda client: client.get(
        reverse("mfa_remove_webauthn", args=[Authenticator.objects.get(type="webauthn").pk]),
        follow=True,
    ),
}


@pytest.fixture
def ly(organiser):
    organiser.set_password(PASSWORD)
    organiser.full_name = "Lý"
    organiser.save()
    return organiser


@pytest.mark.parametrize("page", STRANGER)
def test_a_stranger_reads_vietnamese(client, ly, page):
    assert _untranslated(client, STRANGER[page]) == set()


@pytest.mark.parametrize("page", SIGNED_IN)
def test_staff_read_vietnamese(client, ly, page):
    _sign_in(client)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})

    assert _untranslated(client, SIGNED_IN[page]) == set()


@pytest.mark.parametrize("page", WITH_SECOND_STEP)
def test_staff_with_a_second_step_read_vietnamese(client, ly, page, monkeypatch):
    # The key below is none; only its page is looked at.
    monkeypatch.setattr("allauth.mfa.webauthn.internal.auth.get_credentials", lambda user: [])
    _sign_in(client)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    TOTP.activate(ly, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(ly)
    Authenticator.objects.create(
        user=ly, type="webauthn", data={"name": "Lý", "credential": {}, "passwordless": True}
    )

    assert _untranslated(client, WITH_SECOND_STEP[page]) == set()


def test_whoever_shows_the_second_step_reads_vietnamese(client, ly):
    TOTP.activate(ly, "JBSWY3DPEHPK3PXP")
    _sign_in(client)

    assert _untranslated(client, _get("mfa_authenticate")) == set()
    assert _untranslated(client, _post("mfa_authenticate", {"code": "1"})) == set()


@pytest.mark.parametrize("word", WORDS)
def test_each_word_of_allauths_own_code_has_a_vietnamese_one(word):
    with override("vi"):
        assert gettext(word) != word or word in SAME


def _untranslated(client, ask) -> set[str]:
    found = []
    for language in ("vi", "en"):
        client.cookies["django_language"] = language
        answer = ask(client)
        assert answer.status_code in (200, 422)
        reader = _Texts()
        reader.feed(answer.text)
        found.append(reader.texts)
    assert len(found[0]) > 5
    return (found[0] & found[1]) - SAME


def _sign_in(client):
    client.post(reverse("account_login"), {"login": "ly", "password": PASSWORD})
