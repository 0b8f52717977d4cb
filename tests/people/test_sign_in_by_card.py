"""A learner scans a card and is in; no password, ever."""

import datetime as dt

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse
from django.utils import timezone

from people.models import Card
from people.rules import CODE_LETTERS, hash_of, new_code, new_token
from people.services import erase_resident, issue_card, merge_residents, revoke_card
from tests.factories import ResidentFactory

pytestmark = pytest.mark.django_db

OPEN, TYPE, OUT = "/k", "/the", "/people/out/"


# The rule


def test_the_database_keeps_only_a_hash_of_the_secret(card):
    issued, token = card

    assert issued.secret_hash == hash_of(token)
    assert token not in str(Card.objects.values().get())


def test_a_secret_has_128_bits_and_a_code_no_letter_that_is_mistaken():
    assert len(new_token()) * 5 >= 128
    assert not set("0O1IL5S8B2ZUVD") & set(CODE_LETTERS)
    assert len(new_code()) == 8


def test_a_new_card_ends_the_old_one(lan, card):
    old, _token = card
    new, _token = issue_card(lan, by=None)

    old.refresh_from_db()
    assert old.revoked_at
    assert list(lan.cards.valid()) == [new]


# The card


def test_a_scanned_card_opens_the_lessons(client, lan, card):
    answer = client.post(OPEN, {"token": card[1]})

    assert answer.status_code == 302
    assert _learner(client) == lan


def test_a_card_scanned_with_small_letters_opens_as_well(client, lan, card):
    client.post(OPEN, {"token": card[1].lower()})

    assert _learner(client) == lan


def test_a_card_in_use_is_noted_without_writing_each_time(client, lan, card):
    client.post(OPEN, {"token": card[1]})
    first = lan.cards.get().last_used_at
    client.post(OPEN, {"token": card[1]})

    assert first
    assert lan.cards.get().last_used_at == first


@pytest.mark.parametrize("token", ["", "A" * 26, "A" * 5000, "' OR 1=1 --", "<script>"])
def test_a_made_up_token_opens_nothing(client, card, token):
    answer = client.post(OPEN, {"token": token})

    assert answer.status_code == 422
    assert _learner(client) is None


def test_a_revoked_card_ends_the_session_with_the_next_request(client, card):
    client.post(OPEN, {"token": card[1]})
    revoke_card(card[0], by=None, because="mất")

    assert _learner(client) is None
    assert "learner" not in client.session


@pytest.mark.parametrize("end", ["merged", "erased"])
def test_the_session_ends_when_the_record_does(client, lan, village, card, end):
    client.post(OPEN, {"token": card[1]})
    if end == "merged":
        merge_residents(ResidentFactory(village=village), lan, by=None)
    else:
        erase_resident(lan, by=None)

    assert _learner(client) is None


@pytest.mark.usefixtures("one_minute")
def test_forged_tokens_lock_nobody_out(client, lan, card):
    for _number in range(70):
        last = client.post(OPEN, {"token": new_token()})
    assert last.status_code == 429

    assert client.post(OPEN, {"token": card[1]}).status_code == 302
    assert _learner(client) == lan


@pytest.mark.usefixtures("one_minute")
def test_one_card_is_not_used_a_hundred_times_an_hour(client, card):
    answers = [client.post(OPEN, {"token": card[1]}).status_code for _number in range(31)]

    assert answers[-1] == 429
    assert set(answers[:-1]) == {302}


def test_a_whole_class_signs_in_from_one_address(client, village):
    tokens = [issue_card(person, by=None)[1] for person in
              ResidentFactory.create_batch(60, village=village)]  # fmt: skip

    assert {client.post(OPEN, {"token": token}).status_code for token in tokens} == {302}


# The own phone


def test_on_the_own_phone_a_learner_stays_signed_in_for_ninety_days(client, card):
    client.post(OPEN, {"token": card[1]})

    assert client.session.get_expiry_age() >= 90 * 24 * 3600 - 5


def test_whoever_comes_now_and_then_never_has_to_find_the_card_again(client, lan, card):
    start = timezone.now()
    client.post(OPEN, {"token": card[1]})
    for days in (60, 120, 180):
        with time_machine.travel(start + dt.timedelta(days=days), tick=False):
            assert _learner(client) == lan
            assert client.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == 90 * 24 * 3600


def test_a_learner_can_leave(client, card):
    client.post(OPEN, {"token": card[1]})
    client.post(OUT)

    assert _learner(client) is None


