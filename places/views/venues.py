"""The houses where classes can meet."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from places.forms import VenueForm
from places.models import Place, Venue
from places.services import create_venue, update_venue
from places.views.shared import form_page, place_for


def add_venue(request, pk):
    """Note a house where classes can meet."""
    place = place_for(request.user, "places.change_venue", pk)
    if place.kind == Place.Kind.PROVINCE:
        raise Http404
    form = VenueForm(request.POST or None)
    if form.is_valid():
        try:
            create_venue(place, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error("name", refusal)
        else:
            messages.success(request, _("The venue was added."))
            return redirect("places:detail", place.pk)
    return form_page(request, form, place, _("Add a venue"), _("Add"))


def edit_venue(request, pk):
    """Correct what is known of a venue."""
    venue = get_object_or_404(Venue.objects.visible_to(request.user).select_related("place"), pk=pk)
    if not request.user.has_perm("places.change_venue", venue):
        raise PermissionDenied
    # A ModelForm writes into the object it is given; the page shall show the venue as it is.
    form = VenueForm(request.POST or None, instance=Venue.objects.get(pk=pk))
    if form.is_valid():
        try:
            update_venue(venue, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error("name", refusal)
        else:
            messages.success(request, _("The venue was saved."))
            return redirect("places:detail", venue.place_id)
    return form_page(request, form, venue.place, venue.name, _("Save"))
