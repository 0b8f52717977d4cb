"""What we add to Wagtail's admin: reference lists, the review report, and advice on wording."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.userbar import ContentCheckerItem
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet

from courses import adapters  # noqa: F401  (the writing desk's scripts get to know our blocks)
from courses.models import Drawing
from courses.views import authors, practice_pictures
from courses.views.audio import recording_button
from courses.views.checker import LessonCheckerItem
from courses.views.question_files import question_buttons, questions, questions_gift
from courses.views.translations import close_the_side_door
from courses.viewsets import LookOnly, TeachingGroup

register_permission_policy(Drawing, LookOnly(Drawing))
register_snippet(TeachingGroup)
close_the_side_door()

hooks.register("after_publish_page", authors.give_advice)
hooks.register("after_create_page", authors.give_advice)
hooks.register("after_edit_page", authors.give_advice)


@hooks.register("register_admin_urls")
def review_url():
    return [
        path("courses/review/", authors.review_report, name="courses_review"),
        path(
            "courses/practice-picture/<str:kind>/<int:pk>/",
            practice_pictures.practice_picture,
            name="courses_practice_picture",
        ),
        path(
            "courses/review/<int:lesson_id>/<uuid:block>/settled/",
            authors.settle,
            name="courses_settle",
        ),
    ]


@hooks.register("register_admin_urls")
def question_file_urls():
    return [
        path("courses/<int:lesson_id>/questions/", questions, name="courses_questions"),
        path(
            "courses/<int:lesson_id>/questions/gift/",
            questions_gift,
            name="courses_questions_gift",
        ),
    ]


hooks.register("register_page_header_buttons", recording_button)
hooks.register("register_page_header_buttons", question_buttons)
hooks.register("register_page_listing_more_buttons", question_buttons)


class ReviewMenuItem(MenuItem):
    def is_shown(self, request):
        return request.user.has_perm("courses.write")


@hooks.register("register_admin_menu_item")
def review_menu_item():
    return ReviewMenuItem(
        _("Lessons to review"),
        reverse("courses_review"),
        name="review",
        icon_name="view",
        order=150,
    )


@hooks.register("construct_wagtail_userbar")
def check_as_a_learner_would(request, items, page):
    """Have Wagtail's checker of the preview look at what we advise, too."""
    for number, item in enumerate(items):
        if isinstance(item, ContentCheckerItem):
            items[number] = LessonCheckerItem(in_editor=item.in_editor)


@hooks.register("construct_help_menu")
def no_news_in_english(request, menu_items):
    """Leave out what leads to pages about Wagtail's releases, which are for programmers."""
    menu_items[:] = [item for item in menu_items if not item.name.startswith("whats-new")]
