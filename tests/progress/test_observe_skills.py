"""A volunteer sees how far somebody can do what a lesson teaches; the latest sight holds."""

import datetime as dt
import uuid
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from progress.models import Enrolment, Observation, Recheck, Remark, SkillSeen
from progress.rules import latest, observed_in_order
from progress.services import (
    enrol,
    mark_attendance,
    merge_people,
    observe,
    record_lesson,
    settle_campaign,
    withdraw,
)
from progress.services.observing import NewObservation, append_observations
from tests.factories import ResidentFactory

# The rule


@pytest.mark.django_db
def test_the_latest_sight_holds_whatever_came_last(enrolment, lesson, instructor):
    now = timezone.now()
    observe(enrolment, lesson, "alone", by=instructor, observed_at=now)
    observe(enrolment, lesson, "helped", by=instructor, observed_at=now - dt.timedelta(hours=1))

    seen = SkillSeen.objects.get()
    assert (seen.level, seen.enrolment, seen.lesson_id) == ("alone", enrolment, lesson.pk)
    assert Observation.objects.count() == 2


@pytest.mark.django_db
def test_seeing_again_less_takes_a_level_back(enrolment, lesson, instructor):
    observe(enrolment, lesson, "alone", by=instructor)
    observe(enrolment, lesson, "not_yet", by=instructor)

    assert SkillSeen.objects.get().level == "not_yet"


@pytest.mark.django_db
def test_a_slip_is_taken_back(enrolment, lesson, instructor):
    observe(enrolment, lesson, "done", by=instructor)
    observe(enrolment, lesson, "", by=instructor)

    assert not SkillSeen.objects.exists()
    observe(enrolment, lesson, "helped", by=instructor)
    assert SkillSeen.objects.get().level == "helped"


@pytest.mark.django_db
def test_the_same_tap_twice_is_one(enrolment, lesson, instructor, leader):
    number = uuid.uuid4()
    for _twice in range(2):
        observe(enrolment, lesson, "helped", by=instructor, id=number)

    assert Observation.objects.count() == 1
    with pytest.raises(ValidationError) as refusal:
        observe(enrolment, lesson, "done", by=instructor, id=number)
    assert refusal.value.code == "id_reused"


@pytest.mark.django_db
@pytest.mark.parametrize("level", ["perfect", None])
def test_a_level_that_is_none_is_refused(enrolment, lesson, instructor, level):
    with pytest.raises(ValidationError) as refusal:
        observe(enrolment, lesson, level, by=instructor)
    assert refusal.value.code == "unknown_level"


@pytest.mark.django_db
def test_of_who_left_nothing_is_noted(enrolment, lesson, instructor):
    left = withdraw(enrolment, by=instructor)
    with pytest.raises(ValidationError) as refusal:
        observe(left, lesson, "alone", by=instructor)
    assert refusal.value.code == "not_enrolled"


@given(
    taps=st.lists(
        st.tuples(st.sampled_from(["not_yet", "helped", "alone", "done"]), st.integers(0, 3)),
        min_size=1,
        max_size=5,
    ),
    order=st.randoms(use_true_random=False),
)
def test_the_order_of_arrival_does_not_matter(taps, order):
    start = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    noted = [
        SimpleNamespace(
            id=uuid.UUID(int=number), device="", seq=0, level=level,
            observed_at=start + dt.timedelta(hours=hour),
        )
        for number, (level, hour) in enumerate(taps)
    ]  # fmt: skip
    shuffled = list(noted)
    order.shuffle(shuffled)

    assert latest(shuffled) is latest(noted)
    assert observed_in_order(shuffled)[-1] is latest(noted)


# Completion


@pytest.fixture
def nearly(session, enrolment, course, instructor, campaign):
    """Lan has everything but one skill seen done alone."""
    campaign.skills_required = 1
    campaign.save()
    mark_attendance(session, enrolment, "present", by=instructor)
    for lesson in course.lessons():
        record_lesson(enrolment, lesson, "helped", by=instructor)
    enrolment.refresh_from_db()
    assert enrolment.completed_at is None
    return enrolment


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("level", "completes"),
    [("not_yet", False), ("helped", False), ("alone", True), ("done", True)],
)
def test_only_what_is_done_without_help_completes(nearly, lesson, instructor, level, completes):
    observe(nearly, lesson, level, by=instructor)

    nearly.refresh_from_db()
    assert (nearly.completed_at is not None) is completes


