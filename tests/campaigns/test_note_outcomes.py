"""What really happened is noted once, where and when; a mistake is taken back and kept."""

import csv
import datetime as dt
import io

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign, Outcome
from campaigns.reports import outcome_sums
from campaigns.reports.figures import number, series
from campaigns.rules import OWN_KIND
from campaigns.services import (
    add_indicator,
    close_campaign,
    close_indicator,
    compare,
    fold,
    note_outcomes,
    note_tally,
    take_back_outcome,
)
from people.roles import PERMISSIONS, Role
from people.services import change_resident, erase_resident
from progress.reports import facts
from progress.services import merge_people
from tests.factories import (
    AssignmentFactory,
    ClassGroupFactory,
    EnrolmentFactory,
    PlaceFactory,
    ResidentFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def eid(campaign, chief):
    return add_indicator(campaign, "Định danh mức 2", "người", by=chief)


@pytest.fixture
def views(campaign, chief):
    return add_indicator(campaign, "Lượt xem", "lượt", per="tally", evidence="đường dẫn", by=chief)


@pytest.fixture
def today():
    return timezone.localdate()


# The rule


def test_it_counts_at_once_in_the_village_the_commune_and_the_province(
    campaign, eid, lan, village, commune, province, instructor
):
    note_outcomes(eid, [lan], by=instructor)

    for place in (village, commune, province):
        assert number(campaign, place, "o1") == 1
    fold()
    assert number(campaign, province, "o1") == 1
    assert series(campaign, village, "o1") == {63: 1}


def test_each_person_counts_once_whoever_notes_it_again(
    campaign, eid, lan, village, province, instructor, leader
):
    binh = ResidentFactory(village=village)

    assert len(note_outcomes(eid, [lan, lan], by=instructor)) == 1
    assert [o.resident for o in note_outcomes(eid, [lan, binh], by=leader)] == [binh]

    assert number(campaign, province, "o1") == 2


def test_a_number_is_a_villages_or_a_whole_communes(
    campaign, views, village, commune, province, chief
):
    note_tally(views, village, 200, by=chief, evidence="https://example.vn/1")
    note_tally(views, commune, 150_000, by=chief, evidence="https://example.vn/2")

    assert number(campaign, village, "o1") == 200
    assert number(campaign, commune, "o1") == 150_200
    assert number(campaign, province, "o1") == 150_200


def test_taking_back_needs_a_reason_and_keeps_the_line(
    campaign, eid, lan, province, instructor, leader
):
    (outcome,) = note_outcomes(eid, [lan], by=instructor)
    with pytest.raises(ValidationError) as refusal:
        take_back_outcome(outcome, by=leader, because="  ")
    assert refusal.value.error_dict["because"][0].code == "why"

    for _ in range(2):
        take_back_outcome(outcome, by=leader, because="Nhầm người")

    outcome.refresh_from_db()
    assert (outcome.taken_back_by, outcome.taken_back_because) == (leader, "Nhầm người")
    assert not number(campaign, province, "o1")
    # And then it may happen after all.
    assert len(note_outcomes(eid, [lan], by=instructor)) == 1


@pytest.mark.parametrize(
    ("days", "code"),
    [(1, "future"), (-63, "outside_the_days")],
)
def test_the_day_lies_within_the_campaign_and_not_ahead(eid, lan, chief, today, days, code):
    with pytest.raises(ValidationError) as refusal:
        note_outcomes(eid, [lan], by=chief, happened_on=today + dt.timedelta(days=days))

    assert refusal.value.error_dict["happened_on"][0].code == code


def test_the_first_day_is_day_one(campaign, eid, lan, chief):
    (outcome,) = note_outcomes(eid, [lan], by=chief, happened_on=campaign.first_day)

    assert outcome.day == 1


@pytest.mark.parametrize(
    ("evidence", "code"),
    [("", "evidence"), ("Số 012345678901", "citizen_number"), ("x" * 301, "max_length")],
)
def test_evidence_is_asked_for_and_is_never_a_citizen_number(views, village, chief, evidence, code):
    with pytest.raises(ValidationError) as refusal:
        note_tally(views, village, 5, by=chief, evidence=evidence)

    assert refusal.value.error_dict["evidence"][0].code == code
    assert not Outcome.objects.exists()


@pytest.mark.parametrize("amount", [0, -5, 100_000_000])
def test_a_number_is_something_and_not_beyond_measure(views, village, chief, amount):
    with pytest.raises(ValidationError) as refusal:
        note_tally(views, village, amount, by=chief, evidence="x")

    assert "amount" in refusal.value.error_dict


def test_what_is_no_longer_counted_or_not_begun_is_refused(campaign, eid, lan, chief):
    Campaign.objects.update(state="draft")
    assert _code(note_outcomes, eid, [lan], by=chief) == "not_started"
    Campaign.objects.update(state="running")
    close_indicator(eid, by=chief)
    assert _code(note_outcomes, eid, [lan], by=chief) == "indicator_closed"


def test_a_closed_campaign_stays_as_it_is(campaign, eid, lan, chief):
    (outcome,) = note_outcomes(eid, [lan], by=chief)
    close_campaign(campaign, by=chief)

    assert _code(note_outcomes, eid, [ResidentFactory()], by=chief) == "closed"
    assert _code(take_back_outcome, outcome, by=chief, because="x") == "closed"


def test_people_and_numbers_are_not_taken_for_each_other(eid, views, lan, village, chief):
    assert _code(note_tally, eid, village, 5, by=chief) == "not_tally"
    assert _code(note_outcomes, views, [lan], by=chief, evidence="x") == "not_people"
    assert _code(note_outcomes, eid, [], by=chief) == "nobody"
    assert _code(note_outcomes, eid, [ResidentFactory()], by=chief) == "outside"


def test_whoever_moves_house_takes_nothing_along(campaign, eid, lan, commune, village, chief):
    note_outcomes(eid, [lan], by=chief)
    elsewhere = PlaceFactory(parent=commune)

    change_resident(lan, by=chief, village=elsewhere)

    assert number(campaign, village, "o1") == 1
    assert not number(campaign, elsewhere, "o1")


@pytest.mark.parametrize("both", [True, False])
def test_two_records_of_one_person_count_once(campaign, eid, lan, commune, chief, both, today):
    twin = ResidentFactory(village=PlaceFactory(parent=commune), full_name=lan.full_name)
    week_ago = today - dt.timedelta(days=7)
    note_outcomes(eid, [twin], by=chief, happened_on=week_ago)
    if both:
        note_outcomes(eid, [lan], by=chief)

    for _ in range(2):
        merge_people(lan, twin, by=chief)

    assert number(campaign, commune, "o1") == 1
    # It stays where and when it happened first.
    (stands,) = Outcome.objects.standing()
    assert (stands.resident, stands.place, stands.happened_on) == (lan, twin.village, week_ago)


def test_whoever_is_forgotten_leaves_a_figure_and_no_word(campaign, eid, lan, commune, chief):
    note_outcomes(eid, [lan], by=chief, evidence="Bà Lan nộp ở ủy ban")

    erase_resident(lan, by=chief)

    assert Outcome.objects.get().evidence == ""
    assert number(campaign, commune, "o1") == 1


def test_a_recount_finds_nothing_to_mend_after_all_of_it(
    campaign, eid, views, lan, village, commune, chief
):
    twin = ResidentFactory(village=PlaceFactory(parent=commune))
    third = ResidentFactory(village=village, full_name="Bùi Thị Mơ")
    note_outcomes(eid, [lan, twin, third], by=chief, evidence="Giấy hẹn")
    note_tally(views, commune, 700, by=chief, evidence="x")
    mistake = note_tally(views, village, 70, by=chief, evidence="x")
    fold()
    take_back_outcome(mistake, by=chief, because="Nhầm")
    merge_people(lan, twin, by=chief)
    change_resident(third, by=chief, village=twin.village)
    erase_resident(third, by=chief)

    assert [number(campaign, commune, key) for key in ("o1", "o2")] == [2, 700]
    assert [d for d in compare(campaign, facts(campaign)) if d.kind > OWN_KIND] == []


# Who may


@pytest.mark.parametrize(
    ("role", "status"), [(Role.INSTRUCTOR, 302), (Role.OBSERVER, 403), (Role.AUTHOR, 403)]
)
def test_volunteers_note_and_observers_do_not(client, campaign, eid, lan, commune, role, status):
    client.force_login(AssignmentFactory(place=commune, role=role).user)
    url = reverse("campaigns:note_outcome", args=[campaign.pk]) + "?q=lan"

    answer = client.post(url, _said(lan))

    assert answer.status_code == status
    assert Outcome.objects.exists() == (status == 302)


def test_nobody_notes_for_people_of_another_commune(client, campaign, province, eid, lan):
    other = PlaceFactory(kind="commune", parent=province)
    PlaceFactory(parent=other)
    client.force_login(AssignmentFactory(place=other, role=Role.INSTRUCTOR).user)
    url = reverse("campaigns:note_outcome", args=[campaign.pk])

    answer = client.post(url, _said(lan))

    assert answer.status_code == 422
    assert not Outcome.objects.exists()
    assert lan.full_name not in client.get(url + "?q=lan").text
    assert client.get(f"{url}?resident={lan.uuid}").status_code == 404


# The screen


def test_a_volunteer_looks_for_a_name_ticks_and_notes(client, campaign, eid, lan, instructor):
    client.force_login(instructor)
    url = reverse("campaigns:note_outcome", args=[campaign.pk]) + "?q=LAN"
    assert lan.full_name in client.get(url).text

    page = client.post(url, _said(lan), follow=True).text

    assert "Đã ghi cho 1 người." in page
    assert lan.full_name in page
    assert instructor.full_name in page


def test_a_whole_class_is_ticked_at_once(client, campaign, eid, village, instructor):
    group = ClassGroupFactory(place=village, campaign=campaign)
    people = [ResidentFactory(village=village) for _ in range(3)]
    for person in people:
        EnrolmentFactory(resident=person, campaign=campaign, class_group=group)
    note_outcomes(eid, people[:1], by=instructor)
    client.force_login(instructor)
    url = reverse("campaigns:note_outcome", args=[campaign.pk]) + f"?class={group.pk}"
    page = client.get(url).text
    assert all(person.full_name in page for person in people)
    assert f'id="person-{people[0].pk}" disabled' in page

    client.post(url, _said(*people))

    assert number(campaign, village, "o1") == 3


def test_one_tap_leads_from_a_persons_page_to_the_note(client, campaign, eid, lan, instructor):
    client.force_login(instructor)
    page = client.get(reverse("people:resident", args=[lan.uuid])).text
    url = reverse("campaigns:note_for", args=[lan.uuid])
    assert url in page

    answer = client.get(url, follow=True)

    assert f'value="{lan.pk}" id="person-{lan.pk}" checked' in answer.text


def test_a_livestream_is_written_down_once_with_all_its_numbers(
    client, campaign, views, village, commune, chief
):
    reach = add_indicator(campaign, "Lượt tiếp cận", "lượt", per="tally", by=chief)
    client.force_login(chief)
    url = f"{reverse('campaigns:note_tally', args=[campaign.pk])}?place={commune.pk}"
    said = {
        "place": commune.pk,
        "happened_on": timezone.localdate().isoformat(),
        "o1": "150.000",
        reach.key: "700.000",
        "evidence": "https://example.vn/live",
    }

    refused = client.post(url, said | {"o1": "", reach.key: ""})
    assert refused.status_code == 422
    assert "ít nhất một con số" in refused.text
    client.post(url, said)

    sums = {s.indicator.key: s.amount for s in outcome_sums(campaign, commune)}
    assert sums == {"o1": 150_000, "o2": 700_000}


def test_a_note_without_evidence_saves_no_part_of_it(client, campaign, views, village, chief):
    add_indicator(campaign, "Lượt tiếp cận", "lượt", per="tally", by=chief)
    client.force_login(chief)
    url = f"{reverse('campaigns:note_tally', args=[campaign.pk])}?place={village.pk}"
    day = timezone.localdate().isoformat()

    answer = client.post(url, {"place": village.pk, "happened_on": day, "o2": "5", "o1": "3"})

    assert answer.status_code == 422
    assert "id_evidence_error" in answer.text
    assert not Outcome.objects.exists()


def test_the_list_can_be_narrowed_and_taken_out_without_formulas(
    client, campaign, eid, views, lan, village, chief, leader
):
    note_tally(views, village, 9, by=leader, evidence="=HYPERLINK(1)")
    (mistake,) = note_outcomes(eid, [lan], by=chief)
    take_back_outcome(mistake, by=chief, because="Nhầm")
    client.force_login(leader)
    url = reverse("campaigns:outcomes", args=[campaign.pk])

    assert lan.full_name in client.get(url + "?state=taken_back").text
    assert lan.full_name not in client.get(url + "?state=standing").text
    assert lan.full_name not in client.get(url + "?mine=1").text
    text = client.get(reverse("campaigns:outcomes_csv", args=[campaign.pk])).content.decode(
        "utf-8-sig"
    )
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == 3
    assert "'=HYPERLINK(1)" in [cell for row in rows for cell in row]
    # A team leader takes no names out of the house.
    assert lan.full_name not in text
    client.force_login(chief)
    assert lan.full_name in client.get(
        reverse("campaigns:outcomes_csv", args=[campaign.pk])
    ).content.decode("utf-8-sig")


def test_free_words_are_taken_out_only_by_those_who_may_see_people(
    client, campaign, eid, lan, chief, leader, monkeypatch
):
    (mistake,) = note_outcomes(eid, [lan], by=chief, evidence="ảnh của bà Lan")
    take_back_outcome(mistake, by=chief, because="Bà Lan chưa làm")
    client.force_login(leader)
    url = reverse("campaigns:outcomes_csv", args=[campaign.pk])

    def taken_out():
        text = client.get(url).content.decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text)))

    told = taken_out()
    monkeypatch.setitem(
        PERMISSIONS, Role.TEAM_LEADER, PERMISSIONS[Role.TEAM_LEADER] - {"people.view_resident"}
    )
    silent = taken_out()

    assert {"ảnh của bà Lan", "Bà Lan chưa làm"} <= set(told[1])
    assert not {"ảnh của bà Lan", "Bà Lan chưa làm"} & set(silent[1])
    assert [len(row) for row in silent] == [len(told[0]) - 2] * 2


