"""Who may bring what, now, and who once might: of everybody in a batch, asked once."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from enum import Enum

from django.utils import timezone

from people.models import Assignment, User
from people.roles import PERMISSIONS
from places.models import Place


class Right(Enum):
    """What somebody may do at a place."""

    NOW = "now"
    # The task has ended, or the account was closed: a team leader decides.
    FORMERLY = "formerly"
    NEVER = "never"


class Rights:
    """The roles of a few people, those that have ended included."""

    def __init__(self, users: Collection[User], present: Collection[User]):
        # Who says something himself. Whoever may do everything does so only in person: a phone
        # that names him as the author may be anybody's.
        self._present = {user.pk for user in present}
        today = timezone.localdate()
        # {user: [(role, path, whether it is in force)]}
        self._held: dict[int, list[tuple[str, str, bool]]] = defaultdict(list)
        rows = Assignment.objects.filter(user__in=users, since__lte=today)
        for user, role, path, until in rows.values_list("user", "role", "place__path", "until"):
            self._held[user].append((role, path, until is None or until >= today))

    def of(self, user: User, permission: str, place: Place) -> Right:
        """Tell whether ``user`` may do something at ``place``, or once might."""
        if user.is_superuser and user.pk in self._present:
            return Right.NOW if user.is_active else Right.FORMERLY
        held = [
            is_in_force
            for role, path, is_in_force in self._held[user.pk]
            if permission in PERMISSIONS[role] and place.path.startswith(path)
        ]
        if not held:
            return Right.NEVER
        return Right.NOW if user.is_active and any(held) else Right.FORMERLY

    def weakest(self, user: User, permissions: Iterable[str], place: Place) -> Right:
        """Tell whether ``user`` may do all of these things at ``place``, or once might."""
        rights = {self.of(user, permission, place) for permission in permissions}
        for right in (Right.NEVER, Right.FORMERLY):
            if right in rights:
                return right
        return Right.NOW
