"""What volunteers noted in class without network arrives, each thing judged by itself."""

import time

import pytest
from django.core.cache import cache
from django.utils import timezone

from people.models import Consent, Resident
from progress.models import Attendance, HeldItem, Mark, Remark, SessionNote
from progress.services import close_register, enrol, merge_people, withdraw
from progress.services.sync import Person, take_in
from tests.factories import ClassSessionFactory, EnrolmentFactory, ResidentFactory
from tests.progress.phones import HOUR, Phone, post, said

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_tries():
    cache.clear()


@pytest.fixture
def phone(instructor):
    return Phone(instructor)


@pytest.fixture
def send(instructor):
    """Return a function that lets Minh's phone send items, and gives the answers."""

    def send(*items, by=instructor):
        return said(take_in(Person(user=by), items))

    return send


# The rule: marks


def test_a_mark_made_without_network_counts(send, phone, session, enrolment):
    assert send(phone.mark(session, enrolment)) == [("ok", "")]

    assert Attendance.objects.get().status == "present"
    enrolment.refresh_from_db()
    assert enrolment.evenings == 1


def test_a_mark_has_the_time_at_which_it_was_seen(send, phone, session, enrolment):
    an_hour_ago = round(time.time() * 1000) - HOUR
    send(phone.mark(session, enrolment, at=an_hour_ago - 3 * HOUR, off=3 * HOUR))

    observed_at = Mark.objects.get().observed_at
    assert abs(observed_at.timestamp() * 1000 - an_hour_ago) < 1000


def test_sending_again_changes_nothing(send, phone, session, enrolment):
    item = phone.mark(session, enrolment)
    send(item)
    before = list(Mark.objects.values()), list(Attendance.objects.values())

    assert send(item, item) == [("dup", ""), ("dup", "")]
    assert (list(Mark.objects.values()), list(Attendance.objects.values())) == before


def test_twice_in_one_batch_is_once(send, phone, session, enrolment):
    item = phone.mark(session, enrolment)

    assert send(item, item) == [("ok", ""), ("dup", "")]


def test_a_number_with_other_contents_is_refused(send, phone, session, enrolment):
    item = phone.mark(session, enrolment)
    send(item)

    assert send({**item, "status": "absent"}) == [("no", "id_reused")]
    assert send({**phone.mark(session, enrolment), "seq": item["seq"]}) == [("no", "id_reused")]
    assert Attendance.objects.get().status == "present"


def test_one_bad_mark_holds_up_no_other(send, phone, session, enrolment, hoa):
    good, bad = phone.mark(session, enrolment), phone.mark(session, hoa, status="asleep")
    elsewhere = phone.mark(ClassSessionFactory(), hoa)

    assert send(bad, good, elsewhere, "nonsense") == [
        ("no", "bad_choice"),
        ("ok", ""),
        ("no", "forbidden"),
        ("no", "bad_shape"),
    ]


def test_who_was_merged_meanwhile_is_marked_under_the_name_that_stayed(
    send, phone, session, enrolment, hoa, leader
):
    item = phone.mark(session, hoa)
    merge_people(enrolment.resident, hoa.resident, by=leader)

    assert send(item, item) == [("ok", ""), ("dup", "")]
    assert Attendance.objects.get().enrolment == enrolment


def test_a_neighbour_of_no_class_is_let_in(send, phone, session, lan):
    assert send(phone.mark(session, lan)) == [("ok", "")]

    assert lan.enrolments.get().class_group == session.class_group


def test_who_learns_elsewhere_is_tonights_guest(send, phone, session, campaign, lan, instructor):
    other = ClassSessionFactory(class_group__place=lan.village, campaign=campaign).class_group
    other.campaign = campaign
    other.save()
    enrol(lan, campaign, by=instructor, class_group=other)

    assert send(phone.mark(session, lan)) == [("ok", "")]
    assert lan.enrolments.get().class_group == other


def test_people_of_other_communes_are_not_let_in_by_number(send, phone, session):
    assert send(phone.mark(session, ResidentFactory())) == [("no", "forbidden")]
    assert not Mark.objects.exists()


