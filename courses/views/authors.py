"""What authors see of us inside Wagtail's admin."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from courses.models import LessonPage
from courses.reports import narrowed, reasons_in, to_review
from courses.services import advise, in_words, settle_reports
from courses.views.own import demand

SHOWN = 5


def review_report(request):
    """List the lessons that wait for an author; of one course or for one reason, if asked."""
    demand(request.user, "courses.write")
    found = to_review(request.user)
    course, reason = request.GET.get("course", ""), request.GET.get("reason", "")
    title = _("Lessons to review")
    context = {
        "reviews": narrowed(found, course, reason),
        "total": len(found),
        "courses": sorted({review.course for review in found}),
        "course": course,
        "reasons": reasons_in(narrowed(found, course)),
        "reason": reason,
        "audio_url": reverse("courses:audio_report"),
        "header_title": title,
        "header_icon": "view",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": "", "label": title},
        ],
    }
    return render(request, "courses/admin/review.html", context)


@require_POST
def settle(request, lesson_id, block):
    """Lay aside what volunteers reported of a screen: it has been looked at."""
    demand(request.user, "courses.write")
    lesson = get_object_or_404(LessonPage, pk=lesson_id)
    count = settle_reports(lesson, block, by=request.user)
    if count:
        text = ngettext("%(count)d report is settled.", "%(count)d reports are settled.", count)
        messages.success(request, text % {"count": count})
    return redirect("courses_review")


def give_advice(request, page):
    """Tell the author what a reader of eighty may stumble over; the page is saved all the same."""
    page = page.specific
    if not isinstance(page, LessonPage):
        return
    found = advise(page)
    for where, complaint in found[:SHOWN]:
        messages.warning(request, f"“{where}”: {in_words(complaint)}")
    rest = len(found) - SHOWN
    if rest > 0:
        more = ngettext(
            "And %(count)d more piece of advice.", "And %(count)d more pieces of advice.", rest
        )
        messages.warning(request, more % {"count": rest})
