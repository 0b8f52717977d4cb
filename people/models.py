"""Who: users and their roles, residents and their cards."""

import uuid

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from people.roles import Role
from people.scope import ScopedQuerySet


class User(AbstractUser):
    """Someone who works for the campaign and signs in with a password or a passkey."""

    first_name = None
    last_name = None
    full_name = models.CharField(_("full name"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    language = models.CharField(_("language"), max_length=5, blank=True)

    objects = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(
                fields=["email"], condition=~Q(email=""), name="user_email_once"
            ),
            models.UniqueConstraint(
                fields=["phone"], condition=~Q(phone=""), name="user_phone_once"
            ),
        ]

    def __str__(self):
        return self.get_full_name()

    def get_full_name(self):
        return self.full_name or self.username

    def get_short_name(self):
        """A Vietnamese person is called by the given name, the last word."""
        return self.get_full_name().split()[-1]

    def roles_held(self) -> list[tuple[str, str]]:
        """Return (role, tree path) of every assignment in force; asked once per request."""
        return self._roles_held

    @cached_property
    def _roles_held(self):
        return list(self.assignments.in_force().values_list("role", "place__path"))

    def scope_paths(self) -> list[str]:
        """Return the tree paths that the user's assignments cover, shortest only."""
        paths: list[str] = []
        for path in sorted({path for _role, path in self.roles_held()}, key=len):
            if not any(path.startswith(above) for above in paths):
                paths.append(path)
        return paths

    def has_role(self, *roles: str) -> bool:
        return any(role in roles for role, _path in self.roles_held())


class AssignmentQuerySet(ScopedQuerySet):
    def in_force(self, on=None):
        on = on or timezone.localdate()
        return self.filter(since__lte=on).filter(Q(until=None) | Q(until__gte=on))


class Assignment(models.Model):
    """A role that a user holds at a place, and at every place below it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="assignments")
    place = models.ForeignKey("places.Place", models.PROTECT, related_name="+")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    since = models.DateField(_("since"), default=timezone.localdate)
    until = models.DateField(_("until"), null=True, blank=True)
    given_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "place", "role"],
                condition=Q(until=None),
                name="assignment_once_while_open",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="assignment_ends_after_it_begins",
            ),
        ]

    def __str__(self):
        return f"{self.user}: {self.get_role_display()}, {self.place}"


class ResidentQuerySet(ScopedQuerySet):
    place = "village"

    def current(self):
        """People as they are now: neither merged into somebody else nor erased."""
        return self.filter(merged_into=None, erased_at=None)


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
    village = models.ForeignKey("places.Place", models.PROTECT, related_name="residents")
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    learning_language = models.CharField(
        _("learns in"),
        max_length=3,
        choices=LearningLanguage,
        default=LearningLanguage.VIETNAMESE,
    )
    needs_large_type = models.BooleanField(_("needs large type"), default=False)
    needs_hearing_help = models.BooleanField(_("hard of hearing"), default=False)
    needs_reading_help = models.BooleanField(_("needs somebody to read"), default=False)
    source = models.CharField(_("source"), max_length=10, choices=Source, default=Source.REGISTERED)
    registered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    registered_at = models.DateTimeField(_("registered at"), db_default=Now())
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
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")),
                name="resident_not_merged_into_itself",
            ),
        ]

    def __str__(self):
        return self.full_name

    @property
    def place(self):
        return self.village


class CardQuerySet(ScopedQuerySet):
    place = "resident__village"

    def valid(self):
        return self.filter(revoked_at=None)


class Card(models.Model):
    """A resident's printed sign-in: a QR with a secret, and a short code to read aloud."""

    resident = models.ForeignKey(Resident, models.CASCADE, related_name="cards")
    # Eight letters and digits that cannot be mistaken for one another.
    code = models.CharField(_("code"), max_length=8, unique=True)
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    issued_at = models.DateTimeField(_("issued at"), db_default=Now())
    issued_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    revoked_because = models.CharField(_("revoked because"), max_length=120, blank=True)

    objects = CardQuerySet.as_manager()

    class Meta:
        verbose_name = _("card")
        verbose_name_plural = _("cards")
        constraints = [
            models.UniqueConstraint(
                fields=["resident"],
                condition=Q(revoked_at=None),
                name="card_one_valid_per_resident",
            ),
        ]

    def __str__(self):
        return self.code

    @property
    def place(self):
        return self.resident.village


class ConsentQuerySet(ScopedQuerySet):
    place = "resident__village"


class Consent(models.Model):
    """What a resident agreed to, when, and in whose presence (Law 91/2025/QH15)."""

    class Purpose(models.TextChoices):
        LEARNING_RECORD = "learning", _("keep a record of learning")
        CONTACT = "contact", _("be contacted about classes")

    class Manner(models.TextChoices):
        SPOKEN = "spoken", _("spoken, read aloud beforehand")
        WRITTEN = "written", _("in writing")

    resident = models.ForeignKey(Resident, models.CASCADE, related_name="consents")
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose)
    manner = models.CharField(_("manner"), max_length=8, choices=Manner, default=Manner.SPOKEN)
    wording = models.CharField(_("version of the wording"), max_length=20)
    given_at = models.DateTimeField(_("given at"), default=timezone.now)
    witnessed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(
                fields=["resident", "purpose"],
                condition=Q(withdrawn_at=None),
                name="consent_once_while_given",
            ),
        ]

    def __str__(self):
        return f"{self.resident}: {self.get_purpose_display()}"

    @property
    def place(self):
        return self.resident.village


class ChangeQuerySet(ScopedQuerySet):
    place = "about__village"


class Change(models.Model):
    """Who changed a record about a person, when, and which fields; never the values."""

    about = models.ForeignKey(Resident, models.CASCADE, related_name="changes")
    verb = models.CharField(_("action"), max_length=40)
    fields = models.JSONField(_("fields"), default=list)
    at = models.DateTimeField(_("at"), db_default=Now())
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")

    def __str__(self):
        return f"{self.verb} {self.at}"
