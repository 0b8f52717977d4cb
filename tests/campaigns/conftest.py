import datetime as dt

import pytest

from people.roles import Role
from tests.factories import AssignmentFactory, CampaignFactory, TeamFactory


@pytest.fixture
def campaign(province):
    """The province's campaign, on its 63rd day."""
    return CampaignFactory(place=province)


@pytest.fixture
def team(village):
    return TeamFactory(place=village)


@pytest.fixture
def chief(province):
    """Someone who answers for the province."""
    return AssignmentFactory(
        place=province, role=Role.PROVINCE_ORGANISER, user__username="tinh"
    ).user


@pytest.fixture
def observer(province):
    """Someone who may look, in the province."""
    return AssignmentFactory(place=province, role=Role.OBSERVER, user__username="nhin").user


@pytest.fixture
def saturday_evening():
    return [(5, dt.time(19, 30), 90)]
