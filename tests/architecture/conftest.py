"""The world is built once for the tests of a module, and is the same again after each of them."""

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from people.models import Card, User
from people.views.access import sign_in_learner
from tests.architecture.world import build


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture
def world(built, db):
    """Two provinces full of people; what a test does to them is taken back."""
    cache.clear()
    return built


@pytest.fixture
def as_staff(world):
    """Return a function that opens a browser in which somebody has signed in."""

    def sign_in(user):
        browser = Client()
        # Fresh from the database: what another test did to the object is not in it.
        browser.force_login(User.objects.get(pk=user.pk))
        return browser

    return sign_in


@pytest.fixture
def as_learner(world, rf):
    """Return a function that opens a browser in which a learner has signed in with the card."""

    def sign_in(resident):
        browser = Client()
        request = rf.get("/")
        request.session, request.user = browser.session, None
        sign_in_learner(request, resident, by_card=Card.objects.valid().get(resident=resident))
        request.session.save()
        browser.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key
        return browser

    return sign_in
