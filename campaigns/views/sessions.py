"""One evening, and all of tonight's."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from campaigns.forms import CancelForm, LessonForm, MoveForm, SubstituteForm, refuse
from campaigns.models import ClassSession
from campaigns.reports import (
    clashes_of,
    in_short,
    next_session,
    roster_of,
    sessions_tonight,
    shifts_on,
    teachers_near,
)
from campaigns.rules import holiday_on
from campaigns.services import (
    cancel_session,
    move_session,
    restore_session,
    set_lesson,
    set_note,
    substitute_instructor,
)
from campaigns.views.campaigns import crumbs_of
from campaigns.views.shared import require, url_if_there
from courses.models import LessonPage
from courses.services import lessons_of, published_courses
from places.models import attach_ancestors


def tonight(request):
    """Today's evenings in the user's places, the user's own first."""
    user = request.user
    require(user, "campaigns.view_classgroup")
    today = timezone.localdate()
    sessions = sessions_tonight(user, today)
    attach_ancestors(session.class_group.place for session in sessions)
    rows = [
        {
            "session": session,
            "mine": user.pk in [i.pk for i in session.instructors.all()],
            "register_url": url_if_there("progress:register", session.pk),
        }
        for session in sessions
    ]
    context = {
        "today": today,
        "mine": [row for row in rows if row["mine"]],
        "others": [row for row in rows if not row["mine"]],
        "holiday": holiday_on(today, get_language() or "vi"),
        "shifts": shifts_on(user, today),
        "next": next_session(user) if not any(row["mine"] for row in rows) else None,
    }
    return render(request, "campaigns/tonight.html", context)


def session(request, pk):
    """One evening: where, when, who, what is taught; and everything one can do about it."""
    found = session_for(request.user, pk)
    require(request.user, "campaigns.view_classgroup", found)
    may_hold = request.user.has_perm("campaigns.hold_session", found)
    form = None
    if may_hold:
        form = LessonForm(
            request.POST or None,
            lessons=_lessons(found),
            initial={"lesson": found.lesson_id, "note": found.note},
        )
        if request.method == "POST" and form.is_valid():
            set_lesson(found, form.cleaned_data["lesson"], by=request.user)
            set_note(found, form.cleaned_data["note"], by=request.user)
            messages.success(request, _("Saved."))
            return redirect("campaigns:session", pk)
    elif request.method == "POST":
        require(request.user, "campaigns.hold_session", found)
    day = timezone.localtime(found.starts_at).date()
    cancelled = found.state == ClassSession.State.CANCELLED
    context = {
        "session": found,
        "group": found.class_group,
        "occasion": found,
        "roster": roster_of(found),
        "has_begun": found.has_begun,
        "is_over": found.ends_at <= timezone.now(),
        "may_plan": request.user.has_perm("campaigns.plan_shifts", found),
        "offer_url": reverse("campaigns:offer_session", args=[pk]),
        "remind_url": reverse("campaigns:remind_session", args=[pk]),
        "cancelled": cancelled,
        "may_hold": may_hold,
        "form": form,
        "holiday": holiday_on(day, get_language() or "vi"),
        "clashes": in_short(clashes_of(found)) if found.ends_at > timezone.now() else [],
        "register_url": "" if cancelled else url_if_there("progress:register", pk),
        "walk_in_url": "" if cancelled else url_if_there("progress:walk_in", pk),
        "paper_url": "" if cancelled else url_if_there("progress:paper", pk),
        "screen_url": "" if cancelled else url_if_there("progress:screen", pk),
        "crumbs": session_crumbs(found),
    }
    return render(
        request,
        "campaigns/session.html",
        context,
        status=422 if form is not None and form.errors else 200,
    )


def cancel(request, pk):
    """Call the evening off."""
    found = _held_by(request.user, pk)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            cancel_session(found, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("The evening is cancelled. The calendar says so."))
            return redirect("campaigns:session", pk)
    return _form(request, found, form, _("Cancel the evening"), danger=True)


@require_POST
def restore(request, pk):
    """Hold a cancelled evening after all."""
    found = _held_by(request.user, pk)
    try:
        restore_session(found, by=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("The evening takes place after all."))
    return redirect("campaigns:session", pk)


def move(request, pk):
    """Hold the evening at another time."""
    found = _held_by(request.user, pk)
    form = MoveForm(request.POST or None, initial={"starts_at": found.starts_at})
    if request.method == "POST" and form.is_valid():
        try:
            move_session(found, form.cleaned_data["starts_at"], by=request.user)
        except ValidationError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("The evening has moved."))
            return redirect("campaigns:session", pk)
    return _form(request, found, form, _("Move the evening"))


def substitute(request, pk):
    """Let somebody else teach."""
    found = _held_by(request.user, pk)
    form = SubstituteForm(
        request.POST or None, session=found, teachers=teachers_near(found.class_group.place)
    )
    if request.method == "POST" and form.is_valid():
        try:
            substitute_instructor(
                found, form.cleaned_data["out"], form.cleaned_data["into"], by=request.user
            )
        except ValidationError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("campaigns:session", pk)
    return _form(request, found, form, _("Another instructor"))


def session_for(user, pk) -> ClassSession:
    return get_object_or_404(
        ClassSession.objects.visible_to(user)
        .select_related(
            "campaign__place",
            "class_group__place",
            "class_group__venue",
            "class_group__team",
            "class_group__course",
            "lesson",
        )
        .prefetch_related("instructors"),
        pk=pk,
    )


def _held_by(user, pk):
    found = session_for(user, pk)
    require(user, "campaigns.hold_session", found)
    return found


def _lessons(found):
    """Return the lessons of the class's course, or of all when it has none."""
    if found.class_group.course:
        return lessons_of(found.class_group.course)
    lessons = LessonPage.objects.none()
    for course in published_courses():
        lessons = lessons | LessonPage.objects.child_of(course).live()
    return lessons


def session_crumbs(found, *more):
    group = found.class_group
    when = f"{timezone.localtime(found.starts_at):%d/%m/%Y}"
    return crumbs_of(
        found.campaign,
        (group.name, reverse("campaigns:class_group", args=[group.pk])),
        (when, reverse("campaigns:session", args=[found.pk])),
        *more,
    )


def _form(request, found, form, title, danger=False):
    context = {
        "form": form,
        "title": title,
        "lede": str(found),
        "danger": danger,
        "back": reverse("campaigns:session", args=[found.pk]),
        "crumbs": session_crumbs(found, title),
    }
    return render(request, "campaigns/form.html", context, status=422 if form.errors else 200)
