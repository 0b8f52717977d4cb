"""A volunteer sees a screen that looks different; the author hears of it, and looks again."""

import datetime as dt
import uuid
from copy import deepcopy

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from wagtail.blocks import StreamValue

from courses.models import LessonPage, ScreenReport
from courses.reports import narrowed, reasons_in, to_review
from courses.rules import AppPicture, stored_screens
from courses.services import report_screen, settle_reports
from people.roles import Role
from tests.factories import AssignmentFactory, PlaceFactory

TODAY = dt.date(2026, 11, 22)


def first_block(lesson):
    return lesson.body[0].id


def differs(lesson):
    return reverse("courses:screen_report", args=[lesson.pk, first_block(lesson)])


def with_app(lesson, **changes):
    """Have the first screen show VNeID, as it looked on a day."""
    raw = deepcopy(list(lesson.body.raw_data))
    raw[0]["value"]["picture"] |= {"app": "VNeID", "version": "2.1.6", **changes}
    lesson.body = StreamValue(LessonPage._meta.get_field("body").stream_block, raw, is_lazy=True)
    lesson.save_revision().publish()
    return lesson


def reviewed(user, **kwargs):
    return to_review(user, on=TODAY, **kwargs)


# The rule


@pytest.mark.parametrize(
    ("taken_on", "is_old"),
    [(dt.date(2026, 9, 23), False), (dt.date(2026, 9, 22), True), (None, True)],
)
def test_a_picture_of_an_app_is_old_after_sixty_days(taken_on, is_old):
    assert AppPicture("VNeID", "", taken_on).is_old(TODAY) == is_old


def test_pictures_of_apps_are_found_however_deep_they_lie():
    stored = [
        {
            "type": "practice",
            "id": "a",
            "value": {
                "heading": "Tập",
                "screens": [
                    {"value": {"picture": {"app": "VNeID", "taken_on": "2026-10-01"}}},
                    {"value": {"picture": {"app": ""}}},
                ],
            },
        }
    ]

    (screen,) = stored_screens(stored)

    assert screen.apps == (AppPicture("VNeID", "", dt.date(2026, 10, 1)),)


def test_a_report_that_is_sent_twice_is_noted_once(lesson, village, instructor):
    number = uuid.uuid4()
    for _ in range(2):
        report_screen(lesson, first_block(lesson), village, by=instructor, uuid=number)

    assert ScreenReport.objects.get().pk == number


def test_a_report_on_a_translation_belongs_to_the_original(lesson, village, instructor):
    english = lesson.get_translations().get()

    report = report_screen(english, first_block(english), village, by=instructor)

    assert report.lesson == lesson


def test_a_screen_that_is_not_there_cannot_look_different(lesson, village, instructor):
    with pytest.raises(ValidationError) as refusal:
        report_screen(lesson, uuid.uuid4(), village, by=instructor)

    assert refusal.value.code == "no_screen"


def test_a_phone_whose_clock_is_ahead_reports_nothing_from_tomorrow(lesson, village, instructor):
    ahead = dt.datetime(2099, 1, 1, tzinfo=dt.UTC)

    report = report_screen(lesson, first_block(lesson), village, by=instructor, at=ahead)

    assert report.reported_at < ahead


# Who may


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.INSTRUCTOR, 200),
        (Role.TEAM_LEADER, 200),
        (Role.COMMUNE_ORGANISER, 200),
        (Role.OBSERVER, 403),
        (Role.AUTHOR, 403),
    ],
)
def test_whoever_teaches_may_report(client, lesson, commune, role, status):
    client.force_login(AssignmentFactory(place=commune, role=role).user)

    assert client.get(differs(lesson)).status_code == status


def test_nobody_reports_from_where_he_does_not_teach(client, lesson, instructor):
    elsewhere = PlaceFactory(kind="village")
    client.force_login(instructor)

    answer = client.post(differs(lesson), {"place": elsewhere.pk, "uuid": uuid.uuid4()})

    assert answer.status_code == 422
    assert not ScreenReport.objects.exists()


