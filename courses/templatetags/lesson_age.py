"""How old a picture is, in a template."""

from django import template
from django.utils import timezone

from courses.rules import AppPicture

register = template.Library()


@register.filter
def is_old(picture: AppPicture) -> bool:
    """Tell whether a picture of an app should be looked at again today."""
    return picture.is_old(timezone.localdate())
