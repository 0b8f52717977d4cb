"""Local figures: each place says what holds there."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from courses.forms import FigureForm
from courses.models import LocalFigure
from courses.services import set_figure
from people.roles import roles_with
from places.models import Place

PERMISSION = "courses.set_figure"


@require_safe
def figures(request):
    """List the local figures as they are at one of the reader's places."""
    places = _places_of(request.user)
    if not places:
        raise PermissionDenied
    wanted = request.GET.get("place", "")
    place = next((place for place in places if str(place.pk) == wanted), None)
    if wanted and place is None:
        place = get_object_or_404(Place.objects.visible_to(request.user), pk=_number(wanted))
        _demand(request.user, place)
    place = place or places[0]
    asked = list(LocalFigure.objects.all())
    answers = LocalFigure.answers(asked, place)
    return render(
        request,
        "courses/figures.html",
        {
            "rows": list(zip(asked, answers, strict=True)),
            "place": place,
            "places": places if place in places else [place, *places],
            "known": sum(answer.is_known for answer in answers),
            "crumbs": [(_("Home"), reverse("home")), (_("Local figures"), "")],
        },
    )


@require_http_methods(["GET", "POST"])
def figure(request, place_id, figure_id):
    """Say what one figure is at one place."""
    place = get_object_or_404(Place.objects.visible_to(request.user), pk=place_id)
    _demand(request.user, place)
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


def _demand(user, place):
    if not (user.is_superuser or user.has_perm(PERMISSION, place)):
        raise PermissionDenied


def _places_of(user) -> list[Place]:
    """Return the places where the user may answer: the own ones, and those directly below."""
    if user.is_superuser:
        return list(Place.objects.provinces().in_order().with_ancestors())
    roles = roles_with(PERMISSION)
    own = [path for role, path in user.roles_held() if role in roles]
    if not own:
        return []
    inside = Q(path__in=own)
    for path in own:
        inside |= Q(path__startswith=path, depth=len(path) // Place.steplen + 1)
    places = Place.objects.filter(inside).current().order_by("depth", "sort_key", "path")
    return list(places.with_ancestors())


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
