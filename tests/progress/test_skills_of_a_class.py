"""Who can do what, who sits beside whom next time, and one tap for what has just been seen."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from progress.models import Observation, SkillSeen
from progress.reports import journey_of, skill_board
from progress.rules import helpers_wanted
from progress.services import observe
from tests.factories import EnrolmentFactory, ResidentFactory

# The rule


@pytest.mark.parametrize(
    ("not_yet", "helped", "wanted"),
    [(0, 0, 0), (1, 0, 1), (3, 0, 1), (4, 0, 2), (0, 6, 1), (3, 6, 2), (0, 1, 1)],
)
def test_helpers_for_those_who_cannot_do_it_yet(not_yet, helped, wanted):
    assert helpers_wanted(not_yet, helped) == wanted


@pytest.fixture
def people(campaign, class_group, village):
    """Three with Android, one with an iPhone, one of whom nobody has asked."""

    def join(kind, **details):
        resident = ResidentFactory(village=village, phone_kind=kind, **details)
        return EnrolmentFactory(resident=resident, campaign=campaign, class_group=class_group)

    return [
        join("android"),
        join("android", needs_hearing_help=True),
        join("android"),
        join("iphone"),
        join(""),
    ]


@pytest.mark.django_db
def test_people_with_the_same_telephone_sit_together(people, class_group, lesson, instructor):
    able, helped, unseen, apple, _unasked = people
    observe(able, lesson, "alone", by=instructor)
    observe(helped, lesson, "helped", by=instructor)
    observe(apple, lesson, "not_yet", by=instructor)

    board = skill_board(class_group)
    android, iphone, unasked = board.by_phone(board.lesson(lesson.pk))

    assert [one.enrolment for one in android.can_show] == [able]
    assert [one.enrolment for one in android.helped] == [helped]
    # Whom nobody has seen may need a helper.
    assert [one.enrolment for one in android.not_yet] == [unseen]
    assert (android.wanted, android.volunteers) == (1, 0)
    assert (iphone.wanted, iphone.volunteers) == (1, 1)
    assert unasked.people == 1


@pytest.mark.django_db
def test_who_needs_something_is_named_with_it(people, class_group):
    ((_label, deaf),) = skill_board(class_group).by_need()

    assert [one.enrolment for one in deaf] == [people[1]]


@pytest.mark.django_db
def test_the_lesson_shown_first_is_one_that_not_everybody_can_do(
    people, class_group, course, instructor
):
    first, second = course.lessons()
    for one in people:
        observe(one, first, "alone", by=instructor)

    board = skill_board(class_group)
    assert board.lesson(None).source_id == second.pk
    assert [(tally.mastered, tally.unseen) for tally in board.tallies] == [(5, 0), (0, 5)]


@pytest.mark.django_db
def test_a_learner_hears_what_is_missing(enrolment, campaign, lesson, instructor):
    campaign.skills_required = 2
    campaign.save()
    observe(enrolment, lesson, "alone", by=instructor)
    enrolment.refresh_from_db()

    assert journey_of(enrolment.resident).missing == (1, 2, 1)


# Who may


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "status"), [("instructor", 200), ("leader", 200), ("observer", 403), ("stranger", 404)]
)
def test_who_sees_the_skills_of_a_class(client, people, class_group, who, status, request):
    client.force_login(request.getfixturevalue(who))

    assert client.get(reverse("progress:skills", args=[class_group.pk])).status_code == status


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "status"), [("instructor", 302), ("observer", 403), ("stranger", 404)]
)
def test_who_notes_a_skill(client, enrolment, lesson, who, status, request):
    client.force_login(request.getfixturevalue(who))
    url = reverse("progress:observe", args=[enrolment.resident.uuid, lesson.pk])

    assert client.post(url, {"level": "alone"}).status_code == status
    assert Observation.objects.exists() is (status == 302)


# The screen


@pytest.mark.django_db
def test_one_tap_answers_with_the_rung_and_twice_is_once(client, enrolment, lesson, instructor):
    client.force_login(instructor)
    url = reverse("progress:observe", args=[enrolment.resident.uuid, lesson.pk])
    tap = {"level": "alone", "nonce": uuid.uuid4(), "enrolment": enrolment.pk}
    for _twice in range(2):
        answer = client.post(url, tap, headers={"hx-request": "true"})

    assert f'id="skill-{lesson.pk}"' in answer.text
    assert 'value="alone" aria-pressed="true"' in answer.text
    assert Observation.objects.count() == 1

    client.post(url, {"level": "", "nonce": uuid.uuid4()}, headers={"hx-request": "true"})
    assert not SkillSeen.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("tap", [{}, {"level": "perfect"}])
def test_a_tap_that_says_nothing_is_refused(client, enrolment, lesson, instructor, tap):
    client.force_login(instructor)
    url = reverse("progress:observe", args=[enrolment.resident.uuid, lesson.pk])

    assert client.post(url, tap, headers={"hx-request": "true"}).status_code == 422
    assert not Observation.objects.exists()


@pytest.mark.django_db
def test_the_learners_page_shows_the_ladder_and_who_saw_it(client, enrolment, lesson, instructor):
    observe(enrolment, lesson, "helped", by=instructor)
    client.force_login(instructor)

    page = client.get(reverse("progress:learner", args=[enrolment.resident.uuid]))

    rung = page.context["rungs"][0]
    assert (rung.level, [seen.observed_by for seen in rung.history]) == ("helped", [instructor])
    assert 'value="helped" aria-pressed="true"' in page.text


@pytest.mark.django_db
@pytest.mark.parametrize("lesson_asked", ["", "x", 10**30, 0])
def test_a_lesson_that_is_none_shows_another(client, people, class_group, instructor, lesson_asked):
    client.force_login(instructor)
    url = reverse("progress:skills", args=[class_group.pk])

    assert client.get(url, {"lesson": lesson_asked}).context["lesson"] is not None


# The cost


@pytest.mark.django_db
def test_more_people_cost_no_more(
    client, enrolment, campaign, class_group, village, lesson, instructor
):
    client.force_login(instructor)
    url = reverse("progress:skills", args=[class_group.pk])

    def cost():
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        return len(queries)

    observe(enrolment, lesson, "alone", by=instructor)
    client.get(url)
    one = cost()
    for _more in range(5):
        resident = ResidentFactory(village=village, phone_kind="android")
        joined = EnrolmentFactory(resident=resident, campaign=campaign, class_group=class_group)
        observe(joined, lesson, "helped", by=instructor)

    assert cost() == one
