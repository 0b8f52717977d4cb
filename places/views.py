"""The screens on which staff find a place and keep its villages and venues in order."""

from collections import defaultdict

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from places.forms import VenueForm, VillageFileForm, VillageForm
from places.imports import (
    MAX_ROWS,
    load_villages,
    pack_preview,
    preview_villages,
    unpack_preview,
)
from places.models import LegacyName, Place, Venue
from places.services import create_venue, create_village, rename_place, update_venue

FOUND_AT_MOST = 50
QUERY_LENGTH = 100


def browse(request):
    """The places of one's own area, and a search in it by old or new name."""
    if not request.user.has_perm("places.view_place"):
        raise PermissionDenied
    q = request.GET.get("q", "")[:QUERY_LENGTH].replace("\x00", "")
    context = {"q": q.strip()}
    if context["q"]:
        found = Place.objects.visible_to(request.user).current().search(q).with_ancestors()
        found = list(found[: FOUND_AT_MOST + 1])
        context |= {"found": found[:FOUND_AT_MOST], "more": len(found) > FOUND_AT_MOST}
    else:
        context["tops"] = _tops(request.user)
    if request.htmx and not request.htmx.boosted and not request.htmx.history_restore_request:
        return render(request, "places/_found.html", context)
    return render(request, "places/browse.html", context)


def detail(request, pk):
    """One place: what it is, what it was, what lies in it and where classes can meet."""
    place = _place_for(request.user, "places.view_place", pk)
    inside = Place.objects.children_of(place).current().in_order()
    venues = []
    if place.kind != Place.Kind.PROVINCE:
        venues = list(
            Venue.objects.filter(place__path__startswith=place.path)
            .select_related("place")
            .order_by("place__sort_key", "name")
        )
    context = {
        "place": place,
        "crumbs": _crumbs(request.user, place),
        "inside": list(inside),
        "venues": venues,
        "history": _history(place),
        "successors": place.successors.all().with_ancestors() if place.valid_to else [],
        "may_change": request.user.has_perm("places.change_place", place),
        "may_import": request.user.has_perm("places.import_villages", place),
        "may_change_venue": request.user.has_perm("places.change_venue", place),
    }
    return render(request, "places/detail.html", context)


def edit(request, pk):
    """Correct or change the name of a village; the official units have theirs by law."""
    place = _place_for(request.user, "places.change_place", pk)
    if place.kind != Place.Kind.VILLAGE:
        raise Http404
    form = VillageForm(
        request.POST or None, initial={"designation": place.designation, "name": place.name}
    )
    if form.is_valid():
        try:
            place = rename_place(place, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error("name", refusal)
        else:
            messages.success(request, _("It is called %(name)s now.") % {"name": place.full_name})
            return redirect("places:detail", place.pk)
    return _form_page(request, form, place, _("Change the name"), _("Save"))


def add_village(request, pk):
    """Add one village to a commune."""
    commune = _place_for(request.user, "places.change_place", pk)
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
    return _form_page(request, form, commune, _("Add a village"), _("Add"))


def import_villages(request, pk):
    """Add many villages from a CSV file: choose it, look at what it would do, confirm."""
    place = _place_for(request.user, "places.import_villages", pk)
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
        "crumbs": [*_crumbs(request.user, place, linked=True), (_("Villages from a file"), "")],
        "form": form,
        "preview": preview,
        "packed": pack_preview(preview, request.user, place)
        if preview and not preview.errors
        else "",
        "max_rows": MAX_ROWS,
    }
    status = 422 if refused else 200
    return render(request, "places/import_villages.html", context, status=status)


def add_venue(request, pk):
    """Note a house where classes can meet."""
    place = _place_for(request.user, "places.change_venue", pk)
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
    return _form_page(request, form, place, _("Add a venue"), _("Add"))


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
    return _form_page(request, form, venue.place, venue.name, _("Save"))


def _form_page(request, form, place, title, action):
    context = {
        "form": form,
        "place": place,
        "title": title,
        "action": action,
        "crumbs": [*_crumbs(request.user, place, linked=True), (title, "")],
    }
    return render(request, "places/form.html", context, status=422 if form.errors else 200)


def _place_for(user, permission, pk):
    place = get_object_or_404(Place.objects.visible_to(user).with_ancestors(), pk=pk)
    if not user.has_perm(permission, place):
        raise PermissionDenied
    return place


def _tops(user):
    """Return where a user's area begins, and what lies in it when it begins in one place only."""
    places = Place.objects.current().in_order()
    if user.is_superuser:
        return [(place, []) for place in places.provinces()]
    tops = list(places.filter(path__in=user.scope_paths()).with_ancestors())
    if len(tops) != 1:
        return [(place, []) for place in tops]
    return [(tops[0], list(places.children_of(tops[0])))]


def _crumbs(user, place, *, linked=False):
    """Return the way to ``place``; what lies above the user's area is named, not linked."""
    scope = user.scope_paths()
    crumbs = [(_("Places"), reverse("places:browse"))]
    for above in place.above:
        seen = user.is_superuser or any(above.path.startswith(path) for path in scope)
        crumbs.append((above.full_name, reverse("places:detail", args=[above.pk]) if seen else ""))
    url = reverse("places:detail", args=[place.pk]) if linked else ""
    return [*crumbs, (place.full_name, url)]


def _history(place):
    """Return what the place was called and what went into it, as the page shows it."""
    level = LegacyName.Level
    names = list(place.legacy_names.order_by("level", "within", "pk"))
    parts = defaultdict(list)
    for name in names:
        if name.level in (level.COMMUNE, level.VILLAGE, level.PROVINCE):
            parts[name.within].append(name)
    return {
        "own": [name for name in names if name.level == level.OWN],
        "parts": sorted(parts.items()),
    }
