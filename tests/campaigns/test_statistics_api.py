"""Other programs read figures by token: of their own place, so often, and nobody's name."""

import datetime as dt
import re

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign, StatisticsClient
from campaigns.reports.figures import number
from campaigns.services import fold, set_target
from campaigns.services.clients import client_of, create_client, revoke_client
from people.roles import Role
from places.services import merge_places
from tests.campaigns.facts import came, enrol
from tests.factories import (
    AssignmentFactory,
    CampaignFactory,
    ClassGroupFactory,
    PlaceFactory,
    ResidentFactory,
    TeamFactory,
)

pytestmark = pytest.mark.django_db

BASE = "/api/stats/v1"


@pytest.fixture
def communes(campaign, province, commune, village, chief):
    """Lâm Thao with twelve learners, of whom seven came, and Tam Nông with three."""
    other = PlaceFactory(kind="commune", name="Tam Nông", parent=province)
    there = PlaceFactory(parent=other, name="Bến")
    set_target(campaign, commune, "reached", 20, 40, source="Kế hoạch 45", by=chief)
    rows = [enrol(campaign, ResidentFactory(village=village), day=5) for _ in range(12)]
    for row in rows[:7]:
        came(row, 8)
    for _ in range(3):
        enrol(campaign, ResidentFactory(village=there), day=5)
    fold()
    return commune, other


@pytest.fixture
def away(db):
    """Another province with everything of its own, whose words nobody here may read."""
    province = PlaceFactory(kind="province", name="Kwozlet")
    chief = AssignmentFactory(
        place=province, role=Role.PROVINCE_ORGANISER, user__username="xa"
    ).user
    village = PlaceFactory(
        parent=PlaceFactory(kind="commune", parent=province, name="Bruxnho"), name="Vifjan"
    )
    campaign = CampaignFactory(place=province, name="Cazwoi")
    set_target(campaign, province, "reached", 20, 40, source="Cazwoi 45", by=chief)
    ClassGroupFactory(
        campaign=campaign, place=village, team=TeamFactory(place=village, name="Kwozlet")
    )
    for _ in range(6):
        enrol(campaign, ResidentFactory(village=village, full_name="Cazwoi Kwozlet"))
    return campaign


class Asker:
    """A program with a token."""

    def __init__(self, place, by, **more):
        self.client, self.token = create_client("Kho dữ liệu", place, by=by, **more)
        self.browser = Client()

    def get(self, path, **query):
        headers = query.pop("headers", {})
        return self.browser.get(
            f"{BASE}{path}", query, headers={"Authorization": f"Bearer {self.token}", **headers}
        )

    def json(self, path, **query):
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.content
        return answer.json()


@pytest.fixture
def warehouse(province, chief):
    return Asker(province, chief, sees_exact=True)


@pytest.fixture
def stranger(province, chief):
    return Asker(province, chief)


# The rule


def test_exact_figures_are_those_of_the_reports(warehouse, campaign, province, communes):
    found = warehouse.json(f"/campaigns/{campaign.pk}/figures", indicator="enrolled")

    assert found["exact"] is True
    assert found["whole"]["value"] == number(campaign, province, "enrolled") == 15
    assert {row["place"]["id"]: row["value"] for row in found["children"]} == {
        communes[0].pk: 12,
        communes[1].pk: 3,
    }


def test_strangers_are_told_full_fives(stranger, campaign, communes):
    found = stranger.json(f"/campaigns/{campaign.pk}/figures", indicator="enrolled")

    assert found["exact"] is False
    assert (found["whole"]["value"], found["whole"]["under"]) == (15, None)
    assert [(row["value"], row["under"]) for row in found["children"]] == [(10, None), (None, 5)]


def test_a_day_that_is_past_is_as_it_was(warehouse, stranger, campaign, communes):
    path = f"/campaigns/{campaign.pk}/figures"

    for asker, then, now in ((warehouse, 0, 7), (stranger, None, 5)):
        assert asker.json(path, indicator="reached", until=7)["whole"]["value"] == then
        assert asker.json(path, indicator="reached", until=8)["whole"]["value"] == now
        assert asker.json(path, indicator="reached")["whole"]["value"] == now


def test_a_series_ends_in_the_figure_of_today(warehouse, stranger, campaign, communes):
    today = timezone.localdate()
    for asker, last, day in ((warehouse, 7, today), (stranger, 5, today - dt.timedelta(days=1))):
        days = asker.json(f"/campaigns/{campaign.pk}/series", indicator="reached")["days"]

        assert days[-1]["value"] == last
        assert days[-1]["date"] == day.isoformat()
        assert days[7]["value"] == (0 if asker is warehouse else None)


