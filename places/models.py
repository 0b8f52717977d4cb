"""Where: the tree of administrative units, and the houses where classes meet."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node, MP_NodeManager, MP_NodeQuerySet


class PlaceQuerySet(MP_NodeQuerySet):
    def visible_to(self, user):
        """Keep the places that lie inside the user's assignments."""
        if user.is_superuser:
            return self
        condition = models.Q(pk__in=[])
        for path in user.scope_paths():
            condition |= models.Q(path__startswith=path)
        return self.filter(condition)

    def provinces(self):
        return self.filter(kind=Place.Kind.PROVINCE)

    def communes(self):
        return self.filter(kind=Place.Kind.COMMUNE)

    def villages(self):
        return self.filter(kind=Place.Kind.VILLAGE)


class Place(MP_Node):
    """An administrative unit: a province, a commune in it, or a village in that."""

    class Kind(models.TextChoices):
        PROVINCE = "province", _("province")
        COMMUNE = "commune", _("commune")
        VILLAGE = "village", _("village")

    class Designation(models.TextChoices):
        """What the unit is called in front of its name."""

        TINH = "tinh", _("tỉnh")
        THANH_PHO = "thanh_pho", _("thành phố")
        XA = "xa", _("xã")
        PHUONG = "phuong", _("phường")
        DAC_KHU = "dac_khu", _("đặc khu")
        THON = "thon", _("thôn")
        BUON = "buon", _("buôn")
        BAN = "ban", _("bản")
        KHU = "khu", _("khu")
        TO_DAN_PHO = "to_dan_pho", _("tổ dân phố")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    designation = models.CharField(_("designation"), max_length=10, choices=Designation)
    # Two digits for a province, five for a commune; villages have no official code yet.
    code = models.CharField(_("code"), max_length=12, blank=True)
    name = models.CharField(_("name"), max_length=120)
    search_text = models.CharField(max_length=160, editable=False, db_index=True)
    sort_key = models.CharField(max_length=400, editable=False, db_index=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    area_km2 = models.FloatField(_("area (km²)"), null=True, blank=True)
    tile_col = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    tile_row = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    # An SVG path in the parent's map, when an organiser has uploaded boundaries.
    boundary = models.TextField(blank=True, editable=False)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    successors = models.ManyToManyField(
        "self",
        symmetrical=False,
        related_name="predecessors",
        blank=True,
        verbose_name=_("successors"),
    )

    objects = MP_NodeManager.from_queryset(PlaceQuerySet)()

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=~models.Q(code="") & models.Q(kind__in=["province", "commune"]),
                name="place_official_code_once",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="province", depth=1)
                | models.Q(kind="commune", depth=2)
                | models.Q(kind="village", depth=3),
                name="place_kind_fits_its_depth",
            ),
        ]

    def __str__(self):
        return self.full_name

    @property
    def full_name(self):
        """The designation and the name: "xã Lâm Thao"."""
        return f"{self.get_designation_display()} {self.name}"

    def lineage(self):
        """Return the tree paths of this place and of all above it, from the province down."""
        return [self.path[:end] for end in range(self.steplen, len(self.path) + 1, self.steplen)]

    @property
    def place(self):
        """A place is where it is; lets `has_perm` ask every object the same question."""
        return self


class LegacyName(models.Model):
    """What a place, or a unit merged into it, was called before."""

    place = models.ForeignKey(Place, models.CASCADE, related_name="legacy_names")
    name = models.CharField(_("name"), max_length=160)
    search_text = models.CharField(max_length=200, editable=False, db_index=True)
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("legacy name")
        verbose_name_plural = _("legacy names")
        constraints = [
            models.UniqueConstraint(fields=["place", "name"], name="legacy_name_once_per_place"),
        ]

    def __str__(self):
        return self.name


class VenueQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(place__in=Place.objects.visible_to(user))


class Venue(models.Model):
    """A house where classes meet, usually a village's cultural house."""

    place = models.ForeignKey(Place, models.PROTECT, related_name="venues")
    name = models.CharField(_("name"), max_length=120)
    address = models.CharField(_("address"), max_length=200, blank=True)
    computers = models.PositiveSmallIntegerField(_("computers"), default=0)
    printers = models.PositiveSmallIntegerField(_("printers"), default=0)
    has_network = models.BooleanField(_("has a network"), default=False)
    opening_hours = models.CharField(_("opening hours"), max_length=120, blank=True)

    objects = VenueQuerySet.as_manager()

    class Meta:
        verbose_name = _("venue")
        verbose_name_plural = _("venues")
        constraints = [
            models.UniqueConstraint(fields=["place", "name"], name="venue_once_per_place"),
        ]

    def __str__(self):
        return self.name
