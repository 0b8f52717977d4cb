"""May this person do this, here? Asked through ``user.has_perm(permission, thing)``."""

from allauth.account.auth_backends import AuthenticationBackend

from people.roles import PERMISSIONS, roles_with

_OURS = frozenset().union(*PERMISSIONS.values())


class PlaceBackend(AuthenticationBackend):
    """Let ``user.has_perm(permission, thing)`` ask where the thing is.

    A role holds for a place and everything below it, so we look for an assignment to the
    thing's place or to any place above it. Without a thing, the question is whether the
    person may do this anywhere at all. What is in no role's row (the authors' admin) is asked of
    Django's groups.
    """

    def has_perm(self, user, permission, obj=None):
        if permission not in _OURS:
            return super().has_perm(user, permission, obj)
        if not user.is_active or user.is_anonymous:
            return False
        roles = set(roles_with(permission))
        held = [(role, path) for role, path in user.roles_held() if role in roles]
        if obj is None:
            return bool(held)
        lineage = set(obj.place.lineage())
        return any(path in lineage for _role, path in held)
