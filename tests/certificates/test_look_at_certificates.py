"""Staff see the certificates of their places, a learner sees his or her own."""

import hashlib

import pytest
from django.urls import reverse

from certificates.models import Certificate, certificate_storage
from certificates.pdf import issue_certificate
from certificates.services import revoke_certificate
from people.roles import Role
from people.services import erase_resident
from tests.factories import AssignmentFactory, PlaceFactory, ResidentFactory

pytestmark = pytest.mark.django_db

SCREENS = ["list", "detail", "file"]


def address(screen, certificate):
    return reverse(f"certificates:{screen}", args=[] if screen == "list" else [certificate.number])


# Who may look


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.PROVINCE_ORGANISER, True),
        (Role.COMMUNE_ORGANISER, True),
        (Role.TEAM_LEADER, True),
        (Role.INSTRUCTOR, True),
        (Role.OBSERVER, False),
        (Role.AUTHOR, False),
    ],
)
def test_who_may_look(client, certificate, commune, screen, role, allowed):
    client.force_login(AssignmentFactory(place=commune, role=role).user)

    answer = client.get(address(screen, certificate))

    assert answer.status_code == (200 if allowed else 403)


@pytest.mark.parametrize("screen", ["detail", "file"])
def test_a_stranger_finds_nothing_there(client, certificate, stranger, screen):
    client.force_login(stranger)

    assert client.get(address(screen, certificate)).status_code == 404


def test_a_stranger_s_list_is_empty(client, certificate, stranger):
    client.force_login(stranger)

    answer = client.get(reverse("certificates:list"))

    assert answer.status_code == 200
    assert "Trần Thị Lan" not in answer.text


def test_who_only_looks_at_figures_here_and_teaches_there_lists_those_from_there(
    client, certificate, commune
):
    user = AssignmentFactory(place=commune, role=Role.OBSERVER).user
    AssignmentFactory(place=PlaceFactory(kind="commune"), role=Role.INSTRUCTOR, user=user)
    client.force_login(user)

    assert "Trần Thị Lan" not in client.get(reverse("certificates:list")).text


@pytest.mark.parametrize("screen", [*SCREENS, "waiting", "mine"])
def test_a_visitor_is_asked_who_it_is(client, certificate, screen):
    args = [certificate.number] if screen in ("detail", "file") else []
    answer = client.get(reverse(f"certificates:{screen}", args=args))

    assert answer.status_code == 302
    assert "Lan" not in answer.url


def test_a_learner_opens_the_own_paper_and_nobody_else_s(learner, lan, certificate, complete):
    neighbour = ResidentFactory(village=lan.village)
    other = issue_certificate(complete(neighbour))
    client = learner(lan)

    assert client.get(address("file", certificate)).status_code == 200
    assert client.get(address("file", other)).status_code == 404
    assert client.get(address("list", certificate)).status_code == 302


# The screen: the list


def test_the_list_finds_by_name_without_accents_and_by_number(client, certificate, organiser):
    client.force_login(organiser)

    for query in ("tran thi lan", "Lan", certificate.number, certificate.number.lower()):
        assert "Trần Thị Lan" in client.get(reverse("certificates:list"), {"q": query}).text
    for query in ("Nguyễn", "TN-0000-0000-0000", "' OR 1=1 --", "%", "_"):
        assert "Trần Thị Lan" not in client.get(reverse("certificates:list"), {"q": query}).text


@pytest.mark.parametrize("state", ["valid", "revoked", "superseded"])
def test_the_list_keeps_the_state_asked_for(client, certificate, organiser, state):
    client.force_login(organiser)

    page = client.get(reverse("certificates:list"), {"state": state}).text

    assert ("Trần Thị Lan" in page) == (state == "valid")


def test_the_list_keeps_a_place(client, certificate, organiser, village, commune):
    client.force_login(organiser)
    elsewhere = PlaceFactory(kind="village", parent=commune)
    abroad = PlaceFactory(kind="village")

    def page(place):
        return client.get(reverse("certificates:list"), {"place": place.pk})

    assert "Trần Thị Lan" in page(village).text
    assert "Trần Thị Lan" not in page(elsewhere).text
    assert page(abroad).status_code == 404
    assert client.get(reverse("certificates:list"), {"place": "9" * 30}).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        {"page": "x"},
        {"page": "-1"},
        {"page": "9" * 30},
        {"state": "x"},
        {"place": "x"},
        {"q": "\x00"},
        {"q": "A" * 10_000},
    ],
)
def test_nonsense_in_the_address_still_shows_the_list(client, certificate, organiser, query):
    client.force_login(organiser)

    answer = client.get(reverse("certificates:list"), query)

    assert answer.status_code == 200
    assert "Trần Thị Lan" in answer.text