def test_a_mark_before_its_newcomer_waits_in_the_phone(send, phone, session, village):
    arrival = phone.arrival(session, village)
    mark = phone.mark(session, arrival["person"])

    assert send(mark) == [("later", "unknown_person")]
    assert send(mark, arrival) == [("ok", ""), ("ok", "")]
    assert Attendance.objects.get().status == "present"


# The rule: newcomers


def test_a_newcomer_is_registered_and_enrolled_and_agreed(
    send, phone, session, village, instructor
):
    assert send(phone.arrival(session, village, year=1950, about=True)) == [("ok", "")]

    resident = Resident.objects.get()
    assert (resident.full_name, resident.birth_year, resident.source) == (
        "Ngô Thị Sen",
        1950,
        "walk_in",
    )
    assert (resident.birth_year_is_about, resident.registered_by) == (True, instructor)
    assert resident.enrolments.get().class_group == session.class_group
    assert resident.consents.get().manner == Consent.Manner.SPOKEN
    assert not Mark.objects.exists()


def test_a_newcomer_sent_twice_came_once(send, phone, session, village):
    item = phone.arrival(session, village)

    assert send(item, item) == [("ok", ""), ("dup", "")]
    assert send(item) == [("dup", "")]
    assert send({**item, "name": "Lê Văn Tám"}) == [("no", "id_reused")]
    assert Resident.objects.count() == 1


def test_a_newcomer_who_looks_like_somebody_known_is_never_refused(send, phone, session, lan):
    assert send(phone.arrival(session, lan.village, name=lan.full_name)) == [("ok", "")]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"name": "012345678901"}, "citizen_number"),
        ({"name": "A"}, "name_length"),
        ({"year": 1850}, "birth_year"),
        ({"consent": ""}, "bad_choice"),
        ({"village": 999_999}, "unknown_village"),
    ],
)
def test_what_cannot_be_true_of_a_newcomer_is_refused(send, phone, session, village, wrong, code):
    assert send(phone.arrival(session, village, **wrong)) == [("no", code)]
    assert not Resident.objects.exists()


# The rule: remarks and notes


def test_remarks_and_notes_are_kept(send, phone, session, enrolment):
    answers = send(
        phone.remark(session, enrolment, text="Cháu Nam giúp ở nhà", home=True),
        phone.note(session, "Thiếu ba ghế."),
    )

    assert answers == [("ok", ""), ("ok", "")]
    remark = Remark.objects.get()
    assert (remark.text, remark.helped_at_home) == ("Cháu Nam giúp ở nhà", True)
    assert SessionNote.objects.get().text == "Thiếu ba ghế."


def test_remarks_and_notes_sent_again_are_known(send, phone, session, enrolment):
    items = [phone.remark(session, enrolment), phone.note(session, "Mưa to.")]
    send(*items)

    assert send(*items) == [("dup", ""), ("dup", "")]
    changed = [{**item, "text": "khác"} for item in items]
    assert send(*changed) == [("no", "id_reused"), ("no", "id_reused")]


def test_the_number_of_an_identity_card_is_kept_nowhere(send, phone, session, enrolment):
    number = "CCCD 012345678901"

    assert send(phone.remark(session, enrolment, text=number), phone.note(session, number)) == [
        ("no", "citizen_number"),
        ("no", "citizen_number"),
    ]


# The rule: what waits for the team leader


def test_what_comes_after_the_register_was_closed_waits(
    send, phone, session, enrolment, hoa, instructor
):
    early, late = phone.mark(session, enrolment), phone.mark(session, hoa)
    send(early)
    close_register(session, by=instructor, rest_is_absent=True)

    assert send(late, early) == [("ok", "held"), ("dup", "")]
    assert send(late) == [("dup", "held")]
    held = HeldItem.objects.get()
    assert (held.reason, held.session, held.place) == ("closed", session, session.place)
    assert Attendance.objects.get(enrolment=hoa).status == "absent"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"state": "cancelled"}, "cancelled"),
        ({"starts_at": timezone.now() + timezone.timedelta(days=7)}, "early"),
    ],
)
def test_what_was_marked_on_an_evening_that_changed_waits(
    send, phone, session, enrolment, change, reason
):
    type(session).objects.filter(pk=session.pk).update(**change)

    assert send(phone.mark(session, enrolment)) == [("ok", "held")]
    assert HeldItem.objects.get().reason == reason
    assert not Mark.objects.exists()


