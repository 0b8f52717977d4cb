"""What lies in a commune that merged is offered and listed where the commune it went into is."""

import pytest
from django.utils import timezone

from campaigns.models import OwnIndicator
from campaigns.reports import outcome_sums, outcomes_in, people_to_note
from campaigns.services.outcomes import note_tally
from campaigns.views.classes import venues_near
from places.services import merge_places
from progress.reports.evenings import _villages
from tests.factories import (
    ClassSessionFactory,
    PlaceFactory,
    ResidentFactory,
    VenueFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def into(province, commune, village, chief):
    """The commune into which the village's own one merged today."""
    into = PlaceFactory(kind="commune", name="Đoàn Kết", parent=province)
    merge_places([commune], into, by=chief, on=timezone.localdate())
    return into


@pytest.mark.parametrize("side", ["old", "new"])
def test_newcomers_may_live_in_villages_of_both(campaign, village, into, side):
    new = PlaceFactory(parent=into)
    session = ClassSessionFactory(
        class_group__campaign=campaign, class_group__place={"old": village, "new": new}[side]
    )

    assert {place.pk for place in _villages([session])} == {village.pk, new.pk}


def test_a_class_may_meet_at_venues_of_both(village, into):
    new = PlaceFactory(parent=into)
    both = {VenueFactory(place=village), VenueFactory(place=new)}

    assert set(venues_near(new)) == both
    assert set(venues_near(village)) == both


def test_what_was_noted_before_is_listed_and_summed(campaign, village, into, chief):
    own = OwnIndicator.objects.create(
        campaign=campaign, number=1, name="Livestream", unit="buổi", per="tally", created_by=chief
    )
    outcome = note_tally(own, village, 7, by=chief)

    assert list(outcomes_in(chief, campaign, into)) == [outcome]
    assert [one.amount for one in outcome_sums(campaign, into)] == [7]


def test_a_unit_that_ended_keeps_to_its_own(campaign, province, commune, into, chief):
    own = OwnIndicator.objects.create(
        campaign=campaign, number=1, name="Livestream", unit="buổi", per="tally", created_by=chief
    )
    note_tally(own, PlaceFactory(parent=into), 7, by=chief)

    assert list(outcomes_in(chief, campaign, commune)) == []
    assert [one.amount for one in outcome_sums(campaign, commune)] == [0]


def test_people_of_the_merged_commune_are_found(campaign, village, into, chief):
    person = ResidentFactory(village=village, full_name="Nguyễn Thị Mai")

    assert list(people_to_note(chief, campaign, into, "Mai")) == [person]
