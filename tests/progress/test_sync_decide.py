"""A team leader takes what phones brought too late, or sets it aside."""

import time

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from people.models import Resident
from progress.models import Attendance, HeldItem, Mark, Remark
from progress.services import close_register, withdraw
from progress.services.sync import Person, take_in
from progress.services.sync.deciding import dismiss_held, forget_set_aside, take_held
from tests.factories import ClassSessionFactory
from tests.progress.phones import HOUR, Phone, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(instructor):
    return Phone(instructor)


@pytest.fixture
def send(instructor):
    def send(*items):
        return said(take_in(Person(user=instructor), items))

    return send


@pytest.fixture
def hold(send):
    """Return a function that sends what is held, and gives the row."""

    def hold(item):
        assert send(item) == [("ok", "held")]
        return HeldItem.objects.get(pk=item["id"])

    return hold


# The rule


def test_a_mark_that_came_after_the_closing_counts_once_it_is_taken(
    hold, send, phone, session, enrolment, leader, instructor
):
    close_register(session, by=instructor, rest_is_absent=True)
    item = phone.mark(session, enrolment)
    held = hold(item)

    taken = take_held(held, by=leader)

    assert (taken.state, taken.decided_by) == ("taken", leader)
    mark = Mark.objects.get(pk=item["id"])
    assert (mark.observed_by, mark.observed_at) == (instructor, held.observed_at)
    # The sweep of those who were missing was made later, but knew nothing of it.
    row = Attendance.objects.get()
    assert (row.status, row.is_disputed) == ("present", False)
    assert send(item, {**item, "status": "late"}) == [("dup", ""), ("no", "id_reused")]


def test_taking_and_setting_aside_twice_is_once(hold, phone, session, enrolment, leader):
    type(session).objects.update(register_closed_at=timezone.now())
    held = hold(phone.mark(session, enrolment))

    assert dismiss_held(held, by=leader).state == "dismissed"
    assert dismiss_held(held, by=leader).decided_by == leader
    assert not Mark.objects.exists()
    for _again in range(2):
        assert take_held(held, by=leader).state == "taken"
    assert Mark.objects.count() == 1
    with pytest.raises(ValidationError):
        dismiss_held(held, by=leader)


def test_what_was_set_aside_is_told_to_the_phone(hold, send, phone, session, enrolment, leader):
    type(session).objects.update(register_closed_at=timezone.now())
    item = phone.mark(session, enrolment)
    dismiss_held(hold(item), by=leader)

    assert send(item) == [("dup", "dismissed")]


def test_an_evening_that_was_called_off_took_place_if_the_leader_says_so(
    hold, phone, session, enrolment, leader
):
    type(session).objects.update(state="cancelled", cancelled_because="Mưa")
    held = hold(phone.mark(session, enrolment))

    with pytest.raises(ValidationError) as refusal:
        take_held(held, by=leader)
    assert refusal.value.code == "cancelled"
    assert HeldItem.objects.waiting().exists()

    take_held(held, by=leader, took_place=True)
    session.refresh_from_db()
    assert (session.state, session.cancelled_because) == ("held", "")
    assert Attendance.objects.get().status == "present"


def test_an_evening_in_whose_stead_another_was_held_stays_called_off(
    hold, phone, session, enrolment, leader
):
    type(session).objects.update(state="cancelled")
    ClassSessionFactory(class_group=session.class_group, starts_at=session.starts_at)
    held = hold(phone.mark(session, enrolment))

    with pytest.raises(ValidationError):
        take_held(held, by=leader, took_place=True)


def test_a_mark_of_an_evening_that_was_moved_keeps_its_time(
    hold, phone, session, enrolment, leader
):
    type(session).objects.update(starts_at=timezone.now() + timezone.timedelta(days=7))
    held = hold(phone.mark(session, enrolment))

    take_held(held, by=leader)

    assert Mark.objects.get().observed_at == held.observed_at


def test_who_had_left_takes_part_again(hold, phone, session, enrolment, leader):
    withdraw(enrolment, by=leader)
    mark, remark = phone.mark(session, enrolment), phone.remark(session, enrolment)
    held = [hold(mark), hold(remark)]

    take_held(held[0], by=leader)
    enrolment.refresh_from_db()
    assert (enrolment.withdrawn_at, enrolment.evenings) == (None, 1)
    take_held(held[1], by=leader)
    assert Remark.objects.get().text


def test_what_a_former_instructor_noted_is_taken_in_his_name(
    hold, phone, session, enrolment, instructor, leader
):
    instructor.assignments.update(until="2026-02-01")
    held = hold(phone.mark(session, enrolment))

    take_held(held, by=leader)

    assert Mark.objects.get().observed_by == instructor


def test_a_newcomer_has_to_be_taken_before_her_marks(hold, phone, session, village, leader):
    old = round(time.time() * 1000) - 46 * 24 * HOUR
    arrival = phone.arrival(session, village, at=old)
    held = hold(arrival)
    mark = hold(phone.mark(session, arrival["person"]))

    with pytest.raises(ValidationError) as refusal:
        take_held(mark, by=leader)
    assert refusal.value.code == "unknown_person"

    take_held(held, by=leader)
    take_held(mark, by=leader)
    assert Resident.objects.get().enrolments.get().evenings == 1


def test_what_was_taken_keeps_no_name_beside_the_record(hold, phone, session, village, leader):
    old = round(time.time() * 1000) - 46 * 24 * HOUR
    held = take_held(hold(phone.arrival(session, village, at=old)), by=leader)

    assert "Sen" not in str(held.fields)


def test_what_was_set_aside_keeps_its_words_for_a_month(
    hold, send, phone, session, village, leader
):
    item = phone.arrival(session, village, at=round(time.time() * 1000) - 46 * 24 * HOUR)
    held = dismiss_held(hold(item), by=leader)
    assert forget_set_aside() == 0

    HeldItem.objects.update(decided_at=timezone.now() - timezone.timedelta(days=31))
    assert (forget_set_aside(), forget_set_aside()) == (1, 0)

    assert "Sen" not in str(HeldItem.objects.get().fields)
    with pytest.raises(ValidationError) as refusal:
        take_held(held, by=leader)
    assert refusal.value.code == "forgotten"
    assert send(item, {**item, "village": 1}) == [("dup", "dismissed"), ("no", "id_reused")]


# The order


@pytest.mark.parametrize("first", [True, False])
def test_taken_early_or_late_it_comes_to_the_same(
    hold, send, phone, session, enrolment, instructor, leader, first
):
    other = Phone(instructor)
    now = round(time.time() * 1000)
    held = hold(phone.mark(session, enrolment, "absent", at=now - 60 * 24 * HOUR))
    later = other.mark(session, enrolment, "present")
    if first:
        take_held(held, by=leader)
    send(later)
    if not first:
        take_held(held, by=leader)

    row = Attendance.objects.get()
    assert (row.status, row.is_disputed) == ("present", True)