# The screen: one certificate


def test_the_paper_is_handed_out_as_it_was_issued(client, certificate, organiser):
    client.force_login(organiser)

    answer = client.get(address("file", certificate))

    assert hashlib.sha256(answer.content).hexdigest() == certificate.sha256
    assert answer["Content-Type"] == "application/pdf"
    assert certificate.number.lower() in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]


def test_a_damaged_paper_is_not_handed_out_and_says_so(client, certificate, organiser):
    certificate_storage().delete(certificate.file.name)
    client.force_login(organiser)

    answer = client.get(address("file", certificate))

    assert answer.status_code == 500
    assert answer["Content-Type"].startswith("text/html")
    assert certificate.number in answer.text


def test_an_erased_paper_is_gone(client, certificate, lan, organiser):
    erase_resident(lan, by=organiser)
    client.force_login(organiser)

    assert client.get(address("file", certificate)).status_code == 404
    assert client.get(address("detail", certificate)).status_code == 200


def test_why_it_was_revoked_is_seen_by_staff(client, certificate, organiser):
    revoke_certificate(certificate, by=organiser, because="Cấp nhầm người")
    client.force_login(organiser)

    assert "Cấp nhầm người" in client.get(address("detail", certificate)).text


@pytest.mark.parametrize("number", ["x", "TN-0000-0000-0000", "A" * 10_000, "TN\x00", "số"])
@pytest.mark.parametrize("screen", ["detail", "file", "revoke", "correct"])
def test_a_wrong_number_is_not_found(client, organiser, screen, number):
    client.force_login(organiser)

    answer = client.get(reverse(f"certificates:{screen}", args=[number]))

    assert answer.status_code == 404


def test_nothing_that_one_may_not_do_is_offered(client, certificate, instructor):
    client.force_login(instructor)

    page = client.get(address("detail", certificate)).text

    assert reverse("certificates:revoke", args=[certificate.number]) not in page
    assert reverse("certificates:correct", args=[certificate.number]) not in page


# The screen: a learner's own


def test_a_learner_sees_the_own_certificate_big(learner, lan, certificate):
    page = learner(lan).get(reverse("certificates:mine")).text

    assert address("file", certificate) in page
    assert certificate.number in page


def test_a_learner_who_has_just_completed_is_told_to_wait(learner, lan, enrolment):
    answer = learner(lan).get(reverse("certificates:mine"))

    assert answer.context["is_on_the_way"]


def test_a_learner_without_one_is_told_how_to_get_it(learner, lan):
    answer = learner(lan).get(reverse("certificates:mine"))

    assert not answer.context["is_on_the_way"]
    assert 'href="/"' in answer.text


def test_a_revoked_one_is_not_shown_as_the_learner_s(learner, lan, certificate, organiser):
    revoke_certificate(certificate, by=organiser, because="Cấp nhầm người")

    answer = learner(lan).get(reverse("certificates:mine"))

    assert address("file", certificate) not in answer.text
    assert not answer.context["is_on_the_way"]


# The cost


def test_the_list_costs_the_same_however_long(
    client, organiser, complete, village, django_assert_max_num_queries
):
    client.force_login(organiser)
    costs = []
    for certificates in (1, 3):
        for resident in ResidentFactory.create_batch(certificates, village=village):
            issue_certificate(complete(resident))
        with django_assert_max_num_queries(7) as asked:
            client.get(reverse("certificates:list"))
        costs.append(len(asked))

    assert costs[0] == costs[1]


def test_one_certificate_costs_few_queries(
    client, certificate, organiser, django_assert_max_num_queries
):
    client.force_login(organiser)
    assert Certificate.objects.count() == 1

    with django_assert_max_num_queries(8):
        client.get(address("detail", certificate))
