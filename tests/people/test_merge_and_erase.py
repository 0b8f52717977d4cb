"""Two records are one person; somebody wants to be forgotten."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from people.models import Change, Consent, Resident
from people.roles import Role
from people.services import (
    change_resident,
    erase_resident,
    give_consent,
    issue_card,
    merge_residents,
    withdraw_consent,
)
from tests.factories import AssignmentFactory, ResidentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def twin(village):
    """Lan, written down a second time."""
    return ResidentFactory(
        full_name="Trần T. Lan", village=village, phone="+84912345678", needs_large_type=True
    )


# Merging


def test_the_duplicate_points_to_the_record_that_is_kept(lan, twin, leader):
    merge_residents(lan, twin, by=leader)

    twin.refresh_from_db()
    assert twin.merged_into == lan
    assert list(Resident.objects.current()) == [lan]


def test_what_only_the_duplicate_knew_comes_along(lan, twin, leader):
    lan = merge_residents(lan, twin, by=leader)

    assert lan.phone == "+84912345678"
    assert lan.needs_large_type
    assert lan.full_name == "Trần Thị Lan"


def test_the_duplicates_card_stops_working_and_the_other_goes_on(lan, twin, leader):
    kept_card, _token = issue_card(lan, by=leader)
    lost_card, _token = issue_card(twin, by=leader)

    merge_residents(lan, twin, by=leader)

    kept_card.refresh_from_db()
    lost_card.refresh_from_db()
    assert not kept_card.revoked_at
    assert lost_card.revoked_at


@pytest.mark.parametrize("both", [True, False])
def test_what_was_agreed_to_is_carried_over_once(lan, twin, leader, both):
    give_consent(twin, by=leader)
    if both:
        give_consent(lan, by=leader)

    merge_residents(lan, twin, by=leader)

    assert lan.consents.filter(withdrawn_at=None).count() == 1
    assert not twin.consents.exists()


def test_merging_twice_is_merging_once(lan, twin, leader):
    merge_residents(lan, twin, by=leader)
    merge_residents(lan, twin, by=leader)

    assert lan.changes.filter(verb=Change.Verb.MERGED).count() == 1


def test_chains_are_short(lan, twin, village, leader):
    third = ResidentFactory(village=village)
    merge_residents(twin, third, by=leader)
    merge_residents(lan, twin, by=leader)

    third.refresh_from_db()
    assert third.merged_into == lan


@pytest.mark.parametrize("end", ["same", "merged", "erased"])
def test_merging_is_refused_when(lan, twin, leader, village, end):
    if end == "same":
        twin = lan
    elif end == "merged":
        merge_residents(ResidentFactory(village=village), twin, by=leader)
    else:
        erase_resident(twin, by=leader)

    with pytest.raises(ValidationError) as refusal:
        merge_residents(lan, twin, by=leader)

    assert refusal.value.code == end


# Erasing


def test_nothing_is_left_that_tells_who_it_was(lan, twin, organiser):
    issue_card(lan, by=organiser)
    give_consent(lan, by=organiser)
    merge_residents(lan, twin, by=organiser)

    erase_resident(lan, by=organiser)

    left = str(list(Resident.objects.values())) + str(list(Change.objects.values()))
    assert "Lan" not in left
    assert "912345678" not in left
    assert not lan.cards.valid().exists()
    assert not Consent.objects.filter(withdrawn_at=None).exists()


def test_what_figures_are_made_of_stays(lan, village, organiser):
    erase_resident(lan, by=organiser)

    lan.refresh_from_db()
    assert lan.village == village
    assert lan.birth_year == 1955


def test_who_was_erased_cannot_be_changed(lan, organiser):
    erase_resident(lan, by=organiser)

    with pytest.raises(ValidationError) as refusal:
        change_resident(lan, by=organiser, full_name="Trần Thị Lan")

    assert refusal.value.code == "erased"


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.COMMUNE_ORGANISER, 302), (Role.TEAM_LEADER, 403), (Role.INSTRUCTOR, 403)],
)
def test_who_may_erase(client, lan, commune, role, status):
    client.force_login(AssignmentFactory(place=commune, role=role).user)

    answer = client.post(reverse("people:erase", args=[lan.uuid]), {"sure": "on"})

    assert answer.status_code == status
    lan.refresh_from_db()
    assert bool(lan.erased_at) == (status == 302)


def test_erasing_is_ticked_as_well_as_pressed(client, lan, organiser):
    client.force_login(organiser)

    assert client.post(reverse("people:erase", args=[lan.uuid])).status_code == 422
    lan.refresh_from_db()
    assert not lan.erased_at


# Consent


def test_taking_it_back_is_as_easy_as_giving_it(client, lan, instructor):
    given = give_consent(lan, by=instructor)
    client.force_login(instructor)

    client.post(reverse("people:consent", args=[lan.uuid]), {"withdraw": given.pk})

    given.refresh_from_db()
    assert given.withdrawn_at


def test_nothing_is_agreed_without_a_tick(client, lan, instructor):
    client.force_login(instructor)
    url = reverse("people:consent", args=[lan.uuid])
    client.post(url, {"purpose": "learning"})
    assert not lan.consents.exists()

    client.post(url, {"purpose": "learning", "agreed": "on"})
    assert lan.consents.get().wording


def test_a_consent_can_be_given_again_after_it_was_taken_back(lan, instructor):
    withdraw_consent(give_consent(lan, by=instructor), by=instructor)
    give_consent(lan, by=instructor)

    assert lan.consents.count() == 2
