"""Two records were one person: what was learnt under both belongs together, and nothing is lost."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.services import counting, total
from progress.models import Attempt, Enrolment, Mark
from progress.reports import doubts
from progress.services import (
    enrol,
    mark_attendance,
    merge_people,
    record_lesson,
    record_step,
    start_attempt,
)
from tests.factories import CampaignFactory, ClassSessionFactory, ResidentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def twin(village):
    """Lan, written down a second time."""
    return ResidentFactory(full_name="Trần Thị Lan", village=village)


@pytest.fixture
def twins(twin, campaign, class_group, instructor):
    """The enrolment under her second record."""
    return enrol(twin, campaign, by=instructor, class_group=class_group)


@pytest.fixture
def last_week(class_group):
    starts_at = timezone.now() - dt.timedelta(days=7)
    return ClassSessionFactory(class_group=class_group, starts_at=starts_at)


# The rule


def test_an_enrolment_moves_along(lan, twin, twins, leader):
    merge_people(lan, twin, by=leader)

    assert Enrolment.objects.get().resident == lan


def test_evenings_under_both_names_come_together(
    session, last_week, enrolment, twin, twins, instructor, leader
):
    mark_attendance(session, enrolment, "present", by=instructor)
    mark_attendance(session, twins, "late", by=instructor)
    mark_attendance(last_week, twins, "present", by=instructor)

    merge_people(enrolment.resident, twin, by=leader)

    kept = Enrolment.objects.get()
    assert (kept.pk, kept.evenings) == (enrolment.pk, 2)
    assert Mark.objects.count() == 3
    campaign = session.campaign
    counted = {measure: n for measure, n in total(campaign, campaign.place).items() if n}
    assert counted == {"registered": 1, "enrolled": 1, "reached": 1, "visits": 2}
    assert doubts(campaign) == []


def test_who_was_there_under_either_name_was_there(
    session, enrolment, twin, twins, instructor, leader
):
    mark_attendance(session, enrolment, "present", by=instructor)
    mark_attendance(session, twins, "absent", by=instructor)

    merge_people(enrolment.resident, twin, by=leader)

    attendance = session.attendances.get()
    assert (attendance.status, attendance.is_disputed) == ("present", False)
    assert doubts(session.campaign) == []


def test_lessons_and_answers_come_along(
    enrolment, twin, twins, course, instructor, leader, take_quiz
):
    first, second = course.lessons()
    record_step(enrolment, first, 1)
    record_step(twins, first, 2)
    start_attempt(enrolment, second)
    start_attempt(twins, second)
    record_lesson(twins, first, "paper", by=instructor)

    merge_people(enrolment.resident, twin, by=leader)

    kept = Enrolment.objects.get()
    assert kept.lessons_passed == 1
    assert kept.lesson_views.get().step == 2
    assert Attempt.objects.unfinished().count() == 1


def test_the_enrolment_that_a_certificate_names_stays(
    session, enrolment, twin, twins, instructor, leader
):
    mark_attendance(session, enrolment, "present", by=instructor)
    with counting([twins.pk]) as rows:
        rows[twins.pk].certified_day = 60

    merge_people(enrolment.resident, twin, by=leader)

    kept = Enrolment.objects.get()
    assert (kept.pk, kept.resident, kept.evenings) == (twins.pk, enrolment.resident, 1)
    assert total(session.campaign, session.campaign.place)["certified"] == 1


def test_enrolments_of_different_campaigns_both_stay(enrolment, twin, instructor, leader):
    other = CampaignFactory(place=enrolment.campaign.place)
    enrol(twin, other, by=instructor)

    merge_people(enrolment.resident, twin, by=leader)

    assert Enrolment.objects.filter(resident=enrolment.resident).count() == 2


def test_merging_may_complete(session, enrolment, twin, twins, course, instructor, leader):
    mark_attendance(session, enrolment, "present", by=instructor)
    for lesson in course.lessons():
        record_lesson(twins, lesson, "paper", by=instructor)

    merge_people(enrolment.resident, twin, by=leader)

    assert Enrolment.objects.get().completed_at


# Who may do it


@pytest.mark.parametrize(
    ("who", "status"),
    [("leader", 200), ("instructor", 403), ("observer", 403), ("stranger", 404)],
)
def test_who_may_merge(client, lan, who, status, request):
    client.force_login(request.getfixturevalue(who))

    assert client.get(reverse("progress:merge", args=[lan.uuid])).status_code == status


def test_somebody_out_of_reach_cannot_be_merged(client, lan, leader):
    far = ResidentFactory()
    client.force_login(leader)

    answer = client.post(reverse("progress:merge", args=[lan.uuid]), {"duplicate": str(far.uuid)})

    assert answer.status_code == 404
    far.refresh_from_db()
    assert far.merged_into is None


# The screen


def test_likely_doubles_are_offered_and_both_records_shown(client, lan, twin, twins, leader):
    client.force_login(leader)
    url = reverse("progress:merge", args=[lan.uuid])

    assert client.get(url).context["found"] == [twin]
    page = client.get(url, {"with": str(twin.uuid)})
    assert [person for person, _enrolments in page.context["sides"]] == [lan, twin]

    client.post(url, {"duplicate": str(twin.uuid)})
    twin.refresh_from_db()
    assert twin.merged_into == lan


def test_nonsense_shows_the_search_again(client, lan, leader):
    client.force_login(leader)

    page = client.get(reverse("progress:merge", args=[lan.uuid]), {"with": "nobody"})

    assert page.status_code == 200
    assert page.context["duplicate"] is None