def test_strangers_are_told_nothing_of_today(warehouse, stranger, campaign, village, communes):
    today = campaign.day_number()
    base = f"/campaigns/{campaign.pk}"
    asks = [
        (f"{base}/figures", {"indicator": "enrolled"}),
        (f"{base}/figures", {"indicator": "enrolled", "until": today}),
        (f"{base}/series", {"indicator": "enrolled"}),
        (f"{base}/breakdowns", {"indicator": "enrolled", "by": "sex"}),
    ]

    def answers():
        return [stranger.json(path, **query) | {"as_of": ""} for path, query in asks]

    before = answers()
    for _ in range(10):
        enrol(campaign, ResidentFactory(village=village), day=today)

    assert answers() == before
    assert before[0]["until"] == before[1]["until"] == today - 1
    assert warehouse.json(f"{base}/figures", indicator="enrolled")["whole"]["value"] == 25


def test_groups_add_up_for_the_unit_itself(warehouse, campaign, communes):
    path = f"/campaigns/{campaign.pk}/breakdowns"

    for by in ("age", "sex", "language", "audience", "age_sex", "team"):
        groups = warehouse.json(path, indicator="enrolled", by=by)["groups"]
        assert sum(group["value"] for group in groups) == 15, by


def test_groups_are_told_of_the_whole_campaign_only(stranger, campaign, communes):
    path = f"/campaigns/{campaign.pk}/breakdowns"
    told = stranger.json(path, indicator="enrolled", by="language")
    refused = stranger.get(path, indicator="enrolled", by="language", place=communes[0].pk)

    assert {g["key"]: g["value"] for g in told["groups"]} == {"vi": 15, "mtq": None, "rad": None}
    assert (refused.status_code, refused.json()["code"]) == (403, "protected")
    assert stranger.get(path, indicator="enrolled", by="team").status_code == 422


def test_targets_say_out_of_how_many_and_by_which_source(warehouse, campaign, commune, communes):
    (target,) = warehouse.json(f"/campaigns/{campaign.pk}/targets")["items"]

    assert target["place"]["id"] == commune.pk
    assert (target["goal"], target["denominator"], target["source"]) == (20, 40, "Kế hoạch 45")


def test_places_are_a_tree_with_codes(warehouse, province, commune, communes):
    commune.code = "08515"
    commune.save()
    items = warehouse.json("/places")["items"]
    by_id = {item["id"]: item for item in items}

    assert [item["kind"] for item in items[:3]] == ["province", "commune", "village"]
    assert by_id[commune.pk]["parent"] == province.pk
    assert by_id[commune.pk]["code"] == "08515"
    assert len(warehouse.json("/places", within=commune.pk)["items"]) == 2
    assert len(warehouse.json("/places", kind="commune")["items"]) == 2


def test_a_list_comes_in_pages(warehouse, communes):
    seen, path = [], "/places?per_page=2"
    while path:
        page = warehouse.browser.get(
            path if path.startswith("http") else BASE + path,
            headers={"Authorization": f"Bearer {warehouse.token}"},
        ).json()
        seen += [item["id"] for item in page["items"]]
        path = page["next"]

    assert len(seen) == len(set(seen)) == page["count"] == 5


def test_what_has_not_changed_is_not_sent_again(warehouse, campaign, commune, village, communes):
    path = f"/campaigns/{campaign.pk}/figures"
    first = warehouse.get(path, indicator="enrolled")
    same = {"If-None-Match": first["ETag"]}

    assert warehouse.get(path, indicator="enrolled", headers=same).status_code == 304
    enrol(campaign, ResidentFactory(village=village))
    assert warehouse.get(path, indicator="enrolled", headers=same).status_code == 200
    assert "no-cache" in first["Cache-Control"]
    assert "private" in first["Cache-Control"]


# Who may

PATHS = (
    "/campaigns",
    "/places",
    "/campaigns/{campaign}/indicators",
    "/campaigns/{campaign}/figures?indicator=reached",
    "/campaigns/{campaign}/series?indicator=reached",
    "/campaigns/{campaign}/targets",
    "/campaigns/{campaign}/breakdowns?indicator=reached",
    "/campaigns/{campaign}/files",
)


