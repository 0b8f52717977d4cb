"""The register on a volunteer's phone: one line a person, one tap each."""

import uuid

import pytest
from django.urls import reverse

from people.services import give_consent
from progress.models import Attendance, Enrolment, Mark
from progress.services import close_register, enrol, mark_attendance
from tests.factories import ClassGroupFactory, EnrolmentFactory, ResidentFactory

pytestmark = pytest.mark.django_db


# Who may do it


@pytest.mark.parametrize(
    ("who", "status"),
    [("instructor", 200), ("organiser", 200), ("observer", 403), ("stranger", 404)],
)
def test_who_may_take_the_register(client, session, enrolment, who, status, request):
    client.force_login(request.getfixturevalue(who))

    assert client.get(_register(session)).status_code == status
    marked = client.post(_mark(session, enrolment), {"status": "present"})
    assert marked.status_code == (302 if status == 200 else status)
    assert Mark.objects.exists() == (status == 200)


def test_a_visitor_is_asked_to_sign_in(client, session):
    assert client.get(_register(session)).url.startswith(reverse("account_login"))


def test_somebody_of_another_campaign_cannot_be_marked_by_guessing(client, session, instructor):
    far = EnrolmentFactory()
    client.force_login(instructor)

    assert client.post(_mark(session, far), {"status": "present"}).status_code == 404


# The screen


def test_the_register_is_in_the_order_of_given_names(
    client, session, campaign, class_group, village, instructor
):
    for name in ("Trần Văn Ước", "Lê Thị Ánh", "Bùi Đức Đạt"):
        person = ResidentFactory(full_name=name, village=village)
        enrol(person, campaign, by=instructor, class_group=class_group)
    client.force_login(instructor)

    page = client.get(_register(session))

    names = [line.resident.full_name for line in page.context["lines"]]
    assert names == ["Lê Thị Ánh", "Bùi Đức Đạt", "Trần Văn Ước"]


def test_htmx_gets_back_the_line_and_the_totals(client, session, enrolment, instructor):
    client.force_login(instructor)

    answer = client.post(
        _mark(session, enrolment), {"status": "present"}, headers={"hx-request": "true"}
    )

    assert answer.text.strip().startswith(f'<li class="register-row" id="line-{enrolment.pk}"')
    assert 'id="totals"' in answer.text
    assert session.attendances.get().status == "present"


def test_without_javascript_the_browser_comes_back_to_the_same_line(
    client, session, enrolment, instructor
):
    client.force_login(instructor)

    answer = client.post(_mark(session, enrolment), {"status": "late", "q": "lan"})

    assert answer.url == f"{_register(session)}?q=lan#line-{enrolment.pk}"


def test_a_button_pressed_twice_is_one_mark_and_two_buttons_are_two(
    client, session, enrolment, instructor
):
    client.force_login(instructor)
    nonce = str(uuid.uuid4())
    for status in ("present", "present", "late"):
        client.post(_mark(session, enrolment), {"status": status, "nonce": nonce})

    assert Mark.objects.count() == 2
    assert session.attendances.get().status == "late"


@pytest.mark.parametrize("headers", [{"hx-request": "true"}, {}], ids=["htmx", "plain browser"])
def test_a_refusal_is_explained(client, session, enrolment, instructor, headers):
    close_register(session, by=instructor, rest_is_absent=True)
    client.force_login(instructor)
    client.cookies["django_language"] = "en"

    answer = client.post(
        _mark(session, enrolment), {"status": "present"}, headers=headers, follow=True
    )

    assert "The register of this evening is closed." in answer.text


@pytest.mark.parametrize("sent", [{}, {"status": "asleep"}, {"status": "present", "base": "x"}])
def test_nonsense_marks_nobody(client, session, enrolment, instructor, sent):
    client.force_login(instructor)

    answer = client.post(_mark(session, enrolment), sent, headers={"hx-request": "true"})

    assert answer.status_code == 422
    assert not Mark.objects.exists()


