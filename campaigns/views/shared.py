from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import NoReverseMatch, reverse

from campaigns.models import Campaign
from places.models import Place


def require(user, permission: str, thing=None) -> None:
    """Answer 403 unless the user may do this to ``thing``, or anywhere at all without one."""
    if not user.has_perm(permission, thing):
        raise PermissionDenied


def url_if_there(name: str, *args) -> str:
    """Return the address of a screen of an app above, or nothing while there is none."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def above_within(place: Place, widest: list[Place]) -> list[Place]:
    """Return what lies above a place and still within the places that somebody may see."""
    if any(place.pk == own.pk for own in widest):
        return []
    return [above for above in place.above if above.path.startswith(tuple(w.path for w in widest))]


def place_asked(request, campaign: Campaign) -> Place:
    """Return the place that ``?place=`` asks for, or the widest that the user may see.

    404 where it lies outside the campaign or outside the user's scope.
    """
    widest = campaign.places_for(request.user)
    wanted = request.GET.get("place", "")
    if not widest:
        raise Http404
    if not wanted:
        return widest[0]
    if not wanted.isdecimal() or len(wanted) > 18:
        raise Http404
    own = next((place for place in widest if place.pk == int(wanted)), None)
    if own is not None:
        return own
    place = Place.objects.select_related("map_sheet").with_those_above(int(wanted))
    if place is None or not any(place.path.startswith(above.path) for above in widest):
        raise Http404
    return place
