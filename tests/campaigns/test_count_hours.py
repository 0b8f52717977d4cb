"""Hours of volunteers, for the youth union's credit: the file says what the screen says."""

import csv
import datetime as dt
import io
import re

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from campaigns.models import Membership, Shift, Turn
from campaigns.reports import hours_served
from tests.factories import (
    ClassGroupFactory,
    ClassSessionFactory,
    MembershipFactory,
    PlaceFactory,
    ShiftFactory,
    TeamFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def mai(team):
    return MembershipFactory(team=team, name="Phạm Thị Mai")


@pytest.fixture
def served(team, campaign, mai):
    """Mai held an evening of 90 minutes, a shift of 180, and 40 minutes of another."""
    now = timezone.now()
    evening = ClassSessionFactory(
        class_group=ClassGroupFactory(place=team.place, team=team, campaign=campaign),
        starts_at=now - dt.timedelta(days=2),
    )
    Turn.objects.create(session=evening, membership=mai, state="served")
    for days, minutes in ((3, None), (4, 40)):
        shift = ShiftFactory(
            team=team, campaign=campaign, starts_at=now - dt.timedelta(days=days), state="held"
        )
        Turn.objects.create(shift=shift, membership=mai, state="served", minutes=minutes)
    return mai


def month(members=None):
    today = timezone.localdate()
    members = Membership.objects.all() if members is None else members
    return hours_served(members, today - dt.timedelta(days=30), today)


# The rule


def test_minutes_of_evenings_and_shifts_are_summed(served):
    (row,) = month().rows

    assert (row.evenings, row.shifts, row.minutes, row.hours) == (1, 2, 310, 5.17)


def test_only_what_was_served_counts_and_nothing_that_was_called_off(served, team, campaign):
    now = timezone.now()
    for days, state in enumerate(("offered", "accepted", "declined", "replaced", "missed"), 5):
        member = MembershipFactory(team=team)
        shift = ShiftFactory(team=team, campaign=campaign, starts_at=now - dt.timedelta(days=days))
        Turn.objects.create(shift=shift, membership=member, state=state)
    Shift.objects.filter(turns__minutes=40).update(state=Shift.State.CANCELLED)

    (row,) = month().rows

    assert (row.member, row.minutes) == (served, 270)


def test_a_period_takes_in_its_first_and_its_last_day(served):
    day = timezone.localdate() - dt.timedelta(days=3)

    assert hours_served(Membership.objects.all(), day, day).minutes == 180
    after = day + dt.timedelta(days=5)
    assert hours_served(Membership.objects.all(), after, after).rows == []


# Who may


def test_hours_are_for_who_plans_and_only_of_his_own_teams(client, served, instructor, leader):
    far = MembershipFactory(team=TeamFactory(place=PlaceFactory()), name="Người xa")
    shift = ShiftFactory(team=far.team, starts_at=timezone.now() - dt.timedelta(days=1))
    Turn.objects.create(shift=shift, membership=far, state="served")
    url = reverse("campaigns:hours")

    client.force_login(instructor)
    assert client.get(url).status_code == 403
    client.force_login(leader)
    page = client.get(url).content.decode()
    assert "Phạm Thị Mai" in page
    assert "Người xa" not in page
    elsewhere = client.get(url, {"place": far.team.place.commune.pk})
    assert elsewhere.status_code == 422
    assert "Người xa" not in elsewhere.content.decode()


# The screen and the file


def test_the_files_say_what_the_screen_says_to_the_last_row(client, served, team, leader):
    for number in range(5):
        member = MembershipFactory(team=team, name=f"Lê Thị {number}")
        shift = ShiftFactory(
            team=team, starts_at=timezone.now() - dt.timedelta(days=1, hours=number)
        )
        Turn.objects.create(shift=shift, membership=member, state="served", minutes=33 + number)
    client.force_login(leader)

    page = client.get(reverse("campaigns:hours")).content.decode()
    text = client.get(reverse("campaigns:hours_file", args=["csv"])).content.decode("utf-8-sig")
    book = load_workbook(
        io.BytesIO(client.get(reverse("campaigns:hours_file", args=["xlsx"])).content)
    )

    seen = [
        [cell.strip() for cell in re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", row)]
        for row in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    ]
    # A number with a fraction is written with a comma on the screen.
    in_csv = [[cell.replace(".", ",") for cell in row] for row in csv.reader(io.StringIO(text))]
    in_book = [
        [str("" if cell is None else cell).replace(".", ",") for cell in row]
        for row in book.active.iter_rows(values_only=True)
    ]
    assert len(seen) == 8
    assert in_csv[:8] == seen
    assert [row[:5] for row in in_book[:8]] == [row[:5] for row in seen]


def test_a_name_is_no_formula(client, served, leader):
    served.name = "=HYPERLINK(1)"
    served.save()
    client.force_login(leader)

    text = client.get(reverse("campaigns:hours_file", args=["csv"])).content.decode("utf-8-sig")
    book = load_workbook(
        io.BytesIO(client.get(reverse("campaigns:hours_file", args=["xlsx"])).content)
    )

    assert "'=HYPERLINK(1)" in text
    cell = book.active["A2"]
    assert (cell.data_type, cell.value) == ("s", "'=HYPERLINK(1)")


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"since": "2026-02-30"}, 422),
        ({"since": "2026-10-02", "until": "2026-10-01"}, 422),
        ({"place": "x", "team": "y"}, 422),
        ({"team": 10**30}, 422),
    ],
)
def test_nonsense_is_refused_in_words_and_makes_no_file(client, served, leader, asked, status):
    client.force_login(leader)

    assert client.get(reverse("campaigns:hours"), asked).status_code == status
    assert client.get(reverse("campaigns:hours_file", args=["csv"]), asked).status_code == 404
    assert client.get(reverse("campaigns:hours_file", args=["pdf"])).status_code == 404


# What it costs


def test_hours_cost_the_same_however_many_serve(
    django_assert_max_num_queries, team, campaign, leader
):
    shift = ShiftFactory(
        team=team, campaign=campaign, starts_at=timezone.now() - dt.timedelta(days=1)
    )
    for _ in range(8):
        Turn.objects.create(shift=shift, membership=MembershipFactory(team=team), state="served")

    with django_assert_max_num_queries(2):
        assert len(month().rows) == 8
