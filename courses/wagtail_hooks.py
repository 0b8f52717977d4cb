"""What we add to Wagtail's admin: reference lists, the review report, and advice on wording."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet

from courses.models import Drawing
from courses.views import authors
from courses.viewsets import LookOnly, TeachingGroup

register_permission_policy(Drawing, LookOnly(Drawing))
register_snippet(TeachingGroup)

hooks.register("after_publish_page", authors.give_advice)
hooks.register("after_create_page", authors.give_advice)
hooks.register("after_edit_page", authors.give_advice)


@hooks.register("register_admin_urls")
def review_url():
    return [
        path("courses/review/", authors.review_report, name="courses_review"),
        path(
            "courses/review/<int:lesson_id>/<uuid:block>/settled/",
            authors.settle,
            name="courses_settle",
        ),
    ]


class ReviewMenuItem(MenuItem):
    def is_shown(self, request):
        return request.user.is_superuser or request.user.has_perm("courses.write")


@hooks.register("register_admin_menu_item")
def review_menu_item():
    return ReviewMenuItem(
        _("Lessons to review"),
        reverse("courses_review"),
        name="review",
        icon_name="view",
        order=150,
    )
