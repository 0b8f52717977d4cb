"""The map of a past day, of units that changed, of real boundaries; and what is old news."""

import datetime as dt
import gzip

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Indicator, OwnIndicator
from campaigns.reports import coverage, shape_map
from campaigns.reports.figures import last_news, numbers
from campaigns.reports.standing import standing
from campaigns.services import set_target
from campaigns.services.outcomes import note_tally
from people.roles import Role
from places.models import MapSheet
from places.services import merge_places, split_place
from tests.campaigns.facts import came, enrol
from tests.factories import AssignmentFactory, PlaceFactory, ResidentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def going(campaign, province, commune, village, chief):
    """One more learner each Saturday from day 6 on, ten by day 69; the target is twenty."""
    set_target(campaign, commune, "enrolled", 20, 60, source="Kế hoạch 45", by=chief)
    for day in range(6, 63, 7):
        enrol(campaign, ResidentFactory(village=village), day=day)
    return campaign


@pytest.fixture
def livestream(campaign, chief):
    return OwnIndicator.objects.create(
        campaign=campaign, number=1, name="Livestream", unit="buổi", per="tally", created_by=chief
    )


# The rule


@pytest.mark.parametrize(
    ("day", "reached", "status"),
    [(1, None, "silent"), (6, 1, "warn"), (20, 3, "warn"), (40, 5, "warn"), (62, 9, "warn")],
)
def test_a_past_day_shows_what_was_known_then(going, province, day, reached, status):
    found = coverage(going, province, "enrolled", day=day)

    assert (found.day, found.is_now) == (day, False)
    assert (found.rows[0].numerator, found.rows[0].status) == (reached, status)
    assert found.on == going.first_day + dt.timedelta(days=day - 1)


@pytest.mark.parametrize("day", [63, 64, 1000])
def test_today_and_what_is_to_come_is_now(going, province, day):
    found = coverage(going, province, "enrolled", day=day)

    assert (found.day, found.is_now, found.rows[0].numerator) == (63, True, 9)


def test_the_map_reads_what_the_figures_say(going, province, commune, village, livestream, chief):
    came(enrol(going, ResidentFactory(village=village), day=0), 9)
    silent = PlaceFactory(kind="commune", parent=province)
    note_tally(livestream, village, 7, by=chief)
    for parent in (province, commune, silent):
        for key in (*Indicator.values, "o1"):
            for until in (None, 0, 8, 9, 62):
                read = standing(going, [parent], key, until)
                known = {pk: s.number for pk, s in read.items() if s.number is not None}
                assert known == numbers(going, parent, key, until), (key, until)
        read = standing(going, [parent], "enrolled")
        assert {pk: s.last_day for pk, s in read.items()} == last_news(going, parent)


@pytest.mark.parametrize(("day", "is_stale"), [(45, False), (59, False), (60, True)])
def test_old_news_is_pale_as_seen_on_the_day(campaign, province, village, day, is_stale):
    """Fourteen days without news are allowed; the fifteenth is too many."""
    enrol(campaign, ResidentFactory(village=village), day=45)

    row = coverage(campaign, province, "enrolled", day=day).rows[0]

    assert row.is_stale == is_stale
    assert row.news == campaign.first_day + dt.timedelta(days=44)


# Units that change


def test_both_maps_have_the_same_totals(going, province, commune, village, chief):
    """Tam Nông goes into Lâm Thao on day 30; both go on being counted where they were noted."""
    other = PlaceFactory(kind="commune", name="Tam Nông", parent=province)
    hamlet = PlaceFactory(parent=other)
    set_target(going, other, "enrolled", 30, 90, source="Kế hoạch 46", by=chief)
    for day in (10, 20):
        enrol(going, ResidentFactory(village=hamlet), day=day)
    on = going.first_day + dt.timedelta(days=29)
    before = coverage(going, province, "enrolled")
    merge_places([other], commune, by=chief, on=on)

    old = coverage(going, province, "enrolled", units="old")
    new = coverage(going, province, "enrolled")

    assert [row.place for row in old.rows] == [row.place for row in before.rows]
    assert {row.name: row.numerator for row in old.rows} == {"xã Lâm Thao": 9, "xã Tam Nông": 2}
    assert [(row.name, row.numerator, row.goal) for row in new.rows] == [("xã Lâm Thao", 11, 50)]
    for found in (old, new):
        assert (found.whole.numerator, found.whole.goal, found.whole.denominator) == (11, 50, 150)
        assert found.changed_on == (on,)
    inside = coverage(going, commune, "enrolled")
    assert {row.place for row in inside.rows} == {village, hamlet}
    assert (inside.whole.numerator, inside.whole.goal) == (11, 50)


