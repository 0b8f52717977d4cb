"""Registers that look odd are shown to the commune; nothing is ever blocked."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from campaigns.models import ClassSession
from progress.models import Attendance, Flag, Mark
from progress.reports import inbox
from progress.services import enrol, explain_flag, flag_sessions, flag_what_arrived, mark_attendance
from tests.factories import ClassSessionFactory, PlaceFactory, ResidentFactory

pytestmark = pytest.mark.django_db

PRESENT, ABSENT = Attendance.Status.PRESENT, Attendance.Status.ABSENT


def flags():
    return {(flag.session_id, flag.kind): flag.figures for flag in Flag.objects.all()}


def learners(session, village, count, by):
    return [
        enrol(
            ResidentFactory(village=village),
            session.campaign,
            by=by,
            class_group=session.class_group,
        )
        for _ in range(count)
    ]


def mark_at(session, rows, moment, by, *, apart=dt.timedelta(), device=""):
    for number, row in enumerate(rows):
        Mark.objects.create(
            campaign=session.campaign,
            session=session,
            enrolment=row,
            status=PRESENT,
            device=device,
            seq=number + 1,
            observed_at=moment + number * apart,
            observed_by=by,
            sent_by=by,
        )


@pytest.fixture
def few(session, village, instructor):
    return learners(session, village, 3, instructor)


# What stands out


def test_marks_of_the_evening_stand_out_in_nothing(session, few, instructor):
    mark_at(session, few, session.starts_at, instructor, device="a" * 36)

    assert flag_sessions([session.pk]) == 0
    assert flags() == {}


def test_a_register_filled_in_at_noon_stands_out(session, few, instructor):
    noon = session.starts_at + dt.timedelta(hours=17)
    mark_at(session, few, noon, instructor)

    flag_sessions([session.pk])

    assert flags() == {
        (session.pk, "odd_hours"): {
            "marks": 3,
            "first": noon.isoformat(),
            "last": noon.isoformat(),
        }
    }


def test_two_late_marks_are_nothing(session, few, instructor):
    mark_at(session, few[:2], session.starts_at + dt.timedelta(hours=17), instructor)

    assert flag_sessions([session.pk]) == 0


def test_corrections_and_paper_come_afterwards(session, few, instructor):
    mark_at(session, few, session.starts_at + dt.timedelta(hours=17), instructor)
    Mark.objects.update(how=Mark.How.PAPER)

    assert flag_sessions([session.pk]) == 0


def test_a_hundred_marks_in_ten_seconds_stand_out(session, few, instructor):
    one = few[0]
    mark_at(
        session,
        [one] * 100,
        session.starts_at,
        instructor,
        apart=dt.timedelta(milliseconds=100),
        device="a" * 36,
    )
    flag_sessions([session.pk])

    assert flags() == {(session.pk, "too_fast"): {"marks": 100, "seconds": 10}}


def test_ninety_nine_do_not(session, few, instructor):
    mark_at(session, [few[0]] * 99, session.starts_at, instructor, device="a" * 36)

    assert flag_sessions([session.pk]) == 0


def test_nobody_is_in_two_houses_at_once(session, few, instructor, commune):
    there = ClassSessionFactory(
        class_group__place=PlaceFactory(kind="village", name="Bản Mới", parent=commune),
        class_group__campaign=session.campaign,
        campaign=session.campaign,
        starts_at=session.starts_at + dt.timedelta(minutes=30),
    )
    for where in (session, there):
        mark_attendance(where, few[0], PRESENT, by=instructor, observed_at=timezone.now())
    flag_sessions([session.pk])

    assert flags() == {(session.pk, "two_houses"): {"people": 1}}


def test_one_after_the_other_is_possible(session, few, instructor, commune):
    there = ClassSessionFactory(
        class_group__place=PlaceFactory(kind="village", name="Bản Mới", parent=commune),
        class_group__campaign=session.campaign,
        campaign=session.campaign,
        starts_at=session.starts_at - dt.timedelta(minutes=session.minutes),
    )
    for where in (session, there):
        mark_attendance(where, few[0], PRESENT, by=instructor)

    assert flag_sessions([session.pk, there.pk]) == 0


def test_a_class_that_is_always_complete_stands_out(session, village, instructor):
    rows = learners(session, village, 8, instructor)
    evenings = [session] + [
        ClassSessionFactory(
            class_group=session.class_group,
            campaign=session.campaign,
            starts_at=session.starts_at - dt.timedelta(days=7 * week),
        )
        for week in (1, 2, 3)
    ]
    for evening in evenings:
        for row in rows:
            mark_attendance(evening, row, PRESENT, by=instructor, observed_at=evening.starts_at)
    flag_sessions([session.pk])
    assert flags() == {(session.pk, "always_full"): {"evenings": 4, "people": 8}}

    mark_attendance(evenings[1], rows[0], ABSENT, by=instructor)
    flag_sessions([session.pk])
    assert flags() == {}


def test_what_arrived_since_is_looked_at(session, few, instructor):
    mark_at(session, few, session.starts_at + dt.timedelta(hours=17), instructor)

    assert flag_what_arrived(timezone.now() + dt.timedelta(minutes=1)) == 0
    assert flag_what_arrived(timezone.now() - dt.timedelta(minutes=1)) == 1


# What is done about it


@pytest.fixture
def flag(session):
    return Flag.objects.create(
        session=session, kind=Flag.Kind.TOO_FAST, figures={"marks": 100, "seconds": 4}
    )


def test_an_explanation_is_kept_and_stands(flag, organiser, session):
    explain_flag(flag, "Cô giáo chép từ sổ giấy.", by=organiser)
    explain_flag(flag, "Khác", by=organiser)

    flag.refresh_from_db()
    assert (flag.explanation, flag.seen_by) == ("Cô giáo chép từ sổ giấy.", organiser)
    flag_sessions([session.pk])
    assert Flag.objects.filter(pk=flag.pk).exists()


def test_an_empty_explanation_explains_nothing(flag, organiser):
    with pytest.raises(ValidationError) as refusal:
        explain_flag(flag, "  ", by=organiser)

    assert refusal.value.code == "no_reason"


def test_only_the_commune_is_shown_flags(flag, organiser, leader, stranger):
    assert inbox(organiser).flags == [flag]
    assert inbox(leader).flags == []
    assert inbox(stranger).flags == []


def test_a_leader_explains_nothing(client, flag, leader):
    client.force_login(leader)
    answer = client.post(reverse("progress:explain", args=[flag.pk]), {"explanation": "Vì vậy"})

    assert answer.status_code == 403


def test_the_commune_writes_down_what_it_was(client, flag, organiser):
    client.force_login(organiser)
    assert "100 dấu trong 4 giây" in client.get(reverse("progress:inbox")).content.decode()

    client.post(reverse("progress:explain", args=[flag.pk]), {"explanation": "Chép từ sổ giấy"})

    flag.refresh_from_db()
    assert flag.seen_at


# What it costs


def test_three_evenings_cost_no_more_than_one(
    session, few, instructor, django_assert_num_queries, django_assert_max_num_queries
):
    more = [
        ClassSessionFactory(
            class_group=session.class_group,
            campaign=session.campaign,
            starts_at=session.starts_at - dt.timedelta(days=7 * week),
        )
        for week in (1, 2)
    ]
    for evening in [session, *more]:
        mark_at(evening, few, evening.starts_at, instructor)
    with django_assert_max_num_queries(8) as first:
        flag_sessions([session.pk])

    with django_assert_num_queries(len(first)):
        flag_sessions(ClassSession.objects.values_list("pk", flat=True))
