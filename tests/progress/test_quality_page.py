"""Organisers see how good the data are, and go from each figure to what is to be mended."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from jobs.models import Job
from jobs.services import drain
from people.models import Consent, QualityCount, Resident
from people.roles import Role
from people.services import (
    erase_resident,
    give_consent,
    tell_apart,
    withdraw_consent,
)
from progress.models import Attendance, Enrolment, Flag, Mark
from progress.reports.quality import (
    KINDS,
    Share,
    contradictions,
    forgotten,
    places_in,
    quality_of,
)
from progress.services import enrol, mark_attendance, settle_dispute, withdraw
from progress.services.quality import ask_to_count, count_commune, counts_of, places_to_count
from progress.tasks import count_quality_nightly
from tests.factories import (
    AssignmentFactory,
    ClassSessionFactory,
    PlaceFactory,
    ResidentFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief(province):
    """Someone who answers for the province."""
    return AssignmentFactory(
        place=province, role=Role.PROVINCE_ORGANISER, user__username="tinh"
    ).user


@pytest.fixture
def here(commune, village):
    return places_in(commune)


@pytest.fixture
def at_page(campaign):
    """Return the address of the page about a place."""

    def url(place, name="quality", *args, **query):
        return reverse(
            f"progress:{name}", args=[campaign.pk, *args], query={"place": place.pk} | query
        )

    return url


# Đúng: each kind of contradiction appears, and goes away once it is mended.


def found(kind, here):
    return list(contradictions(kind, here))


def test_nothing_contradicts_itself_in_an_ordinary_class(session, enrolment, instructor, here):
    mark_attendance(session, enrolment, "present", by=instructor)

    assert not any(found(kind, here) for kind in KINDS)


def test_a_child_of_three_is_a_mistake(lan, here):
    Resident.objects.update(birth_year=timezone.localdate().year - 3)

    assert found("year", here) == [lan]


def test_nobody_sits_in_two_classes_at_the_same_hour(session, enrolment, instructor, here):
    other = ClassSessionFactory(
        class_group__place=session.place,
        class_group__campaign=session.campaign,
        starts_at=session.starts_at + dt.timedelta(minutes=45),
    )
    for evening in (session, other):
        mark_attendance(evening, enrolment, "present", by=instructor)

    (row,) = found("twice", here)
    assert row.session == other

    mark_attendance(other, enrolment, "absent", by=instructor)
    assert found("twice", here) == []


def test_one_class_after_the_other_is_possible(session, enrolment, instructor, here):
    other = ClassSessionFactory(
        class_group__place=session.place,
        class_group__campaign=session.campaign,
        starts_at=session.starts_at - dt.timedelta(minutes=90),
    )
    for evening in (session, other):
        mark_attendance(evening, enrolment, "present", by=instructor)

    assert found("twice", here) == []


def test_nobody_comes_days_before_being_registered(session, enrolment, instructor, here):
    mark_attendance(session, enrolment, "present", by=instructor)
    assert found("early", here) == []

    Mark.objects.update(observed_at=timezone.now() - dt.timedelta(days=3))
    Attendance.objects.update(observed_at=timezone.now() - dt.timedelta(days=3))
    assert len(found("early", here)) == 1

    # Paper is typed in when there is time.
    Mark.objects.update(how=Mark.How.PAPER)
    assert found("early", here) == []


def test_nobody_comes_after_leaving_the_campaign(session, enrolment, instructor, here):
    mark_attendance(session, enrolment, "present", by=instructor)
    withdraw(enrolment, by=instructor)
    assert found("late", here) == []

    withdraw_at = timezone.now() - dt.timedelta(days=2)
    Enrolment.objects.update(withdrawn_at=withdraw_at)
    assert len(found("late", here)) == 1

    enrol(enrolment.resident, enrolment.campaign, by=instructor)
    assert found("late", here) == []


def test_what_is_noted_under_an_erased_name_is_counted_and_names_nobody(
    session, enrolment, instructor, organiser, here, commune, client, at_page
):
    mark_attendance(session, enrolment, "present", by=instructor)
    erase_resident(enrolment.resident, by=organiser)
    Resident.objects.update(erased_at=timezone.now() - dt.timedelta(hours=3))

    counts = counts_of(commune)[enrolment.village_id]
    assert (counts["residents"], counts["contradictions"]) == (1, 1)
    client.force_login(organiser)
    page = client.get(at_page(commune, "quality_list", "right", kind="late"))
    assert "Người đã xóa dữ liệu" in page.text
    assert reverse("progress:register", args=[session.pk]) in page.text


def test_who_took_consent_back_is_not_taught_on_by_oversight(enrolment, instructor, here):
    consent = give_consent(enrolment.resident, by=instructor)
    assert found("unwilling", here) == []

    withdraw_consent(consent, by=instructor)
    assert found("unwilling", here) == [enrolment]

    give_consent(enrolment.resident, by=instructor)
    assert found("unwilling", here) == []


def test_nobody_completes_without_an_evening(enrolment, here):
    Enrolment.objects.update(completed_at=timezone.now())

    assert found("empty", here) == [enrolment]


def test_a_disagreement_stays_in_the_list_until_somebody_decides(
    session, enrolment, instructor, leader, here
):
    mark_attendance(session, enrolment, "present", by=instructor, device="a" * 36, seq=1)
    mark_attendance(session, enrolment, "absent", by=leader, device="b" * 36, seq=1)
    (row,) = found("disputed", here)

    settle_dispute(row, "present", by=leader)

    assert found("disputed", here) == []


def test_a_class_of_a_whole_commune_has_its_odd_registers_counted_with_the_commune(
    commune, campaign, village
):
    evening = ClassSessionFactory(class_group__place=commune, class_group__campaign=campaign)
    Flag.objects.create(session=evening, kind=Flag.Kind.CLOCK)

    count_commune(commune)

    assert quality_of(commune).whole.odd_evenings == 1
    assert QualityCount.objects.get(place=village).odd_evenings == 0


# Sống


def test_who_comes_to_class_is_not_forgotten(session, enrolment, instructor, here):
    long_ago = timezone.now() - dt.timedelta(days=300)
    Resident.objects.update(registered_at=long_ago)
    Enrolment.objects.update(enrolled_at=long_ago)
    assert [person.pk for person in forgotten(here)] == [enrolment.resident_id]

    mark_attendance(session, enrolment, "present", by=instructor)

    assert not forgotten(here).exists()


# Counting


def test_a_commune_is_counted_village_by_village(village, commune, lan):
    other = PlaceFactory(kind="village", name="Đoài", parent=commune)
    twin = ResidentFactory(full_name="Trần Thị Lan", village=other)
    ResidentFactory(full_name="Lê Văn Ba", birth_year=1905, village=other)

    count_commune(commune)

    rows = {row.place: row for row in quality_of(commune).rows}
    assert rows[village].bad == {"right": 0, "full": 1, "clean": 1, "alive": 0}
    assert rows[other].bad == {"right": 1, "full": 2, "clean": 1, "alive": 0}
    whole = quality_of(commune).whole
    assert (whole.records, whole.bad["clean"], whole.bad["right"]) == (3, 2, 1)

    tell_apart(lan, twin, by=None)
    count_commune(commune)
    assert quality_of(commune).whole.bad["clean"] == 0


def test_counting_costs_the_same_for_three_people_and_for_sixty(
    commune, village, enrolment, django_assert_max_num_queries
):
    ResidentFactory.create_batch(60, village=village)

    with django_assert_max_num_queries(16):
        counts_of(commune)


def test_every_night_each_province_with_a_campaign_is_counted_once(campaign, commune, lan):
    with time_machine.travel(timezone.localtime().replace(hour=3)):
        count_quality_nightly()
        count_quality_nightly()

        assert places_to_count() == [campaign.place]
        assert Job.objects.filter(kind="progress.count_quality").count() == 1
        drain()

    assert QualityCount.objects.get(place=lan.village).residents == 1


def test_who_was_killed_in_the_middle_goes_on_with_the_next_commune(campaign, commune, lan):
    second = ResidentFactory(
        village__parent=PlaceFactory(kind="commune", parent=campaign.place)
    ).village
    with time_machine.travel(timezone.localtime().replace(hour=3)):
        count_quality_nightly()
        Job.objects.update(progress_done=1)
        drain()

    assert not QualityCount.objects.filter(place=lan.village).exists()
    assert QualityCount.objects.filter(place=second).exists()


def test_a_share_is_a_hundred_only_when_nothing_is_left():
    assert Share("full", 1, 1000).per_cent == 99
    assert Share("full", 0, 1000).per_cent == 100
    assert [Share("full", bad, 100).status for bad in (5, 6, 20, 21)] == [
        "good",
        "warn",
        "warn",
        "bad",
    ]
    assert Share("full", 0, 0).per_cent is None


# The page


def test_the_province_shows_its_communes_and_nobodys_name(
    client, chief, province, commune, lan, at_page
):
    count_commune(commune)
    client.force_login(chief)

    page = client.get(at_page(province))

    assert "xã Lâm Thao" in page.text
    assert "0/1" in page.text
    assert lan.full_name not in page.text
    assert client.get(at_page(province, "quality_list", "full")).status_code == 404


def test_a_commune_that_was_merged_is_read_in_its_successor(province, commune, lan):
    today = timezone.localdate()
    new = PlaceFactory(kind="commune", name="Đất Tổ", parent=province, valid_from=today)
    commune.successors.add(new)
    type(commune).objects.filter(pk=commune.pk).update(valid_to=today - dt.timedelta(days=1))
    count_commune(commune)

    found = quality_of(province)

    assert [(row.name, row.records) for row in found.rows] == [("xã Đất Tổ", 1)]
    assert found.whole.records == 1
    assert quality_of(new).whole.records == 1


def test_the_page_of_a_province_costs_the_same_for_one_commune_and_for_thirty(
    client, chief, province, commune, lan, at_page, django_assert_max_num_queries
):
    def cost():
        with django_assert_max_num_queries(30) as queries:
            assert client.get(at_page(province)).status_code == 200
        return len(queries)

    count_commune(commune)
    client.force_login(chief)
    client.get(at_page(province))
    few = cost()
    for number in range(30):
        village = PlaceFactory(
            kind="village", parent=PlaceFactory(kind="commune", name=f"X{number}", parent=province)
        )
        QualityCount.objects.create(place=village, residents=9, incomplete=number)

    assert cost() == few
    # Session, user and scope are asked for before the page is.
    assert few <= 10


def test_the_worst_places_can_stand_first(client, chief, province, at_page):
    for name, gaps in (("A", 1), ("B", 7), ("C", 3)):
        village = PlaceFactory(
            kind="village", parent=PlaceFactory(kind="commune", name=name, parent=province)
        )
        QualityCount.objects.create(place=village, residents=10, incomplete=gaps)

    assert [row.place.name for row in quality_of(province, sort="full").rows][:3] == ["B", "C", "A"]
    client.force_login(chief)
    lines = client.get(at_page(province, "quality_csv", sort="full")).text.splitlines()
    assert lines[0].startswith("\ufeffĐịa bàn,Hồ sơ,Đúng,Đúng (%),Đủ,Đủ (%)")
    assert lines[1].startswith("xã B,10,10,100,3,30")
    assert lines[5].startswith("Tổng cộng,30,30,100,19,63")


def test_a_commune_can_have_itself_counted_now(client, organiser, commune, lan, at_page):
    client.force_login(organiser)
    url = at_page(commune, "quality_count")

    client.post(url, {"place": commune.pk})
    client.post(url, {"place": commune.pk})

    assert Job.objects.filter(kind="progress.count_quality").count() == 1
    assert 'hx-trigger="every 2s"' in client.get(at_page(commune)).text
    drain()
    assert "Xem số mới" in client.get(url, headers={"HX-Request": "true"}).text
    assert quality_of(commune).whole.records == 1


def test_asking_twice_is_one_job(commune, lan):
    assert ask_to_count(commune) == ask_to_count(lan.village)


def test_an_observer_has_no_share_in_mending(client, observer, commune, at_page, lan):
    client.force_login(observer)

    assert client.get(at_page(commune)).status_code == 403


def test_a_stranger_does_not_find_the_page(client, stranger, commune, at_page):
    client.force_login(stranger)

    assert client.get(at_page(commune)).status_code == 404


# The lists


def test_gaps_lead_to_where_they_are_filled_and_leave_the_list_at_once(
    client, organiser, lan, commune, at_page
):
    client.force_login(organiser)
    url = at_page(commune, "quality_list", "full")

    page = client.get(url)
    assert lan.full_name in page.text
    assert reverse("people:edit", args=[lan.uuid]) in page.text

    Resident.objects.update(sex="f", phone_kind="none")
    Consent.objects.create(resident=lan, purpose="learning")
    assert lan.full_name not in client.get(url).text


def test_look_alikes_lead_to_merging_and_can_be_told_apart_in_place(
    client, leader, lan, village, commune, at_page
):
    twin = ResidentFactory(full_name="Trần Thị Lan", village=village)
    client.force_login(leader)
    url = at_page(commune, "quality_list", "clean")

    page = client.get(url)
    assert reverse("progress:merge", args=[lan.uuid]) + f"?with={twin.uuid}" in page.text

    answer = client.post(
        reverse("progress:apart", args=[lan.uuid, twin.uuid]),
        {"campaign": page.context["campaign"].pk, "place": commune.pk},
    )
    assert answer.url == url
    assert "Không còn gì phải sửa" in client.get(url).text


def test_who_works_in_one_village_learns_of_doubles_elsewhere_only_that_there_are_some(
    client, lan, village, commune, at_page
):
    ResidentFactory(
        full_name="Trần Thị Lan", village=PlaceFactory(kind="village", name="Đoài", parent=commune)
    )
    volunteer = AssignmentFactory(place=village, role=Role.INSTRUCTOR).user
    client.force_login(volunteer)

    page = client.get(at_page(village, "quality_list", "clean"))

    assert "1 cặp nữa với người ở thôn khác" in page.text
    assert "Đoài" not in page.text


def test_a_forgotten_record_is_confirmed_with_one_tap(client, organiser, lan, commune, at_page):
    Resident.objects.update(registered_at=timezone.now() - dt.timedelta(days=300))
    client.force_login(organiser)
    url = at_page(commune, "quality_list", "alive")
    page = client.get(url)
    assert lan.full_name in page.text

    answer = client.post(
        reverse("progress:quality_confirm", args=[lan.uuid]),
        {"campaign": page.context["campaign"].pk, "place": commune.pk},
        follow=True,
    )

    assert answer.redirect_chain[-1][0] == url
    assert "Không còn gì phải sửa" in answer.text


def test_every_kind_of_contradiction_has_its_list(client, organiser, commune, lan, at_page):
    client.force_login(organiser)

    for kind in KINDS:
        assert client.get(at_page(commune, "quality_list", "right", kind=kind)).status_code == 200


def test_a_list_costs_the_same_for_one_person_and_for_forty(
    client, organiser, village, commune, lan, at_page, django_assert_max_num_queries
):
    client.force_login(organiser)
    for measure in ("full", "clean", "alive", "right"):
        url = at_page(commune, "quality_list", measure)
        client.get(url)
        with django_assert_max_num_queries(40) as few:
            client.get(url)
        ResidentFactory.create_batch(40, full_name=f"Lê Thị {measure}", village=village)
        with django_assert_max_num_queries(len(few) + 2):
            client.get(url)