def test_the_parts_of_a_village_are_one_on_the_old_map(going, commune, village, chief):
    parts = split_place(
        village,
        [("thon", "Cao Xá 1"), ("thon", "Cao Xá 2")],
        by=chief,
        on=going.first_day + dt.timedelta(days=40),
    )
    enrol(going, ResidentFactory(village=parts[0]), day=50)

    old = coverage(going, commune, "enrolled", units="old")
    new = coverage(going, commune, "enrolled")

    assert [(row.place, row.numerator) for row in old.rows] == [(village, 10)]
    assert sum(row.numerator or 0 for row in new.rows) == 10
    assert {row.place for row in new.rows} == {village, *parts}
    rest = next(row for row in new.rows if row.place == village)
    assert rest.name != village.full_name


def test_what_is_noted_at_a_whole_commune_has_its_own_line(
    going, province, commune, village, livestream, chief
):
    note_tally(livestream, commune, 3, by=chief)
    note_tally(livestream, village, 2, by=chief)

    assert coverage(going, province, "o1").rows[0].numerator == 5
    found = coverage(going, commune, "o1")
    assert [(row.numerator, row.is_common) for row in found.rows] == [(2, False), (3, True)]
    assert found.everybody == 5
    assert [row.place for row in found.in_place] == [village]


# The screen


def test_the_slider_gets_the_part_that_depends_on_the_day_alone(client, going, chief):
    client.force_login(chief)
    url = reverse("campaigns:coverage", args=[going.pk])
    whole = client.get(url, {"indicator": "enrolled", "day": 40})
    part = client.get(
        url,
        {"indicator": "enrolled", "day": 40},
        HTTP_HX_REQUEST="true",
        HTTP_HX_TARGET="coverage-live",
    )

    assert "<html" not in part.text
    assert part.text.strip().startswith('<div id="coverage-live" data-day="40">')
    assert part.text.strip() in whole.text.replace(_token(whole), _token(part))
    assert "Số liệu cuối ngày thứ 40" in part.text
    assert "HX-Request" in part["Vary"]
    # One form, one button: whoever has no JavaScript moves the slider and presses it.
    assert '<input type="range" id="map-day" name="day" min="1" max="63" value="40"' in whole.text


def _token(page):
    start = page.text.index('name="csrfmiddlewaretoken" value="') + 34
    return page.text[start : start + 64]


@pytest.mark.parametrize("day", ["0", "-1", "x", "64", "9999999", "٣", ""])
def test_a_day_that_is_none_is_now(client, going, chief, day):
    client.force_login(chief)
    url = reverse("campaigns:coverage", args=[going.pk])

    assert client.get(url, {"day": day}).context["coverage"].is_now


def test_units_can_be_chosen_only_where_they_changed(client, going, province, commune, chief):
    client.force_login(chief)
    url = reverse("campaigns:coverage", args=[going.pk])
    assert 'name="map"' not in client.get(url).text
    other = PlaceFactory(kind="commune", parent=province)
    merge_places([other], commune, by=chief, on=timezone.localdate())

    page = client.get(url, {"map": "old"})

    assert 'name="map"' in page.text
    assert other.full_name in page.text


def test_real_boundaries_name_who_drew_them(client, going, province, commune, chief):
    bare = PlaceFactory(kind="commune", name="Không Hình", parent=province)
    MapSheet.objects.create(
        place=province,
        width=1000,
        height=600,
        attribution="Sở Nội vụ",
        sha256="x",
        units=1,
        points_before=9,
        points_after=4,
        bytes_sent=30,
    )
    commune.boundary, commune.label_x, commune.label_y = "M0 0L900 0L900 500Z", 400, 200
    commune.save()
    client.force_login(chief)
    url = reverse("campaigns:coverage", args=[going.pk])
    page = client.get(url, {"shape": "lines", "indicator": "enrolled"})

    assert 'd="M0 0L900 0L900 500Z"' in page.text
    assert "Sở Nội vụ" in page.text
    assert 'aria-label="xã Lâm Thao: 9 trên 20, 45 %, hơi chậm' in page.text
    assert [row.place for row in page.context["shapes"].without] == [bare]
    assert "M0 0L900" not in client.get(url).text
    assert len(shape_map(page.context["coverage"].in_place, province.map_sheet).shapes) == 1


