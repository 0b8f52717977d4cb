"""Every screen that shows people's data is closed to people from elsewhere.

We knock at every door: as a visitor, as the organiser of another province, as the organiser of
the next commune, as somebody with one role too little, as a learner. And then as the person for
whom the door is there, because a test that nobody can pass proves nothing.
"""

import re
import uuid
from collections import Counter

import pytest
from django.test import Client
from django.urls import reverse

from tests.architecture.doors import ANYWHERE, BELOW, FENCED, LEARNER, OPEN, our_urls
from tests.architecture.world import found_in, nothing_changes, something_changes
from tests.factories import TeamFactory

pytestmark = pytest.mark.django_db

DOORS = FENCED | ANYWHERE
ACTING = {name: door for name, door in DOORS.items() if door.send}
METHODS = ("get", "post")
# What names nothing, for each kind of argument.
NOWHERE = {int: 10**9, uuid.UUID: uuid.UUID(int=1), str: "TN-0000-0000-0000"}


def knock(browser, name, door, side, method, **more):
    """Go to a door of one side's; a POST carries what would take effect."""
    data = door.send(side) if method == "post" and door.send else {}
    return getattr(browser, method)(door.url(name, side), {**data, **more})


def knocks(browser, name, door, side):
    """Look and then act, and see that neither has changed anything; return both answers."""
    with nothing_changes():
        return [knock(browser, name, door, side, method) for method in METHODS]


def others_words(side, user=None):
    """Return the words of a side that do not stand in the reader's own name."""
    return [word for word in side.words if user is None or word not in user.full_name]


def bare(answer) -> str:
    """Return a page without what differs each time it is shown, its own address among it."""
    page = answer.content.decode().replace(answer.wsgi_request.path, "")
    return re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")\w+', "", page)


# The tables


def test_every_url_is_decided_once():
    decided = Counter([*OPEN, *LEARNER, *FENCED, *ANYWHERE])

    assert set(our_urls()) == set(decided)
    assert max(decided.values()) == 1


# Whoever should not


@pytest.mark.parametrize("name", DOORS)
def test_a_visitor_is_asked_to_sign_in(world, name):
    for answer in knocks(Client(), name, DOORS[name], world.home):
        if answer.status_code == 302:
            assert answer.url.startswith(reverse("account_login"))
        else:
            assert answer.status_code in (404, 405)
        assert found_in(answer, *world.home.words) == []


@pytest.mark.parametrize("name", LEARNER)
def test_a_visitor_is_asked_for_the_card(world, name):
    for answer in knocks(Client(), name, LEARNER[name], world.home):
        assert (answer.status_code, answer.url) == (302, reverse("people:card_entry"))


@pytest.mark.parametrize("name", FENCED)
@pytest.mark.parametrize("who", ["another province", "another commune"])
def test_a_stranger_finds_nothing_there(world, as_staff, name, who):
    door = FENCED[name]
    user = world.away.province_organiser if who == "another province" else world.near.organiser

    for answer in knocks(as_staff(user), name, door, world.home):
        if not (door.is_shared and who == "another commune"):
            assert answer.status_code in (404, 405)
        assert found_in(answer, *world.home.words) == []


@pytest.mark.parametrize("name", FENCED)
def test_what_is_elsewhere_looks_like_what_is_nowhere(world, as_staff, name):
    door = FENCED[name]
    browser = as_staff(world.away.province_organiser)
    there = door.url(name, world.home)
    nowhere = reverse(name, args=[NOWHERE[type(arg)] for arg in door.args(world.home)])

    for method in METHODS:
        one, other = (getattr(browser, method)(url) for url in (there, nowhere))

        assert one.status_code == other.status_code
        assert bare(one) == bare(other)