@pytest.mark.django_db
def test_the_day_of_completion_is_that_of_the_last_fact(nearly, lesson, instructor):
    long_ago = timezone.now() - dt.timedelta(days=9)
    Enrolment.objects.update(enrolled_at=long_ago)
    seen_at = timezone.now() + dt.timedelta(seconds=-1)
    observe(nearly, lesson, "alone", by=instructor, observed_at=seen_at)

    nearly.refresh_from_db()
    evening = nearly.attendances.get().observed_at
    assert nearly.completed_at == max(
        [evening, seen_at, *nearly.attempts.values_list("finished_at", flat=True)]
    )


@pytest.mark.django_db
def test_who_could_do_it_then_not_then_again_can_since_the_last_time(
    session, enrolment, course, lesson, instructor, campaign
):
    week = timezone.now() - dt.timedelta(days=7)
    Enrolment.objects.update(enrolled_at=week - dt.timedelta(days=1))
    campaign.evenings_required, campaign.lessons_required, campaign.skills_required = 0, 0, 1
    campaign.save()
    hours = [week + dt.timedelta(hours=hour) for hour in range(4)]
    append_observations(
        [
            NewObservation(enrolment.pk, campaign.pk, lesson.pk, level, instructor, observed_at=at)
            for level, at in zip(("alone", "not_yet", "alone", "done"), hours, strict=True)
        ]
    )

    enrolment.refresh_from_db()
    assert enrolment.completed_at == hours[2]


@pytest.mark.django_db
def test_completed_stays_completed_when_a_skill_is_lost(nearly, lesson, instructor):
    observe(nearly, lesson, "alone", by=instructor)
    observe(nearly, lesson, "not_yet", by=instructor)

    nearly.refresh_from_db()
    assert nearly.completed_at


@pytest.mark.django_db
def test_an_easier_rule_completes_after_settling(nearly, campaign):
    campaign.skills_required = 0
    campaign.save()
    settle_campaign(campaign)

    nearly.refresh_from_db()
    assert nearly.completed_at


# Two records, one person


@pytest.mark.django_db
def test_merging_pours_what_was_seen_and_remarked_and_asked(
    session, enrolment, campaign, class_group, lesson, village, instructor, leader
):
    twin = ResidentFactory(full_name="Trần Thị Lan", village=village)
    twins = enrol(twin, campaign, by=instructor, class_group=class_group)
    now = timezone.now()
    observe(enrolment, lesson, "helped", by=instructor, observed_at=now - dt.timedelta(days=1))
    observe(twins, lesson, "alone", by=instructor, observed_at=now)
    noted = {
        "campaign": campaign, "enrolment": twins, "observed_at": now,
        "observed_by": instructor, "sent_by": instructor,
    }  # fmt: skip
    Remark.objects.create(session=session, text="Hay quên kính", **noted)
    Recheck.objects.create(days=14, outcome="kept", **noted)

    merge_people(enrolment.resident, twin, by=leader)

    kept = Enrolment.objects.get()
    seen = SkillSeen.objects.get()
    assert (seen.enrolment, seen.level) == (kept, "alone")
    assert kept.observations.count() == 2
    assert (kept.remarks.count(), kept.rechecks.count()) == (1, 1)


@pytest.mark.django_db
def test_merging_may_complete_through_a_skill_of_the_other_record(
    nearly, campaign, class_group, lesson, village, instructor, leader
):
    twin = ResidentFactory(full_name="Trần Thị Lan", village=village)
    twins = enrol(twin, campaign, by=instructor, class_group=class_group)
    observe(twins, lesson, "alone", by=instructor)

    merge_people(nearly.resident, twin, by=leader)

    assert Enrolment.objects.get().completed_at


# The cost


@pytest.mark.django_db
def test_many_observations_cost_as_much_as_one(
    enrolment, hoa, course, instructor, campaign, class_group, village
):
    def cost(rows):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            append_observations(rows)
        return len(queries)

    def new(who, lesson):
        return NewObservation(who.pk, campaign.pk, lesson.pk, "helped", instructor)

    lessons = list(course.lessons())
    one = cost([new(enrolment, lessons[0])])
    many = cost([new(who, lesson) for who in (enrolment, hoa) for lesson in lessons * 5])

    assert many == one


@pytest.mark.django_db
def test_a_campaign_without_skills_asks_nothing_of_them(session, enrolment, course, instructor):
    mark_attendance(session, enrolment, "present", by=instructor)
    first, second = course.lessons()
    record_lesson(enrolment, first, "alone", by=instructor)
    with CaptureQueriesContext(connection) as queries:
        record_lesson(enrolment, second, "alone", by=instructor)

    enrolment.refresh_from_db()
    assert enrolment.completed_at
    assert not [query for query in queries if "progress_skillseen" in query["sql"]]
    assert not [query for query in queries if "progress_observation" in query["sql"]]
