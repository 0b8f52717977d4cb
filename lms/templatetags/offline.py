"""Of which version a page is that a phone keeps."""

from django import template

from lms.offline import version

register = template.Library()


@register.simple_tag
def offline_version() -> str:
    """Return the version of the scripts and styles that belong to this page."""
    return version()
