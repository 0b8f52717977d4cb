"""Fees, hours and telephone numbers: the nearest place up the tree answers."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from courses.models import FigureValue, FigureWords, LocalFigure
from courses.rules import Value, value_for
from courses.services import screens_of, set_figure
from people.roles import Role
from tests.factories import AssignmentFactory, PlaceFactory


@pytest.fixture
def hours(db):
    """A figure that lessons ask for."""
    figure = LocalFigure.objects.create(key="hours")
    for language, label, unknown in (
        ("vi", "Giờ làm việc", "Hỏi tại xã"),
        ("en", "Opening hours", "Ask at the commune office"),
    ):
        FigureWords.objects.create(figure=figure, language=language, label=label, unknown=unknown)
    return figure


def at(figure, place, language="vi"):
    return LocalFigure.answers([figure], place, language)[0]


# The rule


def test_the_nearest_place_and_the_newest_answer_count():
    old, new = dt.date(2026, 1, 1), dt.date(2026, 5, 1)
    values = [
        Value("0001", "province", new),
        Value("00010001", "commune, old", old),
        Value("00010001", "commune", new),
        Value("00010002", "another commune", new),
    ]

    assert value_for("000100010001", values).text == "commune"
    assert value_for("00010003", values).text == "province"
    assert value_for("0002", values) is None
    assert value_for("", values) is None


def test_where_nobody_has_answered_one_is_told_whom_to_ask(hours, village):
    assert at(hours, village).text == "Hỏi tại xã"
    assert at(hours, None, "en").text == "Ask at the commune office"
    assert at(hours, village).is_known is False


def test_a_commune_answers_for_its_villages(hours, village, commune, organiser):
    set_figure(hours, commune, "7:30 đến 17:00", by=organiser, source="Công an xã")

    answer = at(hours, village)

    assert (answer.text, answer.value.place) == ("7:30 đến 17:00", "xã Lâm Thao")
    assert at(hours, commune.province).is_known is False


def test_a_newer_answer_keeps_the_old_one(hours, commune, organiser):
    today = timezone.localdate()
    set_figure(
        hours, commune, "sáng", by=organiser, source="xã", as_of=today - dt.timedelta(days=9)
    )
    set_figure(hours, commune, "chiều", by=organiser, source="xã")
    set_figure(hours, commune, "cả ngày", by=organiser, source="xã")

    assert at(hours, commune).text == "cả ngày"
    assert FigureValue.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"text": " "}, "empty"),
        ({"source": ""}, "no_source"),
        ({"as_of": dt.date(2999, 1, 1)}, "future"),
    ],
)
def test_an_answer_is_refused_when(hours, commune, organiser, changes, code):
    given = {"text": "sáng", "source": "xã", **changes}

    with pytest.raises(ValidationError) as refusal:
        set_figure(hours, commune, given.pop("text"), by=organiser, **given)

    assert refusal.value.code == code
    assert not FigureValue.objects.exists()


def test_a_lesson_shows_the_answer_of_the_learners_place(lesson, village, commune, organiser):
    figure = LocalFigure.objects.get(key="help_line")
    set_figure(figure, commune, "0912 345 678", by=organiser, source="Tổ công nghệ số")

    assert screens_of(lesson)[3].figures(village)[0].text == "0912 345 678"
    assert screens_of(lesson)[3].figures()[0].text == "Hỏi tại xã"


# Who may


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.PROVINCE_ORGANISER, 302),
        (Role.COMMUNE_ORGANISER, 302),
        (Role.AUTHOR, 302),
        (Role.TEAM_LEADER, 403),
        (Role.INSTRUCTOR, 403),
        (Role.OBSERVER, 403),
    ],
)
def test_who_may_answer_for_a_commune(client, hours, commune, role, status):
    client.force_login(AssignmentFactory(place=commune, role=role).user)

    answer = client.post(
        reverse("courses:figure", args=[commune.pk, hours.pk]),
        {"text": "sáng", "source": "xã", "as_of": "01/11/2026"},
    )

    assert answer.status_code == status
    assert FigureValue.objects.exists() == (status == 302)


def test_a_stranger_finds_no_place_to_answer_for(client, hours, commune, stranger):
    client.force_login(stranger)

    assert client.get(reverse("courses:figure", args=[commune.pk, hours.pk])).status_code == 404
    assert client.get(reverse("courses:figures"), {"place": commune.pk}).status_code == 404


def test_who_may_not_answer_does_not_see_the_list(client, hours, instructor):
    client.force_login(instructor)

    assert client.get(reverse("courses:figures")).status_code == 403


# The screen


def test_the_list_shows_what_learners_see(client, hours, commune, organiser):
    set_figure(hours, commune.province, "7:30", by=organiser, source="Công an tỉnh")
    client.force_login(organiser)

    page = client.get(reverse("courses:figures")).text

    assert "Giờ làm việc" in page
    assert "7:30" in page
    assert "tỉnh Phú Thọ" in page


@pytest.mark.parametrize("place", ["x", "-1", "999999", "9" * 30])
def test_a_place_that_is_none_is_not_found(client, hours, organiser, place):
    client.force_login(organiser)

    assert client.get(reverse("courses:figures"), {"place": place}).status_code == 404


def test_what_is_wrong_is_said_at_the_field_and_nothing_is_lost(client, hours, commune, organiser):
    client.force_login(organiser)

    answer = client.post(
        reverse("courses:figure", args=[commune.pk, hours.pk]),
        {"text": "sáng thứ bảy", "source": "xã", "as_of": "31/02/2026"},
    )

    assert answer.status_code == 422
    assert "sáng thứ bảy" in answer.text
    assert not FigureValue.objects.exists()


# The cost


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_many_figures(
    client, hours, commune, organiser, count, django_assert_num_queries
):
    for number in range(count - 1):
        figure = LocalFigure.objects.create(key=f"more-{number}")
        FigureWords.objects.create(figure=figure, language="vi", label="Phí", unknown="Hỏi")
    PlaceFactory(kind="village", parent=commune)
    client.force_login(organiser)
    client.get(reverse("courses:figures"))

    with django_assert_num_queries(8):
        client.get(reverse("courses:figures"))
