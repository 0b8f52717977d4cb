"""An author hands in, a reviewer reads it, publishes it or asks for changes."""

import datetime as dt
import json

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupApprovalTask, TaskState, Workflow, WorkflowPage
from wagtail.test.utils.form_data import streamfield
from wagtail_localize.models import Translation, TranslationSource

from courses.models import CourseIndexPage, LessonPage
from courses.services import REVIEWERS, ensure_shelf, prepare_authors
from jobs.services import run_chores
from people.roles import Role
from tests.courses.editor import finished
from tests.factories import AssignmentFactory

WORDS = "Bấm thật chậm nhé."


def edit_url(lesson):
    return reverse("wagtailadmin_pages:edit", args=[lesson.pk])


def send(client, user, lesson, action="", **changes):
    client.force_login(user)
    body = streamfield([("tip", {"heading": "Bấm", "words": WORDS})])
    form = {**finished(lesson, body=body), **changes}
    return client.post(edit_url(lesson), {**form, **({action: "1"} if action else {})})


def hand_in(client, author, lesson):
    send(client, author, lesson, "action-submit")
    return TaskState.objects.get(status="in_progress")


def act(client, user, lesson, task, action, **data):
    client.force_login(user)
    url = reverse("wagtailadmin_pages:workflow_action", args=[lesson.pk, action, task.pk])
    return client.post(url, data)


def words_of(lesson):
    return LessonPage.objects.get(pk=lesson.pk).body[0].value["words"]


# The rule


def test_preparing_again_changes_nothing(lesson):
    for _ in range(2):
        for shelf in CourseIndexPage.objects.all():
            prepare_authors(shelf)

    tasks = GroupApprovalTask.objects.filter(groups__name=REVIEWERS)
    assert Workflow.objects.filter(workflow_tasks__task__in=tasks).count() == 1
    assert tasks.count() == 1
    shelves = CourseIndexPage.objects.all()
    assert WorkflowPage.objects.filter(page__in=shelves).count() == shelves.count()


def test_a_shelf_from_before_gets_its_workflow(lesson):
    WorkflowPage.objects.all().delete()

    ensure_shelf()

    assert lesson.get_workflow() is not None


# Who may


def test_an_author_hands_in_but_does_not_publish(client, lesson, author):
    send(client, author, lesson, "action-publish")

    assert words_of(lesson) != WORDS
    page = client.get(edit_url(lesson)).text
    assert "action-submit" in page
    assert "action-publish" not in page


def test_a_reviewer_publishes_what_was_handed_in(client, lesson, author, reviewer):
    task = hand_in(client, author, lesson)

    act(client, reviewer, lesson, task, "approve")

    assert words_of(lesson) == WORDS


def test_a_reviewer_asks_for_changes_and_says_why(client, lesson, author, reviewer):
    task = hand_in(client, author, lesson)

    act(client, reviewer, lesson, task, "reject", comment="Thiếu hình.")

    assert words_of(lesson) != WORDS
    client.force_login(author)
    assert "Thiếu hình." in client.get(edit_url(lesson)).text


def test_an_author_cannot_approve(client, lesson, author):
    task = hand_in(client, author, lesson)

    act(client, author, lesson, task, "approve")

    assert words_of(lesson) != WORDS


def test_who_works_alone_holds_both_roles_and_publishes(client, lesson, author, province):
    AssignmentFactory(place=province, role=Role.REVIEWER, user=author)

    send(client, author, lesson, "action-publish")

    assert words_of(lesson) == WORDS


def test_when_the_role_ends_so_does_publishing(client, lesson, reviewer, province):
    AssignmentFactory(place=province, role=Role.AUTHOR, user=reviewer)
    reviewer.assignments.get(role=Role.REVIEWER).delete()
    reviewer.forget_roles()

    send(client, reviewer, lesson, "action-publish")

    assert words_of(lesson) != WORDS


@pytest.mark.parametrize(("who", "is_seen"), [("author", False), ("reviewer", True)])
def test_new_words_of_a_translation_are_published_by_a_reviewer_only(
    client, request, lesson, who, is_seen, django_capture_on_commit_callbacks
):
    client.force_login(request.getfixturevalue(who))
    source, _created = TranslationSource.update_or_create_from_instance(lesson)
    english = lesson.get_translations().get()
    Translation.objects.get_or_create(source=source, target_locale=english.locale)
    before = english.live_revision_id

    with django_capture_on_commit_callbacks(execute=True):
        client.post(
            reverse("wagtail_localize:update_translations", args=[source.pk]),
            {"publish_translations": "on"},
        )

    english.refresh_from_db()
    assert (english.live_revision_id != before) == is_seen


