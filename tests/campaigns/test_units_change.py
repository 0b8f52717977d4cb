"""Units merge and are split in mid-campaign: each total is the same, before and after, on any map.

A random history is told, the units change, and the history goes on.
"""

import random

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Indicator, Target, TargetChange
from campaigns.reports import coverage
from campaigns.services import compare, fold
from campaigns.services.units import split_village_and_targets
from people.imports.splitting import read_parts
from people.models import Change, Resident
from people.roles import Role
from people.services import split_village
from places.models import Place
from places.reports import members_of
from places.services import merge_places
from tests.campaigns.facts import came, enrol, facts_of, went
from tests.factories import (
    AssignmentFactory,
    CampaignFactory,
    PlaceFactory,
    ResidentFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

BOTH = ("old", "new")


class World:
    """A campaign in a province of three communes with three villages each, and its history."""

    def __init__(self, province, seed):
        self.dice = random.Random(seed)
        self.province = province
        self.campaign = CampaignFactory(place=province)
        self.by = UserFactory()
        self.communes = [
            PlaceFactory(kind="commune", parent=province, name=name)
            for name in ("Ba", "Hai", "Một")
        ]
        self.villages = [
            PlaceFactory(parent=commune, name=f"{commune.name} {n}")
            for commune in self.communes
            for n in (1, 2, 3)
        ]
        self.rows = []
        for village in self.villages:
            for _ in range(self.dice.randint(1, 3)):
                self.comes(village)
        for place in (*self.communes, *self.villages):
            if self.dice.random() < 0.8:
                Target.objects.create(
                    campaign=self.campaign,
                    place=place,
                    indicator="reached",
                    goal=self.dice.randint(1, 40),
                    denominator=100,
                    as_of=self.campaign.first_day,
                    source="Kế hoạch",
                )

    def comes(self, village):
        resident = ResidentFactory(village=village)
        self.rows.append(enrol(self.campaign, resident, day=self.dice.randint(1, 60)))

    def goes_on(self, steps=12):
        for _ in range(steps):
            row = self.dice.choice(self.rows)
            row.refresh_from_db()
            day = self.dice.randint(1, 63)
            self.dice.choice([came, came, came, went])(row, day)
            if self.dice.random() < 0.2:
                fold(limit=5)

    def read(self, place, key, units):
        """Return {place: (figure, goal)} of the rows of a map, without what counts nothing."""
        rows = coverage(self.campaign, place, key, units=units).rows
        return {
            (row.place.pk, row.is_common): (row.numerator, row.goal)
            for row in rows
            if row.numerator or row.goal
        }

    def total(self, place, key, units):
        return sum(n or 0 for n, _goal in self.read(place, key, units).values())


@pytest.fixture(params=range(4))
def world(province, request):
    world = World(province, request.param)
    world.goes_on()
    return world


def change(world):
    """Merge two communes, and villages inside; split one of the villages. Return what is new."""
    ba, hai, _mot = world.communes
    split, gone, kept = world.villages[0], world.villages[1], world.villages[3]
    merge_places([ba], hai, by=world.by)
    merge_places([gone], kept, by=world.by)
    people = list(Resident.objects.filter(village=split).values_list("pk", flat=True))
    cut = world.dice.randint(0, len(people))
    parts = [("thon", "Trên", people[:cut]), ("thon", "Dưới", people[cut:])]
    return split_village_and_targets(split, parts, by=world.by)


def test_every_total_is_the_same_before_and_after_on_either_map(world):
    province, (ba, hai, mot) = world.province, world.communes
    before = {key: world.read(province, key, "old") for key in Indicator.values}
    inside = {
        (key, place.pk): world.read(place, key, "old")
        for key in Indicator.values
        for place in (ba, hai, mot)
    }

    parts = change(world)

    for key in Indicator.values:
        assert world.read(province, key, "old") == before[key]
        new = world.read(province, key, "new")
        both = [before[key].get((place.pk, False), (0, None)) for place in (ba, hai)]
        assert new.get((hai.pk, False), (0, None))[0] == sum(n or 0 for n, _goal in both)
        assert new.get((mot.pk, False)) == before[key].get((mot.pk, False))
        assert (ba.pk, False) not in new
        for place in (ba, hai, mot):
            assert world.read(place, key, "old") == inside[key, place.pk]
        assert world.total(hai, key, "new") == world.total(ba, key, "old") + world.total(
            hai, key, "old"
        )
    assert {part.pk for part in parts} <= {
        pk for pk, _common in world.read(hai, "registered", "new")
    } | {part.pk for part in parts if not part.residents.exists()}
    assert compare(world.campaign, facts_of(world.campaign)) == []


def test_the_goal_of_a_merged_unit_is_the_sum_of_its_members(world):
    ba, hai, _mot = world.communes
    before = world.read(world.province, "reached", "old")
    goals = [before.get((place.pk, False), (0, None))[1] for place in (ba, hai)]

    change(world)

    new = world.read(world.province, "reached", "new").get((hai.pk, False), (0, None))
    assert new[1] == (sum(goal or 0 for goal in goals) or None)
    assert world.read(world.province, "reached", "old") == before


def test_the_history_goes_on_and_both_maps_agree(world):
    parts = change(world)
    hai = world.communes[1]
    new = PlaceFactory(parent=hai, name="Mới", valid_from=timezone.localdate())
    for village in (*parts, new, world.villages[3]):
        world.comes(village)
    world.goes_on(20)

    for key in Indicator.values:
        old, now = (world.total(world.province, key, units) for units in BOTH)
        assert old == now
        assert world.total(hai, key, "new") == sum(
            world.total(place, key, "old") for place in world.communes[:2]
        )
    assert compare(world.campaign, facts_of(world.campaign)) == []


def test_the_successors_organiser_reads_the_unit_that_has_ended(client, province):
    world = World(province, seed=9)
    ba, hai, _mot = world.communes
    organiser = AssignmentFactory(place=hai, role=Role.COMMUNE_ORGANISER).user
    client.force_login(organiser)
    url = reverse("campaigns:coverage", args=[world.campaign.pk])
    assert client.get(url, {"place": ba.pk}).status_code == 404

    change(world)

    assert client.get(url, {"place": ba.pk}).status_code == 200
    assert world.campaign.places_for(organiser)[0] == hai
    assert organiser.has_perm("campaigns.view_report", ba)


# Splitting


def test_the_goal_of_a_village_goes_with_its_people(province, village):
    campaign = CampaignFactory(place=province)
    people = [person.pk for person in ResidentFactory.create_batch(3, village=village)]
    Target.objects.create(
        campaign=campaign,
        place=village,
        indicator="reached",
        goal=8,
        denominator=10,
        as_of=campaign.first_day,
        source="Kế hoạch 45",
    )

    first, second = split_village_and_targets(
        village, [("thon", "1", people[:1]), ("thon", "2", people[1:])], by=UserFactory()
    )

    goals = {t.place: (t.goal, t.denominator, t.source) for t in Target.objects.all()}
    assert goals == {first: (3, 3, "Kế hoạch 45"), second: (5, 7, "Kế hoạch 45")}
    assert TargetChange.objects.filter(how="split").count() == 3


def test_everybody_comes_along_and_it_is_noted(village):
    people = ResidentFactory.create_batch(3, village=village)
    a, b, c = (person.pk for person in people)
    by = UserFactory()

    first, second = split_village(village, [("thon", "1", [a]), ("thon", "2", [b, c])], by=by)

    assert list(first.residents.values_list("pk", flat=True)) == [a]
    assert set(second.residents.values_list("pk", flat=True)) == {b, c}
    assert Change.objects.filter(verb="changed", fields=["village"], by=by).count() == 3


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [([0], [], "unassigned"), ([0, 1], [1], "twice"), ([0, 1], [99_999], "stranger")],
)
def test_a_split_is_refused_and_nothing_is_half_done(village, first, second, code):
    people = [person.pk for person in ResidentFactory.create_batch(2, village=village)]
    groups = [[people[n] if n < 2 else n for n in group] for group in (first, second)]

    with pytest.raises(ValidationError) as refusal:
        split_village(
            village, [("thon", "1", groups[0]), ("thon", "2", groups[1])], by=UserFactory()
        )

    assert refusal.value.code == code
    assert Place.objects.villages().count() == 1
    assert Resident.objects.filter(village=village).count() == 2


