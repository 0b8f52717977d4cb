"""Everybody may look at a campaign, and learns of no handful of people and of nobody's name."""

import datetime as dt
import io
import json

import pytest
import time_machine
from django.conf import settings
from django.contrib import messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import caches
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from campaigns.models import Campaign
from campaigns.reports.public import public_page
from campaigns.reports.told import told, told_groups, told_series_of, told_wholes
from campaigns.services import fold, set_target
from lms.homes import public_campaigns, public_figures
from tests.campaigns.facts import came, enrol
from tests.factories import (
    ClassGroupFactory,
    ClassSessionFactory,
    PlaceFactory,
    ResidentFactory,
    VenueFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def communes(campaign, province, commune, village, chief):
    """Lâm Thao with twelve learners of twenty, Tam Nông with three of ten."""
    other = PlaceFactory(kind="commune", name="Tam Nông", parent=province)
    there = PlaceFactory(parent=other, name="Bến")
    set_target(campaign, commune, "enrolled", 20, 40, source="Kế hoạch 45", by=chief)
    set_target(campaign, other, "enrolled", 10, 90, source="Kế hoạch 45", by=chief)
    for n, where in ((12, village), (3, there)):
        for _ in range(n):
            enrol(campaign, ResidentFactory(village=where), day=5)
    return commune, other


@pytest.fixture
def url(campaign):
    return reverse("public_campaign", args=[campaign.pk])


@pytest.fixture
def evening(campaign, village, team):
    """A class tomorrow evening in the cultural house."""
    venue = VenueFactory(place=village, name="Nhà văn hóa Cao Xá", address="Ngõ 2")
    group = ClassGroupFactory(
        campaign=campaign, place=village, team=team, venue=venue, name="Lớp bà Zuy"
    )
    return ClassSessionFactory(
        class_group=group, starts_at=timezone.now() + dt.timedelta(days=1), note="Nhớ gọi bà Zuy"
    )


# The rule


@pytest.mark.parametrize("folded", [True, False])
def test_strangers_are_told_full_fives(campaign, province, communes, folded):
    if folded:
        fold()
    found = told(campaign, "enrolled")

    assert found.figures == {communes[0].pk: 10, communes[1].pk: 0}
    assert found.whole == 15
    assert told_wholes([campaign])[campaign.pk]["enrolled"] == 15


def test_colours_follow_from_what_is_told(campaign, communes):
    # On day 63 Tam Nông's three of ten would be yellow or red; told "under 5" it is red.
    by_place = {row.place: row.status for row in told(campaign, "enrolled").found.rows}

    assert by_place == {communes[0]: "warn", communes[1]: "bad"}


def test_a_sum_over_targets_is_of_told_figures(campaign, communes):
    found = told(campaign, "enrolled")

    assert (found.found.whole.numerator, found.found.whole.goal, found.share) == (10, 30, 30)


def test_of_evenings_only_the_total_is_told(campaign, communes, village):
    row = enrol(campaign, ResidentFactory(village=village))
    for day in range(1, 8):
        came(row, day)

    found = told(campaign, "visits")

    assert (found.whole, found.found.rows) == (5, [])


def test_the_days_of_strangers_end_in_what_they_are_told_today(campaign, province, communes):
    days = told_series_of(campaign, province, "enrolled")

    assert days[4:6] == [0, 15]
    assert days[-1] == told(campaign, "enrolled").whole
    assert told_series_of(campaign, communes[0], "enrolled")[-1] == 10
    assert told_series_of(campaign, communes[1], "enrolled")[-1] == 0


@pytest.mark.parametrize("folded", [True, False])
def test_strangers_are_told_how_it_stood_at_the_end_of_yesterday(
    campaign, village, communes, folded
):
    before = told(campaign, "enrolled")
    for day in (campaign.day_number() - 1, campaign.day_number()):
        for _ in range(5):
            enrol(campaign, ResidentFactory(village=village), day=day)
        caches["pages"].clear()
        if folded:
            fold()
    found = told(campaign, "enrolled")

    assert (before.whole, found.whole) == (15, 20)
    assert found.figures[communes[0].pk] == 15
    assert told_wholes([campaign])[campaign.pk]["enrolled"] == 20
    assert told_series_of(campaign, campaign.place, "enrolled")[-1] == 20
    with time_machine.travel(timezone.now() + dt.timedelta(days=1)):
        assert told(campaign, "enrolled").whole == 25
        assert told_wholes([campaign])[campaign.pk]["enrolled"] == 25


def test_on_the_first_day_strangers_are_told_what_was_before(campaign, village):
    for _ in range(5):
        enrol(campaign, ResidentFactory(village=village), day=1)
    noon = dt.datetime.combine(campaign.first_day, dt.time(12))
    with time_machine.travel(timezone.make_aware(noon)):
        assert told(campaign, "enrolled").whole == 0
        assert told(campaign, "visits").whole == 0
        assert told_wholes([campaign])[campaign.pk]["enrolled"] == 0
    with time_machine.travel(timezone.make_aware(noon + dt.timedelta(days=1))):
        assert told(campaign, "enrolled").whole == 5


def test_groups_are_told_one_after_the_other(campaign, communes):
    found = told_groups(campaign, "enrolled")

    assert set(found) == {"age", "sex", "language", "audience"}
    assert all(n % 5 == 0 for cells in found.values() if cells for n in cells.values())


# Who may


def test_everybody_may_look(client, url, campaign, communes):
    answer = client.get(url)

    assert answer.status_code == 200
    assert answer.context["found"].campaign == campaign


@pytest.mark.parametrize(
    "change", [{"is_public": False}, {"state": Campaign.State.DRAFT}], ids=["hidden", "draft"]
)
@pytest.mark.parametrize("name", ["campaign", "places", "card", "code"])
def test_what_is_not_public_is_not_there(client, campaign, change, name):
    Campaign.objects.filter(pk=campaign.pk).update(**change)

    assert client.get(reverse(f"public_{name}", args=[campaign.pk])).status_code == 404


def test_an_ended_campaign_stays_to_be_seen(client, url, campaign, communes, evening):
    Campaign.objects.filter(pk=campaign.pk).update(state=Campaign.State.CLOSED)

    answer = client.get(url)

    assert answer.status_code == 200
    assert "Cao Xá" not in answer.content.decode()


# The screen


def test_small_numbers_stand_nowhere_on_the_page(client, url, communes):
    text = client.get(url).content.decode()

    assert "Xã Tam Nông" in text
    assert "dưới 5" in text
    assert public_page(Campaign.objects.get()).totals["enrolled"] == 15


def test_the_page_says_up_to_when(client, url, communes):
    day = timezone.localdate() - dt.timedelta(days=1)

    assert f"đến hết ngày hôm qua, {day:%d/%m/%Y}" in client.get(url).content.decode()


def test_classes_say_where_and_when_and_no_name(client, url, commune, communes, evening):
    text = client.get(url, {"commune": commune.pk}).content.decode()

    starts = timezone.localtime(evening.starts_at)
    assert f"{starts:%d/%m, %H:%M}" in text
    assert "Nhà văn hóa Cao Xá, Ngõ 2" in text
    # Neither the class's own name, which may be a person's, nor what was noted, nor the team.
    assert "Zuy" not in text
    assert evening.class_group.team.name not in text


def test_a_class_is_found_by_the_village(client, url, commune, communes, evening):
    text = client.get(url, {"q": "cao xa"}).content.decode()

    assert f"?commune={commune.pk}#near" in text
    assert "Không có xã hay thôn nào" in client.get(url, {"q": "xyz"}).content.decode()


@pytest.mark.parametrize("wanted", ["x", "9" * 30, "0", "-1"])
def test_an_odd_commune_is_no_commune(client, url, communes, wanted):
    answer = client.get(url, {"commune": wanted})

    assert (answer.status_code, answer.context["commune"]) == (200, None)


def test_a_phone_measures_by_itself_against_a_public_list(
    client, campaign, commune, communes, evening
):
    commune.latitude, commune.longitude = 21.31234, 105.28765
    commune.save()

    answer = client.get(reverse("public_places", args=[campaign.pk]))

    assert json.loads(answer.content) == {
        "places": [{"id": commune.pk, "name": "xã Lâm Thao", "lat": 21.312, "lon": 105.288, "n": 1}]
    }
    assert "geolocation=(self)" in answer["Permissions-Policy"]


def test_whoever_is_sent_the_address_sees_a_picture(client, campaign, url, communes):
    text = client.get(url).content.decode()
    card = client.get(reverse("public_card", args=[campaign.pk]))
    picture = Image.open(io.BytesIO(card.content))

    assert (picture.format, picture.size) == ("PNG", (1200, 630))
    assert len(card.content) < 100_000
    assert f'<link rel="canonical" href="{settings.SITE_ADDRESS}{url}">' in text
    assert text.count('property="og:image"') == 1
    assert f'content="{settings.SITE_ADDRESS}{url}card.png"' in text


def test_the_address_can_be_hung_up_as_a_code(client, campaign):
    answer = client.get(reverse("public_code", args=[campaign.pk]))

    assert answer["Content-Type"] == "image/svg+xml"
    assert answer.content.startswith(b"<svg")
    assert b"style=" not in answer.content


def test_the_front_page_leads_there_and_tells_no_more(client, campaign, url, communes):
    (listed,) = public_campaigns()

    assert listed["url"] == url
    assert public_figures()["learners"] == 15
    assert f'href="{url}"' in client.get("/").content.decode()


# The cost


def test_a_page_is_made_once_for_all_strangers(url, communes, django_assert_num_queries):
    first = Client().get(url)

    with django_assert_num_queries(0):
        second = Client().get(url)
        same = Client().get(url, headers={"If-None-Match": first["ETag"]})

    assert second.content == first.content
    assert same.status_code == 304
    assert "public" in first["Cache-Control"]


def test_whoever_is_signed_in_gets_a_page_of_his_own(client, url, communes, observer):
    Client().get(url)
    client.force_login(observer)

    answer = client.get(url)

    assert "no-store" in answer["Cache-Control"]
    assert "Vũ" in observer.full_name or observer.username not in answer.content.decode()
    assert Client().get(url).content != answer.content


def test_each_language_and_size_has_its_own(url, communes):
    vietnamese = Client().get(url).content
    english = Client()
    english.cookies["django_language"] = "en"
    large = Client()
    large.cookies["look_size"] = "3"

    assert english.get(url).content != vietnamese
    assert large.get(url).content != vietnamese


@pytest.mark.parametrize("n", [0, 3])
def test_a_page_asks_the_database_equally_often(
    url, campaign, province, communes, evening, django_assert_max_num_queries, n
):
    for number in range(n):
        more = PlaceFactory(kind="commune", name=f"Xã {number}", parent=province)
        village = PlaceFactory(parent=more)
        enrol(campaign, ResidentFactory(village=village))
        group = ClassGroupFactory(campaign=campaign, place=village)
        ClassSessionFactory(class_group=group, starts_at=timezone.now() + dt.timedelta(days=2))
    caches["pages"].clear()

    with django_assert_max_num_queries(18):
        Client().get(url, {"commune": communes[0].pk, "q": "cao"})


def test_ever_new_questions_are_slowed_down(url, communes, monkeypatch):
    monkeypatch.setattr("campaigns.views.public.PER_MINUTE", 3)
    stranger = Client()

    codes = [stranger.get(url, {"q": f"x{n}"}).status_code for n in range(5)]

    assert codes == [200, 200, 200, 429, 429]
    assert stranger.get(url, {"q": "x0"}).status_code == 200


@pytest.mark.parametrize("cookie", [settings.SESSION_COOKIE_NAME, "messages"])
@pytest.mark.parametrize("name", ["campaign", "places", "card", "code"])
def test_a_made_up_cookie_has_nothing_made_anew(
    campaign, communes, cookie, name, django_assert_max_num_queries
):
    address = reverse(f"public_{name}", args=[campaign.pk])
    Client().get(address)
    liar = Client()
    liar.cookies[cookie] = "x"

    # Whether there is such a session must be asked; nothing else.
    with django_assert_max_num_queries(1):
        answer = liar.get(address)

    assert answer.content == Client().get(address).content
    assert "public" in answer["Cache-Control"]


@pytest.mark.parametrize("cookie", [None, settings.SESSION_COOKIE_NAME, "messages"])
def test_nobody_has_ever_new_pages_made(one_minute, url, communes, monkeypatch, cookie):
    monkeypatch.setattr("campaigns.views.public.PER_MINUTE", 3)
    stranger = Client()
    if cookie:
        stranger.cookies[cookie] = "x"

    codes = [stranger.get(url, {"q": f"x{n}"}).status_code for n in range(5)]

    assert codes == [200, 200, 200, 429, 429]


def test_neither_do_members_of_staff(one_minute, client, url, communes, observer, monkeypatch):
    monkeypatch.setattr("campaigns.views.public.PER_MINUTE", 3)
    client.force_login(observer)

    assert [client.get(url).status_code for _ in range(5)] == [200, 200, 200, 429, 429]


@pytest.mark.parametrize("name", ["campaign", "places", "card", "code"])
def test_what_nobody_asked_for_makes_no_other_page(
    campaign, communes, name, django_assert_num_queries
):
    address = reverse(f"public_{name}", args=[campaign.pk])
    first = Client().get(address)

    with django_assert_num_queries(0):
        other = Client().get(address, {"x": "1", "commune": "y"})

    assert other.content == first.content


def test_what_somebody_is_told_is_kept_for_nobody_else(url, communes):
    told_this = Client()
    # What the last act has to say, as it lies in the visitor's own cookie.
    request = RequestFactory().get("/")
    storage = CookieStorage(request)
    storage.add(messages.INFO, "Zuyvang")
    response = HttpResponse()
    storage.update(response)
    told_this.cookies["messages"] = response.cookies["messages"].value

    assert "Zuyvang" not in told_this.get(url).content.decode()
    assert "Zuyvang" not in Client().get(url).content.decode()
    # It is still there on the next page of one's own.
    assert "Zuyvang" in told_this.get(reverse("account_login")).content.decode()