def test_a_translation_that_is_begun_is_a_draft(
    client, lesson, author, django_capture_on_commit_callbacks
):
    english = lesson.get_translations().get()
    english.delete()
    client.force_login(author)

    with django_capture_on_commit_callbacks(execute=True):
        client.post(
            reverse("wagtail_localize:submit_page_translation", args=[lesson.pk]),
            {"locales": [english.locale.pk]},
        )

    assert not lesson.get_translations().get().live


# The screen


def test_the_reviewer_finds_it_waiting_on_the_first_page(client, lesson, author, reviewer):
    hand_in(client, author, lesson)
    client.force_login(reviewer)

    page = client.get("/cms/").text

    assert "Chờ bạn duyệt" in page
    assert lesson.title in page


def test_the_reviewer_is_told_by_mail_in_vietnamese(
    client, lesson, author, reviewer, django_capture_on_commit_callbacks
):
    reviewer.email = "duyet@example.org"
    reviewer.save()

    with django_capture_on_commit_callbacks(execute=True):
        hand_in(client, author, lesson)

    assert [letter.to for letter in mail.outbox] == [["duyet@example.org"]]
    assert "đã gửi duyệt" in mail.outbox[0].subject
    assert edit_url(lesson) in mail.outbox[0].body


def test_without_a_mail_server_it_is_handed_in_all_the_same(
    client, lesson, author, reviewer, settings, django_capture_on_commit_callbacks
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    reviewer.email = "duyet@example.org"
    reviewer.save()

    with django_capture_on_commit_callbacks(execute=True):
        assert hand_in(client, author, lesson)


def test_two_versions_are_compared_side_by_side(client, lesson, author):
    send(client, author, lesson)
    send(client, author, lesson, title="Bấm số chậm")
    first, second = lesson.revisions.order_by("-pk")[:2]

    page = client.get(
        reverse("wagtailadmin_pages:revisions_compare", args=[lesson.pk, second.pk, first.pk])
    )

    assert page.status_code == 200
    assert "Bấm số chậm" in page.text or "chậm" in page.text


def test_what_changed_in_a_practice_or_a_question_can_be_compared(client, lesson, author):
    before = lesson.save_revision()
    send(client, author, lesson)
    after = lesson.revisions.order_by("-pk").first()

    page = client.get(
        reverse("wagtailadmin_pages:revisions_compare", args=[lesson.pk, before.pk, after.pk])
    )

    assert WORDS in page.text


def test_a_comment_stays_beside_the_words_it_is_about(client, lesson, author):
    comment = {
        "comments-TOTAL_FORMS": 1,
        "comments-0-text": "Câu này khó hiểu.",
        "comments-0-contentpath": "summary",
        "comments-0-position": "",
        "comments-0-resolved": "",
        "comments-0-id": "",
        "comments-0-deleted": "",
        "comments-0-replies-TOTAL_FORMS": 0,
        "comments-0-replies-INITIAL_FORMS": 0,
    }

    send(client, author, lesson, **comment)

    assert lesson.wagtail_admin_comments.get().text == "Câu này khó hiểu."


# On its day


@pytest.mark.parametrize("minutes", [30, 90])
def test_a_lesson_appears_and_goes_at_its_hour(client, lesson, reviewer, minutes):
    now = timezone.now()
    form = {
        "go_live_at": f"{timezone.localtime(now) + dt.timedelta(minutes=60):%d/%m/%Y %H:%M}",
        "expire_at": "",
    }
    send(client, reviewer, lesson, "action-publish", **form)
    assert words_of(lesson) != WORDS

    with time_machine.travel(now + dt.timedelta(minutes=minutes)):
        run_chores({})

    assert (words_of(lesson) == WORDS) == (minutes == 90)


def test_a_lesson_that_has_had_its_day_is_taken_off(lesson):
    lesson.expire_at = timezone.now() + dt.timedelta(minutes=60)
    lesson.save()

    with time_machine.travel(timezone.now() + dt.timedelta(minutes=70)):
        run_chores({})

    lesson.refresh_from_db()
    assert not lesson.live
    assert lesson.expired


def test_wagtails_scripts_speak_vietnamese_too(client, author):
    client.force_login(author)

    words = client.get(reverse("wagtailadmin_javascript_catalog"), {"lang": "vi"}).text

    assert json.dumps("Viết góp ý…") in words
