"""A figure taken apart: the groups add up, the file says what the screen says."""

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from campaigns.exports.breakdown import breakdown_headings, cells_of_breakdown
from campaigns.reports.breakdown import BY_LABELS, breakdown, group_figures
from campaigns.reports.figures import number
from campaigns.rules import AgeBand
from campaigns.services import fold
from people.roles import Role
from tests.campaigns.facts import came, enrol
from tests.factories import (
    AssignmentFactory,
    ClassGroupFactory,
    EnrolmentFactory,
    PlaceFactory,
    ResidentFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def learners(campaign, village):
    """Three women of 70, a man of 40, one of whom nothing is known; two of them came."""
    year = campaign.first_day.year
    people = [ResidentFactory(village=village, birth_year=year - 72, sex="f") for _ in range(3)]
    people.append(ResidentFactory(village=village, birth_year=year - 40, sex="m"))
    people.append(ResidentFactory(village=village, birth_year=None, sex=""))
    rows = [enrol(campaign, person) for person in people]
    came(rows[0], 3)
    came(rows[3], 3)
    return rows


# The rule


def test_age_and_sex_add_up_to_the_places_own_figure(campaign, commune, learners):
    found = breakdown(campaign, commune, "enrolled", "age")
    by_label = {row.label: (row.split, row.n) for row in found.rows}

    assert by_label[str(AgeBand.OLDEST.label)] == ((3, 0, 0), 3)
    assert by_label[str(AgeBand.MIDDLE.label)] == ((0, 1, 0), 1)
    assert by_label[str(AgeBand.UNKNOWN.label)] == ((0, 0, 1), 1)
    assert (found.together.split, found.together.n) == ((3, 1, 1), 5)
    assert found.together.n == number(campaign, commune, "enrolled")


@pytest.mark.parametrize("by", BY_LABELS)
@pytest.mark.parametrize("folded", [True, False])
def test_every_way_of_taking_apart_gives_the_same_whole(campaign, commune, learners, by, folded):
    if folded:
        fold()

    assert breakdown(campaign, commune, "reached", by).together.n == 2


def test_a_share_is_of_registered_residents_where_that_means_anything(
    campaign, commune, learners, village
):
    # Three more are registered and learn nothing yet.
    for _ in range(3):
        ResidentFactory(village=village)
    of = {
        by: breakdown(campaign, commune, "reached", by).together.of
        for by in ("age", "language", "audience", "team")
    }

    assert of == {"age": 8, "language": 8, "audience": 5, "team": 5}
    assert breakdown(campaign, commune, "visits", "age").of_label == ""


def test_a_share_is_rounded_down(campaign, commune, learners):
    row = breakdown(campaign, commune, "reached", "audience").together

    assert (row.n, row.of, row.share) == (2, 5, 40)


def test_a_team_keeps_its_name_from_who_may_not_see_teams(campaign, village, team):
    group = ClassGroupFactory(campaign=campaign, place=village, team=team)
    EnrolmentFactory(
        resident=ResidentFactory(village=village), campaign=campaign, class_group=group
    )

    named = breakdown(campaign, village, "enrolled", "team")
    unnamed = breakdown(campaign, village, "enrolled", "team", names_teams=False)

    assert (named.rows[0].label, named.rows[0].n) == (team.name, 1)
    assert (unnamed.rows[0].label, unnamed.rows[0].n) == ("Tổ 1", 1)


def test_every_group_is_there_though_it_has_nobody(campaign, commune):
    found = group_figures(campaign, commune, "reached")

    assert {name: len(cells) for name, cells in found.items()} == {
        "age": 6,
        "sex": 3,
        "language": 3,
        "audience": 7,
    }


# Who may


def test_staff_see_their_own_place_exactly(client, campaign, commune, learners):
    user = AssignmentFactory(place=commune, role=Role.OBSERVER, user__username="xem").user
    client.force_login(user)

    answer = client.get(reverse("campaigns:breakdown", args=[campaign.pk]), {"by": "age"})

    assert answer.context["found"].place == commune
    assert answer.context["found"].together.n == 2


def test_nobody_looks_into_another_commune(client, campaign, province, learners, village):
    other = PlaceFactory(kind="commune", name="Tam Nông", parent=province)
    user = AssignmentFactory(place=other, role=Role.COMMUNE_ORGANISER, user__username="khac").user
    client.force_login(user)
    url = reverse("campaigns:breakdown", args=[campaign.pk])

    assert client.get(url, {"place": village.pk}).status_code == 404
    assert client.get(url).context["found"].together.n == 0
    assert Client().get(url).status_code == 302


# The screen and the file


@pytest.mark.parametrize("by", BY_LABELS)
def test_the_file_says_what_the_screen_says(client, campaign, observer, learners, by):
    client.force_login(observer)
    query = {"indicator": "enrolled", "by": by}
    page = client.get(reverse("campaigns:breakdown", args=[campaign.pk]), query)
    found = page.context["found"]
    shown = [breakdown_headings(found)]
    shown += [cells_of_breakdown(found, row) for row in (*found.rows, found.together)]

    text = client.get(reverse("campaigns:breakdown_file", args=[campaign.pk, "csv"]), query)
    sheet = client.get(reverse("campaigns:breakdown_file", args=[campaign.pk, "xlsx"]), query)

    lines = list(csv.reader(io.StringIO(text.content.decode("utf-8-sig"))))[: len(shown)]
    assert lines == [["" if cell is None else str(cell) for cell in row] for row in shown]
    rows = load_workbook(io.BytesIO(sheet.content)).active.values
    assert [list(row) for row in rows][: len(shown)] == shown
    assert (
        client.get(
            reverse("campaigns:breakdown_file", args=[campaign.pk, "pdf"]), query
        ).status_code
        == 404
    )


# The cost


@pytest.mark.parametrize("n", [1, 4])
def test_a_breakdown_asks_the_database_equally_often(
    client, campaign, observer, village, django_assert_max_num_queries, n
):
    for _ in range(n):
        enrol(campaign, ResidentFactory(village=village))
    client.force_login(observer)

    with django_assert_max_num_queries(10):
        client.get(reverse("campaigns:breakdown", args=[campaign.pk]), {"by": "team"})
