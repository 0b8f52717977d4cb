"""Who holds a role in a unit sees what was recorded in those that went into it."""

import datetime as dt

import pytest
from django.utils import timezone

from campaigns.models import Campaign
from people.models import Resident
from people.roles import Role
from places.models import Place
from places.services import merge_places, split_place
from tests.factories import (
    AssignmentFactory,
    CampaignFactory,
    PlaceFactory,
    ResidentFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

PERMISSION = "people.change_resident"


@pytest.fixture
def two(province):
    return [PlaceFactory(kind="commune", name=name, parent=province) for name in ("Cũ", "Mới")]


def holder(place, role=Role.COMMUNE_ORGANISER):
    return AssignmentFactory(place=place, role=role).user


def merge(old, new, on=None):
    merge_places([old], new, by=UserFactory(), on=on or timezone.localdate())
    old.refresh_from_db()


def test_the_successors_organiser_sees_the_people_of_the_merged_unit(
    two, django_assert_num_queries
):
    old, new = two
    lan = ResidentFactory(village=PlaceFactory(parent=old))
    user = holder(new)
    assert not user.has_perm(PERMISSION, lan)

    merge(old, new)
    user.forget_roles()

    with django_assert_num_queries(1):
        assert user.scope_paths() == [old.path, new.path]
    assert user.has_perm(PERMISSION, lan)
    assert list(Resident.objects.visible_to(user)) == [lan]


def test_mergers_that_follow_one_another_are_followed(province, two):
    old, new = two
    newest = PlaceFactory(kind="commune", name="Mới nhất", parent=province)
    today = timezone.localdate()
    merge(old, new, today - dt.timedelta(days=30))
    merge(new, newest, today)

    assert set(holder(newest).scope_paths()) == {old.path, new.path, newest.path}


def test_before_the_day_of_the_merger_nobody_sees_more(two):
    old, new = two
    merge(old, new, timezone.localdate() + dt.timedelta(days=3))

    assert holder(new).scope_paths() == [new.path]


def test_a_merger_takes_nothing_from_those_who_were_there(two):
    old, new = two
    user = holder(old)

    merge(old, new)

    assert user.scope_paths() == [old.path]


def test_a_part_does_not_reach_what_it_was_split_from(commune, village):
    first, _second = split_place(village, [("thon", "1"), ("thon", "2")], by=UserFactory())

    assert holder(first, Role.INSTRUCTOR).scope_paths() == [first.path]


def test_who_taught_in_a_village_that_was_split_teaches_in_its_parts(village):
    user = holder(village, Role.INSTRUCTOR)

    parts = split_place(village, [("thon", "1"), ("thon", "2")], by=UserFactory())

    assert set(user.scope_paths()) == {village.path, *(part.path for part in parts)}
    assert user.has_perm("people.register_resident", parts[0])
    # A role of an author there would still open nothing else.
    assert not user.has_perm("people.erase_resident", parts[0])


def test_who_held_a_role_in_a_commune_that_was_divided_gets_neither_of_its_parts(province, two):
    old, new = two
    other = PlaceFactory(kind="commune", name="Khác", parent=province)
    user = holder(old)
    merge(old, new)
    old.successors.add(other)
    user.forget_roles()

    assert user.scope_paths() == [old.path]


def test_a_role_is_followed_with_its_own_rights_only(two):
    old, new = two
    user = holder(new, Role.INSTRUCTOR)
    AssignmentFactory(user=user, place=PlaceFactory(kind="commune"), role=Role.COMMUNE_ORGANISER)
    merge(old, new)

    assert user.has_perm("people.view_resident", old)
    assert not user.has_perm("people.erase_resident", old)


def test_an_assignment_that_has_ended_reaches_nothing(two):
    old, new = two
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    user = AssignmentFactory(
        place=new, role=Role.COMMUNE_ORGANISER, since=yesterday, until=yesterday
    ).user
    merge(old, new)

    assert user.scope_paths() == []


def test_the_campaign_begins_with_the_unit_of_today(province, two):
    old, new = two
    campaign = CampaignFactory(place=province)
    user = holder(new)
    merge(old, new)

    assert campaign.places_for(user) == [new, old]
    assert list(Campaign.objects.visible_to(user)) == [campaign]


def test_the_places_of_the_merged_unit_are_found(two):
    old, new = two
    village = PlaceFactory(parent=old)
    merge(old, new)

    assert village in Place.objects.visible_to(holder(new))
