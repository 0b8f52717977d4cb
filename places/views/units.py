"""Units change their names, and are corrected in what is known of them."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from places.forms import NameForm, PopulationForm
from places.models import Place
from places.services import note_population, rename_place
from places.views.shared import form_page, permission_to_rename, place_for


def edit(request, pk):
    """Give a unit another name from a day on; it can still be found by the one it had."""
    place = place_for(request.user, "places.view_place", pk)
    place = place_for(request.user, permission_to_rename(place), pk)
    if place.kind == Place.Kind.PROVINCE:
        raise Http404
    form = NameForm(
        request.POST or None,
        kind=place.kind,
        initial={"designation": place.designation, "name": place.name},
    )
    if form.is_valid():
        try:
            place = rename_place(place, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error("name", refusal)
        else:
            messages.success(request, _("It is called %(name)s now.") % {"name": place.full_name})
            return redirect("places:detail", place.pk)
    return form_page(request, form, place, _("Change the name"), _("Save"))


def population(request, pk):
    """Note how many people live in a unit, and for which day that is known."""
    place = place_for(request.user, "places.change_place", pk)
    form = PopulationForm(
        request.POST or None,
        initial={"population": place.population, "as_of": place.population_as_of},
    )
    if form.is_valid():
        try:
            note_population(place, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The population was saved."))
            return redirect("places:detail", place.pk)
    return form_page(request, form, place, _("Population"), _("Save"))
