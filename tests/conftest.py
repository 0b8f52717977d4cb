"""People whom many stories know."""

import os
import time

import pytest
import time_machine
from django.core.cache import caches
from hypothesis import settings as hypothesis

from people.roles import Role
from tests.factories import (
    AssignmentFactory,
    ClassSessionFactory,
    PlaceFactory,
    ResidentFactory,
)

# The same examples in every run: a suite that is red once in forty runs is believed by nobody.
# With TRAMNGAY_DICE=1 they are drawn anew, to find what nobody has thought of.
hypothesis.register_profile("steady", derandomize=True)
if not os.environ.get("TRAMNGAY_DICE"):
    hypothesis.load_profile("steady")


# Marks of tests that choose their rounds themselves.
OWN_ROUND = ("browser", "redis", "postgres", "both")


def pytest_collection_modifyitems(items):
    """After a test that commits, put back what the migrations wrote: Wagtail's root, its groups.

    And a test that asks for no database has nothing to do with that of the round.
    """
    for item in items:
        marker = item.get_closest_marker("django_db")
        asks = marker or {"db", "transactional_db"} & set(item.fixturenames)
        if not asks and not any(item.get_closest_marker(name) for name in OWN_ROUND):
            item.add_marker(pytest.mark.laptop)
        if marker and marker.kwargs.get("transaction"):
            whole = {**marker.kwargs, "serialized_rollback": True}
            item.add_marker(pytest.mark.django_db(**whole), append=False)


@pytest.fixture(autouse=True)
def nothing_is_remembered():
    """No test inherits kept pages, or tries that others have made from the same address."""
    for cache in caches.all():
        cache.clear()


@pytest.fixture
def one_minute():
    """Let the clock stand: tries are counted by the minute, and a test must not straddle two."""
    with time_machine.travel(time.time(), tick=False):
        yield


@pytest.fixture
def province(db):
    return PlaceFactory(kind="province", name="Phú Thọ")


@pytest.fixture
def commune(province):
    return PlaceFactory(kind="commune", name="Lâm Thao", parent=province)


@pytest.fixture
def village(commune):
    return PlaceFactory(kind="village", name="Cao Xá", parent=commune)


@pytest.fixture
def lan(village):
    """A resident of the village."""
    return ResidentFactory(full_name="Trần Thị Lan", village=village)


@pytest.fixture
def session(village):
    """A class evening in Lan's village that began an hour ago."""
    return ClassSessionFactory(class_group__place=village)


@pytest.fixture
def instructor(commune):
    """Someone who teaches in Lan's commune."""
    return AssignmentFactory(place=commune, role=Role.INSTRUCTOR, user__username="minh").user


@pytest.fixture
def leader(commune):
    """Someone who leads the teams of Lan's commune."""
    return AssignmentFactory(place=commune, role=Role.TEAM_LEADER, user__username="ha").user


@pytest.fixture
def organiser(commune):
    """Someone who answers for Lan's commune."""
    return AssignmentFactory(place=commune, role=Role.COMMUNE_ORGANISER, user__username="ly").user


@pytest.fixture
def stranger(db):
    """Someone with the widest role, in another province."""
    place = PlaceFactory(kind="province", name="Cà Mau")
    return AssignmentFactory(place=place, role=Role.PROVINCE_ORGANISER, user__username="xa").user