@pytest.mark.parametrize("name", DOORS)
def test_one_role_too_little_is_too_little(world, as_staff, name):
    door = DOORS[name]
    user = getattr(world.home, BELOW[door.by])

    for answer in knocks(as_staff(user), name, door, world.home):
        if answer.status_code == 302:
            # Where Wagtail's admin sends whoever may not write.
            assert answer.url.startswith(reverse("courses:writing_closed"))
        else:
            assert answer.status_code in (403, 404, 405)
        assert found_in(answer, *others_words(world.home, user)) == []


@pytest.mark.parametrize("name", [name for name, door in FENCED.items() if not door.is_shared])
def test_a_role_holds_only_where_it_is_held(world, as_staff, name):
    """Two hats: organiser in the next commune, and here one who only looks."""
    home, door = world.home, FENCED[name]

    for answer in knocks(as_staff(world.two_hats), name, door, home):
        if door.by != "observer":
            assert answer.status_code in (403, 404, 405)
        assert found_in(answer, home.word, home.other, home.crew) == []


# Whoever should


@pytest.mark.parametrize("name", [name for name, door in DOORS.items() if door.shows])
def test_the_right_person_sees_the_page(world, as_staff, name):
    door = DOORS[name]
    user = getattr(world.home, door.by)
    browser = as_staff(user)

    with nothing_changes():
        answer = knock(browser, name, door, world.home, "get")

    assert answer.status_code == 200
    assert bool(found_in(answer, *others_words(world.home, user))) != door.is_plain
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("name", [name for name, door in DOORS.items() if not door.shows])
def test_an_act_is_not_done_by_following_a_link(world, as_staff, name):
    door = DOORS[name]
    browser = as_staff(getattr(world.home, door.by))

    with nothing_changes():
        answer = knock(browser, name, door, world.home, "get")

    assert answer.status_code == (302 if door.leads else 405)


@pytest.mark.parametrize("name", ACTING)
def test_the_right_person_can_act(world, as_staff, name):
    door = DOORS[name]
    browser = as_staff(getattr(world.home, door.by))

    with something_changes():
        answer = knock(browser, name, door, world.home, "post")

    assert answer.status_code in (200, 302)


@pytest.mark.parametrize("name", ACTING)
def test_a_page_of_another_site_cannot_act_for_him(world, name):
    door = DOORS[name]
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(getattr(world.home, door.by))

    with nothing_changes():
        answer = knock(browser, name, door, world.home, "post")

    assert answer.status_code in (403, 404)


@pytest.mark.parametrize("name", ACTING)
@pytest.mark.parametrize("whose", ["near", "away"])
def test_nothing_of_another_place_can_be_chosen(world, as_staff, name, whose):
    door, side = DOORS[name], getattr(world, whose)
    own, theirs = door.send(world.home), door.send(side)
    fields = [
        field
        for field, value in own.items()
        if isinstance(value, int | uuid.UUID) and theirs.get(field) not in (None, value)
    ]
    for field in fields:
        browser = as_staff(getattr(world.home, door.by))

        with nothing_changes():
            answer = knock(browser, name, door, world.home, "post", **{field: theirs[field]})

        assert answer.status_code in (200, 302, 404, 422), field
        assert found_in(answer, *side.words) == [], field


# Learners


@pytest.mark.parametrize("name", DOORS)
def test_a_learner_is_no_member_of_staff(world, as_learner, name):
    for answer in knocks(as_learner(world.home.binh), name, DOORS[name], world.home):
        assert answer.status_code in (302, 404, 405)
        assert answer.status_code != 302 or answer.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("name", LEARNER)
def test_a_member_of_staff_is_no_learner(world, as_staff, name):
    browser = as_staff(world.home.province_organiser)

    for answer in knocks(browser, name, LEARNER[name], world.home):
        assert (answer.status_code, answer.url) == (302, reverse("people:card_entry"))


@pytest.mark.parametrize("name", LEARNER)
def test_a_learner_reaches_his_own(world, as_learner, name):
    browser = as_learner(world.home.lan)

    answer = knock(browser, name, LEARNER[name], world.home, "get")

    if answer.status_code == 302:
        # Onwards within his own lesson.
        assert answer.url.startswith(("/progress/lessons/", "/progress/questions/"))
    else:
        assert answer.status_code == (200 if LEARNER[name].shows else 405)


