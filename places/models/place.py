"""The tree of administrative units.

A path once given is never changed: scopes, counters and records of years hang on it. So nothing
here is ever moved, sorted in the tree (`node_order_by`) or deleted; a unit that ends gets a last
day and successors.
"""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from treebeard.mp_tree import MP_Node

from places.models.queries import PlaceManager, attach_ancestors
from places.models.words import search_text
from places.rules import nfc, sort_key


class Place(MP_Node):
    """An administrative unit: a province, a commune in it, or a village in that."""

    class Kind(models.TextChoices):
        PROVINCE = "province", pgettext_lazy("level of unit", "province")
        COMMUNE = "commune", pgettext_lazy("level of unit", "commune")
        VILLAGE = "village", pgettext_lazy("level of unit", "village")

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
    # An SVG path in the parent's map, when an organiser has uploaded boundaries; see `MapSheet`.
    boundary = models.TextField(blank=True, editable=False)
    # A point well inside the boundary, where its number stands.
    label_x = models.IntegerField(null=True, blank=True, editable=False)
    label_y = models.IntegerField(null=True, blank=True, editable=False)
    # As the organisers know it, and the day for which that was true.
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    population_as_of = models.DateField(_("as of"), null=True, blank=True)
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
