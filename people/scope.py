"""Which rows may this person see? One answer, used by every app.

A role holds downwards: the organiser of a province sees each of its communes.
"""

from django.db import models
from django.db.models import Q


def scope_filter(user, place: str, permission: str | None = None) -> Q:
    """Return the condition on the relation ``place`` that keeps rows inside the user's scope.

    With ``permission`` the scope is only where a role of the user's holds it. Nobody without an
    assignment sees anything: a deleted assignment must never open the province.
    """
    if user.is_superuser:
        return Q()
    condition = Q(pk__in=[])
    for path in user.scope_paths(permission):
        condition |= Q(**{f"{place}__path__startswith": path})
    return condition


class ScopedQuerySet(models.QuerySet):
    """A query set whose rows each belong to a place."""

    place = "place"

    def visible_to(self, user):
        """Keep what lies where the user has any role at all."""
        return self.filter(scope_filter(user, self.place))

    def permitted_to(self, user, permission: str):
        """Keep what lies where the user may do this; for lists, which ask about no one thing."""
        return self.filter(scope_filter(user, self.place, permission))