def test_a_place_that_is_far_behind_says_whose_work_it_is(client, going, province, chief):
    slow = PlaceFactory(kind="commune", parent=province)
    enrol(going, ResidentFactory(village=PlaceFactory(parent=slow)))
    set_target(going, slow, "enrolled", 50, 90, source="plan", by=chief)
    client.force_login(chief)
    url = reverse("campaigns:coverage", args=[going.pk])
    page = client.get(url, {"indicator": "enrolled"})

    (row,) = page.context["coverage"].far_behind
    assert (row.place, row.is_nobodys) == (slow, True)
    assert "chưa có người chịu trách nhiệm" in page.text
    assert reverse("campaigns:work", args=[going.pk]) + f"?place={slow.pk}" in page.text


def test_a_cell_of_a_village_leads_to_its_people(client, going, commune, village, chief, observer):
    url = reverse("campaigns:coverage", args=[going.pk])
    people = reverse("progress:missing", args=[going.pk]) + f"?place={village.pk}"
    client.force_login(chief)
    assert f'<a href="{people}"' in client.get(url, {"place": commune.pk}).text
    # Who may not see people is led no further than the figures.
    client.force_login(observer)
    page = client.get(url, {"place": commune.pk})
    assert people not in page.text
    assert f"?place={village.pk}&amp;indicator=enrolled" in page.text


# What it costs


@pytest.mark.parametrize("query", [{}, {"day": 40}, {"indicator": "o1"}, {"shape": "lines"}])
def test_a_map_costs_ten_questions_at_most(
    client, going, province, livestream, chief, query, django_assert_max_num_queries
):
    for _ in range(3):
        place = PlaceFactory(kind="commune", parent=province)
        set_target(going, place, "enrolled", 10, 40, source="plan", by=chief)
        enrol(going, ResidentFactory(village=PlaceFactory(parent=place)))
    client.force_login(chief)
    url = reverse("campaigns:coverage", args=[going.pk])
    client.get(url)

    with django_assert_max_num_queries(10):
        client.get(url, query)


@pytest.mark.parametrize("page", ["coverage", "pace"])
@pytest.mark.parametrize("level", ["commune", "village"])
def test_a_commune_and_a_village_cost_no_more(
    client, going, commune, village, chief, page, level, django_assert_max_num_queries
):
    client.force_login(chief)
    url = reverse(f"campaigns:{page}", args=[going.pk])
    client.get(url)

    with django_assert_max_num_queries(10):
        client.get(url, {"place": {"commune": commune, "village": village}[level].pk})


@pytest.mark.parametrize("page", ["coverage", "pace"])
def test_nor_for_whoever_sees_the_commune_alone(
    client, going, commune, page, django_assert_max_num_queries
):
    organiser = AssignmentFactory(place=commune, role=Role.COMMUNE_ORGANISER).user
    client.force_login(organiser)
    url = reverse(f"campaigns:{page}", args=[going.pk])
    client.get(url)

    with django_assert_max_num_queries(10):
        client.get(url)


@pytest.mark.parametrize(
    ("page", "indicator", "most"),
    [("coverage", "enrolled", 12), ("coverage", "o1", 12), ("pace", "enrolled", 12)],
)
def test_a_commune_that_took_in_another_costs_two_more(
    client, going, commune, livestream, chief, page, indicator, most, django_assert_max_num_queries
):
    other = PlaceFactory(kind="commune", parent=commune.parent)
    enrol(going, ResidentFactory(village=PlaceFactory(parent=other)))
    merge_places([other], into=commune, on=timezone.localdate(), by=chief)
    client.force_login(chief)
    url = reverse(f"campaigns:{page}", args=[going.pk])
    client.get(url)

    with django_assert_max_num_queries(most):
        client.get(url, {"place": commune.pk, "indicator": indicator})


def test_the_map_of_a_large_province_is_small(client, going, province, chief):
    """148 communes: less than the promise of 60 KB once it is packed, signs and words included."""
    PlaceFactory.create_batch(147, kind="commune", parent=province)
    client.force_login(chief)
    page = client.get(reverse("campaigns:coverage", args=[going.pk])).text
    drawing = page[page.index('<svg class="coverage-map"') :]
    drawing = drawing[: drawing.index("</svg>")]

    assert drawing.count("<a href=") == 148
    assert len(gzip.compress(drawing.encode())) < 16_000
