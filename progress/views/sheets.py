"""A class's take-home sheets, in one file for the printer."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.models import ClassGroup
from courses.pdf import Helper, Sheet, sheets
from people.rules import shown_phone
from people.views.papers import pdf_response
from progress.models import Enrolment
from progress.reports import helper_of, lessons_of_campaign, next_session

# A class of forty, twice; more would keep the printer and the screen waiting.
MOST_PAGES = 80


def class_sheets(request, class_group_id):
    """Choose the lessons; then one page for each of them, or one for each learner."""
    groups = ClassGroup.objects.visible_to(request.user).select_related("campaign", "place", "team")
    group = get_object_or_404(groups, pk=class_group_id)
    if not request.user.has_perm("people.view_resident", group):
        raise PermissionDenied
    lessons = lessons_of_campaign(group.campaign, group)
    enrolments = list(
        Enrolment.objects.active()
        .filter(class_group=group)
        .select_related("resident")
        .order_by("resident__sort_key", "pk")
    )
    wanted = set(request.GET.getlist("lesson"))
    chosen = [lesson.lesson for lesson in lessons if str(lesson.source_id) in wanted]
    names = [row.resident.full_name for row in enrolments] if "named" in request.GET else [""]
    error = ""
    if "print" in request.GET:
        if not chosen:
            error = _("Tick at least one lesson.")
        elif not names:
            error = _("Nobody is in this class yet.")
        elif len(chosen) * len(names) > MOST_PAGES:
            error = _("That would be %(pages)d pages. At most %(most)d at a time.") % {
                "pages": len(chosen) * len(names),
                "most": MOST_PAGES,
            }
        else:
            helper = _helper(group)
            pages = [Sheet(lesson, helper, name) for name in names for lesson in chosen]
            paper = sheets(pages, on_a4=request.GET.get("paper") == "a4")
            return pdf_response(paper, "to-mang-ve.pdf")
    return render(
        request,
        "progress/sheets.html",
        {
            "group": group,
            "lessons": lessons,
            "ticked": wanted or {str(_tonight(enrolments))},
            "learners": len(enrolments),
            "error": error,
            "crumbs": [
                (_("Home"), reverse("home")),
                (str(group), reverse("campaigns:class_group", args=[group.pk])),
                (_("Learners"), reverse("progress:learners", args=[group.pk])),
                (_("Take-home sheets"), ""),
            ],
        },
        status=422 if error else 200,
    )


def _helper(group) -> Helper:
    found = helper_of(group)
    return Helper(found["name"], shown_phone(found["phone"])) if found else Helper()


def _tonight(enrolments) -> int | None:
    """Return the lesson of the class's next evening, to be ticked beforehand."""
    session = next_session(enrolments[0]) if enrolments else None
    return session.lesson_id if session else None