def test_an_author_hears_only_of_his_own_places(lesson, author, village, instructor):
    report_screen(lesson, first_block(lesson), village, by=instructor)
    far = PlaceFactory(kind="village")
    report_screen(lesson, first_block(lesson), far, by=instructor)
    other = AssignmentFactory(place=far.get_root(), role=Role.AUTHOR).user

    for user, place in ((author, village), (other, far)):
        (reported,) = reviewed(user)[0].reported
        assert [report.place for report in reported.reports] == [place]


def test_an_author_settles_only_what_he_hears_of(lesson, author, village, instructor):
    near = report_screen(lesson, first_block(lesson), village, by=instructor)
    far = report_screen(lesson, first_block(lesson), PlaceFactory(kind="village"), by=instructor)

    assert settle_reports(lesson, first_block(lesson), by=author) == 1

    assert list(ScreenReport.objects.open()) == [far]
    near.refresh_from_db()
    assert near.settled_by == author


# The screen


def test_a_volunteer_tells_from_the_lesson_itself(client, lesson, instructor, village):
    client.force_login(instructor)
    page = client.get(lesson.url, {"step": 1}).text
    assert differs(lesson) in page

    form = {"place": village.pk, "note": "Nút ở trên.", "uuid": uuid.uuid4()}
    answer = client.post(differs(lesson), form)

    assert answer.url.endswith("?step=1")
    assert ScreenReport.objects.get().note == "Nút ở trên."


def test_learners_and_visitors_see_no_such_button(client, lesson, author):
    assert differs(lesson) not in client.get(lesson.url, {"step": 1}).text

    client.force_login(author)
    assert differs(lesson) not in client.get(lesson.url, {"step": 1}).text


def test_whoever_teaches_sees_how_old_a_picture_is(client, lesson, instructor):
    with_app(lesson, taken_on="2025-01-31")
    assert "31/01/2025" not in client.get(lesson.url, {"step": 1}).text
    client.force_login(instructor)

    page = client.get(lesson.url, {"step": 1}).text

    assert "VNeID 2.1.6" in page
    assert "31/01/2025" in page
    assert "nên xem lại" in page


def test_the_author_reads_where_and_what_and_settles_it(
    client, lesson, author, village, instructor
):
    for note in ("Nút ở trên.", "Màu khác."):
        report_screen(lesson, first_block(lesson), village, by=instructor, note=note)
    client.force_login(author)
    page = client.get(reverse("courses_review")).text
    for words in ("Nút ở trên.", "Màu khác.", village.full_name, "1. Bấm số"):
        assert words in page

    client.post(reverse("courses_settle", args=[lesson.pk, first_block(lesson)]))

    assert not ScreenReport.objects.open().exists()
    assert "Nút ở trên." not in client.get(reverse("courses_review")).text


def test_an_old_picture_is_on_the_list_until_a_new_one_is_there(lesson, author):
    with_app(lesson, taken_on="2026-09-01")
    assert [r.code for r in reviewed(author)[0].reasons] == ["old_picture"]
    assert reviewed(author)[0].old_pictures[0].app.version == "2.1.6"

    with_app(lesson, taken_on="2026-11-20")
    assert reviewed(author) == []


def test_a_translation_older_than_its_original_is_behind(lesson, author):
    english = lesson.get_translations().get()
    type(english).objects.filter(pk=english.pk).update(
        last_published_at=lesson.last_published_at - dt.timedelta(days=3)
    )

    assert [r.code for r in reviewed(author)[0].reasons] == ["behind"]


def test_the_list_is_narrowed_by_course_and_by_reason(client, lesson, author):
    with_app(lesson, taken_on="2026-09-01")
    found = reviewed(author)

    assert [code for code, _name, _n in reasons_in(found)] == ["old_picture"]
    assert narrowed(found, "Gọi điện", "old_picture") == found
    assert narrowed(found, "Khác") == narrowed(found, reason="draft") == []
    client.force_login(author)
    page = client.get(reverse("courses_review"), {"reason": "draft"}).text
    assert lesson.title not in page.split("<table")[-1] or "<table" not in page


# The cost


def test_whoever_reads_without_signing_in_pays_nothing_for_it(
    client, lesson, instructor, django_assert_max_num_queries
):
    client.get(lesson.url, {"step": 1})

    with django_assert_max_num_queries(8):
        client.get(lesson.url, {"step": 1})
