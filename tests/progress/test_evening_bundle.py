"""A volunteer's phone keeps the evenings at hand: all that is needed there, and nothing more."""

import datetime as dt
import hashlib
import json
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns.models import ClassSession
from people.models import Card
from people.roles import Role
from people.services import give_consent, issue_card, revoke_card
from progress.models import HeldItem, Level, Observation, Remark, SkillSeen
from progress.reports import evenings
from progress.services import enrol, mark_attendance
from tests.factories import (
    AssignmentFactory,
    ClassGroupFactory,
    ClassSessionFactory,
    PlaceFactory,
    ResidentFactory,
)

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
# The places of a line; store.js reads them by these numbers.
ID, NAME, YEAR, ABOUT, VILLAGE, CARDS = range(6)
STATUS, MARK, FLAGS, NEEDS, PHONE, REMARK, HOME, SKILLS, AT = range(6, 15)


@pytest.fixture
def teaches(session, instructor):
    session.class_group.instructors.add(instructor)


def ids(user):
    return [evening["id"] for evening in evenings(user)["sessions"]]


def line_of(user, resident):
    people = [person for evening in evenings(user)["sessions"] for person in evening["people"]]
    return next(person for person in people if person[ID] == str(resident.uuid))


def noted(model, enrolment, session, by, *, at=None, **fields):
    return model.objects.create(
        campaign=enrolment.campaign,
        session=session,
        enrolment=enrolment,
        observed_at=at or timezone.now(),
        observed_by=by,
        sent_by=by,
        **fields,
    )


# --- the rule ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "is_kept"), [(-3, False), (-1, True), (0, True), (6, True), (8, False)]
)
def test_evenings_of_a_week_ahead_and_two_days_back_are_kept(
    session, instructor, teaches, days, is_kept
):
    other = ClassSessionFactory(
        class_group=session.class_group, starts_at=timezone.now() + days * DAY
    )

    assert (other.pk in ids(instructor)) is is_kept


def test_of_another_class_near_by_only_tonights_evening_is_kept(session, instructor, village):
    later = ClassSessionFactory(class_group=session.class_group, starts_at=timezone.now() + 2 * DAY)

    assert session.pk in ids(instructor)
    assert later.pk not in ids(instructor)


def test_a_cancelled_evening_is_kept_with_the_reason(session, instructor, teaches):
    ClassSession.objects.update(state="cancelled", cancelled_because="mất điện")
    (evening,) = evenings(instructor)["sessions"]

    assert (evening["state"], evening["because"]) == ("cancelled", "mất điện")


def test_a_line_says_what_was_noted_last(session, instructor, leader, enrolment, lesson):
    attendance = mark_attendance(session, enrolment, "late", by=instructor)
    minute = dt.timedelta(minutes=1)
    now = timezone.now()
    noted(Remark, enrolment, session, leader, at=now, text="mượn kính", helped_at_home=True)
    noted(Remark, enrolment, session, instructor, at=now - minute, text="cũ")
    seen = noted(Observation, enrolment, session, leader, lesson=lesson, level=Level.ALONE)
    SkillSeen.objects.get_or_create(
        enrolment=enrolment,
        lesson=lesson,
        defaults={
            "campaign": enrolment.campaign,
            "level": Level.ALONE,
            "observation": seen,
            "observed_at": now,
        },
    )
    line = line_of(instructor, enrolment.resident)

    assert line[STATUS:FLAGS] == ["late", str(attendance.mark_id)]
    assert (line[REMARK], line[HOME]) == ("mượn kính", 1)
    assert line[SKILLS] == {lesson.pk: list(Level.values).index("alone")}


def test_whoever_learns_elsewhere_and_came_tonight_is_on_the_list_as_a_guest(
    session, instructor, campaign, village
):
    other = ClassGroupFactory(place=village, campaign=campaign)
    guest = ResidentFactory(full_name="Lê Văn Đức", village=village)
    away = enrol(guest, campaign, by=instructor, class_group=other)
    assert not evenings(instructor)["sessions"][0]["people"]
    mark_attendance(session, away, "present", by=instructor)

    assert line_of(instructor, guest)[FLAGS] == 2


def test_the_lessons_of_the_class_are_told_tonights_first(session, instructor, teaches, course):
    first, second = course.lessons()
    session.class_group.course = course
    session.class_group.save()
    session.lesson = second
    session.save()
    (evening,) = evenings(instructor)["sessions"]

    assert evening["lesson"]["title"] == second.title
    assert [lesson["id"] for lesson in evening["lessons"]] == [second.pk, first.pk]


