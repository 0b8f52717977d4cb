"""A register is closed when the evening is over, and opened again with a reason."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from campaigns.models import ClassSession
from progress.models import RegisterEvent
from progress.services import close_register, mark_attendance, reopen_register

pytestmark = pytest.mark.django_db


# The rule


def test_a_closed_register_says_that_the_evening_was_held(session, enrolment, instructor):
    mark_attendance(session, enrolment, "present", by=instructor)
    session = close_register(session, by=instructor)

    assert session.state == ClassSession.State.HELD
    assert session.register_closed_by == instructor
    assert RegisterEvent.objects.get().verb == RegisterEvent.Verb.CLOSED


def test_nobody_is_made_absent_silently(session, enrolment, instructor):
    with pytest.raises(ValidationError) as refusal:
        close_register(session, by=instructor)
    assert refusal.value.code == "unmarked"

    close_register(session, by=instructor, rest_is_absent=True)
    assert session.attendances.get().status == "absent"


def test_closing_twice_is_closing_once(session, enrolment, instructor, leader):
    close_register(session, by=instructor, rest_is_absent=True)
    session = close_register(session, by=leader)

    assert session.register_closed_by == instructor
    assert RegisterEvent.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"state": ClassSession.State.CANCELLED}, "cancelled"),
        ({"starts_at": timezone.now() + dt.timedelta(hours=3)}, "early"),
    ],
)
def test_closing_is_refused_when(session, instructor, changes, code):
    ClassSession.objects.update(**changes)

    with pytest.raises(ValidationError) as refusal:
        close_register(session, by=instructor)

    assert refusal.value.code == code


def test_a_register_opens_again_for_a_reason_which_is_kept(session, enrolment, instructor, leader):
    close_register(session, by=instructor, rest_is_absent=True)
    with pytest.raises(ValidationError) as refusal:
        reopen_register(session, "  ", by=leader)
    assert refusal.value.code == "no_reason"

    reopen_register(session, "Ghi nhầm  hai người", by=leader)

    assert mark_attendance(session, enrolment, "late", by=leader).status == "late"
    event = RegisterEvent.objects.latest("pk")
    assert (event.verb, event.reason, event.by) == ("reopened", "Ghi nhầm hai người", leader)


# Who may do it


@pytest.mark.parametrize(
    ("name", "who", "status"),
    [
        ("close", "instructor", 200),
        ("close", "observer", 403),
        ("close", "stranger", 404),
        ("reopen", "leader", 200),
        ("reopen", "instructor", 403),
        ("reopen", "stranger", 404),
    ],
)
def test_who_may_close_and_reopen(client, session, name, who, status, request):
    client.force_login(request.getfixturevalue(who))

    assert client.get(reverse(f"progress:{name}", args=[session.pk])).status_code == status


# The screen


def test_closing_asks_about_those_who_are_unmarked(client, session, enrolment, hoa, instructor):
    client.force_login(instructor)
    mark_attendance(session, hoa, "present", by=instructor)
    url = reverse("progress:close", args=[session.pk])

    page = client.get(url)
    assert [line.enrolment for line in page.context["unmarked"]] == [enrolment]
    assert client.post(url).status_code == 422

    answer = client.post(url, {"rest_is_absent": "1"})
    assert answer.url == reverse("progress:register", args=[session.pk])
    session.refresh_from_db()
    assert session.register_closed_at


def test_a_closed_register_shows_no_buttons(client, session, enrolment, instructor):
    close_register(session, by=instructor, rest_is_absent=True)
    client.force_login(instructor)

    page = client.get(reverse("progress:register", args=[session.pk])).text

    assert reverse("progress:mark", args=[session.pk, enrolment.pk]) not in page
    assert reverse("progress:reopen", args=[session.pk]) not in page


def test_a_leader_opens_it_again_on_screen(client, session, enrolment, leader):
    close_register(session, by=leader, rest_is_absent=True)
    client.force_login(leader)
    url = reverse("progress:reopen", args=[session.pk])

    assert client.post(url, {"reason": ""}).status_code == 422
    client.post(url, {"reason": "Có người đến muộn"})

    session.refresh_from_db()
    assert session.register_closed_at is None