def test_what_is_older_than_45_days_waits(send, phone, session, enrolment):
    old = round(time.time() * 1000) - 46 * 24 * HOUR

    assert send(phone.mark(session, enrolment, at=old)) == [("ok", "held")]
    held = HeldItem.objects.get()
    assert (held.reason, round(held.observed_at.timestamp() * 1000)) == ("too_old", old)


def test_a_mark_for_who_has_left_waits(send, phone, session, enrolment, leader):
    withdraw(enrolment, by=leader)

    assert send(phone.mark(session, enrolment), phone.remark(session, enrolment)) == [
        ("ok", "held"),
        ("ok", "held"),
    ]
    assert set(HeldItem.objects.values_list("reason", flat=True)) == {"withdrawn"}


def test_what_a_former_instructor_noted_waits(send, phone, session, enrolment, instructor):
    instructor.assignments.update(until="2026-02-01")
    instructor.forget_roles()

    assert send(phone.mark(session, enrolment)) == [("ok", "held")]
    assert HeldItem.objects.get().reason == "no_longer"


# Who may do it


def test_who_never_had_the_task_is_refused(send, session, enrolment, observer, stranger):
    for somebody in (observer, stranger):
        mark = Phone(somebody).mark(session, enrolment)
        assert send(mark, by=somebody) == [("no", "forbidden")]
    assert not HeldItem.objects.exists()


def test_a_colleagues_marks_carry_her_name(send, phone, session, enrolment, leader, instructor):
    assert send(phone.mark(session, enrolment, by=leader.pk)) == [("ok", "")]

    mark = Mark.objects.get()
    assert (mark.observed_by, mark.sent_by) == (leader, instructor)


def test_marks_of_a_closed_account_that_a_colleague_brings_wait(
    send, phone, session, enrolment, leader
):
    leader.is_active = False
    leader.save()

    assert send(phone.mark(session, enrolment, by=leader.pk)) == [("ok", "held")]
    held = HeldItem.objects.get()
    assert (held.reason, held.observed_by) == ("account", leader)


@pytest.mark.parametrize("who", ["observer", "stranger", None])
def test_nobody_notes_in_the_name_of_whoever_has_no_task_there(
    send, phone, session, enrolment, who, request
):
    author = request.getfixturevalue(who).pk if who else 999_999

    assert send(phone.mark(session, enrolment, by=author)) == [("no", "forbidden")]


def test_another_accounts_marks_wait_for_it(send, phone, session, enrolment, leader):
    assert send(phone.mark(session, enrolment), by=leader) == [("later", "other_person")]


# The address


def test_the_address_answers_each_item_in_words(client, session, enrolment, instructor, phone):
    client.force_login(instructor)
    close_register(session, by=instructor, rest_is_absent=True)

    answer = post(client, phone.mark(session, enrolment), phone.note(session, "Mưa."))

    held, kept = answer.json()["results"]
    assert (held["r"], held["code"]) == ("ok", "held")
    assert held["says"]
    assert kept["r"] == "ok"


# The cost


def test_a_long_batch_asks_no_more_than_a_short_one(
    client, phone, session, instructor, django_assert_max_num_queries, campaign, village
):
    learners = [
        EnrolmentFactory(
            resident__village=village,
            campaign=campaign,
            class_group=session.class_group,
            by=instructor,
        )
        for _number in range(36)
    ]
    client.force_login(instructor)
    post(client, *(phone.mark(session, row) for row in learners[:3]))

    asked = []
    for people in (learners[3:6], learners[6:]):
        items = [phone.mark(session, row) for row in people]
        with django_assert_max_num_queries(60) as queries:
            post(client, *items)
        asked.append(len(queries))
    assert asked[0] == asked[1], asked
