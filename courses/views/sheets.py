"""The take-home sheet of a lesson, for everybody."""

from django.contrib.auth.decorators import login_not_required
from django.core.cache import caches
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from courses.models import LessonPage
from courses.pdf import Sheet, sheets
from people.views.limits import too_often
from people.views.papers import pdf_response

AN_HOUR = 60 * 60


@login_not_required
@require_safe
def sheet(request, lesson_id):
    """Send a lesson's sheet, with a line for the helper's number.

    It is laid out once an hour by each process, and lies with the pages for strangers: there it
    cannot push out who tried a password too often.
    """
    lesson = get_object_or_404(LessonPage.objects.live().select_related("locale"), pk=lesson_id)
    if not lesson.course.live:
        return render(request, "404.html", status=404)
    name = f"sheet:{lesson.pk}:{lesson.live_revision_id}"
    paper = caches["pages"].get(name)
    if paper is None:
        if too_often(request, "sheet", limit=20, seconds=60):
            busy = render(request, "429.html", status=429)
            busy["Retry-After"] = "60"
            return busy
        paper = sheets([Sheet(lesson)])
        caches["pages"].set(name, paper, AN_HOUR)
    return pdf_response(paper, f"{lesson.slug}.pdf")
