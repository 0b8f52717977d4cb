"""The locks that every screen of progress has in common."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from campaigns.models import ClassSession
from people.models import Resident


def session_for(request, pk, permission="progress.mark_attendance") -> ClassSession:
    """Return a session in scope (else 404) with which the user may do this (else 403)."""
    sessions = ClassSession.objects.visible_to(request.user).select_related(
        "campaign__place",
        "class_group__place",
        "class_group__venue",
        "class_group__team",
        "lesson",
        "register_closed_by",
    )
    session = get_object_or_404(sessions, pk=pk)
    if not request.user.has_perm(permission, session):
        raise PermissionDenied
    return session


def resident_for(request, uuid, permission) -> Resident:
    """Return a resident in scope (else 404) with whom the user may do this (else 403)."""
    people = Resident.objects.current().visible_to(request.user).select_related("village")
    resident = get_object_or_404(people, uuid=uuid)
    if not request.user.has_perm(permission, resident):
        raise PermissionDenied
    return resident
