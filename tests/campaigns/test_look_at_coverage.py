"""The map, the table and the file say the same, of one's own places only."""

import csv
import datetime as dt
import io
import re

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from campaigns.exports import cells_of, coverage_csv
from campaigns.models import Campaign, Indicator
from campaigns.reports import coverage, tile_map
from campaigns.reports.tiles import broken
from campaigns.services import set_target, total
from people.roles import Role
from tests.campaigns.facts import came, enrol
from tests.factories import (
    AssignmentFactory,
    CampaignFactory,
    PlaceFactory,
    ResidentFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_communes(campaign, province, commune, village, chief):
    """Lâm Thao with three learners of ten, and Tam Nông with none of twenty."""
    other = PlaceFactory(kind="commune", name="Tam Nông", parent=province)
    PlaceFactory(parent=other)
    set_target(campaign, commune, "enrolled", 10, 40, source="Kế hoạch 45", by=chief)
    set_target(campaign, other, "enrolled", 20, 90, source="=HYPERLINK(1)", by=chief)
    for _ in range(3):
        enrol(campaign, ResidentFactory(village=village))
    return commune, other


# The rule


def test_a_province_without_a_target_adds_up_those_below(campaign, province, two_communes):
    whole = coverage(campaign, province, "enrolled")

    assert (whole.whole.numerator, whole.whole.goal, whole.whole.denominator) == (3, 30, 130)
    assert whole.is_summed


def test_a_place_with_its_own_target_is_held_to_it(campaign, province, two_communes, chief):
    set_target(campaign, province, "enrolled", 100, 500, source="plan", by=chief)

    whole = coverage(campaign, province, "enrolled")

    assert (whole.whole.goal, whole.is_summed) == (100, False)


def test_a_percentage_is_rounded_down(campaign, province, commune, village, chief):
    set_target(campaign, commune, "enrolled", 3, 3, source="plan", by=chief)
    enrol(campaign, ResidentFactory(village=village))
    enrol(campaign, ResidentFactory(village=village))

    assert coverage(campaign, province, "enrolled").rows[0].share == 66


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("name", ["Lâm Thao", "Tam Nông"]),
        ("-name", ["Tam Nông", "Lâm Thao"]),
        ("goal", ["Lâm Thao", "Tam Nông"]),
        ("-goal", ["Tam Nông", "Lâm Thao"]),
        # What has no figure comes last, whichever way round.
        ("share", ["Lâm Thao", "Tam Nông"]),
        ("-share", ["Lâm Thao", "Tam Nông"]),
        ("rubbish", ["Lâm Thao", "Tam Nông"]),
    ],
)
def test_the_table_can_be_sorted(campaign, province, two_communes, sort, names):
    rows = coverage(campaign, province, "enrolled", sort=sort).rows

    assert [row.place.name for row in rows] == names


def test_every_place_has_its_own_tile(campaign, province, commune):
    places = [PlaceFactory(kind="commune", parent=province) for _ in range(6)]
    for number, place in enumerate(places[:4]):
        place.tile_col, place.tile_row = number % 2, number // 2
        place.save()

    drawn = tile_map(coverage(campaign, province, "enrolled").rows)

    assert len({(tile.x, tile.y) for tile in drawn.tiles}) == 7
    assert drawn.cols == 2
    assert all(tile.x < drawn.width and tile.y < drawn.height for tile in drawn.tiles)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Ea Kao", ["Ea Kao"]),
        ("Buôn Ma Thuột", ["Buôn Ma", "Thuột"]),
        ("buôn Cư Êbur 12", ["buôn Cư", "Êbur 12"]),
        ("Nghĩaaaaaaaaaaaa", ["Nghĩaaaaaa…"]),
    ],
)
def test_long_names_are_broken_between_words(name, lines):
    assert broken(name) == lines


# Who may look


def test_a_commune_sees_its_provinces_campaign(campaign, organiser, stranger, instructor):
    assert campaign in Campaign.objects.visible_to(organiser)
    assert campaign in Campaign.objects.visible_to(instructor)
    assert campaign not in Campaign.objects.visible_to(stranger)


