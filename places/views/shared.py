"""What the screens about places share."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from places.models import Place


def form_page(request, form, place, title, action):
    context = {
        "form": form,
        "place": place,
        "title": title,
        "action": action,
        "crumbs": [*crumbs(request.user, place, linked=True), (title, "")],
    }
    return render(request, "places/form.html", context, status=422 if form.errors else 200)


def place_for(user, permission, pk):
    place = get_object_or_404(Place.objects.visible_to(user).with_ancestors(), pk=pk)
    if not user.has_perm(permission, place):
        raise PermissionDenied
    return place


def permission_to_change_units(place: Place) -> str:
    """Return what one must hold to merge or split a unit: villages are the commune's affair."""
    return "places.change_place" if place.kind == Place.Kind.VILLAGE else "places.change_units"


# Whoever may merge a unit may call it something else.
permission_to_rename = permission_to_change_units


def crumbs(user, place, *, linked=False):
    """Return the way to ``place``; what lies above the user's area is named, not linked."""
    scope = user.scope_paths()
    crumbs = [(_("Places"), reverse("places:browse"))]
    for above in place.above:
        seen = user.is_superuser or any(above.path.startswith(path) for path in scope)
        crumbs.append((above.full_name, reverse("places:detail", args=[above.pk]) if seen else ""))
    url = reverse("places:detail", args=[place.pk]) if linked else ""
    return [*crumbs, (place.full_name, url)]
