"""A volunteer marks who came tonight; phones send twice, late, and against one another."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from campaigns.models import ClassSession
from campaigns.services import total
from progress.models import Attendance, Mark
from progress.reports import doubts, facts
from progress.services import (
    NewMark,
    enrol,
    mark_attendance,
    mark_many,
    mark_rest,
    take_back_rest,
    withdraw,
)
from tests.factories import (
    EnrolmentFactory,
    ResidentFactory,
)

pytestmark = pytest.mark.django_db

PRESENT, LATE, EXCUSED, ABSENT = Attendance.Status
NOTHING = ""


# The rule


def test_a_mark_is_kept_with_who_saw_it_and_when(session, enrolment, instructor):
    seen = timezone.now() - dt.timedelta(minutes=5)
    attendance = mark_attendance(session, enrolment, PRESENT, by=instructor, observed_at=seen)

    assert list(session.attendances.came()) == [attendance]
    mark = Mark.objects.get()
    assert (mark.observed_by, mark.observed_at) == (instructor, seen)


@pytest.mark.parametrize(
    ("status", "evenings"), [(PRESENT, 1), (LATE, 1), (EXCUSED, 0), (ABSENT, 0)]
)
def test_who_came_late_came(session, enrolment, instructor, status, evenings):
    mark_attendance(session, enrolment, status, by=instructor)

    enrolment.refresh_from_db()
    assert enrolment.evenings == evenings
    assert enrolment.first_day == (session.day if evenings else None)


def test_marking_again_corrects_the_first_mark_and_keeps_both(session, enrolment, instructor):
    mark_attendance(session, enrolment, PRESENT, by=instructor)
    mark_attendance(session, enrolment, ABSENT, by=instructor)

    assert session.attendances.get().status == ABSENT
    assert Mark.objects.count() == 2


def test_a_mark_can_be_taken_back(session, enrolment, instructor):
    attendance = mark_attendance(session, enrolment, PRESENT, by=instructor)
    mark_attendance(session, enrolment, NOTHING, by=instructor, base=attendance.mark_id)

    enrolment.refresh_from_db()
    assert not session.attendances.marked()
    assert (enrolment.evenings, enrolment.first_day) == (0, None)


def test_sending_a_mark_twice_is_sending_it_once(session, enrolment, instructor):
    number = uuid.uuid4()
    for _again in range(2):
        mark_attendance(session, enrolment, PRESENT, by=instructor, id=number)

    assert Mark.objects.count() == 1
    assert total(session.campaign, session.campaign.place)["visits"] == 1


def test_a_repeated_mark_is_answered_even_after_the_register_was_closed(
    session, enrolment, instructor
):
    number = uuid.uuid4()
    mark_attendance(session, enrolment, PRESENT, by=instructor, id=number)
    ClassSession.objects.update(register_closed_at=timezone.now())

    attendance = mark_attendance(session, enrolment, PRESENT, by=instructor, id=number)

    assert attendance.status == PRESENT


def test_a_late_old_mark_does_not_undo_a_newer_one(session, enrolment, instructor, leader):
    now = timezone.now()
    mark_attendance(session, enrolment, PRESENT, by=instructor, observed_at=now)
    before = now - dt.timedelta(minutes=5)
    attendance = mark_attendance(session, enrolment, ABSENT, by=leader, observed_at=before)

    assert (attendance.status, attendance.is_disputed) == (PRESENT, True)


def test_whoever_saw_both_marks_ends_the_dispute(session, enrolment, instructor, leader, organiser):
    first = mark_attendance(session, enrolment, PRESENT, by=instructor)
    second = mark_attendance(session, enrolment, ABSENT, by=leader)
    attendance = mark_attendance(
        session, enrolment, LATE, by=organiser, base=second.mark_id, settles=[first.mark_id]
    )
    assert (attendance.status, attendance.is_disputed) == (LATE, False)

    again = mark_attendance(session, enrolment, ABSENT, by=leader, base=attendance.mark_id)
    assert (again.status, again.is_disputed) == (ABSENT, False)


def test_a_telephone_whose_clock_runs_ahead_can_still_be_corrected(session, enrolment, instructor):
    tomorrow = timezone.now() + dt.timedelta(days=1)
    mark_attendance(session, enrolment, PRESENT, by=instructor, observed_at=tomorrow)
    mark_attendance(session, enrolment, ABSENT, by=instructor)

    assert session.attendances.get().status == ABSENT


def test_a_guest_from_another_class_may_be_marked(session, campaign, instructor, village):
    guest = EnrolmentFactory(resident__village=village, campaign=campaign)

    assert mark_attendance(session, guest, PRESENT, by=instructor).status == PRESENT


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"register_closed_at": timezone.now()}, "closed", id="register closed"),
        pytest.param({"state": ClassSession.State.CANCELLED}, "cancelled", id="cancelled"),
        pytest.param(
            {"starts_at": timezone.now() + dt.timedelta(hours=3)}, "early", id="not begun"
        ),
    ],
)
def test_a_mark_is_refused_when(changes, code, session, enrolment, instructor):
    ClassSession.objects.update(**changes)

    with pytest.raises(ValidationError) as refusal:
        mark_attendance(session, enrolment, PRESENT, by=instructor)

    assert refusal.value.code == code
    assert not Mark.objects.exists()


def test_people_may_be_marked_while_the_doors_are_open_before_the_hour(
    session, enrolment, instructor
):
    ClassSession.objects.update(starts_at=timezone.now() + dt.timedelta(hours=1))

    assert mark_attendance(session, enrolment, PRESENT, by=instructor).status == PRESENT


def test_a_mark_may_wait_in_a_phone_for_45_days_and_no_longer(session, enrolment, instructor):
    ClassSession.objects.update(starts_at=timezone.now() - dt.timedelta(days=60))
    seen = timezone.now() - dt.timedelta(days=46)

    with pytest.raises(ValidationError) as refusal:
        mark_attendance(session, enrolment, PRESENT, by=instructor, observed_at=seen)

    assert refusal.value.code == "too_old"


def test_a_number_cannot_be_used_for_another_mark(session, enrolment, hoa, instructor):
    number = uuid.uuid4()
    mark_attendance(session, enrolment, PRESENT, by=instructor, id=number)

    for somebody, status in ((hoa, PRESENT), (enrolment, ABSENT)):
        with pytest.raises(ValidationError) as refusal:
            mark_attendance(session, somebody, status, by=instructor, id=number)
        assert refusal.value.code == "id_reused"
    assert Mark.objects.count() == 1


def test_who_does_not_take_part_cannot_be_marked(session, enrolment, instructor):
    withdraw(enrolment, by=instructor)
    elsewhere = EnrolmentFactory()

    for somebody in (enrolment, elsewhere):
        with pytest.raises(ValidationError) as refusal:
            mark_attendance(session, somebody, PRESENT, by=instructor)
        assert refusal.value.code == "not_enrolled"


def test_a_status_that_nobody_knows_is_refused(session, enrolment, instructor):
    with pytest.raises(ValidationError) as refusal:
        mark_attendance(session, enrolment, "asleep", by=instructor)

    assert refusal.value.code == "unknown_status"


def test_the_rest_can_be_marked_at_once_and_taken_back(session, enrolment, hoa, instructor):
    mark_attendance(session, enrolment, LATE, by=instructor)
    marked = mark_rest(session, ABSENT, by=instructor)

    assert set(marked) == {hoa.pk}
    assert dict(session.attendances.values_list("enrolment", "status")) == {
        enrolment.pk: LATE,
        hoa.pk: ABSENT,
    }
    assert take_back_rest(session, marked[hoa.pk].observed_at, by=instructor) == 1
    assert list(session.attendances.marked().values_list("enrolment", flat=True)) == [enrolment.pk]


def test_an_evening_to_which_somebody_came_was_held(session, enrolment, instructor):
    first = mark_attendance(session, enrolment, PRESENT, by=instructor)
    session.refresh_from_db()
    assert session.state == ClassSession.State.HELD

    mark_attendance(session, enrolment, NOTHING, by=instructor, base=first.mark_id)
    session.refresh_from_db()
    assert session.state == ClassSession.State.PLANNED


def test_the_figures_follow_every_mark(session, enrolment, instructor):
    campaign = session.campaign
    for status, visits in ((PRESENT, 1), (LATE, 1), (ABSENT, 0), (PRESENT, 1), (NOTHING, 0)):
        mark_attendance(session, enrolment, status, by=instructor)
        counted = total(campaign, campaign.place)
        assert (counted["enrolled"], counted["reached"], counted["visits"]) == (1, visits, visits)
    assert doubts(campaign) == []
    assert sum(n.get("visits", 0) for n in facts(campaign).values()) == 0


def test_the_database_itself_refuses_a_second_truth(session, enrolment, instructor):
    attendance = mark_attendance(session, enrolment, PRESENT, by=instructor)
    attendance.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        attendance.save(force_insert=True)


# The cost


@pytest.mark.parametrize("people", [1, 3, 30])
def test_a_whole_class_costs_as_much_as_one_person(
    session, campaign, class_group, village, instructor, people, django_assert_num_queries
):
    learners = [
        enrol(resident, campaign, by=instructor, class_group=class_group)
        for resident in ResidentFactory.create_batch(people, village=village)
    ]
    marks = [NewMark(learner.pk, PRESENT) for learner in learners]

    with django_assert_num_queries(24):
        mark_many(session, marks, by=instructor)
