"""Anybody with the paper in hand can ask whether it is genuine, and learns no more than it says."""

import pytest
from django.urls import reverse

from certificates.models import Certificate
from certificates.pdf import reissue
from certificates.services import revoke_certificate, verify_address
from certificates.views import checking
from people.services import change_resident, erase_resident

pytestmark = pytest.mark.django_db


def check(client, number):
    return client.get(reverse("verify", args=[number]))


# The rule: what is said


def test_a_genuine_one_is_named_with_its_campaign_and_day(client, certificate, campaign):
    answer = check(client, certificate.number)

    assert answer.status_code == 200
    assert "Trần Thị Lan" in answer.text
    assert campaign.name in answer.text
    assert "icon" in answer.text or "<svg" in answer.text
    assert answer.context["certificate"].state == "valid"


def test_nothing_is_said_beyond_the_minimum(client, certificate, lan):
    page = check(client, certificate.number).text

    for kept_back in ("1955", "Cao Xá", "Lâm Thao", str(lan.uuid), certificate.sha256):
        assert kept_back not in page


def test_a_revoked_one_is_said_to_be_so_but_not_why(client, certificate, organiser):
    revoke_certificate(certificate, by=organiser, because="Cấp nhầm người")

    answer = check(client, certificate.number)

    assert answer.status_code == 200
    assert 'class="notice is-bad"' in answer.text
    assert "Cấp nhầm người" not in answer.text


def test_a_replaced_one_names_the_new_one(client, certificate, lan, organiser):
    change_resident(lan, by=organiser, full_name="Trần Thị Lán")
    new = reissue(Certificate.objects.get(), by=organiser)

    page = check(client, certificate.number).text

    assert reverse("verify", args=[new.number]) in page
    assert 'class="notice is-warn"' in page


def test_an_erased_person_is_not_named(client, certificate, lan, organiser):
    erase_resident(lan, by=organiser)

    answer = check(client, certificate.number)

    assert answer.status_code == 200
    assert "Trần Thị Lan" not in answer.text


def test_the_code_on_the_paper_leads_to_the_public_page(client, certificate, settings):
    address = verify_address(certificate.number)

    assert address.startswith(settings.SITE_ADDRESS)
    assert client.get(address.removeprefix(settings.SITE_ADDRESS)).status_code == 200


# Who may: everyone, at a walking pace


def test_no_account_is_needed(client, certificate):
    assert client.get(reverse("verify_form")).status_code == 200
    assert check(client, certificate.number).status_code == 200


@pytest.mark.parametrize("name", ["verify", "verify_form"])
def test_it_is_neither_indexed_nor_kept_by_a_cache(client, certificate, name):
    answer = client.get(reverse(name, args=[certificate.number] if name == "verify" else []))

    assert "noindex" in answer["X-Robots-Tag"]
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("one_minute")
def test_who_asks_too_often_has_to_wait(client, certificate, monkeypatch):
    monkeypatch.setattr(checking, "PER_MINUTE", 3)

    statuses = [check(client, certificate.number).status_code for _try in range(5)]

    assert statuses == [200, 200, 200, 429, 429]


def test_the_answer_to_haste_says_when_to_come_back(client, monkeypatch):
    monkeypatch.setattr(checking, "PER_MINUTE", 0)

    answer = client.get(reverse("verify_form"))

    assert answer.status_code == 429
    assert answer["Retry-After"] == "60"


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_it_can_only_be_looked_at(client, certificate, method):
    answer = getattr(client, method)(reverse("verify", args=[certificate.number]))

    assert answer.status_code == 405


# The screen: what people type


@pytest.mark.parametrize("change", [str.lower, lambda number: number.replace("-", "")])
def test_a_number_typed_carelessly_leads_to_its_page(client, certificate, change):
    answer = client.get(reverse("verify_form"), {"number": change(certificate.number)})

    assert answer.url == reverse("verify", args=[certificate.number])
    assert check(client, change(certificate.number)).url == answer.url


def test_what_cannot_be_a_number_is_explained_at_the_field(client):
    answer = client.get(reverse("verify_form"), {"number": "Trần Thị Lan"})

    assert answer.status_code == 422
    assert answer.context["form"].has_error("number", "not_a_number")
    assert "Trần Thị Lan" in answer.text


@pytest.mark.parametrize(
    "number",
    [
        "TN-0000-0000-0000",
        "1' OR '1'='1",
        "số giấy của bà",
        "TN-7K3Q-X9P2-MD0\x00",
        "%00",
        "A" * 10_000,
        "𝟙𝟚𝟛𝟜𝟝𝟞𝟟𝟠𝟡𝟘𝟙𝟚",
        "<script>alert(1)</script>"[:-9],
    ],
    ids=["unknown", "sql", "words", "nul", "percent", "long", "other digits", "markup"],
)
def test_an_unknown_number_is_answered_in_our_clothes_with_advice(client, certificate, number):
    answer = check(client, number)

    assert answer.status_code == 404
    assert answer.templates[0].name == "certificates/unknown.html"
    assert reverse("verify_form") in answer.text
    assert "<script>alert" not in answer.text


# The cost


def test_checking_costs_two_queries_at_most(client, certificate, django_assert_max_num_queries):
    client.get(reverse("verify_form"))

    with django_assert_max_num_queries(2):
        check(client, certificate.number)
