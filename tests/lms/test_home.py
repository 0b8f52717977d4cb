"""Everybody finds first what he or she does next, and nothing that is not theirs to use."""

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Indicator
from campaigns.services import set_target
from people.roles import Role
from tests.factories import AssignmentFactory, CampaignFactory, ClassSessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(province, organiser):
    return CampaignFactory(place=province, name="Trăm ngày Phú Thọ")


def menu(page):
    return [item.url for item in page.context["nav_items"]]


# Who finds what


def test_an_instructor_finds_tonights_class_and_its_register(client, session, instructor):
    session.instructors.add(instructor)
    client.force_login(instructor)

    page = client.get("/")

    assert [row["session"] for row in page.context["mine"]] == [session]
    assert reverse("progress:register", args=[session.pk]) in page.text
    assert "boards" not in page.context


def test_an_instructor_without_a_class_tonight_sees_the_next_one(client, session, instructor):
    session.starts_at = timezone.now() + timezone.timedelta(days=3)
    session.save()
    session.instructors.add(instructor)
    client.force_login(instructor)

    page = client.get("/")

    assert page.context["mine"] == []
    assert page.context["next"] == session


def test_an_organiser_finds_the_map_of_the_own_commune(client, campaign, commune, organiser):
    set_target(campaign, commune, Indicator.REACHED, 20, 100, source="Kế hoạch", by=organiser)
    client.force_login(organiser)

    (board,) = client.get("/").context["boards"]

    assert (board.campaign, board.place) == (campaign, commune)
    assert board.day == 63
    assert board.coverage.whole.goal == 20
    # Twenty in the 38 days that are left, today included.
    assert (board.need.missing, board.need.per_week) == (20, 4)


def test_an_author_finds_the_lessons_to_review(client, commune):
    author = AssignmentFactory(place=commune.get_parent(), role=Role.AUTHOR).user
    client.force_login(author)

    page = client.get("/")

    assert page.context["writes"]
    assert reverse("wagtailadmin_home") in menu(page)


def test_a_visitor_learns_what_it_is_about(client, campaign):
    page = client.get("/")

    assert page.context["campaigns"] == [
        {
            "name": campaign.name,
            "place": "tỉnh Phú Thọ",
            "day_number": 63,
            "length": 100,
            "url": reverse("public_campaign", args=[campaign.pk]),
        }
    ]
    assert reverse("people:card_entry") in page.text


def test_whoever_has_no_role_is_told_whom_to_ask(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("moi"))

    page = client.get("/")

    assert menu(page) == ["/", reverse("courses:list")]
    assert "người tổ chức" in page.text


@pytest.mark.parametrize(
    ("role", "hidden"),
    [
        (Role.OBSERVER, ["people:residents", "people:staff", "certificates:list"]),
        (Role.INSTRUCTOR, ["people:staff", "wagtailadmin_home"]),
        (Role.COMMUNE_ORGANISER, ["wagtailadmin_home"]),
    ],
)
def test_the_menu_hides_what_a_role_may_not_use(client, commune, role, hidden):
    client.force_login(AssignmentFactory(place=commune, role=role).user)

    offered = menu(client.get("/"))

    assert set(offered).isdisjoint(reverse(name) for name in hidden)
    for url in offered:
        assert client.get(url, follow=True).status_code == 200


# The cost


@pytest.mark.parametrize("classes", [1, 3])
def test_the_home_costs_the_same_however_many_classes(
    client, village, instructor, classes, django_assert_max_num_queries
):
    for _ in range(classes):
        ClassSessionFactory(class_group__place=village).instructors.add(instructor)
    client.force_login(instructor)

    with django_assert_max_num_queries(14):
        page = client.get("/")

    assert len(page.context["mine"]) == classes
