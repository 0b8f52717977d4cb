"""The lessons for a partner's app: Wagtail's own read-only API, for what is published anyway.

No names, no progress, nothing of any place: only what a stranger reads on the site. The addresses
are ``/api/v2/courses/`` and ``/api/v2/lessons/``; ``?locale=vi&child_of=<course>&fields=*`` does
what Wagtail's documentation says.
"""

from django.contrib.auth.decorators import login_not_required
from django.views.decorators.http import require_safe
from rest_framework.renderers import JSONRenderer
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.views import PagesAPIViewSet

from courses.models import CoursePage, LessonPage
from people.views.limits import too_often

# A partner fetches everything once a night; forty courses in two languages take a hundred pages.
PER_MINUTE = 300


class _Published(PagesAPIViewSet):
    """Published pages of one kind, as JSON, for everybody."""

    renderer_classes = [JSONRenderer]
    authentication_classes: list[type] = []
    permission_classes: list[type] = []

    @classmethod
    def as_view(cls, *args, **options):
        return require_safe(login_not_required(super().as_view(*args, **options)))

    def get_queryset(self):
        return self.model.objects.filter(pk__in=self.get_base_queryset().values("pk")).order_by(
            "path"
        )

    def check_throttles(self, request):
        if too_often(request, "api", limit=PER_MINUTE, seconds=60):
            self.throttled(request, wait=60)


class CoursesAPI(_Published):
    name = "courses"
    model = CoursePage


class LessonsAPI(_Published):
    name = "lessons"
    model = LessonPage


router = WagtailAPIRouter("api")
router.register_endpoint("courses", CoursesAPI)
router.register_endpoint("lessons", LessonsAPI)
