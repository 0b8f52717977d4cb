"""A screen in class looks different from the lesson's picture: two taps tell the author."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from courses.forms import ScreenReportForm
from courses.models import LessonPage
from courses.services import report_screen, stored_screen
from courses.views.own import demand, places_of

PERMISSION = "courses.report_screen"


@require_http_methods(["GET", "POST"])
def screen_report(request, lesson_id, block):
    """Say that a screen looks different, where, and if one likes, how."""
    demand(request.user, PERMISSION)
    lesson = get_object_or_404(LessonPage.objects.live(), pk=lesson_id)
    try:
        number = stored_screen(lesson, block).number
    except ValidationError:
        raise Http404 from None
    places = places_of(request.user, PERMISSION)
    form = ScreenReportForm(request.POST or None, places=places, initial={"uuid": uuid.uuid4()})
    back = f"{lesson.get_url(request)}?step={number}"
    if request.method == "POST" and form.is_valid():
        try:
            report_screen(lesson, block, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Thank you. Whoever writes the lesson will look at it."))
            return redirect(back)
    return render(
        request,
        "courses/screen_report.html",
        {
            "form": form,
            "lesson": lesson,
            "screen": lesson.screen(number),
            "back": back,
            "asks_place": len(places) > 1,
            "crumbs": [
                (_("Home"), reverse("home")),
                (lesson.title, back),
                (_("This screen looks different"), ""),
            ],
        },
        status=422 if form.errors else 200,
    )