def test_pages_of_a_learner_are_kept_in_no_cache(client, card):
    client.post(OPEN, {"token": card[1]})

    assert "no-store" in client.get("/").headers["Cache-Control"]


# Staff and learners never mix


def test_a_learner_sees_no_screen_of_the_staff(client, card):
    client.post(OPEN, {"token": card[1]})

    assert client.get(reverse("people:residents")).status_code == 302


def test_a_helper_who_scans_a_card_is_asked_first(client, instructor, lan, card):
    client.force_login(instructor)

    answer = client.post(OPEN, {"token": card[1]})

    assert "Trần Thị Lan" in answer.text
    assert _learner(client) is None
    assert client.get(reverse("people:residents")).status_code == 200


def test_a_helper_from_elsewhere_learns_no_name_from_a_card(client, stranger, card):
    client.force_login(stranger)

    assert "Trần Thị Lan" not in client.post(OPEN, {"token": card[1]}).text


def test_handing_the_phone_to_the_learner_signs_the_helper_out(client, instructor, lan, card):
    client.force_login(instructor)
    client.post(OPEN, {"token": card[1], "as_learner": "1"})

    assert _learner(client) == lan
    assert client.get(reverse("people:residents")).status_code == 302


def test_a_helper_who_signs_in_ends_the_learners_session(client, instructor, card):
    instructor.set_password("mat-khau-dai-9")
    instructor.save()
    client.post(OPEN, {"token": card[1]})
    client.post(reverse("account_login"), {"login": "minh", "password": "mat-khau-dai-9"})

    assert "learner" not in client.session
    assert _learner(client) is None


# The typed code


def test_a_code_is_not_taken_where_no_class_is_open(client, card):
    page = client.get(TYPE)
    answer = client.post(TYPE, {"code": card[0].code})

    assert 'name="code"' not in page.text
    assert answer.status_code == 200
    assert _learner(client) is None


def test_on_the_classs_screen_a_code_opens_the_lessons(client, lan, card, open_screens):
    open_screens[7] = {lan}
    _open_screen(client, 7)
    code = card[0].code

    answer = client.post(TYPE, {"code": f" {code[:4].lower()} {code[4:]} "})

    assert answer.status_code == 302
    assert _learner(client) == lan
    assert client.session["screen"] == 7


def test_the_code_of_somebody_who_is_not_in_the_class_is_refused(client, card, open_screens):
    open_screens[7] = set()
    _open_screen(client, 7)

    assert client.post(TYPE, {"code": card[0].code}).status_code == 422
    assert _learner(client) is None


@pytest.mark.usefixtures("one_minute")
def test_codes_are_not_guessed_on_a_screen(client, card, open_screens):
    open_screens[7] = set()
    _open_screen(client, 7)
    answers = [client.post(TYPE, {"code": new_code()}).status_code for _number in range(41)]

    assert answers[-1] == 429


def test_when_the_class_is_over_so_is_its_screen(client, lan, card, open_screens):
    open_screens[7] = {lan}
    _open_screen(client, 7)
    client.post(TYPE, {"code": card[0].code})
    sign_in_by_name = client.session
    sign_in_by_name["learner"] = {"resident": str(lan.uuid), "screen": 7}
    sign_in_by_name.save()
    assert _learner(client) == lan

    open_screens.clear()

    assert _learner(client) is None


def test_after_a_learner_has_left_the_screen_is_there_for_the_next(client, lan, card, open_screens):
    open_screens[7] = {lan}
    _open_screen(client, 7)
    client.post(TYPE, {"code": card[0].code})

    answer = client.post(OUT)

    assert answer.url == TYPE
    assert client.session["screen"] == 7
    assert _learner(client) is None


# The screen


def test_the_page_behind_the_qr_has_no_token_and_explains_itself_without_javascript(client):
    page = client.get(OPEN).text

    assert "<noscript>" in page
    assert 'name="token" value=""' in page


def test_asking_who_is_there_costs_two_queries(client, card, django_assert_num_queries):
    client.post(OPEN, {"token": card[1]})
    client.get("/health/")

    # The session, the resident with card and village, and the page's own question.
    with django_assert_num_queries(3):
        client.get("/health/")


def _learner(client):
    """Ask the next request who is there."""
    return client.get("/").wsgi_request.learner


def _open_screen(client, pk):
    session = SessionStore()
    session["screen"] = pk
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
