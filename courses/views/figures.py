"""Local figures: each place says what holds there."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from courses.forms import FigureForm
from courses.models import LocalFigure
from courses.services import set_figure
from courses.views.own import chosen_place, demand
from places.models import Place

PERMISSION = "courses.set_figure"


@require_safe
def figures(request):
    """List the local figures as they are at one of the reader's places."""
    place, places = chosen_place(request, PERMISSION)
    asked = list(LocalFigure.objects.all())
    answers = LocalFigure.answers(asked, place)
    return render(
        request,
        "courses/figures.html",
        {
            "rows": list(zip(asked, answers, strict=True)),
            "place": place,
            "places": places,
            "varies": request.user.has_perm("courses.vary_lesson", place),
            "known": sum(answer.is_known for answer in answers),
            "crumbs": [(_("Home"), reverse("home")), (_("Local figures"), "")],
        },
    )


@require_http_methods(["GET", "POST"])
def figure(request, place_id, figure_id):
    """Say what one figure is at one place."""
    place = get_object_or_404(Place.objects.visible_to(request.user), pk=place_id)
    demand(request.user, PERMISSION, place)
    about = get_object_or_404(LocalFigure, pk=figure_id)
    back = f"{reverse('courses:figures')}?place={place.pk}"
    answer = LocalFigure.answers([about], place)[0]
    form = FigureForm(request.POST or None, initial=_initial(answer, place))
    if request.method == "POST" and form.is_valid():
        try:
            set_figure(about, place, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error("as_of" if refusal.code == "future" else None, refusal)
        else:
            messages.success(request, _("Saved: %(label)s.") % {"label": answer.label})
            return redirect(back)
    return render(
        request,
        "courses/figure.html",
        {
            "form": form,
            "answer": answer,
            "place": place,
            "back": back,
            "crumbs": [
                (_("Home"), reverse("home")),
                (_("Local figures"), back),
                (answer.label, ""),
            ],
        },
        status=422 if form.errors else 200,
    )


def _initial(answer, place):
    """Offer the words of this very place for correction, never those of the place above."""
    if answer.value and answer.value.path == place.path:
        return {"text": answer.value.text, "source": answer.value.source}
    return {}
