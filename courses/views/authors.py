"""What authors see of us inside Wagtail's admin."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.models import LessonPage
from courses.reports import to_review
from courses.services import advise

SHOWN = 5


def review_report(request):
    """List the lessons that wait for an author."""
    if not (request.user.is_superuser or request.user.has_perm("courses.write")):
        raise PermissionDenied
    title = _("Lessons to review")
    context = {
        "reviews": to_review(request.user),
        "header_title": title,
        "header_icon": "view",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": "", "label": title},
        ],
    }
    return render(request, "courses/admin/review.html", context)


def give_advice(request, page):
    """Tell the author what a reader of eighty may stumble over; the page is saved all the same."""
    page = page.specific
    if not isinstance(page, LessonPage):
        return
    found = advise(page)
    for where, complaint in found[:SHOWN]:
        if complaint.kind == "long":
            text = _("“%(where)s”: a sentence of %(count)d words: %(text)s") % {
                "where": where,
                "count": complaint.words,
                "text": complaint.text,
            }
        else:
            text = _("“%(where)s”: write “%(better)s” instead of “%(text)s”") % {
                "where": where,
                "better": complaint.better,
                "text": complaint.text,
            }
        messages.warning(request, text)
    rest = len(found) - SHOWN
    if rest > 0:
        more = ngettext(
            "And %(count)d more piece of advice.", "And %(count)d more pieces of advice.", rest
        )
        messages.warning(request, more % {"count": rest})