def test_a_dispute_is_shown_with_both_names_and_settled_with_one_tap(
    client, session, enrolment, instructor, leader, organiser
):
    mark_attendance(session, enrolment, "present", by=instructor)
    mark_attendance(session, enrolment, "absent", by=leader)
    client.force_login(organiser)

    page = client.get(_register(session))
    line = page.context["lines"][0]
    assert instructor.full_name in page.text
    assert leader.full_name in page.text

    client.post(
        _mark(session, enrolment),
        {"status": "present", "base": line.base, "settles": line.settles, "nonce": line.nonce},
    )
    attendance = Attendance.objects.get()
    assert (attendance.status, attendance.is_disputed) == ("present", False)


def test_the_rest_are_marked_with_one_tap_and_taken_back_with_another(
    client, session, enrolment, hoa, instructor
):
    mark_attendance(session, hoa, "present", by=instructor)
    client.force_login(instructor)

    answer = client.post(reverse("progress:mark_rest", args=[session.pk]), {"status": "absent"})
    page = client.get(answer.url)
    assert Attendance.objects.get(enrolment=enrolment).status == "absent"

    marked_at = page.context["marked_at"]
    client.post(reverse("progress:take_back_rest", args=[session.pk]), {"marked_at": marked_at})
    assert list(Attendance.objects.marked().values_list("enrolment", flat=True)) == [hoa.pk]


def test_searching_finds_the_class_and_the_commune(
    client, session, enrolment, hoa, village, leader
):
    neighbour = ResidentFactory(full_name="Phạm Thị Lan", village=village)
    far = ResidentFactory(full_name="Ngô Thị Lan")
    client.force_login(leader)

    page = client.get(_register(session), {"q": "lan"})

    assert [line.enrolment for line in page.context["lines"]] == [enrolment]
    assert list(page.context["candidates"]) == [neighbour]
    assert far.full_name not in page.text


def test_somebody_we_know_is_put_on_the_register_with_one_tap(client, session, lan, instructor):
    give_consent(lan, by=instructor)
    client.force_login(instructor)

    client.post(reverse("progress:add", args=[session.pk]), {"resident": str(lan.uuid)})

    assert Enrolment.objects.get().class_group == session.class_group
    assert session.attendances.get().status == "present"


def test_without_agreement_it_is_asked_for_first(client, session, lan, instructor):
    client.force_login(instructor)

    answer = client.post(reverse("progress:add", args=[session.pk]), {"resident": str(lan.uuid)})

    assert answer.url == f"{reverse('progress:enrol', args=[lan.uuid])}?session={session.pk}"
    assert not Enrolment.objects.exists()


@pytest.mark.parametrize(("moves", "is_moved"), [({}, False), ({"moves": "1"}, True)])
def test_a_guest_stays_in_his_class_unless_he_moves(
    client, session, lan, campaign, instructor, moves, is_moved
):
    give_consent(lan, by=instructor)
    own = ClassGroupFactory(campaign=campaign, place=lan.village)
    enrol(lan, campaign, by=instructor, class_group=own)
    client.force_login(instructor)

    client.post(reverse("progress:add", args=[session.pk]), {"resident": str(lan.uuid), **moves})

    assert Enrolment.objects.get().class_group == (session.class_group if is_moved else own)
    page = client.get(_register(session))
    assert [line.is_guest for line in page.context["lines"]] == [not is_moved]


# The cost


@pytest.mark.parametrize("people", [1, 3, 30])
def test_the_register_costs_the_same_however_long_it_is(
    client,
    session,
    campaign,
    class_group,
    village,
    instructor,
    people,
    django_assert_max_num_queries,
):
    for resident in ResidentFactory.create_batch(people, village=village):
        learner = enrol(resident, campaign, by=instructor, class_group=class_group)
        mark_attendance(session, learner, "present", by=instructor)
    client.force_login(instructor)

    with django_assert_max_num_queries(10):
        client.get(_register(session))


def _register(session):
    return reverse("progress:register", args=[session.pk])


def _mark(session, enrolment):
    return reverse("progress:mark", args=[session.pk, enrolment.pk])