@pytest.mark.parametrize("name", ["progress:question", "progress:result", "certificates:file"])
@pytest.mark.parametrize("who", ["a classmate", "somebody elsewhere"])
def test_a_learner_never_sees_what_is_anothers(world, as_learner, name, who):
    browser = as_learner(world.home.binh if who == "a classmate" else world.away.lan)

    for answer in knocks(browser, name, (LEARNER | FENCED)[name], world.home):
        assert answer.status_code in (404, 405)
        assert found_in(answer, world.home.word) == []


def test_a_learner_sees_only_his_own_certificates(world, as_learner):
    home = world.home
    numbers = (home.certificate.number, home.revoked.number, world.near.certificate.number)

    mine, theirs = (
        as_learner(person).get(reverse("certificates:mine")) for person in (home.kim, home.lan)
    )

    assert found_in(mine, *numbers) == [home.certificate.number]
    assert found_in(theirs, *numbers) == []


# The class's screen


def test_a_class_screen_shows_its_own_class_and_nothing_else(world, as_staff):
    home, near = world.home, world.near
    tablet = as_staff(home.instructor)
    tablet.post(reverse("progress:screen", args=[home.tonight.pk]))

    names = tablet.get(reverse("progress:names"))
    staff = tablet.get(reverse("people:residents"))
    tapped = [
        tablet.post(reverse("progress:tap_name"), {"resident": person.uuid}).status_code
        for person in (near.lan, home.hoa, home.mai)
    ]

    assert found_in(names, home.word, home.other, home.crew) == [home.word, home.other]
    assert found_in(names, *near.words) == []
    assert "no-store" in names["Cache-Control"]
    assert staff.url.startswith(reverse("account_login"))
    assert tapped == [404, 404, 404]


def test_without_a_screen_nobodys_name_is_shown_or_tapped(world):
    browser = Client()

    answers = [
        browser.get(reverse("progress:names")),
        browser.post(reverse("progress:tap_name"), {"resident": world.home.lan.uuid}, follow=True),
    ]

    assert [found_in(answer, *world.home.words) for answer in answers] == [[], []]
    assert "learner" not in browser.session


# What the tables cannot say


def test_who_only_looks_at_a_commune_marks_nobody_of_it_in_his_own(world, as_staff):
    """Two hats: organiser in one commune, observer in the other, both in one campaign."""
    home, near = world.home, world.near
    browser = as_staff(world.two_hats)

    with nothing_changes():
        url = reverse("progress:mark", args=[near.tonight.pk, home.binhs.pk])
        answer = browser.post(url, {"status": "present"})

    assert answer.status_code in (403, 404)


def test_an_evening_elsewhere_looks_like_none_when_somebody_is_enrolled(world, as_staff):
    browser = as_staff(world.home.instructor)
    url = reverse("progress:enrol", args=[world.home.hoa.uuid])

    answers = [
        browser.get(url, {"session": session}).status_code
        for session in (world.near.tonight.pk, world.away.tonight.pk, 10**9)
    ]

    assert answers == [404, 404, 404]


@pytest.mark.parametrize("name", ["people:register", "progress:walk_in"])
def test_the_number_of_a_registration_tells_nobody_who_it_was(world, as_staff, name):
    door = DOORS[name]
    browser = as_staff(world.near.instructor)

    with nothing_changes():
        answer = knock(browser, name, door, world.near, "post", uuid=world.home.lan.uuid)

    assert answer.status_code == 422
    assert found_in(answer, *world.home.words) == []


def test_a_team_of_one_village_plans_no_class_for_another(world, as_staff):
    home = world.home
    team = TeamFactory(place=home.far_village)
    door = DOORS["campaigns:new_class"]

    as_staff(home.village_leader).post(
        reverse("campaigns:new_class", args=[team.pk]), door.send(home)
    )

    assert [group.place for group in team.class_groups.all()] == [home.far_village]
