"""Residents, the few facts that we keep about them, and who changed which of them."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models.staff import User
from people.rules import shown_birth_year, shown_phone
from people.scope import ScopedQuerySet
from places.rules import fold, nfc, person_sort_key


class ResidentQuerySet(ScopedQuerySet):
    place = "village"

    def current(self):
        """People as they are now: neither merged into somebody else nor erased."""
        return self.filter(merged_into=None, erased_at=None)

    def below(self, place):
        """Keep the people who live in ``place`` or in a place inside it."""
        return self.filter(village__path__startswith=place.path)

    def below_any(self, places):
        """Keep the people who live in one of ``places`` or inside it."""
        condition = Q(pk__in=[])
        for place in places:
            condition |= Q(village__path__startswith=place.path)
        return self.filter(condition)

    def in_order(self):
        """Order by given name, as a Vietnamese list does."""
        return self.order_by("sort_key", "birth_year", "pk")

    def search(self, words: str):
        """Keep people each of whose searched words begins a word of the name.

        Accents and capitals may be left out.
        """
        found = self
        for word in fold(words).split():
            found = found.filter(
                Q(search_text__startswith=word) | Q(search_text__contains=f" {word}")
            )
        return found


class Resident(models.Model):
    """A person of a village whom the campaign may teach.

    Never a citizen number, never a picture of a card, never an ethnic group.
    """

    class Sex(models.TextChoices):
        FEMALE = "f", _("female")
        MALE = "m", _("male")

    class LearningLanguage(models.TextChoices):
        VIETNAMESE = "vi", _("Vietnamese")
        MUONG = "mtq", _("Mường")
        EDE = "rad", _("Ê Đê")

    class PhoneKind(models.TextChoices):
        ANDROID = "android", _("Android telephone")
        IPHONE = "iphone", _("iPhone")
        BASIC = "basic", _("telephone with keys")
        NONE = "none", _("no telephone")

    class Source(models.TextChoices):
        REGISTERED = "registered", _("registered")
        WALK_IN = "walk_in", _("came to a class")
        IMPORTED = "imported", _("from a list")

    # Made by whoever registered the person, so that a phone without network can.
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    full_name = models.CharField(_("full name"), max_length=100)
    # For names whose last word is not the given name (Ê Đê: Y Bhăm Niê).
    sort_name = models.CharField(_("name to sort by"), max_length=100, blank=True)
    sort_key = models.CharField(max_length=600, editable=False)
    search_text = models.CharField(max_length=120, editable=False)
    birth_year = models.PositiveSmallIntegerField(_("year of birth"), null=True, blank=True)
    birth_year_is_about = models.BooleanField(_("year is approximate"), default=False)
    sex = models.CharField(_("sex"), max_length=1, choices=Sex, blank=True)
    village = models.ForeignKey(
        "places.Place", models.PROTECT, related_name="residents", verbose_name=_("village")
    )
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    learning_language = models.CharField(
        _("learns in"),
        max_length=3,
        choices=LearningLanguage,
        default=LearningLanguage.VIETNAMESE,
    )
    # Helpers are split by it: the buttons are in other places.
    phone_kind = models.CharField(
        _("kind of telephone"), max_length=7, choices=PhoneKind, blank=True, default=""
    )
    needs_large_type = models.BooleanField(_("needs large type"), default=False)
    needs_hearing_help = models.BooleanField(_("hard of hearing"), default=False)
    needs_reading_help = models.BooleanField(_("needs somebody to read"), default=False)
    source = models.CharField(_("source"), max_length=10, choices=Source, default=Source.REGISTERED)
    registered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    registered_at = models.DateTimeField(_("registered at"), default=timezone.now)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged_from"
    )
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True)

    objects = ResidentQuerySet.as_manager()

    class Meta:
        verbose_name = _("resident")
        verbose_name_plural = _("residents")
        indexes = [
            models.Index(fields=["village", "search_text"], name="resident_search"),
            models.Index(fields=["village", "sort_key"], name="resident_sort"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(birth_year=None) | Q(birth_year__range=(1900, 2100)),
                name="resident_birth_year_plausible",
                violation_error_message=_("Enter a year of birth between 1900 and today."),
            ),
            models.CheckConstraint(condition=Q(sex__in=["", "f", "m"]), name="resident_sex_known"),
            models.CheckConstraint(
                condition=Q(phone_kind__in=["", "android", "iphone", "basic", "none"]),
                name="resident_phone_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")),
                name="resident_not_merged_into_itself",
            ),
        ]

    def __str__(self):
        return self.full_name

    def save(self, *args, update_fields=None, **kwargs):
        self.refresh_words()
        if update_fields is not None and {"full_name", "sort_name"} & set(update_fields):
            update_fields = {*update_fields, "search_text", "sort_key"}
        super().save(*args, update_fields=update_fields, **kwargs)

    def refresh_words(self):
        """Compute what a person is found and sorted by; for bulk writes, which skip `save`."""
        self.full_name, self.sort_name = nfc(self.full_name), nfc(self.sort_name)
        self.search_text = fold(self.full_name)
        self.sort_key = person_sort_key(self.sort_name or self.full_name)

    @property
    def place(self):
        return self.village

    @property
    def is_current(self) -> bool:
        return self.merged_into_id is None and self.erased_at is None

    @property
    def shown_birth_year(self) -> str:
        return shown_birth_year(self.birth_year, self.birth_year_is_about)

    @property
    def shown_phone(self) -> str:
        return shown_phone(self.phone) if self.phone else ""

    @property
    def needs(self) -> list[str]:
        """What helpers should know before the class, in words."""
        return [
            name_of(field)
            for field in ("needs_large_type", "needs_hearing_help", "needs_reading_help")
            if getattr(self, field)
        ]


class ChangeQuerySet(ScopedQuerySet):
    place = "about__village"


class Change(models.Model):
    """Who changed a record about a person, when, and which fields; never the values."""

    class Verb(models.TextChoices):
        REGISTERED = "registered", _("registered")
        CHANGED = "changed", _("changed")
        MERGED = "merged", _("merged with another record")
        ERASED = "erased", _("erased")
        CARD_ISSUED = "card_issued", _("card printed")
        CARD_REVOKED = "card_revoked", _("card withdrawn")
        CONSENT_GIVEN = "consent_given", _("consent given")
        CONSENT_WITHDRAWN = "consent_withdrawn", _("consent withdrawn")
        CONFIRMED = "confirmed", _("looked at, still right")

    about = models.ForeignKey(Resident, models.CASCADE, related_name="changes")
    verb = models.CharField(_("action"), max_length=40, choices=Verb)
    fields = models.JSONField(_("fields"), default=list)
    at = models.DateTimeField(_("at"), default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")

    def __str__(self):
        return f"{self.verb} {self.at}"

    @property
    def shown_fields(self) -> list[str]:
        """The names of the fields, in the reader's language."""
        return [name_of(field) for field in self.fields]


def name_of(field: str) -> str:
    """Return what a field of `Resident` is called, in the reader's language."""
    return str(getattr(Resident._meta.get_field(field), "verbose_name", field))
