"""A class in Lan's village with one course of two lessons."""

import pytest
from django.urls import reverse

from people.roles import Role
from people.services import issue_card
from progress.services import answer_question, enrol, finish_attempt, start_attempt
from tests.factories import AssignmentFactory, CourseFactory, ResidentFactory


@pytest.fixture
def course(db):
    return CourseFactory(lessons=2)


@pytest.fixture
def lesson(course):
    return course.lessons().first()


@pytest.fixture
def campaign(session, course):
    """Two evenings and both lessons complete it."""
    campaign = session.campaign
    campaign.evenings_required = 1
    campaign.save()
    campaign.required_courses.set([course])
    return campaign


@pytest.fixture
def class_group(session, campaign):
    return session.class_group


@pytest.fixture
def enrolment(lan, campaign, class_group, instructor):
    """Lan learns in the class."""
    return enrol(lan, campaign, by=instructor, class_group=class_group)


@pytest.fixture
def learner(client, enrolment, instructor):
    """Lan's own phone, signed in with her card."""
    _card, token = issue_card(enrolment.resident, by=instructor)
    client.post(reverse("people:card_open"), {"token": token})
    return client


@pytest.fixture
def hoa(village, campaign, class_group, instructor):
    """Hoa learns in the class, too."""
    resident = ResidentFactory(full_name="Lê Thị Hoa", village=village)
    return enrol(resident, campaign, by=instructor, class_group=class_group)


@pytest.fixture
def observer(commune):
    """Someone who may look at figures, and at nothing else."""
    return AssignmentFactory(place=commune, role=Role.OBSERVER, user__username="quan").user


@pytest.fixture
def take_quiz():
    """Return a function that answers a lesson's questions as told and finishes."""

    def take(enrolment, lesson, answers="aaa", **how):
        attempt = start_attempt(enrolment, lesson)
        for question, answer in zip(attempt.questions, answers, strict=True):
            answer_question(attempt, question["id"], answer)
        return finish_attempt(attempt, **how)

    return take
