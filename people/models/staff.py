"""Staff: accounts, the roles they hold at places, and who gave and took them."""

from typing import Any

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import connections, models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from people.roles import Role, roles_with
from people.rules import shown_phone
from people.scope import ScopedQuerySet
from places.models import Place


class User(AbstractUser):
    """Someone who works for the campaign and signs in with a password or a passkey."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    full_name = models.CharField(_("full name"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    language = models.CharField(_("language"), max_length=5, blank=True)

    objects = UserManager()  # type: ignore[misc]

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

    @property
    def shown_phone(self) -> str:
        return shown_phone(self.phone) if self.phone else ""

    def roles_held(self) -> list[tuple[str, str]]:
        """Return (role, tree path) of every assignment in force; asked once per request.

        Who holds a role in a unit holds it in those that went into it, and who held one in a
        village that was split holds it in the parts.
        """
        return self._roles_held

    def forget_roles(self) -> None:
        """Ask anew next time, because an assignment has begun or ended."""
        self.__dict__.pop("_roles_held", None)

    @cached_property
    def _roles_held(self):
        return self.assignments.in_force().reach()

    def scope_paths(self, permission: str | None = None) -> list[str]:
        """Return the tree paths that the user's assignments cover, shortest only.

        With ``permission`` only those assignments count whose role holds it.
        """
        held = self.roles_held()
        if permission is not None:
            roles = set(roles_with(permission))
            held = [(role, path) for role, path in held if role in roles]
        paths: list[str] = []
        for path in sorted({path for _role, path in held}, key=lambda path: (len(path), path)):
            if not any(path.startswith(above) for above in paths):
                paths.append(path)
        return paths

    def has_role(self, *roles: str) -> bool:
        return any(role in roles for role, _path in self.roles_held())


def _reach_sql(begin: str) -> str:
    """Return the walk from the places of a query over those that succeed one another."""
    place: Any = Assignment._meta.get_field("place").related_model
    links = place.successors.through._meta.db_table
    places = place._meta.db_table
    # Names of tables only; every value is a parameter.
    return f"""
        WITH RECURSIVE held(role, place_id, path) AS (
            {begin}
            UNION
            SELECT held.role, other.id, other.path
            FROM held
            JOIN {places} own ON own.id = held.place_id
            JOIN {links} link
                ON link.to_place_id = held.place_id OR link.from_place_id = held.place_id
            JOIN {places} other
                ON other.id = link.from_place_id + link.to_place_id - held.place_id
            WHERE (
                link.to_place_id = held.place_id
                AND other.valid_to < %s
                AND (SELECT COUNT(*) FROM {links} all_of WHERE all_of.from_place_id = other.id) = 1
            ) OR (
                link.from_place_id = held.place_id
                AND own.kind = %s
                AND own.valid_to < %s
                AND (SELECT COUNT(*) FROM {links} all_of WHERE all_of.from_place_id = own.id) > 1
            )
        )
        SELECT DISTINCT role, path FROM held ORDER BY path, role
    """  # noqa: S608


class AssignmentQuerySet(ScopedQuerySet):
    def in_force(self, on=None):
        on = on or timezone.localdate()
        return self.filter(since__lte=on).filter(Q(until=None) | Q(until__gte=on))

    def reach(self) -> list[tuple[str, str]]:
        """Return (role, tree path) of these, where their places have changed as well: one query.

        Units that ended and have one successor are reached from it, for nothing recorded in them
        has moved; a village that was split reaches its parts, for its people live there now.
        Mergers follow one another, so the database goes from place to place.
        """
        begin, values = self.values("role", "place_id", "place__path").query.sql_with_params()
        connection = connections[self.db]
        village = Place.Kind.VILLAGE
        today = connection.ops.adapt_datefield_value(timezone.localdate())
        with connection.cursor() as cursor:
            cursor.execute(_reach_sql(begin), [*values, today, village, today])
            return cursor.fetchall()


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


class StaffChange(models.Model):
    """Who changed an account or a role, when, and where it holds. Never deleted."""

    class Verb(models.TextChoices):
        CREATED = "created", _("account made")
        CHANGED = "changed", _("account changed")
        ROLE_GIVEN = "role_given", _("role given")
        ROLE_ENDED = "role_ended", _("role ended")
        PASSWORD_RENEWED = "password", _("new password made")
        SECOND_STEP_REMOVED = "second_step", _("second step removed")
        DEACTIVATED = "deactivated", _("account closed")
        REACTIVATED = "reactivated", _("account opened again")

    about = models.ForeignKey(User, models.CASCADE, related_name="staff_changes")
    verb = models.CharField(_("action"), max_length=12, choices=Verb)
    role = models.CharField(_("role"), max_length=20, choices=Role, blank=True)
    place = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(_("at"), default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of an account")
        verbose_name_plural = _("changes of accounts")

    def __str__(self):
        return f"{self.verb} {self.at}"
