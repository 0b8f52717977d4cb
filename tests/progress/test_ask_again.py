"""Two and four weeks after completion a volunteer asks again; how many can still do it."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns.services import counting, total
from people.services import erase_resident
from progress.models import Enrolment, HeldItem, Recheck, Remark
from progress.reports import doubts, due_count, kept_of, rechecks_due
from progress.rules import kept_rate, recheck_due
from progress.services import observe, record_lesson, record_recheck, withdraw
from progress.services.sync import Person, take_in
from tests.factories import EnrolmentFactory, PlaceFactory, ResidentFactory, ShiftFactory
from tests.progress.phones import Phone

DAY = dt.date(2026, 11, 1)


def days(number):
    return dt.timedelta(days=number)


# The rule


@pytest.mark.parametrize(
    ("today", "asked", "expected"),
    [
        (13, {}, None),
        (14, {}, (14, False)),
        (20, {}, (14, False)),
        (21, {}, (14, True)),
        (29, {}, (14, True)),
        # The month asks for the fortnight as well.
        (30, {}, (30, False)),
        (37, {}, (30, True)),
        (51, {}, (30, True)),
        (52, {}, None),
        (15, {14: 15}, None),
        (30, {14: 15}, (30, False)),
        # Asked yesterday, nobody is asked today.
        (30, {14: 29}, None),
        (36, {14: 29}, (30, False)),
        (31, {30: 31}, None),
    ],
)
def test_when_somebody_is_to_be_asked(today, asked, expected):
    met = {round: DAY + days(day) for round, day in asked.items()}
    due = recheck_due(DAY, DAY + days(today), met)

    assert (due and (due.days, due.is_overdue)) == expected


@pytest.mark.parametrize(
    ("kept", "helped", "lost", "share"),
    [(0, 0, 0, None), (3, 0, 0, 100), (2, 1, 0, 67), (0, 1, 1, 0), (1, 1, 1, 33)],
)
def test_the_rate_is_of_those_who_were_asked(kept, helped, lost, share):
    assert kept_rate(kept, helped, lost) == share


def completed(enrolment, ago):
    with counting([enrolment.pk]) as rows:
        rows[enrolment.pk].completed_at = timezone.now() - days(ago)
        rows[enrolment.pk].completed_day = 40
    return Enrolment.objects.get(pk=enrolment.pk)


@pytest.fixture
def due(enrolment):
    """Lan completed fifteen days ago."""
    return completed(enrolment, 15)


@pytest.mark.django_db
def test_who_completed_a_fortnight_ago_is_on_the_list(due, course, lesson, instructor):
    observe(due, lesson, "alone", by=instructor)

    (line,) = rechecks_due(instructor)
    assert (line.enrolment, line.due.days, line.lessons) == (due, 14, [lesson])
    assert line.was_seen


@pytest.mark.django_db
def test_where_nobody_watched_what_was_passed_is_asked(due, lesson, instructor):
    record_lesson(due, lesson, "paper", by=instructor)

    (line,) = rechecks_due(instructor)
    assert (line.lessons, line.was_seen) == ([lesson], False)


@pytest.mark.django_db
@pytest.mark.parametrize("ago", [0, 13, 52, 90])
def test_who_completed_lately_or_long_ago_is_not(enrolment, instructor, ago):
    completed(enrolment, ago)

    assert rechecks_due(instructor) == []


@pytest.mark.django_db
@pytest.mark.parametrize("outcome", ["kept", "helped", "lost"])
def test_who_was_met_is_done(due, instructor, outcome):
    record_recheck(due, 14, outcome, by=instructor)

    assert rechecks_due(instructor) == []


@pytest.mark.django_db
def test_who_was_not_there_stays(due, instructor):
    record_recheck(due, 14, "away", by=instructor)

    (line,) = rechecks_due(instructor)
    assert line.away == 1


@pytest.mark.django_db
def test_who_can_still_do_it_after_30_days_is_counted_as_long_as_that_holds(
    enrolment, instructor, village
):
    row, hours = completed(enrolment, 40), iter(range(9, 0, -1))

    def asked(days, outcome):
        at = timezone.now() - dt.timedelta(hours=next(hours))
        record_recheck(row, days, outcome, by=instructor, observed_at=at)
        return total(row.campaign, village)["kept"]

    assert asked(14, "kept") == 0
    assert asked(30, "kept") == 1
    # Nobody at home says nothing of what somebody can do.
    assert asked(30, "away") == 1
    assert asked(30, "lost") == 0
    assert asked(30, "kept") == 1
    assert not [doubt for doubt in doubts(row.campaign) if doubt.what == "kept_day"]


@pytest.mark.django_db
def test_who_left_or_was_erased_is_not_asked(due, instructor):
    withdraw(due, by=instructor)

    assert rechecks_due(instructor) == []


@pytest.mark.django_db
def test_the_same_answer_twice_is_one(due, instructor):
    number = uuid.uuid4()
    for _twice in range(2):
        record_recheck(due, 14, "kept", by=instructor, id=number)

    assert Recheck.objects.count() == 1
    with pytest.raises(ValidationError) as refusal:
        record_recheck(due, 14, "lost", by=instructor, id=number)
    assert refusal.value.code == "id_reused"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "outcome", "code"),
    [(15, "kept", "bad_days"), (14, "perfect", "unknown_outcome")],
)
def test_what_can_never_be_is_refused(due, instructor, asked, outcome, code):
    with pytest.raises(ValidationError) as refusal:
        record_recheck(due, asked, outcome, by=instructor)
    assert refusal.value.code == code


@pytest.mark.django_db
@pytest.mark.parametrize(("ago", "asked"), [(13, 14), (29, 30)])
def test_nobody_is_asked_too_early(enrolment, instructor, ago, asked):
    row = completed(enrolment, ago)
    with pytest.raises(ValidationError) as refusal:
        record_recheck(row, asked, "kept", by=instructor)
    assert refusal.value.code == "too_early"

    # What counts is when a phone saw it, not when it came; on the day itself it is time.
    completed(enrolment, asked)
    late = Phone(instructor).recheck(enrolment, days=asked)
    early = Phone(instructor).recheck(
        enrolment, days=asked, at=round((timezone.now() - days(1)).timestamp() * 1000)
    )
    answers = take_in(Person(user=instructor), [late, early])
    assert [answer.get("code", "") for answer in answers] == ["", "too_early"]


@pytest.mark.django_db
def test_a_shift_out_of_sight_is_left_out(due, instructor):
    here, far = ShiftFactory(team__place=due.village), ShiftFactory()
    phone = Phone(instructor)
    items = [phone.recheck(due, shift=shift.pk) for shift in (here, far)]

    take_in(Person(user=instructor), items)

    assert set(Recheck.objects.values_list("shift", flat=True)) == {here.pk, None}


@pytest.mark.django_db
def test_nobody_is_asked_who_has_not_completed(enrolment, instructor):
    with pytest.raises(ValidationError) as refusal:
        record_recheck(enrolment, 14, "kept", by=instructor)
    assert refusal.value.code == "not_completed"


@pytest.mark.django_db
def test_a_citizen_number_does_not_become_a_remark(due, instructor):
    with pytest.raises(ValidationError):
        record_recheck(due, 14, "kept", by=instructor, remark="CCCD 025155012345")
    assert not Recheck.objects.exists()


@pytest.mark.django_db
def test_what_was_written_about_somebody_is_erased_with_him(due, session, instructor, organiser):
    record_recheck(due, 14, "lost", by=instructor, remark="Hay quên mật khẩu")
    Remark.objects.create(
        campaign=due.campaign,
        session=session,
        enrolment=due,
        text="Cần kính",
        observed_at=timezone.now(),
        observed_by=instructor,
        sent_by=instructor,
    )

    erase_resident(due.resident, by=organiser)

    # What was counted stays, under no name.
    assert Recheck.objects.get().remark == ""
    assert Remark.objects.get().text == ""


@pytest.mark.django_db
def test_what_waits_about_somebody_is_erased_with_him(due, session, instructor, organiser):
    withdraw(due, by=organiser)
    item = Phone(instructor).remark(session, due, "Hay quên mật khẩu")
    take_in(Person(user=instructor), [item])
    assert HeldItem.objects.get().fields["text"]

    erase_resident(due.resident, by=organiser)

    assert HeldItem.objects.get().fields["text"] == ""


@pytest.mark.django_db
def test_nothing_is_written_about_whoever_was_erased(due, instructor, organiser):
    erase_resident(due.resident, by=organiser)
    item = Phone(instructor).recheck(due, remark="Hay quên mật khẩu")

    (answer,) = take_in(Person(user=instructor), [item])

    assert (answer["r"], answer["code"]) == ("no", "gone")
    with pytest.raises(ValidationError) as refusal:
        record_recheck(due, 14, "lost", by=instructor, remark="Hay quên mật khẩu")
    assert refusal.value.code == "gone"


@pytest.mark.django_db
def test_the_latest_answer_holds_and_an_empty_house_says_nothing(due, instructor):
    now = timezone.now()
    for outcome, hours in (("kept", 1), ("lost", 3), ("away", 0)):
        record_recheck(due, 14, outcome, by=instructor, observed_at=now - dt.timedelta(hours=hours))

    assert Recheck.objects.holding().get().outcome == "kept"


@pytest.mark.django_db
def test_of_two_answers_at_one_moment_always_the_same_holds(due, instructor):
    now = timezone.now()
    for outcome in ("kept", "helped", "lost"):
        record_recheck(due, 14, outcome, by=instructor, observed_at=now)

    assert Recheck.objects.holding().count() == 1


@pytest.mark.django_db
def test_rates_by_village_and_altogether(due, hoa, campaign, commune, village, instructor):
    far = PlaceFactory(parent=commune, name="Thạch Sơn")
    binh = EnrolmentFactory(resident=ResidentFactory(village=far), campaign=campaign)
    answers = [
        (due, 14, "kept"),
        (completed(hoa, 31), 30, "lost"),
        (completed(binh, 20), 14, "helped"),
    ]
    for enrolment, asked, outcome in answers:
        record_recheck(enrolment, asked, outcome, by=instructor)

    (table,) = kept_of(instructor)

    assert table.campaign == campaign
    assert [row.place for row in table.rows] == sorted([village, far], key=lambda p: p.sort_key)
    fortnight, month = table.whole.rates[14], table.whole.rates[30]
    assert (fortnight.kept, fortnight.asked, fortnight.share) == (1, 2, 50)
    assert (month.lost, month.share) == (1, 0)
    (only,) = kept_of(instructor, far)
    assert (only.whole.rates[14].share, only.rows) == (0, [])


# Who may


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "status"),
    [("leader", 200), ("instructor", 200), ("observer", 403), ("stranger", 200)],
)
def test_who_sees_the_list(client, due, who, status, request):
    client.force_login(request.getfixturevalue(who))
    page = client.get(reverse("progress:rechecks"))

    assert page.status_code == status
    sees = status == 200 and who != "stranger"
    assert (due.resident.full_name in page.text) is sees


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "status"), [("instructor", 302), ("observer", 403), ("stranger", 404)]
)
def test_who_notes_an_answer(client, due, who, status, request):
    client.force_login(request.getfixturevalue(who))
    answer = client.post(
        reverse("progress:recheck", args=[due.pk]), {"days": 14, "outcome": "kept"}
    )

    assert answer.status_code == status
    assert Recheck.objects.exists() is (status == 302)


@pytest.mark.django_db
def test_a_place_out_of_reach_is_not_found(client, stranger, village, due):
    client.force_login(stranger)
    for place in (village.pk, 10**30, "x"):
        assert client.get(reverse("progress:rechecks"), {"place": place}).status_code == 404


# The screen


@pytest.mark.django_db
def test_one_tap_answers_and_the_line_says_so(client, due, instructor):
    client.force_login(instructor)
    url = reverse("progress:recheck", args=[due.pk])
    tap = {"days": 14, "outcome": "kept", "nonce": uuid.uuid4(), "remark": "Tự trả tiền điện"}
    for _twice in range(2):
        answer = client.post(url, tap, headers={"hx-request": "true"})

    assert answer.status_code == 200
    assert 'class="recheck is-done"' in answer.text
    assert Recheck.objects.get().remark == "Tự trả tiền điện"


@pytest.mark.django_db
def test_a_refused_tap_says_why(client, due, instructor):
    client.force_login(instructor)
    answer = client.post(
        reverse("progress:recheck", args=[due.pk]),
        {"days": 14, "outcome": "kept", "remark": "CCCD 025155012345"},
        headers={"hx-request": "true"},
    )

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


@pytest.mark.django_db
def test_one_village_for_a_round_of_visits(client, due, commune, campaign, instructor):
    far = PlaceFactory(parent=commune, name="Thạch Sơn")
    binh = EnrolmentFactory(resident=ResidentFactory(village=far), campaign=campaign)
    completed(binh, 15)
    client.force_login(instructor)

    page = client.get(reverse("progress:rechecks"), {"place": far.pk})

    assert [line.enrolment.pk for line in page.context["lines"]] == [binh.pk]


# The cost


@pytest.mark.django_db
def test_many_cost_as_much_as_one(client, due, campaign, village, lesson, instructor):
    client.force_login(instructor)
    url = reverse("progress:rechecks")

    def cost():
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        return len(queries)

    observe(due, lesson, "alone", by=instructor)
    client.get(url)
    one = cost()
    for _more in range(4):
        other = EnrolmentFactory(resident=ResidentFactory(village=village), campaign=campaign)
        observe(completed(other, 16), lesson, "alone", by=instructor)

    assert cost() == one
    with CaptureQueriesContext(connection) as queries:
        assert due_count(instructor) == 5
    assert len(queries) <= 3
