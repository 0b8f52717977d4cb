"""The tree of administrative units.

A path once given is never changed: scopes, counters and records of years hang on it. So nothing
here is ever moved, sorted in the tree (`node_order_by`) or deleted; a unit that ends gets a last
day and successors.
"""

from collections.abc import Iterable

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node, MP_NodeManager, MP_NodeQuerySet

from places.models.legacy import LegacyName
from places.models.words import begins_with, has_word, is_called, search_text
from places.rules import fold, nfc, sort_key


class PlaceQuerySet(MP_NodeQuerySet):
    _attach_ancestors = False

    def visible_to(self, user):
        """Keep the places that lie inside the user's assignments."""
        if user.is_superuser:
            return self
        condition = Q(pk__in=[])
        for path in user.scope_paths():
            condition |= Q(path__startswith=path)
        return self.filter(condition)

    def provinces(self):
        return self.filter(kind=Place.Kind.PROVINCE)

    def communes(self):
        return self.filter(kind=Place.Kind.COMMUNE)

    def villages(self):
        return self.filter(kind=Place.Kind.VILLAGE)

    def current(self, on=None):
        """Keep the units that exist on a day, which is today unless another is given."""
        on = on or timezone.localdate()
        return self.filter(
            Q(valid_from=None) | Q(valid_from__lte=on), Q(valid_to=None) | Q(valid_to__gte=on)
        )

    def below(self, place):
        """Keep what lies inside ``place``, the place itself included."""
        return self.filter(path__startswith=place.path)

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
            for path in Place.objects.filter(depth__lt=3)._paths_called(part):
                inside |= Q(path__startswith=path, depth__gt=len(path) // Place.steplen)
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
            attach_ancestors(p for p in self._result_cache if isinstance(p, Place))


class PlaceManager(MP_NodeManager.from_queryset(PlaceQuerySet)):
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
        step = Place._str2int(last[-Place.steplen :]) if last else 0
        for number, child in enumerate(children, start=step + 1):
            child.depth = depth
            child.path = Place._get_path(above, depth, number)
            child.refresh_words()
        self.bulk_create(children, batch_size=500)
        if parent is not None:
            self.filter(pk=parent.pk).update(numchild=F("numchild") + len(children))
            parent.numchild += len(children)


class Place(MP_Node):
    """An administrative unit: a province, a commune in it, or a village in that."""

    class Kind(models.TextChoices):
        PROVINCE = "province", _("province")
        COMMUNE = "commune", _("commune")
        VILLAGE = "village", _("village")

    class Designation(models.TextChoices):
        """What stands in front of the name. Part of the name, so the same in every language."""

        TINH = "tinh", "tỉnh"
        THANH_PHO = "thanh_pho", "thành phố"
        XA = "xa", "xã"
        PHUONG = "phuong", "phường"
        DAC_KHU = "dac_khu", "đặc khu"
        THON = "thon", "thôn"
        BUON = "buon", "buôn"
        BAN = "ban", "bản"
        LANG = "lang", "làng"
        AP = "ap", "ấp"
        KHU = "khu", "khu"
        KHU_PHO = "khu_pho", "khu phố"
        XOM = "xom", "xóm"
        TO_DAN_PHO = "to_dan_pho", "tổ dân phố"

        @classmethod
        def for_kind(cls, kind):
            """Return the ones that a province, a commune or a village may have."""
            if kind == "province":
                return [cls.TINH, cls.THANH_PHO]
            if kind == "commune":
                return [cls.XA, cls.PHUONG, cls.DAC_KHU]
            above = {"tinh", "thanh_pho", "xa", "phuong", "dac_khu"}
            return [designation for designation in cls if designation not in above]

    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    designation = models.CharField(_("designation"), max_length=10, choices=Designation)
    # Two digits for a province, five for a commune; villages have no official code yet.
    code = models.CharField(_("code"), max_length=12, blank=True)
    name = models.CharField(_("name"), max_length=120)
    # Computed from the name whenever it is saved; see `places.models.words` and `places.rules`.
    search_text = models.CharField(max_length=900, editable=False)
    sort_key = models.CharField(max_length=400, editable=False, db_index=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    area_km2 = models.FloatField(_("area (km²)"), null=True, blank=True)
    tile_col = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    tile_row = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    # An SVG path in the parent's map, when an organiser has uploaded boundaries.
    boundary = models.TextField(blank=True, editable=False)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    # The last day on which the unit exists.
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    successors = models.ManyToManyField(
        "self",
        symmetrical=False,
        related_name="predecessors",
        blank=True,
        verbose_name=_("successors"),
    )

    objects = PlaceManager()

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=~Q(code="") & Q(kind__in=["province", "commune"]),
                name="place_official_code_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="province", depth=1)
                | Q(kind="commune", depth=2)
                | Q(kind="village", depth=3),
                name="place_kind_fits_its_depth",
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="place_ends_after_it_begins",
            ),
        ]

    def __str__(self):
        return self.full_name

    def save(self, *args, update_fields=None, **kwargs):
        self.refresh_words()
        if update_fields is not None and {"name", "designation"} & set(update_fields):
            update_fields = {*update_fields, "search_text", "sort_key"}
        super().save(*args, update_fields=update_fields, **kwargs)

    def refresh_words(self):
        """Compute what the place is found and sorted by; for bulk writes, which skip `save`."""
        self.name = nfc(self.name)
        self.search_text = search_text(self.name, self.full_name)
        # Villages stand by their designation first: all thôn, then all tổ dân phố.
        self.sort_key = sort_key(self.full_name if self.kind == Place.Kind.VILLAGE else self.name)

    @property
    def full_name(self) -> str:
        """The designation and the name: "xã Lâm Thao"."""
        return f"{self.get_designation_display()} {self.name}"

    @property
    def label(self) -> str:
        """The name that tells it from its namesakes: "xã Lâm Thao, tỉnh Phú Thọ"."""
        parent = self.parent
        return f"{self.full_name}, {parent.full_name}" if parent else self.full_name

    @property
    def parent(self) -> "Place | None":
        """The place directly above, or None for a province."""
        return self.above[-1] if self.depth > 1 else None

    @property
    def commune(self) -> "Place | None":
        """The commune that this place is or lies in; None for a province."""
        return self._at_depth(2)

    @property
    def province(self) -> "Place":
        """The province that this place is or lies in."""
        return self._at_depth(1)

    @property
    def above(self) -> "list[Place]":
        """The places above this one, from the province down."""
        if "_above" not in self.__dict__:
            attach_ancestors([self])
        return self._above

    def _at_depth(self, depth):
        if self.depth <= depth:
            return self if self.depth == depth else None
        return self.above[depth - 1]

    def is_current(self, on=None) -> bool:
        """Whether the unit exists on a day, which is today unless another is given."""
        on = on or timezone.localdate()
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or self.valid_to >= on
        )

    def lineage(self) -> list[str]:
        """Return the tree paths of this place and of all above it, from the province down."""
        return [self.path[:end] for end in range(self.steplen, len(self.path) + 1, self.steplen)]

    @property
    def place(self) -> "Place":
        """A place is where it is; lets `has_perm` ask every object the same question."""
        return self


def attach_ancestors(places: Iterable[Place]) -> None:
    """Give each of ``places`` the places above it, in one query for all.

    For places that came with something else: ``attach_ancestors(s.place for s in sessions)``.
    """
    places = list(places)
    paths = {path for place in places for path in place.lineage()[:-1]}
    by_path = {p.path: p for p in Place.objects.filter(path__in=paths)} if paths else {}
    for place in places:
        place._above = [by_path[path] for path in place.lineage()[:-1]]
        for number, ancestor in enumerate(place._above):
            ancestor._above = place._above[:number]
