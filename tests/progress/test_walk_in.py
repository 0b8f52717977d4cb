"""Somebody comes to class whom nobody has written down: name, year, village, half a minute."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from people.models import Consent, Resident
from progress.models import Attendance, Enrolment, Mark
from progress.services import close_register, enrol, walk_in
from tests.factories import PlaceFactory, ResidentFactory

pytestmark = pytest.mark.django_db


# The rule


def test_a_newcomer_is_registered_enrolled_and_marked_at_once(session, village, instructor):
    attendance = walk_in(
        session, full_name="Ngô Thị Sen", village=village, birth_year=1950, by=instructor
    )

    resident = Resident.objects.get()
    assert (resident.source, resident.registered_by) == ("walk_in", instructor)
    assert attendance.enrolment.class_group == session.class_group
    assert attendance.status == "present"
    assert Consent.objects.get().manner == Consent.Manner.SPOKEN


def test_sending_a_newcomer_twice_is_sending_once(session, village, instructor):
    numbers = {"uuid": uuid.uuid4(), "mark_id": uuid.uuid4()}
    for _again in range(2):
        walk_in(session, full_name="Ngô Thị Sen", village=village, by=instructor, **numbers)

    assert (Resident.objects.count(), Mark.objects.count()) == (1, 1)


def test_somebody_who_may_be_known_is_for_the_volunteer_to_look_at(session, village, instructor):
    ResidentFactory(full_name="Ngô Thị Sen", village=village, birth_year=1950)
    newcomer = {"full_name": "Ngo Thi Sen", "village": village, "birth_year": 1951}

    with pytest.raises(ValidationError) as refusal:
        walk_in(session, by=instructor, **newcomer)
    assert refusal.value.code == "duplicate"

    walk_in(session, by=instructor, is_somebody_new=True, **newcomer)
    assert Resident.objects.count() == 2


def test_a_newcomer_whom_the_register_refuses_leaves_no_trace(session, village, instructor):
    close_register(session, by=instructor)

    with pytest.raises(ValidationError):
        walk_in(session, full_name="Ngô Thị Sen", village=village, by=instructor)

    assert not Resident.objects.exists()


# Who may do it


@pytest.mark.parametrize(
    ("who", "status"), [("instructor", 200), ("observer", 403), ("stranger", 404)]
)
def test_who_may_let_newcomers_in(client, session, who, status, request):
    client.force_login(request.getfixturevalue(who))

    assert client.get(_url(session)).status_code == status


# The screen


def test_the_form_writes_down_and_goes_back_to_the_line(client, session, village, instructor):
    client.force_login(instructor)

    answer = client.post(_url(session), _filled(client, session, village))

    line = f"#line-{Enrolment.objects.get().pk}"
    assert answer.url == reverse("progress:register", args=[session.pk]) + line
    assert Attendance.objects.get().status == "present"


def test_without_agreement_nothing_is_written_down(client, session, village, instructor):
    client.force_login(instructor)
    filled = _filled(client, session, village)
    del filled["consent"]

    answer = client.post(_url(session), filled)

    assert answer.status_code == 422
    assert not Resident.objects.exists()
    assert "Ngô Thị Sen" in answer.text


def test_people_who_may_be_the_same_are_shown_with_their_class(
    client, session, campaign, class_group, village, instructor
):
    known = ResidentFactory(full_name="Ngô Thị Sen", village=village)
    enrol(known, campaign, by=instructor, class_group=class_group)
    client.force_login(instructor)

    answer = client.post(_url(session), _filled(client, session, village))

    assert answer.status_code == 422
    assert answer.context["likely"] == [known]
    assert answer.context["likely"][0].is_listed
    assert 'name="is_somebody_new"' in answer.text


def test_the_warning_comes_while_the_name_is_typed(client, session, village, instructor):
    known = ResidentFactory(full_name="Ngô Thị Sen", village=village)
    client.force_login(instructor)

    answer = client.post(
        reverse("progress:likely", args=[session.pk]),
        {"full_name": "ngo thi sen", "village": village.pk},
    )

    assert answer.context["likely"] == [known]
    assert answer.text.strip().startswith('<section id="likely"')


def test_villages_of_other_communes_are_not_offered(client, session, village, instructor):
    far = PlaceFactory()
    client.force_login(instructor)

    answer = client.post(_url(session), {**_filled(client, session, village), "village": far.pk})

    assert "village" in answer.context["form"].errors
    assert not Resident.objects.exists()


@pytest.mark.parametrize("year", ["31/02", "2999", "19", "abc"])
def test_a_year_that_cannot_be_is_refused_at_its_field(client, session, village, instructor, year):
    client.force_login(instructor)

    answer = client.post(_url(session), {**_filled(client, session, village), "birth_year": year})

    assert list(answer.context["form"].errors) == ["birth_year"]


@pytest.mark.parametrize(
    ("said", "is_about"), [("1950", False), ("khoảng 1950", True), ("76 tuổi", True)]
)
def test_a_year_is_understood_as_people_say_it(
    client, session, village, instructor, said, is_about
):
    client.force_login(instructor)

    client.post(_url(session), {**_filled(client, session, village), "birth_year": said})

    newcomer = Resident.objects.get()
    assert newcomer.birth_year_is_about == is_about
    assert newcomer.birth_year == (1950 if "1950" in said else timezone.localdate().year - 76)


def _filled(client, session, village):
    form = client.get(_url(session)).context["form"]
    return {
        "uuid": str(form["uuid"].value()),
        "mark_id": str(form["mark_id"].value()),
        "full_name": "Ngô Thị Sen",
        "birth_year": "1955",
        "village": village.pk,
        "sex": "f",
        "consent": "on",
    }


def _url(session):
    return reverse("progress:walk_in", args=[session.pk])