def test_a_number_beyond_every_person_is_nobody(client, campaign, eid, leader):
    client.force_login(leader)
    url = reverse("campaigns:note_outcome", args=[campaign.pk])

    answer = client.post(url, {**_said(), "person": ["9" * 25, "9" * 5000, "²"]})

    assert answer.status_code == 422
    assert not Outcome.objects.exists()


def test_whoever_has_moved_away_is_named_only_to_those_who_look_after_them_now(
    client, campaign, province, eid, lan, organiser, chief
):
    """What was noted stays in the village; the person's name goes along with the person."""
    (outcome,) = note_outcomes(eid, [lan], by=organiser)
    elsewhere = PlaceFactory(parent=PlaceFactory(kind="commune", parent=province))
    change_resident(lan, by=chief, village=elsewhere)
    addresses = [
        reverse(f"campaigns:{name}", args=[number])
        for name, number in (
            ("outcomes", campaign.pk),
            ("outcomes_csv", campaign.pk),
            ("take_back_outcome", outcome.pk),
        )
    ]

    client.force_login(organiser)
    for address in addresses:
        page = client.get(address)
        assert page.status_code == 200
        assert "Định danh mức 2" in page.content.decode()
        assert lan.full_name not in page.content.decode()
    client.force_login(chief)
    for address in addresses:
        assert lan.full_name in client.get(address).content.decode()