def test_the_administrator_of_the_machine_sees_every_campaign(campaign):
    admin = UserFactory(is_superuser=True)

    assert campaign in Campaign.objects.visible_to(admin)
    assert campaign.places_for(admin) == [campaign.place]


def test_a_province_sees_its_communes_campaigns(commune, chief):
    local = CampaignFactory(place=commune)

    assert local in Campaign.objects.visible_to(chief)


def test_a_commune_does_not_see_its_neighbours_campaign(province, organiser):
    neighbour = CampaignFactory(place=PlaceFactory(kind="commune", parent=province))

    assert neighbour not in Campaign.objects.visible_to(organiser)


def test_figures_inside_are_those_of_ones_own_place(client, campaign, two_communes, organiser):
    own, other = two_communes
    client.force_login(organiser)
    url = reverse("campaigns:coverage", args=[campaign.pk])

    page = client.get(url)

    assert page.context["place"] == own
    assert other.name not in page.text
    for name in ("campaigns:coverage", "campaigns:coverage_csv", "campaigns:targets"):
        for outside in (campaign.place, other):
            answer = client.get(reverse(name, args=[campaign.pk]), {"place": outside.pk})
            assert answer.status_code == 404
    detail = client.get(reverse("campaigns:detail", args=[campaign.pk]))
    assert detail.context["totals"] == total(campaign, own)


def test_only_the_campaigns_own_organiser_may_change_it(client, campaign, organiser, chief):
    for user, status in ((organiser, 403), (chief, 200)):
        client.force_login(user)
        assert client.get(reverse("campaigns:edit", args=[campaign.pk])).status_code == status


@pytest.mark.parametrize("place", ["x", "0", "999999", "1" * 40, "-1", "٣"])
def test_a_place_that_is_none_is_not_found(client, campaign, chief, place):
    client.force_login(chief)
    answer = client.get(reverse("campaigns:coverage", args=[campaign.pk]), {"place": place})

    assert answer.status_code == 404


def test_an_author_may_not_look(client, campaign, province):
    client.force_login(AssignmentFactory(place=province, role=Role.AUTHOR).user)

    for name in ("campaigns:detail", "campaigns:coverage", "campaigns:coverage_csv"):
        assert client.get(reverse(name, args=[campaign.pk])).status_code == 403


# The screen


def test_each_tile_is_a_link_that_says_in_words_what_its_colour_says(
    client, campaign, two_communes, chief
):
    client.force_login(chief)

    page = client.get(reverse("campaigns:coverage", args=[campaign.pk]), {"indicator": "enrolled"})

    words = "xã Lâm Thao: 3 trên 10, 30 %, chậm nhiều;"
    assert f'aria-label="{words}' in page.text
    assert "chưa có người chịu trách nhiệm" in page.text
    assert 'aria-label="xã Tam Nông: chưa có số liệu"' in page.text
    assert f"?place={two_communes[0].pk}&amp;indicator=enrolled" in page.text


def test_the_legend_says_what_the_colours_mean_today(client, campaign, two_communes, chief):
    client.force_login(chief)

    page = client.get(reverse("campaigns:coverage", args=[campaign.pk]), {"indicator": "enrolled"})

    assert "từ 90 % nhịp độ, hôm nay là 56,7 % chỉ tiêu" in page.text
    assert "từ 60 % nhịp độ, hôm nay là 37,8 % chỉ tiêu" in page.text


def test_the_page_says_how_old_its_figures_are(client, campaign, chief):
    client.force_login(chief)
    page = client.get(reverse("campaigns:coverage", args=[campaign.pk])).text

    assert re.search(r"Số liệu tính đến \d\d:\d\d " + f"{timezone.localdate():%d/%m/%Y}", page)