def test_every_address_is_knocked_at_here(client):
    schema = client.get(reverse("stats:openapi-json")).json()
    known = {path.partition("?")[0] for path in PATHS} | {"/files/{file}"}

    assert {path.removeprefix(BASE) for path in schema["paths"]} == known


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "header",
    [None, "Bearer tns_wrong", "Bearer ", "Basic dGVzdDp0ZXN0", "tns_wrong"],
    ids=["none", "wrong", "empty", "basic", "bare"],
)
def test_nobody_gets_in_without_a_token(client, campaign, observer, path, header):
    # Not even whoever is signed in: a browser's session is no key here.
    client.force_login(observer)
    headers = {"Authorization": header} if header else {}

    answer = client.get(BASE + path.format(campaign=campaign.pk), headers=headers)

    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("exact", [True, False])
def test_another_province_is_not_there(campaign, province, chief, communes, away, path, exact):
    """And what is elsewhere looks like what is nowhere."""
    asker = Asker(province, chief, sees_exact=exact)

    answer = asker.get(path.format(campaign=away.pk))
    nowhere = asker.get(path.format(campaign=10**9))

    if "{campaign}" in path:
        assert answer.status_code == nowhere.status_code == 404
        assert answer.content == nowhere.content
    text = answer.content.decode() + str(dict(answer.items()))
    assert re.findall("Kwozlet|Bruxnho|Vifjan|Cazwoi", text) == []


@pytest.mark.parametrize("exact", [True, False])
def test_another_place_cannot_be_asked_for(
    campaign, province, commune, chief, communes, away, exact
):
    asker = Asker(commune, chief, sees_exact=exact)

    for place in (province, communes[1], away.place, 10**18, -1):
        pk = getattr(place, "pk", place)
        for path in ("figures", "series", "breakdowns"):
            answer = asker.get(f"/campaigns/{campaign.pk}/{path}", indicator="enrolled", place=pk)
            assert answer.status_code == 404
        assert asker.get("/places", within=pk).status_code == 404
    # What is its own it finds, and with nothing asked it is what it finds.
    assert asker.json(f"/campaigns/{campaign.pk}/figures", indicator="enrolled")["whole"][
        "value"
    ] == (12 if exact else 10)
    names = {place["name"] for place in asker.json("/places")["items"]}
    assert names == {"xã Lâm Thao", "thôn Cao Xá"}
    assert [t["place"]["id"] for t in asker.json(f"/campaigns/{campaign.pk}/targets")["items"]] == [
        commune.pk
    ]


def test_of_villages_and_evenings_strangers_are_told_nothing(stranger, campaign, village, communes):
    path = f"/campaigns/{campaign.pk}/figures"
    of_village = stranger.get(path, indicator="reached", place=village.pk)
    of_evenings = stranger.get(path, indicator="visits", place=communes[0].pk)

    assert (of_village.status_code, of_village.json()["code"]) == (403, "protected")
    assert (of_evenings.status_code, of_evenings.json()["code"]) == (403, "protected")
    assert stranger.json(path, indicator="visits")["children"] == []


def test_a_draft_is_nobodys_business(warehouse, campaign, communes):
    Campaign.objects.filter(pk=campaign.pk).update(state=Campaign.State.DRAFT)

    assert warehouse.json("/campaigns")["items"] == []


def test_a_revoked_token_opens_nothing(warehouse, chief, campaign):
    assert warehouse.get("/campaigns").status_code == 200
    revoke_client(warehouse.client, by=chief)

    assert warehouse.get("/campaigns").status_code == 401


def test_only_a_hash_of_the_token_is_kept(warehouse):
    row = StatisticsClient.objects.get()

    assert warehouse.token not in str(vars(row))
    assert client_of(warehouse.token) == row
    assert client_of(row.token_hash) is None


def test_nobody_gives_a_token_for_somebody_elses_place(chief, away):
    with pytest.raises(ValidationError) as refusal:
        create_client("Kho", away.place, by=chief)

    assert refusal.value.code == "elsewhere"


def test_figures_can_only_be_read(warehouse, campaign):
    for method in ("post", "put", "patch", "delete"):
        answer = getattr(warehouse.browser, method)(
            f"{BASE}/campaigns", headers={"Authorization": f"Bearer {warehouse.token}"}
        )
        assert answer.status_code == 405


