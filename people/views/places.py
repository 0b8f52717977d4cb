"""The communes and villages among which somebody may choose on a screen."""

from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone

from places.models import Place
from places.reports import members_today, unit_of

# More villages than this are not offered in one list; a commune is chosen first.
MOST_VILLAGES = 300


@dataclass
class Chooser:
    """What a screen offers: communes, the one chosen, and its villages within the scope."""

    communes: list[Place]
    commune: Place | None = None
    villages: list[Place] = field(default_factory=list)
    village: Place | None = None
    # The narrowest place chosen, and what went into it.
    inside: tuple[Place, ...] = ()

    @property
    def place(self) -> Place | None:
        """The narrowest place chosen."""
        return self.village or self.commune


def chooser_for(request, permission: str) -> Chooser:
    """Read ``?commune=`` and ``?village=`` within the places where the user may do this."""
    user = request.user
    communes = communes_where(user, permission)
    by_pk = {str(commune.pk): commune for commune in communes}
    choice = Chooser(communes)
    village_pk = request.GET.get("village", "")
    if village_pk.isdecimal():
        choice.village = villages_where(user, permission).filter(pk=village_pk).first()
    if choice.village:
        above = choice.village.parent
        if above:
            choice.commune = above if above.is_current() else unit_of(above, timezone.localdate())
    else:
        choice.commune = by_pk.get(request.GET.get("commune", ""))
    if choice.commune is None and len(communes) == 1:
        choice.commune = communes[0]
    if choice.commune:
        merged = members_today(choice.commune)
        villages = villages_where(user, permission).below_any(merged)
        choice.villages = list(villages.current().in_order())
        choice.inside = members_today(choice.village) if choice.village else merged
    return choice


def communes_where(user, permission: str) -> list[Place]:
    """Return the communes in which the user may do this somewhere, in Vietnamese order."""
    communes = Place.objects.communes().current()
    if not user.is_superuser:
        paths = user.scope_paths(permission)
        inside = Q(pk__in=[])
        for path in paths:
            # A role held in a village lies within its commune, or in what that went into.
            above = path[: 2 * Place.steplen]
            inside |= Q(path__startswith=path) | Q(path=above) | Q(predecessors__path=above)
        communes = communes.filter(inside).distinct()
    return list(communes.with_ancestors().in_order())


def villages_where(user, permission: str):
    """Return the villages in which the user may do this."""
    villages = Place.objects.villages()
    if user.is_superuser:
        return villages
    inside = Q(pk__in=[])
    for path in user.scope_paths(permission):
        inside |= Q(path__startswith=path)
    return villages.filter(inside)


def village_choices(request, permission: str):
    """Return the villages that a form offers, and whether a commune must be chosen first."""
    villages = villages_where(request.user, permission).current()
    commune = request.GET.get("commune") or request.POST.get("commune") or ""
    if commune.isdecimal():
        chosen = Place.objects.communes().filter(pk=commune).first()
        if chosen:
            return villages.below_any(members_today(chosen)).in_order(), False
    if villages[: MOST_VILLAGES + 1].count() > MOST_VILLAGES:
        return villages.none(), True
    return villages.in_order(), False
