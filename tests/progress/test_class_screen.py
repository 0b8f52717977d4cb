"""On a shared tablet a learner taps his name; the tablet shows nobody else's things."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from campaigns.models import ClassSession
from people.services import issue_card
from progress.models import ClassScreen
from progress.services import close_screens, open_screen, screen_admits, withdraw
from tests.factories import EnrolmentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def tablet(client, session, enrolment, instructor):
    """A browser on which the instructor opened tonight's class."""
    client.force_login(instructor)
    client.post(reverse("progress:screen", args=[session.pk]), {"open": "1"})
    return client


# The rule


def test_a_screen_is_open_until_an_hour_after_the_class(session, instructor):
    session.minutes = 300
    screen = open_screen(session, by=instructor)

    assert screen.expires_at == session.ends_at + dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"state": ClassSession.State.CANCELLED}, "cancelled"),
        ({"starts_at": timezone.now() + dt.timedelta(hours=3)}, "early"),
        ({"starts_at": timezone.now() - dt.timedelta(hours=9)}, "over"),
    ],
)
def test_a_screen_is_not_opened_when(session, instructor, changes, code):
    for name, value in changes.items():
        setattr(session, name, value)

    with pytest.raises(ValidationError) as refusal:
        open_screen(session, by=instructor)

    assert refusal.value.code == code


def test_a_screen_forgets_whose_evenings_were_kept_on_it(tablet):
    """By the script of every page that it shows (offline.js), before anybody has tapped a name."""
    page = tablet.get(reverse("progress:names"))

    assert "data-shared" in page.text
    assert "offline" in page.text


def test_a_screen_admits_the_class_and_nobody_else(session, enrolment, instructor):
    screen = open_screen(session, by=instructor)
    stranger = EnrolmentFactory()

    assert screen_admits(screen.pk, enrolment.resident)
    assert not screen_admits(screen.pk, stranger.resident)
    withdraw(enrolment, by=instructor)
    assert not screen_admits(screen.pk, enrolment.resident)


# Who may do it


@pytest.mark.parametrize(
    ("who", "status"), [("instructor", 200), ("observer", 403), ("stranger", 404)]
)
def test_who_may_open_a_screen(client, session, who, status, request):
    client.force_login(request.getfixturevalue(who))

    assert client.get(reverse("progress:screen", args=[session.pk])).status_code == status


def test_without_an_open_screen_no_name_is_shown(client, enrolment):
    page = client.get(reverse("progress:names"))

    assert page.status_code == 200
    assert enrolment.resident.full_name not in page.text
    answer = client.post(reverse("progress:tap_name"), {"resident": str(enrolment.resident.uuid)})
    assert answer.url == reverse("progress:names")
    assert client.get(reverse("progress:learn")).url == reverse("people:card_entry")


# The screen


def test_opening_signs_the_volunteer_out_of_the_tablet(tablet, session, enrolment):
    assert enrolment.resident.full_name in tablet.get(reverse("progress:names")).text
    answer = tablet.get(reverse("progress:register", args=[session.pk]))
    assert answer.url.startswith(reverse("account_login"))


def test_a_tap_on_a_name_signs_in_and_the_next_person_signs_out(tablet, enrolment, hoa):
    tapped = tablet.post(
        reverse("progress:tap_name"), {"resident": str(enrolment.resident.uuid)}, follow=True
    )
    assert enrolment.resident.full_name in tapped.text
    assert tapped.context["is_shared"]

    tablet.post(reverse("progress:next_person"))
    assert tablet.get(reverse("progress:learn")).url == reverse("people:card_entry")
    page = tablet.get(reverse("progress:names")).text
    assert hoa.resident.full_name in page


@pytest.mark.parametrize("resident", ["", "nobody", "00000000-0000-0000-0000-000000000000"])
def test_a_name_that_is_not_on_the_screen_opens_nothing(tablet, resident):
    tablet.post(reverse("progress:tap_name"), {"resident": resident})

    assert tablet.get(reverse("progress:learn")).url == reverse("people:card_entry")


def test_somebody_of_another_class_cannot_be_tapped(tablet):
    far = EnrolmentFactory()

    answer = tablet.post(reverse("progress:tap_name"), {"resident": str(far.resident.uuid)})

    assert answer.status_code == 404


@pytest.mark.parametrize("how", ["closed", "expired"])
def test_when_the_screen_closes_whoever_learns_there_is_signed_out(
    tablet, session, enrolment, instructor, how
):
    tablet.post(reverse("progress:tap_name"), {"resident": str(enrolment.resident.uuid)})
    assert tablet.get(reverse("progress:learn")).status_code == 200

    if how == "closed":
        close_screens(session, by=instructor)
    else:
        ClassScreen.objects.update(expires_at=timezone.now())

    assert tablet.get(reverse("progress:learn")).url == reverse("people:card_entry")
    assert enrolment.resident.full_name not in tablet.get(reverse("progress:names")).text


def test_a_typed_card_code_works_only_on_an_open_screen(
    client, tablet, session, enrolment, instructor
):
    card, _token = issue_card(enrolment.resident, by=instructor)
    entry = reverse("people:card_entry")

    assert tablet.post(entry, {"code": card.code}).url == reverse("progress:learn")
    close_screens(session, by=instructor)
    tablet.post(entry, {"code": card.code})
    tablet.cookies.clear()
    client.post(entry, {"code": card.code})
    assert client.get(reverse("progress:learn")).url == entry


def test_all_screens_of_an_evening_are_closed_from_another_device(
    client, session, enrolment, instructor
):
    open_screen(session, by=instructor)
    client.force_login(instructor)

    client.post(reverse("progress:screen", args=[session.pk]), {"close": "1"})

    assert not session.screens.open(timezone.now())