def test_who_asks_too_often_waits(one_minute, province, chief, campaign):
    asker = Asker(province, chief, per_minute=2)

    codes = [asker.get("/campaigns").status_code for _ in range(4)]
    refused = asker.get("/campaigns")

    assert codes == [200, 200, 429, 429]
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert refused.json()["code"] == "too_many"
    (use,) = asker.client.uses.all()
    assert (use.requests, use.refused) == (2, 3)
    asker.client.refresh_from_db()
    assert asker.client.last_used_on == timezone.localdate()


def test_who_tries_tokens_is_slowed_down(one_minute, client):
    codes = {
        client.get(f"{BASE}/campaigns", headers={"Authorization": f"Bearer tns_{n}"}).status_code
        for n in range(31)
    }

    assert codes == {401, 429}


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"indicator": "password"}, 422, "unknown_indicator"),
        ({}, 422, "invalid"),
        ({"indicator": "reached", "place": "x"}, 422, "invalid"),
        ({"indicator": "reached", "until": "-3"}, 422, "invalid"),
        ({"indicator": "reached", "place": str(10**30)}, 404, "not_found"),
    ],
)
def test_what_is_wrong_is_said_as_a_problem(warehouse, campaign, communes, query, status, code):
    answer = warehouse.get(f"/campaigns/{campaign.pk}/figures", **query)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"


# The screens


def test_a_token_is_shown_once(client, chief, province):
    client.force_login(chief)
    data = {"name": "Kho dữ liệu tỉnh", "place": province.pk, "per_minute": 60}

    made = client.post(reverse("campaigns:new_client"), data)
    token = re.search(r"tns_[\w-]+", made.content.decode())[0]
    row = client_of(token)
    again = client.get(reverse("campaigns:client", args=[row.pk]))

    assert row.name == "Kho dữ liệu tỉnh"
    assert token not in again.content.decode()
    assert "no-store" in made["Cache-Control"]


def test_the_list_shows_use_and_revoking_ends_it(client, chief, province, warehouse, campaign):
    warehouse.get("/campaigns")
    client.force_login(chief)

    page = client.get(reverse("campaigns:clients"))
    assert [row.asked for row in page.context["active"]] == [1]

    client.post(reverse("campaigns:revoke_client", args=[warehouse.client.pk]))
    page = client.get(reverse("campaigns:clients"))
    assert (page.context["active"], len(page.context["revoked"])) == ([], 1)


def test_the_documentation_is_made_from_the_schema(client):
    schema = client.get(reverse("stats:openapi-json")).json()
    page = client.get(reverse("stats_docs")).content.decode()

    assert schema["openapi"].startswith("3.")
    assert all(path in page for path in schema["paths"])
    assert all(
        f'id="{name}"' in page
        for name, shape in schema["components"]["schemas"].items()
        if shape.get("properties")
    )
    # Nothing is fetched from elsewhere to show it.
    assert re.findall(r'(?:src|href)="(?:https?:)?//', page) == []


# The cost


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_asks_the_database_equally_often(
    warehouse, campaign, province, communes, django_assert_max_num_queries, path
):
    for number_of in range(3):
        more = PlaceFactory(kind="commune", name=f"Xã {number_of}", parent=province)
        enrol(campaign, ResidentFactory(village=PlaceFactory(parent=more)))
    warehouse.get("/campaigns")

    with django_assert_max_num_queries(10):
        warehouse.get(path.format(campaign=campaign.pk))


def test_what_was_counted_in_a_merged_commune_is_told_in_its_successor(
    campaign, province, communes, village, chief
):
    """Its own token goes on seeing what was its own, and no more."""
    old, into = communes
    ended, one, all_of = (Asker(place, chief, sees_exact=True) for place in (old, into, province))
    merge_places([old], into, by=chief, on=timezone.localdate())
    path = f"/campaigns/{campaign.pk}/figures"

    told = one.get(path, indicator="enrolled").json()

    assert told["whole"]["value"] == 15
    assert {child["value"] for child in told["children"]} == {12, 3}
    assert one.get(path, indicator="enrolled", place=village.pk).json()["whole"]["value"] == 12
    days = one.get(f"/campaigns/{campaign.pk}/series", indicator="enrolled").json()["days"]
    assert days[-1]["value"] == 15
    children = all_of.get(path, indicator="enrolled").json()["children"]
    assert [(child["place"]["id"], child["value"]) for child in children] == [(into.pk, 15)]
    assert ended.get(path, indicator="enrolled").json()["whole"]["value"] == 12
    assert ended.get(path, indicator="enrolled", place=into.pk).status_code == 404
