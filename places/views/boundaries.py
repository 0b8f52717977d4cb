"""Boundaries of the units of a place: choose a file, look at the map it makes, confirm."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from places.forms import BoundaryFileForm
from places.imports.boundaries import (
    MAX_MEGABYTES,
    Line,
    load_boundaries,
    pack_boundaries,
    preview_boundaries,
)
from places.models import MapSheet, Place
from places.reports import units_below
from places.services import remove_boundaries
from places.views.shared import crumbs, place_for

DRAW = "places.draw_boundaries"


def boundaries(request, pk):
    """The map of a place as it is drawn now, and another one from a file."""
    place = _place(request, pk)
    form, preview, packed, words = BoundaryFileForm(), None, "", ("", "")
    if "packed" in request.POST:
        try:
            sheet = load_boundaries(request.POST["packed"], place, by=request.user)
        except ValidationError as refusal:
            form = _refused(refusal)
        else:
            drawn = ngettext("%(n)d unit is drawn now.", "%(n)d units are drawn now.", sheet.units)
            messages.success(request, drawn % {"n": sheet.units})
            return redirect("places:boundaries", place.pk)
    elif request.method == "POST":
        form = BoundaryFileForm(request.POST, request.FILES)
        if form.is_valid():
            words = form.cleaned_data["attribution"], form.cleaned_data["source"]
            try:
                preview = preview_boundaries(form.cleaned_data["file"].read(), place)
            except ValidationError as refusal:
                form.add_error("file", refusal)
            else:
                packed = pack_boundaries(preview, request.user, place, words)
    sheet = MapSheet.objects.filter(place=place).first()
    context = {
        "place": place,
        "crumbs": [*crumbs(request.user, place, linked=True), (_("Boundaries"), "")],
        "form": form,
        "preview": preview,
        "packed": packed,
        "sheet": sheet,
        "lines": _lines(place) if sheet and not preview else [],
        "words": words,
        "most": MAX_MEGABYTES,
    }
    status = 422 if form.errors else 200
    return render(request, "places/boundaries.html", context, status=status)


@require_POST
def remove(request, pk):
    """Take the lines away; the map shows tiles again."""
    place = _place(request, pk)
    try:
        remove_boundaries(place, by=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("The boundaries were removed."))
    return redirect("places:boundaries", place.pk)


def _place(request, pk) -> Place:
    place = place_for(request.user, DRAW, pk)
    if place.kind == Place.Kind.VILLAGE:
        raise Http404
    return place


def _lines(place) -> list[Line]:
    units = units_below(place, timezone.localdate(), with_lines=True)
    return [Line(unit.place.pk, unit.name, unit.outline) for unit in units if unit.outline]


def _refused(refusal: ValidationError) -> BoundaryFileForm:
    form = BoundaryFileForm({})
    form.errors.clear()
    form.add_error(None, refusal)
    return form