def test_whoever_is_nobody_any_more_stays_with_the_old_village(village):
    lan, double = ResidentFactory.create_batch(2, village=village)
    Resident.objects.filter(pk=double.pk).update(merged_into=lan)

    split_village(village, [("thon", "1", [lan.pk]), ("thon", "2", [])], by=UserFactory())

    double.refresh_from_db()
    assert double.village == village


def test_a_list_says_who_lives_where():
    people = [
        Resident(pk=1, full_name="Trần Thị Lan", birth_year=1955),
        Resident(pk=2, full_name="Lê Văn Bình", birth_year=1960),
        Resident(pk=3, full_name="Lê Văn Bình", birth_year=1972),
        Resident(pk=4, full_name="Bùi Thị Mơ"),
    ]
    parts = [("thon", "5A"), ("to_dan_pho", "5B")]
    lines = (
        "Họ và tên;Năm sinh;Thôn mới",
        "TRẦN THỊ LAN;1955;Thôn 5A",
        "Le Van Binh;1972;tổ dân phố 5b",
        "Bùi Thị Mơ;;1",
        "Lê Văn Bình;;5A",
        "Đỗ Văn Lạ;1950;5A",
        "Trần Thị Lan;1955;Thôn 9",
    )

    found, problems = read_parts("ds.csv", "\n".join(lines).encode(), people, parts)

    assert found == {1: 0, 3: 1, 4: 0}
    assert [problem.split(":")[0].split()[-1] for problem in problems] == ["5", "6", "7"]


