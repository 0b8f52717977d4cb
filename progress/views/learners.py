"""A learner as those who look after him see him."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from campaigns.models import ClassGroup
from courses.models import LessonPage
from people.models import Resident
from people.services import find_duplicates
from progress.forms import RecordForm
from progress.models import Attendance, Enrolment, Help, Level
from progress.reports import (
    class_gains,
    current_enrolment,
    journey_of,
    ladder_of,
    last_runs,
    lessons_of_campaign,
    stumbles,
)
from progress.rules import is_complete, lessons_needed
from progress.services import merge_people, move_to_class, record_lesson
from progress.services import withdraw as leave
from progress.views.access import resident_for
from progress.views.face import url_of


def learner(request, uuid):
    """One learner: evenings, lessons, and what a volunteer can do for him."""
    resident = resident_for(request, uuid, "people.view_resident")
    enrolments = list(
        Enrolment.objects.filter(resident=resident).select_related("campaign").order_by("-pk")
    )
    chosen = request.GET.get("enrolment", "")
    enrolment = next((row for row in enrolments if str(row.pk) == chosen), None)
    enrolment = enrolment or current_enrolment(resident) or next(iter(enrolments), None)
    journey = journey_of(resident, enrolment=enrolment) if enrolment else None
    return render(
        request,
        "progress/learner.html",
        {
            "resident": resident,
            "journey": journey,
            "enrolment": enrolment,
            "others": [row for row in enrolments if enrolment and row.pk != enrolment.pk],
            "evenings": _evenings(enrolment) if enrolment else [],
            "rungs": ladder_of(enrolment, journey.lessons) if journey else [],
            "levels": Level.choices,
            "practised": last_runs(enrolment, journey.lessons) if journey else [],
            "is_doubtful": bool(journey) and _is_doubtful(journey),
            "classes": _classes(request.user, enrolment) if enrolment else [],
            "helps": Help.choices,
            "certificates_url": url_of("certificates:of_resident", resident.uuid),
            "may": {
                "record": request.user.has_perm("progress.record_lesson", resident),
                "enrol": request.user.has_perm("progress.enrol", resident),
                "observe": request.user.has_perm("progress.observe", resident),
                "merge": request.user.has_perm("people.merge_residents", resident),
            },
            "crumbs": _crumbs(resident, (_("Learning"), "")),
        },
    )


def learners(request, class_group_id):
    """Everybody who learns in a class, and how far each has come."""
    groups = ClassGroup.objects.visible_to(request.user).select_related("campaign", "place")
    group = get_object_or_404(groups, pk=class_group_id)
    if not request.user.has_perm("people.view_resident", group):
        raise PermissionDenied
    lessons = lessons_of_campaign(group.campaign, group)
    required = [lesson for lesson in lessons if lesson.is_required]
    return render(
        request,
        "progress/learners.html",
        {
            "group": group,
            "enrolments": Enrolment.objects.active()
            .filter(class_group=group)
            .select_related("resident__village")
            .order_by("resident__sort_key", "pk"),
            "needed": lessons_needed(group.campaign, required),
            "gains": class_gains(group),
            "crumbs": [
                (_("Home"), reverse("home")),
                (str(group), reverse("campaigns:class_group", args=[group.pk])),
                (_("Learners"), ""),
            ],
        },
    )


def class_stumbles(request, class_group_id):
    """What the learners of a class found hard on the simulated phone."""
    groups = ClassGroup.objects.visible_to(request.user).select_related("campaign", "place")
    group = get_object_or_404(groups, pk=class_group_id)
    if not request.user.has_perm("people.view_resident", group):
        raise PermissionDenied
    return render(
        request,
        "progress/stumbles.html",
        {
            "group": group,
            "practices": stumbles(group),
            "crumbs": [
                (_("Home"), reverse("home")),
                (str(group), reverse("campaigns:class_group", args=[group.pk])),
                (_("Learners"), reverse("progress:learners", args=[group.pk])),
                (_("Where the class stumbles"), ""),
            ],
        },
    )


@require_POST
def record(request, uuid, lesson_id):
    """Vouch that a learner without a phone has mastered a lesson."""
    resident = resident_for(request, uuid, "progress.record_lesson")
    enrolment = _enrolment(request, resident)
    lesson = get_object_or_404(LessonPage.objects.live(), pk=lesson_id)
    form = RecordForm(request.POST)
    try:
        if not form.is_valid():
            raise ValidationError(_("Say how the lesson was done."))
        record_lesson(enrolment, lesson, form.cleaned_data["help"], by=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("Recorded: “%(lesson)s”.") % {"lesson": lesson.title})
    return _to_learner(resident, fragment="lessons")


@require_POST
def move(request, uuid):
    """Let a learner go to another class."""
    resident = resident_for(request, uuid, "progress.enrol")
    enrolment = _enrolment(request, resident)
    pk = request.POST.get("class_group", "")
    classes = _classes(request.user, enrolment)
    class_group = get_object_or_404(classes, pk=pk if pk.isdecimal() else None)
    move_to_class(enrolment, class_group, by=request.user)
    messages.success(
        request,
        _("%(name)s learns in the class %(class)s.") % {"name": resident, "class": class_group},
    )
    return _to_learner(resident)


def withdraw(request, uuid):
    """Let a learner leave the campaign; asked once more."""
    resident = resident_for(request, uuid, "progress.enrol")
    enrolment = _enrolment(request, resident)
    if request.method == "POST":
        leave(enrolment, by=request.user)
        messages.success(
            request,
            _("%(name)s no longer takes part. What was learnt is kept.") % {"name": resident},
        )
        return _to_learner(resident)
    return render(
        request,
        "progress/withdraw.html",
        {
            "resident": resident,
            "enrolment": enrolment,
            "crumbs": _crumbs(resident, (_("Leave the campaign"), "")),
        },
    )


def merge(request, uuid):
    """Two records are one person: choose the other one, look at both, merge."""
    kept = resident_for(request, uuid, "people.merge_residents")
    words = " ".join(request.GET.get("q", "").split())[:60]
    other = request.POST.get("duplicate") or request.GET.get("with") or ""
    duplicate = _other(request.user, kept, other) if other else None
    if request.method == "POST" and duplicate:
        try:
            with transaction.atomic():
                merge_people(kept, duplicate, by=request.user)
        except ValidationError as refusal:
            messages.error(request, refusal.messages[0])
        else:
            messages.success(request, _("Both records are one now. No evening was lost."))
            return redirect("people:resident", kept.uuid)
    return render(
        request,
        "progress/merge.html",
        {
            "resident": kept,
            "duplicate": duplicate,
            "sides": [_side(kept), _side(duplicate)] if duplicate else [],
            "words": words,
            "found": [] if duplicate else _candidates(request.user, kept, words),
            "crumbs": _crumbs(kept, (_("Merge"), "")),
        },
    )


def _side(resident):
    enrolments = list(
        Enrolment.objects.filter(resident=resident).select_related("campaign", "class_group")
    )
    return resident, enrolments


def _other(user, kept, uuid):
    people = Resident.objects.current().visible_to(user).select_related("village")
    try:
        other = get_object_or_404(people.exclude(pk=kept.pk), uuid=uuid)
    except (ValidationError, ValueError):
        return None
    if not user.has_perm("people.merge_residents", other):
        raise PermissionDenied
    return other


def _candidates(user, kept, words):
    """People who are called so; without words, those who look like the same person."""
    if not words:
        found = find_duplicates(
            kept.full_name,
            kept.birth_year,
            kept.village,
            is_about=kept.birth_year_is_about,
            besides=kept,
        )
        return [person for person in found if user.has_perm("people.merge_residents", person)]
    people = Resident.objects.current().permitted_to(user, "people.merge_residents")
    return list(people.exclude(pk=kept.pk).search(words).select_related("village").in_order()[:20])


def _enrolment(request, resident):
    enrolments = Enrolment.objects.active().filter(resident=resident)
    pk = request.POST.get("enrolment") or request.GET.get("enrolment") or ""
    if pk:
        return get_object_or_404(enrolments, pk=pk if pk.isdecimal() else None)
    return get_object_or_404(enrolments, pk=getattr(current_enrolment(resident), "pk", None))


def _evenings(enrolment):
    return list(
        Attendance.objects.marked()
        .filter(enrolment=enrolment)
        .select_related("session__class_group", "session__lesson", "mark__observed_by")
        .order_by("-session__starts_at")
    )


def _is_doubtful(journey):
    """Completed, but a correction since then took away what completion stood on."""
    enrolment = journey.enrolment
    passed = {lesson.source_id for lesson in journey.passed}
    mastered = {lesson.source_id for lesson in journey.lessons if lesson.has_mastered}
    required = {lesson.source_id for lesson in journey.lessons if lesson.is_required}
    return enrolment.completed_at is not None and not is_complete(
        enrolment.campaign, enrolment.evenings, passed, required, mastered
    )


def _classes(user, enrolment):
    return (
        ClassGroup.objects.permitted_to(user, "progress.enrol")
        .filter(campaign=enrolment.campaign_id)
        .exclude(pk=enrolment.class_group_id)
        .order_by("place__path", "name")
    )


def _to_learner(resident, fragment=None):
    return redirect(reverse("progress:learner", args=[resident.uuid], fragment=fragment))


def _crumbs(resident, *more):
    return [
        (_("Home"), reverse("home")),
        (_("People"), reverse("people:residents")),
        (resident.full_name, reverse("people:resident", args=[resident.uuid])),
        *more,
    ]
