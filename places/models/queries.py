"""What one asks of the tree: which places, in which order, called what, with what above them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Concat, Left
from django.utils import timezone
from treebeard.mp_tree import MP_NodeManager, MP_NodeQuerySet

from places.models.legacy import LegacyName
from places.models.words import begins_with, has_word, is_called
from places.rules import fold, nfc

if TYPE_CHECKING:
    from places.models.place import Place


class PlaceQuerySet(MP_NodeQuerySet):
    _attach_ancestors = False

    def visible_to(self, user):
        """Keep the places that lie inside the user's assignments."""
        return self._held_by(user)

    def permitted_to(self, user, permission: str):
        """Keep the places where the user may do this."""
        return self._held_by(user, permission)

    def _held_by(self, user, permission=None):
        if user.is_superuser:
            return self
        condition = Q(pk__in=[])
        for path in user.scope_paths(permission):
            condition |= Q(path__startswith=path)
        return self.filter(condition)

    def provinces(self):
        return self.filter(kind=self.model.Kind.PROVINCE)

    def communes(self):
        return self.filter(kind=self.model.Kind.COMMUNE)

    def villages(self):
        return self.filter(kind=self.model.Kind.VILLAGE)

    def current(self, on=None):
        """Keep the units that exist on a day, which is today unless another is given."""
        on = on or timezone.localdate()
        return self.filter(
            Q(valid_from=None) | Q(valid_from__lte=on), Q(valid_to=None) | Q(valid_to__gte=on)
        )

    def below(self, place):
        """Keep what lies inside ``place``, the place itself included."""
        return self.filter(path__startswith=place.path)

    def below_any(self, places):
        """Keep what lies inside one of ``places``, themselves included."""
        condition = Q(pk__in=[])
        for place in places:
            condition |= Q(path__startswith=place.path)
        return self.filter(condition)

    def children_of(self, place):
        """Keep the units directly below ``place``."""
        return self.filter(path__startswith=place.path, depth=place.depth + 1)

    def in_order(self):
        """Order as a Vietnamese dictionary does, and by number where names are numbers."""
        return self.order_by("sort_key", "path")

    def with_ancestors(self):
        """Fetch the places above all of these in one more query, however many there are.

        Without it `label`, `commune` and `province` ask once for each place.
        """
        places = self._chain()
        places._attach_ancestors = True
        return places

    def with_those_above(self, pk: int) -> "Place | None":
        """Return one place with what lies above it, all in one query."""
        named = self.model.objects.filter(pk=pk)
        paths = [
            models.Subquery(named.values_list(Left("path", depth * self.model.steplen)))
            for depth in (1, 2, 3)
        ]
        line = list(self.filter(path__in=paths).order_by("path"))
        for number, place in enumerate(line):
            place._above = line[:number]
        return line[-1] if line else None

    def search(self, q: str):
        """Keep the places called so, now or before, best first; accents may be left out.

        What is written after a comma must be the name of a place above: "lâm thao, phú thọ".
        Each place found tells in ``former_name`` which old name matched, if one did.
        """
        words, *above = [part.strip() for part in nfc(q).lower().replace("|", " ").split(",")]
        folded = fold(words)
        if not folded:
            return self.none()
        former = LegacyName.objects.filter(has_word(folded))
        places = self.filter(has_word(folded) | Q(pk__in=former.values("place")))
        for part in filter(None, map(fold, above)):
            inside = Q(pk__in=[])
            for path in self.model.objects.filter(depth__lt=3)._paths_called(part):
                inside |= Q(path__startswith=path, depth__gt=len(path) // self.model.steplen)
            places = places.filter(inside)
        exactly_former = former.filter(is_called(words)).exclude(level=LegacyName.Level.DISTRICT)
        rank = models.Case(
            models.When(is_called(words), then=0),
            models.When(Q(pk__in=exactly_former.values("place")), then=1),
            models.When(begins_with(words), then=2),
            models.When(is_called(folded), then=3),
            models.When(has_word(folded), then=4),
            default=5,
            output_field=models.SmallIntegerField(),
        )
        first_former = (
            former.filter(place=models.OuterRef("pk"))
            .order_by(models.Case(models.When(is_called(words), then=0), default=1), "level", "pk")
            .values_list(Concat("designation", models.Value(" "), "name"))
        )
        return places.annotate(
            rank=rank,
            former_name=models.Case(
                models.When(~has_word(folded), then=models.Subquery(first_former[:1])),
                default=models.Value(""),
            ),
        ).order_by("rank", "depth", "sort_key", "path")

    def _paths_called(self, folded):
        """Return the paths of places whose present or former name begins so; a few suffice."""
        former = LegacyName.objects.filter(begins_with(folded))
        places = self.filter(begins_with(folded) | Q(pk__in=former.values("place")))
        return places.values_list("path", flat=True)[:50]

    def _clone(self):
        clone = super()._clone()
        clone._attach_ancestors = self._attach_ancestors
        return clone

    def _fetch_all(self):
        fresh = self._result_cache is None
        super()._fetch_all()
        if fresh and self._attach_ancestors:
            attach_ancestors(p for p in self._result_cache if isinstance(p, self.model))


class PlaceManager(MP_NodeManager.from_queryset(PlaceQuerySet)):  # type: ignore[misc]
    def get_queryset(self):
        return PlaceQuerySet(self.model, using=self._db).order_by("path")

    def append(self, parent: "Place | None", children: "list[Place]") -> None:
        """Save ``children`` after the last child of ``parent``, all in one go.

        treebeard's own loading asks the database several times for each node, which for the
        3,355 official ones is the difference between a second and half a minute. The paths are
        the same. Call it in a transaction that holds the parent's lock.
        """
        depth = 1 if parent is None else parent.depth + 1
        above = "" if parent is None else parent.path
        siblings = self.filter(depth=depth, path__startswith=above).order_by("-path")
        last = siblings.values_list("path", flat=True).first()
        step = self.model._str2int(last[-self.model.steplen :]) if last else 0
        for number, child in enumerate(children, start=step + 1):
            child.depth = depth
            child.path = self.model._get_path(above, depth, number)
            child.refresh_words()
        self.bulk_create(children, batch_size=500)
        if parent is not None:
            self.filter(pk=parent.pk).update(numchild=F("numchild") + len(children))
            parent.numchild += len(children)


def attach_ancestors(places: "Iterable[Place]") -> None:
    """Give each of ``places`` the places above it, in one query for all.

    For places that came with something else: ``attach_ancestors(s.place for s in sessions)``.
    """
    places = list(places)
    paths = {path for place in places for path in place.lineage()[:-1]}
    if not places:
        return
    by_path = {}
    if paths:
        by_path = {p.path: p for p in type(places[0]).objects.filter(path__in=paths)}
    for place in places:
        place._above = [by_path[path] for path in place.lineage()[:-1]]
        for number, ancestor in enumerate(place._above):
            ancestor._above = place._above[:number]
