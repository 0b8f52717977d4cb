"""May this person do this, here? Asked through ``user.has_perm(permission, thing)``."""

from django.contrib.auth.backends import BaseBackend

from people.roles import roles_with


class PlaceBackend(BaseBackend):
    """Let ``user.has_perm(permission, thing)`` ask where the thing is.

    A role holds for a place and everything below it, so we look for an assignment to the
    thing's place or to any place above it. Without a thing, the question is whether the
    person may do this anywhere at all.
    """

    def has_perm(self, user, permission, obj=None):
        if not user.is_active or user.is_anonymous:
            return False
        roles = set(roles_with(permission))
        held = [(role, path) for role, path in user.roles_held() if role in roles]
        if obj is None:
            return bool(held)
        lineage = set(obj.place.lineage())
        return any(path in lineage for _role, path in held)