def test_a_card_is_told_by_parts_of_its_hashes_and_a_withdrawn_one_with_an_x(
    session, instructor, enrolment
):
    lost, _token = issue_card(enrolment.resident, by=instructor)
    revoke_card(lost, by=instructor, because="mất")
    card, _token = issue_card(enrolment.resident, by=instructor)
    cards = line_of(instructor, enrolment.resident)[CARDS]

    def told(card):
        return card.secret_hash[:16] + hashlib.sha256(card.code.encode()).hexdigest()[:5]

    assert cards == [f"x{told(lost)}", told(card)]
    Card.objects.filter(pk=lost.pk).update(revoked_at=timezone.now() - 90 * DAY)
    assert line_of(instructor, enrolment.resident)[CARDS] == [told(card)]


def test_what_waits_with_the_leader_is_counted(session, instructor, teaches):
    HeldItem.objects.create(
        id=uuid.uuid4(),
        kind="mark",
        fields={},
        device="d",
        seq=1,
        observed_at=timezone.now(),
        observed_by=instructor,
        sent_by=instructor,
        session=session,
        place=session.place,
        reason="closed",
    )

    assert evenings(instructor)["sessions"][0]["held"] == 1


# --- who may -------------------------------------------------------------------------


def test_whoever_is_not_staff_is_told_so_in_json(client, learner):
    for phone in (client, learner):
        answer = phone.get(reverse("progress:evenings"))
        assert (answer.status_code, answer.json()["error"]) == (401, "signed_out")


def test_nobody_is_told_of_people_elsewhere(session, instructor, teaches, enrolment):
    elsewhere = PlaceFactory(kind="village", name="Xuân Lộc")
    ResidentFactory(full_name="Đỗ Thị Lạ", village=elsewhere)
    ClassSessionFactory(class_group__place=elsewhere)
    stranger = AssignmentFactory(
        place=elsewhere.get_parent(), role=Role.INSTRUCTOR, user__username="la"
    ).user

    assert "Lạ" not in json.dumps(evenings(instructor), ensure_ascii=False)
    assert enrolment.resident.full_name not in json.dumps(evenings(stranger), ensure_ascii=False)


def test_an_observer_keeps_nobodys_name(session, observer, enrolment):
    assert not evenings(observer)["sessions"]
    assert not evenings(observer)["neighbours"]


def test_whose_task_has_ended_keeps_nothing_any_more(session, instructor, teaches, enrolment):
    assert ids(instructor) == [session.pk]
    instructor.assignments.update(until=timezone.localdate() - DAY)
    instructor.forget_roles()

    assert evenings(instructor)["sessions"] == []


# --- what the phone is sent ------------------------------------------------------------


def test_no_telephone_number_and_no_citizen_number_is_on_the_phone(
    session, instructor, teaches, enrolment
):
    enrolment.resident.phone = "0912345678"
    enrolment.resident.save()

    assert "912345678" not in json.dumps(evenings(instructor))


def test_the_phone_is_told_once(client, session, instructor, teaches, enrolment):
    client.force_login(instructor)
    url = reverse("progress:evenings")
    known = client.get(url)

    assert known["Cache-Control"].find("no-store") >= 0
    assert known.json()["who"] == f"staff:{instructor.pk}"
    again = client.get(url, {"have": known.json()["digest"]}).json()
    assert "sessions" not in again
    mark_attendance(session, enrolment, "present", by=instructor)
    assert client.get(url, {"have": known.json()["digest"]}).json()["sessions"]


def test_neighbours_are_those_of_the_village_who_stand_on_no_register(
    session, instructor, teaches, enrolment, village
):
    hung = ResidentFactory(full_name="Phạm Văn Hùng", village=village)
    give_consent(hung, by=instructor)
    # Whoever has not agreed cannot become a guest by a tap.
    ResidentFactory(full_name="Phạm Văn Sinh", village=village)

    assert [row[ID] for row in evenings(instructor)["neighbours"]] == [str(hung.uuid)]


# --- the cost ----------------------------------------------------------------------------


def test_the_bundle_costs_the_same_for_one_evening_and_for_four(
    session, instructor, teaches, campaign, village
):
    def questions():
        instructor.forget_roles()
        with CaptureQueriesContext(connection) as asked:
            evenings(instructor)
        return len(asked)

    for _number in range(3):
        person = ResidentFactory(village=village)
        row = enrol(person, campaign, by=instructor, class_group=session.class_group)
        mark_attendance(session, row, "present", by=instructor)
    few = questions()
    for number in range(3):
        other = ClassSessionFactory(
            class_group=session.class_group, starts_at=timezone.now() + (number + 1) * DAY
        )
        other.instructors.add(instructor)
    for _number in range(20):
        person = ResidentFactory(village=village)
        row = enrol(person, campaign, by=instructor, class_group=session.class_group)
        mark_attendance(session, row, "present", by=instructor)

    assert questions() == few <= 20
