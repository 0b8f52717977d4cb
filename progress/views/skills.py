"""What people can do, as volunteers see it: a class at a glance, and one tap for each sight."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from campaigns.models import ClassGroup
from courses.models import LessonPage
from progress.forms import ObserveForm
from progress.models import Enrolment, Level
from progress.reports import current_enrolment, ladder_of, lessons_of_campaign, skill_board
from progress.services import observe as note
from progress.views.access import resident_for


def skills(request, class_group_id):
    """Who can do what, and who needs whom next time."""
    groups = ClassGroup.objects.visible_to(request.user).select_related("campaign", "place")
    group = get_object_or_404(groups, pk=class_group_id)
    if not request.user.has_perm("people.view_resident", group):
        raise PermissionDenied
    board = skill_board(group)
    wanted = request.GET.get("lesson", "")
    lesson = board.lesson(int(wanted) if wanted.isdecimal() and len(wanted) < 19 else None)
    return render(
        request,
        "progress/skills.html",
        {
            "group": group,
            "board": board,
            "lesson": lesson,
            "tables": board.by_phone(lesson) if lesson else [],
            "needs": board.by_need(),
            "levels": Level.choices,
            "crumbs": [
                (_("Home"), reverse("home")),
                (str(group), reverse("campaigns:class_group", args=[group.pk])),
                (_("Learners"), reverse("progress:learners", args=[group.pk])),
                (_("Skills"), ""),
            ],
        },
    )


@require_POST
def observe(request, uuid, lesson_id):
    """Note how far somebody can do what a lesson teaches, and answer with that rung."""
    resident = resident_for(request, uuid, "progress.observe")
    enrolment = _enrolment(request, resident)
    lesson = get_object_or_404(LessonPage.objects.live(), pk=lesson_id)
    form = ObserveForm(request.POST)
    refusal = ""
    try:
        if not form.is_valid() or "level" not in request.POST:
            raise ValidationError(_("Say how far the person can do it."))
        note(enrolment, lesson, by=request.user, **form.tap())
    except ValidationError as error:
        refusal = error.messages[0]
    lessons = lessons_of_campaign(enrolment.campaign, enrolment.class_group)
    rungs = ladder_of(enrolment, lessons, only=lesson.source().pk)
    if not request.htmx or not rungs:
        if refusal:
            messages.error(request, refusal)
        return redirect(
            reverse(
                "progress:learner",
                args=[resident.uuid],
                query={"enrolment": enrolment.pk},
                fragment=f"skill-{lesson.source().pk}",
            )
        )
    return render(
        request,
        "progress/_rung.html",
        {
            "rung": rungs[0],
            "resident": resident,
            "enrolment": enrolment,
            "may": {"observe": True},
            "levels": Level.choices,
            "refusal": refusal,
        },
        status=422 if refusal else 200,
    )


def _enrolment(request, resident):
    enrolments = Enrolment.objects.active().filter(resident=resident)
    pk = str(request.POST.get("enrolment") or getattr(current_enrolment(resident), "pk", ""))
    enrolments = enrolments.select_related("campaign", "class_group")
    return get_object_or_404(enrolments, pk=pk if pk.isdecimal() and len(pk) < 19 else None)
