"""Lan has completed the campaign of her village."""

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.utils import timezone

from campaigns.services import counting
from certificates.pdf import issue_certificate
from people.services import issue_card
from people.views.access import sign_in_learner
from progress.models import Enrolment
from progress.services import enrol


@pytest.fixture(autouse=True)
def nobody_has_tried_yet():
    cache.clear()


@pytest.fixture
def campaign(session):
    return session.campaign


@pytest.fixture
def complete(campaign, session):
    """Return a function that lets a resident complete the campaign, without announcing it."""

    def complete(resident):
        enrolment = enrol(resident, campaign, by=None, class_group=session.class_group)
        with counting([enrolment.pk]) as rows:
            row = rows[enrolment.pk]
            row.evenings, row.lessons_passed = 6, 4
            row.completed_at = timezone.now()
            row.completed_day = campaign.day_number()
        return Enrolment.objects.get(pk=enrolment.pk)

    return complete


@pytest.fixture
def enrolment(complete, lan):
    """Lan has done what the campaign asks for."""
    return complete(lan)


@pytest.fixture
def certificate(enrolment):
    """Lan's certificate."""
    return issue_certificate(enrolment)


@pytest.fixture
def learner(client, rf, organiser):
    """Return a function that gives a browser in which a resident has signed in with a card."""

    def sign_in(resident):
        card, _token = issue_card(resident, by=organiser)
        request = rf.get("/")
        request.session, request.user = client.session, AnonymousUser()
        sign_in_learner(request, resident, by_card=card)
        request.session.save()
        client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key
        return client

    return sign_in