# The screens


@pytest.fixture
def two(province):
    return [PlaceFactory(kind="commune", name=name, parent=province) for name in ("Cũ", "Mới")]


@pytest.fixture
def boss(client, province):
    user = AssignmentFactory(place=province, role=Role.PROVINCE_ORGANISER).user
    client.force_login(user)
    return user


def test_communes_are_looked_at_and_merged(client, two, boss):
    old, new = two
    ResidentFactory.create_batch(2, village=PlaceFactory(parent=old))
    ResidentFactory(village=PlaceFactory(parent=new))
    CampaignFactory(place=old.parent)
    url = reverse("campaigns:merge_units", args=[new.pk])
    said = {"places": [old.pk], "on": timezone.localdate().isoformat(), "designation": "phuong"}

    page = client.post(url, {**said, "name": "Đoàn Kết", "step": "preview"})

    assert page.context["tables"][0].total.residents == 3
    assert page.context["new_name"] == "phường Đoàn Kết"
    old.refresh_from_db()
    assert old.valid_to is None

    answer = client.post(url, {**said, "name": "Đoàn Kết", "step": "confirm"})

    assert answer.url == reverse("places:detail", args=[new.pk])
    old.refresh_from_db()
    assert list(old.successors.all()) == [new]
    assert [place.pk for place in members_of(new, timezone.localdate())] == [new.pk, old.pk]
    page = client.get(answer.url).content.decode()
    assert "phường Đoàn Kết" in page
    assert "xã Cũ" in page


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"places": []}, "places"),
        ({"on": "2099-01-01"}, "on"),
        ({"on": ""}, "on"),
        ({"on": "0001-01-01"}, "on"),
        ({"on": "1975-01-01"}, "on"),
        ({"places": [0]}, "places"),
        ({"name": "Ba"}, "__all__"),
    ],
)
def test_a_merger_on_the_screen_is_refused(client, two, boss, said, field):
    old, new = two
    PlaceFactory(kind="commune", name="Ba", parent=old.parent)
    right = {"places": [old.pk], "on": timezone.localdate().isoformat(), "name": ""}

    answer = client.post(
        reverse("campaigns:merge_units", args=[new.pk]),
        {**right, "designation": "xa", **said, "step": "confirm"},
    )

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Place.objects.exclude(valid_to=None).exists()


def test_a_commune_merges_only_its_villages(client, commune, village, two):
    user = AssignmentFactory(place=commune, role=Role.COMMUNE_ORGANISER).user
    client.force_login(user)

    assert client.get(reverse("campaigns:merge_units", args=[commune.pk])).status_code == 403
    assert client.get(reverse("campaigns:merge_units", args=[village.pk])).status_code == 200
    assert client.get(reverse("campaigns:merge_units", args=[two[0].pk])).status_code == 404


@pytest.fixture
def observed(province, two):
    """A commune that went into another one; its organiser only looks at that one."""
    own, other = two
    villages = [PlaceFactory(parent=place, name=place.name) for place in two]
    user = AssignmentFactory(place=own, role=Role.COMMUNE_ORGANISER).user
    AssignmentFactory(place=other, role=Role.OBSERVER, user=user)
    merge_places([own], other, by=UserFactory(), on=timezone.localdate())
    return user, *villages


def test_nobody_ends_villages_that_are_only_looked_at(client, observed):
    user, own, other = observed
    second = PlaceFactory(parent=own.parent, name="Thứ hai")
    client.force_login(user)
    url = reverse("campaigns:merge_units", args=[own.pk])
    said = {"on": timezone.localdate().isoformat(), "name": "", "designation": ""}

    assert list(client.get(url).context["form"].fields["places"].queryset) == [second]
    answer = client.post(url, {**said, "places": [other.pk], "step": "confirm"})
    assert answer.status_code == 422
    other.refresh_from_db()
    assert other.valid_to is None

    answer = client.post(url, {**said, "places": [second.pk], "step": "confirm"})
    assert answer.url == reverse("places:detail", args=[own.pk])


