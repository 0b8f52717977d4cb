"""A resident takes part in a campaign, changes class, leaves, comes back, moves house."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from campaigns.models import Campaign
from campaigns.services import total
from people.models import Consent
from people.services import change_resident
from progress.models import Enrolment
from progress.reports import doubts
from progress.services import enrol, mark_attendance, move_to_class, withdraw
from tests.factories import (
    CampaignFactory,
    ClassGroupFactory,
    EnrolmentFactory,
    PlaceFactory,
    ResidentFactory,
)

pytestmark = pytest.mark.django_db


# The rule


def test_enrolling_counts_a_resident_once_however_often_it_is_sent(
    lan, campaign, class_group, instructor
):
    for _again in range(2):
        enrol(lan, campaign, by=instructor, class_group=class_group)

    enrolment = Enrolment.objects.get()
    assert (enrolment.class_group, enrolment.enrolled_day) == (class_group, 63)
    assert total(campaign, campaign.place)["enrolled"] == 1


@pytest.mark.parametrize("state", [Campaign.State.DRAFT, Campaign.State.CLOSED])
def test_only_a_running_campaign_takes_people_in(lan, campaign, instructor, state):
    campaign.state = state

    with pytest.raises(ValidationError) as refusal:
        enrol(lan, campaign, by=instructor)

    assert refusal.value.code == "not_running"


def test_a_resident_from_elsewhere_is_not_taken_in(lan, instructor):
    with pytest.raises(ValidationError) as refusal:
        enrol(lan, CampaignFactory(), by=instructor)

    assert refusal.value.code == "elsewhere"


def test_a_class_of_another_campaign_is_refused(lan, campaign, instructor):
    with pytest.raises(ValidationError) as refusal:
        enrol(lan, campaign, by=instructor, class_group=ClassGroupFactory())

    assert refusal.value.code == "other_campaign"


def test_nobody_learns_in_two_classes_of_a_campaign(enrolment, campaign, instructor):
    other = ClassGroupFactory(campaign=campaign, place=enrolment.village)

    with pytest.raises(ValidationError) as refusal:
        enrol(enrolment.resident, campaign, by=instructor, class_group=other)
    assert refusal.value.code == "in_another_class"

    assert move_to_class(enrolment, other, by=instructor).class_group == other


def test_a_merged_record_is_not_enrolled(lan, village, campaign, instructor):
    lan.merged_into = ResidentFactory(village=village)

    with pytest.raises(ValidationError) as refusal:
        enrol(lan, campaign, by=instructor)

    assert refusal.value.code == "gone"


def test_who_leaves_is_no_longer_counted_and_comes_back_with_everything(
    session, enrolment, instructor
):
    campaign = session.campaign
    mark_attendance(session, enrolment, "present", by=instructor)
    withdraw(enrolment, by=instructor)
    assert {measure for measure, n in total(campaign, campaign.place).items() if n} == {
        "registered"
    }

    again = enrol(enrolment.resident, campaign, by=instructor)
    assert (again.pk, again.evenings) == (enrolment.pk, 1)
    assert total(campaign, campaign.place)["visits"] == 1


def test_who_moves_house_takes_every_evening_along(session, enrolment, commune, instructor):
    campaign, before = session.campaign, enrolment.village
    mark_attendance(session, enrolment, "present", by=instructor)
    after = PlaceFactory(kind="village", name="Vĩnh Lại", parent=commune)

    change_resident(enrolment.resident, by=instructor, village=after)

    assert total(campaign, before)["visits"] == 0
    counted = {measure: n for measure, n in total(campaign, after).items() if n}
    assert counted == {"registered": 1, "enrolled": 1, "reached": 1, "visits": 1}
    assert doubts(campaign) == []


def test_a_corrected_year_of_birth_is_counted_anew(enrolment, instructor):
    change_resident(enrolment.resident, by=instructor, birth_year=2000)

    assert doubts(enrolment.campaign) == []


def test_who_moves_away_stays_counted_where_he_learnt(enrolment, organiser):
    elsewhere = PlaceFactory()
    change_resident(enrolment.resident, by=organiser, village=elsewhere)

    enrolment.refresh_from_db()
    assert enrolment.village != elsewhere


# Who may do it


@pytest.mark.parametrize(
    ("who", "status"),
    [("instructor", 200), ("organiser", 200), ("observer", 403), ("stranger", 404)],
)
def test_who_may_enrol(client, lan, campaign, who, status, request):
    client.force_login(request.getfixturevalue(who))

    assert client.get(reverse("progress:enrol", args=[lan.uuid])).status_code == status


# The screen


def test_a_resident_is_enrolled_from_his_page_and_asked_for_his_agreement(
    client, lan, class_group, instructor
):
    client.force_login(instructor)
    url = reverse("progress:enrol", args=[lan.uuid])

    silent = client.post(url, {"class_group": class_group.pk})
    assert silent.status_code == 422
    assert not Enrolment.objects.exists()

    answer = client.post(url, {"class_group": class_group.pk, "consent": "on"})
    assert answer.url == reverse("progress:learner", args=[lan.uuid])
    assert Enrolment.objects.get().class_group == class_group
    assert Consent.objects.get().witnessed_by == instructor


def test_only_classes_around_the_resident_are_offered(client, lan, class_group, instructor):
    far = ClassGroupFactory()
    client.force_login(instructor)

    page = client.get(reverse("progress:enrol", args=[lan.uuid]))

    assert list(page.context["form"].fields["class_group"].queryset) == [class_group]
    assert far.name not in page.text


def test_leaving_is_asked_once_more(client, enrolment, instructor):
    client.force_login(instructor)
    url = reverse("progress:withdraw", args=[enrolment.resident.uuid])

    assert client.get(url).status_code == 200
    enrolment.refresh_from_db()
    assert enrolment.withdrawn_at is None

    client.post(url)
    enrolment.refresh_from_db()
    assert enrolment.withdrawn_at is not None


def test_a_learner_is_moved_to_another_class(client, enrolment, campaign, instructor):
    other = ClassGroupFactory(campaign=campaign, place=enrolment.village)
    client.force_login(instructor)

    client.post(reverse("progress:move", args=[enrolment.resident.uuid]), {"class_group": other.pk})

    enrolment.refresh_from_db()
    assert enrolment.class_group == other


def test_the_factory_counts_whom_it_makes(db):
    enrolment = EnrolmentFactory()

    assert total(enrolment.campaign, enrolment.campaign.place)["enrolled"] == 1
