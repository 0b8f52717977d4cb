"""What somebody may do, and where: a place answers with figures and pictures of its own."""

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.shortcuts import get_object_or_404

from people.roles import roles_with
from places.models import Place


def demand(user, permission: str, place: Place | None = None) -> None:
    """Refuse whoever may not do this at ``place``, or without one anywhere at all."""
    if not user.has_perm(permission, place):
        raise PermissionDenied


def places_of(user, permission: str) -> list[Place]:
    """Return the places where the user may answer: the own ones, and those directly below."""
    if user.is_superuser:
        return list(Place.objects.provinces().in_order().with_ancestors())
    roles = roles_with(permission)
    own = [path for role, path in user.roles_held() if role in roles]
    if not own:
        return []
    inside = Q(path__in=own)
    for path in own:
        inside |= Q(path__startswith=path, depth=len(path) // Place.steplen + 1)
    places = Place.objects.filter(inside).current().order_by("depth", "sort_key", "path")
    return list(places.with_ancestors())


def chosen_place(request, permission: str) -> tuple[Place, list[Place]]:
    """Return the place that the address asks for, else the reader's first, and all on offer."""
    places = places_of(request.user, permission)
    if not places:
        raise PermissionDenied
    wanted = request.GET.get("place", "")
    place = next((place for place in places if str(place.pk) == wanted), None)
    if wanted and place is None:
        place = get_object_or_404(Place.objects.visible_to(request.user), pk=_number(wanted))
        demand(request.user, permission, place)
        places = [place, *places]
    return place or places[0], places


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
