"""What the stories about people share."""

import pytest
from django.core.cache import cache

from people.services import issue_card
from people.views import access


@pytest.fixture(autouse=True)
def _nobody_has_tried_before():
    """Tries are counted in the cache; every test begins with none."""
    cache.clear()


@pytest.fixture
def card(lan):
    """Lan's card and the token in its QR."""
    return issue_card(lan, by=None)


@pytest.fixture
def open_screens(monkeypatch):
    """The class screens that are open, and who is in their class: {pk: {residents}}."""
    screens: dict = {}

    def check(pk, resident):
        return pk in screens and (resident is None or resident in screens[pk])

    monkeypatch.setitem(access._checks, "screen", check)
    return screens