def test_one_can_go_down_to_the_villages_and_back(client, campaign, two_communes, village, chief):
    commune, _other = two_communes
    client.force_login(chief)
    url = reverse("campaigns:coverage", args=[campaign.pk])

    page = client.get(url, {"place": commune.pk, "indicator": "enrolled"})

    assert village.full_name in page.text
    assert f"{url}?place={campaign.place_id}&amp;indicator=enrolled" in page.text


def test_a_completion_moves_coverage_by_one(client, campaign, two_communes, village, chief):
    enrolment = enrol(campaign, ResidentFactory(village=village))
    came(enrolment, 60)

    rows = coverage(campaign, campaign.place, Indicator.REACHED).rows

    assert [row.numerator for row in rows] == [1, None]


@pytest.mark.parametrize("sort", ["name", "-goal", "-share"])
def test_the_file_equals_the_table_row_for_row(client, campaign, two_communes, chief, sort):
    client.force_login(chief)
    query = {"indicator": "enrolled", "sort": sort}
    page = client.get(reverse("campaigns:coverage", args=[campaign.pk]), query)
    answer = client.get(page.context["csv_url"])

    text = answer.content.decode()
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert text.startswith("\ufeff")
    assert rows[0] == [str(head["words"]) for head in page.context["headings"]]
    shown = [[_said(cell) for cell in cells] for _row, cells in page.context["table"]]
    assert [[cell.removeprefix("'") for cell in row] for row in rows[1:3]] == shown
    assert rows[-1] == [page.context["as_of"]]
    table = page.text[page.text.index("<tbody>") :]
    places = [str(cells[0]) for _row, cells in page.context["table"]]
    assert [table.index(f">{name}<") for name in places] == sorted(
        table.index(f">{name}<") for name in places
    )


def _said(cell):
    if isinstance(cell, dt.date):
        return f"{cell:%d/%m/%Y}"
    return "" if cell is None else str(cell).removeprefix("'")


def test_the_spreadsheet_holds_numbers_dates_and_no_formula(client, campaign, two_communes, chief):
    client.force_login(chief)
    query = {"indicator": "enrolled", "sort": "-goal"}
    page = client.get(reverse("campaigns:coverage", args=[campaign.pk]), query)
    sheet = load_workbook(io.BytesIO(client.get(page.context["xlsx_url"]).content)).active

    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == tuple(str(head["words"]) for head in page.context["headings"])
    for row, (_row, cells) in zip(rows[1:3], page.context["table"], strict=True):
        read = [cell.date() if isinstance(cell, dt.datetime) else cell for cell in row]
        assert read[:-1] == cells[:-1]
        assert read[-1] == ("'" if cells[-1].startswith("=") else "") + cells[-1]
    assert isinstance(rows[1][1], int | None)
    assert sheet.freeze_panes == "B2"
    assert rows[-1][0] == page.context["as_of"]


def test_the_file_contains_no_formula(campaign, province, two_communes):
    found = coverage(campaign, province, "enrolled")

    assert "'=HYPERLINK(1)" in coverage_csv(found)
    assert cells_of(found.rows[1])[-1] == "=HYPERLINK(1)"


def test_a_commune_without_villages_says_what_to_do(client, campaign, commune, chief):
    client.force_login(chief)
    page = client.get(reverse("campaigns:coverage", args=[campaign.pk]), {"place": commune.pk})

    assert "Chưa có địa bàn nào" in page.text


# What it costs


@pytest.mark.parametrize("communes", [1, 3])
def test_a_province_costs_the_same_however_many_communes(
    client, campaign, province, chief, communes, django_assert_max_num_queries
):
    for _ in range(communes):
        place = PlaceFactory(kind="commune", parent=province)
        set_target(campaign, place, "enrolled", 10, 40, source="plan", by=chief)
        enrol(campaign, ResidentFactory(village=PlaceFactory(parent=place)))
    client.force_login(chief)
    url = reverse("campaigns:coverage", args=[campaign.pk])
    client.get(url)

    with django_assert_max_num_queries(11):
        client.get(url, {"indicator": "enrolled"})
