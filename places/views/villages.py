"""Villages are added, one by one or from a file, and their facts corrected."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from places.forms import VillageFileForm, VillageForm
from places.imports import (
    MAX_ROWS,
    load_villages,
    pack_preview,
    preview_villages,
    unpack_preview,
)
from places.models import Place
from places.services import create_village
from places.views.shared import crumbs, form_page, place_for


def add_village(request, pk):
    """Add one village to a commune."""
    commune = place_for(request.user, "places.change_place", pk)
    if commune.kind != Place.Kind.COMMUNE:
        raise Http404
    form = VillageForm(request.POST or None)
    if form.is_valid():
        try:
            village = create_village(commune, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error("name", refusal)
        else:
            messages.success(request, _("%(name)s was added.") % {"name": village.full_name})
            return redirect("places:detail", commune.pk)
    return form_page(request, form, commune, _("Add a village"), _("Add"))


def import_villages(request, pk):
    """Add many villages from a CSV file: choose it, look at what it would do, confirm."""
    place = place_for(request.user, "places.import_villages", pk)
    if place.kind == Place.Kind.VILLAGE:
        raise Http404
    form, preview = VillageFileForm(), None
    communes = Place.objects.below(place).communes().current().with_ancestors()
    if "rows" in request.POST:
        preview = unpack_preview(request.POST["rows"], request.user, place, communes)
        try:
            number = load_villages(preview, by=request.user)
        except ValidationError:
            # The world has changed since the preview; it tells line by line.
            pass
        else:
            added = ngettext("%(n)d village was added.", "%(n)d villages were added.", number)
            messages.success(request, added % {"n": number})
            return redirect("places:detail", place.pk)
    elif request.method == "POST":
        form = VillageFileForm(request.POST, request.FILES)
        if form.is_valid():
            preview = preview_villages(form.cleaned_data["file"].read(), place, communes)
    refused = form.errors or (preview and preview.errors)
    context = {
        "place": place,
        "crumbs": [*crumbs(request.user, place, linked=True), (_("Villages from a file"), "")],
        "form": form,
        "preview": preview,
        "packed": pack_preview(preview, request.user, place)
        if preview and not preview.errors
        else "",
        "max_rows": MAX_ROWS,
    }
    status = 422 if refused else 200
    return render(request, "places/import_villages.html", context, status=status)
