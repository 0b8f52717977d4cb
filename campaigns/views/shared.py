from django.core.exceptions import PermissionDenied
from django.urls import NoReverseMatch, reverse


def require(user, permission: str, thing=None) -> None:
    """Answer 403 unless the user may do this to ``thing``, or anywhere at all without one."""
    if not user.has_perm(permission, thing):
        raise PermissionDenied


def url_if_there(name: str, *args) -> str:
    """Return the address of a screen of an app above, or nothing while there is none."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
