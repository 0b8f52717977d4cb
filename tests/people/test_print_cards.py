"""Cards on paper: who gets one, and what becomes of the one before."""

import io
import re
import shutil
import subprocess

import pikepdf
import pytest
import zxingcpp
from django.urls import reverse
from PIL import Image

from people.exports import cards_sheet
from people.models import Card
from people.roles import Role
from people.services import issue_card, make_cards
from people.services.cards import MOST_CARDS_AT_ONCE
from tests.factories import AssignmentFactory, PlaceFactory, ResidentFactory

pytestmark = pytest.mark.django_db

CHOOSE, SHEET = "/people/cards/", "/people/cards/sheet/"


# The sheet


def test_a_sheet_is_made_before_a_card_stops_working(client, lan, instructor, monkeypatch):
    old, _token = issue_card(lan, by=instructor)
    client.force_login(instructor)
    client.raise_request_exception = False

    def fail(*args):
        raise RuntimeError("no paper")

    monkeypatch.setattr("people.views.cards.cards_sheet", fail)
    client.post(SHEET, {"resident": [str(lan.uuid)]})

    old.refresh_from_db()
    assert old.revoked_at is None


def test_ten_cards_stand_on_a_sheet(village):
    people = ResidentFactory.create_batch(11, village=village)

    pdf = pikepdf.open(io.BytesIO(cards_sheet(make_cards(people), "https://lms.example.vn/k")))

    assert len(pdf.pages) == 2


def test_a_name_with_markup_in_it_is_only_a_name(village):
    trick = ResidentFactory.build(
        full_name='<img src="file:///etc/passwd"><a rel=attachment href=file:///etc/passwd>',
        village=village,
    )

    assert cards_sheet(make_cards([trick]), "https://lms.example.vn/k").startswith(b"%PDF")


@pytest.mark.skipif(not shutil.which("pdftoppm"), reason="draws the sheet with poppler-utils")
def test_the_qr_on_the_paper_leads_to_the_card(client, lan, instructor, tmp_path):
    client.force_login(instructor)
    (tmp_path / "sheet.pdf").write_bytes(client.post(SHEET, {"resident": [str(lan.uuid)]}).content)

    # As a cheap camera sees it.
    subprocess.run(
        ["pdftoppm", "-r", "110", "-png", "-singlefile", "sheet.pdf", "sheet"],
        cwd=tmp_path,
        check=True,
    )
    text = zxingcpp.read_barcodes(Image.open(tmp_path / "sheet.png"))[0].text

    address, token = text.split("#")
    assert address == "http://testserver/k"
    assert Card.objects.with_secret(token).get().resident == lan


def test_codes_and_tokens_are_different_for_everybody(village):
    new = make_cards(ResidentFactory.create_batch(50, village=village))

    assert len({card.code for card in new}) == len({card.token for card in new}) == 50


# Choosing


def test_who_has_a_card_is_not_ticked_beforehand(client, lan, village, instructor):
    issue_card(lan, by=instructor)
    hoa = ResidentFactory(village=village)
    client.force_login(instructor)

    page = client.get(CHOOSE, {"village": village.pk}).text

    assert re.search(rf'value="{hoa.uuid}"[^>]*checked', page)
    assert not re.search(rf'value="{lan.uuid}"[^>]*checked', page)


def test_a_class_sends_its_learners(client, lan, instructor):
    other = ResidentFactory(village=lan.village)
    client.force_login(instructor)

    page = client.post(CHOOSE, {"resident": [str(lan.uuid)]}).text

    assert str(lan.uuid) in page
    assert str(other.uuid) not in page


def test_nobody_ticked_prints_nothing(client, instructor):
    client.force_login(instructor)

    assert client.post(SHEET, {"resident": ["x"]}).status_code == 302
    assert not Card.objects.exists()


def test_more_than_two_hundred_at_once_are_refused(client, village, instructor):
    people = ResidentFactory.create_batch(MOST_CARDS_AT_ONCE + 1, village=village)
    client.force_login(instructor)

    answer = client.post(SHEET, {"resident": [str(person.uuid) for person in people]})

    assert answer.status_code == 302
    assert not Card.objects.exists()


# One lost card


def test_a_lost_card_is_replaced_in_two_taps(client, lan, instructor):
    old, _token = issue_card(lan, by=instructor)
    client.force_login(instructor)
    url = reverse("people:card", args=[lan.uuid])

    assert url in client.get(reverse("people:resident", args=[lan.uuid])).text
    assert old.shown_code in client.get(url).text
    answer = client.post(url)

    assert answer.headers["Content-Type"] == "application/pdf"
    assert "no-store" in answer.headers["Cache-Control"]
    old.refresh_from_db()
    assert old.revoked_at
    assert lan.cards.valid().count() == 1


def test_a_card_is_withdrawn_with_a_reason(client, lan, instructor):
    card, _token = issue_card(lan, by=instructor)
    client.force_login(instructor)
    client.post(reverse("people:revoke_card", args=[lan.uuid]), {"because": "bị mất"})

    card.refresh_from_db()
    assert card.revoked_by == instructor
    assert card.revoked_because == "bị mất"


def test_a_reason_holds_no_citizen_number(client, lan, instructor):
    issue_card(lan, by=instructor)
    client.force_login(instructor)

    answer = client.post(
        reverse("people:revoke_card", args=[lan.uuid]), {"because": "CCCD 001055123456"}
    )

    assert answer.status_code == 422
    assert lan.cards.valid().exists()


# Who may


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.COMMUNE_ORGANISER, True),
        (Role.TEAM_LEADER, True),
        (Role.INSTRUCTOR, True),
        (Role.OBSERVER, False),
    ],
)
def test_who_may_print(client, lan, commune, role, allowed):
    client.force_login(AssignmentFactory(place=commune, role=role).user)

    answer = client.post(SHEET, {"resident": [str(lan.uuid)]})

    assert answer.status_code == (200 if allowed else 403)
    assert lan.cards.exists() == allowed


def test_nobody_prints_the_card_of_somebody_elsewhere(client, lan, instructor):
    far = ResidentFactory(village=PlaceFactory())
    client.force_login(instructor)

    client.post(SHEET, {"resident": [str(far.uuid), str(lan.uuid)]})

    assert not far.cards.exists()
    assert lan.cards.exists()
    assert client.post(reverse("people:card", args=[far.uuid])).status_code == 404
    assert client.post(reverse("people:revoke_card", args=[far.uuid])).status_code == 404


@pytest.mark.parametrize("number", [1, 4])
def test_printing_costs_the_same_for_one_and_for_many(
    client, village, instructor, number, django_assert_max_num_queries
):
    people = ResidentFactory.create_batch(number, village=village)
    client.force_login(instructor)

    with django_assert_max_num_queries(13):
        client.post(SHEET, {"resident": [str(person.uuid) for person in people]})