def test_a_mistake_is_taken_back_on_a_page_of_its_own(client, campaign, eid, lan, leader):
    (outcome,) = note_outcomes(eid, [lan], by=leader)
    client.force_login(leader)
    url = reverse("campaigns:take_back_outcome", args=[outcome.pk])

    assert client.post(url, {"because": ""}).status_code == 422
    page = client.post(url, {"because": "Nhầm người"}, follow=True).text

    assert "Nhầm người" in page


# What it costs


@pytest.mark.parametrize("many", [1, 5])
def test_the_list_costs_the_same_however_long(
    client, campaign, eid, views, village, instructor, many, django_assert_max_num_queries
):
    for _ in range(many):
        note_outcomes(eid, [ResidentFactory(village=village)], by=instructor)
        note_tally(views, village, 3, by=instructor, evidence="x")
    client.force_login(instructor)
    for name in ("outcomes", "note_outcome"):
        url = reverse(f"campaigns:{name}", args=[campaign.pk]) + "?q=tran"
        client.get(url)
        with django_assert_max_num_queries(14):
            client.get(url)


def test_a_whole_class_costs_the_same_as_one_person(
    eid, village, instructor, django_assert_max_num_queries
):
    people = [ResidentFactory(village=village) for _ in range(30)]

    with django_assert_max_num_queries(12):
        note_outcomes(eid, people, by=instructor)


def _said(*people):
    return {
        "indicator": "o1",
        "person": [person.pk for person in people],
        "happened_on": timezone.localdate().isoformat(),
        "evidence": "",
    }


def _code(service, *args, **details):
    with pytest.raises(ValidationError) as refusal:
        service(*args, **details)
    return refusal.value.code
