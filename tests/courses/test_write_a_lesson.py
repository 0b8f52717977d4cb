"""Authors write and publish; nobody else gets in; what learners could not use is refused."""

import datetime as dt
import re
from copy import deepcopy
from pathlib import Path

import polib
import pytest
import wagtail
import wagtail_localize
from django.conf import settings
from django.contrib.messages import get_messages
from django.urls import reverse
from wagtail.blocks import StreamValue
from wagtail.models import Page
from wagtail.test.utils.form_data import streamfield

from courses.models import LessonPage
from courses.reports import to_review
from courses.rules import complaints_about
from courses.services import advise, check, sync_author
from people.roles import Role
from people.services import assign_role
from tests.courses.editor import TYPED_QUESTION, finished, typed
from tests.factories import AssignmentFactory, UserFactory


def with_questions(lesson, change):
    """Return the lesson with its questions changed, as an author would have typed them."""
    raw = deepcopy(list(lesson.questions.raw_data))
    change(raw)
    block = LessonPage._meta.get_field("questions").stream_block
    lesson.questions = StreamValue(block, raw, is_lazy=True)
    return lesson


# The rule


def test_a_finished_lesson_can_be_published(lesson):
    assert check(lesson) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param(lambda raw: raw.__delitem__(slice(2, 9)), "few_questions", id="too few"),
        pytest.param(
            lambda raw: raw[0]["value"]["options"][0]["value"].update(is_right=True),
            "one_right",
            id="two right answers",
        ),
        pytest.param(
            lambda raw: raw[0]["value"]["options"][1]["value"].update(is_right=False),
            "one_right",
            id="no right answer",
        ),
        pytest.param(
            lambda raw: [o["value"].update(is_right=False) for o in raw[1]["value"]["options"]],
            "some_right",
            id="several, none right",
        ),
        pytest.param(
            lambda raw: raw[3]["value"]["options"][0]["value"]["picture"].update(alt=" "),
            "no_alt",
            id="picture without words",
        ),
        pytest.param(
            lambda raw: raw[3]["value"]["options"][0]["value"]["picture"].update(drawing=None),
            "no_picture",
            id="no picture to choose",
        ),
        pytest.param(
            lambda raw: raw[0]["value"]["options"][0]["value"].update(feedback=""),
            "required",
            id="no word on an answer",
        ),
    ],
)
def test_a_lesson_is_not_published_with(lesson, change, code):
    problems = check(with_questions(lesson, change))

    assert [problem.code for problem in problems] == [code]


def test_two_rows_cannot_be_put_in_order(lesson):
    problems = check(with_questions(lesson, lambda raw: raw[4]["value"]["options"].pop()))

    assert len(problems) == 1


def test_four_answers_are_one_too_many(lesson):
    def add(raw):
        raw[1]["value"]["options"].append(deepcopy(raw[1]["value"]["options"][2]))

    assert len(check(with_questions(lesson, add))) == 1


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Bấm vào ô màu xanh.", []),
        ("Bác mở điện thoại lên, rồi bấm vào ô màu xanh ở góc bên phải nhé.", ["long"]),
        ("Click vào nút.", ["banned"]),
        ("Mở App Store.", ["banned"]),
        ("Apple làm ra iPhone.", []),
        ("Gọi 113.\n\nBáo công an xã.", []),
        ("", []),
    ],
)
def test_long_sentences_and_foreign_words_are_noticed(text, kinds):
    assert [complaint.kind for complaint in complaints_about(text)] == kinds


def test_english_may_use_english_words():
    assert complaints_about("Click the link.", "en") == []


def test_advice_names_the_screen(lesson):
    raw = deepcopy(list(lesson.body.raw_data))
    raw[0]["value"]["words"] = "Click vào đây."
    lesson.body = StreamValue(LessonPage._meta.get_field("body").stream_block, raw, is_lazy=True)

    assert ("Bấm số", "bấm") in [(where, c.better) for where, c in advise(lesson)]


# Who may


def test_an_author_gets_in_and_finds_the_courses(client, lesson, author):
    client.force_login(author)

    assert client.get("/cms/").status_code == 200
    assert client.get(reverse("wagtailadmin_explore", args=[lesson.course.pk])).status_code == 200
    assert client.get(reverse("wagtailadmin_pages:edit", args=[lesson.pk])).status_code == 200
    for name in (
        "wagtailimages:index",
        "wagtailsnippets_courses_skill:list",
        "wagtailsnippets_courses_localfigure:list",
        "wagtailsnippets_courses_drawing:list",
        "courses_review",
        "wagtailadmin_account",
    ):
        assert client.get(reverse(name)).status_code == 200, name


@pytest.mark.parametrize(
    "name", ["wagtailusers_users:index", "wagtailusers_groups:index", "wagtailsites:index"]
)
def test_an_author_sees_no_users_groups_or_sites(client, lesson, author, name):
    client.force_login(author)

    answer = client.get(reverse(name))

    assert answer.status_code == 302
    assert answer.url == reverse("wagtailadmin_home")
    assert reverse(name) not in client.get("/cms/").text


def test_a_drawing_cannot_be_typed_in_even_by_a_superuser(client, lesson):
    client.force_login(UserFactory(is_superuser=True, is_staff=True))

    assert client.get(reverse("wagtailsnippets_courses_drawing:add")).status_code == 302


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.AUTHOR, Role.REVIEWER}))
def test_other_roles_are_told_that_writing_is_not_theirs(client, lesson, province, role):
    client.force_login(AssignmentFactory(place=province, role=role).user)

    answer = client.get("/cms/", follow=True)

    assert answer.status_code == 403
    assert list(get_messages(client.get("/vi/").wsgi_request)) == []