def test_a_merger_asks_again_for_each_unit_chosen(client, observed, monkeypatch):
    user, own, other = observed
    client.force_login(user)
    monkeypatch.setattr(
        "campaigns.views.units._neighbours", lambda user, into: Place.objects.exclude(pk=into.pk)
    )
    said = {"on": timezone.localdate().isoformat(), "name": "", "designation": ""}

    answer = client.post(
        reverse("campaigns:merge_units", args=[own.pk]),
        {**said, "places": [other.pk], "step": "confirm"},
    )

    assert answer.status_code == 403
    other.refresh_from_db()
    assert other.valid_to is None


@pytest.fixture
def five_hundred(village):
    Resident.objects.bulk_create(
        Resident(full_name=f"Trần Thị {n}", sort_key=f"{n:03}", village=village) for n in range(500)
    )


def test_a_village_of_500_is_split_on_one_page(client, village, boss, five_hundred):
    url = reverse("campaigns:split_village", args=[village.pk])
    said = {"parts": "Thôn 1\nThôn 2", "on": timezone.localdate().isoformat(), "how": "hand"}
    page = client.post(url, {**said, "step": "begin"})
    assert (page.context["stage"], len(page.context["people"])) == ("people", 500)

    people = Resident.objects.order_by("pk").values_list("pk", flat=True)
    ticked = {f"in-{pk}": "0" for pk in people[:200]}
    page = client.post(url, {**said, **ticked, "step": "preview"})
    assert page.context["stage"] == "people"
    assert page.context["form"].errors.as_data()["__all__"][0].code == "unassigned"

    page = client.post(url, {**said, **ticked, "rest": "1", "step": "preview"})
    assert [n for _number, _name, n in page.context["parts"]] == [200, 300]
    assert Place.objects.villages().current().get() == village

    packed = page.context["packed"]
    answer = client.post(url, {**said, "packed": packed, "step": "confirm"})
    assert answer.status_code == 302
    parts = Place.objects.villages().current()
    assert [part.residents.count() for part in parts] == [200, 300]


def test_the_alphabet_sorts_at_first(client, village, boss):
    for name in ("Trần An", "Trần Bình", "Trần Cúc", "Trần Dung"):
        ResidentFactory(full_name=name, village=village)

    page = client.post(
        reverse("campaigns:split_village", args=[village.pk]),
        {"parts": "1\n2", "on": timezone.localdate().isoformat(), "how": "alphabet",
         "step": "begin"},
    )  # fmt: skip

    assert [part for _person, part in page.context["people"]] == [0, 0, 1, 1]


def test_a_list_sorts_at_first_and_tells_what_it_cannot_read(client, village, boss, lan):
    file = SimpleUploadedFile("ds.csv", "Họ tên,Thôn mới\nTrần Thị Lan,2\nAi đó,1".encode())

    page = client.post(
        reverse("campaigns:split_village", args=[village.pk]),
        {"parts": "1\n2", "on": timezone.localdate().isoformat(), "how": "file", "file": file,
         "step": "begin"},
    )  # fmt: skip

    assert [part for _person, part in page.context["people"]] == [1]
    assert len(page.context["problems"]) == 1


def test_numbers_without_an_end_sort_nobody(client, village, boss, lan):
    endless = "9" * 5000
    said = {"parts": "Thôn 5A\nThôn 5B", "on": timezone.localdate().isoformat(), "how": "hand"}

    page = client.post(
        reverse("campaigns:split_village", args=[village.pk]),
        {
            **said,
            "step": "sort",
            "packed": f"{endless}:0 {lan.pk}:{endless}",
            f"in-{lan.pk}": endless,
            "rest": endless,
        },
    )

    assert page.status_code == 200
    assert page.context["left"] == 1


@pytest.mark.parametrize("parts", ["", "Thôn 1", "1\n1", "1\nx\n" * 5, "1\n---"])
def test_parts_without_sense_are_refused(client, village, boss, parts):
    url = reverse("campaigns:split_village", args=[village.pk])

    answer = client.post(
        url,
        {"parts": parts, "on": timezone.localdate().isoformat(), "how": "hand", "step": "preview"},
    )

    assert answer.status_code == 422
    assert Place.objects.villages().count() == 1
