"""A team leader decides what phones could not: disagreements, held items, look-alikes."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from people.models import DistinctPair, Resident
from people.services import find_doubles, tell_apart
from progress.models import Attendance, HeldItem, Mark
from progress.reports import inbox, waiting
from progress.services import close_register, mark_attendance, settle_dispute
from tests.factories import AssignmentFactory, ResidentFactory, UserFactory

pytestmark = pytest.mark.django_db

PRESENT, LATE, EXCUSED, ABSENT = Attendance.Status


@pytest.fixture
def dispute(session, enrolment, instructor):
    """Two phones that knew nothing of each other saw Lan differently."""
    other = AssignmentFactory(place=session.place, user__username="tam").user
    for device, by, status in (("a" * 36, instructor, PRESENT), ("b" * 36, other, ABSENT)):
        mark_attendance(session, enrolment, status, by=by, device=device, seq=1)
    return Attendance.objects.get(session=session, enrolment=enrolment)


@pytest.fixture
def held(session, lan, enrolment, instructor):
    """A mark that came after the register had been closed."""
    return HeldItem.objects.create(
        id=uuid.uuid4(),
        kind="mark",
        fields={
            "session": session.pk,
            "person": str(lan.uuid),
            "status": "present",
            "base": None,
            "how": "tap",
        },
        device=str(uuid.uuid4()),
        seq=3,
        observed_at=timezone.now() - dt.timedelta(minutes=30),
        observed_by=instructor,
        sent_by=instructor,
        session=session,
        place=session.place,
        reason=HeldItem.Reason.CLOSED,
    )


@pytest.fixture
def newcomer(village):
    """Somebody written down at the door whose name is that of Lan in another order."""
    return ResidentFactory(
        full_name="Tran Thi Lan", village=village, birth_year=1956, source="walk_in"
    )


# Two people disagree


def test_one_decision_settles_a_dispute_and_keeps_every_mark(dispute, leader):
    assert dispute.is_disputed

    settled = settle_dispute(dispute, PRESENT, by=leader)

    assert (settled.status, settled.is_disputed) == ("present", False)
    assert settled.mark.observed_by == leader
    assert Mark.objects.filter(how=Mark.How.TAP).count() == 2


def test_deciding_twice_writes_nothing_more(dispute, leader):
    settle_dispute(dispute, PRESENT, by=leader)
    before = Mark.objects.count()

    again = settle_dispute(dispute, ABSENT, by=leader)

    assert again.status == "present"
    assert Mark.objects.count() == before


def test_a_dispute_is_decided_although_the_register_was_closed_meanwhile(
    dispute, session, enrolment, leader
):
    close_register(session, by=leader, rest_is_absent=True)

    assert settle_dispute(dispute, LATE, by=leader).status == "late"
    enrolment.refresh_from_db()
    assert enrolment.evenings == 1


def test_there_is_no_such_status(dispute, leader):
    with pytest.raises(ValidationError) as refusal:
        settle_dispute(dispute, "asleep", by=leader)

    assert refusal.value.code == "unknown_status"


# People who look alike


def test_a_newcomer_who_looks_like_somebody_is_shown_once(lan, newcomer):
    assert find_doubles([newcomer, lan]) == [(newcomer, lan)]


def test_whoever_was_told_apart_is_not_shown_again(lan, newcomer, leader):
    tell_apart(newcomer, lan, by=leader)
    tell_apart(lan, newcomer, by=leader)

    assert find_doubles([newcomer]) == []
    assert DistinctPair.objects.count() == 1


# Who may


def test_the_inbox_is_the_leaders(client, dispute, leader, instructor, observer):
    client.force_login(leader)
    assert client.get(reverse("progress:inbox")).status_code == 200
    for user in (instructor, observer):
        client.force_login(user)
        assert client.get(reverse("progress:inbox")).status_code == 403


def test_nothing_of_another_province_is_in_it(dispute, held, newcomer, lan, stranger):
    assert len(inbox(stranger)) == 0
    assert waiting(stranger) == 0


def test_whom_a_phone_names_beyond_ones_places_is_not_named(held, enrolment, leader):
    far = ResidentFactory(full_name="Đỗ Thị Xa")
    held.fields["person"] = str(far.uuid)
    held.save()

    (waits,) = inbox(leader).held
    assert waits.name == ""


def test_a_look_alike_beyond_ones_places_is_not_named(village, newcomer, lan):
    only_here = AssignmentFactory(place=village, role="team_leader", user=UserFactory()).user
    elsewhere = village.get_parent().add_child(
        kind="village", designation="thon", name="Thôn Xa", search_text="thon xa", sort_key="x"
    )
    Resident.objects.filter(pk=lan.pk).update(village=elsewhere)

    assert inbox(only_here).doubles == []


# The screen


def test_one_tap_decides(client, dispute, leader):
    client.force_login(leader)
    page = client.get(reverse("progress:inbox")).content.decode()
    assert "Hai người điểm danh khác nhau" in page

    client.post(reverse("progress:settle", args=[dispute.pk]), {"status": "present"})

    dispute.refresh_from_db()
    assert not dispute.is_disputed
    assert "Không còn việc nào" in client.get(reverse("progress:inbox")).content.decode()


def test_a_held_mark_is_taken_with_one_tap(client, held, enrolment, session, leader):
    close_register(session, by=leader, rest_is_absent=True)
    client.force_login(leader)
    assert "sổ điểm danh đã đóng" in client.get(reverse("progress:inbox")).content.decode()

    client.post(reverse("progress:decide", args=[held.pk]), {"wish": "take"})

    held.refresh_from_db()
    assert (held.state, held.decided_by) == ("taken", leader)
    assert Mark.objects.filter(pk=held.pk, observed_at=held.observed_at).exists()


def test_an_evening_called_off_took_place_only_if_the_leader_says_so(
    client, held, session, enrolment, leader
):
    """Whatever else it is that the mark waits for."""
    HeldItem.objects.update(reason=HeldItem.Reason.TOO_OLD)
    type(session).objects.update(state="cancelled", cancelled_because="Mưa")
    client.force_login(leader)
    assert 'value="took_place"' in client.get(reverse("progress:inbox")).text

    for wish, state in (("take", "waiting"), ("took_place", "taken")):
        client.post(reverse("progress:decide", args=[held.pk]), {"wish": wish})
        held.refresh_from_db()
        assert held.state == state


def test_what_is_set_aside_is_kept_and_counts_for_nothing(client, held, leader):
    client.force_login(leader)
    client.post(reverse("progress:decide", args=[held.pk]), {"wish": "dismiss"})

    held.refresh_from_db()
    assert held.state == "dismissed"
    assert not Mark.objects.exists()


def test_two_people_are_told_apart_with_one_tap(client, newcomer, lan, leader):
    client.force_login(leader)
    client.post(reverse("progress:apart", args=[newcomer.uuid, lan.uuid]))

    assert inbox(leader).doubles == []


def test_the_home_page_says_what_waits(client, dispute, leader):
    client.force_login(leader)

    assert "1 việc từ các lớp" in client.get(reverse("home")).content.decode()


# What it costs


def test_ten_disputes_cost_no_more_than_one(
    dispute,
    session,
    campaign,
    class_group,
    village,
    leader,
    instructor,
    django_assert_num_queries,
    django_assert_max_num_queries,
):
    inbox(leader)  # Now the roles are known.
    with django_assert_max_num_queries(8) as first:
        inbox(leader)
    for number in range(9):
        resident = ResidentFactory(village=village, full_name=f"Bùi Thị Mai {number}")
        row = resident.enrolments.create(
            campaign=campaign, class_group=class_group, village=village
        )
        for device, status in (("c" * 36, PRESENT), ("d" * 36, ABSENT)):
            mark_attendance(session, row, status, by=instructor, device=device, seq=number + 1)

    with django_assert_num_queries(len(first)):
        assert len(inbox(leader).disputes) == 10