def test_a_visitor_is_asked_to_sign_in(client, lesson):
    answer = client.get("/cms/")

    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


def test_the_door_closes_when_the_role_ends(client, lesson, author):
    author.assignments.update(until=dt.date(2026, 1, 2))
    client.force_login(author)

    assert client.get("/cms/", follow=True).status_code == 403
    assert sync_author(author) is False
    assert not author.groups.exists()


def test_a_role_given_by_an_organiser_opens_the_pages(client, lesson, province):
    chief = AssignmentFactory(place=province, role=Role.PROVINCE_ORGANISER).user
    user = UserFactory()
    assign_role(user, Role.AUTHOR, province, by=chief)
    client.force_login(user)

    assert client.get(reverse("wagtailadmin_pages:edit", args=[lesson.pk])).status_code == 200


# The screen


def test_an_author_goes_on_translating_where_the_pack_left_off(client, lesson, author):
    client.force_login(author)
    other = lesson.get_translations().get()

    page = client.get(reverse("wagtailadmin_pages:edit", args=[other.pk])).text

    assert "Dial slowly." in page


def test_a_half_written_lesson_is_saved_as_a_draft(client, lesson, author):
    client.force_login(author)

    client.post(reverse("wagtailadmin_pages:edit", args=[lesson.pk]), typed(lesson))

    assert len(Page.objects.get(pk=lesson.pk).get_latest_revision_as_object().body) == 1
    assert len(LessonPage.objects.get(pk=lesson.pk).body) == 4


@pytest.mark.parametrize("action", ["publish", "submit"])
def test_a_half_written_lesson_is_refused_with_the_reason(client, lesson, author, reviewer, action):
    client.force_login(reviewer if action == "publish" else author)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    answer = client.post(
        reverse("wagtailadmin_pages:edit", args=[lesson.pk]),
        {
            **typed(lesson, questions=streamfield([("single", TYPED_QUESTION)])),
            f"action-{action}": "1",
        },
    )

    assert answer.status_code == 200
    assert "A lesson needs at least three questions." in answer.text
    assert len(LessonPage.objects.get(pk=lesson.pk).body) == 4


def test_who_publishes_is_advised_on_long_sentences(client, lesson, reviewer):
    client.force_login(reviewer)
    words = "Bác mở điện thoại lên rồi bấm vào ô màu xanh ở góc bên phải nhé."
    body = streamfield([("tip", {"heading": "Bấm", "words": words})])

    client.post(
        reverse("wagtailadmin_pages:edit", args=[lesson.pk]),
        {**finished(lesson, body=body), "action-publish": "1"},
    )

    assert LessonPage.objects.get(pk=lesson.pk).body[0].value["words"] == words
    assert words in client.get("/cms/").text


def test_the_review_list_names_what_is_overdue_first(lesson, author):
    LessonPage.objects.update(review_by=dt.date(2026, 1, 1))

    review = to_review(author, on=dt.date(2026, 11, 22))[0]

    assert review.pk == lesson.pk
    assert [reason.code for reason in review.reasons] == ["overdue"]


@pytest.mark.parametrize(
    ("on", "codes"),
    [
        (dt.date(2026, 11, 22), []),
        (dt.date(2027, 4, 20), ["soon"]),
        (dt.date(2027, 5, 2), ["overdue"]),
    ],
)
def test_a_lesson_waits_for_review_from_thirty_days_before(lesson, author, on, codes):
    found = [reason.code for review in to_review(author, on=on) for reason in review.reasons]

    assert found == codes


def test_drafts_and_lessons_without_translation_are_listed(lesson, author):
    lesson.get_translations().first().delete()
    lesson.minutes = 9
    lesson.save_revision()

    codes = [reason.code for reason in to_review(author, on=dt.date(2026, 11, 22))[0].reasons]

    assert codes == ["changed", "untranslated"]


def test_who_does_not_write_has_nothing_to_review(lesson, instructor):
    assert to_review(instructor) == []


# The words and the cost


def test_the_words_we_lend_to_wagtail_are_wagtails_own():
    known = set()
    for package in (wagtail, wagtail_localize):
        for catalogue in Path(package.__path__[0]).glob("**/locale/en/LC_MESSAGES/django.po"):
            known |= {entry.msgid for entry in polib.pofile(str(catalogue))}
    listed = (settings.BASE_DIR / "templates/wagtailadmin/our_words.txt").read_text()
    with_values = re.findall(r"{% blocktranslate trimmed %}(.*){% endblocktranslate %}", listed)
    lent = re.findall(r'{% translate "(.*)" %}', listed) + [
        re.sub(r"{{ (\w+) }}", r"%(\1)s", words) for words in with_values
    ]

    assert len(lent) > 150
    assert set(lent) - known == set()


@pytest.mark.parametrize("copies", [1, 3])
def test_the_review_list_costs_the_same_however_many_lessons(
    lesson, author, copies, django_assert_num_queries
):
    for number in range(copies - 1):
        lesson.copy(update_attrs={"slug": f"bam-so-{number}"}, to=lesson.get_parent())
    LessonPage.objects.update(review_by=dt.date(2026, 1, 1))
    author.roles_held()

    with django_assert_num_queries(5):
        assert len(to_review(author)) == copies
