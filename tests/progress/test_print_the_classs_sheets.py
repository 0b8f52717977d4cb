"""A class's take-home sheets in one file."""

import io

import pikepdf
import pytest
from django.urls import reverse

from people.roles import Role
from progress.views import sheets as printing
from tests.courses.test_take_a_sheet_home import text_of
from tests.factories import AssignmentFactory, PlaceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(class_group):
    return reverse("progress:sheets", args=[class_group.pk])


def pages_of(answer) -> int:
    return len(pikepdf.open(io.BytesIO(answer.content)).pages)


def test_one_page_for_each_ticked_lesson(client, instructor, address, course, enrolment):
    client.force_login(instructor)
    lessons = [lesson.pk for lesson in course.lessons()]

    answer = client.get(address, {"lesson": lessons, "paper": "a5", "print": "1"})

    assert answer["Content-Type"] == "application/pdf"
    assert pages_of(answer) == len(lessons) == 2


def test_one_for_each_learner_with_the_name_on_it(
    client, instructor, address, lesson, enrolment, hoa
):
    client.force_login(instructor)

    answer = client.get(address, {"lesson": lesson.pk, "named": "on", "paper": "a4", "print": "1"})

    assert pages_of(answer) == 1
    text = text_of(answer.content)
    assert "Của Trần Thị Lan" in text
    assert "Của Lê Thị Hoa" in text


def test_the_leaders_telephone_stands_on_it(client, instructor, address, lesson, class_group):
    class_group.team.memberships.create(name="Hà Văn Minh", phone="+84912345678", leads=True)
    client.force_login(instructor)

    answer = client.get(address, {"lesson": lesson.pk, "print": "1"})

    assert "Hà Văn Minh 0912 345 678" in text_of(answer.content)


def test_without_a_lesson_it_asks_for_one(client, instructor, address, enrolment):
    client.force_login(instructor)

    answer = client.get(address, {"print": "1"})

    assert answer.status_code == 422
    assert "Hãy đánh dấu ít nhất một bài." in answer.content.decode()


def test_too_many_pages_are_refused_and_nothing_is_lost(
    client, instructor, address, lesson, enrolment, monkeypatch
):
    monkeypatch.setattr(printing, "MOST_PAGES", 0)
    client.force_login(instructor)

    answer = client.get(address, {"lesson": lesson.pk, "print": "1"})

    assert answer.status_code == 422
    assert "nhiều nhất 0 trang" in answer.content.decode()
    assert f'value="{lesson.pk}" id="lesson-{lesson.pk}" checked' in answer.content.decode()


def test_the_next_evenings_lesson_is_ticked(
    client, instructor, address, lesson, session, enrolment
):
    session.lesson = lesson
    session.save()
    client.force_login(instructor)

    page = client.get(address).content.decode()

    assert page.count(" checked") == 2
    assert f'id="lesson-{lesson.pk}" checked' in page


def test_a_neighbours_class_is_not_there(client, address, province):
    stranger = AssignmentFactory(
        place=PlaceFactory(kind="commune", parent=province), role=Role.INSTRUCTOR
    ).user
    client.force_login(stranger)

    assert client.get(address).status_code == 404


def test_who_may_not_see_the_learners_prints_no_names(client, address, observer):
    client.force_login(observer)

    assert client.get(address).status_code == 403
